"""The timeline: toolbar, ruler, lane headers and lanes, with their scroll bars."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QGridLayout, QScrollBar, QWidget

from core.arrangement.clip import ClipSource
from core.arrangement.key_edits import KeyOf
from core.settings import TICKS_PER_BAR, TICKS_PER_BEAT
from technovae_gui.document import Document
from technovae_gui.timeline.actions import ClipRequest, TimelineActions, lane_menu
from technovae_gui.timeline.canvas import Canvas
from technovae_gui.timeline.clip_style import ClipInfoOf, ClipStyle
from technovae_gui.timeline.geometry import Geometry, Snap
from technovae_gui.timeline.hit_testing import Hit
from technovae_gui.timeline.labels import length_label, time_label
from technovae_gui.timeline.lane_headers import LaneHeaders
from technovae_gui.timeline.marker_bar import MarkerBar
from technovae_gui.timeline.marker_menu import marker_menu
from technovae_gui.timeline.ruler import Ruler
from technovae_gui.timeline.thumbnails import Picture, ThumbnailRequest
from technovae_gui.timeline.toolbar import Toolbar
from technovae_gui.timeline.viewport import TimelineState, Viewport

if TYPE_CHECKING:
    from technovae_gui.timeline.automation_rows import AutomationRows

_MOST_BEGUN = 256 * TICKS_PER_BAR
"""Of a longer project the beginning is seen: pictures of all of an hour are too small to tell
anything, and drawing them takes the time in which its sound could be prepared."""
_REQUEST_MS = 120
"""Thumbnails are asked for together, once scrolling and editing pause this long."""
_RETRY_SECONDS = 3.0
"""A thumbnail that did not come is asked for again after this long, when its clip is painted."""
_PAGE_MARGIN = 0.06


class TimelineView(QWidget):
    """Shows the document as clips on lanes, and edits it.

    Signals:
        seek_requested(int): move the playhead to this tick.
        files_dropped(FileDrop): files came from the desktop.
        missing_thumbnails(ThumbnailRequest): draw these pictures and `set_thumbnail`. One that does
            not come is asked for again when its clip is painted again.
        drag_out_requested(ClipRequest): these clips are dragged to another program.
        save_requested(ClipRequest): write these clips as WAV.
        audition_requested(ClipRequest): listen to these clips.
        status(str): one line about what was done.
    """

    seek_requested = Signal(int)
    files_dropped = Signal(object)
    missing_thumbnails = Signal(object)
    drag_out_requested = Signal(object)
    save_requested = Signal(object)
    audition_requested = Signal(object)
    status = Signal(str)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.viewport, self.state = Viewport(self), TimelineState(self)
        self.clip_style = ClipStyle(self)
        self.commands = TimelineActions(document, self.viewport, self.state, self)
        self.toolbar = Toolbar(self.state, self.commands.by_name)
        markers = self.commands.markers
        self.marker_bar = MarkerBar(document, self.viewport, self.state, markers)
        self.ruler = Ruler(document, self.viewport, self.state)
        self.headers = LaneHeaders(document, self.viewport)
        self.canvas = Canvas(document, self.viewport, self.state, self.clip_style)
        self._automation: AutomationRows | None = None
        self._across = QScrollBar(Qt.Orientation.Horizontal)
        self._down = QScrollBar(Qt.Orientation.Vertical)
        self._requested: dict[ClipSource, float] = {}
        """When the thumbnails that have not come yet were asked for last."""
        self._request_timer = QTimer(self, singleShot=True, interval=_REQUEST_MS)
        self.setAccessibleName("Timeline")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocusProxy(self.canvas)
        self._lay_out()
        self._connect()
        arrangement = document.arrangement
        self.viewport.set_content(arrangement.end, len(arrangement.lanes))
        self._show_summary()

    # What others set

    def set_clip_info(self, info_of: ClipInfoOf) -> None:
        """Say what clips are called and which colour they have."""
        self.clip_style.set_info(info_of)

    def set_key_of(self, key_of: KeyOf) -> None:
        """Say what keys segments and latents are in."""
        self.commands.key_commands.key_of = key_of

    def set_thumbnail(self, source: ClipSource, image: Picture) -> None:
        """Show a picture on the clips of a source.

        Args:
            source: what the clips play.
            image: exactly four bars; `Format_Alpha8` takes the colour of the clip.
        """
        self._requested.pop(source, None)
        self.clip_style.set_thumbnail(source, image)

    def clear_thumbnails(self) -> None:
        """Forget all pictures and ask for those in view again: the music has changed."""
        self.clip_style.clear_thumbnails()
        self._requested.clear()
        self._request_timer.start()

    def refresh_latent_thumbnails(self) -> None:
        """Ask for the pictures of latents again and show the present ones until then: another
        model decodes them."""
        self.clip_style.thumbnails.expire_latents()
        self._requested.clear()
        self._request_timer.start()

    def set_pending(self, sources: Iterable[ClipSource]) -> None:
        """Hatch the clips of these sources, and of no others: their sounds are still to come."""
        self.clip_style.set_pending(sources)

    def set_playhead(self, tick: float) -> None:
        """Show where it plays (not rounded); while it plays, the view follows if that is on."""
        before, self.state.playhead = self.state.playhead, tick
        if before == tick:
            return
        self.canvas.show_playhead(before, tick)
        self.ruler.show_playhead(before, tick)
        if self._automation is not None:
            self._automation.show_playhead(before, tick)
        # Who scrolled away wants to look there: only jumps and what was in view are followed.
        jumped = abs(tick - before) > TICKS_PER_BEAT
        if self._follows(tick) and (jumped or self.viewport.shows(before)):
            self._show_page_of(tick)

    def set_playing(self, playing: bool) -> None:
        """Say whether the transport runs."""
        started = playing and not self.state.playing
        self.state.playing = playing
        if started and self._follows(self.state.playhead):
            self._show_page_of(self.state.playhead)

    def set_lane_peaks(self, peaks: dict[str, float]) -> None:
        """Show linear peaks by lane id since the last call; lanes without one fall silent."""
        self.headers.set_peaks(peaks)

    @property
    def snap(self) -> Snap:
        """The grid that positions snap to."""
        return self.state.snap

    @snap.setter
    def snap(self, snap: Snap) -> None:
        self.state.snap = snap

    @property
    def actions_by_name(self) -> dict[str, QAction]:
        """The commands, for the menu bar."""
        return dict(self.commands.by_name)

    def begin_project(self) -> None:
        """Another project is shown: all of it, of a long one the beginning, or an empty timeline as
        at the start."""
        end = self._document.arrangement.end
        if end:
            self.viewport.fit(end=_MOST_BEGUN if end > _MOST_BEGUN else None)
        else:
            self.viewport.set(Geometry())

    def fit(self) -> None:
        """Show the whole arrangement."""
        self.viewport.fit()

    def missing(self) -> list[ClipSource]:
        """The sources of clips in view whose picture is missing or has expired, each once."""
        found = {
            loop.source: None for _, clip in self.canvas.clips_in_view() for loop in clip.loops
        }
        return [source for source in found if self.clip_style.thumbnails.is_wanted(source)]

    @property
    def automation(self) -> AutomationRows:
        """What shows automation below lanes; made when it is first needed."""
        if self._automation is None:
            from technovae_gui.timeline.automation_rows import AutomationRows

            self._automation = AutomationRows(
                self._document, self.viewport, self.state, self.canvas, self.headers
            )
        return self._automation

    # Inside

    @Slot(str, bool)
    def _toggle_automation(self, lane_id: str, shown: bool) -> None:
        self.automation.toggle(lane_id, shown)

    def _follows(self, tick: float) -> bool:
        """Whether the view should go to `tick`, which is out of view."""
        state = self.state
        return state.follow and state.playing and not self.viewport.shows(tick)

    def _show_page_of(self, tick: float) -> None:
        geometry = self.viewport.geometry
        margin = _PAGE_MARGIN * self.viewport.width * geometry.ticks_per_pixel
        self.viewport.set(geometry.scrolled_to(left=tick - margin))

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addWidget(self.toolbar, 0, 0, 1, 3)
        grid.addWidget(self.marker_bar, 1, 1, 1, 2)
        grid.addWidget(self.ruler, 2, 1, 1, 2)
        grid.addWidget(self.headers, 3, 0)
        grid.addWidget(self.canvas, 3, 1)
        grid.addWidget(self._down, 3, 2)
        grid.addWidget(self._across, 4, 1)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(3, 1)
        self.canvas.setMinimumSize(200, 80)

    def _connect(self) -> None:
        self.toolbar.snap_chosen.connect(lambda snap: setattr(self, "snap", snap))
        self.toolbar.drag_out.dragged.connect(self._drag_out)
        for part in (self.ruler, self.marker_bar, self.commands):
            part.seek_requested.connect(self.seek_requested)
        self.ruler.menu_requested.connect(partial(self._open_marker_menu, ""))
        self.marker_bar.menu_requested.connect(self._open_marker_menu)
        self.canvas.files_dropped.connect(self.files_dropped)
        self.canvas.menu_requested.connect(self._open_menu)
        self.canvas.dragged_out.connect(self._drag_out)
        self.canvas.thumbnail_missed.connect(self._thumbnail_missed)
        self.headers.menu_requested.connect(self._open_lane_menu)
        self.headers.automation_toggled.connect(self._toggle_automation)
        self.commands.automation_toggled.connect(self._toggle_automation)
        self.headers.add_button.clicked.connect(self.commands.by_name["add_lane"].trigger)
        self.commands.rename_requested.connect(self.canvas.rename)
        self.commands.save_requested.connect(self.save_requested)
        self.commands.audition_requested.connect(self.audition_requested)
        self.commands.status.connect(self.status)
        self.viewport.changed.connect(self._show_scroll_bars)
        self._across.valueChanged.connect(self._scroll_across)
        self._down.valueChanged.connect(self._scroll_down)
        self._request_timer.timeout.connect(self._request_thumbnails)
        self._document.changed.connect(self._document_changed)
        self._document.selection_changed.connect(self._show_summary)

    def _document_changed(self) -> None:
        self._show_summary()
        self._request_timer.start()

    @Slot()
    def _thumbnail_missed(self) -> None:
        # Not started anew: while it plays, the lanes are painted more often than it would end.
        if not self._request_timer.isActive():
            self._request_timer.start()

    @Slot()
    def _request_thumbnails(self) -> None:
        now, missing = time.monotonic(), self.missing()
        self.clip_style.thumbnails.missed = bool(missing)
        due = [
            source
            for source in missing
            if now - self._requested.get(source, -math.inf) >= _RETRY_SECONDS
        ]
        if due:
            self._requested.update(dict.fromkeys(due, now))
            self.missing_thumbnails.emit(ThumbnailRequest(tuple(due)))

    def _show_scroll_bars(self) -> None:
        geometry, viewport = self.viewport.geometry, self.viewport
        pixel = geometry.ticks_per_pixel
        for bar, value, last, page in (
            (self._across, geometry.left / pixel, viewport.last_left / pixel, viewport.width),
            (self._down, geometry.top, viewport.last_top, viewport.height),
        ):
            bar.blockSignals(True)
            bar.setRange(0, max(round(last), round(value)))
            bar.setPageStep(page)
            bar.setSingleStep(40)
            bar.setValue(round(value))
            bar.blockSignals(False)
        self._down.setVisible(viewport.last_top > 0)
        self._request_timer.start()

    def _scroll_across(self, value: int) -> None:
        geometry = self.viewport.geometry
        self.viewport.set(geometry.scrolled_to(left=value * geometry.ticks_per_pixel))

    def _scroll_down(self, value: int) -> None:
        self.viewport.set(self.viewport.geometry.scrolled_to(top=value))

    def _drag_out(self) -> None:
        self.drag_out_requested.emit(ClipRequest.of_selection(self._document))

    def _open_menu(self, hit: Hit, point: QPoint) -> None:
        if hit.clip is not None:
            self.commands.clip_menu(hit.clip.id).popup(point)
            return
        tick = self.viewport.geometry.tick(self.canvas.mapFromGlobal(point).x())
        rows = len(self._document.arrangement.lanes)
        menu = self.commands.empty_menu(self.state.snap.nearest(tick), min(hit.row, rows))
        menu.popup(point)

    def _open_marker_menu(self, marker_id: str, tick: int, point: QPoint) -> None:
        marker_menu(
            self,
            self._document,
            self.commands.markers,
            self.marker_bar.rename,
            marker_id=marker_id,
            tick=tick,
        ).popup(point)

    def _open_lane_menu(self, lane_id: str, point: QPoint) -> None:
        lane_menu(self._document, lane_id, self.headers).popup(point)

    def _show_summary(self) -> None:
        """Say what is selected, or else how long the arrangement is."""
        clips, arrangement = self._document.selected_clips(), self._document.arrangement
        self.toolbar.drag_out.setEnabled(bool(clips))
        text = ""
        if clips:
            span = max(c.end for c in clips) - min(c.start for c in clips)
            count = "1 clip" if len(clips) == 1 else f"{len(clips)} clips"
            text = f"{count} selected, {length_label(span)}"
        elif arrangement.end:
            length = time_label(arrangement.seconds(arrangement.end))
            text = f"{length_label(arrangement.end)}  ·  {length}"
        self.toolbar.summary.setText(text)
