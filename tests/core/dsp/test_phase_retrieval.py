from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from core.dsp import phase_retrieval
from core.dsp.stft import Ring

Array = NDArray[np.float32]


def inconsistency(spectrum: NDArray[np.complex64], ring: Ring) -> float:
    """dB: what is lost when `spectrum` becomes a signal and is analysed again."""
    again = ring.analyse(ring.synthesise(spectrum))
    lost = np.linalg.norm(np.abs(again) - np.abs(spectrum)) / np.linalg.norm(spectrum)
    return 20 * float(np.log10(lost))


def magnitudes_of(samples: Array, *, hop: int = 512) -> tuple[Array, Ring]:
    ring = Ring.near_hop(len(samples), n_fft=2048, hop=hop)
    return np.abs(ring.analyse(samples)), ring


def test_integrated_phases_keep_magnitudes(groove: Callable[..., Array]) -> None:
    magnitudes, ring = magnitudes_of(groove()[:, 0])
    made = phase_retrieval.integrate(magnitudes, ring, seed=0)
    np.testing.assert_allclose(np.abs(made), magnitudes, rtol=1e-4, atol=1e-6)


def test_integrated_phases_fit_far_better_than_random_ones(groove: Callable[..., Array]) -> None:
    magnitudes, ring = magnitudes_of(groove()[:, 0], hop=256)
    made = inconsistency(phase_retrieval.integrate(magnitudes, ring, seed=0), ring)
    drawn = inconsistency(phase_retrieval.random_phases(magnitudes, seed=0), ring)
    assert made < -15
    assert made < drawn - 8


def test_a_sine_advances_by_its_frequency() -> None:
    length = 2048 * 40
    cycles = 40 * 37  # bin 37, a whole number of cycles in the loop
    sine = np.sin(2 * np.pi * cycles * np.arange(length) / length).astype(np.float32)
    magnitudes, ring = magnitudes_of(sine)
    phases = np.angle(phase_retrieval.integrate(magnitudes, ring, seed=0)[:, 37])
    advance = np.diff(np.unwrap(phases))
    expected = 2 * np.pi * 37 * 512 / 2048
    wrapped = (advance - expected + np.pi) % (2 * np.pi) - np.pi
    np.testing.assert_allclose(wrapped, 0.0, atol=1e-3)


def test_an_impulse_is_gathered_in_one_place() -> None:
    samples = np.zeros(2048 * 20, np.float32)
    samples[10_007] = 1.0
    magnitudes, ring = magnitudes_of(samples, hop=256)
    made = ring.synthesise(phase_retrieval.integrate(magnitudes, ring, seed=0))
    near = np.abs(np.arange(len(made)) - np.abs(made).argmax()) < 16
    assert (made[near] ** 2).sum() > 0.8 * (made**2).sum()


def test_griffin_lim_brings_magnitudes_nearer(rng: np.random.Generator) -> None:
    samples = rng.standard_normal(40_000).astype(np.float32)
    magnitudes, ring = magnitudes_of(samples)
    start = phase_retrieval.random_phases(magnitudes, seed=1)

    def error(iterations: int, momentum: float) -> float:
        loop = phase_retrieval.griffin_lim(
            start.copy(), magnitudes, ring, iterations=iterations, momentum=momentum
        )
        return float(np.linalg.norm(np.abs(ring.analyse(loop)) - magnitudes))

    plain = [error(n, 0.0) for n in (0, 4, 16)]
    assert plain[0] > plain[1] > plain[2]
    assert error(16, 0.99) < plain[2]


def test_magnitudes_of_a_real_loop_give_it_back(groove: Callable[..., Array]) -> None:
    samples = groove()[:, 0]
    magnitudes, ring = magnitudes_of(samples, hop=256)
    loop = phase_retrieval.griffin_lim(
        phase_retrieval.integrate(magnitudes, ring, seed=0),
        magnitudes,
        ring,
        iterations=20,
        momentum=0.99,
    )
    again = np.abs(ring.analyse(loop))
    assert np.linalg.norm(again - magnitudes) < 0.1 * np.linalg.norm(magnitudes)


def test_silence_and_a_single_cell() -> None:
    ring = Ring.near_hop(20_000, n_fft=2048, hop=512)
    empty = np.zeros((ring.count, 1025), np.float32)
    assert not phase_retrieval.integrate(empty, ring, seed=0).any()
    empty[3, 100] = 1.0
    made = phase_retrieval.integrate(empty, ring, seed=0)
    assert np.isfinite(made).all()
    assert np.count_nonzero(np.abs(made) > 1e-6) == 1
