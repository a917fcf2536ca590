"""The sound devices of this machine; the only file that imports sounddevice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.errors import DeviceError

if TYPE_CHECKING:
    from types import ModuleType


@dataclass(frozen=True)
class Device:
    """A sound device that can play.

    index:       PortAudio's number of it
    channels:    how many it can play at once
    sample_rate: its own, Hz
    latency:     its own for steady playback, seconds
    """

    index: int
    name: str
    host_api: str
    channels: int
    sample_rate: float
    latency: float
    is_default: bool


def list_devices() -> list[Device]:
    """All devices that can play, in PortAudio's order; none is no error.

    Raises:
        DeviceError: PortAudio is missing or does not start; the message says what to install.
    """
    sounddevice = _portaudio()
    try:
        default = sounddevice.default.device[1]
        apis = sounddevice.query_hostapis()
        found = list(sounddevice.query_devices())
    except sounddevice.PortAudioError as error:
        raise DeviceError(
            f"the sound system does not answer ({error}); check that it runs, then try again"
        ) from error
    return [
        _device(index, entry, apis, index == default)
        for index, entry in enumerate(found)
        if entry["max_output_channels"] > 0
    ]


def _device(index: int, entry: dict[str, Any], apis: Any, is_default: bool) -> Device:
    return Device(
        index=index,
        name=str(entry["name"]),
        host_api=str(apis[entry["hostapi"]]["name"]),
        channels=int(entry["max_output_channels"]),
        sample_rate=float(entry["default_samplerate"]),
        latency=float(entry["default_high_output_latency"]),
        is_default=is_default,
    )


def _portaudio() -> ModuleType:
    """sounddevice, whose import loads PortAudio. Raises `DeviceError` where it is missing."""
    try:
        import sounddevice
    except (ImportError, OSError) as error:
        raise DeviceError(
            "the PortAudio library is missing, so nothing can be played (exporting works); "
            "on Debian and Ubuntu install it with: sudo apt install libportaudio2"
        ) from error
    module: ModuleType = sounddevice
    return module
