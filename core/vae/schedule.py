"""Learning rate, KL warm-up and the budget of a run. No keras in here."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

LEARNING_SHARE = 0.7
"""Of a run; in the rest the learning rate is annealed and the validation windows are learned."""

_WARM_UP_SHARE = 0.25
_WARM_UP_STEPS = 2000
_FIRST_STEPS = 50
_LAST_RATE = 0.01
_CALIBRATION_SECONDS = 10.0


def learning_rate_factor(step: int, annealed: float) -> float:
    """A short linear warm-up, then 1, then half a cosine down (Loshchilov and Hutter 2017).

    The end of a run whose length is known brings more than any plateau before it.

    Args:
        step: training steps done.
        annealed: share of the annealing that is done, 0..1.

    Returns:
        Share of the full learning rate, above 0 and at most 1.
    """
    start = min(1.0, (step + 1) / _FIRST_STEPS)
    down = 0.5 * (1.0 + math.cos(math.pi * min(1.0, annealed)))
    return start * (_LAST_RATE + (1.0 - _LAST_RATE) * down)


def kl_weight_factor(step: int, fraction: float) -> float:
    """Linear KL warm-up (Bowman et al. 2016): over the first quarter of a run, and over 2,000
    steps where its length is not known.

    Args:
        step: training steps done.
        fraction: share of the run that is done, 0..1; 0 where that is not known.

    Returns:
        Share of the full KL weight, 0..1.
    """
    return min(1.0, max(fraction / _WARM_UP_SHARE, step / _WARM_UP_STEPS))


@dataclass
class ReduceOnPlateau:
    """Halves the rate after `patience` epochs without a better score.

    Attributes:
        rate: factor of the learning rate now; 1 at first, never below `least`.
        patience: epochs to wait.
        shrink: what the factor is multiplied by.
        best: the lowest score so far.
        waited: epochs since then.
    """

    patience: int = 8
    shrink: float = 0.5
    least: float = 0.05
    rate: float = 1.0
    best: float = math.inf
    waited: int = 0

    def update(self, score: float) -> None:
        """Take one epoch's score; lower is better."""
        if score < self.best * 0.999:
            self.best, self.waited = score, 0
            return
        self.waited += 1
        if self.waited >= self.patience:
            self.rate, self.waited = max(self.least, self.rate * self.shrink), 0


@dataclass
class Budget:
    """How much of the time and steps of a run is used.

    Attributes:
        minutes: the limit, calibration and writing included; None: no limit.
        steps: the limit; None: no limit.
        step: done so far.
        annealing_from: the fraction at which annealing began; None before.
    """

    minutes: float | None
    steps: int | None = None
    step: int = 0
    annealing_from: float | None = None
    began: float = field(default_factory=time.monotonic)

    def seconds(self) -> float:
        """Since the run began."""
        return time.monotonic() - self.began

    def by_time(self) -> float:
        """Share of the time that is used, less what calibration and writing take; 0 without a
        limit."""
        if self.minutes is None:
            return 0.0
        whole = self.minutes * 60.0
        return self.seconds() / (whole - min(_CALIBRATION_SECONDS, whole / 4))

    def by_steps(self) -> float:
        """Share of the steps that are done; 0 without a limit."""
        return self.step / self.steps if self.steps else 0.0

    def fraction(self) -> float:
        """Whichever is further."""
        return max(self.by_time(), self.by_steps())

    def anneal(self, most_steps: int) -> None:
        """Begin annealing: for what is left of the run, but at most `most_steps` steps."""
        last = self.step + most_steps
        self.steps = min(self.steps, last) if self.steps else last
        self.annealing_from = self.fraction()

    def annealed(self) -> float:
        """Share of the annealing that is done, 0..1; 0 before it."""
        if self.annealing_from is None:
            return 0.0
        left = max(1e-6, 1.0 - self.annealing_from)
        return min(1.0, max(0.0, self.fraction() - self.annealing_from) / left)

    def left(self) -> str:
        """ ", m:ss left", or nothing where that is not known."""
        done = self.fraction()
        if done <= 0.0:
            return ""
        seconds = round(self.seconds() * max(0.0, 1.0 - done) / done)
        return f", {seconds // 60}:{seconds % 60:02d} left"
