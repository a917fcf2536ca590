"""The thread that keeps a device supplied: commands in, blocks out, devices that come and go."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Final

from core.errors import DeviceError
from core.playback.buffering import BLOCK, OpenOutput, Output
from core.playback.meters import Log
from core.playback.mixer import Mixer
from core.playback.silence import SilentOutput

Command = Callable[[Mixer], None]
Device = tuple[int | str | None, float | str]

_BUSY_SECONDS: Final = 0.008
_IDLE_SECONDS: Final = 0.25
_SEEK_SECONDS: Final = 2.0
"""How often a device that was lost is looked for."""


class Feeder(threading.Thread):
    """Owns the mixer and the device; all PortAudio calls of the player are made here."""

    def __init__(
        self, mixer: Mixer, log: Log, commands: SimpleQueue[Command], open_output: OpenOutput
    ) -> None:
        super().__init__(name="playback-feeder")
        self.output: Output = SilentOutput(mixer.clock)
        self.problem = ""
        self.underruns = 0
        self._mixer = mixer
        self._log = log
        self._commands = commands
        self._open = open_output
        self._wake = threading.Event()
        self._ending = False
        self._asked: Device | None = None
        self._wanted: Device = (None, "high")
        self._was_lost = False
        self._sought = 0.0

    def wake(self) -> None:
        """There is something to do."""
        self._wake.set()

    def use(self, device: Device) -> None:
        """Change to another device or latency; the sound goes on."""
        self._asked = device
        self._wake.set()

    def end(self) -> None:
        """Stop, give the device back, and wait for the thread."""
        self._ending = True
        self._wake.set()
        self.join()

    def run(self) -> None:
        """Serve until told to end, or until the program ends without a word."""
        try:
            while not self._ending and threading.main_thread().is_alive():
                self._serve()
                busy = self._fill()
                self._wake.wait(_BUSY_SECONDS if busy else _IDLE_SECONDS)
                self._wake.clear()
        finally:
            self.output.close()

    def _serve(self) -> None:
        if self._asked is not None:
            self._wanted, self._asked = self._asked, None
            self._reopen(self._wanted)
        elif self.output.lost:
            # Numbers change when devices come and go, names do not.
            self._wanted = (self.output.name, self._wanted[1])
            self._was_lost = True
            self._reopen(self._wanted)
        elif self._was_lost and time.monotonic() - self._sought > _SEEK_SECONDS:
            self._reopen(self._wanted)
        self._obey()

    def _obey(self) -> None:
        while True:
            try:
                command = self._commands.get_nowait()
            except Empty:
                return
            command(self._mixer)

    def _fill(self) -> bool:
        """Render what there is room for; false when nothing sounds and all is heard."""
        wrote = False
        while self.output.room() >= BLOCK and self._mixer.sounding:
            samples, block = self._mixer.render(BLOCK)
            self._log.add(block)
            self.output.write(samples)
            wrote = True
        self.underruns += self.output.underruns()
        if self._mixer.sounding:
            self.output.go()
            return True
        if wrote:
            self.output.go()
        return not self.output.rest()

    def _reopen(self, device: Device) -> None:
        self._sought = time.monotonic()
        self.output.close()
        try:
            self.output = self._opened(device)
        except DeviceError as error:
            self.output = SilentOutput(self._mixer.clock)
            self.problem = str(error)
        else:
            self.problem = ""
            self._was_lost = False

    def _opened(self, device: Device) -> Output:
        which, latency = device
        try:
            return self._open(which, latency, self._mixer.clock, self.wake)
        except DeviceError:
            # A device that was lost may stay away; the system's own choice is better than silence.
            if which is None or not self._was_lost:
                raise
            return self._open(None, latency, self._mixer.clock, self.wake)
