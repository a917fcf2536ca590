"""The present figures of a training in large numbers."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from core.vae.history import Epoch
from technovae_gui import theme

_NAMES = {
    "held_out": ("held out, dB", "Mean error on tracks that were not learned from"),
    "library": ("library, dB", "Mean error on the tracks that are learned from"),
    "kl": ("KL, nats", "How much the latents tell of a segment"),
    "active": ("active of 64", "Latents in use"),
}
_NONE = "\N{EN DASH}"
_COLOURS = {"held_out": theme.WARM, "library": theme.ACCENT}


class Figures(QWidget):
    """Four numbers; a dash where there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.numbers = {key: _number(_COLOURS.get(key, theme.TEXT)) for key in _NAMES}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(theme.SPACE)
        for place, (key, (name, tip)) in enumerate(_NAMES.items()):
            grid.addWidget(_card(self.numbers[key], name, tip), 0, place)
            grid.setColumnStretch(place, 1)
        self.show_epoch(None)

    def show_epoch(self, epoch: Epoch | None) -> None:
        """The figures of `epoch`."""
        texts = dict.fromkeys(_NAMES, _NONE)
        if epoch is not None:
            held = epoch.held_out_db
            texts = {
                "held_out": _NONE if held is None else f"{held:.2f}",
                "library": f"{epoch.library_db:.2f}",
                "kl": f"{epoch.kl:.0f}",
                "active": f"{epoch.active}",
            }
        for key, text in texts.items():
            self.numbers[key].setText(text)
            self.numbers[key].setAccessibleName(f"{_NAMES[key][0]}: {text}")


def _number(colour: str) -> QLabel:
    label = QLabel(_NONE)
    font = label.font()
    font.setPointSizeF(font.pointSizeF() * 1.45)
    font.setWeight(font.Weight.DemiBold)
    label.setFont(font)
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
    label.setProperty("dim", True)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    font = label.font()
    font.setPointSizeF(font.pointSizeF() * 0.85)
    label.setFont(font)
    rows = QVBoxLayout(card)
    rows.setContentsMargins(2, theme.SPACE, 2, theme.SPACE)
    rows.setSpacing(0)
    rows.addWidget(number)
    rows.addWidget(label)
    return card
