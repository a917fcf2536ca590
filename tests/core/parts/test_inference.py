"""The network in numpy says what the network in keras says."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from core import resources
from core.dsp.spectrogram import of_segment
from core.keras_archive import rounded
from core.keras_backend import ops
from core.parts import model_file, network_file
from core.parts.inference import SharesNetwork
from core.parts.model import PartsModel
from core.parts.network import PartsNetwork, input_shape
from tests.core.parts.conftest import parts_of


@pytest.fixture(scope="module")
def spectrograms() -> np.ndarray:
    """Noise, one silent, and a segment as it sounds."""
    noise = np.random.default_rng(5).uniform(-70.0, -20.0, (512, 128))
    segment = of_segment(parts_of(1).sum(axis=0))
    return np.stack([noise, np.full((512, 128), -90.0), segment]).astype(np.float32)


@pytest.fixture(scope="module")
def shipped() -> PartsModel:
    return PartsModel.load(resources.parts_model())


def shares_by_numpy(path: Path, spectrograms: np.ndarray) -> np.ndarray:
    network = SharesNetwork(model_file.read(path).weights)
    return np.stack([network(spectrogram) for spectrogram in spectrograms])


def shares_by_keras(path: Path, spectrograms: np.ndarray) -> np.ndarray:
    return np.asarray(ops.softmax(network_file.load(path)(spectrograms), axis=-1))


def test_the_shipped_network_says_what_keras_says(spectrograms: np.ndarray) -> None:
    path = resources.parts_model()
    expected = shares_by_keras(path, spectrograms)
    assert np.ptp(expected) > 0.9  # it has an opinion
    np.testing.assert_allclose(shares_by_numpy(path, spectrograms), expected, atol=1e-5)


def test_so_does_one_of_another_size(
    spectrograms: np.ndarray, tmp_path: Path, rng: np.random.Generator
) -> None:
    network = PartsNetwork(widths=(3, 5, 7), floor=9, blocks=8)
    network.build(input_shape())
    drawn = [rng.normal(0.0, 0.3, weight.shape).astype(np.float32) for weight in network.weights]
    network.set_weights([rounded(weight, 10) for weight in drawn])  # as they are in the file
    path = tmp_path / "parts.keras"
    network_file.save(network, path, {})
    found = shares_by_numpy(path, spectrograms[:1])
    expected = np.asarray(ops.softmax(network(spectrograms[:1]), axis=-1))
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_equal_spectrograms_have_equal_shares_to_the_bit(
    shipped: PartsModel, spectrograms: np.ndarray
) -> None:
    together = shipped.shares(spectrograms)
    for alone, shares in zip(spectrograms, together, strict=True):
        assert np.array_equal(shipped.shares(alone[None])[0], shares)
    with ThreadPoolExecutor(4) as pool:
        for shares in pool.map(shipped.shares, [spectrograms] * 4):
            assert np.array_equal(shares, together)


def test_taking_a_loop_apart_needs_no_keras() -> None:
    program = (
        "import sys, core.parts.masking; from core.render.parts import PartsSeparator;"
        "PartsSeparator().prepare();"
        "print([m for m in ('keras', 'tensorflow', 'jax') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
