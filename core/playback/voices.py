"""What the mixer adds up: readers of sound, and voices that fade them in and out."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from core.arrangement.fades import edge_fade
from core.arrangement.lane_sound import LaneStates
from core.playback.gain_ramp import GainRamp
from core.playback.snapshot import SEAM, LoopRegion, Snapshot, seam
from core.settings import BARS_PER_SEGMENT, BEATS_PER_BAR, PARTS

FloatArray = NDArray[np.float32]


class Reader(Protocol):
    """An endless sound with a place in it."""

    def copy(self) -> Self:
        """One in the same place, which goes on by itself."""

    def read(self, out: FloatArray, peaks: dict[str, float] | None = None) -> None:
        """Fill a block and move on.

        Args:
            out: (frames, 2), filled.
            peaks: gets the highest sample of each lane, by its id; None: not measured.
        """


class ArrangementReader:
    """The arrangement from frame `position` on, going round in `region` once inside it.

    Attributes:
        states: the past of the lanes' filters.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        position: int,
        region: LoopRegion | None,
        states: LaneStates | None = None,
    ) -> None:
        """
        Args:
            snapshot: what sounds.
            position: its first frame.
            region: what is repeated.
            states: of a reader that this one takes the place of; None for one that begins.
        """
        self.snapshot = snapshot
        self.position = position
        self.states = LaneStates() if states is None else states
        self.set_region(region)

    def copy(self) -> Self:
        """See `Reader.copy`."""
        made = copy.copy(self)
        made.states = self.states.copy()
        return made

    def set_region(self, region: LoopRegion | None) -> None:
        """Go round in another region from now on, or in none."""
        self.region = region
        # Found as it is reached: by then what it is made of is prepared.
        self._seam: FloatArray | None = None
        self._is_seam_known = False

    def read(self, out: FloatArray, peaks: dict[str, float] | None = None) -> None:
        """See `Reader.read`."""
        done = 0
        while done < len(out):
            frames = min(len(out) - done, self._to_jump())
            part = out[done : done + frames]
            self.snapshot.render(self.position, part, peaks, self.states)
            self._mend(part)
            done += frames
            self.position = self._after(frames)

    def _to_jump(self) -> int:
        inside = self.region is not None and self.position < self.region.end
        return self.region.end - self.position if self.region and inside else 1 << 62

    def _after(self, frames: int) -> int:
        return self.region.after(self.position, frames) if self.region else self.position + frames

    def _mend(self, part: FloatArray) -> None:
        """Add the seam to the frames of `part` that are in it."""
        if self.region is None:
            return
        first = self.region.end - SEAM
        start, end = max(self.position, first), min(self.position + len(part), self.region.end)
        if start >= end:
            return
        if not self._is_seam_known:
            self._seam = seam(self.snapshot, self.region)
            self._is_seam_known = True
        if self._seam is not None:
            part[start - self.position : end - self.position] += self._seam[
                start - first : end - first
            ]


class LoopReader:
    """A seamless loop, four bars or all of a group, endlessly.

    Once its parts are known, each is heard at a gain of its own.

    Attributes:
        loop: (frames, 1 or 2).
        position: the frame that is read next.
        gain: what all of it is multiplied by.
        parts: (4, frames, 1 or 2), which sum to the loop; None while they are not known.
        beats: how many it is long.
    """

    def __init__(
        self,
        loop: FloatArray,
        position: int,
        gain: float = 1.0,
        parts: FloatArray | None = None,
        part_gains: Sequence[float] = (1.0,) * len(PARTS),
        beats: float = BARS_PER_SEGMENT * BEATS_PER_BAR,
    ) -> None:
        """
        Args:
            loop: (frames, 1 or 2), not changed.
            position: the frame to begin with; taken modulo the loop's length.
            gain: what all of it is multiplied by.
            parts: (4, frames, 1 or 2), which sum to the loop, if they are known.
            part_gains: a factor for each part from the first frame on.
            beats: how many the loop is long.
        """
        self.beats = beats
        self.loop = loop
        self.gain = gain
        self.parts = parts
        self.position = position % len(loop)
        self._ramps = [GainRamp(each) for each in part_gains]

    def copy(self) -> Self:
        """See `Reader.copy`."""
        made = copy.copy(self)
        made._ramps = [ramp.copy() for ramp in self._ramps]
        return made

    def move_parts(self, gains: Sequence[float]) -> None:
        """Move the gains of the parts, within 10 ms for a change of 1."""
        for ramp, gain in zip(self._ramps, gains, strict=True):
            ramp.wanted = gain

    def read(self, out: FloatArray, peaks: dict[str, float] | None = None) -> None:
        """See `Reader.read`; a loop is on no lane and has no peaks."""
        changes = self._changes(len(out))
        done = 0
        while done < len(out):
            frames = min(len(out) - done, len(self.loop) - self.position)
            here, there = slice(self.position, self.position + frames), slice(done, done + frames)
            out[there] = self.loop[here]
            for part, change in changes:
                out[there] += part[here] * (change[there] if len(change) > 1 else change)
            done += frames
            self.position = (self.position + frames) % len(self.loop)
        if self.gain != 1.0:
            out *= np.float32(self.gain)

    def _changes(self, frames: int) -> list[tuple[FloatArray, FloatArray]]:
        """Parts that are not heard as they are in the loop, and by how much their gains, (frames,
        1) or (1, 1), differ from 1."""
        if self.parts is None:
            return []
        moved = zip(self.parts, self._ramps, strict=True)
        return [(part, ramp.gains(frames) - 1.0) for part, ramp in moved if not ramp.is_at(1.0)]


@dataclass
class Voice:
    """A reader that sounds from frame `start` of the mixer's clock on, until `end` if that is set.

    `rise` and `fall` are the frames of its fades, inside. Rise and fall of the same length in the
    same place sum to one.
    """

    reader: Reader
    start: int
    rise: int = 0
    end: int | None = None
    fall: int = 0

    def copy(self) -> Self:
        """The same with a reader of its own."""
        return replace(self, reader=self.reader.copy())

    def started(self, clock: int) -> bool:
        """Some of it is rendered by frame `clock`."""
        return self.start < clock

    def done(self, clock: int) -> bool:
        """Nothing of it is left from `clock` on."""
        return self.end is not None and self.end <= clock

    def leave(self, end: int, fall: int, clock: int) -> None:
        """Fade out; a fade that is under way already stands.

        Args:
            end: frame of the mixer's clock from which on it is silent.
            fall: frames of the fade before that.
            clock: the mixer's clock now.
        """
        if self.end is None or clock <= self.end - self.fall:
            self.end, self.fall = end, fall

    def add(self, out: FloatArray, clock: int, peaks: dict[str, float] | None = None) -> None:
        """Mix in its next frames.

        Args:
            out: (frames, 2), added to.
            clock: of the mixer at the first frame of `out`.
            peaks: gets the highest sample of each lane, by its id; None: not measured.
        """
        last = clock + len(out)
        start, end = max(self.start, clock), last if self.end is None else min(self.end, last)
        if start >= end:
            return
        part = np.empty((end - start, 2), np.float32)
        self.reader.read(part, peaks)
        self._fade(part, start)
        out[start - clock : end - clock] += part

    def _fade(self, part: FloatArray, at: int) -> None:
        risen = self.start + self.rise
        if at < risen:
            gains = edge_fade(self.rise)[at - self.start : at - self.start + len(part)]
            part[: len(gains)] *= gains[:, None]
        if self.end is not None and at + len(part) > self.end - self.fall:
            first = max(0, self.end - self.fall - at)
            into = at + first - (self.end - self.fall)
            gains = edge_fade(self.fall)[::-1][into : into + len(part) - first]
            part[first:] *= gains[:, None]


class Audition(Voice):
    """A voice that is a loop."""

    reader: LoopReader

    @property
    def loop(self) -> FloatArray:
        """Its sound, (frames, 1 or 2)."""
        return self.reader.loop

    @property
    def position(self) -> int:
        """The frame of the loop that is rendered next."""
        return self.reader.position
