"""Directions in latent space along which one attribute changes and the others least."""

from __future__ import annotations

import json
import zipfile
import zlib
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
"""Latents (n, d) -> attributes of what is decoded from them, (n,) by name."""
NAMES = ("brightness", "density", "kick", "energy")
_LEAST_POINTS = 3
_RIDGE = 0.05

_MOST_BYTES = 4 << 20
_UNREADABLE = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    EOFError,
    RecursionError,
    OverflowError,
    RuntimeError,
    zipfile.BadZipFile,
    zlib.error,
)


@dataclass(frozen=True, eq=False)
class AttributeAxes:
    """A direction per attribute; a step along it raises that attribute by one standard deviation.

    Attributes:
        names: of the a attributes.
        directions: (a, d) float64.

    Example:
        >>> axes = AttributeAxes.fit(latents, {"brightness": brightness, "kick": kick})
        >>> brighter = axes.move(latents[0], "brightness", 1.5)
    """

    names: tuple[str, ...]
    directions: Doubles

    @classmethod
    def fit(
        cls, latents: ArrayLike, attributes: Mapping[str, ArrayLike], *, ridge: float = _RIDGE
    ) -> Self:
        """Fit the axes to a library's segments.

        Ridge regression gives each attribute's gradient over the latents. The direction of an
        attribute is the shortest step, measured by the standard deviations of the latents, that
        raises it by one standard deviation and leaves the other attributes unchanged, as far as the
        regularised gradients allow.

        Args:
            latents: (n, d), n >= 3.
            attributes: (n,) values by name.
            ridge: strength of the regularisation of standardised latents.

        Returns:
            The axes, in the order of `attributes`.

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
        steps = _independent_steps(gradients)
        return cls(tuple(values), steps * spread)

    @classmethod
    def of_model(cls, path: Path) -> Self | None:
        """Read the axes that a model file contains, without keras.

        A `.keras` file is a zip archive with a JSON description of the model inside.

        Args:
            path: of the model file.

        Returns:
            The axes; None where the file has none or cannot be read.
        """
        try:
            with zipfile.ZipFile(path) as archive:
                if archive.getinfo("config.json").file_size > _MOST_BYTES:
                    return None
                info = json.loads(archive.read("config.json"))["config"]["info"]
            steps = {name: np.asarray(info["axes"][name], np.float64) for name in NAMES}
        except _UNREADABLE:
            return None
        whole = all(step.shape == (LATENT_SIZE,) for step in steps.values())
        finite = whole and bool(np.isfinite(list(steps.values())).all())
        return cls(NAMES, np.stack(list(steps.values()))) if finite else None

    def calibrated(
        self, latents: ArrayLike, measure: Measure, deviations: Mapping[str, float]
    ) -> Self:
        """Correct the axes by what moving along them changes in the decoded sound.

        A decoder is not linear, and a regression on clustered music underestimates: on the demo,
        moving along energy changed brightness by .6 of it. So the mean effects of all axes on all
        attributes are measured, one step up and one down, and the axes are mixed such that each
        raises its attribute by one deviation and leaves the others unchanged
        (`benchmarks/axes.py`).

        Args:
            latents: (m, d) from which to move.
            measure: measures the attributes of what is decoded from latents.
            deviations: standard deviation of each attribute over the library, by name; 0 for one
                that never changes.

        Returns:
            New axes.
        """
        points = np.asarray(latents, np.float64)
        scale = np.array([max(deviations[name], 1e-9) for name in self.names])
        steps = [np.concatenate([points + d, points - d]) for d in self.directions]
        measured = measure(np.concatenate(steps).astype(np.float32))
        values = np.stack([measured[name] for name in self.names], axis=1) / scale
        up, down = np.moveaxis(values.reshape(len(steps), 2, len(points), -1), 1, 0)
        effects = 0.5 * (up - down).mean(axis=1)
        return type(self)(self.names, _unmixing(effects) @ self.directions)

    def move(self, latents: ArrayLike, name: str, amount: float) -> Array:
        """Move latents along an attribute.

        Args:
            latents: (d,) or (m, d).
            name: of the attribute.
            amount: standard deviations of the attribute, negative to lower it.

        Returns:
            float32 of the shape of `latents`.

        Raises:
            InputError: no such attribute.
        """
        moved = np.asarray(latents, np.float64) + amount * self.direction(name)
        return np.asarray(moved, np.float32)

    def direction(self, name: str) -> Doubles:
        """The step (d,) that raises attribute `name` by one standard deviation.

        Raises:
            InputError: no such attribute.
        """
        if name not in self.names:
            raise InputError(f"no axis {name}; there are {', '.join(self.names)}")
        step: Doubles = self.directions[self.names.index(name)]
        return step


def _spread(points: Doubles) -> Doubles:
    """Standard deviations (d,); practically 0 for a latent dimension that is constant."""
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


def _independent_steps(gradients: Doubles) -> Doubles:
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


def _unmixing(effects: Doubles) -> Doubles:
    """W (a, a) with W @ effects close to the identity (regularised least squares).

    Regularised, so that an axis with a weak effect is not scaled up without bound, and one without
    any effect becomes zero.
    """
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
