"""Read-only displays of the inspector: details of a source, and its attributes as bars."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from technovae_gui import theme
from technovae_gui.widgets.forms import FieldGrid
from technovae_gui.widgets.tool_tip_below import ToolTipBelow

Details: TypeAlias = list[tuple[str, str]]
"""Lines of label and value."""
_ROW = 18
_NAME = 84
_SHORT = 24
"""Letters of a value that leaves room for another beside it."""


class DetailList(QWidget):
    """Values under their captions, two beside each other; the user can select and copy them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._details: Details = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._fields = QWidget()
        self._column.addWidget(self._fields)

    @property
    def details(self) -> Details:
        """The lines that are shown."""
        return list(self._details)

    def show_details(self, details: Details) -> None:
        """Show `details` instead of what was shown before."""
        if details == self._details:
            return
        self._details = list(details)
        self._fields.deleteLater()
        self._fields = QWidget()
        grid = FieldGrid()
        self._fields.setLayout(grid)
        for label, value in details:
            grid.add(label, _value_label(value), wide=len(value) > _SHORT)
        self._column.addWidget(self._fields)


class AttributeBars(QWidget):
    """A horizontal bar from 0 to 1 for each attribute."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: dict[str, float] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Attributes")
        ToolTipBelow(self)

    def show_values(self, values: Mapping[str, float]) -> None:
        """Show `values`, 0..1 by name; an empty mapping hides the bars."""
        self._values = dict(values)
        self.setVisible(bool(values))
        text = ", ".join(f"{name} {value:.0%}" for name, value in values.items())
        self.setAccessibleDescription(text)
        self.setToolTip(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(200, _ROW * len(self._values))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        for row, (name, value) in enumerate(self._values.items()):
            line = QRectF(0, row * _ROW, self.width(), _ROW)
            painter.setPen(QColor(theme.DIM))
            vertical = Qt.AlignmentFlag.AlignVCenter
            painter.drawText(line, vertical | Qt.AlignmentFlag.AlignLeft, name.capitalize())
            groove = QRectF(_NAME, line.center().y() - 3, max(self.width() - _NAME, 1), 6)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.LINE))
            painter.drawRoundedRect(groove, 3, 3)
            groove.setWidth(groove.width() * min(max(value, 0.0), 1.0))
            painter.setBrush(QColor(theme.MEASURED))
            painter.drawRoundedRect(groove, 3, 3)


def _value_label(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
