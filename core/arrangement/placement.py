"""Making room on a lane: what a clip does to those that it is placed on.

Neighbours that overlap at an end crossfade. A clip that is covered completely is removed; one that
the placed clip lies inside of is cut in two around it; and where three would sound at once, the
outer ones are shortened.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from core.arrangement.arrangement import Lane
from core.arrangement.automation import Automation, Breakpoint
from core.arrangement.clip import Clip, new_id


def place_clip(lane: Lane, clip: Clip) -> Lane:
    """Place a clip on a lane.

    Args:
        lane: with any clips.
        clip: stays as it is; its `start` says where it goes.

    Returns:
        The lane with the clip, the others shortened, cut or removed where they are in its way.
    """
    pieces = [piece for other in lane.clips for piece in _around(other, clip)]
    pieces = [piece for i, piece in enumerate(pieces) if not _within(piece, _near(pieces, i))]
    before = [piece for piece in pieces if piece.start < clip.start]
    after = [piece for piece in pieces if piece.start >= clip.start]
    return lane.changed(clips=(*_left(before, after, clip), clip, *_right(after, clip)))


def place_clips(lane: Lane, clips: Iterable[Clip]) -> Lane:
    """Place several clips on a lane, first to last, as `place_clip` does.

    Args:
        lane: with any clips.
        clips: in any order.

    Returns:
        The lane with all of them.
    """
    for clip in sorted(clips, key=lambda clip: clip.start):
        lane = place_clip(lane, clip)
    return lane


def with_end(clip: Clip, end: int) -> Clip:
    """Make a clip shorter or longer at its end.

    Args:
        clip: any.
        end: the tick where it ends.

    Returns:
        The clip, its fades shortened to fit; the very same one where it ends there already.

    Raises:
        InputError: `end` is not after its start.
    """
    if end == clip.end:
        return clip
    length = end - clip.start
    fade_in = min(clip.fade_in, max(length, 0))
    fade_out = min(clip.fade_out, max(length, 0) - fade_in)
    curve = _curve_between(clip, clip.start, end)
    return clip.changed(length=length, fade_in=fade_in, fade_out=fade_out, gain_curve=curve)


def with_start(clip: Clip, start: int) -> Clip:
    """Make a clip shorter or longer at its start; its sound stays in place.

    Args:
        clip: any.
        start: the tick where it starts.

    Returns:
        The clip, its fades shortened to fit; the very same one where it starts there already.

    Raises:
        InputError: `start` is not before its end, or before the first bar.
    """
    if start == clip.start:
        return clip
    length = clip.end - start
    fade_out = min(clip.fade_out, max(length, 0))
    return clip.changed(
        start=start,
        length=length,
        offset=(start - clip.origin) % clip.period,
        fade_in=min(clip.fade_in, max(length, 0) - fade_out),
        fade_out=fade_out,
        gain_curve=_curve_between(clip, start, clip.end),
    )


def _curve_between(clip: Clip, start: int, end: int) -> tuple[Breakpoint, ...]:
    """The gain curve from one tick of the arrangement to another, by itself."""
    curve = clip.gain_automation
    if curve is None or end <= start:
        return ()
    shift = clip.start - start
    later = [it.changed(tick=it.tick + max(shift, 0)) for it in curve.points]
    first = max(-shift, 0)
    piece = Automation(curve.parameter, tuple(later)).between(first, first + end - start)
    moved = Automation(curve.parameter, tuple(it.changed(tick=it.tick - first) for it in piece))
    return moved.without_level({0, end - start}).points


def split_clip(clip: Clip, tick: int, right_id: str) -> tuple[Clip, Clip]:
    """The clip cut in two at a tick inside it; together the two sound as it did.

    Args:
        clip: keeps its id as the left part.
        tick: where to cut.
        right_id: the id of the right part.
    """
    left = with_end(clip.changed(fade_out=0), tick)
    right = with_start(clip.changed(fade_in=0), tick)
    return left, right.changed(id=right_id, bass_swap=False)


def _around(other: Clip, clip: Clip) -> Iterator[Clip]:
    """What is left of `other` once `clip` has taken its place."""
    covers_start = clip.start <= other.start < clip.end
    covers_end = clip.start < other.end <= clip.end
    if covers_start and covers_end:
        return
    if other.start < clip.start and clip.end < other.end:
        left, right = split_clip(other, clip.start, new_id())
        yield left
        yield with_start(right, clip.end)
    elif other.start == clip.start:
        yield with_start(other, clip.end)
    elif other.end == clip.end:
        yield with_end(other, clip.start)
    else:
        yield other


def _near(pieces: list[Clip], index: int) -> list[Clip]:
    """The only ones that can overlap it: on a lane no more than two sound at once."""
    return pieces[max(index - 2, 0) : index + 3]


def _within(piece: Clip, others: list[Clip]) -> bool:
    """Cut back, `piece` lies wholly under the neighbour that it crossfaded with."""
    return any(
        other is not piece and other.start <= piece.start and piece.end <= other.end
        for other in others
    )


def _left(before: list[Clip], after: list[Clip], clip: Clip) -> Iterator[Clip]:
    for outer in before[:-1]:
        yield with_end(outer, min(outer.end, clip.start))
    if before:
        limit = after[0].start if after else before[-1].end
        yield with_end(before[-1], min(before[-1].end, max(limit, clip.start)))


def _right(after: list[Clip], clip: Clip) -> Iterator[Clip]:
    yield from after[:1]
    for outer in after[1:]:
        yield with_start(outer, max(outer.start, clip.end))
