"""The sound devices of this machine; the only file that imports sounddevice."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.errors import DeviceError
from core.playback.audio_output import AHEAD, BLOCK, AudioOutput, PlayheadClock
from core.playback.supervised_thread import one_line
from core.settings import SAMPLE_RATE

FloatArray = NDArray[np.float32]

_RING: Final = 1 << 13
"""Frames of the ring buffers, a power of two above `AHEAD`."""
_STATS_SECONDS: Final = 0.25
_portaudio_lock = threading.Lock()
"""PortAudio's own start and end, and questions to it, one at a time."""


@dataclass(frozen=True)
class Device:
    """A sound device that can play.

    Attributes:
        index: PortAudio's number of it.
        name: as the system calls it.
        host_api: the system's interface to it, e.g. "ALSA".
        channels: how many it can play at once.
        sample_rate: the one it prefers, Hz.
        latency: what it needs for steady playback, seconds.
        is_default: whether the system plays on it by default.
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
    with _portaudio_lock:
        return _listed(_portaudio())


def open_output(
    device: int | str | None, latency: float | str, origin: int, wake: Callable[[], None]
) -> AudioOutput:
    """Open a device after looking for devices anew. No other may be open.

    Args:
        device: its number or part of its name; None for the system's default.
        latency: seconds, or "high" or "low" for what the device proposes.
        origin: number of the first frame.
        wake: called, on a thread of PortAudio, when the device is lost.

    Returns:
        An output that runs already and plays silence until it is started.

    Raises:
        DeviceError: PortAudio is missing, or there is no such device, or it refuses.
    """
    with _portaudio_lock:
        known = "sounddevice" in sys.modules
        sounddevice = _portaudio()
        try:
            if known:
                _rescan(sounddevice)
            return _opened(sounddevice, device, latency, origin, wake)
        except (sounddevice.PortAudioError, ValueError, OSError) as error:
            raise DeviceError(_refusal(sounddevice, device, error)) from error


def _listed(sounddevice: ModuleType) -> list[Device]:
    try:
        default = sounddevice.default.device[1]
        apis = sounddevice.query_hostapis()
        found = list(sounddevice.query_devices())
    except sounddevice.PortAudioError as error:
        raise DeviceError(
            f"the sound system does not answer ({one_line(error)}); check that it runs, then try "
            "again"
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
    except Exception as error:  # the import starts PortAudio, whose error class is not there yet
        raise DeviceError(
            f"the sound system does not start ({one_line(error)}); check that it runs, then try "
            "again"
        ) from error
    module: ModuleType = sounddevice
    return module


def _rescan(sounddevice: ModuleType) -> None:
    # PortAudio looks for devices only when it starts. It may have ended without starting again.
    if sounddevice._initialized:
        sounddevice._terminate()
    sounddevice._initialize()


def _opened(
    sounddevice: ModuleType,
    device: int | str | None,
    latency: float | str,
    origin: int,
    wake: Callable[[], None],
) -> AudioOutput:
    options = {
        "device": device,
        "channels": 2,
        "samplerate": SAMPLE_RATE,
        "blocksize": BLOCK,
        "latency": latency,
    }
    if _api_of(sounddevice, device) == "Windows WASAPI":
        # It refuses all rates but the device's own unless asked to convert.
        options["extra_settings"] = sounddevice.WasapiSettings(auto_convert=True)
    ring = _c_ring(options, wake) or _NumpyRing(sounddevice, options, wake)
    try:
        name = str(sounddevice.query_devices(ring.stream.device)["name"])
    except sounddevice.PortAudioError:
        ring.close()
        raise
    return _StreamOutput(ring, name, origin)


def _api_of(sounddevice: ModuleType, device: int | str | None) -> str:
    entry = sounddevice.query_devices(device, "output")
    return str(sounddevice.query_hostapis(entry["hostapi"])["name"])


def _refusal(sounddevice: ModuleType, device: int | str | None, error: Exception) -> str:
    """Why `device` could not be opened, one line, as far as PortAudio still answers."""
    try:
        found = list(sounddevice.query_devices())
    except (sounddevice.PortAudioError, OSError):
        return f"the sound system does not answer ({one_line(error)}); check that it runs"
    if not any(entry["max_output_channels"] > 0 for entry in found):
        return "there is no sound device; connect one to hear what plays (exporting works)"
    which = "the sound device" if device is None else f"the sound device {device!r}"
    return f"{which} does not play ({one_line(error)}); choose another"


class _Ring:
    """A stream and the ring buffer that its callback drains; the callback stops at its end."""

    stream: Any

    def __init__(self, samples: FloatArray, wake: Callable[[], None]) -> None:
        """
        Args:
            samples: (_RING, 2), the memory of the ring.
            wake: called when the stream ends by itself.
        """
        self._samples = samples
        self._written = 0
        self.lost = False
        self.closing = False
        self._wake = wake

    def finished(self) -> None:
        """PortAudio has ended the stream."""
        if not self.closing:
            self.lost = True
            self._wake()

    def read_available(self) -> int:
        """Frames that the callback has not taken yet."""
        raise NotImplementedError

    def write(self, block: FloatArray) -> None:
        """Take (frames, 2); there must be room."""
        raise NotImplementedError

    def replace(self, back: int, block: FloatArray) -> None:
        """Overwrite frames that the callback has not come to.

        Args:
            back: how many frames before the end of what was written the first one is.
            block: (frames, 2), at most `back`.
        """
        _overwrite(self._samples, self._written - back, block)

    def running(self) -> bool:
        """The callback takes from the ring."""
        raise NotImplementedError

    def start(self) -> None:
        """Have the callback take from the ring until it is empty."""
        raise NotImplementedError

    def device_underruns(self) -> int:
        """Gaps that PortAudio noticed since this was last asked."""
        raise NotImplementedError

    def close(self) -> None:
        """End the stream."""
        self.closing = True
        self.stream.close()


class _CRing(_Ring):
    """python-rtmixer: the callback is C, so no thread of Python can hold it up."""

    def __init__(
        self, rtmixer: ModuleType, options: dict[str, Any], wake: Callable[[], None]
    ) -> None:
        self._ring = rtmixer.RingBuffer(8, _RING)
        _, memory, _ = self._ring.get_write_buffers(_RING)  # all of it, for it is empty
        super().__init__(np.frombuffer(memory, np.float32).reshape(_RING, 2), wake)
        self.stream = rtmixer.Mixer(finished_callback=self.finished, **options)
        self._play: Any = None
        self._stats: Any = None
        self.stream.start()

    def read_available(self) -> int:
        return int(self._ring.read_available)

    def write(self, block: FloatArray) -> None:
        self._ring.write(np.ascontiguousarray(block, np.float32))
        self._written += len(block)

    def running(self) -> bool:
        return self._play is not None and self._play in self.stream.actions

    def start(self) -> None:
        self._play = self.stream.play_ringbuffer(self._ring)

    def device_underruns(self) -> int:
        """What the callback answered to the last question; asks the next."""
        if self._stats is not None and self._stats in self.stream.actions:
            return 0
        found = 0 if self._stats is None else int(self._stats.stats.output_underflows)
        self._stats = self.stream.fetch_and_reset_stats()
        return found


class _NumpyRing(_Ring):
    """The stand-in where rtmixer is missing: a callback of Python that only copies.

    The callback alone moves `_taken`, the writer alone `_written`.
    """

    def __init__(
        self, sounddevice: ModuleType, options: dict[str, Any], wake: Callable[[], None]
    ) -> None:
        super().__init__(np.zeros((_RING, 2), np.float32), wake)
        self._taken = self._underruns = 0
        self._running = False
        self.stream = sounddevice.OutputStream(
            dtype="float32", callback=self.callback, finished_callback=self.finished, **options
        )
        self.stream.start()

    def callback(self, out: FloatArray, frames: int, _time: object, status: Any) -> None:
        """Fill `out` with what there is, and silence."""
        if status.output_underflow:
            self._underruns += 1
        ready = min(frames, self._written - self._taken) if self._running else 0
        at = self._taken % _RING
        whole = min(ready, _RING - at)
        out[:whole] = self._samples[at : at + whole]
        out[whole:ready] = self._samples[: ready - whole]
        out[ready:] = 0.0
        self._taken += ready
        if ready < frames:
            self._running = False

    def read_available(self) -> int:
        return self._written - self._taken

    def write(self, block: FloatArray) -> None:
        _overwrite(self._samples, self._written, block)
        self._written += len(block)

    def running(self) -> bool:
        return self._running

    def start(self) -> None:
        self._running = True

    def device_underruns(self) -> int:
        found, self._underruns = self._underruns, 0
        return found


def _overwrite(ring: FloatArray, frame: int, block: FloatArray) -> None:
    """Put `block` into the memory of a ring from the place of `frame` on."""
    at = frame % len(ring)
    whole = min(len(block), len(ring) - at)
    ring[at : at + whole] = block[:whole]
    ring[: len(block) - whole] = block[whole:]


def _c_ring(options: dict[str, Any], wake: Callable[[], None]) -> _Ring | None:
    try:
        import rtmixer
    except (ImportError, OSError):
        return None
    return _CRing(rtmixer, options, wake)


class _StreamOutput:
    """A PortAudio stream that runs all the time and takes from a ring while something sounds."""

    def __init__(self, ring: _Ring, name: str, origin: int) -> None:
        self.name = name
        self.latency = float(ring.stream.latency)
        self._ring = ring
        self._written = origin
        # A block is taken at its beginning, so on average half of one is not audible yet.
        self._clock = PlayheadClock(origin, round(self.latency * SAMPLE_RATE) + BLOCK // 2)
        self._fed = False
        self._starved = 0
        self._asked = 0.0

    @property
    def lost(self) -> bool:
        return self._ring.lost

    def write_available(self) -> int:
        taken = self.taken()
        if self._fed:
            self._clock.observe(taken, time.monotonic())
        return AHEAD - (self._written - taken)

    def write(self, block: FloatArray) -> None:
        self._ring.write(block)
        self._written += len(block)

    def taken(self) -> int:
        return self._written - self._ring.read_available()

    def replace(self, frame: int, block: FloatArray) -> bool:
        # A callback that copies now says so only when it is done.
        if frame < self.taken() + BLOCK:
            return False
        self._ring.replace(self._written - frame, block)
        return True

    def start(self) -> None:
        if self._ring.running():
            return
        if self._fed:
            self._starved += 1
        self._fed = True
        self._ring.start()

    def drain(self) -> bool:
        self._fed = False
        if self._ring.read_available():
            return False
        if self.played() < self._written:
            return False
        self._clock.reset()
        return True

    def played(self) -> int:
        return self._clock.played(self._written, time.monotonic())

    def underruns(self) -> int:
        starved, self._starved = self._starved, 0
        if time.monotonic() - self._asked < _STATS_SECONDS or self.lost:
            return starved
        self._asked = time.monotonic()
        noticed = self._ring.device_underruns()
        # What the device misses while nothing sounds is no gap.
        return starved + (noticed if self._fed else 0)

    def close(self) -> None:
        self._ring.close()
