"""Buttons, labels and rows that look alike in every panel."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from technovae_gui import theme
from technovae_gui.widgets.wheel import WheelGuard

_LABELS = 82
"""Pixels: the first column of every form, so that forms below each other align."""


def button(text: str, tip: str, *, name: str = "", primary: bool = False) -> QPushButton:
    """A push button; `tip` names the shortcut if it has one."""
    made = QPushButton(text)
    made.setToolTip(tip)
    made.setAccessibleName(name or text.rstrip("…"))
    made.setAutoDefault(False)
    if primary:
        made.setProperty("primary", True)
    return made


def heading(text: str) -> QLabel:
    """The name of a group."""
    label = QLabel(text)
    label.setProperty("heading", True)
    return label


def note(text: str = "") -> QLabel:
    """Dim text that wraps."""
    label = QLabel(text)
    label.setProperty("dim", True)
    label.setWordWrap(True)
    # A wrapped label is as high as its text at its width: say so, or layouts cut its last line.
    policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    label.setSizePolicy(policy)
    return label


def rule() -> QFrame:
    """A thin line between groups."""
    line = QFrame()
    line.setFixedHeight(1)
    line.setStyleSheet(f"background: {theme.LINE};")
    return line


def combo(*entries: tuple[str, object], tip: str, name: str = "") -> QComboBox:
    """A choice of texts with their data; it may become narrower than its longest text."""
    made = QComboBox()
    for text, data in entries:
        made.addItem(text, data)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setMinimumContentsLength(6)
    made.setToolTip(tip)
    made.setAccessibleName(name)
    return made


def column(spacing: int = theme.SPACE) -> QVBoxLayout:
    """A column without margins."""
    made = QVBoxLayout()
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(spacing)
    return made


def row(*widgets: QWidget | int, spacing: int = theme.SPACE) -> QHBoxLayout:
    """Widgets side by side; an int is a stretch."""
    made = QHBoxLayout()
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(spacing)
    for widget in widgets:
        if isinstance(widget, int):
            made.addStretch(widget)
        else:
            made.addWidget(widget)
    return made


def form() -> QFormLayout:
    """Labelled fields, all labels equally wide."""
    made = QFormLayout()
    made.setContentsMargins(0, 0, 0, 0)
    made.setHorizontalSpacing(2 * theme.SPACE)
    made.setVerticalSpacing(theme.SPACE + 2)
    made.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    made.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return made


def add_row(to: QFormLayout, name: str, field: QWidget | QHBoxLayout) -> QLabel:
    """Add a field called `name`, which screen readers say too; gives its label."""
    label = QLabel(name)
    label.setProperty("dim", True)
    label.setFixedWidth(_LABELS)
    to.addRow(label, field)
    if isinstance(field, QWidget):
        label.setBuddy(field)
        if not field.accessibleName():
            field.setAccessibleName(name)
    return label


def scrolled(content: QWidget) -> QScrollArea:
    """`content`, scrolled upright where the dock is too low for it."""
    area = QScrollArea()
    area.setWidget(content)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    for box in content.findChildren(QAbstractSpinBox):
        theme.indent(box)
    WheelGuard(content)
    return area
