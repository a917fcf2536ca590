"""The `griffin_lim` renderer: the original recipe's way, kept as the baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core import settings
from core.dsp import phase_retrieval
from core.dsp.bank import bank
from core.dsp.inversion import linear_magnitudes, rows_to_frames
from core.dsp.renderer import RenderSource, checked_target
from core.dsp.stft import Ring

Array = NDArray[np.float32]


@dataclass(frozen=True)
class GriffinLimRenderer:
    """Griffin and Lim 1984 from random phases, on this program's bank and on circular time.

    Attributes:
        hop: synthesis hop in samples.
        updates: multiplicative updates of the inversion.
        iterations: of Griffin-Lim, without momentum.
    """

    hop: int = 512
    updates: int = 4
    iterations: int = 64
    name: str = "griffin_lim"

    def render(
        self, target_db: Array, frames: int, sources: Sequence[RenderSource] = (), seed: int = 0
    ) -> Array:
        """See `Renderer.render`; one channel. `sources` are ignored."""
        target = checked_target(target_db, frames)
        ring = Ring.near_hop(frames, n_fft=settings.N_FFT, hop=self.hop)
        levels = rows_to_frames(target, ring.count)
        magnitudes = linear_magnitudes(levels, bank(), iterations=self.updates)
        spectrum = phase_retrieval.random_phases(magnitudes, seed=seed)
        loop = phase_retrieval.griffin_lim(
            spectrum, magnitudes, ring, iterations=self.iterations, momentum=0.0
        )
        return loop[:, None]
