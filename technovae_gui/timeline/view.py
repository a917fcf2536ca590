"""The timeline: tools, ruler, lane headers and lanes, with their scroll bars."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import QGridLayout, QScrollBar, QWidget

from core.arrangement.clip import ClipSource
from core.settings import TICKS_PER_BEAT
from technovae_gui.document import Document
from technovae_gui.timeline import menus, visible
from technovae_gui.timeline.camera import Camera
from technovae_gui.timeline.canvas import Canvas
from technovae_gui.timeline.commands import Commands
from technovae_gui.timeline.hits import Hit
from technovae_gui.timeline.lane_headers import LaneHeaders
from technovae_gui.timeline.looks import ClipInfoOf, Looks
from technovae_gui.timeline.positions import length_text, time_text
from technovae_gui.timeline.ruler import Ruler
from technovae_gui.timeline.snapping import Snap
from technovae_gui.timeline.state import State
from technovae_gui.timeline.tools import Tools

_ASK_MS = 120
_PAGE_MARGIN = 0.06


class TimelineView(QWidget):
    """Mirrors the document and edits it.

    Signals:
        seek_requested(int tick)
        files_dropped(list of paths, int tick, str lane id; empty: below the last lane)
        missing_thumbnails(list of sources in view without a picture), when that list changes
        drag_out_requested(list of clip ids): they are dragged to another program
        save_requested, audition_requested(list of clip ids)
    """

    seek_requested = Signal(int)
    files_dropped = Signal(object, int, str)
    missing_thumbnails = Signal(object)
    drag_out_requested = Signal(object)
    save_requested = Signal(object)
    audition_requested = Signal(object)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.camera, self.state, self.looks = Camera(self), State(self), Looks(self)
        self.commands = Commands(document, self.camera, self.state, self)
        self.tools = Tools(self.state, self.commands.table)
        self.ruler = Ruler(document, self.camera, self.state)
        self.headers = LaneHeaders(document, self.camera)
        self.canvas = Canvas(document, self.camera, self.state, self.looks)
        self._across = QScrollBar(Qt.Orientation.Horizontal)
        self._down = QScrollBar(Qt.Orientation.Vertical)
        self._asked: list[ClipSource] = []
        self._asking = QTimer(self)
        self._asking.setSingleShot(True)
        self._asking.setInterval(_ASK_MS)
        self.setAccessibleName("Timeline")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocusProxy(self.canvas)
        self._lay_out()
        self._connect()
        arrangement = document.arrangement
        self.camera.set_content(arrangement.end, len(arrangement.lanes))
        self._describe()

    # What the window sets

    def set_clip_info(self, info_of: ClipInfoOf) -> None:
        """What a clip is called and its colour."""
        self.looks.set_info(info_of)

    def set_thumbnail(self, source: ClipSource, image: QImage) -> None:
        """The picture of the four bars of `source`; `Format_Alpha8` takes the clip's colour."""
        self.looks.set_thumbnail(source, image)

    def clear_thumbnails(self) -> None:
        """Forget all pictures and ask for those in sight again: the music has changed."""
        self.looks.clear_thumbnails()
        self._asked = []
        self._ask()

    def set_pending(self, sources: Iterable[ClipSource]) -> None:
        """The sounds that are still to come: their clips are hatched."""
        self.looks.set_pending(sources)

    def set_playhead(self, tick: float) -> None:
        """Where it plays; the view follows if it plays and that is wanted."""
        before, self.state.playhead = self.state.playhead, tick
        if before == tick:
            return
        self.canvas.show_playhead(before, tick)
        self.ruler.show_playhead(before, tick)
        # Who scrolled away wants to look there: only jumps and what was in view are followed.
        jumped = abs(tick - before) > TICKS_PER_BEAT
        if self._follows(tick) and (jumped or self.camera.shows(before)):
            self._page(tick)

    def set_playing(self, playing: bool) -> None:
        """Whether the transport runs."""
        started = playing and not self.state.playing
        self.state.playing = playing
        if started and self._follows(self.state.playhead):
            self._page(self.state.playhead)

    def set_lane_peaks(self, peaks: dict[str, float]) -> None:
        """Linear peaks by lane id since the last call; lanes that are missing fall silent."""
        self.headers.feed(peaks)

    @property
    def snap(self) -> Snap:
        """The grid."""
        return self.state.snap

    @snap.setter
    def snap(self, snap: Snap) -> None:
        self.state.snap = snap

    def actions(self) -> dict[str, QAction]:  # type: ignore[override]
        """The commands by name, for the menu bar (in place of `QWidget.actions`)."""
        return dict(self.commands.table)

    def fit(self) -> None:
        """Show everything."""
        self.camera.fit()

    def missing(self) -> list[ClipSource]:
        """Sources in view without a picture, each once."""
        geometry, lanes = self.camera.geometry, self._document.arrangement.lanes
        span = geometry.tick(0), geometry.tick(self.camera.width)
        first = max(0, geometry.row(0))
        shown = lanes[first : geometry.row(self.camera.height) + 1]
        found = {clip.source: None for lane in shown for clip in visible.between(lane, *span)}
        return [source for source in found if source not in self.looks.thumbnails]

    # Inside

    def _follows(self, tick: float) -> bool:
        """Whether the view should go to `tick`, which is out of sight."""
        state = self.state
        return state.follow and state.playing and not self.camera.shows(tick)

    def _page(self, tick: float) -> None:
        margin = _PAGE_MARGIN * self.camera.width * self.camera.geometry.ticks_per_pixel
        self.camera.set(self.camera.geometry.at(left=tick - margin))

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addWidget(self.tools, 0, 0, 1, 3)
        grid.addWidget(self.ruler, 1, 1, 1, 2)
        grid.addWidget(self.headers, 2, 0)
        grid.addWidget(self.canvas, 2, 1)
        grid.addWidget(self._down, 2, 2)
        grid.addWidget(self._across, 3, 1)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(2, 1)
        self.canvas.setMinimumSize(200, 80)

    def _connect(self) -> None:
        self.tools.snap_chosen.connect(lambda snap: setattr(self, "snap", snap))
        self.ruler.seek_requested.connect(self.seek_requested)
        self.canvas.files_dropped.connect(self.files_dropped)
        self.canvas.menu_requested.connect(self._open_menu)
        self.headers.menu_requested.connect(self._open_lane_menu)
        self.headers.add.clicked.connect(self.commands.table["add_lane"].trigger)
        self.commands.rename_requested.connect(self.canvas.rename)
        self.commands.save_requested.connect(self.save_requested)
        self.canvas.dragged_out.connect(self._drag_out)
        self.tools.out.dragged.connect(self._drag_out)
        self.commands.audition_requested.connect(self.audition_requested)
        self.camera.changed.connect(self._mirror_camera)
        self._across.valueChanged.connect(self._scrolled_across)
        self._down.valueChanged.connect(self._scrolled_down)
        self._asking.timeout.connect(self._ask)
        self._document.changed.connect(self._document_changed)
        self._document.selection_changed.connect(self._describe)

    def _document_changed(self) -> None:
        self._describe()
        self._asking.start()

    def _ask(self) -> None:
        missing = self.missing()
        if missing != self._asked:
            self._asked = missing
            if missing:
                self.missing_thumbnails.emit(missing)

    def _mirror_camera(self) -> None:
        geometry, camera = self.camera.geometry, self.camera
        pixel = geometry.ticks_per_pixel
        for bar, value, last, page in (
            (self._across, geometry.left / pixel, camera.last_left / pixel, camera.width),
            (self._down, geometry.top, camera.last_top, camera.height),
        ):
            bar.blockSignals(True)
            bar.setRange(0, max(round(last), round(value)))
            bar.setPageStep(page)
            bar.setSingleStep(40)
            bar.setValue(round(value))
            bar.blockSignals(False)
        self._down.setVisible(camera.last_top > 0)
        self._asking.start()

    def _scrolled_across(self, value: int) -> None:
        geometry = self.camera.geometry
        self.camera.set(geometry.at(left=value * geometry.ticks_per_pixel))

    def _scrolled_down(self, value: int) -> None:
        self.camera.set(self.camera.geometry.at(top=value))

    def _drag_out(self) -> None:
        self.drag_out_requested.emit([clip.id for clip in self._document.selected_clips()])

    def _open_menu(self, hit: Hit, place: QPoint) -> None:
        make = menus.of_space if hit.clip is None else menus.of_clip
        make(self.commands.table, self).popup(place)

    def _open_lane_menu(self, lane_id: str, place: QPoint) -> None:
        menus.of_lane(self._document, lane_id, self.headers).popup(place)

    def _describe(self) -> None:
        clips, arrangement = self._document.selected_clips(), self._document.arrangement
        self.tools.out.setEnabled(bool(clips))
        if clips:
            span = max(c.end for c in clips) - min(c.start for c in clips)
            many = "1 clip" if len(clips) == 1 else f"{len(clips)} clips"
            self.tools.say(f"{many} selected, {length_text(span)}")
        else:
            seconds = time_text(arrangement.seconds(arrangement.end))
            self.tools.say(
                f"{length_text(arrangement.end)}  ·  {seconds}" if arrangement.end else ""
            )
