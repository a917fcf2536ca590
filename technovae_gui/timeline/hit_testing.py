"""Where the mouse is, and which part of which clip lies under it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt

from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.automation import Breakpoint
from core.arrangement.clip import Clip
from technovae_gui.timeline.geometry import (
    EDGE,
    NARROW,
    TITLE,
    Geometry,
    Snap,
    body_rect,
    clip_rect,
    fade_handles,
    gain_per_pixel,
    gain_y,
)
from technovae_gui.timeline.scene import clips_at, clips_between, overlaps

_GAIN_REACH = 3.0
_POINT_REACH = 6.0


@dataclass(frozen=True)
class Pointer:
    """A position of the mouse with the keys that are held.

    Attributes:
        x: pixels; may lie outside the lanes, like the other positions.
        y: pixels.
        tick: the same place in the music, not rounded.
        row: the lane there.
        snap: the grid that is set.
        free: Alt or Shift is held: no snapping.
        adding: Ctrl is held: a drag copies, a click toggles.
        extending: Shift is held: the selection is extended, levels change more finely.
        slipping: Ctrl and Shift are held: a drag moves the music inside a clip.
    """

    x: float
    y: float
    tick: float
    row: int
    snap: Snap = Snap.BAR
    free: bool = False
    adding: bool = False
    extending: bool = False
    slipping: bool = False


def places_freely(keys: Qt.KeyboardModifier) -> bool:
    """Whether the keys that are held switch snapping off.

    Alt and the mouse together move the window under many window managers, so Shift does it, too.
    """
    return bool(keys & (Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier))


class HitZone(Enum):
    """The parts of the lanes that a drag can start on."""

    EMPTY = auto()
    BODY = auto()
    START = auto()
    END = auto()
    FADE_IN = auto()
    FADE_OUT = auto()
    GAIN = auto()
    GAIN_POINT = auto()


@dataclass(frozen=True)
class Hit:
    """What lies under the mouse.

    Attributes:
        zone: the part of the clip, or empty space.
        row: the lane; there may be no such lane.
        clip: None in empty space.
        point: of the clip's gain curve.
        db_per_pixel: of the clip's gain line.
    """

    zone: HitZone
    row: int
    clip: Clip | None = None
    point: Breakpoint | None = None
    db_per_pixel: float = field(default=0.0, compare=False)


def hit_test(arrangement: Arrangement, geometry: Geometry, point: QPointF) -> Hit:
    """Find what lies at a point of the lanes.

    Points of a gain curve come before fade handles, these before edges, edges before the gain
    line. Of clips that overlap, the later one lies on top.

    Args:
        arrangement: what is shown.
        geometry: how it is shown.
        point: pixels.
    """
    row = geometry.row(point.y())
    if not 0 <= row < len(arrangement.lanes):
        return Hit(HitZone.EMPTY, row)
    lane = arrangement.lanes[row]
    found = (
        _gain_point(lane, geometry, row, point)
        or _handle(lane, geometry, row, point)
        or _edge(lane, geometry, row, point)
    )
    if found is not None:
        return found
    tick = geometry.tick(point.x())
    for clip in clips_at(lane, tick):
        rect = clip_rect(geometry, row, clip)
        if rect.contains(point):
            on_line = rect.width() >= NARROW and _on_gain_line(rect, clip, tick, point)
            zone = HitZone.GAIN if on_line else HitZone.BODY
            return Hit(zone, row, clip, db_per_pixel=gain_per_pixel(body_rect(rect)))
    return Hit(HitZone.EMPTY, row)


def _gain_point(lane: Lane, geometry: Geometry, row: int, point: QPointF) -> Hit | None:
    """The nearest point of a gain curve within reach."""
    best: tuple[float, Hit] | None = None
    first, last = geometry.tick(point.x() - _POINT_REACH), geometry.tick(point.x() + _POINT_REACH)
    for clip in clips_between(lane, first, last):
        rect = clip_rect(geometry, row, clip)
        if not clip.gain_curve or rect.width() < NARROW:
            continue
        body = body_rect(rect)
        for it in clip.gain_curve:
            at = QPointF(geometry.x(clip.start + it.tick), gain_y(body, clip.gain_db + it.value))
            gap = QLineF(at, point).length()
            if gap <= _POINT_REACH and (best is None or gap < best[0]):
                zone = HitZone.GAIN_POINT
                best = gap, Hit(zone, row, clip, it, gain_per_pixel(body))
    return best[1] if best else None


def _edge(lane: Lane, geometry: Geometry, row: int, point: QPointF) -> Hit | None:
    """The nearest edge within reach; of a short clip only its outer parts."""
    best: tuple[float, Hit] | None = None
    first, last = geometry.tick(point.x() - EDGE), geometry.tick(point.x() + EDGE)
    for clip in clips_between(lane, first, last):
        rect = clip_rect(geometry, row, clip)
        reach = min(EDGE, rect.width() / 4)
        if not rect.top() <= point.y() < rect.bottom():
            continue
        for zone, distance in (
            (HitZone.START, point.x() - rect.left()),
            (HitZone.END, rect.right() - point.x()),
        ):
            if -1.0 <= distance <= reach and (best is None or distance < best[0]):
                best = (distance, Hit(zone, row, clip))
    return best[1] if best else None


def _handle(lane: Lane, geometry: Geometry, row: int, point: QPointF) -> Hit | None:
    tick = geometry.tick(point.x())
    for clip in clips_between(lane, tick - 1, tick + 1):
        rect = clip_rect(geometry, row, clip)
        if rect.width() < NARROW:
            continue
        fade_in, fade_out = fade_handles(geometry, rect, clip)
        overlap_in, overlap_out = overlaps(lane, clip)
        if not overlap_in and fade_in.contains(point):
            return Hit(HitZone.FADE_IN, row, clip)
        if not overlap_out and fade_out.contains(point):
            return Hit(HitZone.FADE_OUT, row, clip)
    return None


def _on_gain_line(rect: QRectF, clip: Clip, tick: float, point: QPointF) -> bool:
    curve = clip.gain_automation
    drawn = 0.0 if curve is None else curve.value(tick - clip.start)
    line = gain_y(body_rect(rect), clip.gain_db + drawn)
    return point.y() > rect.top() + TITLE and abs(point.y() - line) <= _GAIN_REACH
