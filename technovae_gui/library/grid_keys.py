"""The keys of the grid editor, wherever in it the focus is."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent

from technovae_gui.library.grid_buttons import GridButtons
from technovae_gui.library.waveform_view import WaveformView

_KEY = Qt.Key
_ENTER = (_KEY.Key_Return, _KEY.Key_Enter)
_ZOOMS = {_KEY.Key_Plus: 2, _KEY.Key_Equal: 2, _KEY.Key_Minus: -2}
_LETTERS = (_KEY.Key_T, _KEY.Key_H, _KEY.Key_D, _KEY.Key_C)


class GridKeys(QObject):
    """Filters the events of the waveform, the tempo field and the buttons.

    It also takes the keys that are the window's shortcuts elsewhere, before the window does.
    """

    def __init__(
        self, buttons: GridButtons, wave: WaveformView, undo: Callable[[], None], parent: QObject
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
        key, held = _KEY(event.key()), event.modifiers()
        if held & Qt.KeyboardModifier.ControlModifier:
            return self._undo if key == _KEY.Key_Z else None
        if watched is self._buttons.bpm and key not in _LETTERS:
            return None
        if key in _ZOOMS:
            return partial(self._wave.zoom, _ZOOMS[key])
        if key in _ENTER and watched is not self._wave:
            return None
        button = self._keys.get((key, bool(held & Qt.KeyboardModifier.ShiftModifier)))
        return button.click if button is not None else None
