"""What is found again: habits in the settings, how a project is listened to in the project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QObject, QSettings, Slot

from core.arrangement.project import Playback, Project
from technovae_gui.timeline import Snap

if TYPE_CHECKING:
    from technovae_gui.main_window import MainWindow


class Remembering(QObject):
    """Between the settings, the projects and the widgets."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self._document = window, window.document
        self._transport, self._arranging = window.transport, window.arranging
        window.document.loop_changed.connect(self._note)
        window.transport.loop_toggled.connect(self._note)
        window.transport.gain_changed.connect(self._note)
        window.transport.device.chosen.connect(self._note_device)
        window.projects.opened.connect(self._opened)

    def restore(self) -> None:
        """As it was when the last window closed."""
        settings, window = QSettings(), self._window
        for name, restore in (
            ("geometry", window.restoreGeometry),
            ("across", window.panels.across.restoreState),
            ("down", window.panels.down.restoreState),
        ):
            value = settings.value(name)
            if isinstance(value, QByteArray):
                restore(value)
        seen = settings.value("map")
        if isinstance(seen, dict):
            window.map_view.restore(seen)
        window.panels.side.setCurrentIndex(int(settings.value("tab", 0, int)))
        snap = str(settings.value("snap", Snap.BAR.name))
        window.timeline.snap = Snap.__members__.get(snap, Snap.BAR)
        window.timeline.state.follow = bool(settings.value("follow", True, bool))
        device = str(settings.value("device", "")) or None
        window.transport.device.restore(device, str(settings.value("latency", "high")))

    def keep(self) -> None:
        """Note how it is now, for the next window."""
        settings, window = QSettings(), self._window
        settings.setValue("geometry", window.saveGeometry())
        settings.setValue("across", window.panels.across.saveState())
        settings.setValue("down", window.panels.down.saveState())
        settings.setValue("map", window.map_view.state())
        settings.setValue("tab", window.panels.side.currentIndex())
        settings.setValue("snap", window.timeline.snap.name)
        settings.setValue("follow", window.timeline.state.follow)

    @Slot()
    def _note(self) -> None:
        gain = float(self._transport.gain.value())
        playback = Playback(self._document.loop, self._arranging.looping, gain)
        self._window.projects.set_playback(playback)

    @Slot(object, str)
    def _note_device(self, name: object, latency: str) -> None:
        settings = QSettings()
        settings.setValue("device", name or "")
        settings.setValue("latency", latency)

    @Slot(object, object)
    def _opened(self, project: Project, path: object) -> None:
        """Listen as the project was listened to last."""
        playback = project.playback
        self._document.set_loop(playback.loop)
        # After the region: a new one begins to repeat by itself.
        self._arranging.looping = playback.looping
        self._arranging.hand_over_loop()
        there = playback.loop is not None
        self._transport.show_loop(there and playback.looping, there)
        self._transport.gain.setValue(round(playback.gain_db))
        self._note()
