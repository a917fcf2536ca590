"""Small libraries made directly, without an import: a pulse train at a known tempo per track."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from core import settings
from core.library import records, shards, sound, spectrograms
from core.library.segments import lay_out
from core.library.store import Library
from core.library.tracks import Track, track_id
from core.rhythm.grid import BeatGrid, GridSection

Array = NDArray[np.float32]


def kicks(seconds: float, bpm: float, downbeat: float = 0.0, seed: int = 0) -> Array:
    """(frames, 2): a decaying 55 Hz sine on every beat, louder on downbeats, over quiet noise."""
    rng = np.random.default_rng(seed)
    frames = round(seconds * settings.SAMPLE_RATE)
    out = 0.003 * rng.standard_normal((frames, 2))
    time = np.arange(round(0.2 * settings.SAMPLE_RATE)) / settings.SAMPLE_RATE
    hit = np.sin(2 * np.pi * 55 * time) * np.exp(-time / 0.05)
    beat = 60.0 / bpm
    first = int(np.ceil(-downbeat / beat))
    for k in range(first, int((seconds - downbeat) / beat) + 1):
        at = round((downbeat + k * beat) * settings.SAMPLE_RATE)
        if 0 <= at < frames:
            part = hit[: frames - at, None] * (0.8 if k % 4 == 0 else 0.5)
            out[at : at + len(part)] += part
    return out.astype(np.float32)


def steady_grid(seconds: float, bpm: float, downbeat: float = 0.0) -> BeatGrid:
    """One section, sure of itself."""
    return BeatGrid((GridSection(0.0, seconds, bpm, downbeat),), confidence=0.9)


def add_track(
    library: Library,
    title: str,
    *,
    seconds: float = 12.0,
    bpm: float = 128.0,
    downbeat: float = 0.25,
    seed: int = 0,
    grid: BeatGrid | None = None,
    gain_db: float = 0.0,
    shard: bool = True,
    suffix: str = ".flac",
) -> Track:
    """A track of kicks in `library`, with files, rows and segments as an import writes them."""
    samples = kicks(seconds, bpm, downbeat, seed)
    digest = hashlib.sha256(samples.tobytes() + title.encode()).hexdigest()
    identity = track_id(digest)
    grid = grid or steady_grid(len(samples) / settings.SAMPLE_RATE, bpm, downbeat)
    track = Track(
        id=identity,
        content_hash=digest,
        title=title,
        artist="",
        source_path=f"/music/{title}.wav",
        audio_file=identity + suffix,
        frames=len(samples),
        channels=2,
        source_lufs=-14.0,
        stored_gain_db=gain_db,
        grid=grid,
        sections=lay_out(grid, len(samples) / settings.SAMPLE_RATE),
        warnings=(),
        added_at=0.0,
    )
    path = library.audio_path(track)
    soundfile.write(path, samples, settings.SAMPLE_RATE)
    rows = spectrograms.track_rows(sound.Forward(sound.blocks(path, gain_db)), track.sections)
    if shard:
        spectrograms.save(shards.path(library.path / "spectrograms", track), rows)
    with library.database.transaction():
        records.write_track(library.database, track)
        records.write_segments(
            library.database, spectrograms.segments_of(identity, track.sections, rows)
        )
    return track


def make_library(path: Path, tracks: int = 2) -> Library:
    """A library of `tracks` short tracks, open."""
    library = Library.create(path)
    for k in range(tracks):
        add_track(library, f"Track {k + 1}", bpm=126.0 + 2 * k, seed=k)
    return library
