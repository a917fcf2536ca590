"""The main window: makes the panels, lays them out, and connects them. What they do is theirs."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow

from core.arrangement import edits
from core.arrangement.clip import Clip, new_id
from core.playback.player import PlayerState
from core.settings import TICKS_PER_SEGMENT
from core.workers.background import Background
from technovae_gui import menus
from technovae_gui.document import Document
from technovae_gui.inspector.controller import Describing
from technovae_gui.inspector.redecode import Redecoding
from technovae_gui.inspector.sound_panel import SoundPanel
from technovae_gui.layout import Layout
from technovae_gui.map import LatentMapView
from technovae_gui.map.controller import Hearing
from technovae_gui.map.empty_state import Inviting
from technovae_gui.project.controller import Filing
from technovae_gui.project.open_project import Projects
from technovae_gui.side_panels import Panels
from technovae_gui.studio import Studio
from technovae_gui.timeline import TimelineView
from technovae_gui.timeline.controller import Arranging
from technovae_gui.timeline.drag_out import CarryingOut
from technovae_gui.transport import TransportBar
from technovae_gui.transport.clock import Clock
from technovae_gui.widgets.overlays import ShortcutSheet, WelcomeCard
from technovae_gui.window_settings import Remembering

_SIZE = (1280, 800)


class MainWindow(QMainWindow):
    """The whole program on one screen."""

    def __init__(self, sessions_folder: Path | None = None) -> None:
        super().__init__()
        self.background = Background(self)
        self.document = Document(parent=self)
        self.studio = Studio(self.background, self)
        self.projects = Projects(self.document, self.background, sessions_folder, self)
        self.transport = TransportBar()
        self.map_view = LatentMapView()
        self.timeline = TimelineView(self.document)
        self.sound = SoundPanel(self.document)
        self.panels = Layout(self.transport, self.map_view, self.timeline)
        self.panels.add_tab(self.sound, "Sound", "Ctrl+1")
        self.jobs = Panels(self)
        self.inviting = Inviting(self)
        self.clock = Clock(self.studio.player, self)
        self.hearing = Hearing(self.studio, self.document, self.map_view, self.sound.pictures, self)
        self.arranging = Arranging(self.studio, self.document, self.timeline, self)
        self.describing = Describing(self.studio, self.document, self.timeline, self.sound, self)
        self.redecoding = Redecoding(self)
        self.carrying_out = CarryingOut(self)
        self.filing = Filing(
            self, self.projects, self.studio, self.panels.banners, self.jobs.importing.ask
        )
        self.sheet = ShortcutSheet(self)
        self._closed = False
        self._told = ""
        self.setCentralWidget(self.panels)
        self.resize(*_SIZE)
        self.panels.arrange(*_SIZE)
        menus.build(self)
        self._connect()
        # After the connections: it reads what they have set.
        self.remembering = Remembering(self)
        self.remembering.restore()
        self._document_changed()
        self._retitle()

    def begin(self, project: Path | None = None) -> None:
        """After the first paint: open the device, the library, and `project` if given."""
        settings = QSettings()
        device = self.transport.device
        self.studio.player.open(device.name, device.latency)
        self.clock.start()
        self.map_view.setFocus()
        opened = project is not None and self.projects.open(project)
        library = settings.value("library", "")
        if not opened:
            known = Path(str(library)) if library and Path(str(library)).is_dir() else None
            self.studio.open(known)
        elif self.studio.map is None:
            self.studio.open()
        self.filing.offer_recovery()
        if not settings.value("hint_seen", False, bool):
            self.show_hint()

    def show_hint(self) -> None:
        """The three first steps."""
        hint = WelcomeCard(self.panels)
        hint.dismissed.connect(lambda: QSettings().setValue("hint_seen", True))
        hint.show()

    def show_export(self) -> None:
        """The export panel."""
        self.panels.show_tab(self.jobs.exporting.panel)

    @Slot()
    def play_or_pause(self) -> None:
        """Start the transport, or halt it where it is."""
        player = self.studio.player
        if self.clock.state.playing:
            player.stop()
        else:
            player.play()

    @Slot()
    def stop(self) -> None:
        """Halt, and silence what was clicked on the map."""
        self.studio.player.stop()
        self.hearing.silence()

    @Slot()
    def to_start(self) -> None:
        """The playhead goes to the first bar."""
        self.studio.player.seek(0)

    def toggle_full_screen(self) -> None:
        """All of the screen, or a window again."""
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    def shut_down(self) -> None:
        """Jobs, sound and child end; unsaved work is on disk when this returns."""
        if self._closed:
            return
        self._closed = True
        self.clock.stop()
        self.remembering.keep()
        self.jobs.close()
        self.projects.close()
        self.studio.close()
        self.map_view.shutdown()
        self.background.close()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        self.shut_down()
        super().closeEvent(event)

    # Inside

    def _connect(self) -> None:
        transport, player = self.transport, self.studio.player
        transport.play_requested.connect(self.play_or_pause)
        transport.stop_requested.connect(self.stop)
        transport.start_requested.connect(self.to_start)
        transport.tempo_changed.connect(self._set_tempo)
        transport.gain_changed.connect(player.set_gain)
        transport.loop_toggled.connect(self._set_looping)
        transport.device.chosen.connect(self._choose_device)
        self.clock.ticked.connect(self._tick)
        self.document.changed.connect(self._document_changed)
        self.document.loop_changed.connect(self._show_loop)
        self.document.problem.connect(lambda line: self._problem("edit", line))
        self.hearing.sounding_changed.connect(transport.show_sounding)
        self.map_view.place_requested.connect(self._place)
        self.map_view.selection_changed.connect(self._selected)
        self.map_view.play_requested.connect(self.play_or_pause)
        self.projects.changed.connect(self._retitle)
        self.projects.mended.connect(self.panels.banners.dismiss)
        self.studio.status.connect(self.statusBar().showMessage)
        self.studio.map_changed.connect(self._map_changed)
        self.background.problem.connect(lambda line: self._problem("background", line))
        for source in (self.studio, self.projects):
            source.problem.connect(self._problem)

    @Slot(object)
    def _tick(self, state: PlayerState) -> None:
        self.arranging.show(state)
        tick = self.arranging.tick_at(state.frame)
        self.transport.show_playing(state.playing)
        self.transport.show_position(tick, self.document.arrangement.seconds(int(tick)))
        self.transport.show_levels(state.peaks, state.lufs)
        self.transport.device.show_state(state.device, state.latency, state.underruns)
        self.hearing.show(state)
        self._show_device_problem(state.problem)

    def _show_device_problem(self, line: str) -> None:
        shown = self.panels.banners.texts().get("device")
        # What was told and put away is not told again while it stays the same.
        if line and line != shown and line != self._told:
            self.panels.banners.show_message("device", line, kind="warning")
            self._told = line
        elif not line and shown:
            self.panels.banners.dismiss("device")

    @Slot(float)
    def _set_tempo(self, bpm: float) -> None:
        self.document.edit("tempo", lambda a: edits.set_tempo(a, bpm), merge="tempo")

    @Slot(bool)
    def _set_looping(self, on: bool) -> None:
        self.arranging.looping = on
        self.arranging.hand_over_loop()

    @Slot()
    def _show_loop(self) -> None:
        there = self.document.loop is not None
        if there:
            self.arranging.looping = True
            self.arranging.hand_over_loop()
        self.transport.show_loop(there and self.arranging.looping, there)

    @Slot(object, str)
    def _choose_device(self, name: object, latency: str) -> None:
        self.studio.player.open(str(name) if name else None, latency)

    @Slot()
    def _document_changed(self) -> None:
        self.transport.show_tempo(self.document.arrangement.bpm)

    @Slot(object)
    def _selected(self, segment_ids: list[str]) -> None:
        count = len(segment_ids)
        line = f"{count} segments selected: drag one of them to place all, or open its menu"
        self.statusBar().showMessage(line if count > 1 else "")

    @Slot(object)
    def _place(self, dragged: object) -> None:
        """Put what was chosen on the map where the playhead is, one after the other."""
        tick = edits.snap(int(self.arranging.tick_at(self.clock.state.frame)))
        rows = [
            [
                Clip(new_id(), it.source, tick + number * TICKS_PER_SEGMENT, name=it.name)
                for number, it in enumerate(dragged)  # type: ignore[call-overload]
            ]
        ]
        self.document.edit("place", lambda a: edits.paste(a, rows, tick=tick, lane_index=0))

    @Slot(object)
    def _map_changed(self, found: object) -> None:
        """An empty project takes the tempo of the library it is made from."""
        untouched = self.document.undo_stack.count() == 0
        empty = not any(True for _ in self.document.arrangement.clips())
        if self.studio.map is not None and untouched and empty:
            bpm = round(self.studio.map.tempo, 2)
            self.document.apply(edits.set_tempo(self.document.arrangement, bpm))
        self._document_changed()
        if not self.studio.is_demo:
            QSettings().setValue("library", str(self.studio.library_path))
        else:
            QSettings().remove("library")

    @Slot(str, str)
    def _problem(self, key: str, line: str) -> None:
        self.panels.banners.show_message(key, line)

    @Slot()
    def _retitle(self) -> None:
        self.setWindowTitle(f"{self.projects.name}[*] – TechnoVAE")  # noqa: RUF001
        self.setWindowModified(self.projects.unsaved)
