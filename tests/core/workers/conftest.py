"""Qt without a screen, for signals; user folders that are nobody's; no process left behind."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from multiprocessing import active_children
from pathlib import Path

import pytest

from core.library.store import Library
from tests.core.library.building import add_track

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

SECONDS = 17.0
"""Two map segments of each track."""


@pytest.fixture(autouse=True)
def own_user_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Data and log folders inside the test's own folder, for children as well.

    The cache is the run's: it holds what is computed of the demo, and nothing that tests change.
    """
    for name in ("DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / f"user-{name.lower()}"))


@pytest.fixture(autouse=True)
def no_process_left_behind() -> Iterator[None]:
    """Whatever happens in a test, the processes that it started are gone after it."""
    before = set(active_children())
    yield
    from core.workers.thread import kill_all

    kill_all()
    left = set(active_children()) - before
    for process in left:
        process.kill()
        process.join()


@pytest.fixture(scope="session")
def library_to_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four tracks at 124, 126, 128 and 130 BPM, two map segments each; no test may touch it."""
    path = tmp_path_factory.mktemp("template") / "library"
    with Library.create(path) as library:
        for k in range(4):
            add_track(library, f"Track {k}", seconds=SECONDS, bpm=124.0 + 2 * k, seed=k)
    return path


@pytest.fixture
def library(library_to_copy: Path, tmp_path: Path) -> Path:
    """The folder of a copy of it; each test may do with it what it likes."""
    path = tmp_path / "library"
    shutil.copytree(library_to_copy, path)
    return path
