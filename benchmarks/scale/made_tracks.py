"""Tracks that vary the built-in demo: any number of them, cheap to make, no two alike.

A made track plays the phrases of one track of the demo in another order, faster or slower, so that
its tempo and its key are others, and each at a level of its own. Its audio is resampled by straight
lines, its spectrogram is the demo's, shifted along the bands, and its latents lie between those
that the model gives the phrases at some speeds and levels: what analysing and encoding a whole
track would cost, this does not.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import numpy as np
import soundfile
from numpy.typing import NDArray

from core import settings
from core.dsp.attributes import Attributes
from core.dsp.bank import bank
from core.library.chroma_store import ChromaStore
from core.library.segments import Segment, lay_out, segment_id
from core.library.store import Library
from core.library.tracks import Track, track_id
from core.rhythm.grid import BeatGrid, GridSection

if TYPE_CHECKING:
    from core.vae.codec import Codec

Array = NDArray[np.float32]
_SPEEDS: Final = (0.92, 1.0, 1.08)
_GAINS_DB: Final = (-6.0, 0.0)
_NOISE: Final = 0.05
"""Of latents, so that a phrase that comes twice in a track has two dots."""
_UNUSED_BITS: Final = 6
"""Of 16; with all of them a thousand tracks would take 28 GB."""
_BATCH: Final = 32
_MAKERS: Final = 40
_SETS: Final = 25
"""Tracks in a folder of the music that the library says it was made from."""


@dataclass(frozen=True, eq=False)
class Song:
    """The p phrases of one track of the demo.

    Attributes:
        title: its name.
        bpm: its tempo.
        audio: of each phrase, (frames, 2), a loop.
        spectra: (p, 512, 128) dB.
        attributes: of each phrase.
        latents: (speeds, levels, p, 64).
        chroma: (frames, 12) of the whole track.
    """

    title: str
    bpm: float
    audio: tuple[Array, ...]
    spectra: Array
    attributes: tuple[Attributes, ...]
    latents: Array
    chroma: Array

    @classmethod
    def of_track(cls, demo: Library, track: Track, codec: Codec) -> Self:
        """Read a track's phrases and encode them at some speeds and levels."""
        segments = demo.segments(track_id=track.id)
        spectra = np.stack([demo.segment_spectrogram(segment) for segment in segments])
        latents = [
            [_encoded(codec, _at_speed(spectra, speed) + gain_db) for gain_db in _GAINS_DB]
            for speed in _SPEEDS
        ]
        return cls(
            track.title,
            track.bpm,
            tuple(demo.segment_audio(segment) for segment in segments),
            spectra,
            tuple(segment.attributes for segment in segments),
            np.array(latents, np.float32),
            ChromaStore(demo.database).all()[track.id],
        )


@dataclass(frozen=True, eq=False)
class MadeTrack:
    """A variation of a song.

    Attributes:
        track: its row.
        segments: one on every bar.
        latents: (n, 64), of its segments every four bars.
        chroma: (frames, 12).
        song, speed, order, gains_db: which phrases of what it plays, how fast, how loud (p,).
    """

    track: Track
    segments: tuple[Segment, ...]
    latents: Array
    chroma: Array
    song: Song
    speed: float
    order: NDArray[np.int64]
    gains_db: NDArray[np.float64]

    def rows(self) -> NDArray[np.float16]:
        """Its spectrogram, (rows, 128) dB."""
        spectra = _at_speed(self.song.spectra, self.speed)[self.order]
        spectra += self.gains_db[:, None, None].astype(np.float32)
        whole = spectra.reshape(-1, settings.N_BANDS).astype(np.float16)
        return whole[: self.track.rows]

    def write_audio(self, path: Path) -> None:
        """Write its sound as FLAC, coded as fast as can be."""
        samples = _samples(self.song, self.order, self.gains_db, self.track.bpm)
        soundfile.write(path, samples, settings.SAMPLE_RATE, compression_level=0.0)


def make(songs: list[Song], number: int, minutes: float, music: Path) -> MadeTrack:
    """Vary one of the songs.

    Args:
        songs: which there are.
        number: of the variation; the same one is always the same track.
        minutes: about how long.
        music: folder in which the library believes the track's file to be.
    """
    rng = np.random.default_rng((7, number))
    song = songs[number % len(songs)]
    speed = float(rng.uniform(_SPEEDS[0], _SPEEDS[-1]))
    bpm = song.bpm * speed
    count = max(2, round(60.0 * minutes / settings.segment_seconds(bpm)))
    order = rng.integers(0, len(song.spectra), count)
    gains_db = rng.uniform(*_GAINS_DB, count)
    track = _track(song, number, bpm, count, music, confidence=float(rng.uniform(0.5, 1.0)))
    semitones = round(12 * float(np.log2(speed)))
    return MadeTrack(
        track,
        _segments(track, song, order, gains_db),
        _latents(song, speed, order, gains_db, rng)[: track.windows()],
        np.roll(np.resize(song.chroma, (count * 20, 12)), semitones, axis=1),
        song,
        speed,
        order,
        gains_db,
    )


def _track(
    song: Song, number: int, bpm: float, count: int, music: Path, *, confidence: float
) -> Track:
    frames = int(_starts(count, bpm)[-1])
    seconds = frames / settings.SAMPLE_RATE
    content_hash = hashlib.sha256(f"{song.title} {number} {bpm} {count}".encode()).hexdigest()
    made = track_id(content_hash)
    grid = BeatGrid((GridSection(0.0, seconds, bpm, 0.0),), confidence, "fit")
    return Track(
        made,
        content_hash,
        f"{song.title} {number + 1}",
        f"Maker {number % _MAKERS + 1}",
        str(music / f"set {number // _SETS + 1}" / f"{number + 1}.flac"),
        f"{made}.flac",
        frames,
        2,
        -14.0,
        0.0,
        grid,
        lay_out(grid, seconds),
        (),
        float(number),
    )


def _segments(
    track: Track, song: Song, order: NDArray[np.int64], gains_db: NDArray[np.float64]
) -> tuple[Segment, ...]:
    """One on every bar, each with the attributes of the phrase that it begins in."""
    (part,) = track.sections
    found = []
    for bar in part.starts(1):
        phrase = bar // settings.BARS_PER_SEGMENT
        known = song.attributes[order[phrase]]
        louder = replace(known, loudness=known.loudness + float(gains_db[phrase]))
        start = part.bar_seconds(bar)
        identity = segment_id(track.id, 0, bar)
        found.append(Segment(identity, track.id, 0, bar, start, part.bpm, louder))
    return tuple(found)


def _starts(count: int, bpm: float) -> NDArray[np.int64]:
    """First samples of so many phrases, and of what would follow."""
    seconds = np.arange(count + 1) * settings.segment_seconds(bpm)
    return np.round(seconds * settings.SAMPLE_RATE).astype(np.int64)


def _samples(
    song: Song, order: NDArray[np.int64], gains_db: NDArray[np.float64], bpm: float
) -> NDArray[np.int16]:
    """Phrases one after another: (frames, 2)."""
    starts = _starts(len(order), bpm)
    longest = int(np.diff(starts).max())
    phrases = {phrase: _resampled(song.audio[phrase], longest) for phrase in np.unique(order)}
    out = np.empty((starts[-1], 2), np.int16)
    for start, end, phrase, gain_db in zip(starts, starts[1:], order, gains_db, strict=False):
        scale = np.float32(10.0 ** (gain_db / 20.0) * 2 ** (15 - _UNUSED_BITS))
        out[start:end] = np.clip(phrases[phrase][: end - start] * scale, -511, 511)
    return out << _UNUSED_BITS


def _resampled(audio: Array, frames: int) -> Array:
    position = np.arange(frames) * ((len(audio) - 1) / frames)
    first = position.astype(np.int64)
    share = (position - first).astype(np.float32)[:, None]
    return np.asarray(audio[first] * (1 - share) + audio[first + 1] * share)


def _at_speed(spectra: Array, speed: float) -> Array:
    """Spectra (p, 512, 128) with everything at `speed` times its frequency."""
    centres = bank().centres_hz.astype(np.float64)
    place = np.interp(centres / speed, centres, np.arange(len(centres)))
    lower = np.minimum(place.astype(np.int64), len(centres) - 2)
    share = (place - lower).astype(np.float32)
    return np.asarray(spectra[..., lower] * (1 - share) + spectra[..., lower + 1] * share)


def _encoded(codec: Codec, spectra: Array) -> Array:
    parts = [codec.encode(spectra[i : i + _BATCH])[0] for i in range(0, len(spectra), _BATCH)]
    return np.concatenate(parts)


def _latents(
    song: Song,
    speed: float,
    order: NDArray[np.int64],
    gains_db: NDArray[np.float64],
    rng: np.random.Generator,
) -> Array:
    """(n, 64): between the encoded ones, by straight lines."""
    place = float(np.interp(speed, _SPEEDS, range(len(_SPEEDS))))
    lower = min(int(place), len(_SPEEDS) - 2)
    at_speed = song.latents[lower] + (place - lower) * (
        song.latents[lower + 1] - song.latents[lower]
    )
    share = np.interp(gains_db, _GAINS_DB, (0.0, 1.0))[:, None]
    soft, loud = at_speed[:, order]
    noise = _NOISE * rng.standard_normal(soft.shape)
    return np.asarray(soft + share * (loud - soft) + noise, np.float32)
