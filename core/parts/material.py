"""Music whose parts are known, as spectrograms on disk: what the network learns from.

One `.npy` file for each song, named `<style>__<anything>.npy`: (segments, 5, 512, 128) float16 dB,
the four parts and, last, their mix, which holds what they cancel of each other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core import settings
from core.atomic import replacing
from core.dsp.bank import bank
from core.dsp.spectrogram import SpectrogramStream, db_to_power, musical
from core.errors import InputError
from core.parts.hits import Hits

Array = NDArray[np.float32]
LAYERS = len(settings.PARTS) + 1
"""Of a segment: the parts and the mix."""
_SHAPE = (LAYERS, settings.FRAMES_PER_SEGMENT, settings.N_BANDS)
_SEPARATOR = "__"


def spectrograms_of_parts(parts: Array, bpm: float) -> NDArray[np.float16]:
    """Analyse a song whose first downbeat is at sample 0.

    Args:
        parts: (4, frames, channels) at 44.1 kHz, in the order of `settings.PARTS`.
        bpm: exact tempo.

    Returns:
        (segments, 5, 512, 128) dB: as many whole segments as there are.

    Raises:
        InputError: another number of parts, or shorter than a segment.
    """
    if parts.ndim != 3 or len(parts) != len(settings.PARTS):
        raise InputError(f"four parts are needed, (4, frames, channels), not {parts.shape}")
    count = int(parts.shape[1] / settings.SAMPLE_RATE / settings.segment_seconds(bpm) + 1e-3)
    if count < 1:
        raise InputError(f"{parts.shape[1]} samples are less than a segment at {bpm:g} BPM")
    rows = []
    for layer in (*parts, parts.sum(axis=0)):
        stream = SpectrogramStream()
        stream.feed(layer)
        rows.append(musical(stream.finish(), 0.0, bpm, count * settings.BARS_PER_SEGMENT))
    shape = (LAYERS, count, *_SHAPE[1:])
    return np.stack(rows).reshape(shape).transpose(1, 0, 2, 3).astype(np.float16)


def write_song(folder: Path, style: str, name: str, spectrograms: NDArray[np.float16]) -> Path:
    """Add a song to the material, all of it or nothing.

    Args:
        folder: of the material.
        style: by which songs are held out together.
        name: by which it is told from the others of its style.
        spectrograms: (segments, 5, 512, 128) dB, as `spectrograms_of_parts` makes them.

    Returns:
        The file.

    Raises:
        OutputError: it cannot be written.
    """
    path = song_path(folder, style, name)
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.save(file, spectrograms, allow_pickle=False)
    return path


def song_path(folder: Path, style: str, name: str) -> Path:
    """Where a song lies.

    Args:
        folder: of the material.
        style: of the song.
        name: of the song.

    Returns:
        The file, whether it is there or not.
    """
    return folder / f"{style}{_SEPARATOR}{name}.npy"


class Material:
    """The segments of all songs in a folder, some styles or all but some; memory-mapped.

    Attributes:
        songs: number of songs.
        hits: single hits that belong to no style.
    """

    def __init__(self, paths: Sequence[Path], hits: Hits | None = None) -> None:
        """
        Args:
            paths: files of songs; those that cannot be read (half written by a machine that went
                down) are left out.
            hits: of the same folder.
        """
        self.hits = hits
        opened = [_opened(path) for path in paths]
        self._songs = [song for song in opened if song is not None]
        self.songs = len(self._songs)
        self._levels: dict[int, float] = {}
        self._places = [(s, k) for s, song in enumerate(self._songs) for k in range(len(song))]

    @classmethod
    def of_folder(
        cls, folder: Path, held_out: Sequence[str] = (), *, only: bool = False
    ) -> Material:
        """The songs in `folder`.

        Args:
            folder: need not exist.
            held_out: styles that are left out.
            only: take these styles and no others.
        """
        chosen = [
            path
            for path in sorted(folder.glob(f"*{_SEPARATOR}*.npy"))
            if (path.name.split(_SEPARATOR)[0] in held_out) == only
        ]
        return cls(chosen, Hits(folder))

    def __len__(self) -> int:
        return len(self._places)

    def segment(self, index: int) -> Array:
        """(5, 512, 128) dB: the parts and the mix of one segment."""
        song, k = self._places[index]
        return np.asarray(self._songs[song][k], np.float32)

    def level(self, index: int) -> float:
        """dB of the power of the mix of one segment, summed over all bins, mean of all rows."""
        if index not in self._levels:
            song, k = self._places[index]
            power = db_to_power(np.asarray(self._songs[song][k, -1], np.float32))
            self._levels[index] = 10.0 * math.log10(float((power @ bank().areas).mean()) + 1e-12)
        return self._levels[index]

    def part(self, index: int, part: int) -> Array:
        """One part of one segment.

        Args:
            index: of the segment, from 0.
            part: its number in `settings.PARTS`; 4 is the mix.

        Returns:
            (512, 128) float32 dB.
        """
        song, k = self._places[index]
        return np.asarray(self._songs[song][k, part], np.float32)


def _opened(path: Path) -> NDArray[np.float16] | None:
    try:
        song: NDArray[np.float16] = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    usable = song.ndim == 4 and song.shape[1:] == _SHAPE and song.dtype == np.float16
    return song if usable else None
