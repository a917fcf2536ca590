"""Lines of single hits: in time, as loud as said, repeatable, and files that are damaged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.dsp.bank import bank
from core.dsp.spectrogram import db_to_power
from core.parts.hits import LEAD_ROWS, Hits, spectrogram_of_hit, write_hits
from core.parts.material import Material
from core.parts.remix import Remix
from core.settings import PARTS, SAMPLE_RATE
from tests.core.parts.conftest import BPM

KICK, BASS, DRUMS, _ = range(len(PARTS))


def struck(hertz: float, early: float = 0.0) -> np.ndarray:
    t = np.arange(round(240.0 / BPM * SAMPLE_RATE)) / SAMPLE_RATE
    sound = np.sin(2 * np.pi * hertz * t) * np.exp(-t / 0.03)
    return spectrogram_of_hit(np.repeat(sound[:, None], 2, axis=1).astype(np.float32), BPM, early)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("material")
    write_hits(folder, "kick", 0, [struck(60.0), struck(80.0)])
    write_hits(folder, "drums", 0, [struck(8000.0), struck(3000.0)])
    return folder


def test_a_hit_is_struck_at_its_row() -> None:
    power = db_to_power(struck(1000.0).astype(np.float32)).sum(axis=1)
    assert abs(int(np.argmax(power)) - LEAD_ROWS) <= 1
    later = db_to_power(struck(1000.0, early=1.0).astype(np.float32)).sum(axis=1)
    assert later[LEAD_ROWS - 1] > power[LEAD_ROWS - 1]


def test_kicks_are_struck_on_the_grid_and_lines_are_equally_loud(folder: Path) -> None:
    hits = Hits(folder)
    four = 0
    for seed in range(20):
        power = db_to_power(hits.line(KICK, 256, np.random.default_rng(seed)))
        assert power.shape == (256, 128)
        assert (power @ bank().areas).mean() == pytest.approx(1.0, rel=0.02)
        assert power[:, :8].sum() > 100 * power[:, 60:].sum()
        beats = power.sum(axis=1).reshape(8, 32)
        four += bool(beats[:, :4].sum(axis=1).min() > 0.7 * beats[:, :4].sum(axis=1).max())
    assert 5 <= four <= 19


def test_a_line_is_its_seeds(folder: Path) -> None:
    lines = [Hits(folder).line(DRUMS, 128, np.random.default_rng(seed)) for seed in (1, 1, 2)]
    np.testing.assert_array_equal(lines[0], lines[1])
    assert np.abs(lines[0] - lines[2]).max() > 1.0


def test_what_is_missing_or_damaged_is_left_out(folder: Path, tmp_path: Path) -> None:
    hits = Hits(folder)
    assert [hits.has(part) for part in range(len(PARTS))] == [True, False, True, False]
    path = write_hits(tmp_path, "kick", 0, [struck(60.0)])
    path.write_bytes(path.read_bytes()[:1000])
    np.save(path.with_name("kick_1.npy"), np.zeros((2, 64, 128), np.float16))
    assert not Hits(tmp_path).has(KICK)


def test_mixes_take_kicks_and_drums_from_hits(songs: Path, folder: Path) -> None:
    material = Material(sorted(songs.glob("*.npy")), Hits(folder))
    only_hits = Remix(whole=0.0, missing=(0, 1, 0, 1), alone=0.0, struck=(1, 0, 1, 0), bars=1)
    for seed in range(4):
        mix, powers = only_hits.example(material, np.random.default_rng(seed))
        assert np.isfinite(mix).all()
        assert powers[..., KICK].sum() > 0.0
        assert powers[..., DRUMS].sum() > 0.0
        assert not powers[..., BASS].any()
