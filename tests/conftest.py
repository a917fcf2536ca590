"""Fixtures for every room, and the rule that a test leaves no thread and no process behind."""

from __future__ import annotations

import os

# Before numpy comes: on a busy machine two threads of one product wait for each other, tenfold.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import gc
import sys
import threading
import time
from collections.abc import Generator, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import hypothesis
import numpy as np
import pytest

from core import garbage, processes
from technovae_gui import plain_imports
from tests import fuzzing
from tests.processes import pytest_runtest_makereport, pytest_runtest_protocol
from tests.scheduling import pytest_collection_modifyitems, pytest_xdist_make_scheduler

__all__ = [  # pytest calls them
    "pytest_collection_modifyitems",
    "pytest_runtest_makereport",
    "pytest_runtest_protocol",
    "pytest_xdist_make_scheduler",
]

# How long an example takes, or to think of one, is the machine's business: no test asserts a
# duration. Continuous integration tries the same examples in every run: what fails there is the
# change, not chance.
hypothesis.settings.register_profile(
    "technovae",
    deadline=None,
    max_examples=fuzzing.examples(50),
    derandomize="CI" in os.environ and fuzzing.TIMES == 1,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("technovae")

# Several tests run at once and wait for what is nice beside the others, which play no music.
os.environ[processes.MOST_NICE] = "0"

# Hundreds of processes import the same modules: these are compiled once, not by each.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Pools that libraries keep for the life of the process; they are nobody's leak.
_LIBRARY_THREADS = ("OMP", "tf_", "pydevd", "asyncio_", "ThreadPoolExecutor-keras")
_GRACE_SECONDS = 120.0
_PATIENCE_MS = 240_000


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Search for garbage only among what tests make: half a million objects of modules and of the
    tests themselves come before, and stay. Search seldom, too: what the threshold of 700 objects
    found was next to nothing for a twentieth of the time."""
    garbage.pause()
    plain_imports.restore()  # pytest-qt has imported PySide6
    collected = yield
    garbage.resume()
    gc.set_threshold(20_000, 20, 20)
    return collected


@pytest.fixture(autouse=True, scope="session")
def own_user_folders_of_the_run(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nothing is written to the folders of whoever runs the tests, and nothing is read there.

    All workers of a run share one cache: what the demo's audio takes seconds to be analysed for is
    analysed once.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    os.environ["XDG_CACHE_HOME"] = str(shared / "user-cache")
    for name in ("DATA", "STATE"):
        os.environ[f"XDG_{name}_HOME"] = str(tmp_path_factory.mktemp(f"user-{name.lower()}"))
    # Windows asks no such variables; platformdirs asks this one there.
    os.environ["WIN_PD_OVERRIDE_LOCAL_APPDATA"] = str(tmp_path_factory.mktemp("user"))


@pytest.fixture(autouse=True)
def no_thread_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test after which a thread that it started is still alive."""
    before = set(threading.enumerate())
    yield
    leaked = _leaked(before)
    deadline = time.monotonic() + _GRACE_SECONDS
    while leaked and time.monotonic() < deadline:
        time.sleep(0.02)
        leaked = _leaked(before)
    if leaked:
        names = ", ".join(f"{t.name} ({getattr(t, '_target', None)})" for t in leaked)
        pytest.fail(f"{request.node.nodeid} left threads behind: {names}")


def _leaked(before: set[threading.Thread]) -> list[threading.Thread]:
    return [
        t
        for t in threading.enumerate()
        if t not in before
        and t.is_alive()
        and not t.name.startswith(_LIBRARY_THREADS)
        # Stands in for a thread of Qt that has logged something, and stays when that has ended.
        and not isinstance(t, threading._DummyThread)
    ]


@pytest.fixture
def qtbot(qtbot: Any) -> Any:
    """pytest-qt's, whose waits have more patience than one or five seconds on a busy machine."""
    for name in ("waitSignal", "waitSignals", "waitUntil", "waitExposed", "waitActive"):
        setattr(qtbot, name, partial(getattr(qtbot, name), timeout=_PATIENCE_MS))
    return qtbot


@pytest.fixture(scope="session")
def shared_audio() -> Path:
    """Folder of real openly licensed techno and odd files that lies beside the checkout."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "audio"
    if not folder.is_dir():
        pytest.skip(f"needs the real audio in {folder}, which is not part of the project")
    return folder


@pytest.fixture
def rng() -> np.random.Generator:
    """A seeded generator: the same numbers in every run."""
    return np.random.default_rng(20_240_607)
