"""Rows of a database that anybody may have written, checked before anything is made of them.

SQLite puts any type into any column, and whoever hands a library over may have written anything
into it. `msgspec` checks types and ranges of whole tables in C; the rest is checked here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Final, NamedTuple, NoReturn, TypeVar

import msgspec

from core import settings
from core.dsp.attributes import Attributes
from core.errors import InputError, LibraryError
from core.identifiers import is_audio_name, is_track_id
from core.library.segments import Section, Segment, first_phrase, segment_id
from core.rhythm.grid import GRID_BPM_MAX, GRID_BPM_MIN, BeatGrid

T = TypeVar("T")

MOST_SECONDS: Final = 86_400.0
"""Of a track: a day. Its spectrogram would take four gigabytes at most."""
_MOST_FRAMES: Final = int(MOST_SECONDS) * settings.SAMPLE_RATE
_SLACK_SECONDS: Final = 1.0
_LONGEST_MESSAGE: Final = 160

_Frames = Annotated[int, msgspec.Meta(ge=1, le=_MOST_FRAMES)]
_Channels = Annotated[int, msgspec.Meta(ge=1, le=2)]
_Seconds = Annotated[float, msgspec.Meta(ge=-_SLACK_SECONDS, le=MOST_SECONDS + _SLACK_SECONDS)]
_Tempo = Annotated[float, msgspec.Meta(ge=GRID_BPM_MIN, le=GRID_BPM_MAX)]
_Decibels = Annotated[float, msgspec.Meta(ge=-1000.0, le=200.0)]
_Weight = Annotated[float, msgspec.Meta(ge=0.0, le=3.0)]
_Number = Annotated[float, msgspec.Meta(ge=-1e12, le=1e12)]
_Count = Annotated[int, msgspec.Meta(ge=0, le=1 << 31)]


class TrackRow(NamedTuple):
    """Of the table `tracks`."""

    id: str
    content_hash: str
    title: str
    artist: str
    source_path: str
    audio_file: str
    frames: _Frames
    channels: _Channels
    source_lufs: _Decibels | None
    stored_gain_db: _Decibels
    grid: str
    aligned: _Count
    pending: _Count
    warnings: str
    added_at: _Number


class TrackNameRow(NamedTuple):
    """What tracks are sorted by."""

    id: str
    title: str
    artist: str


class SectionRow(NamedTuple):
    """Of the table `sections`."""

    track_id: str
    section: _Count
    bpm: _Tempo
    downbeat: _Seconds
    bars: _Count
    phrase_bar: _Count
    first_row: _Count


class SegmentRow(NamedTuple):
    """Of the table `segments`, with the bars of its section."""

    id: str
    track_id: str
    section: _Count
    bar: _Count
    start_seconds: _Seconds
    bpm: _Tempo
    brightness: _Number
    density: _Number
    kick: _Number
    energy: _Number
    loudness: _Number
    section_bars: _Count


class OneShotRow(NamedTuple):
    """Of the table `one_shots`."""

    id: str
    title: str
    source_path: str
    frames: _Frames
    channels: _Channels
    stored_gain_db: _Decibels
    added_at: _Number


class MapRow(NamedTuple):
    """A dot of a map."""

    segment_id: str
    x: _Number
    y: _Number


class SavedMapRow(NamedTuple):
    """A map as a whole."""

    model_hash: str
    saved_at: _Number
    dots: _Count


class LatentRow(NamedTuple):
    """A latent of a segment."""

    segment_id: str
    mean: bytes


class ChromaRow(NamedTuple):
    """The chroma of a track."""

    track_id: str
    frames: bytes


class TrainingWeightRow(NamedTuple):
    """How often a stretch of a track is learned."""

    track_id: str
    start_seconds: _Seconds
    end_seconds: _Seconds
    weight: _Weight


class IdRow(NamedTuple):
    """An id alone."""

    id: str


def checked(rows: Iterable[sqlite3.Row], kind: type[T], folder: Path) -> list[T]:
    """Rows as tuples whose types and ranges are right.

    Args:
        rows: of one table.
        kind: one of the types above; whole numbers pass for real ones, nothing else does.
        folder: of the library, for the message.

    Raises:
        LibraryError: a row is not of this kind.
    """
    try:
        return msgspec.convert([tuple(row) for row in rows], list[kind])  # type: ignore[valid-type]
    except msgspec.MsgspecError as error:
        refuse(folder, str(error))


def refuse(folder: Path, why: str) -> NoReturn:
    """Raise the one line for a library that holds what no import writes.

    Args:
        folder: of the library, for the message.
        why: what is wrong; cut to 160 characters, since it may quote the file.

    Raises:
        LibraryError: always.
    """
    line = " ".join(why.split())[:_LONGEST_MESSAGE]
    raise LibraryError(
        f"{folder}: this library is damaged ({line}); import the music again into a new folder"
    )


def grid_of(text: str, folder: Path) -> BeatGrid:
    """Read the beat grid in a column of JSON.

    Args:
        text: the column.
        folder: of the library, for the message.

    Returns:
        The grid.

    Raises:
        LibraryError: the text is none.
    """
    try:
        return BeatGrid.from_json(text)
    except InputError as error:
        refuse(folder, str(error))


def warnings_of(text: str, folder: Path) -> tuple[str, ...]:
    """Read the warnings in a column of JSON.

    Args:
        text: the column: a list of strings.
        folder: of the library, for the message.

    Returns:
        The warnings.

    Raises:
        LibraryError: the text is something else.
    """
    try:
        return msgspec.json.decode(text, type=tuple[str, ...])
    except (msgspec.MsgspecError, RecursionError) as error:
        refuse(folder, f"warnings: {error}")


def require_track(identity: str, content_hash: str, audio_file: str, folder: Path) -> None:
    """See that ids are ids and that the audio has the name that imports give it.

    Args:
        identity: id of a track.
        content_hash: of its decoded sound; begins with the id.
        audio_file: name of its file in the folder of audio.
        folder: of the library, for the message.

    Raises:
        LibraryError: they are not: what they name could lie anywhere.
    """
    if not is_track_id(identity) or not content_hash.startswith(identity):
        refuse(folder, f"{identity[:40]!r} is not the id of a track")
    if not is_audio_name(audio_file, identity):
        refuse(folder, f"{audio_file[:40]!r} is no name of a track's audio")


def sections_of(rows: Sequence[SectionRow], frames: int, folder: Path) -> tuple[Section, ...]:
    """The sections of one track.

    Args:
        rows: its `SectionRow`s in order.
        frames: of the track.
        folder: of the library.

    Raises:
        LibraryError: they do not follow each other, or reach beyond the track.
    """
    sections = tuple(
        Section(*row[1:5], first_phrase(row.phrase_bar, row.bars), row.first_row) for row in rows
    )
    first_row, seconds = 0, frames / settings.SAMPLE_RATE
    for number, part in enumerate(sections):
        fits = part.bars == 0 or part.bar_seconds(part.bars) <= seconds + _SLACK_SECONDS
        if part.section != number or part.first_row != first_row or not fits:
            refuse(folder, f"section {number} of track {rows[0][0][:40]!r}")
        first_row += part.rows
    return sections


def segment_of(row: SegmentRow, folder: Path) -> Segment:
    """Make the segment of a row.

    Args:
        row: of types and ranges that were checked.
        folder: of the library, for the message.

    Returns:
        The segment.

    Raises:
        LibraryError: its id is another one's, or it reaches beyond its section.
    """
    identity, track, section, bar, start, bpm, *values, bars = row
    if identity != segment_id(track, section, bar) or bar + settings.BARS_PER_SEGMENT > bars:
        refuse(folder, f"segment {identity[:40]!r}")
    return Segment(identity, track, section, bar, start, bpm, Attributes(*values))


def latent_of(blob: bytes, folder: Path) -> bytes:
    """Check a latent as it is stored.

    Args:
        blob: 64 little-endian float32.
        folder: of the library, for the message.

    Returns:
        `blob`.

    Raises:
        LibraryError: it has another length.
    """
    if len(blob) != 4 * settings.LATENT_SIZE:
        refuse(folder, f"a latent of {len(blob)} bytes")
    return blob
