"""Buttons, captions, rows, fields and sections that look alike in every panel."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from technovae_gui import theme
from technovae_gui.widgets import icons

_FOLD_ICON = QSize(12, 12)
_LIST_ROW = 22
_CORRECTION = QAbstractSpinBox.CorrectionMode
_KEPT = _CORRECTION.CorrectToPreviousValue


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


def side_label(text: str) -> QLabel:
    """The secondary text beside a field."""
    label = QLabel(text)
    label.setProperty("dim", True)
    return label


def note(text: str = "") -> QLabel:
    """Secondary text that wraps."""
    label = side_label(text)
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


def capitalised(text: str) -> str:
    """`text` with a capital letter at its beginning, as all that can be chosen has."""
    return text[:1].upper() + text[1:]


def combo(*entries: tuple[str, object], tip: str, name: str = "") -> QComboBox:
    """A combo box, which may become narrower than its longest text.

    Args:
        entries: text and data of each; they are shown with a capital letter at the beginning.
        tip: its tool tip.
        name: for screen readers.
    """
    made = QComboBox()
    for text, data in entries:
        made.addItem(capitalised(text), data)
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


def roomy_rows(tree: QTreeView) -> None:
    """Give the rows of a list as much room as those of tables have."""
    tree.setUniformRowHeights(True)
    tree.setStyleSheet(f"QTreeView::item {{ height: {_LIST_ROW}px; padding: 0 {theme.SPACE}px; }}")


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


def caption(text: str) -> QLabel:
    """The small text above a field."""
    label = QLabel(text)
    label.setProperty("caption", True)
    return label


class FieldGrid(QGridLayout):
    """Fields with captions above them, beside each other or one across all columns.

    Captions and fields of a line stand on common baselines; columns are equally wide.

    Args:
        columns: how many fields are beside each other.
    """

    def __init__(self, columns: int = 2) -> None:
        super().__init__()
        self._columns = columns
        self._next_cell = 0
        self.setContentsMargins(0, 0, 0, 0)
        self.setHorizontalSpacing(2 * theme.SPACE)
        self.setVerticalSpacing(0)
        for column in range(columns):
            self.setColumnStretch(column, 1)

    def add(self, name: str, field: QWidget | QHBoxLayout, *, wide: bool = False) -> QLabel:
        """Add a field in the next free place.

        Args:
            name: of the field, in its caption and for screen readers.
            field: the widget, or a row of them.
            wide: whether it is as wide as all columns.

        Returns:
            The caption.
        """
        columns = self._columns
        span = columns if wide else 1
        if self._next_cell % columns + span > columns:
            self._next_cell += columns - self._next_cell % columns
        line, column = divmod(self._next_cell, columns)
        self._next_cell += span
        label = caption(name)
        label.setContentsMargins(0, theme.SPACE if line else 0, 0, theme.SPACE // 2)
        self.addWidget(label, 2 * line, column, 1, span)
        if isinstance(field, QWidget):
            self.addWidget(field, 2 * line + 1, column, 1, span)
            label.setBuddy(field)
            if not field.accessibleName():
                field.setAccessibleName(name)
        else:
            self.addLayout(field, 2 * line + 1, column, 1, span)
        return label


class SectionHeader(QWidget):
    """The name of a section, with a line to the right edge of the panel."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = QLabel(text)
        self.label.setProperty("section", True)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, theme.SPACE, 0, 0)
        line.setSpacing(2 * theme.SPACE)
        line.addWidget(self.label)
        line.addWidget(rule(), 1)


def rule() -> QFrame:
    """A thin line across."""
    line = QFrame()
    line.setFixedHeight(1)
    line.setStyleSheet(f"background: {theme.LINE};")
    return line


class ScrollArea(QScrollArea):
    """Scrolls to what Tab goes to, and stays where it is when a button in it is disabled or hidden:
    Qt gives the keys of that one to the next one, wherever it is."""

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: N802
        before = self.focusWidget()
        if before is not None and not (before.isEnabled() and before.isVisible()):
            return QWidget.focusNextPrevChild(self, next)
        return super().focusNextPrevChild(next)


def scrolled(content: QWidget) -> ScrollArea:
    """`content` in a scroll area, which scrolls vertically where the dock is too low for it."""
    area = ScrollArea()
    area.setWidget(content)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    for box in content.findChildren(QAbstractSpinBox):
        style_number(box)
    WheelGuard(content)
    return area


def style_number(box: QAbstractSpinBox) -> None:
    """Leave a margin left of the number in `box`; a double click selects all of it, and a number
    typed below its range becomes the lowest one."""
    theme.indent(box)
    _TypedNumbers(box)
    _WholeNumberClicks(box)


class _TypedNumbers(QObject):
    """Qt takes what is no number, such as an emptied field or "mixed", for 0 where it corrects to
    the nearest value; so it does that only to numbers that were typed."""

    def __init__(self, box: QAbstractSpinBox) -> None:
        super().__init__(box)
        self._box = box
        box.lineEdit().textEdited.connect(self._edited)
        box.editingFinished.connect(self._finished)

    @Slot(str)
    def _edited(self, text: str) -> None:
        typed = any(character.isdigit() for character in text)
        self._box.setCorrectionMode(_CORRECTION.CorrectToNearestValue if typed else _KEPT)

    @Slot()
    def _finished(self) -> None:
        self._box.setCorrectionMode(_KEPT)


class _WholeNumberClicks(QObject):
    """Qt selects a word, which may be the decimals: what is typed then becomes a part of them.

    A third press, as in a triple click, changes nothing.
    """

    def __init__(self, box: QAbstractSpinBox) -> None:
        super().__init__(box)
        self._box = box
        self._third_until = -1
        box.lineEdit().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if not isinstance(event, QMouseEvent):
            return False
        if event.type() == QEvent.Type.MouseButtonDblClick:
            self._third_until = event.timestamp() + QApplication.doubleClickInterval()
        elif event.type() != QEvent.Type.MouseButtonPress or event.timestamp() > self._third_until:
            return False
        self._box.selectAll()
        return True


class SingleClicks(QObject):
    """Keeps the second press of a double click from a button that comes where another one was:
    whoever starts something by a double click does not mean to stop it."""

    def __init__(self, button: QAbstractButton) -> None:
        super().__init__(button)
        button.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        return event.type() == QEvent.Type.MouseButtonDblClick


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
        self.head.setIconSize(_FOLD_ICON)
        self.head.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        # The theme fills what is checked; an open section is no pressed button.
        self.head.setStyleSheet(
            f"QToolButton, QToolButton:checked {{ border: 1px solid transparent; padding: 3px 0;"
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
        self.head.setIcon(icons.icon("opened" if is_open else "closed", quiet=True))
        self.content.setVisible(is_open)
        self.toggled.emit(is_open)
