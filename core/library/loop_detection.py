"""What a short file says of its tempo: in its name, in its tags, in a WAV's `acid` chunk."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.audio import chunks
from core.audio.containers import PYAV_FAULTS, Kind, kind_of, open_media
from core.rhythm.loops import LONGEST_SECONDS

_PLAUSIBLE: Final = (40.0, 240.0)
_MARKED: Final = re.compile(r"(?<![\d.])(\d{2,3}(?:[.,]\d{1,3})?)[ _-]?bpm", re.IGNORECASE)
_BEFORE: Final = re.compile(r"bpm[ _=:-]{0,2}(\d{2,3}(?:[.,]\d{1,3})?)(?![\d])", re.IGNORECASE)
_BARE: Final = re.compile(r"(?<![A-Za-z\d.#])(\d{2,3}(?:\.\d{1,3})?)(?![A-Za-z\d.%])")
_TAGS: Final = ("bpm", "tbpm", "tempo", "tmpo", "txxx:bpm")
_ONE_SHOT_FLAG: Final = 0x01
_ACID_BYTES: Final = 24


@dataclass(frozen=True)
class TempoHints:
    """What a file says of itself.

    Attributes:
        tempi: BPM, the most trustworthy first.
        one_shot: its `acid` chunk calls it a one-shot.
    """

    tempi: tuple[float, ...] = ()
    one_shot: bool = False


def tempo_hints(path: Path, seconds: float) -> TempoHints:
    """Read what `path` says of its tempo; of a file too long for a loop nothing is read.

    Args:
        path: the file.
        seconds: its length.
    """
    if seconds > LONGEST_SECONDS:
        return TempoHints()
    acid = _acid(path)
    marked = [*tempi_in_name(path.stem, marked_only=True), *_tag_tempi(path)]
    tempi = [*marked, *acid.tempi, *tempi_in_name(path.stem)]
    plausible = (bpm for bpm in tempi if _PLAUSIBLE[0] <= bpm <= _PLAUSIBLE[1])
    return TempoHints(tuple(dict.fromkeys(plausible)), acid.one_shot)


def tempi_in_name(name: str, *, marked_only: bool = False) -> list[float]:
    """Numbers in a file's name that may be its tempo: `128bpm`, `bpm_128`, or `128` by itself.

    Args:
        name: without its extension.
        marked_only: only numbers that stand next to "bpm".
    """
    patterns = (_MARKED, _BEFORE) if marked_only else (_BARE,)
    found = (match for pattern in patterns for match in pattern.findall(name))
    return [float(number.replace(",", ".")) for number in found]


def _tag_tempi(path: Path) -> list[float]:
    """Tempi in the tags; none where there are no tags, or none that can be read."""
    try:
        with open_media(path) as container:
            streams = [stream.metadata for stream in container.streams.audio]
            tags = {
                k.lower(): v for each in (*streams, container.metadata) for k, v in each.items()
            }
    except PYAV_FAULTS:
        return []
    return [bpm for name in _TAGS if (bpm := _number(tags.get(name, ""))) is not None]


def _number(text: str) -> float | None:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None


def _acid(path: Path) -> TempoHints:
    """What the `acid` chunk of a WAV says: flags, root note, beats, metre and tempo."""
    try:
        kind, start = kind_of(path)
        with path.open("rb") as file:
            file.seek(start)
            found = chunks.iff_chunks(file) if kind is Kind.WAVE else iter(())
            place = next((chunk.start for chunk in found if chunk.name == b"acid"), None)
            if place is None:
                return TempoHints()
            file.seek(place)
            flags, bpm = struct.unpack("<I16xf", file.read(_ACID_BYTES))
    except (OSError, struct.error):
        return TempoHints()
    return TempoHints((float(bpm),), bool(flags & _ONE_SHOT_FLAG))
