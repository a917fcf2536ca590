"""The row of tools above the timeline."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QToolButton, QWidget

from technovae_gui import theme
from technovae_gui.timeline.out_handle import OutHandle
from technovae_gui.timeline.snapping import Snap
from technovae_gui.timeline.state import State

_HEIGHT = 24


class Tools(QWidget):
    """Snap, follow, zoom and "add lane". Signals: snap_chosen(Snap)."""

    snap_chosen = Signal(object)

    def __init__(
        self, state: State, table: dict[str, QAction], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._state = state
        self.snap = QComboBox()
        for snap in Snap:
            self.snap.addItem(snap.label, snap)
        self.snap.setFixedHeight(_HEIGHT)
        self.snap.setToolTip("Grid that clips snap to (hold Alt to place them freely)")
        self.snap.setAccessibleName("Snap")
        self.snap.activated.connect(self._chosen)
        self.follow = _button(table["follow"], "Follow")
        self.add = _button(table["add_lane"], "+ Lane")
        self.split = _button(table["split"], "Split")
        self.zoom_out = _button(table["zoom_out"], "\N{EN DASH}")
        self.zoom_in = _button(table["zoom_in"], "+")
        self.zoom_fit = _button(table["zoom_fit"], "Fit")
        self.out = OutHandle()
        self.out.setFixedHeight(_HEIGHT)
        self.what = QLabel()
        self.what.setProperty("dim", True)
        self._lay_out()
        state.snap_changed.connect(self._mirror)
        self._mirror()

    def say(self, text: str) -> None:
        """What is selected, or how long the arrangement is."""
        self.what.setText(text)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(theme.SPACE)
        label = QLabel("Snap")
        label.setProperty("dim", True)
        row.addWidget(label)
        for widget in (self.snap, self.follow, self.split, self.add):
            row.addWidget(widget)
        row.addSpacing(2 * theme.SPACE)
        row.addWidget(self.what, 1)
        row.addWidget(self.out)
        row.addSpacing(2 * theme.SPACE)
        for button in (self.zoom_out, self.zoom_in, self.zoom_fit):
            row.addWidget(button)

    def _chosen(self, index: int) -> None:
        self.snap_chosen.emit(self.snap.itemData(index))

    def _mirror(self) -> None:
        self.snap.setCurrentIndex(list(Snap).index(self._state.snap))


def _button(action: QAction, face: str) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    action.setIconText(face)
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    action.setToolTip(f"{action.text()} ({keys})" if keys else action.text())
    button.setAccessibleName(action.text())
    button.setFixedHeight(_HEIGHT)
    button.setStyleSheet("padding: 0 8px;")
    return button
