"""The last step before the device: the limiter, the master gain below 0 dB, and the meter.

The limiter has to see peaks before they sound, so the mixer is `LATENCY` frames ahead of what comes
out here. Frame n that comes out is frame n of the mixer.
"""

from __future__ import annotations

import copy
import importlib
from collections import deque
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from core import scientific
from core.playback.gain_ramp import GainRamp
from core.playback.meters import Meter, MeteredBlock, PlaybackPosition
from core.playback.mixer import Mixer

if TYPE_CHECKING:  # it brings scipy, which the window's first paint does not wait for
    from core.audio.limiter import StreamingLimiter

FloatArray = NDArray[np.float32]

_KEPT_BLOCKS: Final = 64


class MasterBus:
    """What the mixer gives, with true peaks of at most -1 dBTP. One thread at a time calls it.

    What stays below that goes through bit for bit. An arrangement comes out as an export as played
    has it, sample for sample; entered in the middle, from a second later on. The metronome comes
    after all that and is in no export.

    Attributes:
        clock: number of the next frame.
        mixer: what is mixed.
    """

    def __init__(self, mixer: Mixer) -> None:
        self.clock = mixer.clock
        self.mixer = mixer
        self._limiter: StreamingLimiter | None = None
        self._silent_from: int | None = None
        self._gain = GainRamp()
        self._meter = Meter()
        self._mixed: deque[MeteredBlock] = deque(maxlen=_KEPT_BLOCKS)

    def copy(self) -> MasterBus:
        """One in the same state, with a mixer of its own."""
        made = copy.copy(self)
        made.mixer, made._meter = self.mixer.copy(), self._meter.copy()
        made._gain = self._gain.copy()
        made._limiter = self._limiter and self._limiter.copy()
        made._mixed = self._mixed.copy()
        return made

    def restore(self, state: MasterBus) -> None:
        """Go back to a `copy`, which is used up. The mixer stays the same object."""
        self.mixer.restore(state.mixer)
        self._meter.restore(state._meter)
        vars(self).update(vars(state), mixer=self.mixer, _meter=self._meter)

    @property
    def limiting(self) -> bool:
        """The mixer is ahead, by what the limiter looks ahead; else the bus is at rest."""
        return self._limiter is not None

    @property
    def sounding(self) -> bool:
        """There is something to render."""
        tail = self._has_tail or self.mixer.metronome.pending
        return self.mixer.sounding or (self._limiter is not None and tail)

    def set_gain(self, gain: float) -> None:
        """Multiply everything by `gain`: what is above 1 before the limiter, below 1 after it."""
        self.mixer.set_gain(max(gain, 1.0))
        self._gain.wanted = min(gain, 1.0)

    def silence(self) -> None:
        """Stop everything at once; nothing more will be asked for a while."""
        self.mixer.silence()
        self._rest()

    def load(self) -> None:
        """Load what limiter and meter need, which the first sound waits for otherwise."""
        self._meter.load()
        importlib.import_module("core.audio.limiter")

    def render(self, frames: int) -> tuple[FloatArray, MeteredBlock]:
        """Render the next frames.

        Args:
            frames: how many.

        Returns:
            Samples (frames, 2), full scale 1.0, and what the meter measured of them.
        """
        limiter = self._limiter or self._started()
        samples = limiter.process(self._mix(frames))
        self._gain.apply(samples)
        block = self._metered(samples)
        self.mixer.metronome.add(samples, self.clock)
        self.clock += frames
        if not self.sounding:
            self._rest()
        return samples, block

    @property
    def _has_tail(self) -> bool:
        """The mixer sounds no more, but not all that it gave has come out."""
        return self._silent_from is None or self.clock < self._silent_from

    def _started(self) -> StreamingLimiter:
        """A limiter that has what sounds next already."""
        scientific.load()
        from core.audio.limiter import LATENCY, StreamingLimiter
        from core.audio.mastering import limiter_ceiling

        phase = self.mixer.position - self.mixer.lead if self.mixer.playing else 0
        self._limiter = StreamingLimiter(limiter_ceiling(), phase)
        self._limiter.process(self._mix(LATENCY))
        return self._limiter

    def _rest(self) -> None:
        """Nothing sounds: the mixer is no longer ahead."""
        self._limiter = None
        self.mixer.clock = self.clock
        self._mixed.clear()

    def _mix(self, frames: int) -> FloatArray:
        samples, block = self.mixer.render(frames)
        self._mixed.append(block)
        if self.mixer.sounding:
            self._silent_from = None
        elif self._silent_from is None:
            self._silent_from = self.mixer.clock
        return samples

    def _metered(self, samples: FloatArray) -> MeteredBlock:
        """The block that comes out, with the position and the lanes that the mixer had there."""
        lanes: dict[str, float] = {}
        position = PlaybackPosition()
        end = self.clock + len(samples)
        for block in self._mixed:
            if block.clock >= end or block.clock + block.frames <= self.clock:
                continue
            if block.clock <= self.clock:
                position = block.position.after(self.clock - block.clock)
            for lane, peak in block.lane_peaks.items():
                lanes[lane] = max(lanes.get(lane, 0.0), peak)
        return self._meter.block(samples, lanes, self.clock, position)
