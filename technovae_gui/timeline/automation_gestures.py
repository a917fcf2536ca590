"""Drags on automation: points that are added and moved, lines that are bent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt

from core.arrangement import automation_edits
from core.arrangement.automation import PARAMETERS, Breakpoint, Parameter
from technovae_gui.document import Document
from technovae_gui.timeline.gestures import EditGesture
from technovae_gui.timeline.hit_testing import Pointer
from technovae_gui.timeline.labels import parameter_label, position_label

_FINE: Final = 0.2
_STICKS: Final = 0.03
"""Of the range: so near to what changes nothing, a drag gives that."""
_BEND_PER_RANGE: Final = 2.0


@dataclass(frozen=True)
class ValuePointer(Pointer):
    """A position of the mouse over automation.

    Attributes:
        share: its height in the range of the parameter; beyond 0 .. 1 outside.
    """

    share: float = 0.0


class CurveGesture(EditGesture):
    """A drag that edits one curve of a lane."""

    def __init__(self, document: Document, lane_id: str, parameter: str) -> None:
        super().__init__(document, f"automate {PARAMETERS[parameter].label.lower()}")
        self.lane_id, self.parameter = lane_id, PARAMETERS[parameter]
        curve = document.arrangement.lane(lane_id).curve(parameter)
        self.points: tuple[Breakpoint, ...] = () if curve is None else curve.points

    def show(self, points: tuple[Breakpoint, ...]) -> None:
        """Show other points than those at the start of the drag."""
        lane_id, name = self.lane_id, self.parameter.name
        self.apply(lambda before: automation_edits.set_points(before, lane_id, name, points))

    def move(self, pointer: ValuePointer) -> str:
        """Follow the mouse; returns the text to show next to it."""
        raise NotImplementedError


class PointGesture(CurveGesture):
    """Moves a point between its neighbours, or a new one anywhere."""

    cursor = Qt.CursorShape.SizeAllCursor

    def __init__(
        self,
        document: Document,
        lane_id: str,
        parameter: str,
        pointer: ValuePointer,
        point: Breakpoint | None = None,
    ) -> None:
        """`point`: that was grabbed; None for a new one."""
        super().__init__(document, lane_id, parameter)
        self._point, self._from = point, pointer

    def move(self, pointer: ValuePointer) -> str:
        """Move the point; returns where it is, and its value."""
        share, grip = pointer.share, 0.0
        if self._point is not None:
            moved = pointer.share - self._from.share
            moved *= _FINE if pointer.extending else 1.0
            share = self.parameter.share(self._point.value) + moved
            grip = self._from.tick - self._point.tick
        value = rounded(self.parameter, share, free=pointer.free)
        tick = pointer.snap.nearest(pointer.tick - grip, free=pointer.free)
        if self._point is None:
            made = Breakpoint(tick, value)
        else:
            still = pointer.tick == self._from.tick
            made = self._point.changed(tick=self._point.tick if still else tick, value=value)
        points = automation_edits.with_point(self.points, made, self._point)
        self.show(points)
        old = {id(it) for it in self.points}
        shown = next(it for it in points if id(it) not in old)
        return f"{position_label(shown.tick)}  {parameter_label(self.parameter, value)}"


class BendGesture(CurveGesture):
    """Bends the line that begins at a point: up bulges upwards."""

    cursor = Qt.CursorShape.SizeVerCursor

    def __init__(
        self,
        document: Document,
        lane_id: str,
        parameter: str,
        pointer: ValuePointer,
        point: Breakpoint,
    ) -> None:
        super().__init__(document, lane_id, parameter)
        self._point, self._from = point, pointer
        self._number = next(n for n, it in enumerate(self.points) if it is point)
        rises = self.points[self._number + 1].value >= point.value
        self._sign = -1.0 if rises else 1.0

    def move(self, pointer: ValuePointer) -> str:
        """Bend the line; returns by how much."""
        moved = (pointer.share - self._from.share) * (_FINE if pointer.extending else 1.0)
        bend = self._point.bend + self._sign * _BEND_PER_RANGE * moved
        bend = 0.0 if abs(bend) < _STICKS else round(min(max(bend, -1.0), 1.0), 2)
        points = list(self.points)
        points[self._number] = self._point.changed(bend=bend)
        self.show(tuple(points))
        return f"bend {100 * abs(bend):.0f} %" if bend else "straight"


def rounded(parameter: Parameter, share: float, *, free: bool = False) -> float:
    """The value at a height that is dragged to, in steps that are read easily.

    Args:
        parameter: what is dragged.
        share: of its range; beyond 0 .. 1 is the end.
        free: False lets it stick to what changes nothing.
    """
    if not free and abs(share - parameter.share(parameter.default)) < _STICKS:
        return parameter.default
    value = parameter.value(share)
    if parameter.octaves:
        value = float(round(value, -1 if value >= 1000.0 else 0))
    else:
        value = round(value, 1 if parameter.high - parameter.low > 10.0 else 2)
    return min(max(value, parameter.low), parameter.high)
