"""No input of any command ends in a traceback: words, numbers, paths and bytes of all kinds.

A command line that happens to be right must not work for minutes, on any machine: training is
replaced where a command calls it, nothing outside a test's folder is searched for music, and a
command that reports progress as often as long work does fails the test.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from core import resources
from core.arrangement import project_file
from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.clip import Clip, LatentSource, RealSource
from core.arrangement.project import Project
from core.cli import arguments, console
from core.library import importing, inputs
from core.progress import CancelFlag, Progress, silent
from core.vae import network_file
from core.vae.codec import Codec
from core.vae.data import TrainingData
from core.vae.evaluation import Evaluation
from core.vae.options import TrainOptions, TrainResult, require_model_path
from tests.core.library.building import kicks, make_library
from tests.core.library.in_process import InProcessPool
from tests.fuzzing import TIMES, examples

load_codec = Codec.load
MAIN = importlib.import_module("core.cli.main")  # `core.cli.main` is the function
NOT_TRIED = {"--render", "--help", "-h"}
"""What makes music of the demo for minutes, or ends at once."""
WORDS = (
    *("", "-", "--", "-1", "0", "1", "2", "nan", "inf", "-inf", "1e308", "1e-320", "0x10", "1_0"),
    *(
        "0.2,0.9",
        ",",
        "320x240",
        "9" * 400,
        "²",
        "٣",
        "*.wav",
        "[",
        "**",
        "~",
        "~nobody",
        "..",
        "/",
    ),
    *("a\0b", "caf\udce9", "\ud800", "n" * 300, "x" * 5000, "\x1b[2J", "a\nb", "con", "/dev/null"),
)
NAMES = (
    *("library", "empty library", "damaged library", "empty folder", "folder.technovae", "loop"),
    *("song.wav", "short.flac", "empty.mp3", "caf\udce9.wav", "text.txt", "model.keras"),
    *("array.npy", "damaged.npy", "project.technovae"),
)
MOST_REPORTS = 300
"""More reports of progress than any command on the pool makes; training or composing makes more."""
_SETTINGS = settings(
    deadline=None,
    derandomize=TIMES == 1,
    max_examples=examples(40),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
)


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one of everything a command may be given."""
    folder = tmp_path_factory.mktemp("pool")
    make_library(folder / "library", tracks=1).close()
    make_library(folder / "empty library", tracks=0).close()
    (folder / "empty folder").mkdir()
    (folder / "damaged library").mkdir()
    (folder / "damaged library" / "library.sqlite").write_bytes(b"SQLite format 3\0" + bytes(200))
    soundfile.write(folder / "song.wav", kicks(3.0, 128.0), 44_100)
    soundfile.write(folder / "short.flac", kicks(1.0, 128.0), 44_100)
    (folder / "text.txt").write_text("words")
    (folder / "empty.mp3").touch()
    (folder / "model.keras").write_bytes(b"PK\3\4 no model")
    np.save(folder / "array.npy", np.zeros((3, 4), np.float32))
    (folder / "damaged.npy").write_bytes(b"\x93NUMPY\1\0\xff\xff")
    latent = Clip("z", LatentSource(np.zeros(64), 7, "phase", "abc"), 15360)
    lane = Lane("l", "drums", (Clip("r", RealSource("segment"), 0), latent))
    project_file.save(Project(Arrangement(130.0, (lane,), "x")), folder / "project.technovae")
    (folder / "folder.technovae").mkdir()
    (folder / "loop").symlink_to("loop")
    with contextlib.suppress(OSError, UnicodeDecodeError):  # where names of files are text
        (folder / os.fsdecode(b"caf\xe9.wav")).write_bytes((folder / "short.flac").read_bytes())
    return folder


@pytest.fixture
def fresh(pool: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Goes to a new copy of the pool. What nobody foresaw is raised."""
    monkeypatch.setattr(importing, "ImportPool", InProcessPool)

    def unforeseen(error: Exception, what: str) -> str:
        raise AssertionError("an error that nobody foresaw") from error

    monkeypatch.setattr(MAIN.log, "error_line", unforeseen)
    monkeypatch.setattr("core.vae.training.train", trained_at_once)
    monkeypatch.setattr("core.vae.codec.Codec.load", loaded)
    monkeypatch.setattr(console, "_PlainReport", CountedReport)
    monkeypatch.setenv("HOME", str(tmp_path / "place"))
    search_only(tmp_path, monkeypatch)
    monkeypatch.chdir(tmp_path)

    def copied() -> None:
        os.chdir(tmp_path)
        shutil.rmtree(tmp_path / "place", ignore_errors=True)
        shutil.copytree(pool, tmp_path / "place", symlinks=True)
        os.chdir(tmp_path / "place")

    return copied


def trained_at_once(
    data: TrainingData,
    options: TrainOptions,
    progress: Progress = silent,
    cancel: CancelFlag | None = None,
) -> TrainResult:
    """In the place of `train`: refuses what it refuses, then writes a file and says so."""
    require_model_path(options.path)
    data.check()
    if options.resume:
        network_file.load(options.path)
    options.path.write_bytes(b"no model")
    evaluation = Evaluation(1.0, 1.0, np.zeros((len(data), 64), np.float32))
    return TrainResult(
        options.path, "epochs", 1, 1, 0.0, evaluation, None, 1.0, None, tuple(data.notes)
    )


def loaded(path: Path) -> Codec:
    """A model; the built-in demo's, which takes half a second, only once."""
    return demo_codec() if path.resolve() == resources.demo_model().resolve() else load_codec(path)


@cache
def demo_codec() -> Codec:
    return load_codec(resources.demo_model())


class CountedReport:
    """Progress that prints nothing, so every line on standard error is an error's."""

    def __init__(self, title: str) -> None:
        self._title, self._reports = title, 0

    def __call__(self, done: float, total: float, message: str = "") -> None:
        self._reports += 1
        if self._reports > MOST_REPORTS:
            pytest.fail(f"{self._title}: this command line is right, and works for long; fake that")


def search_only(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No search for music outside `folder`: "/" and "~" are names like any other."""
    walk, find = inputs.walk, inputs.glob.glob

    def is_inside(path: str | os.PathLike[str]) -> bool:
        return Path(path).resolve().is_relative_to(folder.resolve())

    def walked(top: Path, *args: Any) -> Iterator[Any]:
        return walk(top, *args) if is_inside(top) else iter(())

    def found(pattern: str, **kwargs: Any) -> list[str]:
        return find(pattern, **kwargs) if not Path(pattern).is_absolute() else []

    monkeypatch.setattr(inputs, "walk", walked)
    monkeypatch.setattr(inputs.glob, "glob", found)


def run(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Run a command; it succeeds quietly, or fails in one line."""
    try:
        status = MAIN.main(argv)
    except SystemExit as stop:
        status = int(stop.code or 0)
    out, err = capsys.readouterr()
    assert status in (0, 2), argv
    lines = err.splitlines()
    assert len(lines) <= 1, (argv, err)
    assert status == 0 or lines or out, argv
    assert "Traceback" not in err
    assert "\x1b" not in out + err


def commands() -> dict[str, argparse.ArgumentParser]:
    parser = arguments.build()
    action = next(a for a in parser._actions if a.dest == "command")
    return dict(action.choices or {})  # type: ignore[arg-type]


def values(action: argparse.Action) -> st.SearchStrategy[str]:
    """What may be given for one argument: right ones, wrong ones, and files of the pool."""
    names = st.sampled_from(NAMES)
    inside = st.sampled_from(
        ["new", "new.wav", "new.flac", "new.keras", "new.technovae", "new.npy"]
    )
    words = st.sampled_from(WORDS) | st.text(max_size=12) | st.floats().map(str)
    some = [names, names.flatmap(lambda n: inside.map(lambda i: f"{n}/{i}")), inside, words]
    if action.choices:
        some.append(st.sampled_from([str(choice) for choice in action.choices]))
    return st.one_of(some)


@cache
def command_lines(name: str) -> st.SearchStrategy[list[str]]:
    parser = commands()[name]
    parts: list[st.SearchStrategy[list[str]]] = []
    for action in parser._actions:
        flags = set(action.option_strings)
        # A flag of `demo` starts to make its music or a model, new ones included.
        starts = name == "demo" and action.nargs == 0 and "--list" not in flags
        if starts or NOT_TRIED & flags:
            continue
        count = action.nargs if isinstance(action.nargs, int) else 1
        given_ = st.lists(values(action), min_size=count, max_size=count)
        if action.option_strings:
            flag = [action.option_strings[0]]
            one = given_.map(lambda v, flag=flag: [*flag, *v])  # type: ignore[misc]
            parts.append(st.just([]) | st.just([]) | one)
        else:
            parts.append(given_)
    return st.tuples(*parts).map(
        lambda groups: [name, *(word for group in groups for word in group)]
    )


def test_a_search_stays_in_the_place(fresh: Callable[[], None], tmp_path: Path) -> None:
    fresh()
    assert not list(inputs.walk(Path("/"), lambda _: None))
    assert not inputs.glob.glob("/*")
    assert list(inputs.walk(Path("library"), lambda _: None))
    assert "song.wav" in inputs.glob.glob("*.wav")


def test_a_right_command_line_trains_at_once(
    fresh: Callable[[], None], capsys: pytest.CaptureFixture[str]
) -> None:
    fresh()
    run(["train", "library", "--out", "new.keras"], capsys)
    assert Path("new.keras").read_bytes() == b"no model"


def test_long_work_fails_the_test(fresh: Callable[[], None]) -> None:
    with console.progress_bar("training") as progress:
        for step in range(MOST_REPORTS):
            progress(step, MOST_REPORTS)
        with pytest.raises(pytest.fail.Exception):
            progress(MOST_REPORTS, MOST_REPORTS)


NEEDS_A_MODEL = ("generate", "compose")
"""Their command lines name a library without one: a right one would make music for minutes."""


@pytest.mark.parametrize("name", sorted(set(commands()) - set(NEEDS_A_MODEL)))
@_SETTINGS
@given(data=st.data())
def test_any_command_line(
    name: str, data: st.DataObject, fresh: Callable[[], None], capsys: pytest.CaptureFixture[str]
) -> None:
    fresh()
    run(data.draw(command_lines(name)), capsys)


@pytest.mark.parametrize("name", NEEDS_A_MODEL)
@_SETTINGS
@given(data=st.data())
def test_any_command_line_of_what_needs_a_model(
    name: str, data: st.DataObject, fresh: Callable[[], None], capsys: pytest.CaptureFixture[str]
) -> None:
    fresh()
    libraries = ["library", "empty library", "damaged library", "text.txt", "nowhere"]
    argv = [*data.draw(command_lines(name)), "--library", data.draw(st.sampled_from(libraries))]
    run(argv, capsys)


@_SETTINGS
@given(
    st.lists(st.text(max_size=8) | st.sampled_from([*WORDS, *commands()]), min_size=1, max_size=5)
)
def test_any_words_are_parsed_or_refused(words: list[str]) -> None:
    parser = arguments.build()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arguments.Parser, "exit", lambda self, status=0, message=None: _stop(status))
        with contextlib.suppress(SystemExit):
            parser.parse_args(words)


def _stop(status: int) -> None:
    raise SystemExit(status)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=5,
)


@_SETTINGS
@given(data=st.data())
def test_any_change_of_a_project_is_read_or_told_in_one_line(
    data: st.DataObject, fresh: Callable[[], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """A right project with some value replaced by another of any kind."""
    fresh()
    document = json.loads(Path("project.technovae").read_text())
    for _ in range(data.draw(st.integers(1, 3))):
        at = document
        for _ in range(data.draw(st.integers(0, 5))):
            keys = list(at) if isinstance(at, dict) else list(range(len(at)))
            inner = [key for key in keys if isinstance(at[key], dict | list) and at[key]]
            if not inner:
                break
            at = at[data.draw(st.sampled_from(inner))]
        keys = list(at) if isinstance(at, dict) else list(range(len(at)))
        at[data.draw(st.sampled_from(keys))] = data.draw(JSON)
    Path("odd.technovae").write_text(json.dumps(document))
    run(["info", "odd.technovae"], capsys)
    run(["render", "odd.technovae", "--out", "x.wav", "--library", "empty library"], capsys)


@_SETTINGS
@given(
    name=st.sampled_from(["a.technovae", "a.keras", "a.npy", "a.json", "a.wav"]),
    content=st.binary(),
)
def test_any_bytes_are_read_or_told_in_one_line(
    name: str, content: bytes, fresh: Callable[[], None], capsys: pytest.CaptureFixture[str]
) -> None:
    fresh()
    Path(name).write_bytes(content)
    run(["info", name], capsys)
    if name == "a.npy":
        run(["train", name, "--out", "new.keras"], capsys)
