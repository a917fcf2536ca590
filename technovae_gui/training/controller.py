"""Training from the window: the panel, its job, and the better model taken over."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot

from core.workers import work
from technovae_gui.training import TrainingPanel
from technovae_gui.widgets.job_slot import Running

if TYPE_CHECKING:
    from technovae_gui.main_window import MainWindow


class Training(QObject):
    """The training panel and its job."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._studio = window.studio
        self.panel = TrainingPanel()
        self.job = Running(self)
        self._library: Path | None = None
        self._took_over = False
        panel, job = self.panel, self.job
        panel.start_requested.connect(self._start)
        panel.stop_requested.connect(job.cancel)
        job.progress.connect(panel.progress)
        job.event_received.connect(self._event)
        job.returned.connect(self._trained)
        job.errored.connect(panel.failed)
        job.cancelled.connect(panel.cancelled)
        self._studio.library_opened.connect(self._show)

    @Slot(float, bool, int)
    def _start(self, minutes: float, resume: bool, seed: int) -> None:
        started = self.job.start(
            work.train,
            library=self._studio.library_path,
            minutes=minutes,
            resume=resume,
            seed=seed,
        )
        if started:
            self._library, self._took_over = self._studio.library_path, False
            self.panel.training_started()

    @Slot(object)
    def _event(self, event: Any) -> None:
        self.panel.take(event)
        if isinstance(event, Path):  # a better model is on disk: the map follows
            self._take_over(event)

    @Slot(object)
    def _trained(self, result: Any) -> None:
        self.panel.finished(result)
        if not self._took_over:  # none was better than the one on disk, which may not be open
            self._take_over(Path(result.path))

    def _take_over(self, model: Path) -> None:
        """Work with `model`, unless another library than its own is open by now."""
        self._took_over = True
        if self._studio.library_path == self._library:
            self._studio.open(self._library, model)

    @Slot()
    def _show(self) -> None:
        """What would be learned from, and what was learned before."""
        if self.job.busy:
            return
        tracks = self._studio.tracks
        windows = sum(track.windows(1) for track in tracks)
        self.panel.set_library(self._studio.library_path.name, windows, self._studio.is_demo)
        model = self._studio.model_path
        if model is not None and not self._studio.is_demo:
            self._studio.background.submit(lambda: _history(model), self.panel.set_history)


def _history(model: Path) -> Any:
    """The epochs of the training that made `model`; none where that is not known."""
    from core.vae.history import History

    try:
        text = model.with_suffix(".history.json").read_text(encoding="utf-8")
        return History.from_json(text).epochs
    except (OSError, ValueError, KeyError, TypeError):
        return []
