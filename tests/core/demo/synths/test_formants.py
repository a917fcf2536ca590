"""Sung vowels: pitch, resonances, silence between notes."""

from __future__ import annotations

import numpy as np
import pytest

from core.demo.spec import TrackSpec
from core.demo.stage import Event, Stage
from core.demo.synths.formants import Formants, Talker
from core.settings import SAMPLE_RATE

pytestmark = pytest.mark.slow  # numba compiles for half a minute where nothing is cached
STAGE = Stage(TrackSpec("test", "none", 120.0, "A minor", 1, 1))
PITCH = 45
"""110 Hz."""


def sung(vowel: str) -> np.ndarray:
    singer = Formants((vowel,), breath=0.0, vibrato=(5.0, 0.0), scoop=0.0, gate=1.0)
    events = [Event(0, SAMPLE_RATE, 1.0, (PITCH,))]
    return singer(events, STAGE, np.random.default_rng(0))


def test_a_note_has_its_pitch_and_its_end() -> None:
    out = sung("ah")
    assert out.shape == (STAGE.frames, 2)
    found = np.abs(np.fft.rfft(out[4410 : 4410 + SAMPLE_RATE // 2, 0], SAMPLE_RATE))
    strong = np.flatnonzero(found > 0.3 * found.max())
    assert (np.abs((strong + 55) % 110 - 55) <= 3).all()
    assert np.abs(out[-SAMPLE_RATE // 4 :]).max() < 1e-3 * np.abs(out).max()
    assert not Formants()([], STAGE, np.random.default_rng(0)).any()


def test_vowels_differ_in_their_resonances() -> None:
    def centroid(sound: np.ndarray) -> float:
        power = np.abs(np.fft.rfft(sound[4410 : 4410 + SAMPLE_RATE // 2, 0], SAMPLE_RATE)) ** 2
        return float((np.arange(len(power)) * power).sum() / power.sum())

    assert centroid(sung("oo")) < 0.75 * centroid(sung("ah"))


def test_consonants_are_hissed_before_vowels() -> None:
    throat = Formants(("ah",), breath=0.0, vibrato=(5.0, 0.0), scoop=0.0)
    events = [Event(SAMPLE_RATE // 2, SAMPLE_RATE // 2, 1.0, (PITCH,))]
    plain, said = (
        Talker(throat, hissed, 0.5, 6000.0)(events, STAGE, np.random.default_rng(0))
        for hissed in (0.0, 1.0)
    )
    before = slice(SAMPLE_RATE // 4, SAMPLE_RATE // 2)
    assert np.abs(plain[before]).max() < 1e-3 * np.abs(plain).max()
    power = np.abs(np.fft.rfft(said[before, 0])) ** 2
    hertz = np.fft.rfftfreq(SAMPLE_RATE // 2 - SAMPLE_RATE // 4, 1 / SAMPLE_RATE)
    assert power[hertz > 3000.0].sum() > 4 * power[hertz < 3000.0].sum()
