"""The automation that is shown below lanes: for each a strip among the lanes and a head beside."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QToolButton, QWidget

from core.arrangement import automation_edits
from core.arrangement.arrangement import Lane
from core.arrangement.automation import PARAMETERS, VOLUME
from technovae_gui import theme
from technovae_gui.document import Document
from technovae_gui.timeline import paint_cache
from technovae_gui.timeline.automation_strip import AutomationStrip
from technovae_gui.timeline.geometry import STRIP
from technovae_gui.timeline.labels import parameter_label
from technovae_gui.timeline.lane_headers import WIDTH, LaneHeaders
from technovae_gui.timeline.viewport import TimelineState, Viewport
from technovae_gui.widgets.icons import icon

_DRAWN: Final = " \N{BULLET}"
"""After the name of a parameter that has a curve."""


class AutomationHead(QWidget):
    """Chooses the parameter of a strip, and says what it is where it plays.

    Args:
        state: that names the parameter.
        lane: whose automation it is.
        parent: the column of headers.
    """

    def __init__(self, state: TimelineState, lane: Lane, parent: QWidget) -> None:
        super().__init__(parent)
        self._state, self._lane = state, lane
        self.parameter = QComboBox()
        self.parameter.setToolTip("What is automated; a dot marks what has a curve")
        self.parameter.setAccessibleName("Automated parameter")
        for name in PARAMETERS:
            self.parameter.addItem("", name)
        self.hide_button = QToolButton()
        self.hide_button.setIcon(icon("close"))
        self.hide_button.setToolTip("Hide the automation; it is heard all the same")
        self.hide_button.setAccessibleName("Hide automation")
        self.hide_button.setFixedSize(22, 22)
        self.hide_button.setStyleSheet("padding: 0;")
        self.value = QLabel()
        self.value.setProperty("dim", True)
        self.value.setToolTip("The value where it plays")
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 6, 8, 6)
        grid.setSpacing(theme.SPACE)
        grid.addWidget(self.parameter, 0, 0)
        grid.addWidget(self.hide_button, 0, 1)
        grid.addWidget(self.value, 1, 0, 1, 2)
        grid.setColumnStretch(0, 1)
        grid.setRowStretch(2, 1)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        ground = paint_cache.mixed(theme.RAISED, theme.GROUND, 0.6).name()
        self.setObjectName("automation")
        self.setStyleSheet(
            f"#automation {{ background: {ground}; border-bottom: 1px solid {theme.LINE_STRONG}; }}"
        )
        self.parameter.activated.connect(self._choose)
        self.hide_button.clicked.connect(lambda: state.show_automation(self._lane.id, ""))
        self.show_lane(lane)

    def show_lane(self, lane: Lane) -> None:
        """Show another state of the lane."""
        self._lane = lane
        for row, (name, kind) in enumerate(PARAMETERS.items()):
            drawn = lane.curve(name) is not None
            self.parameter.setItemText(row, kind.label + _DRAWN * drawn)
        self.parameter.setCurrentIndex(list(PARAMETERS).index(self._state.automation[lane.id]))
        self.show_value()

    def show_value(self) -> None:
        """Show the value where the playhead is."""
        kind = PARAMETERS[self._state.automation[self._lane.id]]
        curve = self._lane.curve(kind.name)
        tick = self._state.playhead
        value = automation_edits.setting(self._lane, kind) if curve is None else curve.value(tick)
        text = parameter_label(kind, value)
        if curve is None:
            text = "not automated" if kind is VOLUME else f"{text}, not automated"
        if text != self.value.text():
            self.value.setText(text)

    @Slot(int)
    def _choose(self, row: int) -> None:
        self._state.show_automation(self._lane.id, self.parameter.itemData(row))


class AutomationRows(QObject):
    """Makes a strip and its head when a lane's automation is shown first, and keeps them in place.

    Args:
        document: what is edited.
        viewport: where lanes lie.
        state: what is shown.
        canvas: the lanes' area.
        headers: the column beside it.
    """

    def __init__(
        self,
        document: Document,
        viewport: Viewport,
        state: TimelineState,
        canvas: QWidget,
        headers: LaneHeaders,
    ) -> None:
        super().__init__(canvas)
        self._document, self._viewport, self._state = document, viewport, state
        self._canvas, self._headers = canvas, headers
        self.strips: dict[str, AutomationStrip] = {}
        self.heads: dict[str, AutomationHead] = {}
        document.changed.connect(self._show)
        state.automation_changed.connect(self._show)
        viewport.changed.connect(self._arrange)

    def toggle(self, lane_id: str, shown: bool) -> None:
        """Show or hide the automation of a lane: what is drawn, or else its volume.

        Args:
            lane_id: which lane.
            shown: whether to show it.
        """
        curves = self._document.arrangement.lane(lane_id).automation
        first = curves[0].parameter if curves else VOLUME.name
        self._state.show_automation(lane_id, first if shown else "")

    def show_playhead(self, before: float, now: float) -> None:
        """Repaint where the playhead was and where it is.

        Args:
            before: tick where it was.
            now: tick where it is.
        """
        for lane_id, strip in self.strips.items():
            strip.show_playhead(before, now)
            self.heads[lane_id].show_value()

    @Slot()
    def _show(self) -> None:
        lanes = {lane.id: lane for lane in self._document.arrangement.lanes}
        shown = [lane_id for lane_id in self._state.automation if lane_id in lanes]
        for lane_id in self.strips.keys() - set(shown):
            for gone in (self.strips.pop(lane_id), self.heads.pop(lane_id)):
                gone.hide()
                gone.deleteLater()
        for lane_id in shown:
            self._show_lane(lanes[lane_id])
        for lane_id in lanes:
            self._headers.header(lane_id).automation.setChecked(lane_id in shown)
        rows = [row for row, lane_id in enumerate(lanes) if lane_id in shown]
        self._viewport.set_strips(tuple(rows))
        self._arrange()

    def _show_lane(self, lane: Lane) -> None:
        if lane.id in self.strips:
            self.strips[lane.id].show_lane(lane)
            self.strips[lane.id].update()
            self.heads[lane.id].show_lane(lane)
            return
        strip = AutomationStrip(self._document, self._viewport, self._state, lane.id, self._canvas)
        head = AutomationHead(self._state, lane, self._headers)
        self.strips[lane.id], self.heads[lane.id] = strip, head
        strip.show()
        head.show()

    @Slot()
    def _arrange(self) -> None:
        geometry = self._viewport.geometry
        for row, lane in enumerate(self._document.arrangement.lanes):
            if lane.id in self.strips and row in geometry.strips:
                top = geometry.y(row) + geometry.lane_height
                self.strips[lane.id].setGeometry(0, top, self._canvas.width(), STRIP)
                self.heads[lane.id].setGeometry(0, top, WIDTH, STRIP)
