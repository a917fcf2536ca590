"""Tool tips of widgets that one looks at: below them, never over what they describe."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QToolTip, QWidget

_QT_OFFSET: Final = QPoint(2, 16)
"""By which Qt moves every tool tip, for a cursor that would be over it."""
_GAP: Final = 4
_FRAME: Final = 44
"""Pixels of a tool tip besides its text, and some to spare."""


class ToolTipBelow(QObject):
    """Shows the tool tip of a widget below its lower edge; Qt would show it at the mouse."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        widget.installEventFilter(self)

    @property
    def corner(self) -> QPoint:
        """Where the tool tip's upper left corner goes on the screen, if there is room.

        One that would reach beyond the right edge ends there; Qt would put it left of this.
        """
        corner = self._widget.mapToGlobal(QPoint(0, self._widget.height() + _GAP))
        text = QFontMetrics(QToolTip.font()).size(0, self._widget.toolTip())
        last = self._widget.screen().availableGeometry().right() - text.width() - _FRAME
        return QPoint(min(corner.x(), last), corner.y())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() != QEvent.Type.ToolTip or not self._widget.toolTip():
            return False
        QToolTip.showText(self.corner - _QT_OFFSET, self._widget.toolTip(), self._widget)
        return True
