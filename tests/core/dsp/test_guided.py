"""What the gains of `guided` are made of."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.ndimage

from core.dsp import guided


@pytest.mark.parametrize("deviations", [(1.0, 1.0), (0.5, 0.5), (1.0, 2.5)])
def test_gains_are_smoothed_round_the_loop_and_not_beyond_the_bands(
    deviations: tuple[float, float], rng: np.random.Generator
) -> None:
    gains = rng.uniform(-60.0, 24.0, (128, 128)).astype(np.float32)
    expected = scipy.ndimage.gaussian_filter(gains, deviations, mode=("wrap", "nearest"))
    np.testing.assert_allclose(guided._smooth(gains, deviations), expected, atol=1e-5)
