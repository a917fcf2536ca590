"""What a training's epochs say to a musician."""

from __future__ import annotations

import pytest

from core.vae.history import Epoch
from technovae_gui.training.verdict import gain_of_more_time, verdict


def epochs(*errors: float, seconds: float = 10.0, start: float = 0.0) -> list[Epoch]:
    """One every `seconds`, with these errors on the library."""
    return [
        Epoch(number, start + number * seconds, None, error, 0.0, 64, 1.0, 1e-3, 16.0)
        for number, error in enumerate(errors)
    ]


def test_more_time_gains_half_of_the_present_speed() -> None:
    steady = epochs(5.0, 4.8, 4.6, 4.4)  # .02 dB a second
    assert gain_of_more_time(steady) == pytest.approx(0.5 * 0.02 * 300)
    assert gain_of_more_time(epochs(3.0, 2.0, 2.0, 2.0, 2.0)) == 0.0
    assert gain_of_more_time(epochs(3.0, 2.0, 2.0, 2.5)) == 0.0


def test_only_the_last_run_counts() -> None:
    both = [*epochs(9.0, 7.0, 5.0), *epochs(3.0, 3.0, 3.0)]
    assert gain_of_more_time(both) == 0.0
    assert verdict(both, training=False).headline == "Ready"


def test_one_epoch_says_nothing() -> None:
    assert gain_of_more_time(epochs(3.0)) == 0.0
    assert verdict(epochs(3.0, 3.0), training=False).headline == "A first sketch"
    assert verdict(epochs(3.0, 3.0, 3.0), training=False).headline == "Ready"
    assert verdict([], training=False).headline == "Not learned yet"
    assert verdict(epochs(3.0), training=True).headline == "Listening…"
