"""A whole track fills the timeline, as one undo step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot

from core.arrangement import edits
from core.arrangement.arrangement import Arrangement
from core.settings import TICKS_PER_BAR
from core.workers import work
from technovae_gui.compose import ComposePanel
from technovae_gui.widgets.job_slot import Running

if TYPE_CHECKING:
    from technovae_gui.main_window import MainWindow


class Composing(QObject):
    """The compose panel and its job."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._studio, self._document = window.studio, window.document
        self._timeline = window.timeline
        self._replace = True
        self.panel = ComposePanel()
        self.job = Running(self)
        panel, job = self.panel, self.job
        panel.compose_requested.connect(self._start)
        panel.cancel_requested.connect(job.cancel)
        job.started.connect(panel.composing_started)
        job.progress.connect(panel.progress)
        job.returned.connect(self._composed)
        job.errored.connect(panel.failed)
        job.cancelled.connect(panel.cancelled)
        window.map_view.path_drawn.connect(panel.set_path)
        window.map_view.path_cleared.connect(lambda: panel.set_path(None))
        self._document.changed.connect(self._show_tempo)
        self._studio.map_changed.connect(lambda _: self._show_tempo())
        window.map_view.dot_chosen.connect(self._offer_start)

    @Slot(object)
    def _start(self, request: Any) -> None:
        found = self._studio.map
        if found is None:
            self.panel.failed("there is no map yet; wait until the library is open")
            return
        points = None
        if request.path is not None:
            points = found.inverse.latent(request.path)
        self._replace = request.replace
        self.job.start(
            work.compose,
            library=found.library_path,
            model=found.model_path,
            options=request.options,
            path_points=points,
        )

    @Slot(object)
    def _composed(self, arrangement: Arrangement) -> None:
        if self._replace:
            self._document.edit("compose", lambda _: arrangement)
        else:
            self._document.edit("compose", lambda there: _after(there, arrangement))
        self._timeline.fit()
        self.panel.composed(arrangement)

    @Slot()
    def _show_tempo(self) -> None:
        self.panel.set_project_tempo(self._document.arrangement.bpm)
        if self._studio.map is not None:
            self.panel.set_library_tempo(self._studio.map.tempo)

    @Slot(str)
    def _offer_start(self, segment_id: str) -> None:
        found = self._studio.map
        if found is not None and segment_id in found.rows:
            segment = found.segments[found.rows[segment_id]]
            self.panel.set_start(segment_id, found.title(segment))


def _after(there: Arrangement, more: Arrangement) -> Arrangement:
    """`more` behind what is there, on the bar, at the tempo of what is there."""
    bars = -(-there.end // TICKS_PER_BAR)
    rows = [lane.clips for lane in more.lanes]
    start = min((clip.start for row in rows for clip in row), default=0)
    return edits.paste(there, rows, tick=bars * TICKS_PER_BAR + start, lane_index=0)
