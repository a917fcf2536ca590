"""Fixtures: a library made directly, and user folders that are nobody's."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from core.library.importing import import_audio
from core.library.report import ImportReport
from core.library.store import Library
from tests.core.library.building import make_library


@pytest.fixture(autouse=True)
def own_user_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data folder inside the test's own folder.

    The cache is the run's: it holds the demo's spectrograms, which take nine CPU seconds to make.
    """
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "user-data"))


@pytest.fixture(scope="session")
def library_to_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of two tracks of 12 s, at 126 and 128 BPM, that no test may touch."""
    path = tmp_path_factory.mktemp("template") / "library"
    make_library(path).close()
    return path


@pytest.fixture
def library(library_to_copy: Path, tmp_path: Path) -> Iterator[Library]:
    """A copy of it, open; each test may do with it what it likes."""
    path = tmp_path / "library"
    shutil.copytree(library_to_copy, path)
    with Library.open(path) as opened:
        yield opened


@pytest.fixture(scope="session")
def import_here() -> Iterator[Callable[..., ImportReport]]:
    """`import_audio` with a thread in the place of processes, each of which takes a second to
    start."""
    with ThreadPoolExecutor(1) as executor:
        executor.submit(int).result()  # before any test, none of which is to leave it behind
        yield partial(import_audio, executor=executor)
