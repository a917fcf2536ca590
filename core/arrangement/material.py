"""What a composition is made of: the segments of a library as numbers, and a way to decode."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeAlias

import numpy as np
import scipy.ndimage
from numpy.typing import NDArray

from core.dsp import attributes
from core.errors import InputError
from core.settings import BARS_PER_SEGMENT, LATENT_SIZE, SAMPLE_RATE

Array: TypeAlias = NDArray[np.float32]
Doubles: TypeAlias = NDArray[np.float64]
Decode: TypeAlias = Callable[[Array], Array]
ReadAudio: TypeAlias = Callable[[str], Array]

_CHROMA_WINDOW: Final = 16_384
_CHROMA_HZ: Final = (100.0, 2000.0)
_PHRASE_BARS: Final = 16


@dataclass(frozen=True, eq=False)
class Material:
    """n segments to compose from, in any order.

    Attributes:
        ids: (n,) of the segments in their library.
        track_ids: (n,) of their tracks.
        bars: (n,) number of a segment's first bar in its track.
        latents: (n, 64).
        attributes: (n,) by name, measured on the real segments.
        bpm: (n,) tempi of their tracks.
        decode: latents (m, 64) -> spectrograms (m, 512, 128) dB.
        model_hash: of the model that the latents belong to.
        confidence: (n,) 0 .. 1 of the beat grid; None: not known.
        phrase: (n,) True where a phrase begins; None: not known.
        read_audio: segment id -> (frames, channels), to judge harmony by; None: do without.

    Raises:
        InputError: no segment, or columns of different lengths.
    """

    ids: tuple[str, ...]
    track_ids: tuple[str, ...]
    bars: NDArray[np.int64]
    latents: Array
    attributes: Mapping[str, Doubles]
    bpm: Doubles
    decode: Decode
    model_hash: str = ""
    confidence: Doubles | None = None
    phrase: NDArray[np.bool_] | None = None
    read_audio: ReadAudio | None = None

    def __post_init__(self) -> None:
        count = len(self.ids)
        if count == 0:
            raise InputError("there is no segment to compose from; import some music first")
        columns = [self.track_ids, self.bars, self.bpm, *self.attributes.values()]
        columns += [column for column in (self.confidence, self.phrase) if column is not None]
        if self.latents.shape != (count, LATENT_SIZE) or any(len(c) != count for c in columns):
            raise InputError("segments and latents do not match; encode the library again")

    def __len__(self) -> int:
        return len(self.ids)

    def index(self, segment_id: str) -> int:
        """The row of the segment of that id. Raises `InputError` if it is not there."""
        try:
            return self.ids.index(segment_id)
        except ValueError:
            raise InputError(
                f"there is no segment {segment_id!r} to start on; `technovae info` lists them"
            ) from None

    def drive(self) -> Doubles:
        """(n,) how driving each segment is, 0 (calmest) .. 1: ranks of energy, density and kick."""
        mixed = 0.4 * self.rank("energy") + 0.3 * self.rank("density") + 0.3 * self.rank("kick")
        return ranked(mixed)

    def rank(self, name: str) -> Doubles:
        """(n,) rank of each segment by an attribute, 0 (lowest) .. 1 (highest)."""
        return ranked(np.asarray(self.attributes[name], np.float64))


def ranked(values: Doubles) -> Doubles:
    """(n,) rank of each value, 0 (lowest) .. 1 (highest); equal values share one."""
    ordered = np.sort(values)
    below = np.searchsorted(ordered, values, side="left")
    upto = np.searchsorted(ordered, values, side="right")
    return np.asarray((below + upto - 1) / (2.0 * max(len(values) - 1, 1)))


class _Segment(Protocol):
    """A segment of the library."""

    @property
    def id(self) -> str: ...
    @property
    def track_id(self) -> str: ...
    @property
    def section(self) -> int: ...
    @property
    def bar(self) -> int: ...
    @property
    def bpm(self) -> float: ...
    @property
    def attributes(self) -> attributes.Attributes: ...


class _Library(Protocol):
    """What of `core.library.store.Library` is needed here."""

    def segments(self, hop_bars: int = ..., track_id: str | None = ...) -> Sequence[Any]: ...
    def tracks(self) -> Sequence[Any]: ...
    def segment(self, segment_id: str) -> Any: ...
    def segment_audio(self, segment: Any, preroll_frames: int = ...) -> Array: ...


def load_material(
    library: _Library, ids: Sequence[str], latents: Array, decode: Decode, model_hash: str
) -> Material:
    """Gather the phrase-aligned segments of a library that have latents.

    Args:
        library: an open library.
        ids: (n,) of segments.
        latents: (n, 64) of these segments.
        decode: latents (m, 64) -> spectrograms (m, 512, 128) dB.
        model_hash: of the model.

    Raises:
        InputError: none has.
    """
    rows = {segment_id: row for row, segment_id in enumerate(ids)}
    segments: list[_Segment] = [s for s in library.segments(BARS_PER_SEGMENT) if s.id in rows]
    tracks = {track.id: track for track in library.tracks()}
    phrases = [_first_phrase_bar(tracks[s.track_id], s.section) for s in segments]
    return Material(
        ids=tuple(s.id for s in segments),
        track_ids=tuple(s.track_id for s in segments),
        bars=np.array([s.bar for s in segments], np.int64),
        latents=np.asarray(latents, np.float32)[[rows[s.id] for s in segments]].reshape(
            -1, LATENT_SIZE
        ),
        attributes={
            name: np.array([getattr(s.attributes, name) for s in segments], np.float64)
            for name in attributes.NAMES
        },
        bpm=np.array([s.bpm for s in segments], np.float64),
        decode=decode,
        model_hash=model_hash,
        confidence=np.array([_confidence(tracks[s.track_id]) for s in segments], np.float64),
        phrase=np.array(
            [
                (s.bar - first) % _PHRASE_BARS == 0
                for s, first in zip(segments, phrases, strict=True)
            ],
            bool,
        ),
        read_audio=lambda segment_id: library.segment_audio(library.segment(segment_id)),
    )


def chroma(samples: Array) -> Doubles:
    """(12,) how much of the tone content lies on each pitch class, from C up; unit length.

    Peaks of a long-window spectrum from 100 Hz to 2 kHz, folded into one octave, mean removed:
    a drum loop without tones comes out as near zero before scaling, and as zeros here.
    """
    mono = np.asarray(samples, np.float32).reshape(len(samples), -1).mean(axis=1)
    count = len(mono) // _CHROMA_WINDOW
    if count == 0:
        return np.zeros(12)
    frames = mono[: count * _CHROMA_WINDOW].reshape(count, _CHROMA_WINDOW)
    spectrum = np.abs(np.fft.rfft(frames * np.hanning(_CHROMA_WINDOW), axis=1)).mean(axis=0)
    hertz = np.arange(len(spectrum)) * SAMPLE_RATE / _CHROMA_WINDOW
    inside = np.flatnonzero((hertz > _CHROMA_HZ[0]) & (hertz < _CHROMA_HZ[1]))
    around = np.maximum(spectrum[inside - 1], spectrum[inside + 1])
    floor = scipy.ndimage.median_filter(spectrum, 81, mode="nearest")[inside]
    peaks = np.where(
        spectrum[inside] > around, np.maximum(spectrum[inside] - 2.0 * floor, 0.0), 0.0
    )
    pitch = (12.0 * np.log2(hertz[inside] / 261.6256)) % 12.0
    folded = _folded(pitch, np.sqrt(peaks))
    folded -= folded.mean()
    length = float(np.linalg.norm(folded))
    return folded / length if length > 1e-9 else folded


def _folded(pitch: Doubles, weight: Doubles) -> Doubles:
    """(12,) `weight` summed over pitch classes, shared between the two nearest."""
    low = np.floor(pitch).astype(np.int64)
    share = pitch - low
    folded = np.bincount(low % 12, weight * (1.0 - share), 12)
    return np.asarray(folded + np.bincount((low + 1) % 12, weight * share, 12), np.float64)


def _first_phrase_bar(track: Any, section: int) -> int:
    return int(track.sections[section].phrase_bar)


def _confidence(track: Any) -> float:
    """Of its grid; a track without a steady beat counts as none at all."""
    return float(track.grid.confidence) if track.aligned else 0.0
