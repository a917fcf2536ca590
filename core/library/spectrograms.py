"""The spectrogram of a whole track at musical positions: computed, kept as a shard, read back.

A shard is (rows, 128) float16 decibels: all whole bars of the track's sections, one after another,
128 rows a bar. It is derived data. Where it is missing, the audio gives it again; one segment alone
takes some tens of milliseconds.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core import atomic, presence, settings
from core.deletion import delete_file
from core.dsp import attributes, spectrogram
from core.dsp.band_power import HOP
from core.library.segments import Section, Segment, segment_id
from core.library.sound import ReadAudio, seconds_to_frame

Array = NDArray[np.float32]
Shard = NDArray[np.float16]
_MARGIN = 2 * settings.N_FFT
"""Samples analysed on either side of a stretch: a window, a row and the hops around them."""
_MOST_DB: Final = 1000.0
_BARS_AT_ONCE = 32
"""A minute or so: what is held in memory of a track, however long."""


def track_rows(read: ReadAudio, sections: Sequence[Section]) -> Shard:
    """Compute the spectrogram of a whole track, some minutes of it at a time.

    Args:
        read: gives the track's audio; it is asked for stretches in order, so `sound.Forward` will
            do.
        sections: of the track.

    Returns:
        (rows, 128) float16 dB, all whole bars of all sections.

    Raises:
        LibraryError: the audio is gone or damaged.
    """
    shard = np.empty((sum(part.rows for part in sections), settings.N_BANDS), np.float16)
    for part in sections:
        for bar in range(0, part.bars, _BARS_AT_ONCE):
            bars = min(_BARS_AT_ONCE, part.bars - bar)
            first = part.bar_row(bar)
            rows = of_bars(read, part.bar_seconds(bar), part.bpm, bars)
            shard[first : first + len(rows)] = rows
    return shard


def of_bars(read: ReadAudio, start_seconds: float, bpm: float, bars: int) -> Array:
    """Compute the spectrogram of some bars of a track.

    The stretch begins on a hop of the whole track's analysis, so it sees the same frames.

    Args:
        read: gives the track's audio.
        start_seconds: of the first downbeat, in the track.
        bpm: tempo of the section.
        bars: how many.

    Returns:
        (bars * 128, 128) float32 dB.

    Raises:
        LibraryError: the audio is gone or damaged.
    """
    first = seconds_to_frame(start_seconds) - _MARGIN
    first -= first % HOP
    seconds = bars * settings.BEATS_PER_BAR * 60.0 / bpm
    stream = spectrogram.SpectrogramStream()
    stream.feed(read(first, seconds_to_frame(seconds) + 2 * _MARGIN))
    start = start_seconds - first / settings.SAMPLE_RATE
    return spectrogram.musical(stream.finish(), start, bpm, bars)


def segments_of(track_id: str, sections: Sequence[Section], rows: Shard) -> list[Segment]:
    """Make every segment of a track, one on each bar, with its attributes.

    Args:
        track_id: of the track.
        sections: its sections.
        rows: its spectrogram, (rows, 128) float16 dB, on which the attributes are measured.

    Returns:
        The segments by section and bar.
    """
    return [_segment(track_id, part, bar, rows) for part in sections for bar in part.starts(1)]


def save(path: Path, rows: Shard) -> None:
    """Write a shard, all of it or none.

    Args:
        path: of the file; its folder is made if need be, and a link in its place is replaced.
        rows: (rows, 128) float16 dB.

    Raises:
        OutputError: it cannot be written.
    """
    with contextlib.suppress(OSError):  # if that fails, writing says so
        path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink():  # what it leads to is no shard of ours
        delete_file(path, path.parent)
    with atomic.replacing(path) as temporary, temporary.open("wb") as file:
        np.save(file, rows)


def load(path: Path, rows: int) -> Shard | None:
    """Open a shard without reading it.

    Args:
        path: of the file.
        rows: how many it must have: `Track.rows`.

    Returns:
        (rows, 128) float16 dB, memory-mapped; None if it is missing, damaged or of another length.
    """
    if not presence.is_file(path):  # a pipe would never answer
        return None
    try:
        shard: Shard = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError, RecursionError, MemoryError, SyntaxError):
        return None
    fits = shard.shape == (rows, settings.N_BANDS) and shard.dtype == np.float16
    return shard if fits else None


def is_sound(rows: NDArray[np.floating[Any]]) -> bool:
    """Whether all of (n, 128) can be levels in dB: a failing disk leaves NaN and infinity."""
    if rows.size == 0:
        return True
    return bool(rows.min() >= -_MOST_DB and rows.max() <= _MOST_DB)  # neither holds for NaN


def _segment(track_id: str, part: Section, bar: int, rows: Shard) -> Segment:
    first = part.bar_row(bar)
    window = rows[first : first + settings.FRAMES_PER_SEGMENT].astype(np.float32)
    return Segment(
        id=segment_id(track_id, part.section, bar),
        track_id=track_id,
        section=part.section,
        bar=bar,
        start_seconds=part.bar_seconds(bar),
        bpm=part.bpm,
        attributes=attributes.measure(window),
    )
