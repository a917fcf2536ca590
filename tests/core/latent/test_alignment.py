"""Alignment of the latents of two models."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InputError
from core.latent.alignment import LatentAlignment

RNG = np.random.default_rng(3)


def turned(latents: np.ndarray, seed: int = 0) -> np.ndarray:
    """The same music under a model with other axes, scales and origin."""
    rng = np.random.default_rng(seed)
    q, _ = np.linalg.qr(rng.standard_normal((latents.shape[1],) * 2))
    return latents @ q * 1.7 + rng.standard_normal(latents.shape[1])


@given(n=st.integers(3, 60), d=st.integers(4, 16), seed=st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_a_segment_is_mapped_exactly(n: int, d: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    old, new = rng.standard_normal((n, d)), rng.standard_normal((n, d))
    alignment = LatentAlignment.fit(old, new)
    moved = alignment.transform(old)
    assert moved.shape == (n, d)
    assert moved.dtype == np.float32
    np.testing.assert_allclose(moved, new, atol=1e-3)


def test_latents_between_segments_stay_between() -> None:
    old = RNG.standard_normal((200, 64))
    new = turned(old)
    alignment = LatentAlignment.fit(old[:150], new[:150])
    between = 0.5 * (old[150:170] + old[170:190])
    expected = 0.5 * (new[150:170] + new[170:190])
    error = np.linalg.norm(alignment.transform(between) - expected, axis=1)
    assert error.max() < 0.1 * np.linalg.norm(expected, axis=1).mean()


def test_a_nonlinear_change_is_mapped_near_segments() -> None:
    old = RNG.standard_normal((400, 2))
    new = old + 0.5 * np.sin(2.0 * old[:, ::-1])
    inside = 0.6 * RNG.standard_normal((50, 2))
    expected = inside + 0.5 * np.sin(2.0 * inside[:, ::-1])
    alignment = LatentAlignment.fit(old, new)
    error = np.abs(alignment.transform(inside) - expected).mean()
    centred = old - old.mean(axis=0)
    affine = np.linalg.lstsq(np.c_[centred, np.ones(400)], new, rcond=None)[0]
    flat = np.abs(np.c_[inside - old.mean(axis=0), np.ones(50)] @ affine - expected).mean()
    assert error < 0.4 * flat


@pytest.mark.parametrize(
    "shapes", [((2, 4), (2, 4)), ((5, 4), (4, 4)), ((5, 4), (5, 3)), ((5,), (5,))]
)
def test_too_few_segments_are_refused(shapes: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    with pytest.raises(InputError, match="segments"):
        LatentAlignment.fit(np.zeros(shapes[0]), np.zeros(shapes[1]))
