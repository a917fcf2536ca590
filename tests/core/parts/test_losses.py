"""What training minimises agrees with what is measured."""

from __future__ import annotations

import numpy as np
import pytest

from core.keras_backend import ops
from core.parts import masking
from core.parts.losses import distortion_db, presence, separation_loss
from core.parts.material import spectrograms_of_parts
from tests.core.parts.conftest import BPM, parts_of
from tests.core.parts.test_masking import sdr


@pytest.fixture(scope="module")
def powers() -> np.ndarray:
    """(1, 512, 128, 4)."""
    layers = spectrograms_of_parts(parts_of(3), BPM)[:, :4].astype(np.float32)
    return np.moveaxis(10.0 ** (layers / 10.0), 1, -1)


def test_the_expected_distortion_is_that_of_the_audio(powers: np.ndarray) -> None:
    shares = 0.7 * powers / powers.sum(axis=-1, keepdims=True) + 0.075
    expected = -ops.convert_to_numpy(distortion_db(powers, shares))[0, 0]
    parts = parts_of(3)
    found = masking.separate(parts.sum(axis=0), shares[0].astype(np.float32))
    measured = [sdr(part, other) for part, other in zip(parts, found, strict=True)]
    np.testing.assert_allclose(expected, measured, atol=1.5)


def test_what_leaks_into_a_missing_part_counts(powers: np.ndarray) -> None:
    alone = powers * np.array([1.0, 0.0, 0.0, 0.0], np.float32)
    shares = np.broadcast_to(np.array([0.7, 0.3, 0.0, 0.0], np.float32), alone.shape)
    whole = ops.convert_to_numpy(distortion_db(alone, shares))[0, 0]
    assert whole[1] > 15.0
    assert abs(whole[2]) < 0.1


def test_a_part_is_present_or_not(powers: np.ndarray) -> None:
    quiet = powers * np.array([1.0, 0.0, 1e-7, 1.0], np.float32)
    found = ops.convert_to_numpy(presence(quiet))[0]
    assert found[[0, 3]].min() > 0.95
    assert found[[1, 2]].max() < 0.05


def test_the_loss_is_lowest_at_the_exact_shares(powers: np.ndarray) -> None:
    exact = np.log(powers / powers.sum(axis=-1, keepdims=True) + 1e-9)
    losses = [
        float(separation_loss(powers, logits))
        for logits in (exact, 0.5 * exact, 2.0 * exact, np.zeros_like(exact), exact[..., ::-1])
    ]
    assert min(losses) == losses[0]
