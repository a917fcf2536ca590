"""The curves of a training, epoch by epoch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.vae.history import Epoch

if TYPE_CHECKING:
    from technovae_gui.training.plots import Plots

_HEIGHT = 250


class Curves(QWidget):
    """Error, KL, learning rate and active latents over the epochs.

    The plots are built when they are first seen: pyqtgraph takes a third of a second to import,
    which the window's first paint does not wait for.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.epochs: list[Epoch] = []
        self.saved: int | None = None
        self._plots: Plots | None = None
        self.setFixedHeight(_HEIGHT)
        self.setAccessibleName("Training curves")
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)

    def set_epochs(self, epochs: Sequence[Epoch]) -> None:
        """Other curves."""
        self.epochs = list(epochs)
        self.saved = None
        self._draw()

    def add(self, epoch: Epoch) -> None:
        """One more epoch; what had its number or a later one goes."""
        self.epochs = [*(e for e in self.epochs if e.number < epoch.number), epoch]
        self._draw()

    def mark_saved(self, number: int) -> None:
        """The best model is that of epoch `number`."""
        self.saved = number
        self._draw()

    def values(self, name: str) -> list[float]:
        """What is drawn: held_out_db, library_db, kl, active, or rate as log10; NaN for gaps."""
        found = [getattr(epoch, name) for epoch in self.epochs]
        if name == "rate":
            found = [math.log10(rate) if rate > 0 else None for rate in found]
        return [math.nan if value is None else float(value) for value in found]

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        if self._plots is None:
            from technovae_gui.training.plots import Plots

            self._plots = Plots()
            self._rows.addWidget(self._plots)
            self._draw()

    def _draw(self) -> None:
        if self._plots is not None:
            numbers = [epoch.number for epoch in self.epochs]
            self._plots.draw(numbers, self.values, self.saved)
