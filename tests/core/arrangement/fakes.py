"""Material without music: latents in clusters, and a decoder that is a fixed linear map."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from core.arrangement.material import Material
from core.dsp import attributes
from core.settings import FRAMES_PER_SEGMENT, LATENT_SIZE, N_BANDS

Array = NDArray[np.float32]


def linear_decoder(seed: int = 0) -> Callable[[Array], Array]:
    """Latents to spectra: a kick on every beat whose level is the first latent, then textures."""
    rng = np.random.default_rng(seed)
    shapes = rng.standard_normal((LATENT_SIZE, 32, 16)).astype(np.float32)
    kick = np.zeros((FRAMES_PER_SEGMENT, N_BANDS), np.float32)
    kick[::32, :6] = 20.0
    kick[1::32, :6] = 15.0

    def decode(latents: Array) -> Array:
        coarse = np.tensordot(latents, shapes, 1)
        spectra = np.repeat(np.repeat(coarse, 16, axis=1), 8, axis=2) - 45.0
        spectra += 8.0 * latents[:, :1, None]
        spectra += kick * (1.0 + latents[:, 1, None, None])
        return np.clip(spectra, -90.0, 0.0).astype(np.float32)

    return decode


def material(count: int = 64, tracks: int = 8, seed: int = 1) -> Material:
    """`count` segments of `tracks` tracks at 126 to 134 BPM."""
    rng = np.random.default_rng(seed)
    decode = linear_decoder()
    track = np.arange(count) * tracks // count
    centres = 0.8 * rng.standard_normal((tracks, LATENT_SIZE))
    latents = centres[track] + 0.5 * rng.standard_normal((count, LATENT_SIZE))
    latents = latents.astype(np.float32)
    measured = [attributes.measure(spectrum) for spectrum in decode(latents)]
    bars = 4 * (np.arange(count) - np.searchsorted(track, track))
    return Material(
        ids=tuple(f"s{i}" for i in range(count)),
        track_ids=tuple(f"t{i}" for i in track),
        bars=bars,
        latents=latents,
        attributes={
            name: np.array([getattr(m, name) for m in measured]) for name in attributes.NAMES
        },
        bpm=126.0 + track,
        decode=decode,
        model_hash="fake",
        confidence=rng.uniform(0.5, 1.0, count),
        phrase=bars % 16 == 0,
    )
