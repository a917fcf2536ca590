"""Made-up parts whose answer is known: kicks that decay, a held bass, ticks, a chord."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.parts.material import Material, spectrograms_of_parts, write_song
from core.settings import SAMPLE_RATE, segment_frames

TINY: dict[str, Any] = {"widths": (4, 4, 8), "floor": 8, "blocks": 1}
BPM = 130.0


def parts_of(seed: int) -> np.ndarray:
    """(4, frames, 2): four bars of a kick, a bass, ticks and a chord."""
    rng = np.random.default_rng(seed)
    frames = segment_frames(BPM)
    t = np.arange(frames) / SAMPLE_RATE
    beat = 60.0 / BPM
    since_beat, since_tick = t % beat, (t + beat / 2) % beat
    fall = 50.0 * since_beat + 4.0 * (1.0 - np.exp(-since_beat / 0.03))
    kick = np.sin(2 * np.pi * fall) * np.exp(-since_beat / rng.uniform(0.06, 0.12))
    turns = 2 * np.pi * rng.uniform(60.0, 90.0) * t
    bass = (np.sin(turns) + 0.3 * np.sin(2 * turns)) * (since_beat > 0.1)
    ticks = rng.standard_normal(frames) * np.exp(-since_tick / 0.02)
    chord = sum(np.sin(2 * np.pi * hz * t) for hz in rng.uniform(400.0, 1500.0, 4))
    levels = (0.5, 0.15, 0.1, 0.05)
    made = [level * part for level, part in zip(levels, (kick, bass, ticks, chord), strict=True)]
    return np.repeat(np.stack(made)[:, :, None], 2, axis=2).astype(np.float32)


@pytest.fixture(scope="session")
def songs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with three songs of a segment, one of them in a style of its own."""
    folder = tmp_path_factory.mktemp("songs")
    for seed, style in enumerate(("plain", "plain", "other")):
        write_song(folder, style, str(seed), spectrograms_of_parts(parts_of(seed), BPM))
    return folder


@pytest.fixture(scope="session")
def material(songs: Path) -> Material:
    return Material.of_folder(songs)
