"""When the learning rate falls, the KL term sets in, and training stops. No keras in here."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

LEARNING_SHARE = 0.7
"""Of a run; the rest settles: the rate goes to nothing and the judging windows join."""

_WARM_UP_SHARE = 0.25
_WARM_UP_STEPS = 2000
_FIRST_STEPS = 50
_LAST_RATE = 0.01
_FINISHING_SECONDS = 10.0


def rate_factor(step: int, settled: float) -> float:
    """Share of the full learning rate at `step`, with `settled` (0..1) of the last part done.

    A short linear start, then full, then half a cosine down: the end of a run whose length is
    known brings more than any plateau before it.
    """
    start = min(1.0, (step + 1) / _FIRST_STEPS)
    down = 0.5 * (1.0 + math.cos(math.pi * min(1.0, settled)))
    return start * (_LAST_RATE + (1.0 - _LAST_RATE) * down)


def kl_factor(step: int, fraction: float) -> float:
    """Share of the full KL weight: from 0 to 1 over the first quarter of a run, and over 2,000
    steps where nobody knows how long it will be."""
    return min(1.0, max(fraction / _WARM_UP_SHARE, step / _WARM_UP_STEPS))


@dataclass
class Plateau:
    """Halves the rate after `patience` epochs without a better score.

    Attributes:
        rate: the current factor, 1 at first, not below `least`.
    """

    patience: int = 8
    shrink: float = 0.5
    least: float = 0.05
    rate: float = 1.0
    best: float = math.inf
    waited: int = 0

    def feed(self, score: float) -> None:
        """Take one epoch's score; lower is better."""
        if score < self.best * 0.999:
            self.best, self.waited = score, 0
            return
        self.waited += 1
        if self.waited >= self.patience:
            self.rate, self.waited = max(self.least, self.rate * self.shrink), 0


@dataclass
class Pace:
    """How far a run of limited length is, by the clock or by steps.

    Attributes:
        minutes: the limit, finishing included; None: no limit.
        steps: the limit; None: no limit.
        step: done so far.
        settling_from: the fraction at which the last part began; None before.
    """

    minutes: float | None
    steps: int | None = None
    step: int = 0
    settling_from: float | None = None
    began: float = field(default_factory=time.monotonic)

    def seconds(self) -> float:
        """Since the run began."""
        return time.monotonic() - self.began

    def by_time(self) -> float:
        """Share of the time that is gone, the time to finish set aside; 0 without a limit."""
        if self.minutes is None:
            return 0.0
        whole = self.minutes * 60.0
        return self.seconds() / (whole - min(_FINISHING_SECONDS, whole / 4))

    def by_steps(self) -> float:
        """Share of the steps that are done; 0 without a limit."""
        return self.step / self.steps if self.steps else 0.0

    def fraction(self) -> float:
        """Whichever is further."""
        return max(self.by_time(), self.by_steps())

    def settle(self, most_steps: int) -> None:
        """Begin the last part: what is left of the run, but at most `most_steps` steps."""
        last = self.step + most_steps
        self.steps = min(self.steps, last) if self.steps else last
        self.settling_from = self.fraction()

    def settled(self) -> float:
        """Share of the last part that is done; 0 before it."""
        if self.settling_from is None:
            return 0.0
        left = max(1e-6, 1.0 - self.settling_from)
        return min(1.0, max(0.0, self.fraction() - self.settling_from) / left)

    def left(self) -> str:
        """ ", m:ss left", or nothing where nobody can know."""
        done = self.fraction()
        if done <= 0.0:
            return ""
        seconds = round(self.seconds() * max(0.0, 1.0 - done) / done)
        return f", {seconds // 60}:{seconds % 60:02d} left"
