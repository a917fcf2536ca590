"""The network at its starting point, and the terms of its loss against closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from core.keras_backend import compiled, keras
from core.vae import losses, pca
from core.vae.augmentation import Augmentation
from core.vae.data import FOLDED
from core.vae.evaluation import Evaluator
from core.vae.initialization import Initializer
from core.vae.layers import CELLS, Patches, patches_of
from core.vae.model import SegmentVAE, input_shape
from tests.core.vae.conftest import TINY, music


@pytest.fixture(scope="module")
def start() -> tuple[SegmentVAE, pca.Components]:
    data = music()
    places = data.places()
    rows = data.batch(places).reshape(-1, CELLS)
    ground = Initializer(data, places, np.random.default_rng(0))
    return ground.model(Augmentation(share=0.0), TINY), pca.fit(rows, 64)


def test_an_untrained_model_is_the_principal_components(
    start: tuple[SegmentVAE, pca.Components],
) -> None:
    model, components = start
    windows = music().batch(music().places()[:8])
    mean, _ = model.encode(windows)
    kept = np.asarray(model.decode(mean)).reshape(8, CELLS)
    rows = windows.reshape(8, CELLS)
    coefficients = components.encode(rows)
    # half precision of the basis: within a thirtieth of a decibel of 90
    real = np.linalg.norm(components.directions, axis=1) > 0
    np.testing.assert_allclose(np.asarray(mean)[:, real], coefficients[:, real], atol=0.02)
    np.testing.assert_allclose(kept, components.decode(coefficients), atol=0.03 / 90)


def test_varied_windows_do_not_change_the_baseline() -> None:
    data = music()
    places = data.places()
    plain = Initializer(data, places, np.random.default_rng(0)).baseline()
    components = pca.fit(data.batch(places).reshape(-1, CELLS), 64)
    windows = data.batch(places)
    rows = windows.reshape(-1, CELLS)
    expected = np.abs(np.clip(components.decode(components.encode(rows)), 0, 1) - rows).mean() * 90
    assert plain.error_db(data, places) == pytest.approx(expected, abs=1e-3)


def test_standardising_changes_latents_and_nothing_else(
    start: tuple[SegmentVAE, pca.Components], rng: np.random.Generator
) -> None:
    model, _ = start
    windows = music().batch(music().places())
    before, log_variance = (np.asarray(out) for out in model.encode(windows))
    decoded = np.asarray(model.decode(before))
    weights = model.get_weights()
    deviation = np.maximum(before.std(axis=0), 0.1)
    model.standardise(before.mean(axis=0), deviation)
    after, log_variance_after = (np.asarray(out) for out in model.encode(windows))
    np.testing.assert_allclose(after.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(after * deviation + before.mean(axis=0), before, atol=1e-3)
    expected = log_variance - 2 * np.log(deviation)
    np.testing.assert_allclose(log_variance_after, expected, atol=1e-4)
    np.testing.assert_allclose(np.asarray(model.decode(after)), decoded, atol=1e-4)
    model.set_weights(weights)


@pytest.mark.parametrize(("mean", "variance"), [(0.0, 1.0), (1.5, 0.3), (-2.0, 4.0)])
def test_kl_is_that_of_two_normal_distributions(mean: float, variance: float) -> None:
    z = np.linspace(-60, 60, 400_001)
    q = np.exp(-((z - mean) ** 2) / (2 * variance)) / np.sqrt(2 * np.pi * variance)
    log_q = -((z - mean) ** 2) / (2 * variance) - 0.5 * np.log(2 * np.pi * variance)
    log_p = -(z**2) / 2 - 0.5 * np.log(2 * np.pi)
    expected = np.trapezoid(q * (log_q - log_p), z)
    found = losses.kl_divergence(np.float32(mean), np.float32(np.log(variance)))
    assert float(found) == pytest.approx(expected, abs=1e-5)


def test_free_bits_are_counted_for_each_latent() -> None:
    kl = np.array([[0.0, 3.0], [0.1, 1.0]], np.float32)
    assert float(losses.free_bits(kl, 0.25)) == pytest.approx(0.25 + 2.0)
    assert float(losses.free_bits(kl, 0.0)) == pytest.approx(0.05 + 2.0)


def test_laplace_is_summed_over_a_window_and_averaged_over_windows() -> None:
    target = np.zeros((2, *FOLDED), np.float32)
    found = losses.laplace(target, target + np.array([0.1, 0.3])[:, None, None, None], 0.5)
    assert float(found) == pytest.approx(CELLS * 0.2 / 0.5, rel=1e-4)


def test_log_variance_is_clamped() -> None:
    found = np.asarray(losses.clamp_log_variance(np.array([-99.0, 0.5, 99.0], np.float32)))
    np.testing.assert_allclose(found, [-10, 0.5, 2])


def test_patches_keep_what_their_basis_spans(rng: np.random.Generator) -> None:
    layer = Patches(8)
    layer.build(None)
    basis = np.linalg.qr(rng.normal(size=(1024, 8)))[0].astype(np.float32)
    layer.basis.assign(basis)
    numbers = rng.normal(size=(2, 16, 32)).astype(np.float32)
    windows = np.asarray(layer.synthesise(numbers))
    assert windows.shape == (2, *FOLDED)
    np.testing.assert_allclose(np.asarray(layer.analyse(windows)), numbers, atol=1e-4)
    rows = patches_of(windows)
    np.testing.assert_allclose(rows @ basis, numbers.reshape(2, 16, 4, 8).reshape(-1, 8), atol=1e-4)


def test_active_latents_are_those_whose_means_vary(
    start: tuple[SegmentVAE, pca.Components],
) -> None:
    data = music(tracks=6, bars=8)
    found = Evaluator(start[0])(data, data.places())
    variances = found.means.var(axis=0)
    assert found.active == (variances > 0.02).sum()
    assert found.active > 0
    assert found.windows == 30
    still = Evaluator(start[0])(data, np.repeat(data.places()[:1], 5, axis=0))
    assert still.active == 0


def test_configuration_survives_a_round_trip() -> None:
    model = SegmentVAE(**TINY, info={"tracks": 3})
    again = SegmentVAE.from_config(model.get_config())
    assert again.get_config() == model.get_config()


def test_training_draws_latents_and_use_does_not(
    start: tuple[SegmentVAE, pca.Components],
) -> None:
    windows = music().batch(music().places()[:2])
    drawn = [np.asarray(start[0](windows, training=True)[0]) for _ in range(2)]
    plain = [np.asarray(start[0](windows, training=False)[0]) for _ in range(2)]
    assert np.abs(drawn[0] - drawn[1]).max() > 1e-4
    np.testing.assert_array_equal(plain[0], plain[1])


def test_compiled_calls_take_any_batch_without_tracing_again() -> None:
    traced = []

    def double(x):  # type: ignore[no-untyped-def]
        traced.append(x.shape)
        return 2.0 * x

    fast = compiled(double, (None, 3))
    for n in (1, 2, 5):
        np.testing.assert_array_equal(np.asarray(fast(np.ones((n, 3), np.float32))), 2.0)
    if keras.backend.backend() == "tensorflow":
        assert len(traced) == 1


def test_shapes_are_built_without_data() -> None:
    model = SegmentVAE(**TINY)
    model.build(input_shape())
    assert np.asarray(model.decode(np.zeros((1, 64), np.float32))).shape == (1, *FOLDED)
