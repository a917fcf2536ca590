"""The network that comes with the program takes the demo's own music apart."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.signal

from core import resources, settings
from core.demo.catalogue import catalogue
from core.demo.render import render_mastered_parts, song_of, stage_of
from core.dsp.spectrogram import of_segment
from core.parts import masking
from core.parts.model import PartsModel
from core.settings import PARTS, SAMPLE_RATE
from tests.core.parts.test_masking import sdr

LARGEST = 3_000_000


def band_split(mix: np.ndarray) -> np.ndarray:
    """(4, frames, 2): below 150 Hz kick and bass, above 5 kHz drums, between them rest."""
    low, high = (
        scipy.signal.sosfiltfilt(
            scipy.signal.butter(4, hertz, kind, fs=SAMPLE_RATE, output="sos"), mix, axis=0
        )
        for hertz, kind in ((150.0, "lowpass"), (5000.0, "highpass"))
    )
    return np.stack([low, low, high, mix - low - high])


def test_it_comes_with_the_program_and_is_small() -> None:
    assert resources.parts_model().stat().st_size < LARGEST
    facts = PartsModel.load(resources.parts_model()).info
    assert facts["parts"] == list(PARTS)
    assert facts["step"] > 0


@pytest.mark.slow
def test_it_separates_the_demo_better_than_a_band_split() -> None:
    model = PartsModel.load(resources.parts_model())
    gains: dict[str, list[float]] = {part: [] for part in PARTS}
    (spec,) = (each for each in catalogue() if each.name == "Pin Tumbler")
    song = song_of(spec)
    track = render_mastered_parts(song, stage_of(spec, song))
    frames = settings.segment_frames(spec.bpm)
    for first in range(0, track.shape[1] - frames + 1, 2 * frames):
        parts = track[:, first : first + frames]
        mix = parts.sum(axis=0)
        found = masking.separate(mix, model.shares(of_segment(mix)[None])[0])
        for name, part, one, other in zip(PARTS, parts, found, band_split(mix), strict=True):
            if (part**2).mean() > 1e-3 * (mix**2).mean():
                gains[name].append(sdr(part, one) - sdr(part, other))
    assert min(len(each) for each in gains.values()) >= 2
    medians = {name: float(np.median(each)) for name, each in gains.items()}
    assert min(medians.values()) > 1.0, medians
