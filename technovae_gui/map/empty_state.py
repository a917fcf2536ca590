"""The message where the map will be, and its button, while a library has no map."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from technovae_gui.map import LatentMapView
from technovae_gui.session_controller import SessionController
from technovae_gui.widgets.job_slot import JobSlot


class EmptyState(QObject):
    """Shows what a library without a map lacks, and a button to the panel with the next step.

    Args:
        sessions: whose library it is.
        view: where it is shown.
        importing: the import, which is the next step of a library without tracks; the context of
            its jobs names the library as `library`.
        training: the training, which is that of one without a model; the context of its jobs is the
            library. Both may be at another library than the one that is shown.

    Signals:
        library_wanted(): the next step is in the library panel.
        training_wanted(): the next step is in the training panel.
    """

    library_wanted = Signal()
    training_wanted = Signal()

    def __init__(
        self,
        sessions: SessionController,
        view: LatentMapView,
        importing: JobSlot,
        training: JobSlot,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._sessions, self._view = sessions, view
        self._importing, self._training = importing, training
        sessions.session_changed.connect(self._show)
        for job in (importing, training):
            job.started.connect(self._show)
            job.finished.connect(self._show)
        view.message_button_clicked.connect(self._lead)

    @Slot()
    def _show(self) -> None:
        session, view = self._sessions.session, self._view
        if session.map is not None:
            return
        if self._importing.busy and self._importing.context.library == session.library_path:
            view.set_message("Importing your music")
        elif not session.tracks:
            view.set_message("A map of your music will be here", "Import music…")
        elif session.model_path is not None:
            view.set_message("Placing your music on its map…")
        elif self._training.busy and self._training.context == session.library_path:
            view.set_message("Learning your music; its first map comes soon")
        elif self._training.busy:
            view.set_message("No model of this music yet; another library is being learned")
        else:
            view.set_message("No model of this music yet", "Train one…")

    @Slot()
    def _lead(self) -> None:
        wanted = self.training_wanted if self._sessions.session.tracks else self.library_wanted
        wanted.emit()
