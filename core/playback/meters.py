"""What was rendered, kept until it is heard: places, peaks and loudness of every block.

The mixer is ahead of the ear by the ring buffer and the device's latency. So every block is
measured as it is rendered, and told when it sounds.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core import scientific
from core.playback.snapshot import Region
from core.settings import SAMPLE_RATE

FloatArray = NDArray[np.float32]

_MOMENT: Final = 2 * SAMPLE_RATE // 5
"""400 ms, the window of a momentary loudness."""
_OFFSET: Final = -0.691
_SILENCE_LUFS: Final = -100.0
_MOST_BLOCKS: Final = 4096


@dataclass(frozen=True)
class Place:
    """Where things are at one frame.

    position: frame of the timeline at `bpm`, going round in `region` if that is set
    phase:    the audition's place in its loop of `loop_frames` (0: there is none), 0..1
    """

    position: int = 0
    bpm: float = 120.0
    region: Region | None = None
    playing: bool = False
    phase: float = 0.0
    loop_frames: int = 0

    def after(self, frames: int) -> Place:
        """Where they are `frames` later."""
        position = self.position
        if self.playing:
            position = self.region.after(position, frames) if self.region else position + frames
        phase = (self.phase + frames / self.loop_frames) % 1.0 if self.loop_frames else 0.0
        return Place(position, self.bpm, self.region, self.playing, phase, self.loop_frames)


@dataclass(frozen=True)
class Block:
    """`frames` from `clock` (of the mixer) on: the place of the first, peaks, loudness there."""

    clock: int
    frames: int
    place: Place
    peaks: tuple[float, float] = (0.0, 0.0)
    lane_peaks: Mapping[str, float] = field(default_factory=dict)
    lufs: float = -math.inf


class Meter:
    """Measures blocks as they are rendered; one thread at a time."""

    def __init__(self) -> None:
        self._sections: NDArray[np.float64] | None = None
        self._state = np.zeros((2, 2, 2))
        self._powers: deque[tuple[int, float]] = deque()

    def load(self) -> None:
        """Load the loudness filter; until then all loudness is minus infinity."""
        scientific.load()
        from core.audio.loudness import k_weighting

        self._sections = k_weighting()

    def block(
        self, samples: FloatArray, lane_peaks: Mapping[str, float], clock: int, place: Place
    ) -> Block:
        """What `samples` (frames, 2) measure."""
        left, right = np.abs(samples).max(axis=0).tolist()
        return Block(clock, len(samples), place, (left, right), lane_peaks, self._lufs(samples))

    def _lufs(self, samples: FloatArray) -> float:
        if self._sections is None:
            return -math.inf
        import scipy.signal

        weighted, self._state = scipy.signal.sosfilt(
            self._sections, samples, axis=0, zi=self._state
        )
        self._powers.append((len(samples), float(np.einsum("ij,ij->", weighted, weighted))))
        while sum(frames for frames, _ in self._powers) - self._powers[0][0] >= _MOMENT:
            self._powers.popleft()
        power = sum(power for _, power in self._powers) / _MOMENT
        loudness = _OFFSET + 10.0 * math.log10(max(power, 1e-30))
        return loudness if loudness > _SILENCE_LUFS else -math.inf


@dataclass(frozen=True)
class Heard:
    """What is heard at a moment (`place` None: nothing), peaks of all since the last one."""

    place: Place | None = None
    peaks: tuple[float, float] = (0.0, 0.0)
    lane_peaks: Mapping[str, float] = field(default_factory=dict)
    lufs: float = -math.inf


class Log:
    """Blocks on their way to the ear: one thread adds, one other polls."""

    def __init__(self) -> None:
        self._blocks: deque[Block] = deque(maxlen=_MOST_BLOCKS)
        self._current: Block | None = None

    def add(self, block: Block) -> None:
        """Take the next block."""
        self._blocks.append(block)

    def poll(self, clock: int) -> Heard:
        """What is heard where `clock` frames of the mixer have been heard."""
        left = right = 0.0
        lanes: dict[str, float] = {}
        fresh = False
        while self._blocks and self._blocks[0].clock < clock:
            fresh, block = True, self._blocks.popleft()
            self._current = block
            left, right = max(left, block.peaks[0]), max(right, block.peaks[1])
            for lane, peak in block.lane_peaks.items():
                lanes[lane] = max(lanes.get(lane, 0.0), peak)
        now = self._sounding(clock)
        if now is None:
            return Heard(None, (left, right), lanes)
        if not fresh and now is self._current:  # it still sounds
            (left, right), lanes = now.peaks, dict(now.lane_peaks)
        place = now.place.after(max(0, clock - now.clock))
        return Heard(place, (left, right), lanes, now.lufs)

    def _sounding(self, clock: int) -> Block | None:
        """The block that sounds at `clock`, or the one that is about to."""
        current = self._current
        if current is not None and clock < current.clock + current.frames:
            return current
        try:
            return self._blocks[0]
        except IndexError:
            return None
