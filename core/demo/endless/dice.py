"""Chance with the distributions that music asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")


class Dice:
    """Draws from one generator; the same generator gives the same draws."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng

    def chance(self, share: float) -> bool:
        """True in `share` (0..1) of all draws."""
        return bool(self.rng.random() < share)

    def flat(self, low: float, high: float) -> float:
        """Even between two numbers."""
        return float(self.rng.uniform(low, high))

    def octaves(self, low: float, high: float) -> float:
        """Even in octaves between two positive numbers: for Hz, seconds, ratios."""
        return float(np.exp(self.rng.uniform(np.log(low), np.log(high))))

    def near(self, middle: float, spread: float) -> float:
        """Normal, within two and a half standard deviations."""
        return middle + spread * float(np.clip(self.rng.standard_normal(), -2.5, 2.5))

    def whole(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return int(self.rng.integers(low, high + 1))

    def one(self, of: Sequence[T]) -> T:
        """One of a sequence, each as likely."""
        return of[int(self.rng.integers(len(of)))]

    def some(self, of: Sequence[T], count: int) -> list[T]:
        """`count` different ones in their order; all if there are fewer."""
        places = self.rng.permutation(len(of))[:count]
        return [of[k] for k in sorted(places)]

    def weighted(self, weights: Mapping[T, float]) -> T:
        """A key, as likely as its value says."""
        keys, values = list(weights), np.array(list(weights.values()), dtype=np.float64)
        return keys[int(self.rng.choice(len(keys), p=values / values.sum()))]
