"""The player: what the window and the tests tell to sound, and ask what sounds.

Commands go to the mixer's thread by a queue, arrangements to the thread that prepares them; what
comes back is polled. No call waits for a device, a file or a clip.
"""

from __future__ import annotations

from collections.abc import Callable
from queue import SimpleQueue
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.arrangement.arrangement import Arrangement
from core.arrangement.clip import Clip, db_to_gain
from core.errors import InputError
from core.playback.buffering import OpenOutput
from core.playback.feeding import Command, Feeder
from core.playback.meters import Heard, Log
from core.playback.mixer import Mixer
from core.playback.output import open_output
from core.playback.preparing import SOON, Preparer, Request
from core.playback.snapshot import SEAM, Region, Snapshot
from core.playback.state import PlayerState

FloatArray = NDArray[np.float32]

_LEAST_REGION: Final = 4 * SEAM


class Player:
    """Plays an arrangement, and beside it one loop. One thread at a time calls it.

    Frames are those of the arrangement that was set last. `open_output` opens devices.
    """

    def __init__(self, *, open_output: OpenOutput = open_output) -> None:
        self._open_output = open_output
        self._mixer = Mixer()
        self._log = Log()
        self._commands: SimpleQueue[Command] = SimpleQueue()
        self._feeder: Feeder | None = None
        self._preparer: Preparer | None = None
        self._request: Request | None = None
        self._bpm = self._mixer.snapshot.bpm
        self._failure = ""
        self._intended: dict[str, bool] = {}

    def open(self, device: int | str | None = None, latency: float | str = "high") -> None:
        """Use `device` (number or part of a name; None: the default) from now on.

        `latency` in seconds, or "high" or "low". Returns at once; what sounds goes on there. Where
        there is no device, a silent clock paces the playhead and `state().problem` says why.
        """
        if self._feeder is None or self._preparer is None:
            self._feeder = Feeder(self._mixer, self._log, self._commands, self._open_output)
            self._preparer = Preparer(
                soon=self._soon,
                deliver=self._deliver,
                fail=self._fail,
                warm=self._mixer.load_meter,
            )
            self._feeder.use((device, latency))
            self._feeder.start()
            self._preparer.start()
            if self._request is not None:
                self._preparer.ask(self._request)
        else:
            self._feeder.use((device, latency))

    def close(self) -> None:
        """Fall silent, give the device back and end all threads."""
        if self._preparer is not None and self._feeder is not None:
            self._preparer.end()
            self._feeder.end()
            self._mixer.silence()
            self._commands = SimpleQueue()
            self._intended.clear()
        self._preparer = self._feeder = None

    def set_arrangement(
        self, arrangement: Arrangement, audio_of: Callable[[Clip], FloatArray | None]
    ) -> None:
        """Play `arrangement` from now on, in the same bar if it plays already.

        `audio_of(clip)` gives the clip's four-bar loop at the arrangement's tempo, (frames, 1 or
        2), or None where it is not there yet; it is asked before this returns, once for every
        source. Clips without a loop are left out until this is called again. A loop is known by
        its identity: the same array must not change.
        """
        self._bpm = arrangement.bpm
        self._request = Request.of(arrangement, audio_of)
        if self._preparer is not None:
            self._preparer.ask(self._request)

    def settle(self, seconds: float) -> bool:
        """Wait until the arrangement is all prepared; false if it takes longer than `seconds`."""
        return self._preparer is not None and self._preparer.settle(seconds)

    def play(self, frame: int | None = None) -> None:
        """Start at `frame`; without one where it stopped, or at the start from the end."""
        bpm = self._bpm
        self._run("playing", True, lambda mixer: mixer.play(frame, bpm))

    def stop(self) -> None:
        """Stop, and stay where the sound ends."""
        self._run("playing", False, Mixer.stop)

    def seek(self, frame: int) -> None:
        """Go on at `frame`, playing or not."""
        bpm = self._bpm
        self._tell(lambda mixer: mixer.seek(frame, bpm))

    def set_loop(self, span: tuple[int, int] | None) -> None:
        """Repeat the frames from the first of `span` up to, not including, the second; or nothing.

        Takes effect when the playhead reaches the end of the span; beyond it nothing repeats.
        Raises `InputError` for a span that begins before 0 or is shorter than 6 ms.
        """
        if span is not None and (span[0] < 0 or span[1] - span[0] < _LEAST_REGION):
            raise InputError(f"{span[0]} to {span[1]} cannot be repeated; choose a longer part")
        region, bpm = Region(*span) if span else None, self._bpm
        self._tell(lambda mixer: mixer.set_region(region, bpm))

    def set_gain(self, db: float) -> None:
        """Raise or lower everything that sounds by `db`."""
        gain = db_to_gain(db)
        self._tell(lambda mixer: mixer.set_gain(gain))

    def audition(self, loop: FloatArray, bpm: float) -> None:
        """Sound `loop`, four bars (frames, 1 or 2) at `bpm`, endlessly.

        At once from its start if nothing sounds. Else it comes in on the next beat, in the bar that
        sounds, and takes the place of the loop that was auditioned before.
        """
        stereo = np.ascontiguousarray(loop, np.float32)
        if stereo.ndim != 2 or not len(stereo) or stereo.shape[1] not in (1, 2) or bpm <= 0:
            raise InputError(f"a loop must be (frames, 1 or 2), not {np.shape(loop)}")
        self._run("auditioning", True, lambda mixer: mixer.audition(stereo))

    def end_audition(self) -> None:
        """Fade the auditioned loop out."""
        self._run("auditioning", False, Mixer.end_audition)

    def state(self) -> PlayerState:
        """What is heard now, and peaks since this was last asked. Never waits."""
        heard = self._log.poll(self._heard_clock())
        feeder, output = self._feeder, self._feeder.output if self._feeder else None
        return PlayerState(
            frame=self._frame(heard),
            playing=self._intended.get("playing", self._mixer.playing),
            auditioning=self._intended.get("auditioning", self._mixer.auditioning),
            audition_phase=heard.place.phase if heard.place else 0.0,
            peaks=heard.peaks,
            lane_peaks=heard.lane_peaks,
            lufs=heard.lufs,
            underruns=feeder.underruns if feeder else 0,
            device=output.name if output else "",
            latency=output.latency if output else 0.0,
            problem=(feeder.problem if feeder else "") or self._failure,
        )

    def _tell(self, command: Command) -> None:
        self._commands.put(command)
        if self._feeder is not None:
            self._feeder.wake()

    def _run(self, what: str, on: bool, command: Command) -> None:
        """Tell the mixer, and answer `what` in its place until it has heard."""

        def obeyed(mixer: Mixer) -> None:
            command(mixer)
            self._intended.pop(what, None)

        self._intended[what] = on
        self._tell(obeyed)

    def _heard_clock(self) -> int:
        return self._feeder.output.heard() if self._feeder else self._mixer.clock

    def _frame(self, heard: Heard) -> int:
        place = heard.place
        if place is not None and place.playing:
            return round(place.position * place.bpm / self._bpm)
        return self._position()

    def _position(self) -> int:
        """The frame that is rendered next, at the tempo that was set last."""
        return round(self._mixer.position * self._mixer.snapshot.bpm / self._bpm)

    def _soon(self) -> list[tuple[int, int]]:
        """What sounds next, for the thread that prepares: from the playhead on, and a jump."""
        first, region = self._position(), self._mixer.region
        spans = [(first, first + SOON)]
        if region is not None:
            at = region.scaled(self._mixer.snapshot.bpm / self._bpm)
            spans += [(at.start - SEAM, at.start + SOON), (at.end - SEAM, at.end)]
        return spans

    def _deliver(self, snapshot: Snapshot) -> None:
        self._tell(lambda mixer: mixer.swap(snapshot))

    def _fail(self, problem: str) -> None:
        self._failure = problem
