"""What a composition is made of: the segments of a library as numbers, and a way to decode."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.arrangement.form_catalogue import Form
from core.arrangement.learned_forms import MeasuredSegment, learn_forms
from core.dsp import attributes
from core.dsp.key import Key
from core.errors import InputError
from core.settings import BARS_PER_SEGMENT, LATENT_SIZE

Array: TypeAlias = NDArray[np.float32]
Doubles: TypeAlias = NDArray[np.float64]
Decode: TypeAlias = Callable[[Array], Array]
ReadAudio: TypeAlias = Callable[[str], Array]
KeysOf: TypeAlias = Callable[[Sequence[str]], Sequence[Key | None]]

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
        read_audio: segment id -> (frames, channels), to judge width by; None: do without.
        read_spectrogram: segment id -> (512, 128) dB as measured, to judge levels by; None: what is
            decoded from its latent has to do.
        keys_of: segment ids -> their keys, None for those without; None: keys do not count.
        guide_of: latent (64,) -> id of the segment that it is rendered from most; None: not known.
        forms: of the tracks.
        shares_of: spectrogram (512, 128) dB -> shares (512, 128, 4) of the parts; None: they cannot
            be told apart.

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
    read_spectrogram: ReadAudio | None = None
    keys_of: KeysOf | None = None
    guide_of: Callable[[Array], str] | None = None
    forms: tuple[Form, ...] = ()
    shares_of: Callable[[Array], Array] | None = None

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

    def spectrogram(self, row: int) -> Array:
        """(512, 128) dB of a segment, by row: as measured, or as decoded where that is not kept."""
        if self.read_spectrogram is not None:
            return self.read_spectrogram(self.ids[row])
        decoded: Array = self.decode(self.latents[[row]])[0]
        return decoded

    def keys(self, ids: Sequence[str]) -> list[Key | None]:
        """The keys of segments, by id; None for those without, or where keys do not count."""
        return [None] * len(ids) if self.keys_of is None else list(self.keys_of(ids))

    def track_numbers(self) -> NDArray[np.int64]:
        """(n,) a number for each segment's track, from 0."""
        return np.unique(np.array(self.track_ids), return_inverse=True)[1].reshape(-1)

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


class _Segment(MeasuredSegment, Protocol):
    """A segment of the library."""

    @property
    def id(self) -> str: ...
    @property
    def bpm(self) -> float: ...


class _Library(Protocol):
    """What of `core.library.store.Library` is needed here."""

    def segments(self, hop_bars: int = ..., track_id: str | None = ...) -> Sequence[Any]: ...
    def tracks(self) -> Sequence[Any]: ...
    def segment(self, segment_id: str) -> Any: ...
    def segment_audio(self, segment: Any, preroll_frames: int = ...) -> Array: ...
    def segment_spectrogram(self, segment: Any) -> Array: ...


def load_material(
    library: _Library,
    ids: Sequence[str],
    latents: Array,
    decode: Decode,
    model_hash: str,
    *,
    keys_of: KeysOf | None = None,
    guide_of: Callable[[Array], str] | None = None,
    shares_of: Callable[[Array], Array] | None = None,
) -> Material:
    """Gather the phrase-aligned segments of a library that have latents.

    Args:
        library: an open library.
        ids: (n,) of segments.
        latents: (n, 64) of these segments.
        decode: latents (m, 64) -> spectrograms (m, 512, 128) dB.
        model_hash: of the model.
        keys_of, guide_of, shares_of: as in `Material`.

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
        read_spectrogram=lambda segment_id: library.segment_spectrogram(
            library.segment(segment_id)
        ),
        keys_of=keys_of,
        guide_of=guide_of,
        forms=learn_forms(segments),
        shares_of=shares_of,
    )


def _first_phrase_bar(track: Any, section: int) -> int:
    return int(track.sections[section].phrase_bar)


def _confidence(track: Any) -> float:
    """Of its grid; a track without a steady beat counts as none at all."""
    return float(track.grid.confidence) if track.aligned else 0.0
