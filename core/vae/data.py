"""What a model is trained on: windows of four bars, by reference into whole tracks.

Windows one bar apart share three quarters of their rows, so tracks are kept whole (float16 dB, as
in the library's shards) and a window is cut when it is needed.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core import settings
from core.errors import InputError, TrainingError

Array = NDArray[np.float32]
Index = NDArray[np.int64]

FOLDED = (settings.FRAMES_PER_BAR, settings.N_BANDS, settings.BARS_PER_SEGMENT)
"""Shape of one window as the network sees it: frames of a bar, bands, bars as channels."""
MIN_SEGMENTS = 8
"""Fewer four-bar segments than this cannot be learned from without background music."""
ENOUGH_WINDOWS = 64
"""A library of fewer windows is learned together with background music."""
BACKGROUND_WINDOWS = 96
"""Windows of background music: half as many again as there are latents."""
BACKGROUND_SHARE = 1 / 3
"""Of the windows of an epoch, about how many are background music."""

_WINDOW = (settings.FRAMES_PER_SEGMENT, settings.N_BANDS)
_SPAN_DB = settings.CEILING_DB - settings.FLOOR_DB
_LOWEST_DB = -200.0
_HIGHEST_DB = 40.0


@dataclass(frozen=True, eq=False)
class LearnedTrack:
    """One track's spectrogram and where its windows start.

    Attributes:
        name: any identity; windows of one name are never split between training and validation.
        decibels: (rows, 128), dB, by reference (a memory-mapped shard will do).
        starts: (n,) first row of each window of 512 rows.
        weights: (n,) how often each window is learned, above 0; None: all once an epoch.
    """

    name: str
    decibels: NDArray[np.floating]
    starts: Index
    weights: Array | None = None

    def __post_init__(self) -> None:
        if self.decibels.ndim != 2 or self.decibels.shape[1] != settings.N_BANDS:
            raise InputError(
                f"{self.name}: a track's spectrogram has the shape (rows, {settings.N_BANDS}), "
                f"this one {self.decibels.shape}; import the track again"
            )
        last = len(self.decibels) - settings.FRAMES_PER_SEGMENT
        if len(self.starts) and not (self.starts.min() >= 0 and self.starts.max() <= last):
            raise InputError(f"{self.name}: a window reaches beyond the track; import it again")

    def weighed(self, weights: NDArray[np.floating]) -> LearnedTrack:
        """The same track without the windows that weigh nothing.

        Args:
            weights: (n,) of its windows.
        """
        kept = weights > 0
        some = np.asarray(weights[kept], np.float32)
        return replace(
            self, starts=self.starts[kept], weights=None if (some == 1.0).all() else some
        )

    def rows(self, start: int) -> NDArray[np.floating]:
        """(512, 128) dB of the window that begins on row `start`; a view."""
        return self.decibels[start : start + settings.FRAMES_PER_SEGMENT]


@dataclass(frozen=True, eq=False)
class TrainingData:
    """Windows to learn from.

    Attributes:
        tracks: the tracks.
        grouped: False where nobody knows which windows are of one track.
        notes: what was decided about the data on the way, one plain sentence each.
        background: other music that is learned along with a small library, so that principal
            components and latents have something to span. Not counted, held out or reported.
    """

    tracks: tuple[LearnedTrack, ...]
    grouped: bool = True
    notes: tuple[str, ...] = ()
    background: tuple[LearnedTrack, ...] = ()

    @classmethod
    def of_tracks(
        cls, tracks: Iterable[tuple[str, NDArray[np.floating], Sequence[int] | Index | None]]
    ) -> TrainingData:
        """From `(name, decibels (rows, 128), starts)`; `starts` None means a window on every bar.

        Raises:
            InputError: a spectrogram of another shape, or a start outside its track.
        """
        made = (LearnedTrack(name, db, _starts(db, starts)) for name, db, starts in tracks)
        return cls(tuple(track for track in made if len(track.starts)))

    @classmethod
    def of_array(
        cls, spectra: NDArray[np.floating], track_ids: Sequence[object] | None = None
    ) -> TrainingData:
        """Windows from one array.

        Args:
            spectra: (n, 512, 128), in dB or in 0..1 between floor and ceiling.
            track_ids: (n), of which track each window is. Without them, a window that repeats three
                bars of the one before is of its track; an array without such windows is not
                grouped.

        Raises:
            InputError: another shape, another range, or not numbers.
        """
        if spectra.ndim != 3 or spectra.shape[1:] != _WINDOW:
            raise InputError(
                f"the array has the shape {spectra.shape}; it must be (segments, 512, 128), four "
                "bars of 128 rows by 128 bands: write it with `technovae dataset`"
            )
        if track_ids is not None and len(track_ids) != len(spectra):
            raise InputError(f"{len(spectra)} segments but {len(track_ids)} track ids")
        if spectra.dtype.kind not in "fiu":
            raise InputError("the array holds no numbers; write it with `technovae dataset`")
        decibels, note = _as_decibels(spectra)
        if track_ids is None:
            track_ids = _runs(spectra)
        groups = _groups(len(spectra), track_ids)
        tracks = (_stacked(name, decibels, members) for name, members in groups)
        return cls(tuple(tracks), track_ids is not None, (note,))

    @classmethod
    def from_file(cls, path: str | Path) -> TrainingData:
        """From a `.npy` file of such an array, e.g. `spectrogram_dataset.npy`.

        Raises:
            InputError: missing, not an array of numbers, or what `of_array` refuses.
        """
        try:
            spectra = np.load(path, mmap_mode="r", allow_pickle=False)
        except FileNotFoundError as error:
            raise InputError(f"{path}: there is no such file; check the name") from error
        except (OSError, ValueError, EOFError) as error:
            raise InputError(
                f"{path}: not a numpy array file, or damaged; write it with `technovae dataset`"
            ) from error
        if not isinstance(spectra, np.ndarray):
            raise InputError(f"{path}: holds several arrays; write it with `technovae dataset`")
        try:
            return cls.of_array(spectra)
        except InputError as error:
            raise InputError(f"{path}: {error}") from error

    def __len__(self) -> int:
        return sum(len(track.starts) for track in self.tracks)

    def describe(self) -> str:
        """E.g. "1,693 windows of 18 tracks"."""
        count = len(self.tracks)
        of = f" of {count} track{'s' * (count != 1)}" if self.grouped else ""
        return f"{len(self):,} window{'s' * (len(self) != 1)}{of}"

    def segments(self) -> int:
        """How many segments of four bars there are that do not overlap."""
        return sum(_apart(track.starts) for track in self.tracks)

    def check(self) -> None:
        """Raise `TrainingError` where there is too little to learn from."""
        segments = self.segments()
        if segments == 0:
            raise TrainingError("there are no segments of four bars to learn; import some music")
        if segments < MIN_SEGMENTS and not self.background:
            raise TrainingError(
                f"{segments} segment{'s' * (segments != 1)} of four bars cannot train a model, it "
                f"takes at least {MIN_SEGMENTS}; import more music"
            )

    def places(self) -> Index:
        """(n, 2): track number and first row of every window, in order."""
        parts = [
            np.stack([np.full(len(t.starts), i), t.starts], axis=1)
            for i, t in enumerate(self.tracks)
        ]
        return np.concatenate([np.zeros((0, 2), np.int64), *parts]).astype(np.int64)

    def with_background(self, music: TrainingData) -> TrainingData:
        """The same windows, to be learned along with some of other `music`.

        Args:
            music: 96 of its windows, evenly spread, become the background.
        """
        places = music.places()
        few = min(len(places), BACKGROUND_WINDOWS)
        some = places[np.linspace(0, len(places) - 1, few).astype(np.int64)]
        chosen = (
            replace(track, starts=some[some[:, 0] == number, 1])
            for number, track in enumerate(music.tracks)
        )
        return replace(self, background=tuple(track for track in chosen if len(track.starts)))

    def background_places(self) -> Index:
        """(m, 2): as `places`, of the background; its tracks are numbered after the library's."""
        places = TrainingData(self.background).places()
        places[:, 0] += len(self.tracks)
        return places

    def along_with_background(self, places: Index) -> Index:
        """Windows of an epoch: those at `places` (n, 2), as often as needed for the background
        behind them to be about a third; without a background, `places`."""
        if not self.background or not len(places):
            return places
        behind = self.background_places()
        times = round(len(behind) * (1 / BACKGROUND_SHARE - 1) / len(places))
        return np.concatenate([np.repeat(places, max(1, times), axis=0), behind])

    def weighted(self, places: Index) -> Index:
        """Windows of an epoch: those at `places` (n, 2), each as often as it weighs on average;
        in order."""
        if all(track.weights is None for track in self.tracks):
            return places
        weights = np.ones(len(places))
        for number, track in enumerate(self.tracks):
            if track.weights is not None:
                mine = places[:, 0] == number
                order = np.argsort(track.starts)
                rows = order[np.searchsorted(track.starts, places[mine, 1], sorter=order)]
                weights[mine] = track.weights[rows]
        # Systematic resampling: no window comes more than once too often or too seldom.
        course = np.cumsum(weights)
        count = max(1, round(float(course[-1]))) if len(course) else 0
        wanted = (np.arange(count) + 0.5) * (course[-1] / count) if count else course
        chosen: Index = places[np.searchsorted(course, wanted)]
        return chosen

    def batch(self, places: Index) -> Array:
        """Windows at `places` (n, 2) as the network sees them: (n, 128, 128, 4), 0..1."""
        tracks = (*self.tracks, *self.background)
        out = np.empty((len(places), *_WINDOW), np.float32)
        for row, (track, start) in enumerate(places):
            out[row] = tracks[track].rows(int(start))
        return fold(out)


def fold(decibels: NDArray[np.floating]) -> Array:
    """Spectrograms (n, 512, 128) dB -> (n, 128, 128, 4) in 0..1, bars as channels."""
    bars = in_units(decibels).reshape(
        -1, settings.BARS_PER_SEGMENT, settings.FRAMES_PER_BAR, settings.N_BANDS
    )
    return np.ascontiguousarray(bars.transpose(0, 2, 3, 1))


def unfold(unit: Array) -> Array:
    """(n, 128, 128, 4) in 0..1 -> spectrograms (n, 512, 128) dB, clipped to floor and ceiling."""
    return in_decibels(unrolled(unit))


def unrolled(windows: Array) -> Array:
    """Windows (n, 128, 128, 4), bars as channels -> (n, 512, 128), time first."""
    return np.ascontiguousarray(windows.transpose(0, 3, 1, 2)).reshape(-1, *_WINDOW)


def in_units(decibels: NDArray[np.floating]) -> Array:
    """Decibels of any shape -> 0..1 between floor and ceiling, clipped."""
    unit = (np.asarray(decibels, np.float32) - np.float32(settings.FLOOR_DB)) / np.float32(_SPAN_DB)
    return np.clip(unit, np.float32(0), np.float32(1), out=unit)


def in_decibels(unit: Array) -> Array:
    """0..1 between floor and ceiling, of any shape -> decibels, clipped."""
    decibels = np.clip(unit, np.float32(0), np.float32(1))
    decibels *= np.float32(_SPAN_DB)
    decibels += np.float32(settings.FLOOR_DB)
    return decibels


def _starts(decibels: NDArray[np.floating], starts: Sequence[int] | Index | None) -> Index:
    if starts is not None:
        return np.asarray(starts, np.int64)
    last = len(decibels) - settings.FRAMES_PER_SEGMENT
    return np.arange(0, last + 1, settings.FRAMES_PER_BAR, dtype=np.int64)


def _apart(starts: Index) -> int:
    """How many of the windows at `starts` do not overlap."""
    count, free = 0, -1
    for start in np.sort(starts):
        if start >= free:
            count, free = count + 1, start + settings.FRAMES_PER_SEGMENT
    return count


def _runs(spectra: NDArray[np.floating]) -> list[int] | None:
    """A number per window, the same for a run of windows one bar apart; None if there are none."""
    bar = settings.FRAMES_PER_BAR
    goes_on = [
        np.array_equal(before[bar:], after[:-bar]) for before, after in itertools.pairwise(spectra)
    ]
    if not any(goes_on):
        return None
    return [0, *np.cumsum(~np.array(goes_on)).tolist()]


def _groups(count: int, track_ids: Sequence[object] | None) -> list[tuple[str, Index]]:
    """Members by track; without ids the order of the file is kept as one long track."""
    if track_ids is None:
        return [("segments", np.arange(count))]
    names = [str(name) for name in track_ids]
    return [(name, np.flatnonzero(np.array(names) == name)) for name in dict.fromkeys(names)]


def _stacked(name: str, decibels: NDArray[np.floating], members: Index) -> LearnedTrack:
    whole = len(members) == len(decibels)
    rows = decibels if whole else decibels[members]
    starts = np.arange(len(members)) * settings.FRAMES_PER_SEGMENT
    return LearnedTrack(name, rows.reshape(-1, settings.N_BANDS), starts.astype(np.int64))


def _as_decibels(spectra: NDArray[np.floating]) -> tuple[NDArray[np.floating], str]:
    """The array in dB (float16 unless it was dB already), and which unit it was in."""
    low, high = _range(spectra)
    if low >= 0.0 and high <= 1.0:
        decibels = np.empty(spectra.shape, np.float16)
        for i, one in enumerate(spectra):
            decibels[i] = np.asarray(one, np.float32) * _SPAN_DB + settings.FLOOR_DB
        return decibels, "the array's values lie within 0..1: taken as units from floor to ceiling"
    if low >= _LOWEST_DB and high <= _HIGHEST_DB and low < 0.0:
        return spectra, "the array's values are below zero: taken as decibels"
    raise InputError(
        f"the array's values run from {low:.4g} to {high:.4g}; they must be decibels "
        f"({settings.FLOOR_DB:.0f} to {settings.CEILING_DB:.0f}) or lie within 0..1"
    )


def _range(spectra: NDArray[np.floating]) -> tuple[float, float]:
    if not len(spectra):
        raise TrainingError("the array holds no segments; import some music first")
    lows = [float(np.min(one)) for one in spectra]
    highs = [float(np.max(one)) for one in spectra]
    if not np.all(np.isfinite([lows, highs])):
        raise InputError("the array holds values that are not finite; write it again")
    return min(lows), max(highs)
