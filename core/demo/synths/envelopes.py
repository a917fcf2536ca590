"""Attack, decay, sustain, release."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.settings import SAMPLE_RATE

Signal = NDArray[np.float32]


@dataclass(frozen=True)
class Envelope:
    """Seconds, but sustain: a level 0..1. Decay and release are time constants."""

    attack: float = 0.002
    decay: float = 0.2
    sustain: float = 0.7
    release: float = 0.05

    def __call__(self, held: int) -> Signal:
        """Levels 0..1 of a note held for `held` samples, release included, (n,)."""
        tail = round(self.release * 5 * SAMPLE_RATE)
        t = np.arange(held + tail, dtype=np.float32) / SAMPLE_RATE
        rise = np.minimum(t / max(self.attack, 1e-4), 1.0)
        fall = np.exp(-np.maximum(t - self.attack, 0.0) / self.decay)
        level = rise * rise * (3.0 - 2.0 * rise) * (self.sustain + (1.0 - self.sustain) * fall)
        last = level[held - 1] if held else 0.0
        gone = np.arange(tail, dtype=np.float32) / max(tail, 1)
        level[held:] = last * np.exp(-5.0 * gone) * (1.0 - gone)
        return level.astype(np.float32)
