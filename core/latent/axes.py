"""Directions in latent space along which one attribute changes and the others least."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.errors import InputError
from core.settings import LATENT_SIZE

Array = NDArray[np.float32]
Doubles = NDArray[np.float64]
Measure: TypeAlias = Callable[[Array], Mapping[str, Doubles]]
NAMES = ("brightness", "density", "kick", "energy")
_LEAST_POINTS = 3
_RIDGE = 0.05


@dataclass(frozen=True, eq=False)
class AttributeAxes:
    """A direction per attribute: moving by 1 raises it by about one standard deviation.

    Attributes:
        names: of the attributes.
        directions: (a, d) float64.
    """

    names: tuple[str, ...]
    directions: Doubles

    @classmethod
    def fit(
        cls, latents: ArrayLike, attributes: Mapping[str, ArrayLike], *, ridge: float = _RIDGE
    ) -> Self:
        """Fit to `latents` (n, d) and `attributes`, name -> (n,).

        Ridge regression gives each attribute's gradient g over the latents. The direction of an
        attribute is the shortest step, measured by the library's own spread (Mahalanobis), that
        raises it by one standard deviation and leaves the other attributes where they are, as far
        as the regularised gradients allow.

        Raises:
            InputError: fewer than three segments, no attributes, or shapes that do not match.
        """
        points = np.asarray(latents, np.float64)
        values = {name: np.asarray(column, np.float64) for name, column in attributes.items()}
        _require(points, values)
        spread = _spread(points)
        white = (points - points.mean(axis=0)) / spread
        targets = np.stack([_standardised(column) for column in values.values()], axis=1)
        gradients = _ridge(white, targets, ridge)
        steps = _without_the_others(gradients)
        return cls(tuple(values), steps * spread)

    @classmethod
    def of_model(cls, path: Path) -> Self | None:
        """Those that the model file at `path` carries; None where it has none or cannot be read.

        The file is a zip archive; what the model says about itself is plain JSON inside.
        """
        try:
            with zipfile.ZipFile(path) as archive:
                info = json.loads(archive.read("config.json"))["config"]["info"]
            steps = {name: np.asarray(info["axes"][name], np.float64) for name in NAMES}
        except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
            return None
        whole = all(step.shape == (LATENT_SIZE,) for step in steps.values())
        finite = whole and bool(np.isfinite(list(steps.values())).all())
        return cls(NAMES, np.stack(list(steps.values()))) if finite else None

    def calibrated(
        self, latents: ArrayLike, measure: Measure, deviations: Mapping[str, float]
    ) -> Self:
        """The axes corrected by what moving along them does to `latents` (m, d) when decoded.

        A decoder is not linear, and a regression on clustered music shrinks: on the demo, moving
        along energy took brightness along at .6 of it. The mean effects of all axes on all
        attributes are measured a step up and down, and the axes mixed so that each of them would
        raise its own attribute by one deviation and leave the others (`benchmarks/axes.py`).

        measure: latents (n, d) -> name -> (n,), of what is decoded from them.
        deviations: of each attribute over the library; 0 for one that never changes.
        """
        points = np.asarray(latents, np.float64)
        scale = np.array([max(deviations[name], 1e-9) for name in self.names])
        steps = [np.concatenate([points + d, points - d]) for d in self.directions]
        found = measure(np.concatenate(steps).astype(np.float32))
        values = np.stack([found[name] for name in self.names], axis=1) / scale
        up, down = np.moveaxis(values.reshape(len(steps), 2, len(points), -1), 1, 0)
        effects = 0.5 * (up - down).mean(axis=1)
        return type(self)(self.names, _undone(effects) @ self.directions)

    def move(self, latents: ArrayLike, name: str, amount: float) -> Array:
        """`latents` (d,) or (m, d) moved by `amount` standard deviations of attribute `name`.

        Raises:
            InputError: no such attribute.
        """
        moved = np.asarray(latents, np.float64) + amount * self.direction(name)
        return np.asarray(moved, np.float32)

    def direction(self, name: str) -> Doubles:
        """(d,) the step that raises `name` by one standard deviation. Raises `InputError`."""
        if name not in self.names:
            raise InputError(f"no axis {name}; there are {', '.join(self.names)}")
        step: Doubles = self.directions[self.names.index(name)]
        return step


def _spread(points: Doubles) -> Doubles:
    """Standard deviations; a latent that never moves is not moved by an axis either."""
    spread = points.std(axis=0)
    least = 1e-6 * max(float(spread.max()), 1e-12)
    moving: Doubles = np.where(spread > least, spread, 0.0) + 1e-12
    return moving


def _standardised(column: Doubles) -> Doubles:
    spread = float(column.std())
    if spread < 1e-9:
        return np.zeros_like(column)
    standardised: Doubles = (column - column.mean()) / spread
    return standardised


def _ridge(points: Doubles, targets: Doubles, ridge: float) -> Doubles:
    """Gradients (a, d): minimise |points g - target|^2 / n + ridge |g|^2."""
    n, d = points.shape
    covariance: Doubles = points.T @ points / n + ridge * np.eye(d)
    gradients: Doubles = np.linalg.solve(covariance, points.T @ targets / n).T
    return gradients


def _without_the_others(gradients: Doubles) -> Doubles:
    """Steps s_a with gradients s_a = e_a: the rows of the pseudo-inverse, regularised.

    Two attributes that always move together cannot be told apart; the regularisation then lets
    both move a little rather than blowing the step up.
    """
    gram: Doubles = gradients @ gradients.T
    scale = float(np.trace(gram)) / len(gram)
    if scale <= 0.0:
        return 0.0 * gradients
    held = gram + 0.01 * scale * np.eye(len(gram))
    return np.asarray(np.linalg.solve(held, gradients), np.float64)


def _undone(effects: Doubles) -> Doubles:
    """W (a, a) that brings W @ effects as near to one as keeps W small: a weak axis is not blown
    up, one without effect becomes none."""
    gram: Doubles = effects @ effects.T
    held = gram + 0.01 * max(float(np.trace(gram)) / len(gram), 1e-12) * np.eye(len(gram))
    return np.asarray(np.linalg.solve(held, effects).T, np.float64)


def _require(points: Doubles, values: Mapping[str, Doubles]) -> None:
    if points.ndim != 2 or len(points) < _LEAST_POINTS:
        raise InputError("attribute axes need at least three segments; import more music")
    if not values:
        raise InputError("attribute axes need at least one attribute")
    for name, column in values.items():
        if column.shape != (len(points),) or not np.isfinite(column).all():
            raise InputError(f"attribute {name} does not match the latents; import again")
