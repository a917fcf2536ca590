"""What the network that tells parts apart reads and how it is laid out, for the two programs of it:
`network`, which learns, and `inference`, which answers."""

from __future__ import annotations

import math
from typing import Final

from core import settings

BEAT_ROWS: Final = settings.FRAMES_PER_BAR // settings.BEATS_PER_BAR
RANGE_DB: Final = 70.0
"""Below the segment's own level; what is quieter decides nothing."""
HEADROOM_DB: Final = 30.0
UNIT_DB: Final = 20.0
NEPERS: Final = math.log(10.0) / 10.0
"""In a decibel of power."""
RISES: Final = (1, 4)
"""Rows back to those that a cell is compared with."""
FEATURES: Final = 3 + len(RISES)
TAPS: Final = 5
"""Of the kernels along time."""
DILATIONS: Final = (1, 2, 4, 8, 1, 4)
"""Rows from one tap to the next, of the blocks along time in turn."""
