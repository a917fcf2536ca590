"""The panel of the library."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.library.latent_map import LatentMap
from core.library.report import FileReport, ImportReport
from core.library.tracks import Track
from technovae_gui import theme
from technovae_gui.library import dropping
from technovae_gui.library.grid_editor import GridEditor
from technovae_gui.library.header import Header
from technovae_gui.library.new_form import NewForm
from technovae_gui.library.report_view import ReportView
from technovae_gui.library.tracks import Tracks
from technovae_gui.widgets import file_dialogs, forms
from technovae_gui.widgets.forms import CollapsibleSection
from technovae_gui.widgets.job_panel import JobProgressBar
from technovae_gui.widgets.labels import MessageLabel


class LibraryPanel(QWidget):
    """Shows the library and asks for what shall happen to it; the window does it.

    Signals:
        open_requested(object Path), create_requested(object Path), demo_requested()
        import_requested(object: list of Path), cancel_requested(): of the import
        remove_requested(str track id)
        track_selected(str track id), show_on_map(str track id)
        waveform_wanted(str track id): the grid editor shows this track and needs its peaks.
    """

    open_requested = Signal(object)
    create_requested = Signal(object)
    demo_requested = Signal()
    import_requested = Signal(object)
    cancel_requested = Signal()
    remove_requested = Signal(str)
    track_selected = Signal(str)
    show_on_map = Signal(str)
    waveform_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self._writable = False
        self._path: Path | None = None
        self._created: Path | None = None
        self._waiting: list[Path] = []
        self.header = Header()
        self.new_form = NewForm()
        self.job = JobProgressBar()
        self.message = MessageLabel()
        self.report = ReportView()
        self.tracks = Tracks()
        self.grid_editor = GridEditor()
        self.grid_fold = CollapsibleSection(
            "Beat grid", self.grid_editor, tip="The bars of the chosen track, to be corrected"
        )
        self._lay_out()
        self._connect()
        self.set_library(None)

    # What the window tells

    def set_library(self, path: Path | None, demo: bool = False, writable: bool = True) -> None:
        """A library is open, or none. What waited for one to be made is imported into that one."""
        self._writable = writable and not demo and path is not None
        self.header.show_library(path, demo=demo, writable=self._writable)
        self.grid_editor.set_writable(self._writable, demo=demo)
        self.tracks.set_writable(self._writable)
        # The same library comes again whenever it changed on disk; a form that is being filled
        # in stays then.
        if path == self._path:
            return
        self._path = path
        self.new_form.hide()
        waiting, self._waiting = self._waiting, []
        if not (self._writable and path == self._created):
            return
        self.header.files.setFocus()  # the next step; the form's focus went to what follows it
        if waiting:
            self.import_requested.emit(waiting)

    def set_tracks(self, tracks: Sequence[Track]) -> None:
        """Its tracks."""
        self.header.show_tracks(tracks)
        self.tracks.show_tracks(tracks)
        chosen = self.tracks.table.chosen_track()
        if chosen is None:
            self.grid_editor.clear()
        else:
            self.grid_editor.update_track(chosen)

    @Slot(object)
    def set_map_info(self, found: LatentMap | None) -> None:
        """The map of the library, or None while there is none."""
        text = "no map yet: train a model to get one"
        if found is not None:
            text = f"{len(found)} segments on the map, model {found.model_hash[:8]}"
        self.header.map_info.setText(text)

    @Slot(str)
    def select_track(self, track_id: str) -> None:
        """Choose a track, as a click on it does."""
        self.tracks.table.choose(track_id)

    @Slot(str)
    def show_error(self, message: str) -> None:
        """Something with the library went wrong: one line."""
        self.message.show_error(message)

    @Slot(object)
    def import_paths(self, paths: Sequence[Path]) -> None:
        """Ask for the import of `paths`; a library is asked for first where this one cannot."""
        if not paths:
            return
        if self._writable:
            self.import_requested.emit(list(paths))
            return
        self.offer_new_library(paths)

    @Slot(object)
    def offer_new_library(self, paths: Sequence[Path]) -> None:
        """Ask for a library into which `paths` will be imported: this one takes none."""
        self._waiting = list(paths)
        several = f"{len(paths)} files and folders" if len(paths) > 1 else f"“{paths[0].name}”"
        self.new_form.ask(f"{several} will be imported into it.")

    @Slot()
    def import_started(self) -> None:
        """An import begins."""
        self.message.show_text("")
        self.report.begin()
        self.job.start("looking for audio…")
        self.header.enable_import(False)

    @Slot(float, float, str)
    def import_progress(self, done: float, total: float, message: str) -> None:
        """It is so far; `message` names the file."""
        self.job.show_progress(done, total, message)

    @Slot(object)
    def import_file(self, file: FileReport) -> None:
        """One file is done."""
        if isinstance(file, FileReport):
            self.report.add(file)

    @Slot(object)
    def import_finished(self, report: ImportReport) -> None:
        """The import is over."""
        self._import_over()
        self.report.show_report(report)

    @Slot(str)
    def import_failed(self, message: str) -> None:
        """The import ended with an error: one line."""
        self._import_over()
        self.message.show_error(message)

    @Slot()
    def import_cancelled(self) -> None:
        """The import was stopped before it had a report to give."""
        self._import_over()
        self.message.show_text("import stopped; what was finished is in the library")

    # What the user does

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        if dropping.paths(event.mimeData()):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # noqa: N802
        event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        event.acceptProposedAction()
        self.import_paths(dropping.paths(event.mimeData()))

    def _lay_out(self) -> None:
        content = QWidget()
        rows = QVBoxLayout(content)
        rows.setContentsMargins(*[2 * theme.SPACE] * 4)
        rows.setSpacing(2 * theme.SPACE)
        for widget in (self.header, self.new_form, self.job, self.message, self.report):
            rows.addWidget(widget)
        rows.addWidget(self.tracks, 1)
        rows.addWidget(self.grid_fold)
        self._scroll = forms.scrolled(content)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._scroll)

    def _connect(self) -> None:
        self.header.new_asked.connect(self.new_form.ask)
        self.header.open_asked.connect(self._ask_open)
        self.header.demo_asked.connect(self.demo_requested)
        self.header.files_asked.connect(
            lambda: self.import_paths(file_dialogs.choose_audio_files(self))
        )
        self.header.folder_asked.connect(self._ask_folder)
        self.new_form.chosen.connect(self._create)
        self.new_form.given_up.connect(self._waiting_no_more)
        self.job.cancel_requested.connect(self.cancel_requested)
        self.tracks.chosen.connect(self._chosen)
        self.tracks.opened.connect(self.show_on_map)
        self.tracks.remove_requested.connect(self.remove_requested)
        self.report.track_chosen.connect(self.select_track)
        self.grid_fold.toggled.connect(self._fold_toggled)

    def _ask_open(self) -> None:
        path = file_dialogs.choose_library(self)
        if path is not None:
            self.open_requested.emit(path)

    def _ask_folder(self) -> None:
        path = file_dialogs.choose_audio_folder(self)
        self.import_paths([] if path is None else [path])

    def _create(self, path: Path) -> None:
        self._created = path
        self.create_requested.emit(path)

    def _waiting_no_more(self) -> None:
        self._waiting = []

    def _chosen(self, track_id: str) -> None:
        self.track_selected.emit(track_id)
        self._want_waveform()

    def _fold_toggled(self, is_open: bool) -> None:
        if is_open:
            self._want_waveform()
            # Once it has its place, below what is seen of the panel.
            QTimer.singleShot(0, self, self._show_editor)

    def _want_waveform(self) -> None:
        track = self.tracks.table.chosen_track()
        if track is not None and self.grid_fold.is_open and self.grid_editor.track_id != track.id:
            self.grid_editor.wait_for(track)
            self.waveform_wanted.emit(track.id)

    def _show_editor(self) -> None:
        self._scroll.ensureWidgetVisible(self.grid_editor)

    def _import_over(self) -> None:
        self.job.finish()
        self.header.enable_import(self._writable)
