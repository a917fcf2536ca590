"""The best model so far: when it is written."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from core.vae import keeping
from core.vae.keeping import Keeper


class Weights:
    """A model as far as a keeper looks at it."""

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
    """`now` in seconds; nothing is written but what `save` is told."""
    made = SimpleNamespace(now=0.0)
    monkeypatch.setattr(keeping.time, "monotonic", lambda: made.now)
    monkeypatch.setattr(
        keeping.checkpoint, "save", lambda model, path, info: path.write_text(str(info["epoch"]))
    )
    return made


def offered(keeper: Keeper, clock: Any, at: float, score: float) -> bool:
    """Whether a better model that comes `at` seconds is written then."""
    clock.now = at
    keeper.offer(score, round(at))
    means = SimpleNamespace(means=np.ones((3, 2)))
    return keeper.save(dict, lambda: means, now=False)  # type: ignore[arg-type]


def test_where_there_is_none_the_first_comes_soon_and_the_others_by_the_minute(
    clock: Any, tmp_path: Path
) -> None:
    keeper = Keeper(Weights(), tmp_path / "new.keras")  # type: ignore[arg-type]
    came = [at for at in range(2, 140, 2) if offered(keeper, clock, at, 1.0 / at)]
    assert came == [6, 66, 126]


def test_where_there_is_one_it_stays_for_a_minute(clock: Any, tmp_path: Path) -> None:
    path = tmp_path / "old.keras"
    path.write_text("old")
    keeper = Keeper(Weights(), path)  # type: ignore[arg-type]
    assert [at for at in range(2, 140, 2) if offered(keeper, clock, at, 1.0 / at)] == [60, 120]


def test_what_is_no_better_is_not_written(clock: Any, tmp_path: Path) -> None:
    keeper = Keeper(Weights(), tmp_path / "new.keras")  # type: ignore[arg-type]
    assert offered(keeper, clock, 10.0, 1.0)
    assert not offered(keeper, clock, 90.0, 2.0)
    assert (tmp_path / "new.keras").read_text() == "10"
