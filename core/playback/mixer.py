"""The mixer: commands in, blocks of sound out. No thread, no device, no real time.

Its clock counts the frames it has rendered. Commands take effect on the next frame; whatever comes
or goes fades, so that nothing clicks.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.playback.gain_ramp import RAMP, GainRamp
from core.playback.meters import MeteredBlock, PlaybackPosition
from core.playback.metronome import Metronome
from core.playback.snapshot import LoopRegion, Snapshot
from core.playback.voices import ArrangementReader, Audition, LoopReader, Voice
from core.settings import BARS_PER_SEGMENT, BEATS_PER_BAR, PARTS, SAMPLE_RATE

FloatArray = NDArray[np.float32]

SWAP: Final = RAMP
"""10 ms: from one snapshot or place to another, and to silence."""
JOIN: Final = 15 * SAMPLE_RATE // 1000
"""15 ms, ending on a beat: how an audition comes in while something else sounds."""
LEAVE: Final = 30 * SAMPLE_RATE // 1000
EDGE: Final = 64
"""The fade of a sound that begins alone, as at the start of an exported part."""
_BEATS: Final = BARS_PER_SEGMENT * BEATS_PER_BAR


class Mixer:
    """The arrangement's transport and one audition, mixed. One thread at a time calls it.

    Frames of the timeline come with the tempo (`bpm`) they are meant at.
    """

    def __init__(self) -> None:
        self.clock = 0
        self.snapshot = Snapshot()
        self.playing = False
        self.metronome = Metronome()
        self._position = 0
        self._began = 0
        self._region: LoopRegion | None = None
        self._voices: list[Voice] = []
        self._transport: Voice | None = None
        self._reader = ArrangementReader(self.snapshot, 0, None)
        self._auditions: list[Audition] = []
        self._gain = GainRamp()
        self._part_gains = (1.0,) * len(PARTS)

    def copy(self) -> Mixer:
        """One in the same state, which goes on by itself."""
        made = copy.copy(self)
        voices = {id(voice): voice.copy() for voice in self._voices}
        made._voices = list(voices.values())
        auditions = (voices[id(audition)] for audition in self._auditions)
        made._auditions = [voice for voice in auditions if isinstance(voice, Audition)]
        made._transport = voices[id(self._transport)] if self._transport else None
        heard = (voices[id(it)].reader for it in self._voices if it.reader is self._reader)
        reader = next(heard, None)
        made._reader = reader if isinstance(reader, ArrangementReader) else self._reader.copy()
        made._gain, made.metronome = self._gain.copy(), self.metronome.copy()
        return made

    def restore(self, state: Mixer) -> None:
        """Go back to a `copy`, which is used up."""
        vars(self).update(vars(state))

    @property
    def sounding(self) -> bool:
        """There is something to render."""
        return bool(self._voices)

    @property
    def position(self) -> int:
        """The frame of the timeline that is rendered next, at the snapshot's tempo."""
        return self._reader.position if self._transport else self._position

    @property
    def lead(self) -> int:
        """Frames of the count-in that are left before the transport starts."""
        return max(0, self._transport.start - self.clock) if self._transport else 0

    @property
    def region(self) -> LoopRegion | None:
        """What is repeated, at the snapshot's tempo."""
        return self._region

    @property
    def auditioning(self) -> bool:
        """An audition sounds or waits for its beat."""
        return bool(self._auditions)

    def play(self, frame: int | None, bpm: float, count_in: int = 0) -> None:
        """Start the transport.

        Args:
            frame: where; None for where it stopped, or the start where that was the end.
            bpm: the tempo that `frame` is meant at.
            count_in: beats that click before it starts.
        """
        if frame is not None:
            self.seek(frame, bpm)
        if self._transport is None:
            if frame is None and self._region is None and self._position >= self.snapshot.stop:
                self._position = 0
            self._began = self._position
            beat = self.snapshot.beat
            for number in range(count_in):
                onset = self.clock + round(number * beat)
                self.metronome.schedule(onset, downbeat=number % BEATS_PER_BAR == 0)
            lead = round(count_in * beat)
            self._start(self._position, EDGE if self._position > 0 else 0, lead, tails=False)
            self._align()

    def stop(self) -> None:
        """Fade out and stay there."""
        self.metronome.cancel(self.clock)
        self._position = self.position
        self._end_transport()

    def rewind(self) -> None:
        """Fade out and go back to where playing began; from there, to the start."""
        self.metronome.cancel(self.clock)
        stays = self._transport is None and self._position == self._began
        self._end_transport()
        self._position = self._began = 0 if stays else self._began

    def seek(self, frame: int, bpm: float) -> None:
        """Go on elsewhere, playing or not.

        Args:
            frame: of the timeline.
            bpm: the tempo that `frame` is meant at.
        """
        self._position = self._began = max(0, round(frame * bpm / self.snapshot.bpm))
        if self._transport is not None:
            lead = self.lead
            self._end_transport()
            self._start(self._position, SWAP, lead)
            self._align()

    def set_region(self, region: LoopRegion | None, bpm: float) -> None:
        """Repeat a part of the timeline from now on.

        Args:
            region: which; None for nothing.
            bpm: the tempo that its frames are meant at.
        """
        self._region = _at(region, bpm, self.snapshot.bpm)
        if self._transport is not None:
            self._reader.set_region(self._region)

    def set_gain(self, gain: float) -> None:
        """Multiply everything by `gain`, within 10 ms for a change of 1."""
        self._gain.wanted = gain

    def swap(self, snapshot: Snapshot) -> None:
        """Sound like `snapshot` from now on, in the same place of the music."""
        before, position = self.snapshot.bpm, self.position
        self.snapshot = snapshot
        if snapshot.bpm != before:
            position = round(position * before / snapshot.bpm)
            self._began = round(self._began * before / snapshot.bpm)
            self._region = _at(self._region, before, snapshot.bpm)
        self._position = position
        if self._transport is not None:
            rise = SWAP if self._transport.started(self.clock) else self._transport.rise
            lead = self.lead
            self._end_transport()
            self._start(position, rise, lead)
            if snapshot.bpm != before:
                self._align()

    def audition(
        self,
        loop: FloatArray,
        gain: float = 1.0,
        parts: FloatArray | None = None,
        beats: float = _BEATS,
    ) -> None:
        """Sound a loop: at once if nothing does, else from the next beat on, in step.

        Args:
            loop: (frames, 1 or 2), four bars.
            gain: what it is multiplied by.
            parts: (4, frames, 1 or 2), which sum to it; each sounds at its gain (`set_part_gains`).
            beats: how many it is long, where it is not four bars.
        """
        self._drop_waiting()
        beat = self._next_beat()
        if beat is None:
            self._add_audition(self._loop_reader(loop, 0, gain, parts, beats), self.clock, EDGE)
            return
        wait, index = beat
        rise = min(JOIN, wait)
        for audition in self._auditions:
            audition.leave(self.clock + wait, rise, self.clock)
        first = round(index % beats / beats * len(loop)) - rise
        reader = self._loop_reader(loop, first, gain, parts, beats)
        self._add_audition(reader, self.clock + wait - rise, rise)

    def separate_audition(self, loop: FloatArray, parts: FloatArray) -> None:
        """Let each part of what is auditioned sound at its gain from now on.

        Args:
            loop: that was auditioned last, the same array; else nothing changes.
            parts: (4, frames, 1 or 2), which sum to it.
        """
        if self._auditions and self._auditions[-1].reader.loop is loop:
            self._auditions[-1].reader.parts = parts

    def set_part_gains(self, gains: Sequence[float]) -> None:
        """Move the gains of the parts of all auditions, within 10 ms for a change of 1.

        Args:
            gains: of each of `settings.PARTS`. Auditions without parts are heard whole.
        """
        self._part_gains = tuple(gains)
        for voice in self._voices:
            if isinstance(voice, Audition):
                voice.reader.move_parts(self._part_gains)

    def end_audition(self) -> None:
        """Fade the audition out."""
        self._drop_waiting()
        for audition in self._auditions:
            audition.leave(self.clock + LEAVE, LEAVE, self.clock)
        self._auditions = []

    def silence(self) -> None:
        """Stop everything at once; nothing more will be asked for a while."""
        self._position, self._transport, self.playing = self.position, None, False
        self.metronome.clear()
        self._voices, self._auditions = [], []

    def render(self, frames: int) -> tuple[FloatArray, MeteredBlock]:
        """Render the next frames.

        Args:
            frames: how many.

        Returns:
            Samples (frames, 2), full scale 1.0, and where they are and the peaks of their lanes;
            their own peaks and loudness are not measured here.
        """
        out = np.zeros((frames, 2), np.float32)
        lanes: dict[str, float] = {}
        position = self._playback_position()
        if self.metronome.on:
            self._schedule_clicks(frames)
        for voice in self._voices:
            voice.add(out, self.clock, lanes if voice is self._transport else None)
        self._gain.apply(out)
        block = MeteredBlock(self.clock, frames, position, lane_peaks=lanes)
        self.clock += frames
        self._forget()
        return out, block

    def _schedule_clicks(self, frames: int) -> None:
        """The beats of the timeline within the next frames."""
        if self._transport is None:
            return
        clock, end = self.clock + self.lead, self.clock + frames
        position, region = self.position, self._region
        while clock < end:
            inside = region is not None and position < region.end
            span = min(end - clock, region.end - position if region and inside else frames)
            index, at = _beat_after(position, self.snapshot.beat)
            while at < position + span:
                onset = clock + at - position
                self.metronome.schedule(onset, downbeat=index % BEATS_PER_BAR == 0)
                index, at = _beat_after(at + 1, self.snapshot.beat)
            clock += span
            position = region.after(position, span) if region else position + span

    def _start(self, position: int, rise: int, lead: int = 0, *, tails: bool = True) -> None:
        # Filters go on where the last reader is; elsewhere they find out what is before. Echoes go
        # on across jumps, but not from where it was stopped.
        states = self._reader.states.copy(tails=tails)
        self._reader = ArrangementReader(self.snapshot, position, self._region, states)
        self._transport = Voice(self._reader, self.clock + lead, rise)
        self._voices.append(self._transport)
        self.playing = True

    def _end_transport(self) -> None:
        if self._transport is not None:
            if self._transport.started(self.clock):
                self._transport.leave(self.clock + SWAP, SWAP, self.clock)
            else:
                self._voices.remove(self._transport)
        self._transport = None
        self.playing = False

    def _align(self) -> None:
        """Where the transport has jumped, the audition comes in again, in step with it."""
        if self._auditions:
            last = self._auditions[-1].reader
            self.audition(last.loop, last.gain, last.parts, last.beats)

    def _drop_waiting(self) -> None:
        waiting = [one for one in self._auditions if not one.started(self.clock)]
        self._auditions = [one for one in self._auditions if one.started(self.clock)]
        self._voices = [one for one in self._voices if one not in waiting]

    def _loop_reader(
        self,
        loop: FloatArray,
        position: int,
        gain: float,
        parts: FloatArray | None,
        beats: float,
    ) -> LoopReader:
        return LoopReader(loop, position, gain, parts, self._part_gains, beats)

    def _add_audition(self, reader: LoopReader, start: int, rise: int) -> None:
        audition = Audition(reader, start, rise)
        self._auditions.append(audition)
        self._voices.append(audition)

    def _next_beat(self) -> tuple[int, int] | None:
        """Frames until the next beat of what sounds, and its number there."""
        if self._transport is not None:
            return self._transport_beat()
        if self._auditions:
            playing = self._auditions[-1]
            beat = len(playing.loop) / playing.reader.beats
            index, at = _beat_after(playing.position + EDGE, beat)
            return at - playing.position, index
        return None

    def _transport_beat(self) -> tuple[int, int]:
        position, region, beat = self.position, self._region, self.snapshot.beat
        index, at = _beat_after(position + EDGE, beat)
        if region is None or position >= region.end or at < region.end:
            return self.lead + at - position, index
        left = region.end - position
        index, at = _beat_after(region.start + max(0, EDGE - left), beat)
        return self.lead + left + at - region.start, index

    def _playback_position(self) -> PlaybackPosition:
        """Where timeline and audition are at the first frame of the next block."""
        audition = self._auditions[-1] if self._auditions else None
        return PlaybackPosition(
            frame=self.position,
            bpm=self.snapshot.bpm,
            region=self._region if self._transport else None,
            playing=self._transport is not None and not self.lead,
            phase=audition.position / len(audition.loop) if audition else 0.0,
            loop_frames=len(audition.loop) if audition else 0,
            lead=self.lead,
        )

    def _forget(self) -> None:
        """Let go of what has ended, the transport at the end of the arrangement too."""
        if self._transport is not None and self._over():
            self._position = self.position
            self._transport.leave(self.clock, 0, self.clock)
            self._transport = None
            self.playing = False
        self._voices = [voice for voice in self._voices if not voice.done(self.clock)]
        self._auditions = [voice for voice in self._auditions if not voice.done(self.clock)]

    def _over(self) -> bool:
        inside = self._region is not None and self.position < self._region.end
        return not inside and self.position >= self.snapshot.stop


def _beat_after(position: float, beat: float) -> tuple[int, int]:
    """Number and frame of the first beat at or after `position`."""
    index = math.ceil(position / beat)
    at = round(index * beat)
    return (index, at) if at >= position else (index + 1, round((index + 1) * beat))


def _at(region: LoopRegion | None, bpm: float, other: float) -> LoopRegion | None:
    """`region`, meant at `bpm`, at `other` BPM."""
    return region if region is None or bpm == other else region.scaled(bpm / other)
