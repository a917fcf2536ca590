"""Forms read from the user's own tracks: where their level, kick and density rise and fall."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from core.arrangement.form_catalogue import Form, usual_part
from core.settings import BARS_PER_SEGMENT

if TYPE_CHECKING:
    from core.dsp.attributes import Attributes

Doubles = NDArray[np.float64]

MOST_FORMS: Final = 12
_MOST_TRACKS: Final = 60
_LEAST_SEGMENTS: Final = 6
_MOST_PARTS: Final = 14
_LEAST_RANGE: Final = {"loudness": 2.0, "density": 4.0, "kick": 0.3}
"""An attribute that varies by less over a track says nothing about its form: dB, onsets a bar, and
ratio of amplitudes."""
_WEIGHTS: Final = {"loudness": 0.45, "density": 0.25, "kick": 0.30}
_HIGH: Final = 0.62
_LOW: Final = 0.35
_NO_KICK: Final = 0.3
_EVENNESS: Final = 0.6
_MOST_WEIGHT: Final = {
    "intro": 2.5,
    "groove": 3.0,
    "build": 2.5,
    "drop": 3.5,
    "break": 2.0,
    "rise": 1.5,
    "outro": 2.5,
}
"""Stretches of the user's tracks may last for minutes. Here they are shorter: loops that go on for
long sound longer than music that was played."""


class MeasuredSegment(Protocol):
    """A segment of the library."""

    @property
    def track_id(self) -> str: ...
    @property
    def section(self) -> int: ...
    @property
    def bar(self) -> int: ...
    @property
    def attributes(self) -> Attributes: ...


def learn_forms(segments: Iterable[MeasuredSegment]) -> tuple[Form, ...]:
    """Learn the forms of the tracks that have one.

    A track's segments are followed in order. Where level, density and kick are near the track's
    own highest there is a drop, where there is little of them and no kick a break, between them a
    build or a groove. A track that hardly varies, or is shorter than six segments in a row, has no
    form; forms with the same sections in the same order count once.

    Args:
        segments: of a library, in any order, every four bars of each track.

    Returns:
        At most twelve, always the same for the same segments.
    """
    by_track: dict[str, list[MeasuredSegment]] = {}
    for segment in segments:
        by_track.setdefault(segment.track_id, []).append(segment)
    found: dict[tuple[str, ...], Form] = {}
    for track_id in sorted(by_track)[:_MOST_TRACKS]:
        ordered = sorted(by_track[track_id], key=lambda it: (it.section, it.bar))
        names = _named(_longest_run(ordered))
        parts = [(name, len(list(run))) for name, run in itertools.groupby(names)]
        if not 3 <= len(parts) <= _MOST_PARTS or "drop" not in dict(parts):
            continue
        if parts[0][0] == "drop":
            parts = [("intro", 1), *parts]
        if parts[-1][0] == "drop":
            parts = [*parts, ("outro", 1)]
        sections = tuple(name for name, _ in parts)
        if sections in found:
            continue
        number = len(found) + 1
        learned = tuple(
            usual_part(name, min(float(count) ** _EVENNESS, _MOST_WEIGHT[name]))
            for name, count in parts
        )
        found[sections] = Form(f"learned {number}", learned)
        if number == MOST_FORMS:
            break
    return tuple(found.values())


def _longest_run(segments: Sequence[MeasuredSegment]) -> list[MeasuredSegment]:
    """Segments that follow each other without a gap."""
    runs: list[list[MeasuredSegment]] = [[]]
    for segment in segments:
        last = runs[-1][-1] if runs[-1] else None
        follows = last is None or (
            segment.section == last.section and segment.bar == last.bar + BARS_PER_SEGMENT
        )
        if not follows:
            runs.append([])
        runs[-1].append(segment)
    return max(runs, key=len)


def _named(segments: Sequence[MeasuredSegment]) -> list[str]:
    """The name of the section that each segment is in; none for a track without a form."""
    if len(segments) < _LEAST_SEGMENTS:
        return []
    drive, kick = _drive(segments)
    if drive is None:
        return []
    names = [_name(height, beat) for height, beat in zip(drive, kick, strict=True)]
    return _named_by_place(_without_blips(names), drive)


def _drive(segments: Sequence[MeasuredSegment]) -> tuple[Doubles | None, Doubles]:
    """How full each segment is and how much kick it has, 0..1 within its track."""
    heights, weights = [], []
    kick = np.ones(len(segments))
    for name, least in _LEAST_RANGE.items():
        values = np.array([getattr(it.attributes, name) for it in segments], np.float64)
        low, high = np.percentile(values, [5, 95])
        if high - low < least:
            continue
        scaled = np.clip((values - low) / (high - low), 0.0, 1.0)
        heights.append(scaled)
        weights.append(_WEIGHTS[name])
        if name == "kick":
            kick = scaled
    if not heights:
        return None, kick
    drive = np.average(np.stack(heights), axis=0, weights=weights)
    low, high = drive.min(), drive.max()
    return np.asarray((drive - low) / max(high - low, 1e-9)), kick


def _name(height: float, kick: float) -> str:
    if height >= _HIGH:
        return "drop"
    return "break" if height < _LOW and kick < _NO_KICK else "groove"


def _without_blips(names: Sequence[str]) -> list[str]:
    """A single segment between two of one kind is of that kind, too."""
    found = list(names)
    for at in range(1, len(found) - 1):
        if found[at - 1] == found[at + 1] != found[at] and "break" not in found[at - 1 : at + 2]:
            found[at] = found[at - 1]
    return found


def _named_by_place(names: Sequence[str], drive: Doubles) -> list[str]:
    """Intros, outros, builds and rises are told by where they are."""
    runs, at = [], 0
    for name, run in itertools.groupby(names):
        count = len(list(run))
        runs.append((name, at, count))
        at += count
    found: list[str] = []
    for number, (name, start, count) in enumerate(runs):
        before = runs[number - 1][0] if number else None
        after = runs[number + 1][0] if number + 1 < len(runs) else None
        rising = drive[start + count - 1] > drive[start] + 0.1
        if name != "drop" and before is None:
            name = "intro"
        elif name != "drop" and after is None:
            name = "outro"
        elif name == "groove" and before == "break" and after == "drop":
            name = "rise"
        elif name == "groove" and after == "drop" and rising:
            name = "build"
        found += [name] * count
    return found
