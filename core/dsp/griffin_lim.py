"""The `griffin_lim` renderer: the common baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core import settings
from core.dsp import phase_retrieval
from core.dsp.bank import bank
from core.dsp.inversion import linear_magnitudes, rows_to_frames
from core.dsp.renderer import RenderSource, check_target
from core.dsp.stft import Ring
from core.progress import CancelFlag, check

Array = NDArray[np.float32]


@dataclass(frozen=True)
class GriffinLimRenderer:
    """Griffin-Lim from random phases, with this program's filter bank, on a loop.

    Griffin and Lim, "Signal estimation from modified short-time Fourier transform", 1984.

    Attributes:
        hop: synthesis hop in samples.
        updates: multiplicative updates when the filter bank is inverted.
        iterations: of Griffin-Lim, without momentum.
        name: of the renderer.
    """

    hop: int = 512
    updates: int = 4
    iterations: int = 64
    name: str = "griffin_lim"

    def render(
        self,
        target_db: Array,
        frames: int,
        sources: Sequence[RenderSource] = (),
        seed: int = 0,
        cancel: CancelFlag | None = None,
    ) -> Array:
        """Render one channel; see `Renderer.render`. `sources` are not used."""
        target = check_target(target_db, frames)
        check(cancel)
        ring = Ring.near_hop(frames, n_fft=settings.N_FFT, hop=self.hop)
        levels = rows_to_frames(target, ring.count)
        magnitudes = linear_magnitudes(levels, bank(), iterations=self.updates)
        spectrum = phase_retrieval.random_phases(magnitudes, seed=seed)
        loop = phase_retrieval.griffin_lim(
            spectrum, magnitudes, ring, iterations=self.iterations, momentum=0.0
        )
        return loop[:, None]
