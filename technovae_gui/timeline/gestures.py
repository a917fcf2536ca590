"""Drags on the lanes. Each edits the document live, as one undo step, and can be cancelled."""

from __future__ import annotations

import itertools
from typing import Final, Protocol

from PySide6.QtCore import Qt

from core.arrangement import edits
from core.arrangement.arrangement import Arrangement
from core.arrangement.automation import VOLUME, Breakpoint
from core.arrangement.automation_edits import with_curves_moved, with_point
from core.arrangement.clip import Clip, new_id
from core.arrangement.values import GAIN_MAX_DB, GAIN_MIN_DB
from core.settings import TICKS_PER_BEAT
from technovae_gui.document import Change, Document
from technovae_gui.timeline.hit_testing import Hit, HitZone, Pointer
from technovae_gui.timeline.labels import gain_label, length_label, parameter_label, position_label
from technovae_gui.timeline.selection import RubberBand
from technovae_gui.timeline.viewport import Viewport

_SHORTEST: Final = TICKS_PER_BEAT // 4
_DB_PER_PIXEL: Final = 0.3
_FINE: Final = 0.2
_BEND_PER_DB: Final = 0.06
_ZERO_REACH_DB: Final = 0.5
_LOWEST_DB: Final = -60.0
"""A drag below it gives silence."""

_serials = itertools.count()


class Gesture(Protocol):
    """A drag in progress."""

    cursor: Qt.CursorShape

    def move(self, pointer: Pointer) -> str:
        """Follow the mouse; returns the text to show next to it."""

    def release(self) -> None:
        """The button is up: keep what was done."""

    def cancel(self) -> None:
        """Escape was pressed: undo what was done."""


class EditGesture:
    """A drag that edits: always from the arrangement at its start, as one undo step.

    Nothing that the mouse merely passes over is lost, because each move starts from there again.
    """

    cursor = Qt.CursorShape.ArrowCursor

    def __init__(self, document: Document, name: str) -> None:
        self.document, self.name = document, name
        self.before: Arrangement = document.arrangement
        self._selection_before = document.selection
        self._merge = ("drag", next(_serials))

    def apply(self, change: Change) -> None:
        """Show `change` of the arrangement as it was before the drag."""
        self.document.edit(self.name, lambda _now: change(self.before), merge=self._merge)

    def release(self) -> None:
        """Keep what is shown."""

    def cancel(self) -> None:
        """Go back to what was before the drag, without an undo step."""
        self.apply(lambda before: before)
        self.document.select(self._selection_before)


class MoveGesture(EditGesture):
    """Moves the selected clips, with Ctrl copies of them; the one that was grabbed snaps."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def __init__(self, document: Document, clip: Clip, pointer: Pointer) -> None:
        count = len(document.selection)
        super().__init__(document, "move clip" if count == 1 else f"move {count} clips")
        self._clip, self._from = clip, pointer
        self._ids = [c.id for c in document.selected_clips()]
        self._copies = {clip_id: new_id() for clip_id in self._ids}
        self._last = 0, 0, False

    def move(self, pointer: Pointer) -> str:
        """Move or copy the clips; returns where the grabbed one starts."""
        ticks, lanes = self._shift(pointer)
        self._last = ticks, lanes, pointer.adding
        self._show(cover=True)
        sign = "+" if ticks >= 0 else "-"
        return f"{position_label(self._clip.start + ticks)}  ({sign}{length_label(abs(ticks))})"

    def release(self) -> None:
        """Keep what is shown, on a lane where no other clip is covered by it."""
        self._show(cover=False)

    def _show(self, *, cover: bool) -> None:
        ticks, lanes, adding = self._last
        if adding:
            self.name = self.name.replace("move", "copy")
            self.apply(lambda before: self._copied(before, ticks, lanes, cover))
            self.document.select(self._copies.values())
        else:
            self.name = self.name.replace("copy", "move")
            self.apply(
                lambda before: edits.move(
                    before,
                    self._ids,
                    ticks=ticks,
                    lanes=lanes,
                    cover=cover,
                    automation=self.document.automation_follows,
                )
            )
            self.document.select(self._ids)

    def _shift(self, pointer: Pointer) -> tuple[int, int]:
        """Ticks and rows from where the clips were, as far as the edges allow."""
        wanted = self._clip.start + pointer.tick - self._from.tick
        ticks = pointer.snap.nearest(wanted, free=pointer.free) - self._clip.start
        lanes = pointer.row - self._from.row
        return edits.reach(self.before, self._ids, ticks=ticks, lanes=lanes)

    def _copied(self, before: Arrangement, ticks: int, lanes: int, cover: bool) -> Arrangement:
        copies = [
            (row + lanes, clip.changed(id=self._copies[clip.id], start=clip.start + ticks))
            for row, clip in edits.by_row(before)
            if clip.id in self._copies
        ]
        if not ticks and not lanes:
            return before
        after = edits.put(before, copies, cover=cover)
        if not self.document.automation_follows:
            return after
        return with_curves_moved(before, after, self._copies, copied=True)


class TrimGesture(EditGesture):
    """Moves the start or the end of one clip: shorter, longer, or over a neighbour."""

    cursor = Qt.CursorShape.SizeHorCursor

    def __init__(self, document: Document, clip: Clip, pointer: Pointer, *, start: bool) -> None:
        super().__init__(document, "trim start" if start else "trim end")
        self._clip, self._start = clip, start
        self._grip = pointer.tick - (clip.start if start else clip.end)
        self._shortest = min(_SHORTEST, clip.length)

    def move(self, pointer: Pointer) -> str:
        """Move the edge; returns its position and the length of the clip."""
        clip = self._clip
        tick = pointer.snap.nearest(pointer.tick - self._grip, free=pointer.free)
        if self._start:
            tick = min(tick, clip.end - self._shortest)
            self.apply(lambda before: edits.trim_start(before, clip.id, tick))
            return f"{position_label(tick)}  ({length_label(clip.end - tick)})"
        tick = max(tick, clip.start + self._shortest)
        self.apply(lambda before: edits.trim_end(before, clip.id, tick))
        return f"{position_label(tick)}  ({length_label(tick - clip.start)})"


class SlipGesture(EditGesture):
    """Moves the music inside the selected clips; the clips stay where they are."""

    cursor = Qt.CursorShape.SplitHCursor

    def __init__(self, document: Document, pointer: Pointer) -> None:
        super().__init__(document, "slip")
        self._from = pointer.tick
        self._ids = [clip.id for clip in document.selected_clips()]

    def move(self, pointer: Pointer) -> str:
        """Move the music; returns by how much."""
        moved = pointer.tick - self._from
        later = pointer.snap.nearest(abs(moved), free=pointer.free) * (1 if moved >= 0 else -1)

        def slipped(clip: Clip) -> Clip:
            return clip.changed(offset=(clip.offset - later) % clip.period)

        self.apply(lambda before: edits.change_clips(before, self._ids, slipped))
        return f"music {'+' if later >= 0 else '-'}{length_label(abs(later))}"


class FadeGesture(EditGesture):
    """Sets the fade-in or the fade-out of one clip, as far as the other fade allows."""

    cursor = Qt.CursorShape.PointingHandCursor

    def __init__(self, document: Document, clip: Clip, pointer: Pointer, *, into: bool) -> None:
        super().__init__(document, "fade in" if into else "fade out")
        self._clip, self._into = clip, into
        edge = clip.start + clip.fade_in if into else clip.end - clip.fade_out
        self._grip = pointer.tick - edge

    def move(self, pointer: Pointer) -> str:
        """Set the fade; returns its length."""
        clip = self._clip
        tick = pointer.snap.nearest(pointer.tick - self._grip, free=pointer.free)
        if self._into:
            fade = min(max(tick - clip.start, 0), clip.length - clip.fade_out)
            self.apply(lambda before: edits.set_fades(before, clip.id, fade_in=fade))
        else:
            fade = min(max(clip.end - tick, 0), clip.length - clip.fade_in)
            self.apply(lambda before: edits.set_fades(before, clip.id, fade_out=fade))
        return f"fade {length_label(fade)}"


class PanGesture:
    """Moves the view with the mouse; edits nothing."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def __init__(self, viewport: Viewport, pointer: Pointer) -> None:
        self._viewport, self._x, self._y = viewport, pointer.x, pointer.y

    def move(self, pointer: Pointer) -> str:
        """Scroll by as much as the mouse moved."""
        self._viewport.scroll(self._x - pointer.x, round(self._y - pointer.y))
        self._x, self._y = pointer.x, pointer.y
        return ""

    def release(self) -> None:
        """Leave the view where it is."""

    def cancel(self) -> None:
        """Leave the view where it is."""


class GainGesture(EditGesture):
    """Changes the gain of the selected clips by the same number of dB."""

    cursor = Qt.CursorShape.SizeVerCursor

    def __init__(self, document: Document, clip: Clip, pointer: Pointer) -> None:
        super().__init__(document, "clip gain")
        self._clip, self._y = clip, pointer.y
        self._ids = [c.id for c in document.selected_clips()]

    def move(self, pointer: Pointer) -> str:
        """Change the gains; returns that of the grabbed clip."""
        per_pixel = _DB_PER_PIXEL * (_FINE if pointer.extending else 1.0)
        wanted = self._clip.gain_db + (self._y - pointer.y) * per_pixel
        wanted = rounded_gain(wanted, fine=pointer.free)
        change = wanted - self._clip.gain_db

        def raised(clip: Clip) -> Clip:
            return clip.changed(gain_db=rounded_gain(clip.gain_db + change, fine=True))

        self.apply(lambda before: edits.change_clips(before, self._ids, raised))
        return gain_label(wanted)


class GainCurveGesture(EditGesture):
    """A drag on the gain curve of a clip."""

    cursor = Qt.CursorShape.SizeAllCursor

    def __init__(self, document: Document, hit: Hit, pointer: Pointer) -> None:
        assert hit.clip is not None
        super().__init__(document, "gain curve")
        self.clip, self.points, self.point = hit.clip, hit.clip.gain_curve, hit.point
        self._from, self._per_pixel = pointer, hit.db_per_pixel

    def raised(self, pointer: Pointer) -> float:
        """By how many dB the mouse is higher than where it went down."""
        per_pixel = self._per_pixel * (_FINE if pointer.extending else 1.0)
        return (self._from.y - pointer.y) * per_pixel

    def ticks(self, pointer: Pointer) -> float:
        """By how much it is further right."""
        return pointer.tick - self._from.tick

    def show(self, points: tuple[Breakpoint, ...]) -> None:
        """Show other points than those at the start of the drag."""
        self.apply(lambda before: edits.set_clip(before, self.clip.id, gain_curve=points))

    def move(self, pointer: Pointer) -> str:
        """Move the point between its neighbours; returns where it is, and its gain."""
        point, start = self.point, self.clip.start
        assert point is not None
        wanted = start + point.tick + self.ticks(pointer)
        tick = pointer.snap.nearest(wanted, free=pointer.free) if self.ticks(pointer) else wanted
        value = curve_gain(point.value + self.raised(pointer), fine=pointer.free)
        tick = min(max(round(tick) - start, 0), self.clip.length)
        self.show(with_point(self.points, point.changed(tick=tick, value=value), point))
        return f"{position_label(start + tick)}  {parameter_label(VOLUME, value)}"


class GainBendGesture(GainCurveGesture):
    """Bends the line between two points of a gain curve."""

    cursor = Qt.CursorShape.SizeVerCursor

    def __init__(self, document: Document, hit: Hit, pointer: Pointer) -> None:
        super().__init__(document, hit, pointer)
        tick = pointer.tick - self.clip.start
        self._number = max(n for n, it in enumerate(self.points) if it.tick <= tick)
        one, two = self.points[self._number : self._number + 2]
        self._one, self._sign = one, -1.0 if two.value >= one.value else 1.0

    def move(self, pointer: Pointer) -> str:
        """Bend the line; returns by how much."""
        bend = self._one.bend + self._sign * self.raised(pointer) * _BEND_PER_DB
        bend = round(min(max(bend, -1.0), 1.0), 2)
        points = list(self.points)
        points[self._number] = self._one.changed(bend=bend)
        self.show(tuple(points))
        return f"bend {100 * abs(bend):.0f} %" if bend else "straight"


def bends_gain(hit: Hit, pointer: Pointer) -> bool:
    """Whether a drag from there bends a gain curve: with Ctrl, on the line between two points.

    Args:
        hit: where it begins.
        pointer: of the mouse, with the keys that are held.

    Returns:
        True if it does.
    """
    if hit.zone is not HitZone.GAIN or not pointer.adding or hit.clip is None:
        return False
    points, tick = hit.clip.gain_curve, pointer.tick - hit.clip.start
    return bool(points) and points[0].tick <= tick < points[-1].tick


def with_gain_point(clip: Clip, tick: int) -> tuple[Breakpoint, ...]:
    """The gain curve of a clip with one more point on it.

    Args:
        clip: any.
        tick: of the arrangement, within the clip.
    """
    place, curve = tick - clip.start, clip.gain_automation
    value = 0.0 if curve is None else curve_gain(curve.value(place), fine=True)
    return with_point(clip.gain_curve, Breakpoint(place, value))


def curve_gain(gain_db: float, *, fine: bool = False) -> float:
    """Round a dragged gain to tenths of a dB within the range of gain curves.

    Args:
        gain_db: any number of dB.
        fine: as for `rounded_gain`.

    Returns:
        dB.
    """
    return min(max(rounded_gain(gain_db, fine=fine), VOLUME.low), VOLUME.high)


def rounded_gain(gain_db: float, *, fine: bool = False) -> float:
    """Round a dragged gain to tenths of a dB within the range of clips and lanes.

    Args:
        gain_db: any number of dB; at -60 and below it becomes silence.
        fine: False lets it stick to 0 dB within half a dB.
    """
    if gain_db <= _LOWEST_DB:
        return GAIN_MIN_DB
    if not fine and abs(gain_db) < _ZERO_REACH_DB:
        return 0.0
    return round(min(gain_db, GAIN_MAX_DB), 1)


_CURSORS: Final = {
    HitZone.EMPTY: Qt.CursorShape.ArrowCursor,
    HitZone.BODY: Qt.CursorShape.OpenHandCursor,
    HitZone.START: TrimGesture.cursor,
    HitZone.END: TrimGesture.cursor,
    HitZone.FADE_IN: FadeGesture.cursor,
    HitZone.FADE_OUT: FadeGesture.cursor,
    HitZone.GAIN: GainGesture.cursor,
    HitZone.GAIN_POINT: GainCurveGesture.cursor,
}


def begin_gesture(document: Document, hit: Hit, pointer: Pointer) -> Gesture:
    """Start the drag that belongs to a part of the lanes.

    Args:
        document: what it edits; the clip that was hit is selected already.
        hit: where the button went down.
        pointer: the mouse at that moment.
    """
    clip = hit.clip
    if clip is None:
        return RubberBand(document, pointer)
    if pointer.slipping:
        return SlipGesture(document, pointer)
    if hit.zone is HitZone.GAIN_POINT:
        return GainCurveGesture(document, hit, pointer)
    if bends_gain(hit, pointer):
        return GainBendGesture(document, hit, pointer)
    if hit.zone in (HitZone.START, HitZone.END):
        return TrimGesture(document, clip, pointer, start=hit.zone is HitZone.START)
    if hit.zone in (HitZone.FADE_IN, HitZone.FADE_OUT):
        return FadeGesture(document, clip, pointer, into=hit.zone is HitZone.FADE_IN)
    if hit.zone is HitZone.GAIN:
        return GainGesture(document, clip, pointer)
    return MoveGesture(document, clip, pointer)


def cursor_at(hit: Hit) -> Qt.CursorShape:
    """The mouse cursor that says what a drag from `hit` would do."""
    return _CURSORS[hit.zone]
