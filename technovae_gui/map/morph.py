"""Two ends on the map and everything between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QObject, Signal

from core import scientific
from technovae_gui.map.places import XY

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class End:
    """An end of a morph: its place on the map, its latent (64,) and its name."""

    xy: XY
    latent: Array
    label: str


class Morph(QObject):
    """The ends A and B, and how far between them.

    Signals:
        changed: what `ends` or `amount` say is new.
        moved(object, float): the latent (64,) at the new amount, 0 (A) to 1 (B).
    """

    changed = Signal()
    moved = Signal(object, float)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.ends: dict[str, End] = {}
        self.amount = 0.0
        self._centre: ArrayLike = 0.0

    @property
    def ready(self) -> bool:
        """Whether both ends are set."""
        return len(self.ends) == 2

    @property
    def label(self) -> str:
        """What is between the ends now, for people."""
        if not self.ready:
            return ""
        a, b = self.ends["A"].label, self.ends["B"].label
        return f"{a} → {b}, {100 * self.amount:.0f} %"

    def clear(self, centre: ArrayLike = 0.0) -> None:
        """Forget the ends. `centre` (64,) is the mean latent, around which morphs turn."""
        self.ends, self.amount, self._centre = {}, 0.0, centre
        self.changed.emit()

    def set_end(self, name: str, end: End) -> None:
        """Set the end `name`, "A" or "B"; the amount goes there, as that is what sounds."""
        self.ends[name] = end
        self.amount = 0.0 if name == "A" else 1.0
        self.changed.emit()

    def restore(self, ends: dict[str, End], amount: float) -> None:
        """As it was on another map; nothing moves by that."""
        self.ends, self.amount = ends, amount
        self.changed.emit()

    def move(self, amount: float) -> None:
        """Go to `amount`, 0..1; nothing without both ends."""
        amount = min(max(float(amount), 0.0), 1.0)
        if self.ready and amount != self.amount:
            self.amount = amount
            self.changed.emit()
            self.moved.emit(self.latent(), amount)

    def latent(self) -> Array:
        """The latent (64,) at the amount. Both ends must be set."""
        a, b = self.ends["A"].latent, self.ends["B"].latent
        return blend(a, b, self.amount, self._centre)

    def xy(self) -> XY:
        """The place of the handle, on the straight line between the ends."""
        (ax, ay), (bx, by) = self.ends["A"].xy, self.ends["B"].xy
        return ax + self.amount * (bx - ax), ay + self.amount * (by - ay)

    def amount_at(self, xy: XY) -> float:
        """The amount whose handle is nearest to `xy`, 0..1. Both ends must be set."""
        a = np.asarray(self.ends["A"].xy)
        way = np.asarray(self.ends["B"].xy) - a
        length = float(way @ way)
        return float(np.clip((np.asarray(xy) - a) @ way / length, 0.0, 1.0)) if length > 0 else 0.0


def blend(a: ArrayLike, b: ArrayLike, amount: float, centre: ArrayLike = 0.0) -> Array:
    """From latent `a` (d,) to `b` (d,) on an arc around `centre`: `core.latent.paths.between`."""
    scientific.load()
    from core.latent.paths import between

    first, last = np.asarray(a, np.float32), np.asarray(b, np.float32)
    middle = np.broadcast_to(np.asarray(centre, np.float32), first.shape)
    return between(first, last, np.array([amount], np.float64), middle)[0]
