"""Positions, peaks and loudness of every rendered block, kept until the block is audible.

The mixer is ahead of the ear by the ring buffer and the device's latency. So every block is
measured as it is rendered, and read when the device plays it.
"""

from __future__ import annotations

import contextlib
import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.audio.k_weighting import KWeighting
from core.playback.snapshot import LoopRegion
from core.settings import SAMPLE_RATE

FloatArray = NDArray[np.float32]

_MOMENT: Final = 2 * SAMPLE_RATE // 5
"""400 ms, the window of a momentary loudness."""
_OFFSET: Final = -0.691
_SILENCE_LUFS: Final = -100.0
_MOST_BLOCKS: Final = 4096


@dataclass(frozen=True)
class PlaybackPosition:
    """Where timeline and audition are at one frame of the mixer.

    Attributes:
        frame: of the timeline at `bpm`, going round in `region` if that is set.
        bpm: tempo of the timeline.
        region: what is repeated.
        playing: whether the transport runs.
        phase: position of the audition in its loop, 0..1.
        loop_frames: length of that loop; 0 where nothing is auditioned.
        lead: frames of a count-in that are left before the transport runs.
    """

    frame: int = 0
    bpm: float = 120.0
    region: LoopRegion | None = None
    playing: bool = False
    phase: float = 0.0
    loop_frames: int = 0
    lead: int = 0

    def after(self, frames: int) -> PlaybackPosition:
        """Where they are `frames` later."""
        frame, playing = self.frame, self.playing or 0 < self.lead <= frames
        if playing:
            run = frames - self.lead
            frame = self.region.after(frame, run) if self.region else frame + run
        phase = (self.phase + frames / self.loop_frames) % 1.0 if self.loop_frames else 0.0
        lead = max(0, self.lead - frames)
        return replace(self, frame=frame, playing=playing, phase=phase, lead=lead)


@dataclass(frozen=True)
class MeteredBlock:
    """What was measured of one rendered block.

    Attributes:
        clock: of the mixer, at its first frame.
        frames: its length.
        position: at its first frame.
        peaks: highest sample, left and right; 1.0 is full scale.
        lane_peaks: the same of each lane that sounds, by its id.
        lufs: momentary loudness (ITU-R BS.1770, 400 ms) at its end.
    """

    clock: int
    frames: int
    position: PlaybackPosition
    peaks: tuple[float, float] = (0.0, 0.0)
    lane_peaks: Mapping[str, float] = field(default_factory=dict)
    lufs: float = -math.inf


class Meter:
    """Measures blocks as they are rendered; one thread at a time."""

    def __init__(self) -> None:
        self._weighting: KWeighting | None = None
        self._powers: deque[tuple[int, float]] = deque()

    def copy(self) -> Meter:
        """One in the same state, which goes on by itself."""
        made = Meter()
        made._weighting = self._weighting and self._weighting.copy()
        made._powers = self._powers.copy()
        return made

    def restore(self, state: Meter) -> None:
        """Go back to a `copy`, which is used up; a filter that was loaded since stays."""
        self._weighting = state._weighting or self._weighting
        self._powers = state._powers

    def load(self) -> None:
        """Load the loudness filter; until then all loudness is minus infinity."""
        self._weighting = KWeighting(2)

    def block(
        self,
        samples: FloatArray,
        lane_peaks: Mapping[str, float],
        clock: int,
        position: PlaybackPosition,
    ) -> MeteredBlock:
        """Measure the next block.

        Args:
            samples: (frames, 2), full scale 1.0.
            lane_peaks: highest sample of each lane, by its id; passed through.
            clock: of the mixer at its first frame; passed through.
            position: at its first frame; passed through.
        """
        left, right = np.abs(samples).max(axis=0).tolist()
        lufs = self._lufs(samples)
        return MeteredBlock(clock, len(samples), position, (left, right), lane_peaks, lufs)

    def _lufs(self, samples: FloatArray) -> float:
        if self._weighting is None:
            return -math.inf
        weighted = self._weighting.filter(samples)
        self._powers.append((len(samples), float(np.einsum("ij,ij->", weighted, weighted))))
        while sum(frames for frames, _ in self._powers) - self._powers[0][0] >= _MOMENT:
            self._powers.popleft()
        power = sum(power for _, power in self._powers) / _MOMENT
        loudness = _OFFSET + 10.0 * math.log10(max(power, 1e-30))
        return loudness if loudness > _SILENCE_LUFS else -math.inf


@dataclass(frozen=True)
class MeterReading:
    """What is audible at one moment.

    Attributes:
        position: None where nothing sounds.
        peaks, lane_peaks: of all blocks since the last reading.
        lufs: momentary loudness.
    """

    position: PlaybackPosition | None = None
    peaks: tuple[float, float] = (0.0, 0.0)
    lane_peaks: Mapping[str, float] = field(default_factory=dict)
    lufs: float = -math.inf


class MeterLog:
    """Blocks that are rendered and not played yet: one thread adds, one other polls."""

    def __init__(self) -> None:
        self._blocks: deque[MeteredBlock] = deque(maxlen=_MOST_BLOCKS)
        self._current: MeteredBlock | None = None

    def add(self, block: MeteredBlock) -> None:
        """Take the next block."""
        self._blocks.append(block)

    def drop(self, clock: int) -> None:
        """Forget the blocks from frame `clock` on, of which none is audible yet."""
        with contextlib.suppress(IndexError):  # the one that polls may take the last one meanwhile
            while self._blocks[-1].clock >= clock:
                self._blocks.pop()

    def poll(self, clock: int) -> MeterReading:
        """What is audible when the device plays frame `clock` of the mixer."""
        left = right = 0.0
        lanes: dict[str, float] = {}
        fresh = False
        while (block := self._first()) is not None and block.clock < clock:
            fresh, self._current = True, self._blocks.popleft()
            left, right = max(left, block.peaks[0]), max(right, block.peaks[1])
            for lane, peak in block.lane_peaks.items():
                lanes[lane] = max(lanes.get(lane, 0.0), peak)
        now = self._sounding(clock)
        if now is None:
            return MeterReading(None, (left, right), lanes)
        if not fresh and now is self._current:  # it still sounds
            (left, right), lanes = now.peaks, dict(now.lane_peaks)
        position = now.position.after(max(0, clock - now.clock))
        return MeterReading(position, (left, right), lanes, now.lufs)

    def _sounding(self, clock: int) -> MeteredBlock | None:
        """The block that sounds at `clock`, or the one that is about to."""
        current = self._current
        if current is not None and clock < current.clock + current.frames:
            return current
        return self._first()

    def _first(self) -> MeteredBlock | None:
        try:
            return self._blocks[0]
        except IndexError:
            return None
