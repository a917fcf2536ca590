"""The main window: makes the rooms and their controllers, and lays them out."""

from __future__ import annotations

import random
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSettings, QTimer, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget

from core import log, presence, resources
from core.arrangement import edits
from core.arrangement.clip import Clip, new_id
from core.settings import TICKS_PER_SEGMENT
from technovae_gui import menus
from technovae_gui.document import Document
from technovae_gui.inspector.sound_panel import SoundPanel
from technovae_gui.layout import Layout
from technovae_gui.map import LatentMapView
from technovae_gui.timeline import TimelineView
from technovae_gui.timeline.actions import MARKER_ACTIONS, VIEW_ACTIONS
from technovae_gui.transport import TransportBar
from technovae_gui.widgets import icons
from technovae_gui.window_settings import WindowSettings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.arrangement.project import Project
    from core.library.latent_map import LatentMap
    from core.library.training_weights import TrackSpan
    from core.playback.player import PlayerState
    from core.session import Session
    from technovae_gui import mime
    from technovae_gui.map.map_point import MapPoint
    from technovae_gui.shortcuts import Shortcuts
    from technovae_gui.widgets.job_slot import JobSlot

_SIZE = (1280, 800)
_MENUS = ("&File", "&Edit", "&Transport", "Vie&w", "&Help")
_TABS = ("Sound", "Library", "Train", "Compose", "Export", "History")
_JOB = "job"
_MAP_ZOOM = 1.5
_EDIT_SHOWN_MS = 10_000
_FIT_MAP = "Show all of the map"
_QUIT_SECONDS = 0.6
"""What jobs and processes have to end in, all together: closing takes less than a second."""


class MainWindow(QMainWindow):
    """The whole program on one screen.

    Everything below is made here and handed to whoever needs it; no controller gets the window.
    What is seen at first is made at once; `furnish` makes the rest, whose modules are imported
    only then.

    Args:
        recovery_folder: where unsaved work is kept, and beside it what was heard; default in the
            user's data folder.
        furnished: False to do without what is not seen until `begin`.
    """

    def __init__(self, recovery_folder: Path | None = None, *, furnished: bool = True) -> None:
        super().__init__()
        self._recovery_folder = recovery_folder
        self._heard_with = ""
        self._closed = self._furnished = self._device_asked = False
        self._make_panels()
        self.setCentralWidget(self.panels)
        self.resize(*_SIZE)
        self.panels.arrange(*_SIZE)
        self._menus = {title: self.menuBar().addMenu(title) for title in _MENUS}
        self.statusBar()
        self.setWindowTitle("TechnoVAE")
        self.settings.restore()
        if furnished:
            self.furnish()

    def furnish(self, *, opening: bool = False) -> None:
        """Make what is not seen at first, and all that works behind what is seen; once.

        Where it is `opening`, the library of the last window is read meanwhile.
        """
        if self._furnished:
            return
        self._furnished = True
        from core import processes  # here: the first paint needs none

        processes.allow_many_files()
        self._make_services()
        if opening:
            self._open_last_library()
        self._make_controllers()
        self._add_tabs()
        self._make_helpers()
        self._build_menus()
        self.sheet.text_of = lambda command_id: self.shortcuts.text(command_id)
        self._connect_rooms()
        self._connect_stop()
        self._connect_messages()
        self._panes_changed()
        self._retitle()

    @cached_property
    def shortcuts(self) -> Shortcuts:
        """The keys of all commands; from the first use on, those that the user has chosen."""
        from technovae_gui import window_shortcuts

        import_button = self.library.panel.header.files
        shortcuts = window_shortcuts.enter_commands(
            self, self.timeline, self.map_view, self.bar, import_button, self.composing.panel
        )
        shortcuts.changed.connect(self._name_keys)
        return shortcuts

    @property
    def session(self) -> Session:
        """The session in place."""
        return self.sessions.session

    def begin(self, project: Path | None = None) -> None:
        """After the first paint: open one library: that of `project`, if given and found, else that
        of the last window, else the demo; then the sound device."""
        if self._closed:
            return
        self.furnish(opening=project is None)
        self._name_keys()
        self.setWindowIcon(icons.program_icon())
        self.sessions.session_changed.connect(self._open_device)
        self.sessions.problem.connect(self._open_device)
        self.map_view.setFocus()
        if project is not None:
            self.project.open(project)
        if self.sessions.requested_library is None:
            self._open_last_library()
        self.project.offer_recovery()
        if not QSettings().value("hint_seen", False, bool):
            self.show_hint()

    def _open_last_library(self) -> None:
        library = QSettings().value("library", "")
        known = Path(str(library)) if library and presence.is_folder(Path(str(library))) else None
        self.sessions.open(known)

    def show_hint(self) -> None:
        """Show the three first steps."""
        from technovae_gui.widgets.overlays import WelcomeCard

        hint = WelcomeCard(self.panels, self.shortcuts.text)
        hint.dismissed.connect(lambda: QSettings().setValue("hint_seen", True))
        hint.dismissed.connect(self.map_view.setFocus)
        hint.show()
        hint.setFocus()

    def leave_unasked(self) -> None:
        """The system ends the program: unsaved work goes where it can be recovered."""
        if self._furnished:
            self.project.leave_unasked()

    def shut_down(self) -> None:
        """End jobs, sound and processes; unsaved work is on disk when this returns."""
        if self._closed:
            return
        self._closed = True
        if not self._furnished:
            return
        from core.workers.thread import close_workers

        self.transport.clock.stop()
        self.track_analysis.close()
        self.settings.keep()
        close_workers(self, _QUIT_SECONDS)
        for slot in self._job_slots():
            slot.close()
        self.history.close()
        self.open_project.close()
        self.sessions.close()
        self.services.close()
        self.map_view.shutdown()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        can_lose = self._furnished and not self._closed
        if can_lose and not self.project.confirm_leaving():
            event.ignore()
            return
        self.shut_down()
        super().closeEvent(event)

    # Making

    def _make_panels(self) -> None:
        self.document = Document(parent=self)
        self.bar = TransportBar()
        self.map_view = LatentMapView()
        self.timeline = TimelineView(self.document)
        self.sound = SoundPanel(self.document)
        self.bar.show_tempo(self.document.arrangement.bpm)
        self.map_view.parts.set_available(resources.has_parts_model())
        self.panels = Layout(self.bar, self.map_view, self.timeline)
        self.banners = self.panels.banners
        for name in _TABS:
            self.panels.reserve_tab(name)
        self.panels.add_tab(self.sound, "Sound")
        self.settings = WindowSettings(
            self,
            self.document,
            self.panels,
            self.map_view,
            self.timeline,
            self.bar.device,
            self.bar.metronome,
        )

    def _make_services(self) -> None:
        from technovae_gui.project.open_project import OpenProject
        from technovae_gui.services import Services
        from technovae_gui.session_controller import SessionController

        self.services = Services(self)
        self.sessions = SessionController(self.services, self)
        background = self.services.background
        self.open_project = OpenProject(self.document, background, self._recovery_folder, self)
        self.services.loops.set_origins(self.open_project.origins.of)

    def _make_controllers(self) -> None:
        from technovae_gui.project.controller import ProjectController

        # First, so that it hears of a session first: the others ask what a source is made from.
        self.project = ProjectController(
            self, self.open_project, self.sessions, self.services.background, self.banners
        )
        self._make_playing()
        self._make_describing()
        self._make_working()

    def _make_playing(self) -> None:
        """What makes the map and the arrangement sound."""
        from technovae_gui.history import HistoryPanel
        from technovae_gui.history.controller import HistoryController
        from technovae_gui.map.controller import AuditionController
        from technovae_gui.map.playback_path import PlaybackPathController
        from technovae_gui.timeline.controller import TimelineController
        from technovae_gui.transport.controller import TransportController

        sessions, services, document = self.sessions, self.services, self.document
        self.transport = TransportController(
            services.player, document, self.bar, self.banners, self
        )
        self.audition = AuditionController(
            sessions, services, document, self.map_view, self.sound.pictures, self
        )
        self.playback_path = PlaybackPathController(
            document, services.background, self.map_view, self
        )
        heard = None if self._recovery_folder is None else self._recovery_folder.parent / "heard"
        self.history = HistoryController(sessions, services, HistoryPanel(), self, folder=heard)
        self.arranging = TimelineController(sessions, services, document, self.timeline, self)

    def _make_describing(self) -> None:
        """What tells keys, names and pictures."""
        from technovae_gui.inspector.clip_pictures import ClipPictures
        from technovae_gui.inspector.controller import InspectorController
        from technovae_gui.library.track_analysis_controller import TrackAnalysisController
        from technovae_gui.map.key_colours import KeyColours

        sessions, services, document = self.sessions, self.services, self.document
        self.track_analysis = TrackAnalysisController(sessions, services, self)
        self.key_colours = KeyColours(
            self.map_view, services.background, lambda: self.track_analysis.keys, self
        )
        self.inspector = InspectorController(
            sessions,
            services,
            document,
            self.timeline,
            self.sound,
            self,
            origin_of=self.open_project.origins.of,
            key_of=self.track_analysis.key_of,
        )
        self.clip_pictures = ClipPictures(
            sessions, services, document, self.sound, lambda it: self.inspector.info(it).name, self
        )

    def _make_working(self) -> None:
        """What changes libraries, models, projects and files."""
        from technovae_gui.compose.controller import ComposeController
        from technovae_gui.export.controller import ExportController
        from technovae_gui.library.controller import LibraryController
        from technovae_gui.library.dropped_files import DroppedFiles
        from technovae_gui.map.empty_state import EmptyState
        from technovae_gui.timeline.drag_out import DragOutController
        from technovae_gui.training.controller import TrainingController
        from technovae_gui.training.weights_controller import WeightsController

        sessions, services, document = self.sessions, self.services, self.document
        self.library = LibraryController(sessions, services, self)
        self.dropped_files = DroppedFiles(
            sessions, services, document, self.library, self.banners, self
        )
        self.weights = WeightsController(sessions, services, self)
        self.training = TrainingController(sessions, services, self.weights, self)
        self.composing = ComposeController(sessions, services.background, document, self)
        self.composing.path_map = lambda: self.map_view.scene.map
        origins = self.open_project.origins
        self.exporting = ExportController(
            sessions, services, document, self, other_origins=origins.others
        )
        self.drag_out = DragOutController(
            services, lambda: self.open_project.name, document, self.timeline, self.banners, self
        )
        self.empty_state = EmptyState(
            sessions, self.map_view, self.library.job, self.training.job, self
        )

    def _add_tabs(self) -> None:
        from technovae_gui.widgets.job_panel import JobPanel

        for name, panel in self._job_panels():
            self.panels.add_tab(panel, name, scrolls=isinstance(panel, JobPanel))
        self.panels.add_tab(self.history.panel, "History", scrolls=True)

    def _make_helpers(self) -> None:
        from technovae_gui.map.compared_place import ComparedPlace
        from technovae_gui.widgets.focus_return import FocusReturn
        from technovae_gui.widgets.overlays import ShortcutSheet

        self._compared = ComparedPlace()
        self.sheet = ShortcutSheet(self)
        focus = FocusReturn(self, (self.map_view.canvas, self.timeline.canvas))
        self.panels.panel_left.connect(focus.go_home)

    def _job_panels(self) -> tuple[tuple[str, QWidget], ...]:
        return (
            ("Library", self.library.panel),
            ("Train", self.training.panel),
            ("Compose", self.composing.panel),
            ("Export", self.exporting.panel),
        )

    def _job_slots(self) -> tuple[JobSlot, ...]:
        rooms = (self.library, self.training, self.composing, self.exporting)
        return (*(room.job for room in rooms), self.library.grid_job, self.track_analysis.job)

    def _build_menus(self) -> None:
        stack = self.document.undo_stack
        file, edit, transport, view, help_menu = self._menus.values()
        menus.add_command(self, file, "New project", "Ctrl+N", self.project.ask_new)
        menus.add_command(self, file, "Open project…", "Ctrl+O", self.project.ask_open)
        menus.add_recent(self, file, self.open_project.recent, self.project.open)
        menus.add_commands(
            self,
            file,
            (
                ("Save", "Ctrl+S", self.project.save),
                ("Save as…", "Ctrl+Shift+S", self.project.ask_save),
                ("Recover unsaved work…", "", self.project.show_recovery),
                menus.SEPARATOR,
                ("Import audio…", "Ctrl+I", self.ask_import),
                ("Export…", "Ctrl+E", lambda: self.panels.show_tab(self.exporting.panel)),
                menus.SEPARATOR,
                ("Quit", "Ctrl+Q", self.close),
            ),
        )
        undo, redo = stack.createUndoAction(self, "Undo"), stack.createRedoAction(self, "Redo")
        menus.add_undo(self, edit, undo, redo)
        actions = self.timeline.actions_by_name
        self.timeline.commands.fill_edit_menu(edit)
        edit.setToolTipsVisible(True)
        edit.aboutToShow.connect(self.timeline.commands.refresh_key)
        preferences = ("Preferences…", "Ctrl+,", self.show_preferences)
        menus.add_commands(self, edit, (menus.SEPARATOR, preferences))
        menus.add_commands(
            self,
            transport,
            (
                ("Play / stop what sounds", "Space", self.transport.play_or_silence),
                ("Stop, back to where playing began", "Esc", self.transport.silence),
                ("Back to the first bar", "Home", self.transport.to_start),
                ("To the end", "End", self.transport.to_end),
                ("Repeat the loop region", "Ctrl+L", self.bar.loop.toggle),
                menus.SEPARATOR,
                ("Metronome", "Ctrl+M", self.bar.metronome.toggle),
                ("Tap the tempo", "T", self.bar.tempo.tap),
            ),
        )
        menus.add_actions(transport.addMenu("Markers"), {k: actions[k] for k in MARKER_ACTIONS})
        for number in range(self.panels.side.count()):
            name, show = self.panels.side.tabText(number), self.panels.show_tab_at
            keys = f"Ctrl+{number + 1}"
            shown = menus.add_command(self, view, name, keys, partial(show, number))
            shown.setObjectName(_panel_command(name))
        # By itself, Qt shows the next tab only from inside one, and gives its first field the keys.
        neighbour = self.panels.show_neighbour
        menus.add_command(self, view, "Next panel", "Ctrl+Tab", partial(neighbour, 1))
        menus.add_command(self, view, "Previous panel", "Ctrl+Shift+Tab", partial(neighbour, -1))
        start = ("Start what the panel does", "Ctrl+Return", self._start_job)
        menus.add_commands(self, view, (menus.SEPARATOR, start))
        self._build_view_menu(view)
        sheet, steps = ("Shortcuts", "F1", self.sheet.toggle), ("First steps", "", self.show_hint)
        show_log = ("Show log", "", self.show_log)
        menus.add_commands(self, help_menu, (sheet, steps, show_log))

    def _build_view_menu(self, view: QMenu) -> None:
        panels, camera = self.panels, self.map_view.viewport
        view.addSeparator()
        toggles = (
            ("Panels at the right", "Ctrl+B", panels.show_side),
            ("Timeline", "Ctrl+Shift+T", panels.show_timeline),
        )
        self._side_shown, self._timeline_shown = (
            menus.add_toggle(self, view, *toggle) for toggle in toggles
        )
        panels.panes_changed.connect(self._panes_changed)
        menus.add_commands(
            self,
            view,
            (
                ("Reset the layout", "", panels.reset),
                menus.SEPARATOR,
                ("Zoom into the map", "", partial(camera.zoom, _MAP_ZOOM)),
                ("Zoom out of the map", "", partial(camera.zoom, 1 / _MAP_ZOOM)),
            ),
        )
        self._fit_map = menus.add_command(self, view, _FIT_MAP, "", camera.fit)
        view.addSeparator()
        menus.add_actions(view, {k: self.timeline.actions_by_name[k] for k in VIEW_ACTIONS})
        full_screen = ("Full screen", "F11", self.toggle_full_screen)
        menus.add_commands(self, view, (menus.SEPARATOR, full_screen))

    @Slot()
    def _start_job(self) -> None:
        from technovae_gui.widgets.job_panel import JobPanel

        panel = self.panels.shown_panel
        if isinstance(panel, JobPanel):
            panel.start_job()

    @Slot()
    def _panes_changed(self) -> None:
        self._side_shown.setChecked(self.panels.shows_side)
        self._timeline_shown.setChecked(self.panels.shows_timeline)

    @Slot()
    def _name_keys(self) -> None:
        """In the menu, beside what the map's own keys do, and in the tool tips of the panels."""
        names = (self.panels.side.tabText(n) for n in range(self.panels.side.count()))
        self.panels.name_keys([self.shortcuts.text(_panel_command(name)) for name in names])
        from technovae_gui import window_shortcuts

        keys = self.shortcuts.keys("map-fit")
        self._fit_map.setText(window_shortcuts.shown_in_menu(_FIT_MAP, "".join(keys[:1])))

    def show_preferences(self) -> None:
        """Show what the user sets once."""
        from technovae_gui.preferences import PreferencesDialog

        file = self.exporting.panel.file
        dialog = PreferencesDialog(
            self.bar.device,
            self.services.background,
            self.shortcuts,
            Path(file.folder.text()),
            self,
        )
        dialog.export_folder_chosen.connect(file.set_folder)
        dialog.open()

    def show_log(self) -> None:
        """Show what went wrong so far, in a window of its own."""
        from technovae_gui.widgets.log_dialog import LogDialog

        LogDialog(log.path(), self).show()

    def ask_import(self) -> None:
        """Choose audio files and import them."""
        from technovae_gui.widgets import file_dialogs

        paths = file_dialogs.choose_audio_files(self)
        if paths:
            self.library.ask(paths)

    @Slot()
    def _offer_import(self) -> None:
        self.panels.show_tab(self.library.panel)
        self.ask_import()

    def toggle_full_screen(self) -> None:
        """All of the screen, or a window again."""
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    # Connecting

    def _connect_rooms(self) -> None:
        """What one room asks of another; rooms do not know each other."""
        view, timeline, show_tab = self.map_view, self.timeline, self.panels.show_tab
        view.place_requested.connect(self._place)
        view.selection_changed.connect(self._selected)
        view.play_requested.connect(self.transport.play_or_silence)
        view.path_drawn.connect(self._path_drawn)
        view.compose_requested.connect(lambda: show_tab(self.composing.panel))
        view.path_cleared.connect(self._path_cleared)
        view.placement.changed.connect(self._path_cleared)
        view.point_chosen.connect(self._point_chosen)
        tracks = self.library.panel.tracks
        for weighing in (view, tracks.learning):
            weighing.weight_requested.connect(self.weights.weigh)
            weighing.learn_requested.connect(self._learn_only)
        self.weights.changed.connect(view.set_training_weights)
        self.weights.changed.connect(tracks.show_weights)
        self.training.versions.heard_with.connect(self._compare_with)
        view.placement.placed.connect(self._hear_version)
        self.training.panel.listen_requested.connect(self._listen_to_model)
        timeline.save_requested.connect(self.exporting.save_clips)
        timeline.files_dropped.connect(self.dropped_files.take)
        self.composing.composed.connect(timeline.fit)
        self.library.panel.open_requested.connect(self.project.open_library)
        self.library.panel.demo_requested.connect(self.project.open_library)
        self.library.panel.create_requested.connect(self._create_library)
        self.library.tracks_wanted.connect(view.show_tracks)
        self.track_analysis.keys_changed.connect(self.library.panel.set_keys)
        self.track_analysis.key_found.connect(self.library.panel.refresh_key)
        self.track_analysis.keys_changed.connect(self.key_colours.refresh)
        self.track_analysis.key_found.connect(self.key_colours.refresh)
        self.library.job.started.connect(self.track_analysis.pause)
        self.library.job.finished.connect(self.track_analysis.resume)
        self.library.panel_wanted.connect(lambda: show_tab(self.library.panel))
        self.empty_state.library_wanted.connect(self._offer_import)
        self.empty_state.training_wanted.connect(lambda: show_tab(self.training.panel))
        self.transport.playback_changed.connect(self.open_project.set_playback)
        self.transport.clock.ticked.connect(self._tick)
        self.audition.audition_changed.connect(self.bar.show_sounding)
        self.audition.audition_changed.connect(self._sounding_changed)
        self.audition.heard.connect(self.history.add)
        self.audition.heard.connect(lambda it, _: self.history.panel.set_playing(it.source))
        self.history.audition_requested.connect(self._audition_again)
        self.history.panel.place_requested.connect(self._place)
        self.open_project.opened.connect(self._project_opened)
        self.open_project.changed.connect(self._retitle)
        self.open_project.origins.changed.connect(self.inspector.describe_anew)
        self.open_project.origins.changed.connect(self.arranging.retry)
        self.sessions.session_changed.connect(self._session_changed)

    def _connect_stop(self) -> None:
        """What sounds, or is about to, is stopped by one key."""
        rooms = (self.audition, self.arranging, self.library)
        self.transport.awaits_audition = lambda: (
            bool(self._heard_with) or any(room.is_awaited for room in rooms)
        )
        self.transport.stopped.connect(self._forget_comparison)
        self.transport.stopped.connect(self.audition.silence)
        self.transport.stopped.connect(self.arranging.end_listening)
        self.transport.stopped.connect(self.library.panel.grid_editor.stop_click)

    def _connect_messages(self) -> None:
        """What is told in the status bar and over the map."""
        for speaker in (self.sessions, self.audition, self.exporting):
            speaker.status.connect(self.statusBar().showMessage)
        for arranging in (self.timeline, self.transport, self.drag_out, self.dropped_files):
            arranging.status.connect(self._show_edit)
        rooms = (
            self.sessions,
            self.open_project,
            self.audition,
            self.arranging,
            self.library,
            self.track_analysis,
            self.history,
            self.weights,
        )
        for room in (*rooms, self.exporting, self.project.library, self.project.missing):
            room.problem.connect(self._problem)
        self.document.problem.connect(partial(self._problem, "edit"))
        self.services.background.problem.connect(partial(self._problem, "background"))
        self.services.errors.reported.connect(partial(self._problem, "inside"))
        self.open_project.mended.connect(self.banners.dismiss)
        for jobs in (self.training, self.composing, self.exporting):
            jobs.job.errored.connect(partial(self._job_failed, jobs.panel))
            jobs.job.started.connect(partial(self.banners.dismiss, _JOB))
        for slot in self._job_slots():
            slot.waiting.connect(self.statusBar().showMessage)

    @Slot(object)
    def _tick(self, state: PlayerState) -> None:
        self.arranging.show(state)
        self.audition.show(state)
        self.clip_pictures.show(state)
        self.playback_path.show(state)

    @Slot(str)
    def _show_edit(self, line: str) -> None:
        """What was done may be undone by and by."""
        self.statusBar().showMessage(line, _EDIT_SHOWN_MS)

    @Slot(object)
    def _selected(self, segment_ids: list[str]) -> None:
        count = len(segment_ids)
        line = f"{count} segments selected: drag one of them to place all, or open its menu"
        self.statusBar().showMessage(line if count > 1 else "")

    @Slot(object)
    def _point_chosen(self, point: MapPoint) -> None:
        self.sound.set_map_title(point.label)
        if point.is_segment:
            self.composing.offer_start(point.segment_id)

    @Slot(str)
    def _sounding_changed(self, name: str) -> None:
        if not name:
            self.history.panel.set_playing(None)

    @Slot(object)
    def _audition_again(self, point: MapPoint) -> None:
        self.sound.set_map_title(point.label)
        self.audition.audition(point)

    @Slot(object)
    def _path_drawn(self, points: NDArray[Any]) -> None:
        self.composing.panel.set_path(points)

    @Slot()
    def _path_cleared(self) -> None:
        self.composing.panel.set_path(None)

    @Slot(object)
    def _learn_only(self, music: tuple[TrackSpan, ...]) -> None:
        self.training.learn_only(music)
        self.panels.show_tab(self.training.panel)
        panel = self.training.panel
        QTimer.singleShot(0, panel, panel.show_learning)  # once it is laid out

    @Slot(str)
    def _compare_with(self, model_hash: str) -> None:
        """The place that is chosen is heard as soon as the map of this model is there."""
        if self.map_view.scene.chosen is None:
            self.map_view.map_actions.choose_random()
        self._compared.take(self.map_view.scene)
        self._heard_with = model_hash

    @Slot(object)
    def _hear_version(self, latent_map: LatentMap | None) -> None:
        if latent_map is None or latent_map.model_hash != self._heard_with:
            return
        self._heard_with = ""
        point = self._compared.on(latent_map)
        if point is not None:
            self.map_view.chosen.restore(point)
            self._audition_again(point)

    @Slot()
    def _forget_comparison(self) -> None:
        """The place is not heard when the other model's map is there."""
        self._heard_with = ""

    @Slot()
    def _listen_to_model(self) -> None:
        """Play any segment as the model decodes it, beside its original in the Sound panel."""
        found = self.map_view.scene.map
        if found is not None and len(found):
            row = random.randrange(len(found))
            self.map_view.choose_xy((float(found.xy[row][0]), float(found.xy[row][1])))
            self.panels.show_tab(self.sound)

    @Slot(object)
    def _place(self, dragged: list[mime.DraggedSource]) -> None:
        """Put what was chosen on the map where the playhead is, one after the other."""
        tick = edits.snap(round(self.transport.tick))
        rows = [
            [
                Clip(new_id(), it.source, tick + number * TICKS_PER_SEGMENT, name=it.name)
                for number, it in enumerate(dragged)
            ]
        ]
        self.document.edit("place", lambda a: edits.paste(a, rows, tick=tick, lane_index=0))

    @Slot(object)
    def _create_library(self, path: Path) -> None:
        """Files that were dropped on the arrangement are to be placed in it, so it is kept."""
        if not self.project.create_library(path, keep=self.dropped_files.is_waiting):
            self.library.panel.new_form.cancelled.emit()

    @Slot(object, object)
    def _project_opened(self, project: Project, path: Path | None) -> None:
        self.transport.begin_project(project.playback)
        self.timeline.begin_project()

    @Slot(object)
    def _session_changed(self, session: Session) -> None:
        """An empty project takes the tempo of the library it is made from."""
        untouched = self.document.undo_stack.count() == 0
        empty = not any(True for _ in self.document.arrangement.clips())
        if session.map is not None and untouched and empty:
            bpm = round(session.map.tempo, 2)
            self.document.apply(edits.set_tempo(self.document.arrangement, bpm))

    @Slot(object)
    @Slot(str, str)
    def _open_device(self, *_: object) -> None:
        """Once the first map is seen, or cannot be: what sound takes is imported after it."""
        if not self._device_asked:
            self._device_asked = True
            open_device = self.transport.open_device
            QTimer.singleShot(0, self, lambda: None if self._closed else open_device())

    @Slot(str, str)
    def _problem(self, key: str, line: str) -> None:
        self.banners.show_message(key, line)

    def _job_failed(self, panel: QWidget, line: str) -> None:
        """Its panel says it, but may be behind another one."""
        if self.panels.shown_panel is not panel:
            self._problem(_JOB, line)

    @Slot()
    def _retitle(self) -> None:
        self.setWindowTitle(f"{self.open_project.name}[*] – TechnoVAE")  # noqa: RUF001
        self.setWindowModified(self.open_project.unsaved)
        self.exporting.panel.set_title(self.open_project.name)


def _panel_command(name: str) -> str:
    """The command that shows a panel, by the panel's name."""
    return f"panel-{menus.command_id(name)}"
