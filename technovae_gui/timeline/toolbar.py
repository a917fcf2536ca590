"""The row of tools above the timeline."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QMouseEvent
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QWidget,
)

from technovae_gui import theme
from technovae_gui.timeline.geometry import Snap
from technovae_gui.timeline.viewport import TimelineState
from technovae_gui.widgets import forms
from technovae_gui.widgets.icons import icon

_HEIGHT = 24


class Toolbar(QWidget):
    """Snap, follow, split, "add lane", the drag handle and the zoom.

    Signals:
        snap_chosen(Snap): the user chose another grid.
    """

    snap_chosen = Signal(object)

    def __init__(
        self, state: TimelineState, actions: dict[str, QAction], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._state = state
        self.snap = QComboBox()
        for snap in Snap:
            self.snap.addItem(snap.label, snap)
        self.snap.setFixedHeight(_HEIGHT)
        self.snap.setToolTip("Grid that clips snap to (hold Alt or Shift to place them freely)")
        self.snap.setAccessibleName("Snap")
        self.snap.activated.connect(self._choose_snap)
        self.follow = _button(actions["follow"], "Follow")
        self.add_lane = _button(actions["add_lane"], "Lane", "plus")
        self.split = _button(actions["split"], "Split")
        self.zoom_out = _button(actions["zoom_out"], "", "minus")
        self.zoom_in = _button(actions["zoom_in"], "", "plus")
        self.zoom_fit = _button(actions["zoom_fit"], "Fit")
        self.drag_out = DragOutHandle()
        self.drag_out.setFixedHeight(_HEIGHT)
        self.summary = QLabel()
        """What is selected, or how long the arrangement is."""
        self.summary.setProperty("dim", True)
        self._lay_out()
        state.snap_changed.connect(self._show_snap)
        self._show_snap()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * theme.SPACE, theme.SPACE, 2 * theme.SPACE, theme.SPACE)
        row.setSpacing(theme.SPACE)
        row.addWidget(forms.side_label("Snap"))
        for widget in (self.snap, self.follow, self.split, self.add_lane):
            row.addWidget(widget)
        row.addSpacing(2 * theme.SPACE)
        row.addWidget(self.summary, 1)
        row.addWidget(self.drag_out)
        row.addSpacing(2 * theme.SPACE)
        for button in (self.zoom_out, self.zoom_in, self.zoom_fit):
            row.addWidget(button)

    def _choose_snap(self, index: int) -> None:
        self.snap_chosen.emit(self.snap.itemData(index))

    def _show_snap(self) -> None:
        self.snap.setCurrentIndex(list(Snap).index(self._state.snap))


class DragOutHandle(QToolButton):
    """The handle by which the selected clips are dragged to other programs.

    Signals:
        dragged(): it was pressed and pulled.
    """

    dragged = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pressed_at: QPointF | None = None
        self.setText("WAV")
        self.setIcon(icon("drag_out"))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setToolTip(
            "Drag from here to the desktop or another program:"
            " the selected clips become a WAV file.\n"
            "Clips that are dragged out of the window do the same."
        )
        self.setAccessibleName("Drag the selected clips out as a WAV file")
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setStyleSheet("padding: 0 8px;")

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed_at = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._pressed_at is None:
            return
        distance = (event.position() - self._pressed_at).manhattanLength()
        if distance >= QApplication.startDragDistance():
            self._pressed_at = None
            self.dragged.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._pressed_at = None


def _button(action: QAction, text: str, icon_name: str = "") -> QToolButton:
    """A button for an action, with a short text, an icon, or both."""
    button = QToolButton()
    if icon_name:
        action.setIcon(icon(icon_name))
        action.setIconVisibleInMenu(False)
        styles = Qt.ToolButtonStyle
        button.setToolButtonStyle(
            styles.ToolButtonTextBesideIcon if text else styles.ToolButtonIconOnly
        )
    button.setDefaultAction(action)
    action.setIconText(text)
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    action.setToolTip(f"{action.text()} ({keys})" if keys else action.text())
    button.setAccessibleName(action.text())
    button.setFixedHeight(_HEIGHT)
    button.setStyleSheet("padding: 0 8px;")
    return button
