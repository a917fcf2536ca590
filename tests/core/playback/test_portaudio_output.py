from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from core.errors import DeviceError
from core.playback.portaudio_output import Device, list_devices, open_output
from tests.core.playback.fakes import PortAudioError


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
        _initialized=1,
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


class Stream:
    """A stream that is pulled by hand."""

    latency = 0.05
    device = 0
    active = True

    def __init__(self, *, callback: Any = None, finished_callback: Any = None, **options: Any):
        self.callback, self.finished, self.options = callback, finished_callback, options
        self.closed = False

    def start(self) -> None: ...

    def close(self) -> None:
        self.closed = True
        self.finished()

    def pull(self, frames: int, underflow: bool = False) -> Any:
        out = np.full((frames, 2), np.nan, np.float32)
        self.callback(out, frames, None, SimpleNamespace(output_underflow=underflow))
        return out


@pytest.fixture
def streams(monkeypatch: pytest.MonkeyPatch) -> list[Stream]:
    """Streams that are opened with sounddevice alone, without rtmixer."""
    module = fake(monkeypatch, [entry("speakers", 2)], default=0)
    opened: list[Stream] = []

    def stream(**options: Any) -> Stream:
        opened.append(Stream(**options))
        return opened[-1]

    module.OutputStream = stream
    module.query_hostapis = lambda index: {"name": "ALSA"}
    module.query_devices = lambda *which: entry("speakers", 2) if which else [entry("it", 2)]

    def initialize() -> None:
        module._initialized += 1

    def terminate() -> None:
        assert module._initialized
        module._initialized -= 1

    module._terminate, module._initialize = terminate, initialize
    monkeypatch.setitem(sys.modules, "rtmixer", None)
    return opened


def counting(frames: int, first: int = 0) -> Any:
    return np.stack([np.arange(first, first + frames)] * 2, axis=1).astype(np.float32)


def test_the_stand_in_gives_what_was_written_in_order(streams: list[Stream]) -> None:
    output = open_output(None, "high", 1000, lambda: None)
    assert (output.name, output.latency) == ("speakers", 0.05)
    assert streams[0].options["samplerate"] == 44_100
    assert not streams[0].pull(512).any()
    given: list[Any] = []
    for turn in range(60):
        while output.write_available() >= 512:
            output.write(counting(512, 512 * len(given)))
            given.append(None)
        output.start()
        taken = streams[0].pull(300)
        np.testing.assert_array_equal(taken, counting(300, 300 * turn))
    assert output.underruns() == 0
    assert 1000 <= output.played() <= 1000 + 512 * len(given)


def test_what_was_written_is_replaced_but_for_what_is_being_taken(streams: list[Stream]) -> None:
    output = open_output(None, "high", 1000, lambda: None)
    for turn in range(20):  # more than once round the ring
        assert output.taken() == 1000 + 2048 * turn
        output.write(counting(2048))
        output.start()
        assert not output.replace(1000 + 2048 * turn + 511, counting(100))
        assert output.replace(1000 + 2048 * turn + 1024, -counting(1000))
        taken = streams[0].pull(2048)
        np.testing.assert_array_equal(taken[1024:2024], -counting(1000))
        np.testing.assert_array_equal(taken[:1024], counting(1024))
        np.testing.assert_array_equal(taken[2024:], counting(24, 2024))


def test_running_dry_is_a_gap_only_while_something_sounds(streams: list[Stream]) -> None:
    output = open_output(None, "high", 0, lambda: None)
    output.write(counting(512))
    output.start()
    streams[0].pull(1024)
    output.write(counting(512, 512))
    assert not streams[0].pull(256).any()
    output.start()
    assert output.underruns() == 1
    np.testing.assert_array_equal(streams[0].pull(512), counting(512, 512))
    assert not output.drain() or output.played() == 1024
    streams[0].pull(512)
    output.write(counting(512))
    output.start()
    assert output.underruns() == 0


def test_gaps_that_the_device_notices_are_counted(
    streams: list[Stream], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr("core.playback.portaudio_output.time.monotonic", lambda: now[0])
    output = open_output(None, "high", 0, lambda: None)
    streams[0].pull(512, underflow=True)
    assert output.underruns() == 0  # nothing sounded
    now[0] += 1
    output.write(counting(2048))
    output.start()
    streams[0].pull(512, underflow=True)
    assert output.underruns() == 1
    assert output.underruns() == 0


def test_a_stream_that_ends_by_itself_is_lost(streams: list[Stream]) -> None:
    woken: list[bool] = []
    output = open_output(None, "high", 0, lambda: woken.append(True))
    assert not output.lost
    streams[0].finished()
    assert output.lost
    assert woken == [True]
    other = open_output(None, "high", 0, lambda: woken.append(True))
    other.close()
    assert woken == [True]


def test_what_cannot_be_opened_is_one_line(
    monkeypatch: pytest.MonkeyPatch, streams: list[Stream]
) -> None:
    module = sys.modules["sounddevice"]

    def refuse(**options: Any) -> None:
        raise PortAudioError("Invalid\n sample rate")

    monkeypatch.setattr(module, "OutputStream", refuse)
    with pytest.raises(DeviceError, match=r"'desk' does not play \(Invalid sample rate\)"):
        open_output("desk", "high", 0, lambda: None)
    monkeypatch.setattr(
        module, "query_devices", lambda *which: entry("mic", 0) if which else [entry("mic", 0)]
    )
    with pytest.raises(DeviceError, match="no sound device"):
        open_output(None, "high", 0, lambda: None)


def test_a_sound_system_that_fails_even_when_asked_for_the_reason_is_one_line(
    monkeypatch: pytest.MonkeyPatch, streams: list[Stream]
) -> None:
    module = sys.modules["sounddevice"]

    def fail(*_: object, **__: object) -> None:
        raise PortAudioError("PortAudio\n not initialized")

    for name in ("query_devices", "query_hostapis", "OutputStream"):
        monkeypatch.setattr(module, name, fail)
    with pytest.raises(DeviceError, match="does not answer") as caught:
        open_output("desk", "high", 0, lambda: None)
    assert "\n" not in str(caught.value)


def test_a_sound_system_that_ended_and_did_not_start_again_is_started_again(
    monkeypatch: pytest.MonkeyPatch, streams: list[Stream]
) -> None:
    module = sys.modules["sounddevice"]

    def fail() -> None:
        raise PortAudioError("Error initializing PortAudio")

    with monkeypatch.context() as patched:
        patched.setattr(module, "_initialize", fail)
        with pytest.raises(DeviceError, match="Error initializing"):
            open_output(None, "high", 0, lambda: None)
    assert open_output(None, "high", 0, lambda: None).name == "speakers"


def test_wasapi_is_asked_to_convert(monkeypatch: pytest.MonkeyPatch, streams: list[Stream]) -> None:
    module = sys.modules["sounddevice"]
    settings = SimpleNamespace()
    monkeypatch.setattr(module, "query_hostapis", lambda index: {"name": "Windows WASAPI"})
    monkeypatch.setattr(module, "WasapiSettings", lambda auto_convert: settings, raising=False)
    open_output(None, "high", 0, lambda: None)
    assert streams[0].options["extra_settings"] is settings
