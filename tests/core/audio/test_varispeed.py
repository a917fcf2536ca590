"""Loops played faster or slower."""

from __future__ import annotations

import numpy as np
import pytest

from core.audio.varispeed import semitones, varispeed

FRAMES = 44_100


def _tones(cycles: tuple[int, ...]) -> np.ndarray:
    """(FRAMES, 2): whole cycles, so that it is a loop."""
    time = np.arange(FRAMES) / FRAMES
    return np.stack([np.sin(2 * np.pi * c * time) for c in cycles], axis=1).astype(np.float32)


@pytest.mark.parametrize("frames", [40_001, 44_100, 47_353])
def test_every_cycle_stays_in_its_place_also_at_the_seam(frames: int) -> None:
    played = varispeed(_tones((100, 1000)), frames)
    time = np.arange(frames) / frames
    wanted = np.stack([np.sin(2 * np.pi * c * time) for c in (100, 1000)], axis=1)
    assert played.shape == (frames, 2)
    assert played.dtype == np.float32
    np.testing.assert_allclose(played, wanted, atol=2e-3)


def test_an_attack_keeps_its_place_in_the_bar() -> None:
    loop = np.zeros((FRAMES, 1), np.float32)
    loop[FRAMES // 4] = 1.0
    played = varispeed(loop, 40_000)
    assert abs(int(np.abs(played[:, 0]).argmax()) - 10_000) <= 1


def test_pitch_follows_the_tempo() -> None:
    assert semitones(44_100, 44_100) == 0.0
    assert semitones(44_100, 22_050) == pytest.approx(12.0)
    assert semitones(44_100, 88_200) == pytest.approx(-12.0)
