"""The training room's controller: the panel, its job, and the better model that comes of it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from core.library.training_weights import LearningChoice, TrackSpan
from core.session import Session
from core.vae.history import Epoch, History
from core.workers import tasks
from technovae_gui.services import Services
from technovae_gui.session_controller import SessionController
from technovae_gui.training import TrainingPanel, TrainingRequest
from technovae_gui.training.training_panel import TrainingEvent, TrainingResult
from technovae_gui.training.versions_controller import VersionsController
from technovae_gui.training.weights_controller import WeightsController
from technovae_gui.widgets.job_slot import JobSlot

_LOG = logging.getLogger(__name__)


class TrainingController(QObject):
    """Connects the training panel to its job and to the session that is trained on.

    Attributes:
        panel: the training panel.
        versions: of the model.
        job: the training.
    """

    def __init__(
        self,
        sessions: SessionController,
        services: Services,
        weights: WeightsController,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._sessions, self._services, self._weights = sessions, services, weights
        self._only: tuple[TrackSpan, ...] = ()
        self.panel = TrainingPanel()
        self.versions = VersionsController(self.panel.versions, sessions, services, self)
        self.job = JobSlot("training", self)
        self._adopted = False
        self._library: Path | None = None
        self._told: Path | None = None
        """The library whose training has returned, and so has told its history itself."""
        panel, job = self.panel, self.job
        panel.start_requested.connect(self._start)
        panel.stop_requested.connect(job.cancel)
        job.started.connect(self._started)
        job.progress.connect(panel.progress)
        job.event_received.connect(self._show_event)
        job.returned.connect(self._trained)
        job.errored.connect(panel.failed)
        job.cancelled.connect(panel.cancelled)
        job.finished.connect(self._ended)
        panel.everything_requested.connect(lambda: self.learn_only(()))
        sessions.session_changed.connect(self._show)
        weights.changed.connect(self._show_learning)

    @Slot(object)
    def learn_only(self, music: tuple[TrackSpan, ...]) -> None:
        """Have the next training learn from this music alone; from all again if it is empty."""
        self._only = music
        self._show_learning()

    @Slot()
    def _show_learning(self) -> None:
        tracks = self._sessions.session.tracks
        summary = LearningChoice(only=self._only).summary(self._weights.weights, tracks)
        self.panel.set_learning(summary, self._only)

    @Slot(object)
    def _start(self, request: TrainingRequest) -> None:
        library = self._sessions.session.library_path
        self.job.start(
            tasks.train,
            context=library,
            library=library,
            minutes=request.minutes,
            resume=request.resume,
            seed=request.seed,
            choice=LearningChoice(only=request.only),
        )

    @Slot()
    def _started(self) -> None:
        self._adopted, self._told = False, None
        self.panel.training_started()

    @Slot(object)
    def _show_event(self, event: TrainingEvent) -> None:
        self.panel.show_event(event)
        if isinstance(event, Path):  # a better model is on disk: the map follows
            self._adopt(event)

    @Slot(object)
    def _trained(self, result: TrainingResult) -> None:
        self._told = self.job.context
        self.panel.finished(result)
        if not self._adopted:  # none was better than the one on disk, which may not be open
            self._adopt(Path(result.path))

    @Slot()
    def _ended(self) -> None:
        """Also one that failed or was ended: what it had saved by then is in use."""
        self.versions.refresh()
        session = self._sessions.session
        self._show_library(session)  # which may have come, or got its map, while it was trained
        if session.library_path != self._told:
            self._show_model(session)

    def _adopt(self, model: Path) -> None:
        self._adopted = True
        self._sessions.adopt_model(self.job.context, model)

    @Slot(object)
    def _show(self, session: Session) -> None:
        """Show what would be trained on, and the history of the present model."""
        if session.library_path != self._library:
            self._library, self._only = session.library_path, ()
        self._show_learning()
        self.panel.set_listening(session.map is not None)
        if not self.job.busy:
            self._show_library(session)
            self._show_model(session)

    def _show_library(self, session: Session) -> None:
        windows = sum(track.windows(1) for track in session.tracks)
        self.panel.set_library(session.library_path.name, windows, session.is_demo)
        self.panel.set_listening(session.map is not None)

    def _show_model(self, session: Session) -> None:
        model = None if session.is_demo else session.model_path
        self.panel.set_model(model is not None)
        if model is None:
            self.panel.set_history(())
        else:
            self._services.background.submit(
                lambda: _read_history(model),
                lambda epochs: self._show_history(session.generation, epochs),
            )

    def _show_history(self, generation: int, epochs: Sequence[Epoch]) -> None:
        if generation == self._sessions.session.generation:
            self.panel.set_history(epochs)


def _read_history(model: Path) -> Sequence[Epoch]:
    """The epochs of the training that made `model`; empty where that is not known."""
    try:
        return History.read(model).epochs
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError) as error:
        _LOG.warning("%s: the history of its training cannot be read: %s", model, error)
        return []
