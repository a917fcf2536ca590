"""Watches what a device is given: when it takes the first frame that a command has changed."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from core.playback.audio_output import AudioOutput
from core.playback.portaudio_output import open_output

FloatArray = NDArray[np.float32]


class WatchedOutput:
    """An output that passes everything on to another one, and knows when silence or sound begins
    in what is written."""

    def __init__(self, output: AudioOutput, origin: int) -> None:
        """
        Args:
            output: what plays.
            origin: number of its first frame.
        """
        self._output = output
        self._written = origin
        self._wanted: bool | None = None
        self._frame: int | None = None

    @classmethod
    def open(
        cls, device: int | str | None, latency: float | str, origin: int, wake: Callable[[], None]
    ) -> WatchedOutput:
        """Open a device, as `portaudio_output.open_output` does.

        Args:
            device: its number or name.
            latency: seconds, "high" or "low".
            origin: number of the first frame.
            wake: called when it is lost.
        """
        return cls(open_output(device, latency, origin, wake), origin)

    def expect(self, *, sound: bool) -> None:
        """Look for the first frame of sound, or of silence, from now on."""
        self._frame, self._wanted = None, sound

    def wait_until_taken(self, seconds: float = 5.0) -> None:
        """Wait until the device has taken the frame that is looked for; it comes within `seconds`.

        Raises:
            TimeoutError: it does not.
        """
        end = time.monotonic() + seconds
        while self._frame is None or self._output.taken() <= self._frame:
            if time.monotonic() > end:
                raise TimeoutError("nothing changed")
            time.sleep(0.0005)

    def write(self, block: FloatArray) -> None:
        """See `AudioOutput.write`."""
        self._output.write(block)
        self._look(self._written, block)
        self._written += len(block)

    def replace(self, frame: int, block: FloatArray) -> bool:
        """See `AudioOutput.replace`.

        Args:
            frame: number of its first frame.
            block: (frames, 2).
        """
        done = self._output.replace(frame, block)
        if done:
            self._look(frame, block)
        return done

    def _look(self, frame: int, block: FloatArray) -> None:
        silent: NDArray[np.bool_] = np.all(block == 0.0, axis=1)
        if self._wanted is None or self._frame is not None or silent[-1] == self._wanted:
            return
        at = np.flatnonzero(silent == self._wanted)
        self._frame = frame + (int(at[-1]) + 1 if len(at) else 0)

    @property
    def name(self) -> str:
        """See `AudioOutput.name`."""
        return self._output.name

    @property
    def latency(self) -> float:
        """See `AudioOutput.latency`."""
        return self._output.latency

    @property
    def lost(self) -> bool:
        """See `AudioOutput.lost`."""
        return self._output.lost

    def write_available(self) -> int:
        """See `AudioOutput.write_available`."""
        return self._output.write_available()

    def taken(self) -> int:
        """See `AudioOutput.taken`."""
        return self._output.taken()

    def start(self) -> None:
        """See `AudioOutput.start`."""
        self._output.start()

    def drain(self) -> bool:
        """See `AudioOutput.drain`."""
        return self._output.drain()

    def played(self) -> int:
        """See `AudioOutput.played`."""
        return self._output.played()

    def underruns(self) -> int:
        """See `AudioOutput.underruns`."""
        return self._output.underruns()

    def close(self) -> None:
        """See `AudioOutput.close`."""
        self._output.close()
