"""Another tempo by playing faster or slower, as a turntable does: the pitch follows."""

from __future__ import annotations

import math

import numpy as np
import soxr
from numpy.typing import NDArray

from core.audio.looping import extended

Array = NDArray[np.float32]
_PAD_FRAMES = 1024


def varispeed(loop: Array, frames: int) -> Array:
    """Bring a loop to another length. A seventeenth of the time that stretching takes, and attacks
    stay as sharp as they are.

    Args:
        loop: (n, c) at any rate.
        frames: samples of the result.

    Returns:
        (frames, c), still a loop; higher by `semitones(n, frames)`.
    """
    if len(loop) == frames:
        return loop
    # The lead that becomes most nearly a whole number of samples: a fraction would shift the loop.
    leads = np.arange(_PAD_FRAMES, 2 * _PAD_FRAMES)
    played_leads = leads * (frames / len(loop))
    best = int(np.abs(played_leads - np.rint(played_leads)).argmin())
    lead, first = int(leads[best]), round(played_leads[best])
    wide = extended(loop, lead, lead)
    played = soxr.resample(wide, len(loop), frames)
    return np.ascontiguousarray(played[first : first + frames], dtype=np.float32)


def semitones(count: int, frames: int) -> float:
    """How the pitch of a loop changes with its length.

    Args:
        count: samples of the loop.
        frames: samples in which it is played.

    Returns:
        Semitones by which it is higher; negative where it is slower.
    """
    return 12.0 * math.log2(count / frames)
