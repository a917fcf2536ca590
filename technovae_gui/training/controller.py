"""The training room's controller: the panel, its job, and the better model that comes of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Slot

from core.file_names import beside
from core.session import Session
from core.workers import tasks
from technovae_gui.services import Services
from technovae_gui.session_controller import SessionController
from technovae_gui.training import TrainingPanel
from technovae_gui.widgets.job_slot import JobSlot


class TrainingController(QObject):
    """Connects the training panel to its job and to the session that is trained on."""

    def __init__(
        self, sessions: SessionController, services: Services, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._sessions, self._services = sessions, services
        self.panel = TrainingPanel()
        self.job = JobSlot(self)
        self._library: Path | None = None
        self._adopted = False
        panel, job = self.panel, self.job
        panel.start_requested.connect(self._start)
        panel.stop_requested.connect(job.cancel)
        job.progress.connect(panel.progress)
        job.event_received.connect(self._event)
        job.returned.connect(self._trained)
        job.errored.connect(panel.failed)
        job.cancelled.connect(panel.cancelled)
        sessions.session_changed.connect(self._show)

    @Slot(float, bool, int)
    def _start(self, minutes: float, resume: bool, seed: int) -> None:
        library = self._sessions.session.library_path
        started = self.job.start(
            tasks.train,
            library=library,
            minutes=minutes,
            resume=resume,
            seed=seed,
        )
        if started:
            self._library, self._adopted = library, False
            self.panel.training_started()
        else:
            self.panel.failed("the last training is still stopping; try again in a moment")

    @Slot(object)
    def _event(self, event: Any) -> None:
        self.panel.take(event)
        if isinstance(event, Path):  # a better model is on disk: the map follows
            self._adopt(event)

    @Slot(object)
    def _trained(self, result: Any) -> None:
        self.panel.finished(result)
        if not self._adopted:  # none was better than the one on disk, which may not be open
            self._adopt(Path(result.path))

    def _adopt(self, model: Path) -> None:
        self._adopted = True
        if self._library is not None:
            self._sessions.adopt_model(self._library, model)

    @Slot(object)
    def _show(self, session: Session) -> None:
        """What would be learned from, and what was learned before."""
        if self.job.busy:
            return
        windows = sum(track.windows(1) for track in session.tracks)
        self.panel.set_library(session.library_path.name, windows, session.is_demo)
        model = session.model_path
        if model is not None and not session.is_demo:
            self._services.background.submit(lambda: _history(model), self.panel.set_history)


def _history(model: Path) -> Any:
    """The epochs of the training that made `model`; none where that is not known."""
    from core.vae.history import History

    try:
        text = beside(model, ".history.json").read_text(encoding="utf-8")
        return History.from_json(text).epochs
    except (OSError, ValueError, KeyError, TypeError):
        return []
