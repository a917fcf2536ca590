"""The buttons of the grid editor, and which key presses which."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QPushButton, QSizePolicy

from core.rhythm.grid import GRID_BPM_MAX, GRID_BPM_MIN
from technovae_gui.widgets import forms

Key = tuple[Qt.Key, bool]
"""A key, and whether Shift is held."""


class GridButtons:
    """Makes them; the editor says what they do."""

    def __init__(self) -> None:
        make = _small
        self.earlier_10 = make(
            "\N{MINUS SIGN}10", "Grid 10 ms earlier (Shift+Left)", "10 ms earlier"
        )
        self.earlier_1 = make("\N{MINUS SIGN}1", "Grid 1 ms earlier (Left)", "1 ms earlier")
        self.later_1 = make("+1", "Grid 1 ms later (Right)", "1 ms later")
        self.later_10 = make("+10", "Grid 10 ms later (Shift+Right)", "10 ms later")
        self.beat_back = make("◂ 1", "Downbeat one beat earlier ([)", "One beat earlier")
        self.beat_on = make("1 ▸", "Downbeat one beat later (])", "One beat later")
        self.halve = make("\N{DIVISION SIGN}2", "Half the tempo (H)", "Half the tempo")
        self.double = make("\N{MULTIPLICATION SIGN}2", "Twice the tempo (D)", "Twice the tempo")
        self.tap = make("Tap", "Tap the tempo, four times or more (T)", "Tap tempo")
        self.click = make("Click", "Hear the track with a click on the grid (C)", "Hear a click")
        self.click.setCheckable(True)
        self.refit = forms.button("Fit again", "Forget corrections; find the grid in the audio")
        self.revert = forms.button("Revert", "Back to the grid that the library has (Backspace)")
        self.apply = forms.button("Apply", "Put the track on this grid (Enter)", primary=True)
        self.bpm = _bpm_box()

    def keys(self) -> dict[Key, QPushButton]:
        """Which key presses which button."""
        key = Qt.Key
        return {
            (key.Key_Left, True): self.earlier_10,
            (key.Key_Left, False): self.earlier_1,
            (key.Key_Right, False): self.later_1,
            (key.Key_Right, True): self.later_10,
            (key.Key_BracketLeft, False): self.beat_back,
            (key.Key_BracketRight, False): self.beat_on,
            (key.Key_H, False): self.halve,
            (key.Key_D, False): self.double,
            (key.Key_T, False): self.tap,
            (key.Key_C, False): self.click,
            (key.Key_Backspace, False): self.revert,
            (key.Key_Return, False): self.apply,
            (key.Key_Enter, False): self.apply,
        }

    def rows(self) -> list[QHBoxLayout]:
        """Laid out so that they fit a narrow dock."""
        first = forms.row(
            _name("BPM"), self.bpm, self.halve, self.double, self.tap, 1, self.click, spacing=4
        )
        second = forms.row(
            *(_name("ms"), self.earlier_10, self.earlier_1, self.later_1, self.later_10, 1),
            *(_name("beat"), self.beat_back, self.beat_on),
            spacing=4,
        )
        return [first, second, forms.row(self.refit, 1, self.revert, self.apply)]

    def all(self) -> list[QPushButton]:
        """Every button."""
        return [*dict.fromkeys(self.keys().values()), self.refit]


def _small(text: str, tip: str, name: str) -> QPushButton:
    made = forms.button(text, tip, name=name)
    made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    made.setStyleSheet("padding: 4px 2px;")
    made.setFixedWidth(max(34, made.fontMetrics().horizontalAdvance(text) + 12))
    return made


def _name(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("dim", True)
    label.setMinimumWidth(28)
    return label


def _bpm_box() -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setRange(GRID_BPM_MIN, GRID_BPM_MAX)
    box.setDecimals(2)
    box.setSingleStep(0.01)
    box.setKeyboardTracking(False)
    box.setFixedWidth(84)
    box.setAccessibleName("Tempo of the track, BPM")
    box.setToolTip("Tempo of the track; Up and Down change it by 0.01")
    return box
