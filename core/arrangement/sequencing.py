"""From the steps of a composition to clips on two lanes.

Sections take turns on the lanes. Where one is mixed into the next, they overlap around a downbeat
on which the lows change over; a drop is cut in on the downbeat, after bars without lows.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from core.arrangement.arrangement import Lane
from core.arrangement.clip import Clip, ClipSource
from core.arrangement.form import FormSection
from core.settings import TICKS_PER_BAR, TICKS_PER_BEAT, TICKS_PER_SEGMENT

_LANES: Final = ("A", "B")
_MIX_BARS: Final = 8
_BLEND: Final = TICKS_PER_BEAT
_FADE_BARS: Final = 4
_FILL_BARS: Final = 2


@dataclass(frozen=True)
class Step:
    """What sounds for four bars of a section, or for the rest of it.

    Attributes:
        source: the sound.
        start: first bar.
        bars: length.
        gain_db: gain.
        bass_cut: whether the lows are left out.
    """

    source: ClipSource
    start: int
    bars: int
    gain_db: float
    bass_cut: bool


@dataclass(frozen=True)
class SectionSteps:
    """A section of the form with its steps, in order."""

    section: FormSection
    steps: tuple[Step, ...]


def sequence_lanes(sections: list[SectionSteps], end: int) -> tuple[Lane, ...]:
    """Make clips of the steps and put them on lanes.

    Args:
        sections: in order, without gaps.
        end: the tick at which the last clip ends; it fades out over the last four bars.

    Returns:
        One lane or two.
    """
    clips: list[list[Clip]] = [[] for _ in _LANES]
    around = [None, *sections, None]
    numbers = itertools.count(1)
    for index, (before, section, after) in enumerate(
        zip(around, sections, around[2:], strict=False)
    ):
        lead = _overlap_bars(before, section)
        tail = _overlap_bars(section, after)
        placed = _section_clips(section, lead * TICKS_PER_BAR, tail * TICKS_PER_BAR, numbers)
        if after is not None and after.section.entry == "cut":
            placed = _with_fill(placed, numbers)
        clips[index % len(_LANES)] += placed
    lanes = tuple(
        Lane(f"lane-{name.lower()}", name, tuple(_ended(row, end)))
        for name, row in zip(_LANES, clips, strict=True)
    )
    return tuple(lane for lane in lanes if lane.clips) or lanes[:1]


def _overlap_bars(before: SectionSteps | None, after: SectionSteps | None) -> int:
    """Half the bars over which two sections overlap: they do so on both sides of the downbeat."""
    if before is None or after is None or after.section.entry != "mix":
        return 0
    return min(_MIX_BARS, before.section.bars // 2, after.section.bars // 2) // 2


def _section_clips(
    section: SectionSteps, lead: int, tail: int, numbers: Iterator[int]
) -> list[Clip]:
    """The clips of a section, from `lead` ticks before it to `tail` after it."""
    clips = []
    for number, step in enumerate(section.steps):
        first, last = number == 0, number == len(section.steps) - 1
        early = lead if first else _BLEND
        late = tail if last else 0
        bass_swap = first and lead > 0
        start = step.start * TICKS_PER_BAR - early
        clips.append(
            Clip(
                id=f"clip-{next(numbers)}",
                source=step.source,
                start=start,
                length=step.bars * TICKS_PER_BAR + early + late,
                offset=-early % TICKS_PER_SEGMENT,
                gain_db=step.gain_db,
                fade_in=2 * lead if first else 0,
                fade_out=2 * tail if last else 0,
                bass_swap=bass_swap,
                bass_cut=step.bass_cut,
                name=section.section.name,
            )
        )
    return clips


def _with_fill(clips: list[Clip], numbers: Iterator[int]) -> list[Clip]:
    """Take the lows out of the last bars before a drop."""
    last = clips[-1]
    cut = last.end - _FILL_BARS * TICKS_PER_BAR
    if last.bass_cut or cut <= last.start + _BLEND or last.fade_out:
        return clips
    head = last.changed(length=cut - last.start)
    fill = last.changed(
        id=f"clip-{next(numbers)}",
        start=cut,
        length=last.end - cut,
        offset=(cut - last.origin) % TICKS_PER_SEGMENT,
        fade_in=0,
        bass_swap=False,
        bass_cut=True,
    )
    return [*clips[:-1], head, fill]


def _ended(clips: list[Clip], end: int) -> Iterator[Clip]:
    """`clips` up to the end of the track, which fades out over the last bars."""
    for clip in clips:
        if clip.start >= end:
            continue
        if clip.end < end:
            yield clip
            continue
        length = end - clip.start
        fade = min(_FADE_BARS * TICKS_PER_BAR, length - min(clip.fade_in, length))
        yield clip.changed(length=length, fade_in=min(clip.fade_in, length), fade_out=fade)
