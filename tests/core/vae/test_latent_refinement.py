"""Latents are moved to where the decoder says more with them, and never to where it says less."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.keras_backend import keras
from core.vae import latent_refinement, network_file, pca
from core.vae.codec import Codec
from core.vae.data import fold, unfold
from core.vae.layers import CELLS
from core.vae.model import SegmentVAE, input_shape
from core.vae.numpy_model import to_sixteenths
from tests.core.vae.conftest import TINY, music

Array = latent_refinement.Array


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
def codec(model: SegmentVAE, tmp_path_factory: pytest.TempPathFactory) -> Codec:
    path = tmp_path_factory.mktemp("model") / "model.keras"
    network_file.save(model, path, {})
    return Codec.load(path)


def test_the_decoder_comes_nearer_to_unseen_music(codec: Codec) -> None:
    music_of = music(tracks=9)
    spectra = unfold(music_of.batch(music_of.places()[-12:]))
    units = to_sixteenths(fold(spectra).transpose(0, 3, 1, 2).reshape(spectra.shape))
    plain, before = codec._network.encode(units)
    better, after = codec.encode(spectra)
    assert (_misfits(codec, units, better) <= _misfits(codec, units, plain)).all()
    assert _error(codec, units, better) < 0.97 * _error(codec, units, plain)
    np.testing.assert_array_equal(after, before)


def test_a_window_is_refined_by_itself(codec: Codec) -> None:
    data = music()
    spectra = unfold(data.batch(data.places()[:6]))
    together = codec.encode(spectra)[0]
    alone = np.concatenate([codec.encode(one[None])[0] for one in spectra])
    # Rounding differs, and may decide whether a step is taken.
    np.testing.assert_allclose(together, alone, atol=0.1)
    units = to_sixteenths(fold(spectra).transpose(0, 3, 1, 2).reshape(spectra.shape))
    costs = [_misfits(codec, units, z) for z in (together, alone)]
    np.testing.assert_allclose(*costs, rtol=1e-3)


def _distance(
    aim: Array, steepness: float
) -> tuple[latent_refinement.Misfit, Callable[[Array], Array]]:
    """The distance from `aim`, and its curvature where every latent is as far off."""

    def misfit(at: Array) -> tuple[Array, Callable[[], Array]]:
        away = np.float32(steepness) * (at - aim)
        return np.abs(away).sum(axis=1), lambda: np.float32(steepness) * np.sign(away)

    def curvature(cost: Array) -> Array:
        away = np.maximum(cost, 1e-9) / np.float32(steepness * aim.shape[1])
        return np.float32(steepness) / away[:, None]

    return misfit, curvature


@settings(max_examples=25)
@given(seed=st.integers(0, 1000), steepness=st.floats(1e-4, 1e4))
def test_it_goes_down_whatever_the_scale(seed: int, steepness: float) -> None:
    rng = np.random.default_rng(seed)
    z, aim = (rng.normal(size=(4, 5)).astype(np.float32) for _ in range(2))
    moved = latent_refinement.refine(*_distance(aim, steepness), z)
    before, after = (np.abs(at - aim) for at in (z, moved))
    assert (after.sum(axis=1) < before.sum(axis=1)).all()
    assert (after <= before + latent_refinement.MOST).all()


def test_latents_that_move_it_little_come_as_far_as_those_that_move_it_much() -> None:
    rng = np.random.default_rng(0)
    scale = np.array([0.25, 0.5, 1, 2, 4, 8], np.float32)
    cells = np.linalg.qr(rng.normal(size=(2000, len(scale))))[0].astype(np.float32) * scale
    rest = rng.laplace(0.0, 0.1, (5, 2000)).astype(np.float32)
    aim = rng.normal(size=(5, len(scale))).astype(np.float32)
    window = aim @ cells.T + rest

    def misfit(at: Array) -> tuple[Array, Callable[[], Array]]:
        error = at @ cells.T - window
        return np.abs(error).sum(axis=1), lambda: np.sign(error) @ cells

    def curvature(cost: Array) -> Array:
        return np.square(scale) * 2000 / cost[:, None]

    moved = latent_refinement.refine(misfit, curvature, np.zeros_like(aim))
    there = misfit(aim)[0]
    assert (misfit(moved)[0] < 1.001 * there).all()


def test_a_curvature_that_is_far_too_small_does_no_harm() -> None:
    """The longest step, and so the first, leads beyond the aim and upwards."""
    aim, z = np.full((3, 4), 0.2, np.float32), np.zeros((3, 4), np.float32)
    assert 2 * aim.max() < latent_refinement.MOST
    misfit, curvature = _distance(aim, 1.0)
    moved = latent_refinement.refine(misfit, lambda cost: 0.01 * curvature(cost), z)
    assert (misfit(moved)[0] < 0.5 * misfit(z)[0]).all()


def test_the_best_stays() -> None:
    z = np.ones((3, 4), np.float32)
    kept = latent_refinement.refine(*_distance(z, 1.0), z)
    np.testing.assert_array_equal(kept, z)


def _misfits(codec: Codec, windows: Array, z: Array) -> Array:
    return codec._network.misfit(windows, z)[0]


def _error(codec: Codec, windows: Array, z: Array) -> float:
    return float(np.abs(codec._network.decode(z) - windows).mean())
