"""The menu that chooses the sound device and its latency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from core.errors import DeviceError
from core.playback.portaudio_output import Device, list_devices

_WIDTH: Final = 112
"""Pixels, whatever the device is called: the meter beside it must not move."""
_TEXT_WIDTH: Final = _WIDTH - 34
LATENCIES = {"low": "Low latency", "high": "Safe latency"}


@dataclass(frozen=True)
class DeviceChoice:
    """A sound device by name (None: the system's default) and "low" or "high" latency."""

    name: str | None
    latency: str


class DeviceMenuButton(QToolButton):
    """A button with a menu of the machine's sound devices, read each time it opens.

    Signals:
        chosen(DeviceChoice)
    """

    chosen = Signal(DeviceChoice)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Devices are known by name: their numbers change with what is plugged in.
        self.name: str | None = None
        self.latency = "high"
        self.setFixedWidth(_WIDTH)
        self.setAccessibleName("Sound device")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setMenu(QMenu(self))
        self.menu().aboutToShow.connect(self._fill)
        self.show_state("", 0.0, 0)

    def show_state(self, device: str, latency: float, underruns: int) -> None:
        """Show the device that plays.

        Args:
            device: its name; empty for none.
            latency: in seconds.
            underruns: since it was opened.
        """
        name = device or "no device"
        self.setText(self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, _TEXT_WIDTH))
        lost = f"{underruns} under-runs" if underruns else "no under-runs"
        self.setToolTip(f"Sound device: {name}, {1000 * latency:.0f} ms latency, {lost}")

    def restore(self, name: str | None, latency: str) -> None:
        """Take over a choice of an earlier session.

        Args:
            name: of the device; None for the system's default.
            latency: "low" or "high".
        """
        self.name = name
        self.latency = latency if latency in LATENCIES else "high"

    def choose(self, name: str | None, latency: str) -> None:
        """Choose a device.

        Args:
            name: of the device; None for the system's default.
            latency: "low" or "high".
        """
        self.name, self.latency = name, latency
        self.chosen.emit(DeviceChoice(name, latency))

    def _fill(self) -> None:
        menu = self.menu()
        menu.clear()
        try:
            found = list_devices()
        except DeviceError as error:
            self._add_note(menu, str(error))
            return
        devices = QActionGroup(menu)
        self._add_device(menu, devices, "The system's default", None)
        for device in found:
            self._add_device(menu, devices, _label(device), portaudio_name(device))
        menu.addSeparator()
        latencies = QActionGroup(menu)
        for latency, text in LATENCIES.items():
            action = self._add_checkable(menu, latencies, text, latency == self.latency)
            action.triggered.connect(lambda _=False, it=latency: self.choose(self.name, it))

    def _add_device(self, menu: QMenu, group: QActionGroup, text: str, name: str | None) -> None:
        action = self._add_checkable(menu, group, text, name == self.name)
        action.triggered.connect(lambda _=False: self.choose(name, self.latency))

    def _add_checkable(self, menu: QMenu, group: QActionGroup, text: str, checked: bool) -> QAction:
        action = menu.addAction(text)
        action.setCheckable(True)
        action.setChecked(checked)
        group.addAction(action)
        return action

    def _add_note(self, menu: QMenu, text: str) -> None:
        menu.addAction(text).setEnabled(False)


def portaudio_name(device: Device) -> str:
    """The name by which PortAudio finds this device and no other."""
    return f"{device.name}, {device.host_api}"


def _label(device: Device) -> str:
    return f"{device.name}  ({device.host_api}, {device.sample_rate:.0f} Hz)"
