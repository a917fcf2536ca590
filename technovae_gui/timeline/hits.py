"""What the mouse is over: a clip, and which part of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QPointF, QRectF

from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.clip import Clip
from technovae_gui.timeline import crossings, layout, visible
from technovae_gui.timeline.geometry import Geometry

_GAIN_REACH = 3.0


class Part(Enum):
    """What a drag from here does."""

    EMPTY = auto()
    BODY = auto()
    START = auto()
    END = auto()
    FADE_IN = auto()
    FADE_OUT = auto()
    GAIN = auto()


@dataclass(frozen=True)
class Hit:
    """`clip` is None in empty space; `row` may be one below the last lane."""

    part: Part
    row: int
    clip: Clip | None = None


def at(arrangement: Arrangement, geometry: Geometry, point: QPointF) -> Hit:
    """What lies at `point`. Edges come before handles, handles before the gain line."""
    row = geometry.row(point.y())
    if not 0 <= row < len(arrangement.lanes):
        return Hit(Part.EMPTY, row)
    lane = arrangement.lanes[row]
    found = _handle(lane, geometry, row, point) or _edge(lane, geometry, row, point)
    if found is not None:
        return found
    for clip in visible.under(lane, geometry.tick(point.x())):
        rect = layout.clip_rect(geometry, row, clip)
        if rect.contains(point):
            on_line = rect.width() >= layout.NARROW and _on_gain(rect, clip, point)
            return Hit(Part.GAIN if on_line else Part.BODY, row, clip)
    return Hit(Part.EMPTY, row)


def _near(lane: Lane, geometry: Geometry, x: float) -> tuple[Clip, ...]:
    reach = layout.EDGE
    return visible.between(lane, geometry.tick(x - reach), geometry.tick(x + reach))


def _edge(lane: Lane, geometry: Geometry, row: int, point: QPointF) -> Hit | None:
    """The nearest edge within reach; of a short clip only its outer parts."""
    best: tuple[float, Hit] | None = None
    for clip in _near(lane, geometry, point.x()):
        rect = layout.clip_rect(geometry, row, clip)
        reach = min(layout.EDGE, rect.width() / 4)
        if not rect.top() <= point.y() < rect.bottom():
            continue
        for part, distance in (
            (Part.START, point.x() - rect.left()),
            (Part.END, rect.right() - point.x()),
        ):
            if -1.0 <= distance <= reach and (best is None or distance < best[0]):
                best = (distance, Hit(part, row, clip))
    return best[1] if best else None


def _handle(lane: Lane, geometry: Geometry, row: int, point: QPointF) -> Hit | None:
    for clip in visible.between(lane, geometry.tick(point.x()) - 1, geometry.tick(point.x()) + 1):
        rect = layout.clip_rect(geometry, row, clip)
        if rect.width() < layout.NARROW:
            continue
        fade_in, fade_out = layout.fade_handles(geometry, rect, clip)
        under_before, under_after = crossings.overlaps(lane, clip)
        if not under_before and fade_in.contains(point):
            return Hit(Part.FADE_IN, row, clip)
        if not under_after and fade_out.contains(point):
            return Hit(Part.FADE_OUT, row, clip)
    return None


def _on_gain(rect: QRectF, clip: Clip, point: QPointF) -> bool:
    line = layout.gain_y(layout.body_rect(rect), clip.gain_db)
    return point.y() > rect.top() + layout.TITLE and abs(point.y() - line) <= _GAIN_REACH
