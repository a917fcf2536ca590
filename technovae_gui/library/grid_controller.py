"""Beat grids corrected by hand: the editor in the library panel, its waveform, click and job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot

from core.settings import SAMPLE_RATE
from core.workers import work
from technovae_gui.library import LibraryPanel, clicks, peaks
from technovae_gui.widgets.job_slot import Running

if TYPE_CHECKING:
    from technovae_gui.studio import Studio

_PREVIEW_SECONDS = 8.0


class Gridding(QObject):
    """Between the grid editor, the library and the player."""

    def __init__(self, studio: Studio, panel: LibraryPanel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio, self._panel = studio, panel
        self.job = Running(self)
        editor = panel.grid_editor
        panel.waveform_wanted.connect(self._show_waveform)
        editor.grid_changed.connect(self._set)
        editor.refit_requested.connect(self._fit)
        editor.click_preview_requested.connect(self._preview)
        editor.click_preview_stopped.connect(studio.player.end_audition)
        self.job.progress.connect(editor.progress)
        self.job.returned.connect(lambda _: studio.reload())
        self.job.errored.connect(editor.failed)

    @Slot(str)
    def _show_waveform(self, track_id: str) -> None:
        path = self._studio.library_path
        track = next((t for t in self._studio.tracks if t.id == track_id), None)
        if track is None:
            return
        editor = self._panel.grid_editor
        editor.wait_for(track)
        self._studio.background.submit(
            lambda: peaks.of_track(path, track_id),
            lambda found: editor.set_track(track, found, track.seconds),
            editor.failed,
        )

    @Slot(str, object)
    def _set(self, track_id: str, grid: Any) -> None:
        self.job.start(
            work.set_grid, library=self._studio.library_path, track_id=track_id, grid=grid
        )

    @Slot(str)
    def _fit(self, track_id: str) -> None:
        self.job.start(work.fit_grid, library=self._studio.library_path, track_id=track_id)

    @Slot(str, object, float)
    def _preview(self, track_id: str, grid: Any, seconds: float) -> None:
        """Some seconds of the track with a click on every beat of `grid`."""
        path, player = self._studio.library_path, self._studio.player

        def read() -> Any:
            from core.library.store import Library

            with Library.open(path, read_only=True) as library:
                frames = round(_PREVIEW_SECONDS * SAMPLE_RATE)
                return clicks.with_clicks(library.audio(track_id, seconds, frames), grid, seconds)

        self._studio.background.submit(read, lambda loop: player.audition(loop, grid.bpm))
