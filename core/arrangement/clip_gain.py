"""The gain curve of a clip, as factors over the frames of the arrangement."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.arrangement.automation import STEEPNESS, VOLUME, Automation
from core.arrangement.clip import Clip
from core.arrangement.lane_sound import CurveFrames

FloatArray = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class ClipGain:
    """Factors on the raster of `lane_kernels`; between, they move in straight lines.

    The raster is that of the whole arrangement, so blocks make no difference to any bit.

    Attributes:
        first: number of the first factor, in steps of the raster.
        factors: (n,).
    """

    first: int
    factors: NDArray[np.float64]

    @classmethod
    def of(cls, clip: Clip, start: int, end: int, bpm: float) -> ClipGain | None:
        """The factors of a clip.

        Args:
            clip: any.
            start: first frame that it sounds in.
            end: first frame after it.
            bpm: tempo of the arrangement.

        Returns:
            None where it has no gain curve.
        """
        curve = clip.gain_automation
        if curve is None:
            return None
        points = tuple(it.changed(tick=it.tick + clip.start) for it in curve.points)
        return _factors(Automation(curve.parameter, points), start, end, bpm)

    def apply(self, sound: FloatArray, start: int) -> None:
        """Multiply a stretch of the clip's sound by its gain curve.

        Args:
            sound: (frames, 2), changed in place.
            start: frame of the arrangement that it begins on.
        """
        from core.dsp import lane_kernels

        number, first = divmod(start - self.first * lane_kernels.GRID, lane_kernels.GRID)
        gains = self.factors[number : number + (first + len(sound)) // lane_kernels.GRID + 2]
        lane_kernels.amplify(sound, gains, gains, first)


@lru_cache(maxsize=512)
def _factors(curve: Automation, start: int, end: int, bpm: float) -> ClipGain:
    """Kept, since each edit of an arrangement asks for those of all clips again."""
    from core.dsp import lane_kernels

    first = start // lane_kernels.GRID
    factors = np.empty(end // lane_kernels.GRID - first + 2)
    points = CurveFrames.of(curve, bpm)
    lane_kernels.follow(points.places, points.shares, points.bends, STEEPNESS, first, factors)
    lane_kernels.to_gains(factors, VOLUME.low, VOLUME.high)
    # Compiled here, where nobody waits for a block.
    lane_kernels.amplify(np.zeros((1, 2), np.float32), factors, factors, 0)
    return ClipGain(first, factors)
