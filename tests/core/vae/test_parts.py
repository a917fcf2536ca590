"""Components, augmentation, schedule, history: the parts that need no network."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.vae import augmentation, pca, schedule
from core.vae.history import Epoch, History


def test_components_are_those_of_a_singular_value_decomposition(
    rng: np.random.Generator,
) -> None:
    rows = (rng.normal(size=(40, 5)) @ rng.normal(size=(5, 300)) + 7).astype(np.float32)
    rows += 0.01 * rng.normal(size=rows.shape).astype(np.float32)
    found = pca.fit(rows, 5)
    _, values, vectors = np.linalg.svd(rows - rows.mean(axis=0), full_matrices=False)
    np.testing.assert_allclose(np.abs(np.sum(found.directions * vectors[:5], axis=1)), 1, atol=1e-3)
    np.testing.assert_allclose(found.scale, values[:5] / np.sqrt(40), rtol=1e-3)
    np.testing.assert_allclose(found.encode(rows).std(axis=0), 1, atol=1e-3)
    np.testing.assert_allclose(found.decode(found.encode(rows)), rows, atol=0.1)


def test_fewer_rows_than_components_leave_silent_directions(rng: np.random.Generator) -> None:
    rows = rng.normal(size=(4, 50)).astype(np.float32)
    found = pca.fit(rows, 10)
    assert found.directions.shape == (10, 50)
    assert np.isfinite(found.encode(rows)).all()
    np.testing.assert_allclose(found.directions[3:], 0)
    np.testing.assert_allclose(found.decode(found.encode(rows)), rows, atol=1e-4)


def test_identical_rows_have_no_components() -> None:
    found = pca.fit(np.ones((6, 20), np.float32), 3)
    np.testing.assert_allclose(found.decode(found.encode(np.ones((1, 20), np.float32))), 1)


def test_tall_and_wide_fits_agree(rng: np.random.Generator) -> None:
    rows = (rng.normal(size=(200, 30)) * np.arange(1, 31)).astype(np.float32)
    wide, tall = pca.fit(rows, 4), pca.fit_tall(rows, 4)
    overlap = np.abs(np.sum(wide.directions * tall.directions, axis=1))
    np.testing.assert_allclose(overlap, 1, atol=1e-3)
    np.testing.assert_allclose(wide.scale, tall.scale, rtol=1e-3)


@pytest.fixture
def windows(rng: np.random.Generator) -> np.ndarray:
    return rng.random((6, 128, 128, 4)).astype(np.float32)


def test_turning_keeps_every_row_in_its_order(
    windows: np.ndarray, rng: np.random.Generator
) -> None:
    turned = augmentation.turn(windows, rng)
    for before, after in zip(windows, turned, strict=True):
        rows = before.transpose(2, 0, 1).reshape(512, 128)
        again = after.transpose(2, 0, 1).reshape(512, 128)
        steps = [s for s in range(0, 512, 8) if np.array_equal(np.roll(rows, s, axis=0), again)]
        assert len(steps) == 1


def test_swapped_bands_come_from_the_other_window(
    windows: np.ndarray, rng: np.random.Generator
) -> None:
    others = windows[::-1]
    mixed = augmentation.swap_bands(windows, others, rng)
    own = (mixed == windows).all(axis=(1, 3))
    foreign = (mixed == others).all(axis=(1, 3))
    assert (own | foreign).all()
    assert own.any(axis=1).all()
    assert foreign.any(axis=1).all()
    assert (np.abs(np.diff(own.astype(int), axis=1)).sum(axis=1) == 1).all()


def test_the_equaliser_keeps_silence_and_range(rng: np.random.Generator) -> None:
    windows = rng.random((50, 128, 128, 4)).astype(np.float32)
    windows[:, :, :, 0] = 0.0
    louder = augmentation.equalise(windows, 6.0, rng)
    assert (louder[..., 0] == 0).all()
    assert louder.min() >= 0
    assert louder.max() <= 1
    middle = (windows > 0.4) & (windows < 0.6)
    gains = 90 * (louder - windows)[middle]
    assert gains.std() == pytest.approx(6.0, rel=0.3)


def test_the_share_is_varied_and_the_rest_untouched(windows: np.ndarray) -> None:
    rng = np.random.default_rng(0)
    many = np.concatenate([windows] * 20)
    out = augmentation.Augmentation(share=0.5)(many, rng)
    same = (out == many).all(axis=(1, 2, 3))
    assert 0.3 < same.mean() < 0.7
    np.testing.assert_array_equal(augmentation.Augmentation(share=0.0)(many, rng), many)


@given(st.integers(0, 10_000), st.floats(0, 1))
def test_rates_stay_between_nothing_and_all(step: int, fraction: float) -> None:
    assert 0 < schedule.learning_rate_factor(step, fraction) <= 1
    assert 0 <= schedule.kl_weight_factor(step, fraction) <= 1


def test_kl_sets_in_slowly_with_and_without_a_known_end() -> None:
    assert schedule.kl_weight_factor(0, 0.0) == 0
    assert schedule.kl_weight_factor(0, 0.25) == 1
    assert schedule.kl_weight_factor(1000, 0.0) == pytest.approx(0.5)


def test_the_plateau_halves_the_rate_after_waiting() -> None:
    plateau = schedule.ReduceOnPlateau(patience=3)
    rates = []
    for score in [5, 4, 4, 4, 4, 3, 3, 3, 3]:
        plateau.update(score)
        rates.append(plateau.rate)
    assert rates == [1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.25]
    for _ in range(100):
        plateau.update(9)
    assert plateau.rate == plateau.least


def test_annealing_takes_what_is_left() -> None:
    budget = schedule.Budget(None, steps=100, step=70)
    assert budget.annealed() == 0
    budget.anneal(1000)
    budget.step = 85
    assert budget.annealed() == pytest.approx(0.5)
    budget.step = 100
    assert budget.by_steps() == 1.0


def test_a_run_without_a_limit_anneals_for_a_number_of_steps() -> None:
    budget = schedule.Budget(None, step=70)
    assert budget.fraction() == 0
    budget.anneal(30)
    budget.step = 85
    assert budget.annealed() == pytest.approx(0.5)


def _epoch(number: int, held: float | None) -> Epoch:
    return Epoch(number, 1.5 * number, held, 3.0, 150.0, 64, 1.0, 1e-3, 0.5)


def test_history_survives_a_round_trip(tmp_path: Path) -> None:
    history = History([_epoch(0, 4.0), _epoch(1, 3.9), _epoch(2, None)])
    again = History.from_json(history.to_json())
    assert again == history
    assert again.last == 2
    history.write(tmp_path / "vae_best.keras")
    assert (tmp_path / "vae_best.history.png").stat().st_size > 5000
    assert History().last == 0
    assert not any(math.isnan(e.library_db) for e in again.epochs)
