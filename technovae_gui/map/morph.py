"""The morph: two chosen points of the map, A and B, and every latent between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QObject, Signal, Slot

from core import scientific
from technovae_gui.map.map_point import XY

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class MorphEnd:
    """An end of a morph.

    Attributes:
        xy: its position in units of the map.
        latent: (64,).
        label: its name for people.
    """

    xy: XY
    latent: Array
    label: str


class Morph(QObject):
    """The ends A and B, and how far between them the morph is.

    Attributes:
        ends: by name, "A" and "B", those that are set.
        amount: 0 at A, 1 at B.

    Signals:
        changed(): `ends` or `amount` are different.
        moved(): the user moved the morph to another amount.
    """

    changed = Signal()
    moved = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.ends: dict[str, MorphEnd] = {}
        self.amount = 0.0
        self._centre: ArrayLike = 0.0

    @property
    def ready(self) -> bool:
        """Whether both ends are set."""
        return len(self.ends) == 2

    @property
    def label(self) -> str:
        """Name of the present latent for people; empty unless both ends are set."""
        if not self.ready:
            return ""
        a, b = self.ends["A"].label, self.ends["B"].label
        return f"{a} → {b}, {100 * self.amount:.0f} %"

    def clear(self, centre: ArrayLike = 0.0) -> None:
        """Remove the ends.

        Args:
            centre: (64,) the mean of the map's latents, around which morphs go in an arc.
        """
        self.ends, self.amount, self._centre = {}, 0.0, centre
        self.changed.emit()

    def set_end(self, name: str, end: MorphEnd) -> None:
        """Set an end, and move the amount there, because that point plays.

        Args:
            name: "A" or "B".
            end: the point.
        """
        self.ends[name] = end
        self.amount = 0.0 if name == "A" else 1.0
        self.changed.emit()

    def restore(self, ends: dict[str, MorphEnd], amount: float) -> None:
        """Set ends and amount as they were on another map, without `moved`.

        Args:
            ends: by name, those that are set.
            amount: 0 at A, 1 at B.
        """
        self.ends, self.amount = ends, amount
        self.changed.emit()

    @Slot(float)
    def move(self, amount: float) -> None:
        """Move to `amount`, clipped to 0..1; without both ends nothing happens."""
        amount = min(max(float(amount), 0.0), 1.0)
        if self.ready and amount != self.amount:
            self.amount = amount
            self.changed.emit()
            self.moved.emit()

    def latent(self) -> Array:
        """The latent (64,) at the amount. Both ends must be set."""
        a, b = self.ends["A"].latent, self.ends["B"].latent
        return interpolate(a, b, self.amount, self._centre)

    def xy(self) -> XY:
        """Position of the handle, on the straight line between the ends. Both must be set."""
        (ax, ay), (bx, by) = self.ends["A"].xy, self.ends["B"].xy
        return ax + self.amount * (bx - ax), ay + self.amount * (by - ay)

    def amount_at(self, xy: XY) -> float:
        """The amount, 0..1, whose handle is nearest to a position. Both ends must be set."""
        a = np.asarray(self.ends["A"].xy)
        line = np.asarray(self.ends["B"].xy) - a
        square = float(line @ line)
        return float(np.clip((np.asarray(xy) - a) @ line / square, 0.0, 1.0)) if square else 0.0


def interpolate(a: ArrayLike, b: ArrayLike, amount: float, centre: ArrayLike = 0.0) -> Array:
    """Interpolate between two latents on an arc, which keeps the distance to the centre.

    Args:
        a: (d,) the latent at amount 0.
        b: (d,) the latent at amount 1.
        amount: 0..1.
        centre: (d,) or a number.

    Returns:
        (d,); see `core.latent.paths.slerp`.
    """
    scientific.load()
    from core.latent.paths import slerp

    first, last = np.asarray(a, np.float32), np.asarray(b, np.float32)
    middle = np.broadcast_to(np.asarray(centre, np.float32), first.shape)
    latent: Array = slerp(first, last, np.array([amount], np.float64), middle)[0]
    return latent
