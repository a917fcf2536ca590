"""The menu of sound devices."""

from __future__ import annotations

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from core.errors import DeviceError
from core.playback.portaudio_output import Device
from technovae_gui.transport.device_menu import DeviceChoice, DeviceMenuButton, portaudio_name

LIST = "technovae_gui.transport.device_menu.list_devices"


@pytest.fixture
def button(qtbot: QtBot) -> DeviceMenuButton:
    made = DeviceMenuButton()
    qtbot.addWidget(made)
    return made


def test_a_device_is_known_by_its_name(
    button: DeviceMenuButton, monkeypatch: pytest.MonkeyPatch
) -> None:
    devices = [
        Device(index, "USB", api, 2, 44_100.0, 0.01, False)
        for index, api in ((3, "ALSA"), (9, "JACK"))
    ]
    monkeypatch.setattr(LIST, lambda: devices)
    button.restore("USB, JACK", "low")
    button.menu().aboutToShow.emit()
    checked = [action.text() for action in button.menu().actions() if action.isChecked()]
    assert checked == ["USB  (JACK, 44100 Hz)", "Low latency"]
    assert len({portaudio_name(device) for device in devices}) == 2


def test_an_entry_of_the_menu_chooses(
    qtbot: QtBot, button: DeviceMenuButton, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = Device(3, "USB", "ALSA", 2, 44_100.0, 0.01, False)
    monkeypatch.setattr(LIST, lambda: [device])
    button.menu().aboutToShow.emit()
    entry = next(action for action in button.menu().actions() if "USB" in action.text())
    with qtbot.waitSignal(button.chosen) as chosen:
        entry.trigger()
    assert chosen.args == [DeviceChoice("USB, ALSA", "high")]


def test_without_a_sound_system_the_menu_says_what_is_missing(
    button: DeviceMenuButton, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> Any:
        raise DeviceError("PortAudio is missing; install libportaudio2")

    monkeypatch.setattr(LIST, fail)
    button.menu().aboutToShow.emit()
    (note,) = button.menu().actions()
    assert "libportaudio2" in note.text()
    assert not note.isEnabled()


def test_a_latency_that_is_unknown_is_the_safe_one(button: DeviceMenuButton) -> None:
    button.restore(None, "nonsense")
    assert button.latency == "high"


def test_under_runs_are_shown(button: DeviceMenuButton) -> None:
    button.show_state("A device with a very long name indeed", 0.02, 3)
    assert button.text().endswith("…")
    assert "20 ms latency, 3 under-runs" in button.toolTip()


def test_it_is_as_wide_whatever_the_device_is_called(button: DeviceMenuButton) -> None:
    """Fault: the meter beside it moved when another device was chosen, or the device was lost."""
    widths = set()
    for name in ("", "default", "HDA Intel PCH: ALC3246 Analog (hw:0,0)"):
        button.show_state(name, 0.01, 0)
        button.adjustSize()
        widths.add(button.width())
        needed = button.fontMetrics().horizontalAdvance(button.text())
        assert needed < button.width() - 20, "room for the arrow"
        assert (name or "no device") in button.toolTip()
    assert len(widths) == 1
