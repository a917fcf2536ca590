"""One timer asks the player how things are, and tells everything that moves."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from core.playback.player import Player, PlayerState

_INTERVAL_MS = 16


class Clock(QObject):
    """Signals: ticked(object): a `PlayerState`, about 60 times a second while something moves."""

    ticked = Signal(object)

    def __init__(self, player: Player, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._player = player
        self.state = PlayerState()
        self._timer = QTimer(self, interval=_INTERVAL_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.poll)

    def start(self) -> None:
        """Begin to ask."""
        self._timer.start()

    def stop(self) -> None:
        """No more questions."""
        self._timer.stop()

    def poll(self) -> None:
        """Ask once."""
        self.state = self._player.state()
        self.ticked.emit(self.state)
