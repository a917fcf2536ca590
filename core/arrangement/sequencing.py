"""From the layers of a composition to clips, a lane for each layer.

Where a section is mixed into the next, body and tops overlap around the downbeat; the bass changes
over on it. A drop is cut in on the downbeat. Fills are clips, too: half a bar played again, or
silence of the bass.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from core.arrangement.arrangement import Lane
from core.arrangement.clip import Clip, ClipSource
from core.arrangement.form import FormSection
from core.arrangement.layers import BASS, LAYERS, Block, Fill, Layer, LayerName
from core.settings import TICKS_PER_BAR, TICKS_PER_BEAT, TICKS_PER_SEGMENT

_MIX: Final = 2 * TICKS_PER_BAR
"""Half of what two sections overlap by: they do so on both sides of the downbeat."""
_BLEND: Final = TICKS_PER_BEAT
_FADE: Final = 4 * TICKS_PER_BAR
_HALF_BAR: Final = 2 * TICKS_PER_BEAT


@dataclass(frozen=True)
class LayerSound:
    """What a layer plays in a block.

    Attributes:
        source: the sound; only the layer's bands of it are heard.
        gain_db: gain.
        width: as of a clip.
    """

    source: ClipSource
    gain_db: float
    width: float = 1.0


@dataclass(frozen=True)
class SoundingBlock:
    """A block of a section with the sounds of its layers; a layer that is out has none."""

    block: Block
    sounds: dict[LayerName, LayerSound]


@dataclass(frozen=True)
class SectionBlocks:
    """A section of the form with its blocks, in order."""

    section: FormSection
    blocks: tuple[SoundingBlock, ...]


@dataclass(frozen=True)
class _Span:
    """A stretch of a lane: `shift` ticks later in its loop than its place says; it may be mixed."""

    start: int
    end: int
    sound: LayerSound
    section: str
    shift: int = 0
    mixed_in: bool = False


def sequence_lanes(sections: Sequence[SectionBlocks], end: int) -> tuple[Lane, ...]:
    """Make clips of the blocks and put them on lanes.

    Args:
        sections: in order, without gaps.
        end: the tick at which the last clips end; they fade out over the last four bars.

    Returns:
        A lane for each layer that sounds at all.
    """
    numbers = itertools.count(1)
    lanes = []
    for layer in LAYERS:
        spans = list(_with_fills(layer, sections))
        clips = tuple(_ended(_clips(layer, spans, numbers), end))
        if clips:
            lanes.append(Lane(f"lane-{layer.name}", layer.title, clips))
    return tuple(lanes)


def _with_fills(layer: Layer, sections: Sequence[SectionBlocks]) -> Iterator[_Span]:
    """The spans of a layer in order, fills included."""
    for number, section in enumerate(sections):
        follower = sections[number + 1].section if number + 1 < len(sections) else None
        for place, sounding in enumerate(section.blocks):
            sound = sounding.sounds.get(layer.name)
            if sound is None:
                continue
            start = sounding.block.start * TICKS_PER_BAR
            span = _Span(
                start,
                start + sounding.block.bars * TICKS_PER_BAR,
                sound,
                section.section.name,
                mixed_in=place == 0 and section.section.entry == "mix",
            )
            last = place == len(section.blocks) - 1
            mixed_out = last and follower is not None and follower.entry == "mix"
            yield from _filled(layer, span, sounding.block.fill, mixed_out=mixed_out)


def _filled(layer: Layer, span: _Span, fill: Fill, *, mixed_out: bool) -> Iterator[_Span]:
    beats_out = fill.out.get(layer.name, 0)
    if fill.teaser == layer.name:
        yield replace(span, start=span.end - TICKS_PER_BAR, mixed_in=False)
    elif beats_out:
        yield replace(span, end=span.end - beats_out * TICKS_PER_BEAT)
    elif fill.repeat and layer is not BASS and not mixed_out:
        yield replace(span, end=span.end - _HALF_BAR)
        yield replace(span, start=span.end - _HALF_BAR, shift=_HALF_BAR, mixed_in=False)
    else:
        yield span


def _clips(layer: Layer, spans: Sequence[_Span], numbers: Iterator[int]) -> Iterator[Clip]:
    merged = list(_merged(spans))
    around: list[_Span | None] = [None, *merged, None]
    bass, mid, treble = layer.bands
    for before, span, after in zip(around, merged, around[2:], strict=False):
        early, fade_in = _lead(layer, before, span)
        late = 0 if after is None else _tail(layer, span, after)
        start = span.start - early
        yield Clip(
            id=f"clip-{next(numbers)}",
            source=span.sound.source,
            start=start,
            length=span.end + late - start,
            offset=(start - span.shift) % TICKS_PER_SEGMENT,
            gain_db=span.sound.gain_db,
            fade_in=fade_in,
            fade_out=2 * late,
            bass_cut=not bass,
            mid_cut=not mid,
            treble_cut=not treble,
            width=span.sound.width,
        )


def _merged(spans: Sequence[_Span]) -> Iterator[_Span]:
    """Spans of one section that go on as one are one."""
    current: _Span | None = None
    for span in spans:
        if (
            current is not None
            and current.end == span.start
            and (current.sound, current.section) == (span.sound, span.section)
            and current.shift == span.shift
            and not span.mixed_in
        ):
            current = replace(current, end=span.end)
            continue
        if current is not None:
            yield current
        current = span
    if current is not None:
        yield current


def _lead(layer: Layer, before: _Span | None, span: _Span) -> tuple[int, int]:
    """By how much a span comes in early, and how long it fades in."""
    if before is None or before.end < span.start or layer is BASS or span.shift or before.shift:
        return 0, 0
    if span.mixed_in:
        mix = _mix(before, span)
        return mix, 2 * mix
    return (_BLEND, 0) if span.section == before.section else (0, 0)


def _tail(layer: Layer, span: _Span, after: _Span) -> int:
    """By how much it ends late."""
    touching = span.end == after.start and not (span.shift or after.shift)
    return _mix(span, after) if touching and after.mixed_in and layer is not BASS else 0


def _mix(before: _Span, after: _Span) -> int:
    return min(_MIX, (before.end - before.start) // 2, (after.end - after.start) // 2)


def _ended(clips: Iterator[Clip], end: int) -> Iterator[Clip]:
    """`clips` up to the end of the track, which fades out over the last bars."""
    for clip in clips:
        if clip.start >= end:
            continue
        if clip.end < end:
            yield clip
            continue
        length = end - clip.start
        fade = min(_FADE, length - min(clip.fade_in, length))
        yield clip.changed(length=length, fade_in=min(clip.fade_in, length), fade_out=fade)
