"""Which part of the map is shown: places to pixels and back, aspect locked, y upwards."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

Points = NDArray[np.float64]
SCALES = (30.0, 100_000.0)
"""Pixels per unit of the map, least and most."""


@dataclass(frozen=True)
class Camera:
    """A view of `width` x `height` pixels, centred on (x, y), `scale` pixels per unit."""

    x: float = 0.5
    y: float = 0.5
    scale: float = 400.0
    width: int = 800
    height: int = 600

    def to_screen(self, places: ArrayLike) -> Points:
        """Places (n, 2) on the map -> pixels (n, 2), y downwards."""
        out = (np.asarray(places, np.float64) - (self.x, self.y)) * (self.scale, -self.scale)
        out += (self.width / 2, self.height / 2)
        return out

    def to_map(self, x: float, y: float) -> tuple[float, float]:
        """The place under the pixel (x, y)."""
        across = (x - self.width / 2) / self.scale
        up = (self.height / 2 - y) / self.scale
        return self.x + across, self.y + up

    def resized(self, width: int, height: int) -> Camera:
        """The same centre in a window of another size; what was visible stays so."""
        factor = min(width, height) / max(1, min(self.width, self.height))
        return replace(
            self, width=max(1, width), height=max(1, height), scale=_allowed(self.scale * factor)
        )

    def panned(self, dx: float, dy: float) -> Camera:
        """The map moved by (dx, dy) pixels."""
        return replace(self, x=self.x - dx / self.scale, y=self.y + dy / self.scale)

    def zoomed(self, factor: float, x: float, y: float) -> Camera:
        """`factor` times larger; what is under the pixel (x, y) stays there."""
        before = self.to_map(x, y)
        zoomed = replace(self, scale=_allowed(self.scale * factor))
        after = zoomed.to_map(x, y)
        return replace(zoomed, x=zoomed.x + before[0] - after[0], y=zoomed.y + before[1] - after[1])

    def fitted(self, places: ArrayLike, right: int = 0, margin: int = 36) -> Camera:
        """All of `places` (n, 2) in sight, `right` pixels at the right edge left free."""
        points = np.asarray(places, np.float64)
        if len(points) == 0:
            return self
        low, high = points.min(axis=0), points.max(axis=0)
        span = np.maximum(high - low, 0.02)
        room = np.maximum((self.width - right - 2 * margin, self.height - 2 * margin), 40)
        scale = _allowed(float((room / span).min()))
        x, y = (low + high) / 2
        return replace(self, x=float(x) + right / 2 / scale, y=float(y), scale=scale)


def _allowed(scale: float) -> float:
    return min(max(scale, SCALES[0]), SCALES[1])
