"""The bands that clips and crossfades are made of: lows, mids and highs."""

from __future__ import annotations

from typing import Final

CROSSOVERS_HZ: Final = (150.0, 2500.0)
N_BANDS: Final = len(CROSSOVERS_HZ) + 1
