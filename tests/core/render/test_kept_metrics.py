"""Metrics that are fitted once and read afterwards."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.latent.metric import PerceptualMetric
from core.render import kept_metrics
from core.render.kept_metrics import fit_or_read
from tests.core.render.conftest import CosineCodec

_RANGES = [slice(None), slice(0, 5)]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where metrics are kept."""
    monkeypatch.setattr(kept_metrics, "metrics_folder", lambda: tmp_path / "metrics")
    return tmp_path / "metrics"


@pytest.fixture
def latents() -> np.ndarray:
    """Of a small library."""
    return np.random.default_rng(1).standard_normal((9, 64)).astype(np.float32)


def assert_same(some: list[PerceptualMetric], others: list[PerceptualMetric]) -> None:
    for one, other in zip(some, others, strict=True):
        np.testing.assert_array_equal(one.centre, other.centre)
        np.testing.assert_array_equal(one.projection, other.projection)


def test_they_are_read_as_they_were_fitted(
    folder: Path, latents: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    decode = CosineCodec().decode
    fitted = PerceptualMetric.fit_ranges(latents, decode, _RANGES)
    assert_same(fit_or_read(latents, decode, _RANGES), fitted)
    monkeypatch.setattr(PerceptualMetric, "fit_ranges", None)
    assert_same(fit_or_read(latents, decode, _RANGES), fitted)


@pytest.mark.parametrize("change", ["latents", "model", "ranges", "damage"])
def test_they_are_fitted_anew_where_they_would_differ(
    folder: Path, latents: np.ndarray, change: str
) -> None:
    decode, ranges = CosineCodec().decode, _RANGES
    fit_or_read(latents, decode, ranges)
    (kept,) = folder.iterdir()
    if change == "latents":
        latents = latents * 1.5
    elif change == "model":
        plain = decode
        decode = lambda rows: plain(rows) - 3.0 * rows[:, :1, None]  # noqa: E731
    elif change == "ranges":
        ranges = [*_RANGES, slice(5, None)]
    else:
        kept.write_bytes(kept.read_bytes()[:-500])
    expected = PerceptualMetric.fit_ranges(latents, decode, ranges)
    assert_same(fit_or_read(latents, decode, ranges), expected)
    assert_same(fit_or_read(latents, decode, ranges), expected)


def test_the_oldest_go(folder: Path, latents: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_metrics, "_KEPT", 2)
    for factor in (1.0, 2.0, 3.0, 4.0):
        fit_or_read(factor * latents, CosineCodec().decode, _RANGES)
    assert len(list(folder.iterdir())) == 2


def test_a_folder_that_cannot_be_written_loses_nothing(
    tmp_path: Path, latents: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setattr(kept_metrics, "metrics_folder", lambda: tmp_path / "file")
    decode = CosineCodec().decode
    fitted = PerceptualMetric.fit_ranges(latents, decode, _RANGES)
    assert_same(fit_or_read(latents, decode, _RANGES), fitted)
