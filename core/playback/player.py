"""The player: the window gives it commands and polls its state.

Commands go to the mixer's thread by a queue, arrangements to the thread that prepares them. No
call waits for a device, a file or a clip.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.arrangement.arrangement import Arrangement
from core.arrangement.clip import Clip
from core.arrangement.values import db_to_gain
from core.errors import InputError
from core.playback.audio_output import AHEAD, OpenOutput
from core.playback.master_bus import MasterBus
from core.playback.meters import MeterLog, MeterReading, PlaybackPosition
from core.playback.mixdown_thread import LOOKAHEAD, MixdownRequest, MixdownThread
from core.playback.mixer import Mixer
from core.playback.output_thread import Command, OutputThread
from core.playback.portaudio_output import open_output
from core.playback.snapshot import SEAM, LoopRegion, Snapshot
from core.settings import BARS_PER_SEGMENT, BEATS_PER_BAR, PARTS, SAMPLE_RATE

FloatArray = NDArray[np.float32]

_SHORTEST_REGION: Final = 4 * SEAM


@dataclass(frozen=True)
class PlayerState:
    """What the window shows of the playback, as of one moment.

    Attributes:
        frame: what is audible now, on the timeline of the arrangement that was set last.
        playing: the transport runs; true from `play` on, before its first sample is audible.
        count_in: beats that are still counted before the transport runs, the one that sounds
            included; 0 where none are.
        auditioning: an audition sounds or waits for its beat.
        audition_phase: position of the audition in its four bars, 0 <= phase < 1.
        peaks: highest sample since the last poll, left and right; 1.0 is full scale.
        lane_peaks: the same for each lane that sounds, by its id.
        lufs: momentary loudness (400 ms); minus infinity for silence.
        underruns: gaps so far while something sounded, since `open`.
        device: name of the device, empty where there is none.
        latency: seconds from the device taking a sample to its being audible.
        problem: one line for the user, or empty.
    """

    frame: int = 0
    playing: bool = False
    count_in: int = 0
    auditioning: bool = False
    audition_phase: float = 0.0
    peaks: tuple[float, float] = (0.0, 0.0)
    lane_peaks: Mapping[str, float] = field(default_factory=dict)
    lufs: float = -math.inf
    underruns: int = 0
    device: str = ""
    latency: float = 0.0
    problem: str = ""


class Player:
    """Plays an arrangement, and at the same time one loop. One thread at a time calls it.

    Frames are those of the arrangement that was set last.
    """

    def __init__(self, *, open_output: OpenOutput = open_output) -> None:
        """`open_output` opens devices."""
        self._open_output = open_output
        self._mixer = Mixer()
        self._bus = MasterBus(self._mixer)
        self._log = MeterLog()
        self._commands: SimpleQueue[Command] = SimpleQueue()
        self._output: OutputThread | None = None
        self._mixdown: MixdownThread | None = None
        self._request: MixdownRequest | None = None
        self._bpm = self._mixer.snapshot.bpm
        self._intended: dict[str, bool] = {}

    def open(self, device: int | str | None = None, latency: float | str = "high") -> None:
        """Use a device from now on. Returns at once; what sounds goes on there.

        Where there is no device, a silent clock paces the playhead and `state().problem` says why.

        Args:
            device: its number or part of its name; None for the system's default.
            latency: seconds, or "high" or "low" for what the device proposes.
        """
        if self._output is not None:
            self._output.use((device, latency))
            return
        self._output = OutputThread(self._bus, self._log, self._commands, self._open_output)
        self._mixdown = MixdownThread(soon=self._soon, deliver=self._deliver, load=self._bus.load)
        self._output.use((device, latency))
        self._output.start()
        self._mixdown.start()
        if self._request is not None:
            self._mixdown.request(self._request)

    def close(self) -> None:
        """Fall silent, give the device back and end all threads."""
        if self._mixdown is not None and self._output is not None:
            self._mixdown.stop()
            self._output.stop()
            self._bus.silence()
            self._commands = SimpleQueue()
            self._intended.clear()
        self._mixdown = self._output = None

    def set_arrangement(
        self, arrangement: Arrangement, audio_of: Callable[[Clip], FloatArray | None]
    ) -> None:
        """Play `arrangement` from now on, in the same bar if it plays already.

        Args:
            arrangement: what to play.
            audio_of: gives a clip's four-bar loop at the arrangement's tempo, (frames, 1 or 2), or
                its parts, (4, frames, 1 or 2), where they are needed for a crossfade by parts;
                None where it is not rendered yet. It is called before this returns, once for every
                source. Clips without a loop are left out until this is called again. A loop is
                known by its identity: the same array must not change.
        """
        self._bpm = arrangement.bpm
        self._request = MixdownRequest.of(arrangement, audio_of)
        if self._mixdown is not None:
            self._mixdown.request(self._request)

    def wait_until_prepared(self, seconds: float) -> bool:
        """Wait until the arrangement is all prepared; False if it takes longer than `seconds`."""
        return self._mixdown is not None and self._mixdown.wait_until_prepared(seconds)

    def play(self, frame: int | None = None, *, count_in: int = 0) -> None:
        """Start to play.

        Args:
            frame: where; without one where it stopped, or at the start from the end.
            count_in: beats that click before it starts, where nothing plays yet.
        """
        bpm = self._bpm

        def play(mixer: Mixer) -> None:
            mixer.play(frame, bpm, count_in)
            self._look_again()

        self._run("playing", True, play)

    def set_metronome(self, on: bool) -> None:
        """Click on every beat while it plays, or not; exports never have it."""

        def switch(mixer: Mixer) -> None:
            mixer.metronome.on = on
            if not on and not mixer.lead:
                mixer.metronome.cancel(mixer.clock)

        self._send(switch)

    def stop(self) -> None:
        """Stop, and stay where the sound ends."""
        self._run("playing", False, Mixer.stop)

    def rewind(self) -> None:
        """Stop and go back to where playing began; from there, to the start."""
        self._run("playing", False, Mixer.rewind)

    def seek(self, frame: int) -> None:
        """Go on at `frame`, playing or not."""
        bpm = self._bpm

        def seek(mixer: Mixer) -> None:
            mixer.seek(frame, bpm)
            self._look_again()

        self._send(seek)

    def set_loop(self, span: tuple[int, int] | None) -> None:
        """Repeat a part of the arrangement, or nothing.

        Takes effect when the playhead reaches the end of the span; beyond it nothing repeats.

        Args:
            span: its first frame and the one after its last.

        Raises:
            InputError: the span begins before 0 or is shorter than 6 ms.
        """
        if span is not None and (span[0] < 0 or span[1] - span[0] < _SHORTEST_REGION):
            raise InputError(f"{span[0]} to {span[1]} cannot be repeated; choose a longer part")
        region, bpm = LoopRegion(*span) if span else None, self._bpm
        self._send(lambda mixer: mixer.set_region(region, bpm))

    def set_gain(self, db: float) -> None:
        """Raise or lower everything that sounds by `db`; true peaks stay below -1 dBTP."""
        gain = db_to_gain(db)
        self._send(lambda _: self._bus.set_gain(gain))

    def audition(
        self,
        loop: FloatArray,
        bpm: float,
        gain_db: float = 0.0,
        parts: FloatArray | None = None,
        beats: float = BARS_PER_SEGMENT * BEATS_PER_BAR,
    ) -> None:
        """Sound a loop endlessly.

        At once from its start if nothing sounds. Else it comes in on the next beat, in the bar that
        sounds, and takes the place of the loop that was auditioned before.

        Args:
            loop: four bars, (frames, 1 or 2).
            bpm: their tempo.
            gain_db: what it is amplified by (`core.audio.levelling.loop_gain_db`).
            parts: (4, frames, 1 or 2), which sum to it; they are heard at the gains of
                `set_part_gains`.
            beats: how many it is long, where it is not four bars.

        Raises:
            InputError: another shape, or a tempo that is not positive.
        """
        stereo = np.ascontiguousarray(loop, np.float32)
        if stereo.ndim != 2 or not len(stereo) or stereo.shape[1] not in (1, 2) or bpm <= 0:
            raise InputError(f"a loop must be (frames, 1 or 2), not {np.shape(loop)}")
        gain = db_to_gain(gain_db)
        pieces = None if parts is None else _checked_parts(parts, stereo.shape)
        self._run("auditioning", True, lambda mixer: mixer.audition(stereo, gain, pieces, beats))

    def separate_audition(self, loop: FloatArray, parts: FloatArray) -> None:
        """Let the parts of what is auditioned be heard at the gains of `set_part_gains` from now
        on, without it starting anew.

        Args:
            loop: that was auditioned last, the same array; if another one was, nothing changes.
            parts: (4, frames, 1 or 2), which sum to it.

        Raises:
            InputError: another shape.
        """
        pieces = _checked_parts(parts, np.shape(loop))
        self._send(lambda mixer: mixer.separate_audition(loop, pieces))

    def set_part_gains(self, gains: Sequence[float]) -> None:
        """Let the parts of auditions sound at these gains, from the next block on, without a click.

        Args:
            gains: of each of `settings.PARTS`, 0 or more.

        Raises:
            InputError: another number of gains, or a negative one.
        """
        if len(gains) != len(PARTS) or not all(gain >= 0.0 for gain in gains):
            raise InputError(f"each of {', '.join(PARTS)} needs a gain of 0 or more")
        wanted = tuple(gains)
        self._send(lambda mixer: mixer.set_part_gains(wanted))

    def end_audition(self) -> None:
        """Fade the auditioned loop out."""
        self._run("auditioning", False, Mixer.end_audition)

    def state(self) -> PlayerState:
        """What is audible now, and peaks since the last call. Never waits."""
        reading = self._log.poll(self._played())
        output = self._output.output if self._output else None
        playing = self._intended.get("playing", self._mixer.playing)
        return PlayerState(
            frame=self._frame(reading),
            playing=playing,
            count_in=_beats_left(reading.position) if playing and reading.position else 0,
            auditioning=self._intended.get("auditioning", self._mixer.auditioning),
            audition_phase=reading.position.phase if reading.position else 0.0,
            peaks=reading.peaks,
            lane_peaks=reading.lane_peaks,
            lufs=reading.lufs,
            underruns=self._output.underruns if self._output else 0,
            device=output.name if output else "",
            latency=output.latency if output else 0.0,
            problem=self._problem(),
        )

    def _problem(self) -> str:
        """The most important thing that is wrong."""
        if self._output is None or self._mixdown is None:
            return ""
        output = self._output
        lines = (output.mixer_problem, output.device_problem, output.problem)
        return next(filter(None, lines), self._mixdown.problem)

    def _send(self, command: Command) -> None:
        self._commands.put(command)
        if self._output is not None:
            self._output.wake()

    def _run(self, what: str, on: bool, command: Command) -> None:
        """Send `command`; until it is carried out, `state` says that `what` is `on`."""

        def run(mixer: Mixer) -> None:
            try:
                command(mixer)
            finally:
                self._intended.pop(what, None)

        self._intended[what] = on
        self._send(run)

    def _played(self) -> int:
        return self._output.output.played() if self._output else self._bus.clock

    def _frame(self, reading: MeterReading) -> int:
        position = reading.position
        if position is not None and (position.playing or position.lead):
            return round(position.frame * position.bpm / self._bpm)
        return self._position()

    def _position(self) -> int:
        """The frame that is rendered next, at the tempo that was set last."""
        return round(self._mixer.position * self._mixer.snapshot.bpm / self._bpm)

    def _soon(self) -> list[tuple[int, int]]:
        """What sounds next, for the thread that prepares: from the playhead on, and a jump."""
        # Commands go back to what is rendered already.
        first, region = max(0, self._position() - AHEAD), self._mixer.region
        spans = [(first, first + LOOKAHEAD)]
        if region is not None:
            at = region.scaled(self._mixer.snapshot.bpm / self._bpm)
            spans += [(at.start - SEAM, at.start + LOOKAHEAD), (at.end - SEAM, at.end)]
        return spans

    def _look_again(self) -> None:
        """The playhead has jumped; what sounds there is prepared next."""
        if self._mixdown is not None:
            self._mixdown.look_again()

    def _deliver(self, snapshot: Snapshot) -> None:
        self._send(lambda mixer: mixer.swap(snapshot))


def _beats_left(position: PlaybackPosition) -> int:
    """Of a count-in, the beat that sounds included."""
    beat = 60.0 * SAMPLE_RATE / position.bpm
    # Beats lie between frames, so the last frame of one may be the first of the next.
    return max(0, math.ceil((position.lead - 1) / beat))


def _checked_parts(parts: FloatArray, shape: tuple[int, ...]) -> FloatArray:
    pieces = np.ascontiguousarray(parts, np.float32)
    if pieces.shape != (len(PARTS), *shape) or len(shape) != 2:
        raise InputError(f"parts must be {(len(PARTS), *shape)}, not {np.shape(parts)}")
    return pieces
