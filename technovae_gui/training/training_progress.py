"""What is seen of a training: figures of the last epoch, curves, and a reconstruction."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from core.vae.history import Epoch
from technovae_gui import theme
from technovae_gui.spectrogram.colours import thumbnail
from technovae_gui.widgets.tool_tip_below import ToolTipBelow

if TYPE_CHECKING:
    from technovae_gui.training.curve_plots import CurvePlots

_FIGURES: Final = {
    "held_out": ("held out, dB", "Mean error on tracks that the model is not trained on"),
    "library": ("library, dB", "Mean error on the tracks that the model is trained on"),
    "kl": ("KL, nats", "How much the latents say about a segment"),
    "active": ("active of 64", "Latents in use"),
}
"""Name and tool tip of each."""
_FIGURE_COLOURS: Final = {"held_out": theme.MEASURED_APART, "library": theme.MEASURED}
_NO_VALUE: Final = "\N{EN DASH}"
_CURVES_HEIGHT: Final = 250
_PICTURE_SIZE: Final = (512, 128)
_PICTURES_HEIGHT: Final = 144
_PICTURE_GAP: Final = 3
_PICTURE_NAMES: Final = ("your music", "what is learned of it")


class EpochFigures(QWidget):
    """The figures of one epoch in large numbers; a dash where there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.numbers = {key: _number(_FIGURE_COLOURS.get(key, theme.TEXT)) for key in _FIGURES}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(theme.SPACE)
        for column, (key, (name, tip)) in enumerate(_FIGURES.items()):
            grid.addWidget(_card(self.numbers[key], name, tip), 0, column)
            grid.setColumnStretch(column, 1)
        self.show_epoch(None)

    def show_epoch(self, epoch: Epoch | None) -> None:
        """Show the figures of an epoch; None for none."""
        texts = dict.fromkeys(_FIGURES, _NO_VALUE)
        if epoch is not None:
            held = epoch.held_out_db
            texts = {
                "held_out": _NO_VALUE if held is None else f"{held:.2f}",
                "library": f"{epoch.library_db:.2f}",
                "kl": f"{epoch.kl:.0f}",
                "active": f"{epoch.active}",
            }
        for key, text in texts.items():
            self.numbers[key].setText(text)
            self.numbers[key].setAccessibleName(f"{_FIGURES[key][0]}: {text}")


def _number(colour: str) -> QLabel:
    label = QLabel(_NO_VALUE)
    label.setFont(theme.font(theme.LARGE, theme.SEMIBOLD))
    label.setStyleSheet(f"color: {colour};")
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return label


def _card(number: QLabel, name: str, tip: str) -> QFrame:
    card = QFrame()
    card.setObjectName("card")
    card.setStyleSheet(f"#card {{ background: {theme.GROUND}; border-radius: {theme.RADIUS}px; }}")
    card.setToolTip(tip)
    card.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    label = QLabel(name)
    label.setProperty("caption", True)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    rows = QVBoxLayout(card)
    rows.setContentsMargins(2, theme.SPACE, 2, theme.SPACE)
    rows.setSpacing(0)
    rows.addWidget(number)
    rows.addWidget(label)
    return card


class TrainingCurves(QWidget):
    """Error, KL, learning rate and active latents over the epochs.

    The plots are built when they first come into sight: importing pyqtgraph takes a third of a
    second, for which the window's first paint does not wait.

    Attributes:
        epochs: that are shown.
        saved: number of the epoch whose model is the best; None for none.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.epochs: list[Epoch] = []
        self.saved: int | None = None
        self._plots: CurvePlots | None = None
        self.setFixedHeight(_CURVES_HEIGHT)
        self.setAccessibleName("Training curves")
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)

    def set_epochs(self, epochs: Sequence[Epoch]) -> None:
        """Show these epochs instead."""
        self.epochs = list(epochs)
        self.saved = None
        self._draw()

    def add(self, epoch: Epoch) -> None:
        """Add an epoch; those with its number or a later one are replaced."""
        self.epochs = [*(e for e in self.epochs if e.number < epoch.number), epoch]
        self._draw()

    def mark_saved(self, number: int) -> None:
        """Mark the epoch with this number as that of the best model."""
        self.saved = number
        self._draw()

    def values(self, name: str) -> list[float]:
        """The values of one curve.

        Args:
            name: held_out_db, library_db, kl, active, or rate.

        Returns:
            One value per epoch, NaN for gaps; the logarithm to base 10 of a rate.
        """
        found = [getattr(epoch, name) for epoch in self.epochs]
        if name == "rate":
            found = [math.log10(rate) if rate > 0 else None for rate in found]
        return [math.nan if value is None else float(value) for value in found]

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        if self._plots is None:
            from technovae_gui.training.curve_plots import CurvePlots

            self._plots = CurvePlots()
            self._rows.addWidget(self._plots)
            self._draw()

    def _draw(self) -> None:
        if self._plots is not None:
            numbers = [epoch.number for epoch in self.epochs]
            self._plots.draw(numbers, self.values, self.saved)


class ReconstructionView(QWidget):
    """A real segment above what the model makes of it, both on the same colour scale.

    Attributes:
        pictures: that are shown; None before the first.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pictures: tuple[QImage, QImage] | None = None
        self.setFixedHeight(_PICTURES_HEIGHT)
        self.setAccessibleName("A real segment above its reconstruction")
        self.setToolTip("A segment of the library above what the model makes of it now")
        ToolTipBelow(self)

    def show_pair(self, real: ArrayLike, decoded: ArrayLike) -> None:
        """Show two spectrograms.

        Args:
            real: (512, 128) dB of a segment.
            decoded: (512, 128) dB of its reconstruction.
        """
        self.pictures = (
            thumbnail(np.asarray(real), *_PICTURE_SIZE),
            thumbnail(np.asarray(decoded), *_PICTURE_SIZE),
        )
        self.update()

    def clear(self) -> None:
        """Show no pictures."""
        self.pictures = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self.pictures is None:
            painter.fillRect(self.rect(), QColor(theme.GROUND))
            painter.setPen(QColor(theme.DIM))
            text = "Soon: a segment of yours, and what is learned of it"
            box = self.rect().adjusted(12, 0, -12, 0)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(box, flags, text)
            return
        height = (self.height() - _PICTURE_GAP) // 2
        for number, (picture, name) in enumerate(zip(self.pictures, _PICTURE_NAMES, strict=True)):
            box = QRect(0, number * (height + _PICTURE_GAP), self.width(), height)
            painter.drawImage(box, picture)
            _paint_label(painter, box, name)


def _paint_label(painter: QPainter, box: QRect, name: str) -> None:
    width = painter.fontMetrics().horizontalAdvance(name) + 12
    badge = QRect(box.left() + 5, box.top() + 5, width, 18)
    ground = QColor(theme.GROUND)
    ground.setAlpha(200)
    painter.fillRect(badge, ground)
    painter.setPen(QColor(theme.TEXT))
    painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, name)
