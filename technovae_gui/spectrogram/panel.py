"""The real segment, what the decoder makes of it, and how they differ."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from technovae_gui import theme
from technovae_gui.spectrogram.pane import DIFFERENCE, LEVELS, Pane

Array = NDArray[np.float32]
_WIDE = 2.4
"""Width to height from which the three stand side by side."""
_LEAST_EACH = 84
"""Pixels of height; where there are fewer, the difference is left out."""


class SpectrogramPanel(QWidget):
    """Three panes that scroll through the same four bars.

    Signals: seek_requested(float): a place in the four bars, 0..1.
    """

    seek_requested = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.real = Pane(LEVELS, "Click a dot on the map")
        self.decoded = Pane(LEVELS, "What the model makes of it appears here")
        self.difference = Pane(DIFFERENCE, "Decoded minus original, once both are there")
        self._row = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._row.setContentsMargins(theme.SPACE, theme.SPACE, theme.SPACE, theme.SPACE)
        self._row.setSpacing(theme.SPACE)
        for pane in self.panes:
            pane.seek_requested.connect(self.seek_requested)
            self._row.addWidget(pane)
        self.set_real(None, "Original")
        self.set_decoded(None, "Decoded")

    @property
    def panes(self) -> tuple[Pane, Pane, Pane]:
        """Original, decoded and difference."""
        return self.real, self.decoded, self.difference

    @property
    def error_db(self) -> float | None:
        """Mean absolute difference in dB; None until both are there."""
        values = self.difference.values
        return None if values is None else float(np.abs(values).mean())

    def set_real(self, spectrogram_db: ArrayLike | None, title: str = "Original") -> None:
        """The spectrogram (512, 128) dB of a segment; None: there is none."""
        self.real.show_values(_array(spectrogram_db), title)
        self._compare()

    def set_decoded(self, spectrogram_db: ArrayLike | None, title: str = "Decoded") -> None:
        """The decoder's spectrogram (512, 128) dB; None: there is none, or not yet."""
        self.decoded.show_values(_array(spectrogram_db), title)
        self._compare()

    def set_renderer(self, name: str) -> None:
        """The renderer that sounds; empty for none."""
        self.decoded.show_note(f"♪ {name.replace('_', ' ')}" if name else "")

    def set_playhead(self, fraction: float | None) -> None:
        """Where in the four bars it sounds, 0..1; None: nothing does."""
        for pane in self.panes:
            pane.show_playhead(fraction)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        wide = self.width() > _WIDE * self.height()
        ways = QBoxLayout.Direction
        self._row.setDirection(ways.LeftToRight if wide else ways.TopToBottom)
        self.difference.setVisible(wide or self.height() >= 3 * (_LEAST_EACH + theme.SPACE))
        super().resizeEvent(event)

    def _compare(self) -> None:
        real, decoded = self.real.values, self.decoded.values
        if real is None or decoded is None or real.shape != decoded.shape:
            self.difference.show_values(None, "Difference")
            return
        difference = decoded - real
        error = float(np.abs(difference).mean())
        self.difference.show_values(difference, f"Difference: {error:.1f} dB on average")


def _array(values: ArrayLike | None) -> Array | None:
    return None if values is None else np.asarray(values, np.float32)
