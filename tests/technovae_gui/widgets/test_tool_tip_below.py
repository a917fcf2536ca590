"""A tool tip lies below what it describes."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QFontMetrics, QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from technovae_gui.widgets import tool_tip_below
from technovae_gui.widgets.tool_tip_below import ToolTipBelow


def test_it_is_shown_below_the_widget(qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[tuple[QPoint, str]] = []
    monkeypatch.setattr(
        tool_tip_below.QToolTip, "showText", lambda at, text, _: shown.append((at, text))
    )
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.resize(200, 100)
    filtered = ToolTipBelow(widget)
    middle = QPoint(100, 50)
    help_event = QHelpEvent(QEvent.Type.ToolTip, middle, widget.mapToGlobal(middle))
    QApplication.sendEvent(widget, help_event)
    assert shown == []
    widget.setToolTip("What this is")
    QApplication.sendEvent(widget, help_event)
    assert [text for _, text in shown] == ["What this is"]
    assert filtered.corner.y() >= widget.mapToGlobal(QPoint(0, 100)).y()
    assert shown[0][0].y() + 16 == filtered.corner.y()
    right = widget.screen().availableGeometry().right()
    widget.move(right - 100, 0)
    width = QFontMetrics(QToolTip.font()).horizontalAdvance(widget.toolTip())
    assert right - 100 > filtered.corner.x() > right - 100 - width
