"""The compose room's controller: a whole track fills the timeline, as one undo step."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from core.arrangement import edits
from core.arrangement.arrangement import Arrangement
from core.settings import TICKS_PER_BAR
from core.workers import tasks
from technovae_gui.compose import ComposePanel
from technovae_gui.document import Document
from technovae_gui.session_controller import SessionController
from technovae_gui.widgets.job_slot import JobSlot


class ComposeController(QObject):
    """Connects the compose panel to its job and to the document.

    Signals:
        composed(): the timeline holds the composition.
    """

    composed = Signal()

    def __init__(
        self, sessions: SessionController, document: Document, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._sessions, self._document = sessions, document
        self._replace = True
        self.panel = ComposePanel()
        self.job = JobSlot(self)
        panel, job = self.panel, self.job
        panel.compose_requested.connect(self._start)
        panel.cancel_requested.connect(job.cancel)
        job.started.connect(panel.composing_started)
        job.progress.connect(panel.progress)
        job.returned.connect(self._composed)
        job.errored.connect(panel.failed)
        job.cancelled.connect(panel.cancelled)
        self._document.changed.connect(self._show_tempo)
        sessions.session_changed.connect(self._show_tempo)

    @Slot(object)
    def _start(self, request: Any) -> None:
        found = self._sessions.session.map
        if found is None:
            self.panel.failed("there is no map yet; wait until the library is open")
            return
        points = None
        if request.path is not None:
            points = found.inverse.latent(request.path)
        if self.job.busy:
            self.panel.failed("the last composition is still stopping; try again in a moment")
            return
        self._replace = request.replace
        self.job.start(
            tasks.compose,
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
        self.composed.emit()
        self.panel.composed(arrangement)

    @Slot()
    def _show_tempo(self) -> None:
        self.panel.set_project_tempo(self._document.arrangement.bpm)
        if self._sessions.session.map is not None:
            self.panel.set_library_tempo(self._sessions.session.map.tempo)

    @Slot(str)
    def offer_start(self, segment_id: str) -> None:
        """Let the panel offer this segment as the first of a composition."""
        found = self._sessions.session.map
        if found is not None and segment_id in found.rows:
            segment = found.segments[found.rows[segment_id]]
            self.panel.set_start(segment_id, found.title(segment))


def _after(there: Arrangement, more: Arrangement) -> Arrangement:
    """`more` behind what is there, on the bar, at the tempo of what is there."""
    bars = -(-there.end // TICKS_PER_BAR)
    rows = [lane.clips for lane in more.lanes]
    start = min((clip.start for row in rows for clip in row), default=0)
    return edits.paste(there, rows, tick=bars * TICKS_PER_BAR + start, lane_index=0)
