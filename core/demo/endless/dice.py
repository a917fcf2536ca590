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
        """Draw evenly between two numbers.

        Args:
            low: the least.
            high: the bound above.

        Returns:
            The number.
        """
        return float(self.rng.uniform(low, high))

    def octaves(self, low: float, high: float) -> float:
        """Draw evenly in octaves: for Hz, seconds, ratios.

        Args:
            low: the least, above 0.
            high: the bound above.

        Returns:
            The number.
        """
        return float(np.exp(self.rng.uniform(np.log(low), np.log(high))))

    def near(self, middle: float, spread: float) -> float:
        """Draw from a normal distribution, cut off at two and a half standard deviations.

        Args:
            middle: the mean.
            spread: the standard deviation.

        Returns:
            The number.
        """
        return middle + spread * float(np.clip(self.rng.standard_normal(), -2.5, 2.5))

    def whole(self, low: int, high: int) -> int:
        """Draw a whole number.

        Args:
            low: the least.
            high: the greatest.

        Returns:
            The number.
        """
        return int(self.rng.integers(low, high + 1))

    def one(self, of: Sequence[T]) -> T:
        """One of a sequence, each as likely."""
        return of[int(self.rng.integers(len(of)))]

    def some(self, of: Sequence[T], count: int) -> list[T]:
        """Draw different ones of a sequence.

        Args:
            of: the sequence.
            count: how many; all of them if there are fewer.

        Returns:
            Those, in the order of the sequence.
        """
        places = self.rng.permutation(len(of))[:count]
        return [of[k] for k in sorted(places)]

    def weighted(self, weights: Mapping[T, float]) -> T:
        """A key, as likely as its value says."""
        keys, values = list(weights), np.array(list(weights.values()), dtype=np.float64)
        return keys[int(self.rng.choice(len(keys), p=values / values.sum()))]
