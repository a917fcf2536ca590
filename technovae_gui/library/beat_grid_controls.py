"""The buttons of the beat grid editor, and the keys that press them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QPushButton, QSizePolicy

from core.rhythm.grid import GRID_BPM_MAX, GRID_BPM_MIN
from technovae_gui.library.waveform_view import WaveformView
from technovae_gui.widgets import forms

_KEY = Qt.Key
_ENTER = (_KEY.Key_Return, _KEY.Key_Enter)
_ZOOM_STEPS = {_KEY.Key_Plus: 2, _KEY.Key_Equal: 2, _KEY.Key_Minus: -2}
_LETTERS = (_KEY.Key_T, _KEY.Key_H, _KEY.Key_D, _KEY.Key_C)
"""Keys that work in the tempo field as well, where they are no part of a number."""

Key = tuple[Qt.Key, bool]
"""A key, and whether Shift is held."""


class BeatGridButtons:
    """The buttons and the tempo field; the editor connects them."""

    def __init__(self) -> None:
        make = _small_button
        self.earlier_10 = make(
            "\N{MINUS SIGN}10", "Grid 10 ms earlier (Shift+Left)", "10 ms earlier"
        )
        self.earlier_1 = make("\N{MINUS SIGN}1", "Grid 1 ms earlier (Left)", "1 ms earlier")
        self.later_1 = make("+1", "Grid 1 ms later (Right)", "1 ms later")
        self.later_10 = make("+10", "Grid 10 ms later (Shift+Right)", "10 ms later")
        self.beat_earlier = make("◂ 1", "Downbeat one beat earlier ([)", "One beat earlier")
        self.beat_later = make("1 ▸", "Downbeat one beat later (])", "One beat later")
        self.halve = make("\N{DIVISION SIGN}2", "Half the tempo (H)", "Half the tempo")
        self.double = make("\N{MULTIPLICATION SIGN}2", "Twice the tempo (D)", "Twice the tempo")
        self.tap = make("Tap", "Tap the tempo, four times or more (T)", "Tap tempo")
        self.click = make("Click", "Play the track with a metronome (C)", "Metronome")
        self.click.setCheckable(True)
        self.refit = forms.button("Fit again", "Forget corrections; find the grid in the audio")
        self.revert = forms.button("Revert", "Back to the saved grid (Backspace)")
        self.apply = forms.button(
            "Apply", "Save this grid and cut its segments (Enter)", primary=True
        )
        self.bpm = _bpm_box()

    def keys(self) -> dict[Key, QPushButton]:
        """Which key presses which button."""
        key = Qt.Key
        return {
            (key.Key_Left, True): self.earlier_10,
            (key.Key_Left, False): self.earlier_1,
            (key.Key_Right, False): self.later_1,
            (key.Key_Right, True): self.later_10,
            (key.Key_BracketLeft, False): self.beat_earlier,
            (key.Key_BracketRight, False): self.beat_later,
            (key.Key_H, False): self.halve,
            (key.Key_D, False): self.double,
            (key.Key_T, False): self.tap,
            (key.Key_C, False): self.click,
            (key.Key_Backspace, False): self.revert,
            (key.Key_Return, False): self.apply,
            (key.Key_Enter, False): self.apply,
        }

    def rows(self) -> list[QHBoxLayout]:
        """Rows that fit a narrow dock."""
        first = forms.row(
            _label("BPM"), self.bpm, self.halve, self.double, self.tap, 1, self.click, spacing=4
        )
        second = forms.row(
            *(_label("ms"), self.earlier_10, self.earlier_1, self.later_1, self.later_10, 1),
            *(_label("beat"), self.beat_earlier, self.beat_later),
            spacing=4,
        )
        return [first, second, forms.row(self.refit, 1, self.revert, self.apply)]

    def all(self) -> list[QPushButton]:
        """Every button."""
        return [*dict.fromkeys(self.keys().values()), self.refit]


def _small_button(text: str, tip: str, name: str) -> QPushButton:
    made = forms.button(text, tip, name=name)
    made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    made.setStyleSheet("padding: 4px 2px;")
    made.setFixedWidth(max(34, made.fontMetrics().horizontalAdvance(text) + 12))
    return made


def _label(text: str) -> QLabel:
    label = forms.side_label(text)
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


class BeatGridKeys(QObject):
    """Keys of the editor, wherever in it the focus is.

    An event filter on waveform, tempo field and buttons, because some of these keys are shortcuts
    of the whole window elsewhere.

    Args:
        buttons: pressed by their keys.
        wave: zoomed by plus and minus.
        undo: called by Ctrl+Z.
    """

    def __init__(
        self,
        buttons: BeatGridButtons,
        wave: WaveformView,
        undo: Callable[[], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._buttons, self._wave, self._undo = buttons, wave, undo
        self._keys = buttons.keys()
        for widget in (wave, buttons.bpm, *buttons.all()):
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        kinds = QEvent.Type
        if event.type() not in (kinds.ShortcutOverride, kinds.KeyPress):
            return False
        assert isinstance(event, QKeyEvent)
        action = self._action(watched, event)
        if action is None:
            return False
        event.accept()
        if event.type() == kinds.KeyPress:
            action()
        return True

    def _action(self, watched: QObject, event: QKeyEvent) -> Callable[[], None] | None:
        key, modifiers = _KEY(event.key()), event.modifiers()
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            return self._undo if key == _KEY.Key_Z else None
        if watched is self._buttons.bpm and key not in _LETTERS:
            return None
        if key in _ZOOM_STEPS:
            return partial(self._wave.zoom, _ZOOM_STEPS[key])
        if key in _ENTER and watched is not self._wave:
            return None
        button = self._keys.get((key, bool(modifiers & Qt.KeyboardModifier.ShiftModifier)))
        return button.click if button is not None else None
