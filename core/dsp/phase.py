"""The `phase` renderer: audio from a spectrogram alone, without source audio."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core import settings
from core.dsp import phase_retrieval
from core.dsp.band_power import CROSSOVER_HZ, N_FFT_ABOVE
from core.dsp.bank import bank
from core.dsp.filtering import filtered
from core.dsp.inversion import linear_magnitudes, sharpened_frames
from core.dsp.renderer import RenderSource, bars_of, check_target
from core.dsp.spectrogram import of_loop
from core.dsp.stft import Ring
from core.progress import CancelFlag, check

Array = NDArray[np.float32]
_MOMENTUM = 0.99
_UPDATES_IN_TIME = 3
_UPDATES_IN_FREQUENCY = 4
_POLISH_DB = 12.0
_TEXTURE_FROM_HZ = 2500.0
_TEXTURE_FULL_HZ = 4000.0


@dataclass(frozen=True)
class PhaseLayer:
    """A transform that renders a range of frequencies.

    Attributes:
        n_fft: window length in samples.
        hop: mean distance of frames in samples.
        above: lower end of the range in Hz.
        below: upper end of the range in Hz.
    """

    n_fft: int
    hop: int
    above: float = 0.0
    below: float = float("inf")


WHOLE = (PhaseLayer(settings.N_FFT, 512),)
DUAL = (
    PhaseLayer(settings.N_FFT, 256, below=CROSSOVER_HZ),
    PhaseLayer(N_FFT_ABOVE, 256, above=CROSSOVER_HZ),
)


@dataclass(frozen=True)
class PhaseRenderer:
    """Inverts the filter bank and retrieves the phases.

    Magnitudes get a noisy texture in the highs. Phases come from phase gradient heap integration
    and some iterations of fast Griffin-Lim (`core.dsp.phase_retrieval`). Griffin-Lim leaves levels
    slightly wrong wherever the magnitudes are those of no signal, so the result is measured and
    its cells are corrected.

    Attributes:
        layers: the transforms that share the frequencies.
        iterations: of fast Griffin-Lim, in each layer.
        polishes: rounds of measuring and correcting levels.
        name: of the renderer.
    """

    layers: tuple[PhaseLayer, ...] = WHOLE
    iterations: int = 6
    polishes: int = 1
    name: str = "phase"

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
        sound = np.zeros(frames, np.float32)
        for layer in self.layers:
            check(cancel)
            sound += self._layer(layer, target, frames, seed)
        loop = sound[:, None]
        for _ in range(self.polishes):
            check(cancel)
            gains = np.clip(target - of_loop(loop, bars_of(target)), -_POLISH_DB, _POLISH_DB)
            loop = filtered(loop, gains)
        return loop

    def _layer(self, layer: PhaseLayer, target: Array, frames: int, seed: int) -> Array:
        ring = Ring.near_hop(frames, n_fft=layer.n_fft, hop=layer.hop)
        levels = sharpened_frames(target, ring.count, iterations=_UPDATES_IN_TIME)
        magnitudes = linear_magnitudes(levels, bank(layer.n_fft), iterations=_UPDATES_IN_FREQUENCY)
        magnitudes *= _share(layer)
        magnitudes *= texture(ring, seed)
        spectrum = phase_retrieval.integrate(magnitudes, ring, seed=seed)
        return phase_retrieval.griffin_lim(
            spectrum, magnitudes, ring, iterations=self.iterations, momentum=_MOMENTUM
        )


def texture(ring: Ring, seed: int) -> Array:
    """Factors that give magnitudes the texture of noise in the highs.

    The filter bank keeps the level of the highs but not their fine structure, and smooth magnitudes
    sound phasey there.

    Args:
        ring: the transform.
        seed: of the noise.

    Returns:
        (count, bins): 1 below 2.5 kHz, |STFT of white noise| / rms above 4 kHz.
    """
    noise = np.random.default_rng(seed).standard_normal(ring.length, np.float32)
    grain: Array = np.abs(ring.analyse(noise))
    grain /= np.sqrt(np.mean(grain * grain))
    position = (_hz(ring.n_fft) - _TEXTURE_FROM_HZ) / (_TEXTURE_FULL_HZ - _TEXTURE_FROM_HZ)
    amount: Array = np.clip(position, 0.0, 1.0).astype(np.float32)
    grain -= np.float32(1.0)
    grain *= amount
    grain += np.float32(1.0)
    return grain


def _share(layer: PhaseLayer) -> Array:
    """Factor (bins,) of a layer: 1 inside its range, 0 outside, with a quarter octave of crossfade.

    The powers of neighbouring layers add up to 1, because their phases are independent.
    """
    octaves = np.log2(np.maximum(_hz(layer.n_fft), 1.0))
    rise = np.clip((octaves - np.log2(max(layer.above, 1e-9))) * 4.0 + 0.5, 0.0, 1.0)
    fall = np.clip((np.log2(layer.below) - octaves) * 4.0 + 0.5, 0.0, 1.0)
    share: Array = np.sin(np.pi / 2 * np.minimum(rise, fall)).astype(np.float32)
    return share


def _hz(n_fft: int) -> NDArray[np.float64]:
    return np.arange(n_fft // 2 + 1, dtype=np.float64) * (settings.SAMPLE_RATE / n_fft)
