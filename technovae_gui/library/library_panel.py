"""The library panel: what is open, importing, its tracks and their beat grids."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.library.keys import Keys
from core.library.latent_map import LatentMap
from core.library.report import FileReport, ImportReport
from core.library.tracks import Track
from technovae_gui import mime, theme
from technovae_gui.library.beat_grid_editor import BeatGridEditor
from technovae_gui.library.import_report import ImportReportView
from technovae_gui.library.library_header import LibraryHeader
from technovae_gui.library.new_library_form import NewLibraryForm
from technovae_gui.library.track_browser import TrackBrowser
from technovae_gui.widgets import file_dialogs, forms
from technovae_gui.widgets.forms import CollapsibleSection
from technovae_gui.widgets.job_panel import JobProgressBar
from technovae_gui.widgets.labels import MessageLabel


class LibraryPanel(QWidget):
    """Shows a library and asks for changes to it; the controller makes them.

    Signals:
        open_requested(Path): open the library in this folder.
        create_requested(Path): make a library in this folder and open it.
        demo_requested(): open the built-in demo.
        import_requested(list[Path]): import these files and folders.
        find_requested(Path): look for missing audio in this folder.
        cancel_requested(): stop the import.
        remove_requested(tuple[str]): remove the tracks with these ids.
        track_selected(str): the track with this id was selected.
        show_on_map(tuple[str]): show the tracks with these ids on the map.
        grids_change_requested(GridsChange): correct the beat grids of several tracks.
        waveform_wanted(str): the beat grid editor needs the waveform of the track with this id.
    """

    open_requested = Signal(Path)
    create_requested = Signal(Path)
    demo_requested = Signal()
    import_requested = Signal(object)
    find_requested = Signal(Path)
    cancel_requested = Signal()
    remove_requested = Signal(object)
    track_selected = Signal(str)
    show_on_map = Signal(object)
    grids_change_requested = Signal(object)
    waveform_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self._writable = False
        self._path: Path | None = None
        self._created_path: Path | None = None
        self._pending_import: list[Path] = []
        self.header = LibraryHeader()
        self.new_form = NewLibraryForm()
        self.job = JobProgressBar()
        self.message = MessageLabel()
        self.report = ImportReportView()
        self.tracks = TrackBrowser()
        self.grid_editor = BeatGridEditor()
        self.grid_section = CollapsibleSection(
            "Beat grid", self.grid_editor, tip="Correct the bars of the selected track"
        )
        self._lay_out()
        self._connect()
        self.set_library(None)

    def set_library(self, path: Path | None, demo: bool = False, writable: bool = True) -> None:
        """Show which library is open; imports what was waiting for it to be made.

        Args:
            path: its folder; None for no library.
            demo: whether it is the built-in demo.
            writable: whether its folder can be written to.
        """
        self._writable = writable and not demo and path is not None
        self.header.show_library(path, demo=demo, writable=self._writable)
        self.grid_editor.set_writable(self._writable, demo=demo)
        self.tracks.set_writable(self._writable)
        # This is called again whenever the same library changed on disk; a form that is being
        # filled in has to stay then.
        if path == self._path:
            return
        self._path = path
        self.new_form.hide()
        pending, self._pending_import = self._pending_import, []
        if not (self._writable and path == self._created_path):
            return
        self.header.files.setFocus()  # the next step; the hidden form would give focus to any field
        if pending:
            self.import_requested.emit(pending)

    def set_tracks(self, tracks: Sequence[Track]) -> None:
        """Show the tracks of the library."""
        self.header.show_tracks(tracks)
        self.tracks.show_tracks(tracks)
        selected = self.tracks.table.selected_track()
        if selected is None:
            self.grid_editor.clear()
        else:
            self.grid_editor.update_track(selected)

    @Slot(object)
    def set_keys(self, keys: Keys) -> None:
        """Show the keys of the tracks."""
        self.tracks.table.show_keys(keys)

    def refresh_key(self, track_id: str) -> None:
        """Show the key of one track, which the `Keys` that were set have learned."""
        self.tracks.table.refresh_key(track_id)

    @Slot(object)
    def set_map_info(self, latent_map: LatentMap | None, *, has_model: bool = False) -> None:
        """Show how many segments are on the map, unless it is all of them.

        Args:
            latent_map: None while there is no map.
            has_model: whether there is a model, under which the map is being made then.
        """
        tracks = self.tracks.table.tracks.tracks
        music = bool(tracks)
        if latent_map is not None:
            missing = len(latent_map) != sum(track.windows() for track in tracks)
            text = f"{len(latent_map)} segments on the map" if missing else ""
        elif music and has_model:
            text = "its map is being made"
        else:
            text = f"no map yet: {'' if music else 'import music and '}train a model to get one"
        self.header.map_info.setText(text)
        self.header.map_info.setVisible(bool(text))

    @Slot(str)
    def select_track(self, track_id: str) -> None:
        """Select a track, as a click on its row does."""
        self.tracks.table.select_track(track_id)

    @Slot(str)
    def show_error(self, message: str) -> None:
        """Show one line about what went wrong with the library."""
        self.message.show_error(message)

    @Slot(object)
    def import_paths(self, paths: Sequence[Path]) -> None:
        """Ask for the import of files and folders, or first for a library that can take them."""
        if not paths:
            return
        if self._writable:
            self.import_requested.emit(list(paths))
            return
        self.offer_new_library(paths)

    @Slot(object)
    def offer_new_library(self, paths: Sequence[Path]) -> None:
        """Ask for a new library, into which `paths` are then imported."""
        self._pending_import = list(paths)
        several = f"{len(paths)} files and folders" if len(paths) > 1 else f"“{paths[0].name}”"
        self.new_form.ask(f"{several} will be imported into it.")

    @Slot()
    def import_started(self) -> None:
        """An import starts."""
        self.message.show_text("")
        self.report.start()
        self.job.start("looking for audio…")
        self.header.enable_import(False)

    @Slot(float, float, str)
    def import_progress(self, done: float, total: float, message: str) -> None:
        """Show how far the import is.

        Args:
            done: how much is done, in any unit.
            total: how much there is, in the same unit; 0 while it is not known.
            message: names the file.
        """
        self.job.show_progress(done, total, message)

    @Slot(object)
    def import_file(self, file: FileReport) -> None:
        """Add a file that is done to the report."""
        if isinstance(file, FileReport):
            self.report.add(file)

    @Slot(object)
    def import_finished(self, report: ImportReport) -> None:
        """The import is over."""
        self._finish_import()
        self.report.show_report(report)

    def nothing_found(self, folder: Path) -> None:
        """None of the audio that the library misses is in `folder`."""
        self._finish_import()
        name = folder.name or str(folder)
        line = f"None of the missing audio is in “{name}”; choose where the imported files are now."
        self.message.show_text(line)

    @Slot(str)
    def import_failed(self, message: str) -> None:
        """The import ended with an error: `message` is one line about it."""
        self._finish_import()
        self.message.show_error(message)

    @Slot()
    def import_cancelled(self) -> None:
        """The import was stopped before it had a report."""
        self._finish_import()
        self.message.show_text("import stopped; what was finished is in the library")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        if mime.local_files(event.mimeData()):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # noqa: N802
        event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        event.acceptProposedAction()
        self.import_paths([Path(name) for name in mime.local_files(event.mimeData())])

    def _lay_out(self) -> None:
        content = QWidget()
        rows = QVBoxLayout(content)
        rows.setContentsMargins(*[3 * theme.SPACE] * 4)
        rows.setSpacing(2 * theme.SPACE)
        for widget in (self.header, self.new_form, self.job, self.message, self.report):
            rows.addWidget(widget)
        rows.addWidget(self.tracks, 1)
        rows.addWidget(self.grid_section)
        self._scroll_area = forms.scrolled(content)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._scroll_area)

    def _connect(self) -> None:
        self.header.new_requested.connect(self.new_form.ask)
        self.header.open_requested.connect(self._choose_library)
        self.header.demo_requested.connect(self.demo_requested)
        self.header.import_files_requested.connect(self._choose_files)
        self.header.import_folder_requested.connect(self._choose_folder)
        self.header.find_requested.connect(self._choose_where_to_find)
        self.new_form.folder_chosen.connect(self._create)
        self.new_form.cancelled.connect(self._forget_pending_import)
        self.job.cancel_requested.connect(self.cancel_requested)
        self.tracks.track_selected.connect(self._select_track)
        self.tracks.track_activated.connect(lambda track_id: self.show_on_map.emit((track_id,)))
        self.tracks.several.map_requested.connect(self.show_on_map)
        self.tracks.playlists.map_requested.connect(self.show_on_map)
        self.tracks.several.grids_change_requested.connect(self.grids_change_requested)
        self.tracks.remove_requested.connect(self.remove_requested)
        self.report.track_activated.connect(self.select_track)
        self.grid_section.toggled.connect(self._toggle_grid_section)

    def _choose_library(self) -> None:
        path = file_dialogs.choose_library(self)
        if path is not None:
            self.open_requested.emit(path)

    def _choose_files(self) -> None:
        self.import_paths(file_dialogs.choose_audio_files(self))

    def _choose_folder(self) -> None:
        path = file_dialogs.choose_audio_folder(self)
        self.import_paths([] if path is None else [path])

    def _choose_where_to_find(self) -> None:
        path = file_dialogs.choose_audio_folder(self)
        if path is not None:
            self.find_requested.emit(path)

    @Slot(object)
    def _create(self, path: Path) -> None:
        self._created_path = path
        self.create_requested.emit(path)

    @Slot()
    def _forget_pending_import(self) -> None:
        self._pending_import = []

    def _select_track(self, track_id: str) -> None:
        self.track_selected.emit(track_id)
        self._request_waveform()

    def _toggle_grid_section(self, is_open: bool) -> None:
        if is_open:
            self._request_waveform()
            # Only once the layout has given it a place, below what is in sight.
            QTimer.singleShot(0, self, self._scroll_to_grid_editor)

    def _request_waveform(self) -> None:
        track = self.tracks.table.selected_track()
        is_shown = track is not None and self.grid_editor.track_id == track.id
        if track is not None and self.grid_section.is_open and not is_shown:
            self.grid_editor.wait_for(track)
            self.waveform_wanted.emit(track.id)

    def _scroll_to_grid_editor(self) -> None:
        self._scroll_area.ensureWidgetVisible(self.grid_editor)

    def _finish_import(self) -> None:
        self.job.finish()
        self.header.enable_import(self._writable)
