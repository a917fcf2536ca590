"""The `phase` renderer: sound from a spectrogram alone, no source audio."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core import settings
from core.dsp import phase_retrieval
from core.dsp.bank import bank
from core.dsp.filtering import filtered
from core.dsp.inversion import linear_magnitudes, sharpened_frames
from core.dsp.renderer import RenderSource, bars_of, checked_target
from core.dsp.spectrogram import CROSSOVER_HZ, N_FFT_ABOVE, of_loop
from core.dsp.stft import Ring

Array = NDArray[np.float32]
_MOMENTUM = 0.99
_UPDATES_IN_TIME = 3
_UPDATES_IN_FREQUENCY = 4
_POLISH_DB = 12.0
_TEXTURE_FROM_HZ = 2500.0
_TEXTURE_FULL_HZ = 4000.0


@dataclass(frozen=True)
class Layer:
    """One transform's share of the sound.

    Attributes:
        n_fft: its window.
        hop: mean distance of frames in samples.
        above, below: the frequencies between which it sounds, Hz.
    """

    n_fft: int
    hop: int
    above: float = 0.0
    below: float = float("inf")


WHOLE = (Layer(settings.N_FFT, 512),)
DUAL = (
    Layer(settings.N_FFT, 256, below=CROSSOVER_HZ),
    Layer(N_FFT_ABOVE, 256, above=CROSSOVER_HZ),
)


@dataclass(frozen=True)
class PhaseRenderer:
    """Inverts the bank, roughens the highs, integrates the phase, then a few fast Griffin-Lims.

    What comes out is measured and its cells brought to the target (`polishes` times): Griffin-Lim
    leaves levels a little off wherever the magnitudes fit no signal.

    Attributes:
        layers: the transforms that share the spectrum.
        iterations: of fast Griffin-Lim, in each.
        polishes: rounds of measuring and correcting levels.
    """

    layers: tuple[Layer, ...] = WHOLE
    iterations: int = 6
    polishes: int = 1
    name: str = "phase"

    def render(
        self, target_db: Array, frames: int, sources: Sequence[RenderSource] = (), seed: int = 0
    ) -> Array:
        """See `Renderer.render`; one channel. `sources` are ignored."""
        target = checked_target(target_db, frames)
        loop = sum(
            (self._layer(layer, target, frames, seed) for layer in self.layers),
            start=np.zeros(frames, np.float32),
        )[:, None]
        for _ in range(self.polishes):
            gains = np.clip(target - of_loop(loop, bars_of(target)), -_POLISH_DB, _POLISH_DB)
            loop = filtered(loop, gains)
        return loop

    def _layer(self, layer: Layer, target: Array, frames: int, seed: int) -> Array:
        ring = Ring.near_hop(frames, n_fft=layer.n_fft, hop=layer.hop)
        levels = sharpened_frames(target, ring.count, iterations=_UPDATES_IN_TIME)
        smooth = linear_magnitudes(levels, bank(layer.n_fft), iterations=_UPDATES_IN_FREQUENCY)
        magnitudes = smooth * _share(layer) * texture(ring, seed)
        spectrum = phase_retrieval.integrate(magnitudes, ring, seed=seed)
        return phase_retrieval.griffin_lim(
            spectrum, magnitudes, ring, iterations=self.iterations, momentum=_MOMENTUM
        )


def texture(ring: Ring, seed: int) -> Array:
    """(count, bins) factors: 1 in the lows, above 3 kHz |STFT of white noise| / rms.

    The bank keeps the level of the highs but not their grain; smooth magnitudes sound phasey there.
    """
    noise = np.random.default_rng(seed).standard_normal(ring.length, np.float32)
    grain: Array = np.abs(ring.analyse(noise))
    grain /= np.sqrt(np.mean(grain * grain))
    place = (_hz(ring.n_fft) - _TEXTURE_FROM_HZ) / (_TEXTURE_FULL_HZ - _TEXTURE_FROM_HZ)
    amount: Array = np.clip(place, 0.0, 1.0).astype(np.float32)
    factors: Array = np.float32(1.0) + amount * (grain - np.float32(1.0))
    return factors


def _share(layer: Layer) -> Array:
    """(bins,) of the layer's magnitudes: 1 inside, a quarter of an octave of crossfade, 0 outside.

    Powers of neighbours add to 1, for their phases are independent.
    """
    octaves = np.log2(np.maximum(_hz(layer.n_fft), 1.0))
    rise = np.clip((octaves - np.log2(max(layer.above, 1e-9))) * 4.0 + 0.5, 0.0, 1.0)
    fall = np.clip((np.log2(layer.below) - octaves) * 4.0 + 0.5, 0.0, 1.0)
    share: Array = np.sin(np.pi / 2 * np.minimum(rise, fall)).astype(np.float32)
    return share


def _hz(n_fft: int) -> NDArray[np.float64]:
    return np.arange(n_fft // 2 + 1, dtype=np.float64) * (settings.SAMPLE_RATE / n_fft)
