"""A reverb that is cut off while it is still loud."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import scipy.ndimage
from numpy.typing import NDArray

from core.demo.effects.reverb import reverberate
from core.demo.signal import single, stereo
from core.demo.song import Hall
from core.demo.stage import Stage
from core.settings import SAMPLE_RATE

Signal = NDArray[np.float32]


@dataclass(frozen=True)
class GatedRoom:
    """Gated reverb: open for `hold` seconds after every hit. mix: of the room, linear."""

    hold: float = 0.25
    mix: float = 0.8
    hall: Hall = field(default_factory=lambda: Hall(1.6, 6000.0, 0.004, 180.0))

    def __call__(self, signal: Signal, stage: Stage) -> Signal:
        """(frames, 2)."""
        wet = reverberate(signal, self.hall, stage.rng("gate"))
        size = np.abs(signal).max(axis=1)
        hold = round(self.hold * SAMPLE_RATE)
        # The gate looks back over its hold time, and never opens before the hit.
        recent = scipy.ndimage.maximum_filter1d(size, hold, origin=(hold - 1) // 2)
        opened = (recent > 0.25 * float(size.max(initial=0.0))).astype(np.float32)
        gate = scipy.ndimage.uniform_filter1d(opened, round(0.006 * SAMPLE_RATE))
        return single(stereo(signal) + np.float32(self.mix) * wet * gate[:, None])
