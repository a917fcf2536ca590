"""The best model so far: when it is written."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from core.vae import checkpointer
from core.vae.checkpointer import Checkpointer


class Weights:
    """A model as far as a checkpointer looks at it."""

    def __init__(self) -> None:
        self.weights = [np.zeros(2, np.float32)]
        self.standardised = 0

    def get_weights(self) -> list[np.ndarray]:
        return [w.copy() for w in self.weights]

    def set_weights(self, weights: list[np.ndarray]) -> None:
        self.weights = weights

    def standardise(self, mean: np.ndarray, deviation: np.ndarray) -> None:
        self.standardised += 1


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """`now` in seconds; of every model only its epoch is written."""
    made = SimpleNamespace(now=0.0)
    monkeypatch.setattr(checkpointer.time, "monotonic", lambda: made.now)
    monkeypatch.setattr(
        checkpointer.network_file,
        "save",
        lambda model, path, info: path.write_text(str(info["epoch"])),
    )
    return made


def checkpointer_of(path: Path) -> Checkpointer:
    made = Checkpointer(Weights(), path)  # type: ignore[arg-type]
    made.aggregate = lambda: SimpleNamespace(means=np.ones((3, 2)))  # type: ignore[assignment, return-value]
    return made


def offered(made: Checkpointer, clock: Any, at: float, score: float) -> bool:
    """Whether a better model that comes `at` seconds is written then."""
    saved: list[int] = []
    made.saved = saved.append
    clock.now = at
    made.offer(score, round(at))
    made.on_epoch_end(0)
    return bool(saved)


def test_where_there_is_none_the_first_comes_soon_and_the_others_by_the_minute(
    clock: Any, tmp_path: Path
) -> None:
    made = checkpointer_of(tmp_path / "new.keras")
    came = [at for at in range(2, 140, 2) if offered(made, clock, at, 1.0 / at)]
    assert came == [6, 66, 126]


def test_where_there_is_one_it_stays_for_a_minute(clock: Any, tmp_path: Path) -> None:
    path = tmp_path / "old.keras"
    path.write_text("old")
    made = checkpointer_of(path)
    assert [at for at in range(2, 140, 2) if offered(made, clock, at, 1.0 / at)] == [60, 120]


def test_what_is_no_better_is_not_written(clock: Any, tmp_path: Path) -> None:
    made = checkpointer_of(tmp_path / "new.keras")
    assert offered(made, clock, 10.0, 1.0)
    assert not offered(made, clock, 90.0, 2.0)
    assert (tmp_path / "new.keras").read_text() == "10"


def test_at_the_end_the_best_is_written_if_it_is_of_this_run(clock: Any, tmp_path: Path) -> None:
    path = tmp_path / "new.keras"
    made = checkpointer_of(path)
    made.finish(dict)
    assert not path.exists()
    made.offer(1.0, 3, saved=True)  # resumed, and never any better
    made.finish(dict)
    assert not path.exists()
    made.offer(0.5, 7)
    made.finish(dict)
    assert path.read_text() == "7"
