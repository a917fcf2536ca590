"""The space bar over the map: held it pans, tapped it belongs to the transport."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent


class SpaceBar:
    """Watches the key events of the map's canvas.

    The window's shortcut acts when the key goes down, when nobody knows yet whether a drag will
    follow: so the map takes the key, and tells of a tap when it comes up.
    """

    def __init__(self) -> None:
        self.held = False
        self._used = False
        self.tapped = False
        """Whether the event that was watched last was the end of a tap."""

    def use(self) -> None:
        """It is held for a drag."""
        self._used = True

    def forget(self) -> None:
        """Whatever comes up now is no tap."""
        self.held = False

    def watch(self, event: QKeyEvent) -> bool:
        """Whether `event` was for the space bar; nobody else is to see it then."""
        self.tapped = False
        if event.key() != Qt.Key.Key_Space or event.modifiers():
            return False
        event.accept()
        if event.type() == QEvent.Type.KeyPress and not event.isAutoRepeat():
            self.held, self._used = True, False
        elif event.type() == QEvent.Type.KeyRelease and not event.isAutoRepeat():
            self.tapped = self.held and not self._used
            self.held = False
        return True
