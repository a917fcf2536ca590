"""Latents are moved to where the decoder says more with them, and never to where it says less."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.keras_backend import compiled, keras, ops
from core.vae import latent_refinement, pca
from core.vae.data import FOLDED
from core.vae.layers import CELLS
from core.vae.model import SegmentVAE, input_shape
from tests.core.vae.conftest import TINY, music

Encode = Callable[[np.ndarray], tuple[np.ndarray, ...]]


@pytest.fixture(scope="module")
def model() -> SegmentVAE:
    """Its decoder adds to the linear path what its encoder knows nothing of."""
    keras.utils.set_random_seed(1)
    made = SegmentVAE(**TINY)
    made.build(input_shape())
    data = music()
    made.linear.set_components(pca.fit(data.batch(data.places()).reshape(-1, CELLS), 64))
    kernel = made.to_patches.kernel
    kernel.assign(np.random.default_rng(0).normal(0, 0.3, kernel.shape))
    return made


@pytest.fixture(scope="module")
def encode(model: SegmentVAE) -> Encode:
    """The refined encoder, compiled once."""
    run = compiled(latent_refinement.refined_encoder(model), (None, *FOLDED))
    return lambda windows: tuple(np.asarray(out) for out in run(windows))


def test_the_decoder_comes_nearer_to_unseen_music(model: SegmentVAE, encode: Encode) -> None:
    unseen = music(tracks=9)
    windows = unseen.batch(unseen.places()[-12:])
    plain, before = (np.asarray(out) for out in model.encode(windows))
    better, after = encode(windows)
    assert (_misfits(model, windows, better) <= _misfits(model, windows, plain)).all()
    assert _error(model, windows, better) < 0.97 * _error(model, windows, plain)
    np.testing.assert_allclose(after, before, atol=1e-4)


def test_a_window_is_refined_by_itself(encode: Encode) -> None:
    data = music()
    windows = data.batch(data.places()[:6])
    together = encode(windows)[0]
    alone = np.concatenate([encode(one[None])[0] for one in windows])
    np.testing.assert_allclose(together, alone, atol=2e-3)


@settings(max_examples=25)
@given(seed=st.integers(0, 1000), steepness=st.floats(1e-4, 1e4))
def test_it_goes_down_whatever_the_scale(seed: int, steepness: float) -> None:
    rng = np.random.default_rng(seed)
    z, aim = (ops.convert_to_tensor(rng.normal(size=(4, 5)).astype(np.float32)) for _ in range(2))
    moved = latent_refinement.refine(lambda at: steepness * ops.sum(ops.abs(at - aim), axis=1), z)
    before, after = (np.abs(np.asarray(at) - np.asarray(aim)) for at in (z, moved))
    assert (after.sum(axis=1) < before.sum(axis=1)).all()
    assert (after <= before + 0.1).all()


def test_the_best_stays(model: SegmentVAE) -> None:
    z = ops.convert_to_tensor(np.ones((3, 4), np.float32))
    kept = latent_refinement.refine(lambda at: ops.sum(ops.abs(at - 1.0), axis=1), z)
    np.testing.assert_array_equal(np.asarray(kept), np.ones((3, 4)))


def _misfits(model: SegmentVAE, windows: np.ndarray, z: np.ndarray) -> np.ndarray:
    return np.asarray(model.misfit(windows, ops.convert_to_tensor(z)))


def _error(model: SegmentVAE, windows: np.ndarray, z: np.ndarray) -> float:
    return float(np.abs(np.asarray(model.decode(ops.convert_to_tensor(z))) - windows).mean())
