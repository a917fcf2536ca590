"""The library room's controller: imports, removed tracks, and corrected beat grids."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QSettings, Signal, Slot

from core import presence, scientific, user_folders
from core.errors import TechnoVAEError
from core.identifiers import is_identifier
from core.library.playlists import Playlists
from core.library.report import ImportReport
from core.library.tracks import Track
from core.session import Session
from core.settings import SAMPLE_RATE
from core.workers import tasks
from technovae_gui.library import LibraryPanel
from technovae_gui.library.beat_grid_editor import ClickPreview, GridCorrection
from technovae_gui.library.beat_lines import add_clicks
from technovae_gui.library.several_tracks import GridsChange
from technovae_gui.library.waveform import read_peaks
from technovae_gui.services import Services
from technovae_gui.session_controller import SessionController
from technovae_gui.widgets.job_slot import JobSlot

_LOG = logging.getLogger(__name__)

SCHEDULER: Final = "import/scheduler"
"""The setting: address of a Dask cluster's scheduler; empty for this machine."""
_PREVIEW_SECONDS: Final = 8.0


@dataclass(frozen=True)
class ImportRequest:
    """Import these files and folders into the library in this folder; `finds` reads nothing but
    audio that the library misses."""

    library: Path
    paths: tuple[Path, ...]
    finds: bool = False


@dataclass(frozen=True)
class _GridRequest:
    """A correction of one track's grid; `track_id` is empty where it is of several."""

    library: Path
    track_id: str = ""


class LibraryController(QObject):
    """Connects the library panel to the session, the library on disk and the player.

    An import or a correction that is asked for while another one is under way waits for it.

    Attributes:
        panel: the library panel.
        job: the import.
        grid_job: the correction of a beat grid.

    Signals:
        import_started(ImportRequest)
        import_failed(str): one line about it.
        panel_wanted(): bring the panel into sight: it has a question.
        tracks_wanted(tuple[str]): show the dots of the tracks with these ids on the map.
        problem(str, str): a topic and one line.
    """

    import_started = Signal(ImportRequest)
    import_failed = Signal(str)
    panel_wanted = Signal()
    tracks_wanted = Signal(object)
    problem = Signal(str, str)

    def __init__(
        self, sessions: SessionController, services: Services, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._sessions, self._services = sessions, services
        self._library_id = ""
        self._preview: ClickPreview | None = None
        self.panel = LibraryPanel()
        self.job = JobSlot("import", self)
        self.grid_job = JobSlot("change of a beat grid", self)
        self._connect_library()
        self._connect_import()
        self._connect_grids()

    def ask(self, paths: list[Path]) -> None:
        """Import files and folders into the open library, or into one that is made first."""
        self.panel_wanted.emit()
        self.panel.import_paths(paths)

    def _connect_library(self) -> None:
        panel, sessions = self.panel, self._sessions
        panel.remove_requested.connect(self._remove_tracks)
        panel.show_on_map.connect(self.tracks_wanted)
        panel.tracks.playlists.changed.connect(self._save_playlists)
        sessions.session_changed.connect(self._show)

    def _connect_import(self) -> None:
        panel, job = self.panel, self.job
        panel.import_requested.connect(self._import)
        panel.find_requested.connect(self._find_audio)
        panel.cancel_requested.connect(job.cancel)
        job.started.connect(self._import_started)
        job.progress.connect(panel.import_progress)
        job.event_received.connect(panel.import_file)
        job.returned.connect(self._imported)
        job.errored.connect(self._fail_import)
        job.cancelled.connect(panel.import_cancelled)

    def _connect_grids(self) -> None:
        editor, job = self.panel.grid_editor, self.grid_job
        self.panel.waveform_wanted.connect(self._show_waveform)
        self.panel.grids_change_requested.connect(self._change_grids)
        editor.correction_requested.connect(self._correct_grid)
        editor.refit_requested.connect(self._refit_grid)
        editor.click_preview_requested.connect(self._preview_clicks)
        editor.click_preview_stopped.connect(self._end_preview)
        job.progress.connect(self._show_grid_progress)
        job.returned.connect(self._grid_corrected)
        job.errored.connect(self._fail_grid)

    # Libraries

    @Slot(object)
    def _show(self, session: Session) -> None:
        self._show_playlists(session.library_id)
        self.panel.set_library(session.library_path, session.is_demo, session.writable)
        self.panel.set_tracks(session.tracks)
        self.panel.set_map_info(session.map, has_model=session.model_path is not None)
        self._count_missing(session)

    def _count_missing(self, session: Session) -> None:
        """A file system may take a while to say what is there."""
        path, whole = session.library_path, len(session.tracks)

        def count() -> int:
            from core.library.missing_audio import missing_tracks
            from core.library.store import Library

            with Library.open(path, read_only=True) as library:
                return len(missing_tracks(library))

        def show(missing: int) -> None:
            if self._sessions.session.library_path == path:
                self.panel.header.show_missing(missing, whole)

        self.panel.header.show_missing(0, whole)
        if session.writable and whole:
            self._services.background.submit(count, show, self._leave_uncounted)

    @staticmethod
    def _leave_uncounted(line: str) -> None:
        """What is missing is told when it is used; why it cannot be counted is in the log."""
        _LOG.warning("missing audio is not counted: %s", line)

    @Slot(object)
    def _remove_tracks(self, track_ids: tuple[str, ...]) -> None:
        path = self._sessions.session.library_path

        def remove() -> None:
            from core.library.store import Library

            with Library.open(path) as library:
                library.remove_tracks(track_ids)

        self._services.background.submit(
            remove, lambda _: self._sessions.reload(path), self._report_problem
        )

    def _show_playlists(self, library_id: str) -> None:
        """Those of another library; the ones that cannot be read are told and left alone."""
        if library_id == self._library_id:
            return
        self._library_id = library_id
        from core.library import playlist_file

        known: Playlists = ()
        shown = self.panel.tracks.playlists
        shown.setEnabled(True)
        try:
            known = playlist_file.load(_playlist_file(library_id)) if library_id else ()
        except TechnoVAEError as error:
            shown.setEnabled(False)  # what is in the file would be written over
            self._report_problem(str(error))
        shown.show_playlists(known)

    @Slot(object)
    def _save_playlists(self, known: Playlists) -> None:
        from core.library import playlist_file

        try:
            playlist_file.save(known, _playlist_file(self._library_id))
        except TechnoVAEError as error:
            self._report_problem(str(error))

    def _report_problem(self, line: str) -> None:
        self.problem.emit("library", line)

    # Import

    @Slot(object)
    def _import(self, paths: list[Path]) -> None:
        request = ImportRequest(self._sessions.session.library_path, tuple(paths))
        # The import itself would make another one in its place.
        if not presence.is_folder(request.library):
            self.import_started.emit(request)
            self._fail_import(f"{request.library}: this library is gone; open it where it is now")
            return
        self.job.start(
            tasks.import_audio,
            context=request,
            library=request.library,
            audio=list(request.paths),
            scheduler=str(QSettings().value(SCHEDULER, "")) or None,
        )

    @Slot(object)
    def _find_audio(self, folder: Path) -> None:
        library = self._sessions.session.library_path
        self.job.start(
            tasks.find_audio,
            context=ImportRequest(library, (folder,), finds=True),
            library=library,
            folder=folder,
        )

    @Slot()
    def _import_started(self) -> None:
        self.panel.import_started()
        self.import_started.emit(self.job.context)

    @Slot(object)
    def _imported(self, report: ImportReport) -> None:
        request: ImportRequest = self.job.context
        if request.finds and not report.files:
            self.panel.nothing_found(request.paths[0])
        else:
            self.panel.import_finished(report)
        self._sessions.reload(self.job.context.library)

    @Slot(str)
    def _fail_import(self, line: str) -> None:
        self.panel.import_failed(line)
        self.import_failed.emit(line)

    # Beat grids

    @Slot(str)
    def _show_waveform(self, track_id: str) -> None:
        session, editor = self._sessions.session, self.panel.grid_editor
        path = session.library_path
        track = next((track for track in session.tracks if track.id == track_id), None)
        if track is None:
            return
        editor.wait_for(track)
        self._services.background.submit(
            lambda: read_peaks(path, track_id),
            lambda peaks: editor.set_track(track, peaks, track.seconds),
            editor.failed,
        )

    @Slot(object)
    def _correct_grid(self, correction: GridCorrection) -> None:
        library = self._sessions.session.library_path
        self.grid_job.start(
            tasks.set_grid,
            context=_GridRequest(library, correction.track_id),
            library=library,
            track_id=correction.track_id,
            grid=correction.grid,
        )

    @Slot(str)
    def _refit_grid(self, track_id: str) -> None:
        library = self._sessions.session.library_path
        request = _GridRequest(library, track_id)
        self.grid_job.start(tasks.fit_grid, context=request, library=library, track_id=track_id)

    @Slot(object)
    def _change_grids(self, request: GridsChange) -> None:
        library = self._sessions.session.library_path
        self.panel.tracks.message.show_text("Correcting the beat grids…")
        self.grid_job.start(
            tasks.change_grids,
            context=_GridRequest(library),
            library=library,
            track_ids=request.track_ids,
            change=request.change,
        )

    @Slot(object)
    def _grid_corrected(self, result: Track | tuple[str, ...]) -> None:
        """One track was corrected, or several; then `result` says which could not be."""
        self.panel.tracks.message.show_text("")
        if isinstance(result, tuple) and result:
            others = f" (and {len(result) - 1} more)" if len(result) > 1 else ""
            self.panel.tracks.message.show_error(f"not corrected: {result[0]}{others}")
        self._sessions.reload(self.grid_job.context.library)

    @Slot(float, float, str)
    def _show_grid_progress(self, done: float, total: float, message: str) -> None:
        editor, track_id = self.panel.grid_editor, self.grid_job.context.track_id
        if not track_id:
            self.panel.tracks.message.show_text(f"Correcting {message} ({done:.0f} of {total:.0f})")
        elif editor.track_id == track_id:
            editor.progress(done, total, message)

    @Slot(str)
    def _fail_grid(self, line: str) -> None:
        """Say it in the editor, unless another track is shown there by now."""
        editor = self.panel.grid_editor
        if editor.track_id == self.grid_job.context.track_id:
            editor.failed(line)
        else:
            self.problem.emit("grid", line)

    @property
    def is_awaited(self) -> bool:
        """Whether a track is to be heard with clicks, and is still being read."""
        return self._preview is not None

    @Slot()
    def _end_preview(self) -> None:
        self._preview = None
        self._services.player.end_audition()

    @Slot(object)
    def _preview_clicks(self, preview: ClickPreview) -> None:
        path, player = self._sessions.session.library_path, self._services.player
        start, frames = preview.start_seconds, round(_PREVIEW_SECONDS * SAMPLE_RATE)

        def read() -> tuple[NDArray[np.float32], float]:
            scientific.load()
            from core.audio.levelling import loop_gain_db
            from core.library.store import Library

            with Library.open(path, read_only=True) as library:
                samples = library.audio(preview.track_id, start, frames)
            with_clicks = add_clicks(samples, preview.grid, start)
            return with_clicks, loop_gain_db(with_clicks)

        def play(made: tuple[NDArray[np.float32], float]) -> None:
            if self._preview is preview:
                self._preview = None
                player.audition(made[0], preview.grid.bpm, made[1])

        self._preview = preview
        self._services.background.submit(read, play, self._preview_failed)

    @Slot(str)
    def _preview_failed(self, line: str) -> None:
        self.panel.grid_editor.stop_click()
        self.panel.grid_editor.failed(line)


def _playlist_file(library_id: str) -> Path:
    name = library_id if is_identifier(library_id) else "library"
    return user_folders.data_folder() / "playlists" / f"{name}.json"
