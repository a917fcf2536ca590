"""Builds what ships: the demo's music as a library, and the model trained on it."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from core.audio import files
from core.deletion import delete_file, delete_folder
from core.demo.catalogue import catalogue
from core.demo.render import render_many
from core.library.importing import import_audio
from core.library.key_analysis import analyse_keys
from core.library.packing import pack
from core.library.store import SPECTROGRAMS, Library
from core.progress import Progress, silent
from core.render.decoder import Decoder
from core.resources import digest
from core.session import training_data
from core.vae import training
from core.vae.calibration import recalibrate
from core.vae.codec import Codec
from core.vae.training import TrainOptions, TrainResult

LIBRARY_ID = "technovae-demo"
QUALITY = 0.25
"""Of Ogg Vorbis: about 100 kbit/s, so that the whole demo stays below 30 MB."""
MINUTES = 10.0
_RENDER, _IMPORT, _PACK, _TRAIN = 0.25, 0.05, 0.05, 0.65


@dataclass(frozen=True)
class PackResult:
    """What was built, and how far the fitted beat grids were from the truth."""

    library: Path
    model: Path
    megabytes: float
    segments: int
    worst_tempo_error: float
    worst_downbeat_error: float
    training: TrainResult

    def lines(self) -> tuple[str, ...]:
        """The result in plain sentences."""
        return (
            f"{self.library}: {self.segments} segments, {self.megabytes:.1f} MB",
            f"fitted beat grids against the scores: at worst {self.worst_tempo_error:.4f} BPM and "
            f"{1000 * self.worst_downbeat_error:.1f} ms off",
            *self.training.lines(),
        )


def build_pack(
    library: Path, model: Path, progress: Progress = silent, minutes: float = MINUTES
) -> PackResult:
    """Render the catalogue, import it, train on it.

    The music and the library are the same in every run on one machine; training stops by time.

    Args:
        library: folder of the library, replaced at the end.
        model: the model file, replaced at the end.
        progress: gets the share that is done.
        minutes: of training.

    Returns:
        What was built.

    Raises:
        OutputError: no room, or a folder that cannot be written.
    """
    library.parent.mkdir(parents=True, exist_ok=True)
    model.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=library.parent, prefix=".building-") as name:
        work = Path(name)
        _render(work / "audio", _part(progress, 0.0, _RENDER))
        done = _RENDER
        import_audio(work / "whole", [work / "audio"], _part(progress, done, _IMPORT))
        with Library.open(work / "whole") as whole:
            errors = _grid_errors(whole)
            done += _IMPORT
            analyse_keys(whole)
            pack(whole, work / "demo", QUALITY, LIBRARY_ID, _part(progress, done, _PACK))
        options = TrainOptions(work / model.name, minutes=minutes)
        data = training_data(work / "demo")
        trained = training.train(data, options, _part(progress, done + _PACK, _TRAIN))
        segments = _place_on_map(work / "demo", options.path)
        _strip(work / "demo")
        size = sum(p.stat().st_size for p in (work / "demo").rglob("*") if p.is_file()) / 1e6
        _replace(work / "demo", library)
        _replace_model(options.path, model)
    return PackResult(library, model, size, segments, *errors, replace(trained, path=model))


def retrain_pack(
    library: Path, model: Path, progress: Progress = silent, minutes: float = MINUTES
) -> TrainResult:
    """Train another model on the music of a library and map the library by it.

    Args:
        library: whose music stays as it is.
        model: the model file, replaced at the end.
        progress: gets the share that is done.
        minutes: of training.

    Returns:
        What came of the training.

    Raises:
        OutputError: no room, or a folder that cannot be written.
    """
    before = digest(model)
    with tempfile.TemporaryDirectory(dir=model.parent, prefix=".training-") as name:
        options = TrainOptions(Path(name) / model.name, minutes=minutes)
        trained = training.train(training_data(library), options, progress)
        _replace_model(options.path, model)
    _placed_anew(library, model, before)
    return replace(trained, path=model)


def refit_pack(library: Path, model: Path) -> int:
    """Calibrate a model again and map the library by it; music and weights stay.

    Args:
        library: the model's library.
        model: the model file, which gets another hash.

    Returns:
        The number of segments on the map.

    Raises:
        ModelError, OutputError: the model cannot be read or written.
    """
    before = digest(model)
    recalibrate(model, training_data(library))
    return _placed_anew(library, model, before)


def _placed_anew(library: Path, model: Path, before: str) -> int:
    """Under `model` in place of the one whose hash was `before`; the number of segments."""
    segments = _place_on_map(library, model)
    with Library.open(library) as opened:
        if digest(model) != before:
            opened.forget_model(before)
        opened.compact()
    _strip(library)
    return segments


def _part(progress: Progress, start: float, share: float) -> Progress:
    def report(done: float, total: float, message: str = "") -> None:
        progress(start + share * done / max(total, 1e-9), 1.0, message)

    return report


def _render(folder: Path, progress: Progress) -> None:
    folder.mkdir()
    specs = catalogue()
    for number, (spec, samples) in enumerate(render_many(specs, os.cpu_count() or 1)):
        path = folder / f"{number + 1:02d} {spec.name}.flac"
        files.write(path, samples, bit_depth=24, bpm=spec.bpm, title=spec.name)
        progress(number + 1, len(specs), f"rendered {spec.name}")


def _grid_errors(library: Library) -> tuple[float, float]:
    """Largest error of tempo (BPM) and of the downbeat (seconds, within its bar)."""
    truth = {spec.name: spec.bpm for spec in catalogue()}
    tempo = downbeat = 0.0
    for track in library.tracks():
        bar = 240.0 / truth[track.title]
        offset = track.grid.downbeat % bar
        tempo = max(tempo, abs(track.grid.bpm - truth[track.title]))
        downbeat = max(downbeat, min(offset, bar - offset))
    return tempo, downbeat


def _place_on_map(library: Path, model: Path) -> int:
    with Library.open(library) as opened:
        ids, _ = Decoder(opened, Codec.load(model)).map()
    return len(ids)


def _strip(library: Path) -> None:
    """Shards are computed again from the audio when they are needed."""
    for shard in (library / SPECTROGRAMS).glob("*.npy"):
        delete_file(shard, library)


def _replace(made: Path, target: Path) -> None:
    old = made.with_name("old")
    if target.exists():
        target.replace(old)
    made.replace(target)
    delete_folder(old, made.parent)


def _replace_model(made: Path, target: Path) -> None:
    """The model and its history; the state to resume from stays behind."""
    for path in made.parent.glob(f"{made.stem}*"):
        if not path.name.endswith(".state.npz"):
            path.replace(target.with_name(path.name))
