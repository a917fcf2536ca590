"""Songs with known parts for the network: rendered once, found by style, failures told."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from pathlib import Path

import numpy as np
import pytest

from core.demo import parts_material
from core.demo.endless.songs import style_of
from core.demo.endless.styles import STYLES
from core.errors import Cancelled, TrainingError


def finished(result: Path | Exception) -> Future[Path]:
    job: Future[Path] = Future()
    if isinstance(result, Exception):
        job.set_exception(result)
    else:
        job.set_result(result)
    return job


def test_styles_held_out_exist_and_are_few() -> None:
    assert set(parts_material.HELD_OUT) < set(STYLES)
    assert len(STYLES) >= 4 * len(parts_material.HELD_OUT)


def test_a_song_is_rendered_once(tmp_path: Path) -> None:
    path = parts_material.render_song(tmp_path, 3)
    assert path.name == f"{style_of(3)}__3.npy"
    layers = np.load(path).astype(np.float32)
    assert layers.shape == (1, 5, 512, 128)
    powers = (10.0 ** (layers / 10.0)).mean(axis=(0, 2, 3))
    assert powers[:4].sum() == pytest.approx(powers[4], rel=0.3)
    before = path.stat().st_mtime_ns
    assert parts_material.render_song(tmp_path, 3) == path
    assert path.stat().st_mtime_ns == before
    both = len(parts_material.learned(tmp_path)) + len(parts_material.held_out(tmp_path))
    assert both == 1


def test_hits_are_rendered_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts_material, "HITS_IN_A_LOT", 2)
    path = parts_material.render_hits(tmp_path, "kick", 1)
    lot = np.load(path)
    assert lot.shape == (2, 128, 128)
    assert np.abs(lot[0].astype(np.float32) - lot[1]).max() > 10.0
    before = path.stat().st_mtime_ns
    assert parts_material.render_hits(tmp_path, "kick", 1) == path
    assert path.stat().st_mtime_ns == before


def test_waiting_ends_when_nothing_more_comes(tmp_path: Path) -> None:
    told: list[tuple[float, float]] = []
    job = finished(tmp_path / "x")
    parts_material.wait_for(tmp_path, [job], 5, lambda n, m, message="": told.append((n, m)))
    assert told == [(0, 5)]


def test_a_song_that_fails_is_told(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="the disk is full"):
        parts_material.wait_for(tmp_path, [finished(OSError("the disk is full"))], 5)


def test_waiting_can_be_stopped(tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(Cancelled):
        parts_material.wait_for(tmp_path, [Future()], 5, cancel=stop)


@pytest.mark.slow
def test_other_processes_render_while_the_body_runs(tmp_path: Path) -> None:
    with parts_material.rendering(tmp_path / "songs", 2, lots=1) as jobs:
        assert all(job.result(timeout=250).is_file() for job in jobs)
