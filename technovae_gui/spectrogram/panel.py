"""The panel of three spectrograms: original, decoded, and their difference."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from core.arrangement.clip import ORIGINAL
from technovae_gui import theme
from technovae_gui.spectrogram.colours import DIFFERENCE, LEVELS
from technovae_gui.spectrogram.plot import SpectrogramPlot
from technovae_gui.spectrogram.view_range import ViewRange
from technovae_gui.widgets.renderer_names import renderer_name

Array = NDArray[np.float32]
_WIDE = 2.4
"""Ratio of width to height from which the three stand side by side."""
_LEAST_EACH = QSize(170, 84)
"""Of a plot, in pixels; where there is less room for the three, the difference is hidden."""


class SpectrogramPanel(QWidget):
    """Shows a segment, what the decoder makes of it, and the difference of the two.

    Signals:
        seek_requested(float): the user chose a position in the four bars, 0..1, to go on from.
    """

    seek_requested = Signal(float)

    def __init__(
        self, parent: QWidget | None = None, *, empty: str = "Click a dot on the map"
    ) -> None:
        """Make an empty panel.

        Args:
            parent: as of any widget.
            empty: the text in the place of an original.
        """
        super().__init__(parent)
        self.real = SpectrogramPlot(LEVELS, empty)
        self.decoded = SpectrogramPlot(LEVELS, "What the model makes of it appears here")
        self.difference = SpectrogramPlot(DIFFERENCE, "Decoded minus original, once both are there")
        self._row = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._row.setContentsMargins(theme.SPACE, theme.SPACE, theme.SPACE, theme.SPACE)
        self._row.setSpacing(theme.SPACE)
        for plot in self.plots:
            plot.seek_requested.connect(self.seek_requested)
            plot.probed.connect(self._probe)
            plot.left.connect(self._probe_nothing)
            plot.view_requested.connect(self.show_view)
            self._row.addWidget(plot)
        self.set_real(None, "Original")
        self.set_decoded(None, "Decoded")

    @property
    def plots(self) -> tuple[SpectrogramPlot, SpectrogramPlot, SpectrogramPlot]:
        """Original, decoded and difference."""
        return self.real, self.decoded, self.difference

    @property
    def error_db(self) -> float | None:
        """Mean absolute difference in dB; None unless original and decoded are both shown."""
        values = self.difference.values
        return None if values is None else float(np.abs(values).mean())

    def set_real(self, spectrogram_db: ArrayLike | None, title: str = "Original") -> None:
        """Show the spectrogram of a real segment.

        Args:
            spectrogram_db: (512, 128) dB; None clears it.
            title: above it.
        """
        self.real.show_values(_array(spectrogram_db), title)
        self._compare()

    def set_decoded(self, spectrogram_db: ArrayLike | None, title: str = "Decoded") -> None:
        """Show what the decoder makes of it.

        Args:
            spectrogram_db: (512, 128) dB; None clears it.
            title: above it.
        """
        self.decoded.show_values(_array(spectrogram_db), title)
        self._compare()

    def set_renderer(self, name: str) -> None:
        """Show what plays beside its spectrogram: the original, or a renderer; empty for none."""
        original = name == ORIGINAL
        self.real.show_note("♪ heard" if original else "")
        self.decoded.show_note(f"♪ {renderer_name(name)}" if name and not original else "")

    def set_playhead(self, fraction: float | None) -> None:
        """Move the playhead of all three to 0..1 of the four bars, or hide it (None)."""
        for plot in self.plots:
            plot.show_playhead(fraction)

    @Slot(object)
    def show_view(self, view: ViewRange) -> None:
        """Show the same part of all three."""
        for plot in self.plots:
            plot.show_view(view)

    @Slot(float, float)
    def _probe(self, time: float, pitch: float) -> None:
        """Read out all three at one place."""
        for plot in self.plots:
            plot.show_probe((time, pitch))

    @Slot()
    def _probe_nothing(self) -> None:
        for plot in self.plots:
            plot.show_probe(None)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        wide = self.width() > _WIDE * self.height()
        direction = QBoxLayout.Direction
        self._row.setDirection(direction.LeftToRight if wide else direction.TopToBottom)
        room, least = self.height(), _LEAST_EACH.height()
        if wide:
            room, least = self.width(), _LEAST_EACH.width()
        self.difference.setVisible(room >= 3 * (least + theme.SPACE) + theme.SPACE)
        super().resizeEvent(event)

    def _compare(self) -> None:
        real, decoded = self.real.values, self.decoded.values
        if real is None or decoded is None or real.shape != decoded.shape:
            self.difference.show_values(None, "Difference")
            return
        difference = decoded - real
        error = float(np.abs(difference).mean())
        self.difference.show_values(difference, f"Difference: {error:.1f} dB")


def _array(values: ArrayLike | None) -> Array | None:
    return None if values is None else np.asarray(values, np.float32)
