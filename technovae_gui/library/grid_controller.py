"""Beat grids corrected by hand: the editor in the library panel, its waveform, click and job."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Slot

from core.settings import SAMPLE_RATE
from core.workers import tasks
from technovae_gui.library import LibraryPanel, clicks, peaks
from technovae_gui.services import Services
from technovae_gui.session_controller import SessionController
from technovae_gui.widgets.job_slot import JobSlot

_PREVIEW_SECONDS = 8.0


class GridController(QObject):
    """Connects the beat-grid editor to the library on disk and to the player."""

    def __init__(
        self,
        sessions: SessionController,
        services: Services,
        panel: LibraryPanel,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._sessions, self._services, self._panel = sessions, services, panel
        self._library = sessions.session.library_path
        self.job = JobSlot(self)
        editor = panel.grid_editor
        panel.waveform_wanted.connect(self._show_waveform)
        editor.grid_changed.connect(self._set)
        editor.refit_requested.connect(self._fit)
        editor.click_preview_requested.connect(self._preview)
        editor.click_preview_stopped.connect(services.player.end_audition)
        self.job.progress.connect(editor.progress)
        self.job.returned.connect(self._grid_changed)
        self.job.errored.connect(editor.failed)

    @Slot(object)
    def _grid_changed(self, track: object) -> None:
        self._sessions.reload(self._library)

    @Slot(str)
    def _show_waveform(self, track_id: str) -> None:
        session = self._sessions.session
        path = session.library_path
        track = next((t for t in session.tracks if t.id == track_id), None)
        if track is None:
            return
        editor = self._panel.grid_editor
        editor.wait_for(track)
        self._services.background.submit(
            lambda: peaks.of_track(path, track_id),
            lambda found: editor.set_track(track, found, track.seconds),
            editor.failed,
        )

    @Slot(str, object)
    def _set(self, track_id: str, grid: Any) -> None:
        self._library = self._sessions.session.library_path
        self._start(tasks.set_grid, library=self._library, track_id=track_id, grid=grid)

    @Slot(str)
    def _fit(self, track_id: str) -> None:
        self._library = self._sessions.session.library_path
        self._start(tasks.fit_grid, library=self._library, track_id=track_id)

    def _start(self, task: Callable[..., Any], **arguments: Any) -> None:
        if not self.job.start(task, **arguments):
            line = "the last correction is still being saved; try again in a moment"
            self._panel.grid_editor.failed(line)

    @Slot(str, object, float)
    def _preview(self, track_id: str, grid: Any, seconds: float) -> None:
        """Some seconds of the track with a click on every beat of `grid`."""
        path, player = self._sessions.session.library_path, self._services.player

        def read() -> Any:
            from core.library.store import Library

            with Library.open(path, read_only=True) as library:
                frames = round(_PREVIEW_SECONDS * SAMPLE_RATE)
                return clicks.with_clicks(library.audio(track_id, seconds, frames), grid, seconds)

        self._services.background.submit(read, lambda loop: player.audition(loop, grid.bpm))
