"""How the window was left: sizes, splitters, view, snap and device, kept in the user's settings."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QMainWindow

from technovae_gui.document import Document
from technovae_gui.layout import Layout
from technovae_gui.map import LatentMapView
from technovae_gui.timeline import Snap, TimelineView
from technovae_gui.transport.device_menu import DeviceChoice, DeviceMenuButton
from technovae_gui.transport.metronome_button import MetronomeButton


class WindowSettings:
    """Restores what a window looked like, and keeps it when it closes."""

    def __init__(
        self,
        window: QMainWindow,
        document: Document,
        layout: Layout,
        map_view: LatentMapView,
        timeline: TimelineView,
        device: DeviceMenuButton,
        metronome: MetronomeButton,
    ) -> None:
        self._window, self._document, self._layout = window, document, layout
        self._map_view, self._timeline, self._device = map_view, timeline, device
        self._metronome = metronome
        self.found_geometry = False
        device.chosen.connect(_keep_device)

    def restore(self) -> None:
        """Make the window as it was when the last one closed.

        `found_geometry` then says whether its size and place fit the screens there are now.
        """
        settings, layout = QSettings(), self._layout
        geometry, across, down = (settings.value(name) for name in ("geometry", "across", "down"))
        if isinstance(geometry, QByteArray):
            self.found_geometry = self._window.restoreGeometry(geometry)
        if isinstance(across, QByteArray) and isinstance(down, QByteArray):
            layout.restore_sizes(across, down)
        layout.show_side(bool(settings.value("shows_side", True, bool)))
        layout.show_timeline(bool(settings.value("shows_timeline", True, bool)))
        seen = settings.value("map")
        if isinstance(seen, dict):
            self._map_view.restore(seen)
        tab = settings.value("tab", 0, int)
        layout.side.setCurrentIndex(tab if isinstance(tab, int) else 0)
        snap = str(settings.value("snap", Snap.BAR.name))
        self._timeline.snap = Snap.__members__.get(snap, Snap.BAR)
        self._timeline.state.follow = bool(settings.value("follow", True, bool))
        self._document.automation_follows = bool(settings.value("automation_follows", True, bool))
        count_in = settings.value("count_in", 0, int)
        self._metronome.restore(
            bool(settings.value("metronome", False, bool)),
            count_in if isinstance(count_in, int) else 0,
        )
        device = str(settings.value("device", "")) or None
        self._device.restore(device, str(settings.value("latency", "high")))

    def keep(self) -> None:
        """Write down how the window is now, for the next one."""
        settings, layout = QSettings(), self._layout
        settings.setValue("geometry", self._window.saveGeometry())
        settings.setValue("across", layout.across.saveState())
        settings.setValue("down", layout.down.saveState())
        settings.setValue("shows_side", layout.shows_side)
        settings.setValue("shows_timeline", layout.shows_timeline)
        settings.setValue("map", self._map_view.state())
        settings.setValue("tab", layout.side.currentIndex())
        settings.setValue("snap", self._timeline.snap.name)
        settings.setValue("follow", self._timeline.state.follow)
        settings.setValue("automation_follows", self._document.automation_follows)
        settings.setValue("metronome", self._metronome.isChecked())
        settings.setValue("count_in", self._metronome.count_in)


def _keep_device(choice: DeviceChoice) -> None:
    settings = QSettings()
    settings.setValue("device", choice.name or "")
    settings.setValue("latency", choice.latency)
