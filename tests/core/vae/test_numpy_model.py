"""The autoencoder in numpy is the one that was trained, and its slopes are those of its misfit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from core.errors import ModelError
from core.keras_backend import keras
from core.vae import model_file, network_file
from core.vae.data import in_units, unfold, unrolled
from core.vae.layers import CELLS
from core.vae.model import SegmentVAE, input_shape
from core.vae.numpy_model import Array, NumpyVAE, to_rows, to_sixteenths
from tests.core.vae.conftest import TINY, music

OPTIONS = {**TINY, "depth": 2, "encoder_depth": 2}


@pytest.fixture(scope="module")
def model() -> SegmentVAE:
    """Every weight of it counts."""
    made = SegmentVAE(**OPTIONS)
    made.build(input_shape())
    rng = np.random.default_rng(0)
    weights = [rng.normal(0, 0.2, w.shape) for w in made.get_weights()]
    made.set_weights([np.abs(w) if w.ndim == 0 else w for w in weights])
    made.linear.basis.assign(rng.normal(0, 0.01, (CELLS, 64)))
    made.linear.scale.assign(rng.uniform(0.5, 2.0, 64))
    made.spread.assign(rng.uniform(0.5, 2.0, 64))
    return made


@pytest.fixture(scope="module")
def network(model: SegmentVAE, tmp_path_factory: pytest.TempPathFactory) -> NumpyVAE:
    path = tmp_path_factory.mktemp("model") / "model.keras"
    network_file.save(model, path, {})
    return NumpyVAE(*model_file.read_network(path))


def drawn(count: int) -> Array:
    return np.random.default_rng(3).normal(size=(count, 64)).astype(np.float32)


def test_it_encodes_and_decodes_as_the_model_does(model: SegmentVAE, network: NumpyVAE) -> None:
    data = music()
    windows = data.batch(data.places()[:5])
    found = network.encode(to_sixteenths(in_units(unfold(windows))))
    for one, other in zip(found, model.encode(windows), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-3)
    z = drawn(5)
    expected = unrolled(np.asarray(model.decode(z)))
    np.testing.assert_allclose(to_rows(network.decode(z)), expected, rtol=1e-4, atol=1e-4)


def test_the_slope_is_that_of_tensorflow(model: SegmentVAE, network: NumpyVAE) -> None:
    z = drawn(3)
    windows = np.random.default_rng(4).random((3, 128, 128, 4), np.float32)
    at = tf.constant(z)
    with tf.GradientTape() as tape:
        tape.watch(at)
        error = tf.reduce_sum(tf.abs(model.decode(at) - windows), axis=(1, 2, 3))
        prior = 0.5 * model.kl_weight * tf.reduce_sum(tf.square(at), axis=1)
        cost = error * (90.0 / model.scale_db) + prior
    expected = np.asarray(tape.gradient(cost, at))
    found, slope = network.misfit(to_sixteenths(unrolled(windows)), z)
    np.testing.assert_allclose(found, cost, rtol=1e-4)
    np.testing.assert_allclose(slope(), expected, rtol=1e-2, atol=1e-3 * np.abs(expected).max())


def test_the_slope_is_what_differences_say(network: NumpyVAE) -> None:
    z = drawn(1)
    # So far away that no cell's error changes its sign on the way.
    windows = np.full((1, 64, 1024), 1e3, np.float32)
    slope = network.misfit(windows, z)[1]()
    way = np.random.default_rng(5).normal(size=z.shape).astype(np.float32)
    ends = [network.decode(z + step * way).sum(dtype=np.float64) for step in (1e-2, -1e-2)]
    rise = (ends[1] - ends[0]) / 2e-2 * (90.0 / 4.0)
    rise += float(network._kl_weight * (z * way).sum())
    assert float((slope * way).sum()) == pytest.approx(rise, rel=1e-2)


def test_turning_a_window_round_keeps_it(rng: np.random.Generator) -> None:
    rows = rng.random((2, 512, 128), np.float32)
    sixteenths = to_sixteenths(rows)
    np.testing.assert_array_equal(to_rows(sixteenths), rows)
    second_of_bar_three = rows[1, 2 * 128 + 8 : 2 * 128 + 16].reshape(-1)
    np.testing.assert_array_equal(sixteenths[1, 1 * 4 + 2], second_of_bar_three)


def test_equal_arguments_give_equal_bits(network: NumpyVAE) -> None:
    z = drawn(5)
    first = network.decode(z)
    network.decode(drawn(9))
    np.testing.assert_array_equal(network.decode(z), first)


def test_a_network_of_other_weights_is_refused(tmp_path: Path) -> None:
    keras.utils.set_random_seed(0)
    made = SegmentVAE(**TINY)
    made.build(input_shape())
    path = tmp_path / "model.keras"
    network_file.save(made, path, {})
    options, weights = model_file.read_network(path)
    for change in ({"width": 32}, {"depth": 2}, {"patch": 4}, {"trunk": 8}):
        with pytest.raises(ModelError, match="damaged"):
            NumpyVAE({**options, **change}, weights)
