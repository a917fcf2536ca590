from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pytest

from core.errors import DeviceError
from core.playback.output import Device, list_devices


class PortAudioError(Exception):
    pass


def entry(name: str, outputs: int) -> dict[str, Any]:
    return {
        "name": name,
        "hostapi": 1,
        "max_output_channels": outputs,
        "default_samplerate": 48_000.0,
        "default_high_output_latency": 0.035,
    }


def fake(monkeypatch: pytest.MonkeyPatch, devices: list[dict[str, Any]], default: int) -> Any:
    module = SimpleNamespace(
        PortAudioError=PortAudioError,
        default=SimpleNamespace(device=(0, default)),
        query_hostapis=lambda: ({"name": "OSS"}, {"name": "ALSA"}),
        query_devices=lambda: devices,
    )
    monkeypatch.setitem(sys.modules, "sounddevice", module)
    return module


def test_only_devices_that_play(monkeypatch: pytest.MonkeyPatch) -> None:
    fake(monkeypatch, [entry("mic", 0), entry("speakers", 2), entry("mixer", 8)], default=2)
    assert list_devices() == [
        Device(1, "speakers", "ALSA", 2, 48_000.0, 0.035, False),
        Device(2, "mixer", "ALSA", 8, 48_000.0, 0.035, True),
    ]


def test_no_device_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    fake(monkeypatch, [], default=-1)
    assert list_devices() == []


def test_a_missing_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(DeviceError, match="libportaudio2") as caught:
        list_devices()
    assert "\n" not in str(caught.value)


def test_a_sound_system_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise PortAudioError("host error")

    fake(monkeypatch, [], default=-1).query_devices = fail
    with pytest.raises(DeviceError, match="host error"):
        list_devices()
