"""The original, what the model makes of it, and where they differ."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from core.settings import CEILING_DB, FLOOR_DB
from technovae_gui import theme
from technovae_gui.spectrogram import colours
from technovae_gui.spectrogram.view import SpectrogramView

Array = NDArray[np.float32]
_SPAN_DB = 24.0


class SpectrogramPanel(QWidget):
    """Three pictures of four bars, one above the other.

    Signals: seek_requested(float): 0..1 of the four bars
    """

    seek_requested = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._real: Array | None = None
        self._decoded: Array | None = None
        self.real = SpectrogramView("Original", FLOOR_DB, CEILING_DB)
        self.decoded = SpectrogramView("Decoded", FLOOR_DB, CEILING_DB)
        self.difference = SpectrogramView(
            "Difference", -_SPAN_DB, _SPAN_DB, colours.DIFFERENCE_STOPS
        )
        self.renderer = QLabel("Click a dot, or anywhere between, to hear and see it")
        self.renderer.setProperty("dim", True)
        self.renderer.setAccessibleName("Renderer that sounds")
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE, theme.SPACE, theme.SPACE, 0)
        column.setSpacing(2)
        column.addWidget(self.renderer)
        for view in self.views():
            column.addWidget(view, 1)
            view.seek_requested.connect(self.seek_requested)

    def views(self) -> tuple[SpectrogramView, SpectrogramView, SpectrogramView]:
        """From top to bottom."""
        return self.real, self.decoded, self.difference

    def set_real(self, spectrogram: Array | None, title: str = "Original") -> None:
        """(512, 128) dB of a real segment, or nothing."""
        self._real = spectrogram
        self.real.show_array(spectrogram, title)
        self._compare()

    def set_decoded(self, spectrogram: Array | None, title: str = "Decoded") -> None:
        """(512, 128) dB as the model decodes it, or nothing."""
        self._decoded = spectrogram
        self.decoded.show_array(spectrogram, title)
        self._compare()

    def set_renderer(self, name: str) -> None:
        """What makes the sound: "original", "guided", "phase" or "griffin_lim"."""
        self.renderer.setText(f"Sounding: {_SAID.get(name, name)}")

    def set_playhead(self, fraction: float | None) -> None:
        """0..1 of the four bars in all pictures, or none."""
        for view in self.views():
            view.set_playhead(fraction)

    def _compare(self) -> None:
        if self._real is None or self._decoded is None:
            self.difference.show_array(None, "Difference")
            return
        difference = self._decoded - self._real
        error = float(np.abs(difference).mean())
        self.difference.show_array(difference, f"Difference: {error:.1f} dB on average")


_SAID = {
    "original": "the original audio",
    "guided": "guided (your own audio, filtered to the decoded spectrum)",
    "phase": "phase (made from the spectrum alone)",
    "griffin_lim": "Griffin-Lim",
}
