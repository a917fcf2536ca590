"""Music that trainings start from: songs, varied songs, and new mixes of their parts."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import numpy as np
import pytest

from core.cli.main import main
from core.demo import parts_material, pretraining
from core.parts.material import Material, spectrograms_of_parts, write_song
from core.vae.data import FOLDED, unfold
from core.vae.pretrained import Pretrained
from tests.core.parts.conftest import BPM, parts_of


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("songs")
    for seed in range(2):
        write_song(folder, "plain", str(seed), spectrograms_of_parts(parts_of(seed), BPM))
    return folder


def test_music_is_heard_as_it_is_varied_and_mixed_anew(songs: Path) -> None:
    material = Material.of_folder(songs)
    others = np.random.default_rng(0).random((1, *FOLDED), np.float32)
    windows = pretraining.windows_of(material, others)
    assert len(windows) == 3 * len(material) + 2 * len(others)
    assert windows.min() >= 0.0
    assert windows.max() <= 1.0
    np.testing.assert_array_equal(windows[len(material)], others[0])
    assert np.abs(windows[3:5] - windows[:2]).max(axis=(1, 2, 3)).min() > 0.01
    level = unfold(windows)[[0, 1, 6, 7]].mean(axis=(1, 2))
    assert np.ptp(level) < 25.0


def test_the_command_writes_what_trainings_start_from(
    songs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[Path, int, int]] = []

    @contextlib.contextmanager
    def rendering(folder: Path, count: int, lots: int) -> Iterator[list[Future[Path]]]:
        asked.append((folder, count, lots))
        yield []

    monkeypatch.setattr(parts_material, "rendering", rendering)
    monkeypatch.setattr(pretraining, "_demo", lambda: np.zeros((1, *FOLDED), np.float32))
    out = tmp_path / "made" / "pretrained.npz"
    given = ["--out", str(out), "--material", str(songs), "--songs", "2"]
    assert main(["demo", "--pretrain", *given]) == 0
    assert asked == [(songs, 2, 0)]
    assert len(Pretrained.read(out).components) == 7
