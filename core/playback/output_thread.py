"""The thread that keeps a device supplied: commands in, blocks out, devices that come and go."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Final

from core.errors import DeviceError
from core.playback.audio_output import BLOCK, AudioOutput, OpenOutput, SilentOutput
from core.playback.block_history import BlockHistory
from core.playback.master_bus import MasterBus
from core.playback.meters import MeterLog
from core.playback.mixer import Mixer
from core.playback.supervised_thread import Backoff, SupervisedThread, one_line

logger = logging.getLogger(__name__)

Command = Callable[[Mixer], None]
DeviceChoice = tuple[int | str | None, float | str]
"""Number or part of a name (None: the default), and latency in seconds, "high" or "low"."""

_BUSY_SECONDS: Final = 0.008
_IDLE_SECONDS: Final = 0.25
_RECONNECT_SECONDS: Final = 2.0
"""How often a device that was lost is looked for, at first."""
_LONGEST_PAUSE: Final = 0.25
"""After an error. Not longer, for the silent clock stands still meanwhile."""


class OutputThread(SupervisedThread):
    """Owns the mixer, its master bus and the device; all calls of PortAudio are made here.

    Where no device can be opened, and while one that failed is looked for, a silent clock takes
    its place, so that the playhead goes on. An error inside the mixer stops playing where it is.

    Attributes:
        output: what plays now.
        device_problem: why no device plays, one line; else empty.
        mixer_problem: what stopped the mixer, one line; empty when it renders again.
        underruns: gaps so far.
    """

    def __init__(
        self, bus: MasterBus, log: MeterLog, commands: SimpleQueue[Command], open_output: OpenOutput
    ) -> None:
        """
        Args:
            bus: what renders; only this thread calls it and its mixer while it runs.
            log: takes what was measured of every block.
            commands: calls for the mixer, from any thread; call `wake` after putting one in.
            open_output: opens a device.
        """
        super().__init__("playback-output", "the sound output", longest_pause=_LONGEST_PAUSE)
        self.output: AudioOutput = SilentOutput(bus.clock)
        self.device_problem = self.mixer_problem = ""
        self.underruns = 0
        self._bus = bus
        self._blocks = BlockHistory(bus, log, self._mixer_failed)
        self._commands = commands
        self._open = open_output
        self._wake = threading.Event()
        self._requested: DeviceChoice | None = None
        self._device: DeviceChoice = (None, "high")
        self._reconnecting = False
        self._reconnect_at = 0.0
        self._attempts = Backoff()

    def wake(self) -> None:
        """There is something to do."""
        self._wake.set()

    def use(self, device: DeviceChoice) -> None:
        """Change to another device or latency; the sound goes on there."""
        self._requested = device
        self._wake.set()

    def serve(self) -> None:
        """Open or change the device, take commands, render what there is room for, then wait."""
        self._choose_output()
        self._carry_out()
        busy = self._fill()
        self._wake.wait(_BUSY_SECONDS if busy else _IDLE_SECONDS)
        self._wake.clear()

    def recover(self, error: Exception) -> None:
        """The device failed: a silent clock goes on from here until it is found again."""
        self._reconnect(one_line(error))

    def clean_up(self) -> None:
        """Give the device back."""
        self._close_output()

    def _choose_output(self) -> None:
        if self._requested is not None:
            self._device, self._requested = self._requested, None
            self._reconnecting = False
            self._attempts.reset()
            self._reopen()
            return
        if self.output.lost:
            self._reconnect("it is gone")
        if self._reconnecting and time.monotonic() >= self._reconnect_at:
            self._reopen()

    def _reconnect(self, reason: str) -> None:
        """Go on with the silent clock, and look for the device again soon."""
        failed = self.output
        self._change_output(SilentOutput(self._bus.clock))
        if failed.name:
            # Numbers change when devices come and go, names do not.
            self._device = (failed.name, self._device[1])
        which = self._device[0]
        named = which if isinstance(which, str) else "the sound device"
        self.device_problem = f"{named} stopped working ({reason}); it is looked for again"
        self.problem = ""
        self._reconnecting = True
        self._reconnect_at = time.monotonic() + self._attempts.failed(time.monotonic())
        _close(failed)

    def _reopen(self) -> None:
        self._close_output()
        self._change_output(SilentOutput(self._bus.clock))
        try:
            self._change_output(self._opened(self._device))
        except DeviceError as error:
            self.device_problem = str(error)
            pause = max(_RECONNECT_SECONDS, self._attempts.failed(time.monotonic()))
            self._reconnect_at = time.monotonic() + pause
        else:
            self.device_problem = self.problem = ""
            self._reconnecting = False

    def _opened(self, device: DeviceChoice) -> AudioOutput:
        which, latency = device
        try:
            return self._open(which, latency, self._bus.clock, self.wake)
        except DeviceError:
            # A device that was lost may stay away; the system's own choice is better than silence.
            if which is None or not self._reconnecting:
                raise
            return self._open(None, latency, self._bus.clock, self.wake)

    def _change_output(self, output: AudioOutput) -> None:
        self.output = output
        self._blocks.forget()

    def _close_output(self) -> None:
        _close(self.output)

    def _carry_out(self) -> None:
        """Carry out what is waiting: in sound that is rendered already, else in what comes next."""
        if self._commands.empty():
            return
        first = self.output.taken() + BLOCK  # where that fails, the commands go on waiting
        commands: list[Command] = []
        with contextlib.suppress(Empty):
            while True:
                commands.append(self._commands.get_nowait())
        if not self._blocks.replace(first, lambda: self._run(commands), self.output.replace):
            self._run(commands)

    def _run(self, commands: list[Command]) -> None:
        for command in commands:
            try:
                command(self._bus.mixer)
            except Exception as error:
                self._mixer_failed(error)

    def _fill(self) -> bool:
        """Render what there is room for; False when nothing sounds and all is played."""
        wrote = False
        while self.output.write_available() >= BLOCK and self._bus.sounding:
            wrote = self._render() or wrote
        self.underruns += self.output.underruns()
        if self._bus.sounding or wrote:
            self.output.start()
        return self._bus.sounding or not self.output.drain()

    def _render(self) -> bool:
        """Hand the next block over; False if it could not be rendered."""
        try:
            samples = self._blocks.render()
        except Exception as error:
            self._mixer_failed(error)
            return False
        self.mixer_problem = ""
        self.output.write(samples)
        return True

    def _mixer_failed(self, error: Exception) -> None:
        logger.exception("the mixer failed")
        self._bus.silence()
        self.mixer_problem = (
            f"playing stopped because of an error in the program ({one_line(error)}); "
            "press play to go on"
        )


def _close(output: AudioOutput) -> None:
    try:
        output.close()
    except Exception:
        logger.exception("%s could not be closed", output.name or "the sound output")
