"""What the epochs of a training say to a musician: is it ready, or does it gain from more time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.vae.history import Epoch

_MORE_SECONDS: Final = 300.0
_AUDIBLE_DB: Final = 0.1
"""What five more minutes have to gain, of the mean error, to be worth them."""
_LEAST_EPOCHS: Final = 3
"""With that before learning."""
_LOOK_BACK: Final = 1 / 3
"""Share of the run over which the present speed of learning is measured."""


@dataclass(frozen=True)
class Verdict:
    """A headline of a few words, and one sentence about it."""

    headline: str
    sentence: str


NOTHING: Final = Verdict(
    "Not learned yet", "A training listens to your tracks and lays out the map of their sound."
)
UNKNOWN: Final = Verdict(
    "Can be played", "How long it learned is not known; a training can go on from it."
)
DEMO: Final = Verdict("Ready", "The demo comes with what it has learned.")
_LISTENING: Final = Verdict("Listening…", "The map follows as soon as there is something to play.")
_IMPROVING: Final = Verdict("Getting better", "Each better version takes over the map at once.")
_MORE: Final = Verdict(
    "Better with five more minutes", "It can be played now, and was still getting closer."
)
_SKETCH: Final = Verdict(
    "A first sketch", "It can be played now; it was too short to tell what more time would bring."
)
_READY: Final = Verdict("Ready", "More time would hardly be heard; more music would.")


def verdict(epochs: Sequence[Epoch], *, training: bool) -> Verdict:
    """Judge a training.

    Args:
        epochs: so far, in order, those of earlier runs included.
        training: whether it still runs.
    """
    if training:
        return _IMPROVING if len(epochs) > 1 else _LISTENING
    if not epochs:
        return NOTHING
    if len(epochs) < _LEAST_EPOCHS:
        return _SKETCH
    return _MORE if gain_of_more_time(epochs) >= _AUDIBLE_DB else _READY


def gain_of_more_time(epochs: Sequence[Epoch]) -> float:
    """How many dB of mean error five more minutes would take off, going by the last run.

    What learning has slowed down in the last third of the run, it is taken to slow down again in
    the time to come: half of what its present speed would give.
    """
    run = _last_run(epochs)
    seconds = run[-1].seconds - run[0].seconds
    earlier = [it for it in run if it.seconds <= run[-1].seconds - _LOOK_BACK * seconds]
    if seconds <= 0 or not earlier:
        return 0.0
    before, last = earlier[-1], run[-1]
    speed = (before.library_db - last.library_db) / (last.seconds - before.seconds)
    return max(0.0, 0.5 * speed * _MORE_SECONDS)


def _last_run(epochs: Sequence[Epoch]) -> Sequence[Epoch]:
    """The epochs since the clock last began anew."""
    start = 0
    for number in range(1, len(epochs)):
        if epochs[number].seconds < epochs[number - 1].seconds:
            start = number
    return epochs[start:]
