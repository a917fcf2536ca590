"""Which dot the mouse is on, asked at most every 30 ms."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, QTimer, Signal, Slot

from technovae_gui.map.canvas import Canvas

INTERVAL = 30


class Hovering(QObject):
    """Signals: hovered(int | None): the row of the dot, None for no dot any more."""

    hovered = Signal(object)

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._pos: QPointF | None = None
        self._row: int | None = None
        self._timer = QTimer(self, singleShot=True, interval=INTERVAL)
        self._timer.timeout.connect(self._look)
        canvas.pointed.connect(self._pointed)

    def forget(self) -> None:
        """Another map: rows mean other dots."""
        self._timer.stop()
        self._row = None

    @Slot(object)
    def _pointed(self, pos: QPointF | None) -> None:
        self._pos = pos
        if pos is None:
            self._timer.stop()
            self._look()
        elif not self._timer.isActive():
            self._timer.start()

    @Slot()
    def _look(self) -> None:
        row = None if self._pos is None else self._canvas.spot(self._pos).row
        if row != self._row:
            self._row = row
            self.hovered.emit(row)
