"""What can be typed: the commands of `technovae` and their options."""

from __future__ import annotations

import argparse
import math
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from core.arrangement.form_catalogue import CATALOGUE
from core.file_names import printable
from core.presence import is_there
from core.settings import BARS_PER_SEGMENT, RENDERERS, TEMPO_MAX, TEMPO_MIN, WRITTEN_EXTENSIONS

_OF_ONE_SEGMENT = tuple(name for name in RENDERERS if name != "mosaic")
STEMS = ("lanes", "parts")
"""What an export writes files of, besides the mix."""
COLOURS = ("track", "brightness", "density", "kick", "energy", "loudness")


T = TypeVar("T", int, float)


class Parser(argparse.ArgumentParser):
    """Says in one line what is wrong and where to look; exit status 2."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._words: tuple[str, ...] = ()
        # argparse takes what begins with a minus for an option, unless this matches: by itself it
        # knows -1 and -.5, but not -1e9. No option of ours looks like a number, so it is a value.
        self._negative_number_matcher = re.compile(r"-(\.?\d|inf|nan)", re.IGNORECASE)

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """As argparse does it, with a word on files whose names look like options."""
        self._words = tuple(sys.argv[1:] if args is None else args)
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> None:  # type: ignore[override]
        like_options = (word for word in self._words if word.startswith("-") and _is_named(word))
        for word in like_options:
            message = f"{word}: a file whose name begins with - is written ./{word}"
        self.exit(2, f"technovae: {printable(message)}; see {self.prog} --help\n")


def _is_named(word: str) -> bool:
    try:
        return is_there(Path(word))
    except ValueError:  # a NUL
        return False


def build() -> Parser:
    """The whole parser. Each command sets `command` to its name."""
    parser = Parser(
        prog="technovae",
        description="An instrument made of your own techno: learn it, map it, play it, export it.",
        epilog="Without a command, or with a project (*.technovae): the window. "
        "--screenshot FILE [--size WxH]: a picture of it.",
    )
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
    for add in _COMMANDS:
        add(commands)
    return parser


_Commands: TypeAlias = "argparse._SubParsersAction[Parser]"


def _command(commands: _Commands, name: str, what: str) -> Parser:
    """Add a command; `what` it does is told in the list of commands and in its own help."""
    return commands.add_parser(name, help=what, description=f"{what[0].upper()}{what[1:]}.")


def _import(commands: _Commands) -> None:
    p = _command(commands, "import", "folders and files -> a library of segments and spectrograms")
    p.add_argument(
        "library", type=_path, metavar="LIBRARY", help="folder of the library; made if missing"
    )
    p.add_argument(
        "audio", nargs="+", type=_name, metavar="AUDIO", help="audio files, folders or globs"
    )
    p.add_argument(
        "--workers", type=_between(int, 1, 64), help="processes (default: one per core, up to 4)"
    )
    p.add_argument(
        "--scheduler",
        type=_name,
        metavar="ADDRESS",
        help="of a Dask cluster that reads the files, as in tcp://host:8786",
    )
    p.add_argument(
        "--report",
        type=_file(".json"),
        metavar="FILE",
        help="also write the report per file as JSON",
    )


def _grid(commands: _Commands) -> None:
    p = _command(commands, "grid", "show or correct a track's beat grid")
    p.add_argument("library", type=_path, metavar="LIBRARY", help="folder of the library")
    p.add_argument(
        "track",
        nargs="?",
        type=_name,
        metavar="TRACK",
        help="number or part of the title, as `info` lists it",
    )
    change = p.add_mutually_exclusive_group()
    change.add_argument("--double", action="store_true", help="twice the tempo")
    change.add_argument("--halve", action="store_true", help="half the tempo")
    change.add_argument("--nudge", type=_number, metavar="MS", help="move the grid by milliseconds")
    change.add_argument(
        "--shift", type=_whole_number, metavar="BEATS", help="move the downbeat by whole beats"
    )
    change.add_argument(
        "--set",
        nargs=2,
        type=_number,
        metavar=("BPM", "DOWNBEAT"),
        help="tempo, first downbeat in s",
    )
    change.add_argument("--fit", action="store_true", help="drop corrections and fit again")


def _train(commands: _Commands) -> None:
    p = _command(
        commands, "train", "train the model -> saved_models/vae_best.keras, history as JSON and PNG"
    )
    p.add_argument(
        "data", type=_path, metavar="LIBRARY", help="a library, or a spectrogram_dataset.npy"
    )
    p.add_argument("--out", type=_path, metavar="FILE", help="default: saved_models/vae_best.keras")
    p.add_argument("--epochs", type=_between(int, 1, 100_000), help="at most so many epochs")
    p.add_argument(
        "--minutes", type=_between(float, 0.01, 10_000), help="at most so long (default: 10)"
    )
    p.add_argument("--resume", action="store_true", help="go on from the saved model")
    p.add_argument(
        "--only",
        action="append",
        type=_name,
        default=[],
        metavar="TRACK",
        help="learn this track; repeatable",
    )
    p.add_argument(
        "--exclude",
        action="append",
        type=_name,
        default=[],
        metavar="TRACK",
        help="leave this track out, this time; repeatable",
    )
    p.add_argument("--note", default="", metavar="TEXT", help="kept with this version of the model")
    p.add_argument(
        "--processes",
        type=_between(int, 1, 1024),
        metavar="N",
        help="train on JAX in so many processes, on this machine unless --coordinator is given",
    )
    p.add_argument(
        "--coordinator",
        metavar="HOST:PORT",
        help="where process 0 of several machines runs; run the same command on each",
    )
    p.add_argument(
        "--process", type=_between(int, 0, 1023), metavar="I", help="which this is, from 0"
    )
    _seed(p)


def _weigh(commands: _Commands) -> None:
    p = _command(
        commands, "weigh", "show or say how often a training learns which track of a library"
    )
    p.add_argument("library", type=_path, metavar="LIBRARY", help="folder of the library")
    p.add_argument(
        "tracks",
        nargs="*",
        type=_name,
        metavar="TRACK",
        help="numbers or parts of titles, as `info` lists them",
    )
    p.add_argument(
        "--times",
        type=_between(float, 0, 3),
        metavar="N",
        help="0: never, 1: as usual, up to 3",
    )


def _generate(commands: _Commands) -> None:
    p = _command(commands, "generate", "short samples from the latent space: loops of four bars")
    p.add_argument(
        "--count", type=_between(int, 1, 10_000), default=8, help="how many (default: 8)"
    )
    _folder(p, "generated")
    p.add_argument(
        "--prior", action="store_true", help="draw from N(0, I), not from where the music lies"
    )
    p.add_argument(
        "--format",
        choices=[it.lstrip(".") for it in WRITTEN_EXTENSIONS],
        default="wav",
        help="of the files (default: wav)",
    )
    _sound(p)
    _seed(p)
    _workspace(p)


def _compose(commands: _Commands) -> None:
    p = _command(
        commands, "compose", "a long track: starts on a real segment, walks the latent space"
    )
    length = p.add_mutually_exclusive_group()
    length.add_argument("--minutes", type=_between(float, 0.05, 180), help="length (default: 3)")
    length.add_argument(
        "--bars", type=_between(int, BARS_PER_SEGMENT, 10_000), help="length in bars"
    )
    p.add_argument(
        "--out",
        type=_path,
        default=Path("composed.wav"),
        metavar="FILE",
        help="wav, flac, ogg or mp3 (default: composed.wav)",
    )
    _bit_depth(p)
    p.add_argument(
        "--project", type=_path, metavar="FILE", help="also save the arrangement as a project"
    )
    p.add_argument(
        "--start", metavar="SEGMENT", help="the real segment to start on (as `info` lists it)"
    )
    p.add_argument(
        "--energy",
        type=_curve,
        metavar="0.2,0.8,...",
        help="the energy curve, evenly spaced, 0 to 1",
    )
    p.add_argument(
        "--form",
        choices=(*(form.name for form in CATALOGUE), "learned"),
        help="which sections follow each other: one of these, or that of one of your own tracks "
        "(learned); without, the seed chooses",
    )
    p.add_argument(
        "--morph",
        choices=("bar", "segment"),
        default="segment",
        help="how often the music moves on (default: segment)",
    )
    _sound(p)
    _seed(p)
    _workspace(p)


def _render(commands: _Commands) -> None:
    p = _command(commands, "render", "a project -> audio, as the window's export does")
    p.add_argument("project", type=_path, metavar="PROJECT", help="a saved project, *.technovae")
    p.add_argument("--out", type=_path, required=True, metavar="FILE", help="wav, flac, ogg or mp3")
    _bit_depth(p)
    p.add_argument(
        "--stems",
        nargs="?",
        choices=STEMS,
        const=STEMS[0],
        help="also one file per lane (default), or for kick, bass, drums and rest",
    )
    p.add_argument(
        "--library", type=_path, metavar="DIR", help="where the project's library is now"
    )
    p.add_argument("--model", type=_path, metavar="FILE", help="where the project's model is now")


def _reconstruct(commands: _Commands) -> None:
    p = _command(commands, "reconstruct", "every segment's original beside its reconstruction")
    p.add_argument("source", type=_path, metavar="AUDIO|LIBRARY", help="a file, or a library")
    _folder(p, "reconstructed")
    p.add_argument(
        "--renderer",
        choices=_OF_ONE_SEGMENT,
        default="guided",
        help="what turns a spectrogram into audio (default: guided)",
    )
    p.add_argument(
        "--exact", action="store_true", help="render the real spectrogram, not the model's"
    )
    p.add_argument(
        "--limit", type=_between(int, 1, 100_000), metavar="N", help="at most N segments"
    )
    p.add_argument(
        "--model",
        type=_path,
        metavar="FILE",
        help="default: the one trained on the library, for a file that of the demo",
    )


def _map(commands: _Commands) -> None:
    p = _command(commands, "map", "the latent map as a picture")
    p.add_argument(
        "library", type=_path, nargs="?", metavar="LIBRARY", help="default: the built-in demo"
    )
    p.add_argument(
        "--out",
        type=_file(".png"),
        default=Path("map.png"),
        metavar="FILE",
        help="default: map.png",
    )
    p.add_argument(
        "--colour",
        choices=COLOURS,
        default="track",
        help="what dots are coloured by (default: track)",
    )
    p.add_argument(
        "--size",
        type=_size,
        default=(1280, 800),
        metavar="WxH",
        help="of the picture (default: 1280x800)",
    )
    _model(p)


def _dataset(commands: _Commands) -> None:
    p = _command(
        commands, "dataset", "write all training windows as one array, spectrogram_dataset.npy"
    )
    p.add_argument("library", type=_path, metavar="LIBRARY", help="folder of the library")
    p.add_argument(
        "--out",
        type=_path,
        default=Path("spectrogram_dataset.npy"),
        metavar="FILE",
        help="default: spectrogram_dataset.npy",
    )


def _info(commands: _Commands) -> None:
    p = _command(commands, "info", "what a library, model, project or audio file holds")
    p.add_argument(
        "path", type=_path, nargs="?", metavar="PATH", help="default: the built-in demo library"
    )
    p.add_argument(
        "--segments", action="store_true", help="list a library's segments with their attributes"
    )
    p.add_argument(
        "--keys", action="store_true", help="find the keys of those tracks whose key is not known"
    )


def _devices(commands: _Commands) -> None:
    _command(commands, "devices", "the sound devices")


def _demo(commands: _Commands) -> None:
    p = _command(commands, "demo", "the built-in demo music")
    what = p.add_mutually_exclusive_group()
    what.add_argument("--list", action="store_true", help="name its tracks (the default)")
    what.add_argument("--render", metavar="NAME", help="render one of its tracks")
    what.add_argument(
        "--build", action="store_true", help="build the shipped library and model again"
    )
    what.add_argument(
        "--retrain", action="store_true", help="train the shipped model again on the same music"
    )
    what.add_argument(
        "--refit",
        action="store_true",
        help="fit again what the shipped model carries beside its weights",
    )
    what.add_argument(
        "--train-parts",
        action="store_true",
        help="train the network that tells parts apart, on songs drawn by chance",
    )
    what.add_argument(
        "--pretrain",
        action="store_true",
        help="learn what music varies along, from songs drawn by chance: trainings start from it",
    )
    p.add_argument(
        "--out", type=_path, metavar="FILE", help="with --render, --train-parts and --pretrain"
    )
    p.add_argument(
        "--minutes", type=_between(float, 0.01, 10_000), help="with --train-parts (default: 60)"
    )
    p.add_argument(
        "--songs",
        type=_between(int, 1, 100_000),
        help="with --train-parts (default: 3000) and --pretrain (600)",
    )
    p.add_argument(
        "--material",
        type=_path,
        metavar="DIR",
        help="with --train-parts and --pretrain: where songs are kept",
    )
    p.add_argument("--resume", action="store_true", help="with --train-parts: go on")
    p.add_argument(
        "--from",
        dest="start",
        type=_path,
        metavar="FILE",
        help="with --train-parts: begin with the weights of this model, not with random ones",
    )


def _parts(commands: _Commands) -> None:
    p = _command(commands, "parts", "take audio apart: kick.wav, bass.wav, drums.wav, rest.wav")
    p.add_argument("source", type=_path, metavar="AUDIO|LIBRARY", help="a file, or a library")
    _folder(p, "parts")
    p.add_argument(
        "--model", type=_path, metavar="FILE", help="default: the one that comes with the program"
    )


def _sound(p: Parser) -> None:
    p.add_argument(
        "--bpm",
        type=_between(float, TEMPO_MIN / 2, TEMPO_MAX * 2),
        help="default: the library's tempo",
    )
    p.add_argument(
        "--renderer",
        choices=RENDERERS,
        default=RENDERERS[0],
        help=f"what turns what is decoded into audio (default: {RENDERERS[0]})",
    )


def _seed(p: Parser) -> None:
    p.add_argument(
        "--seed",
        type=_between(int, 0, 2**32 - 1),
        default=0,
        help="same seed, same result (default: 0)",
    )


def _workspace(p: Parser) -> None:
    p.add_argument("--library", type=_path, metavar="DIR", help="default: the built-in demo")
    _model(p)


def _model(p: Parser) -> None:
    p.add_argument(
        "--model", type=_path, metavar="FILE", help="default: the one trained on the library"
    )


def _folder(p: Parser, name: str) -> None:
    p.add_argument(
        "--out",
        type=_path,
        default=Path(name),
        metavar="DIR",
        help=f"where files go (default: {name})",
    )


def _bit_depth(p: Parser) -> None:
    p.add_argument(
        "--bit-depth",
        type=_whole_number,
        choices=(16, 24, 32),
        default=24,
        help="of WAV and FLAC; 32 is float (default: 24)",
    )


def _name(text: str) -> str:
    """A name of a file, a folder or a track. An empty one, as of a variable that is not set, would
    be taken for the folder that one is in, or for any track."""
    if not text:
        raise argparse.ArgumentTypeError("the name is empty")
    return text


def _path(text: str) -> Path:
    return Path(_name(text))


def _file(suffix: str) -> Callable[[str], Path]:
    """A file to be written, which is of one kind only: music that is named by mistake is kept."""

    def convert(text: str) -> Path:
        path = _path(text)
        if path.suffix.lower() not in ("", suffix):
            raise argparse.ArgumentTypeError(f"{text} is to be a {suffix} file; name it so")
        return path

    return convert


def _number(text: str) -> float:
    value = _converted(float, text)
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"{text} is not a number to work with")
    return value


def _whole_number(text: str) -> int:
    return _converted(int, text)


def _converted(kind: Callable[[str], T], text: str) -> T:
    try:
        return kind(text)
    except ValueError:
        what = "a whole number" if kind is int else "a number"
        raise argparse.ArgumentTypeError(f"{text} is not {what}") from None


def _between(kind: Callable[[str], T], low: float, high: float) -> Callable[[str], T]:
    def convert(text: str) -> T:
        value = _converted(kind, text)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text} is not between {low:g} and {high:g}")
        return value

    return convert


def _curve(text: str) -> tuple[float, ...]:
    values = tuple(_between(float, 0.0, 1.0)(part) for part in text.split(","))
    if len(values) < 2:
        raise argparse.ArgumentTypeError(
            "an energy curve needs at least two values, as in 0.2,0.9,0.3"
        )
    return values


def _size(text: str) -> tuple[int, int]:
    try:
        width, height = (int(part) for part in text.lower().split("x"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a size like 1280x800") from None
    if not (320 <= width <= 8192 and 240 <= height <= 8192):
        raise argparse.ArgumentTypeError(f"{text} is not between 320x240 and 8192x8192")
    return width, height


_COMMANDS = (
    *(_import, _grid, _weigh, _train, _generate, _compose, _render),
    *(_reconstruct, _parts, _map, _dataset, _info, _devices, _demo),
)
