"""The compose room's controller: a whole track fills the timeline, as one undo step."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot

from core.arrangement import edits
from core.arrangement.arrangement import Arrangement
from core.arrangement.form_catalogue import Form
from core.arrangement.marker_edits import copy_markers
from core.library.latent_map import LatentMap
from core.settings import TICKS_PER_BAR
from core.workers import tasks
from core.workers.background import Background
from technovae_gui.compose import ComposePanel, ComposeRequest
from technovae_gui.document import Document
from technovae_gui.session_controller import SessionController
from technovae_gui.widgets.job_slot import JobSlot


class ComposeController(QObject):
    """Connects the compose panel to its job and to the document.

    Attributes:
        panel: the compose panel.
        job: the composition.
        path_map: the map that paths are drawn on, where it is not the session's as it is kept.

    Signals:
        composed(): the composition is on the timeline.
    """

    composed = Signal()

    def __init__(
        self,
        sessions: SessionController,
        background: Background,
        document: Document,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._sessions, self._background, self._document = sessions, background, document
        self.panel = ComposePanel()
        self.job = JobSlot("composition", self)
        self.path_map: Callable[[], LatentMap | None] = lambda: None
        self._start_id, self._library_path = "", sessions.session.library_path
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
        sessions.session_changed.connect(self._show_learned_forms)
        sessions.session_changed.connect(self._forget_other_library)

    @Slot(object)
    def _start(self, request: ComposeRequest) -> None:
        session = self._sessions.session
        latent_map = session.map
        if latent_map is None:
            self.panel.refuse(session.missing_map)
            return
        points = None
        if request.path is not None:
            points = (self.path_map() or latent_map).inverse.latent(request.path)
        self.job.start(
            tasks.compose,
            context=request,
            library=latent_map.library_path,
            model=latent_map.model_path,
            options=request.options,
            path_points=points,
        )

    @Slot(object)
    def _composed(self, arrangement: Arrangement) -> None:
        request: ComposeRequest = self.job.context
        if request.replace:
            self._document.edit("compose", lambda _: arrangement)
        else:
            self._document.edit("compose", lambda before: _appended(before, arrangement))
        self.composed.emit()
        self.panel.composed(arrangement)

    @Slot()
    def _show_tempo(self) -> None:
        self.panel.set_project_tempo(self._document.arrangement.bpm)
        if self._sessions.session.map is not None:
            self.panel.set_library_tempo(self._sessions.session.map.tempo)

    @Slot()
    def _show_learned_forms(self) -> None:
        """Learned off the main thread: the map could not be played meanwhile."""
        session = self._sessions.session
        segments = () if session.map is None else session.map.segments

        def learn() -> tuple[Form, ...]:
            from core.arrangement.learned_forms import learn_forms

            return learn_forms(segments)

        def show(learned: tuple[Form, ...]) -> None:
            if session is self._sessions.session:
                self.panel.set_learned_forms(learned)

        self._background.submit(learn, show)

    @Slot()
    def _forget_other_library(self) -> None:
        """A segment of another library cannot be begun on, nor a path over its map followed."""
        session = self._sessions.session
        other = session.library_path != self._library_path
        # The same library is without its map while a better one is made.
        if other if session.map is None else self._start_id not in session.map.rows:
            self._start_id = ""
            self.panel.set_start(None)
        if other:
            self._library_path = session.library_path
            self.panel.set_path(None)

    @Slot(str)
    def offer_start(self, segment_id: str) -> None:
        """Offer the segment with this id to begin a composition on."""
        latent_map = self._sessions.session.map
        if latent_map is not None and segment_id in latent_map.rows:
            self._start_id = segment_id
            segment = latent_map.segments[latent_map.rows[segment_id]]
            self.panel.set_start(segment_id, latent_map.title(segment))


def _appended(before: Arrangement, more: Arrangement) -> Arrangement:
    """`before` with `more` after its last bar, at the tempo of `before`."""
    end = -(-before.end // TICKS_PER_BAR) * TICKS_PER_BAR
    rows = [lane.clips for lane in more.lanes]
    start = min((clip.start for row in rows for clip in row), default=0)
    longer = edits.paste(before, rows, tick=end + start, lane_index=0, automation_of=more)
    return copy_markers(longer, more.markers, end)
