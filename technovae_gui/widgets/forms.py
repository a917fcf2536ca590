"""Buttons, labels, rows, forms and collapsible sections that look alike in every panel."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QStandardItemModel
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
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from technovae_gui import theme

_LABEL_WIDTH = 82
"""Pixels: the first column of every form, so that forms below each other align."""


def button(text: str, tip: str, *, name: str = "", primary: bool = False) -> QPushButton:
    """A push button.

    Args:
        text: on the button.
        tip: its tool tip, with the shortcut if it has one.
        name: for screen readers; `text` if empty.
        primary: whether it is the panel's main action.
    """
    made = QPushButton(text)
    made.setToolTip(tip)
    made.setAccessibleName(name or text.rstrip("…"))
    made.setAutoDefault(False)
    if primary:
        made.setProperty("primary", True)
    return made


def heading(text: str) -> QLabel:
    """The name of a group of widgets."""
    label = QLabel(text)
    label.setProperty("heading", True)
    return label


def note(text: str = "") -> QLabel:
    """Secondary text that wraps."""
    label = QLabel(text)
    label.setProperty("dim", True)
    label.setWordWrap(True)
    # A wrapped label is as high as its text at its width: say so, or layouts cut its last line.
    policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    label.setSizePolicy(policy)
    return label


def style_as_card(frame: QFrame, edge: str = "") -> None:
    """Make a frame stand out from the panel.

    Args:
        frame: any frame.
        edge: colour of a stripe along its left side; empty for round corners instead.
    """
    shape = f"border-left: 4px solid {edge}" if edge else f"border-radius: {theme.RADIUS}px"
    frame.setObjectName("card")
    frame.setStyleSheet(f"#card {{ background: {theme.RAISED}; {shape}; }}")


def combo(*entries: tuple[str, object], tip: str, name: str = "") -> QComboBox:
    """A combo box, which may become narrower than its longest text.

    Args:
        entries: text and data of each.
        tip: its tool tip.
        name: for screen readers.
    """
    made = QComboBox()
    for text, data in entries:
        made.addItem(text, data)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setMinimumContentsLength(6)
    made.setToolTip(tip)
    made.setAccessibleName(name)
    return made


def enable_entry(box: QComboBox, row: int, enabled: bool) -> None:
    """Say whether an entry of a combo box can be chosen.

    Args:
        box: one that `combo` made.
        row: of the entry, counted from 0.
        enabled: whether it can be chosen.
    """
    model = box.model()
    assert isinstance(model, QStandardItemModel)
    model.item(row).setEnabled(enabled)


def row(*widgets: QWidget | int, spacing: int = theme.SPACE) -> QHBoxLayout:
    """Widgets side by side.

    Args:
        widgets: in order; an int is a stretch of that weight.
        spacing: pixels between them.
    """
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
    """Add a field to a form.

    Args:
        to: the form.
        name: of the field, on its label and for screen readers.
        field: the widget, or a row of them.

    Returns:
        The label.
    """
    label = QLabel(name)
    label.setProperty("dim", True)
    label.setFixedWidth(_LABEL_WIDTH)
    to.addRow(label, field)
    if isinstance(field, QWidget):
        label.setBuddy(field)
        if not field.accessibleName():
            field.setAccessibleName(name)
    return label


def scrolled(content: QWidget) -> QScrollArea:
    """`content` in a scroll area, which scrolls vertically where the dock is too low for it."""
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


class WheelGuard(QObject):
    """Lets the wheel scroll a panel: spin and combo boxes in `content` take it only with focus."""

    def __init__(self, content: QWidget) -> None:
        super().__init__(content)
        for field in (*content.findChildren(QAbstractSpinBox), *content.findChildren(QComboBox)):
            field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() != QEvent.Type.Wheel or not isinstance(watched, QWidget):
            return False
        if watched.hasFocus():
            return False
        event.ignore()
        return True


class CollapsibleSection(QWidget):
    """A heading that opens and closes what is below it; closed at first.

    superqt's QCollapsible would do, but importing superqt takes 80 ms before the first paint.

    Args:
        title: the heading.
        content: what is opened and closed.
        tip: tool tip of the heading.

    Signals:
        toggled(bool): whether it is open now.
    """

    toggled = Signal(bool)

    def __init__(
        self, title: str, content: QWidget, *, tip: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.content = content
        self.head = QToolButton()
        self.head.setText(title)
        self.head.setToolTip(tip)
        self.head.setAccessibleName(title)
        self.head.setCheckable(True)
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.head.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        # The theme fills what is checked; an open section is no pressed button.
        self.head.setStyleSheet(
            f"QToolButton, QToolButton:checked {{ border: 1px solid transparent; padding: 3px 2px;"
            f" background: transparent; color: {theme.DIM}; font-weight: 600; }}"
            f" QToolButton:hover {{ color: {theme.TEXT}; }}"
            f" QToolButton:focus {{ border-color: {theme.ACCENT}; }}"
        )
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.SPACE)
        rows.addWidget(self.head)
        rows.addWidget(content, 1)
        self.head.toggled.connect(self._toggle)
        self._toggle(False)

    @property
    def is_open(self) -> bool:
        """Whether the content shows."""
        return self.head.isChecked()

    def set_open(self, is_open: bool) -> None:
        """Open or close it."""
        self.head.setChecked(is_open)

    def _toggle(self, is_open: bool) -> None:
        arrows = Qt.ArrowType
        self.head.setArrowType(arrows.DownArrow if is_open else arrows.RightArrow)
        self.content.setVisible(is_open)
        self.toggled.emit(is_open)
