"""Single hits as spectrograms, and lines of them in any rhythm: endless kicks and drums."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core import settings
from core.atomic import replacing
from core.dsp.bank import bank
from core.dsp.spectrogram import SpectrogramStream, musical, power_to_db

Array = NDArray[np.float32]
Rng = np.random.Generator

LEAD_ROWS: Final = 4
"""Rows of a hit before it is struck, as what analysis smears forward belongs to it."""
_FOLDER: Final = "hits"
_ROWS: Final = settings.FRAMES_PER_BAR
_SIXTEENTH: Final = settings.FRAMES_PER_SIXTEENTH
_BEAT: Final = settings.FRAMES_PER_BAR // settings.BEATS_PER_BAR
_KICK: Final = 0
_METRE: Final = np.array(
    (1.0, 0.2, 0.5, 0.4, 0.8, 0.25, 0.6, 0.4, 0.9, 0.25, 0.55, 0.4, 0.8, 0.3, 0.65, 0.4)
)
"""How likely a sixteenth of a bar is struck."""


def spectrogram_of_hit(audio: Array, bpm: float, early: float) -> NDArray[np.float16]:
    """Analyse a hit that is struck at sample 0.

    Args:
        audio: (frames, channels) at 44.1 kHz.
        bpm: tempo that rows are of.
        early: part of a row, 0..1, by which it is struck before row `LEAD_ROWS`.

    Returns:
        (128, 128) dB.
    """
    stream = SpectrogramStream()
    stream.feed(audio)
    row = settings.segment_seconds(bpm) / settings.FRAMES_PER_SEGMENT
    return musical(stream.finish(), (early - LEAD_ROWS) * row, bpm, 1).astype(np.float16)


def write_hits(
    folder: Path, part: str, number: int, spectrograms: Sequence[NDArray[np.float16]]
) -> Path:
    """Add single hits to the material.

    Args:
        folder: of the material.
        part: one of `settings.PARTS`.
        number: of the file, from 0.
        spectrograms: (128, 128) dB each, as `spectrogram_of_hit` makes them.

    Returns:
        The file.

    Raises:
        OutputError: it cannot be written.
    """
    path = hits_path(folder, part, number)
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.save(file, np.stack(spectrograms), allow_pickle=False)
    return path


def hits_path(folder: Path, part: str, number: int) -> Path:
    """Where a file of hits lies.

    Args:
        folder: of the material.
        part: one of `settings.PARTS`.
        number: of the file, from 0.

    Returns:
        The file, whether it is there or not.
    """
    return folder / _FOLDER / f"{part}_{number}.npy"


class Hits:
    """The hits in the folder of some material; memory-mapped."""

    def __init__(self, folder: Path) -> None:
        """
        Args:
            folder: of the material; need not exist. Files that cannot be read are left out.
        """
        lots = [
            [_opened(path) for path in sorted((folder / _FOLDER).glob(f"{part}_*.npy"))]
            for part in settings.PARTS
        ]
        self._lots = [[lot for lot in of_part if lot is not None] for of_part in lots]

    def has(self, part: int) -> bool:
        """Whether there are any of the `part`-th of `settings.PARTS`."""
        return bool(self._lots[part])

    def line(self, part: int, rows: int, rng: Rng) -> Array:
        """A part played with hits in a rhythm drawn by chance.

        Args:
            part: that `has` hits: of kicks one, or two on top of each other; of drums up to four.
            rows: whole bars.
            rng: chance.

        Returns:
            (rows, 128) dB; its power, summed over all bins, is 1 in the mean of all rows.
        """
        swing = int(rng.integers(4)) if rng.random() < 0.4 else 0
        power = np.zeros((rows, settings.N_BANDS), np.float32)
        if part == _KICK:
            shot = self._kick(part, rng)
            power += _played(shot, *_kick_rhythm(rows, swing, rng), rows, rng.random() < 0.6)
        else:
            for _ in range(int(rng.integers(1, 5))):
                shot = _damped(self._shot(part, rng), rng)
                shot *= np.float32(10.0 ** (rng.normal(0.0, 5.0) / 10.0))
                power += _played(shot, *_free_rhythm(rows, swing, rng), rows, rng.random() < 0.4)
        return power_to_db(power / max(float((power @ bank().areas).mean()), 1e-9))

    def _kick(self, part: int, rng: Rng) -> Array:
        shot = _stretched(self._shot(part, rng), rng)
        if rng.random() < 0.3:
            under = np.float32(10.0 ** (rng.uniform(-12.0, 3.0) / 10.0))
            shot = shot + under * _stretched(self._shot(part, rng), rng)
        return _held(shot, rng) if rng.random() < 0.5 else np.asarray(shot, np.float32)

    def _shot(self, part: int, rng: Rng) -> Array:
        """The powers (128, 128) of a hit, as loud as any other."""
        lots = self._lots[part]
        lot = lots[int(rng.integers(len(lots)))]
        decibels = np.asarray(lot[int(rng.integers(len(lot)))], np.float32)
        power = np.exp(decibels * np.float32(np.log(10.0) / 10.0))
        power[decibels <= settings.FLOOR_DB + 1.0] = 0.0
        return np.asarray(power / max(float((power @ bank().areas).max()), 1e-9), np.float32)


def _opened(path: Path) -> NDArray[np.float16] | None:
    try:
        lot: NDArray[np.float16] = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    usable = lot.ndim == 3 and lot.shape[1:] == (_ROWS, settings.N_BANDS) and len(lot)
    return lot if usable and lot.dtype == np.float16 else None


def _stretched(shot: Array, rng: Rng) -> Array:
    """Its sweep and its decay made slower or faster."""
    if rng.random() < 0.4:
        return shot
    speed = np.exp(rng.uniform(-0.6, 0.4))
    rows = LEAD_ROWS + (np.arange(_ROWS) - LEAD_ROWS) * speed
    rows[:LEAD_ROWS] = np.arange(LEAD_ROWS)
    taken = np.asarray(shot[np.minimum(rows, _ROWS - 1).astype(np.int64)], np.float32)
    taken[rows > _ROWS - 1] = 0.0
    return taken


def _held(shot: Array, rng: Rng) -> Array:
    """Its body swells while the pitch falls, is held, and is let go at once, but for a rest."""
    end = rng.integers(3, 14)
    since = np.maximum(np.arange(_ROWS) - LEAD_ROWS, 0)
    curve = rng.uniform(0.0, 1.6) * np.minimum(since, end)
    curve -= np.minimum(10.0 ** rng.uniform(-1.0, 0.6) * np.maximum(since - end, 0), 40.0)
    lows = 1.0 / (1.0 + (bank().centres_hz / rng.uniform(100.0, 400.0)) ** 4)
    gains = 10.0 ** (curve[:, None] * lows / 10.0)
    return np.asarray(shot * gains, np.float32)


def _damped(shot: Array, rng: Rng) -> Array:
    """It dies away sooner."""
    fall = 10.0 ** rng.uniform(-1.5, 0.4) * np.maximum(np.arange(_ROWS) - LEAD_ROWS - 1, 0)
    return np.asarray(shot * (10.0 ** (-fall / 10.0))[:, None], np.float32)


def _kick_rhythm(rows: int, swing: int, rng: Rng) -> tuple[NDArray[np.int64], Array]:
    kind = rng.random()
    if kind < 0.45:
        steps = np.arange(0, rows // _SIXTEENTH, 4)
        return steps * _SIXTEENTH, np.ones(len(steps), np.float32)
    if kind < 0.6:  # four, and a little more
        struck = np.arange(rows // _SIXTEENTH) % 4 == 0
        struck |= np.resize(rng.random(16 * int(rng.choice((1, 2)))) < 0.1, len(struck))
    else:
        density = rng.uniform(0.08, 0.45)
        struck = _drawn(rows, density, int(rng.choice((8, 16, 32, 64))), rng)
    return _struck(struck, swing, rng, soft=0.2)


def _free_rhythm(rows: int, swing: int, rng: Rng) -> tuple[NDArray[np.int64], Array]:
    steps = rows // _SIXTEENTH
    if rng.random() < 0.35:  # every so many steps
        every, first = ((4, 2), (2, 0), (8, 4), (4, 0), (1, 0), (16, 0))[int(rng.integers(6))]
        struck = np.arange(steps) % every == first
    else:
        density = np.exp(rng.uniform(np.log(0.05), np.log(0.7)))
        struck = _drawn(rows, density, int(rng.choice((3, 4, 8, 16, 16, 32, 64))), rng)
    return _struck(struck, swing, rng, soft=0.5)


def _drawn(rows: int, density: float, period: int, rng: Rng) -> NDArray[np.bool_]:
    """Which sixteenths are struck, the same ones every `period`."""
    likely = np.minimum(np.resize(_METRE, period) * density * 1.9, 0.97)
    struck = rng.random(period) < likely
    if not struck.any():
        struck[rng.integers(period)] = True
    return np.resize(struck, rows // _SIXTEENTH)


def _struck(
    struck: NDArray[np.bool_], swing: int, rng: Rng, soft: float
) -> tuple[NDArray[np.int64], Array]:
    """Rows and powers of the hits; some are softer."""
    steps = np.flatnonzero(struck)
    starts = steps * _SIXTEENTH + swing * (steps % 2)
    softer = rng.random(len(steps)) < soft * rng.random()
    powers = np.where(softer, 10.0 ** rng.uniform(-1.6, -0.2, len(steps)), 1.0)
    return starts, powers.astype(np.float32)


def _played(shot: Array, starts: NDArray[np.int64], powers: Array, rows: int, choke: bool) -> Array:
    """A shot at every start, round the end; each hit cuts off the one before it, or not."""
    out = np.zeros((rows + _ROWS, settings.N_BANDS), np.float32)
    gaps = np.diff(np.append(starts, rows + starts[:1] if len(starts) else rows))
    for start, gap, power in zip(starts, gaps, powers, strict=True):
        length = min(_ROWS, int(gap) + 1) if choke else _ROWS
        out[start : start + length] += power * shot[:length]
    out[:_ROWS] += out[rows:][:_ROWS]
    return np.roll(out[:rows], -LEAD_ROWS, axis=0)
