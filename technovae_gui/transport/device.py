"""Which sound device plays, and with what latency."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from core.errors import DeviceError
from core.playback.portaudio_output import Device, list_devices

LATENCIES = {"low": "Low latency", "high": "Safe latency"}


class DeviceButton(QToolButton):
    """A menu of the machine's devices, read each time it opens.

    Signals:
        chosen(object, str): the device's name or None for the system's default; "low" or "high".
    """

    chosen = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name: str | None = None
        """What the player finds the device by. Numbers change with what is plugged in."""
        self.latency = "high"
        self.setText("Sound")
        self.setAccessibleName("Sound device")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setMenu(QMenu(self))
        self.menu().aboutToShow.connect(self._fill)
        self.show_state("", 0.0, 0)

    def show_state(self, device: str, latency: float, underruns: int) -> None:
        """Name the device that plays, its latency in seconds, and the under-runs so far."""
        name = device or "no device"
        self.setText(name if len(name) <= 18 else f"{name[:17]}…")
        lost = f"{underruns} under-runs" if underruns else "no under-runs"
        self.setToolTip(f"Sound device: {name}, {1000 * latency:.0f} ms latency, {lost}")

    def restore(self, name: str | None, latency: str) -> None:
        """What was chosen before."""
        self.name = name
        self.latency = latency if latency in LATENCIES else "high"

    def choose(self, name: str | None, latency: str) -> None:
        """Remember and announce a choice."""
        self.name, self.latency = name, latency
        self.chosen.emit(name, latency)

    def _fill(self) -> None:
        menu = self.menu()
        menu.clear()
        try:
            found = list_devices()
        except DeviceError as error:
            self._note(menu, str(error))
            return
        devices = QActionGroup(menu)
        self._entry(menu, devices, "The system's default", None)
        for device in found:
            self._entry(menu, devices, _label(device), known_as(device))
        menu.addSeparator()
        latencies = QActionGroup(menu)
        for latency, text in LATENCIES.items():
            action = self._checkable(menu, latencies, text, latency == self.latency)
            action.triggered.connect(lambda _=False, it=latency: self.choose(self.name, it))

    def _entry(self, menu: QMenu, group: QActionGroup, text: str, name: str | None) -> None:
        action = self._checkable(menu, group, text, name == self.name)
        action.triggered.connect(lambda _=False: self.choose(name, self.latency))

    def _checkable(self, menu: QMenu, group: QActionGroup, text: str, checked: bool) -> QAction:
        action = menu.addAction(text)
        action.setCheckable(True)
        action.setChecked(checked)
        group.addAction(action)
        return action

    def _note(self, menu: QMenu, text: str) -> None:
        menu.addAction(text).setEnabled(False)


def known_as(device: Device) -> str:
    """The name by which PortAudio finds this device and no other."""
    return f"{device.name}, {device.host_api}"


def _label(device: Device) -> str:
    return f"{device.name}  ({device.host_api}, {device.sample_rate:.0f} Hz)"
