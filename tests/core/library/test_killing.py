"""Imports that are killed with SIGKILL at any moment, and then finished."""

from __future__ import annotations

import contextlib
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core.library import report
from core.library.importing import import_audio
from core.library.store import DATABASE, Library
from tests.core.library.test_importing import shards, techno, write
from tests.systems import needs_kill

ROOT = Path(__file__).resolve().parents[3]
_TRACKS_UNTIL_KILLED = (1, 0, 2, 1, 1)
"""How many tracks come in before each kill; 0: it is killed while it starts."""
_IMPORT = """
import sys
from core.library.importing import import_audio
def _told(*_):
    print("under way", flush=True)
    sys.stdin.readline()
def _entered(file):
    print(file.status, flush=True)
    sys.stdin.readline()
step = dict(progress=_told) if sys.argv[1] == "told" else dict(on_file=_entered)
import_audio(sys.argv[2], sys.argv[3:], workers=2, **step)
"""
"""Goes on after each step when it gets a line, and runs to the end once its input is closed."""


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six tracks with a beat, two without, two short ones and a file that is no audio."""
    folder = tmp_path_factory.mktemp("music")
    for k in range(6):
        write(folder / f"{k}.wav", techno(12 + 2 * k, 120.0 + 2 * k, seed=k))
    rng = np.random.default_rng(1)
    for k in range(2):
        noise = 0.1 * rng.standard_normal((44_100 * (20 + k), 2))
        write(folder / f"noise {k}.wav", noise.astype(np.float32))
        write(folder / f"short {k}.wav", techno(1, 120.0 + k))
    (folder / "text.wav").write_text("no audio")
    return folder


@contextlib.contextmanager
def start(step: str, library: Path, music: Path) -> Iterator[subprocess.Popen[str]]:
    """An import in a process of its own that waits after each step; at the end it is killed.

    Args:
        step: "told", what progress tells; or "entered", a file that the library knows now.
        library: where to.
        music: folder of the files.
    """
    with subprocess.Popen(
        [sys.executable, "-c", _IMPORT, step, str(library), str(music)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *_python_path()])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()  # the main process alone: its workers must see to their own end


def next_step(process: subprocess.Popen[str]) -> str:
    """What it says after its next step; "" if it has ended."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def go_on(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def _python_path() -> list[str]:
    return [p for p in os.environ.get("PYTHONPATH", "").split(os.pathsep) if p]


def contents(path: Path) -> list[tuple[object, ...]]:
    """All that an import decides, in order of ids."""
    with Library.open(path, read_only=True) as library:
        tracks = sorted(library.tracks(), key=lambda t: t.id)
        return [
            (t.id, t.source_path, t.frames, t.grid, t.sections, *library.segments(1, t.id))
            for t in tracks
        ]


def check_whole(path: Path) -> int:
    """Everything that the library says is there, is there; returns the number of tracks."""
    with Library.open(path, read_only=True) as library:
        for track in library.tracks():
            assert library.audio(track.id, track.seconds - 0.5, 100).any()
            if track.sections:
                assert len(library.segments(1, track.id)) == track.windows(1) > 0
                assert any(p.name.startswith(track.id) for p in (path / "spectrograms").iterdir())
                assert library.track_spectrogram(track.id).shape == (track.rows, 128)
        return len(library.tracks())


def _let_in(process: subprocess.Popen[str], more: int) -> bool:
    """Let `more` tracks in that were not there before, and it go on after; False if it ended."""
    while more > 0:
        status = next_step(process)
        if not status:
            return False
        more -= status in (report.IMPORTED, report.UNALIGNED)
        go_on(process)
    return True


@pytest.mark.slow
@needs_kill
def test_an_import_killed_again_and_again_ends_like_an_undisturbed_one(
    music: Path, tmp_path: Path
) -> None:
    undisturbed, killed = tmp_path / "undisturbed", tmp_path / "killed"
    import_audio(undisturbed, [music], workers=2)
    draw = random.Random(3)
    kills, tracks_seen = 0, {0}
    for more in _TRACKS_UNTIL_KILLED:
        with start("entered", killed, music) as process:
            under_way = _let_in(process, more)
            # At any moment; of those after a track came in, most often soon.
            time.sleep(0.4 * draw.random() ** 3 if more else 0.7 * draw.random())
        if not under_way:
            break
        kills += 1
        if (killed / DATABASE).exists():
            tracks_seen.add(check_whole(killed))
    assert kills >= 3
    assert len(tracks_seen) >= 3, "killed while it was under way"
    result = import_audio(killed, [music], workers=2)
    assert {f.status for f in result.files} <= set(report.STATUSES)
    assert contents(killed) == contents(undisturbed)
    assert shards(killed) == shards(undisturbed)
    for name in ("audio", "spectrograms"):
        assert sorted(p.name for p in (killed / name).iterdir()) == sorted(
            p.name for p in (undisturbed / name).iterdir()
        )
    assert not list(killed.glob(".library-incoming*"))
    statuses = {f.path.name: f.status for f in import_audio(undisturbed, [music]).files}
    again = {f.path.name: f.status for f in import_audio(killed, [music]).files}
    assert again == statuses


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
def test_workers_end_when_their_import_is_killed(music: Path, tmp_path: Path) -> None:
    with start("told", tmp_path / "library", music) as process:
        assert next_step(process)
        workers = _session(process.pid) - {process.pid}
        assert len(workers) >= 2
    deadline = time.monotonic() + 300.0
    while _session(process.pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert _session(process.pid) == set()


@pytest.mark.slow
def test_two_imports_at_once(music: Path, tmp_path: Path) -> None:
    with start("told", tmp_path / "library", music) as first:
        assert next_step(first)
        second = subprocess.run(
            [sys.executable, "-c", _IMPORT, "told", str(tmp_path / "library"), str(music)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *_python_path()])},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert f"LibraryError: {tmp_path / 'library'}: another import (process {first.pid})" in (
            second.stderr
        )
        first.communicate()
        assert first.returncode == 0
    assert check_whole(tmp_path / "library") == 8


def _session(leader: int) -> set[int]:
    """Processes of the session that `leader` began, less those that are dead."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == leader and fields[0] != "Z":
            found.add(int(stat.parent.name))
    return found
