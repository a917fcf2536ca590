"""Paints the lanes' area: grid, clips, crossfades, what is dropped or selected, the playhead."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QPainter

from core.arrangement.arrangement import Lane
from core.settings import TICKS_PER_BAR, TICKS_PER_SEGMENT
from technovae_gui import theme
from technovae_gui.timeline import paint_cache
from technovae_gui.timeline.clip_painter import ClipPainter, ClipState
from technovae_gui.timeline.clip_style import ClipStyle
from technovae_gui.timeline.fade_painter import paint_bass_swap, paint_crossfade
from technovae_gui.timeline.geometry import DETAIL, Geometry, body_rect, clip_rect, segment_rects
from technovae_gui.timeline.lane_sketches import LaneSketches
from technovae_gui.timeline.marker_painter import marker_colour
from technovae_gui.timeline.scene import (
    Crossfade,
    Scene,
    clips_between,
    clips_with_overlaps,
    crossfades,
)

REACH = 8
"""Pixels that a clip's marks may stand out at its sides."""
_CROSSFADE_FROM = 4.0
"""Pixels of an overlap below which no curve could be seen."""
_HINT = "Drag a dot or any point of the map here"


class ScenePainter:
    """Paints a scene.

    Args:
        painter: paints in pixels of the lanes' area.
        geometry: where things lie.
        scene: what is painted.
        style: what clips look like.
        dirty: the area that has to be painted at all.
    """

    def __init__(
        self,
        painter: QPainter,
        geometry: Geometry,
        scene: Scene,
        style: ClipStyle,
        dirty: QRectF,
    ) -> None:
        self._painter, self._geometry, self._scene = painter, geometry, scene
        self._dirty = dirty
        self._clips = ClipPainter(painter, geometry, style, dirty)
        first = geometry.tick(dirty.left() - REACH)
        last = geometry.tick(dirty.right() + REACH)
        self._span = first, last

    def paint(self, selection: frozenset[str], hovered: str) -> None:
        """Paint grid and clips.

        Args:
            selection: ids of the selected clips.
            hovered: id of the clip under the mouse; empty for none.
        """
        self._ground()
        for row, lane, silent in self._lanes():
            self._lane(row, lane, selection, hovered, silent)

    def sketch(self, sketches: LaneSketches) -> None:
        """Paint grid and clips as plain rectangles.

        Args:
            sketches: paints the clips.
        """
        self._ground()
        for row, lane, silent in self._lanes():
            sketches.paint(self._painter, self._geometry, self._dirty, row, lane, silent=silent)

    def _ground(self) -> None:
        lanes = self._scene.arrangement.lanes
        paint_grid(self._painter, self._geometry, len(lanes), self._dirty)
        self._marker_lines()

    def _lanes(self) -> Iterator[tuple[int, Lane, bool]]:
        """The lanes in the area: row, lane, whether it is silent."""
        arrangement = self._scene.arrangement
        audible = {lane.id for lane in arrangement.audible_lanes}
        first = max(0, self._geometry.row(self._dirty.top()))
        last = min(len(arrangement.lanes) - 1, self._geometry.row(self._dirty.bottom() - 1))
        for row in range(first, last + 1):
            lane = arrangement.lanes[row]
            yield row, lane, lane.id not in audible

    def _marker_lines(self) -> None:
        """Where sections begin, behind the clips."""
        for marker in self._scene.arrangement.markers:
            if self._span[0] <= marker.tick <= self._span[1]:
                self._painter.setPen(paint_cache.pen(marker_colour(marker), 1.0, 150))
                x = round(self._geometry.x(marker.tick))
                self._painter.drawLine(QLineF(x, self._dirty.top(), x, self._dirty.bottom()))

    def _lane(
        self, row: int, lane: Lane, selection: frozenset[str], hovered: str, silent: bool
    ) -> None:
        clips = clips_between(lane, *self._span)
        detailed = DETAIL * self._geometry.ticks_per_pixel
        for clip, into, out in clips_with_overlaps(lane, *self._span):
            if clip.length < detailed:
                self._clips.paint_small(row, clip, silent=silent or clip.mute)
            else:
                state = ClipState(
                    clip.id in selection, clip.id == hovered, silent or clip.mute, into, out
                )
                self._clips.paint(row, clip, state)
        for crossfade in crossfades(clips):
            self._crossfade(row, crossfade)
        for clip in clips:
            if clip.id in self._scene.swaps:
                body = body_rect(clip_rect(self._geometry, row, clip))
                tick = self._scene.swaps[clip.id]
                paint_bass_swap(self._painter, self._geometry.x(tick), body)
        for clip in clips:
            if clip.id in selection:
                self._clips.paint_outline(row, clip)

    def _crossfade(self, row: int, crossfade: Crossfade) -> None:
        left, right = self._geometry.x(crossfade.start), self._geometry.x(crossfade.end)
        if right - left < _CROSSFADE_FROM:
            return
        body = body_rect(clip_rect(self._geometry, row, crossfade.incoming))
        area = QRectF(left, body.top(), right - left, body.height())
        paint_crossfade(self._painter, area)
        if crossfade.swap is not None:
            paint_bass_swap(self._painter, self._geometry.x(crossfade.swap), area)

    def ghosts(self, row: int, start: int, count: int) -> None:
        """Paint the outlines of clips that would be dropped.

        Args:
            row: of the lane.
            start: tick of the first one.
            count: how many segments of four bars.
        """
        painter = self._painter
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(paint_cache.pen(theme.ACCENT, 1.5))
        painter.setBrush(paint_cache.colour(theme.ACCENT, 60))
        for rect in segment_rects(self._geometry, row, start, count):
            painter.drawRoundedRect(rect, theme.RADIUS, theme.RADIUS)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def band(self, rect: QRectF) -> None:
        """Paint the rubber band."""
        self._painter.setPen(paint_cache.pen(theme.ACCENT))
        self._painter.setBrush(paint_cache.colour(theme.ACCENT, 36))
        self._painter.drawRect(rect)

    def loop(self, loop: tuple[int, int]) -> None:
        """Paint the edges of the loop region (ticks)."""
        self._painter.setPen(paint_cache.pen(theme.ACCENT, 1.0, 120))
        for tick in loop:
            x = round(self._geometry.x(tick))
            self._painter.drawLine(QLineF(x, self._dirty.top(), x, self._dirty.bottom()))

    def playhead(self, tick: float) -> None:
        """Paint the line where it plays (a tick, not rounded)."""
        x = round(self._geometry.x(tick))
        self._painter.fillRect(
            QRectF(x, self._dirty.top(), 2, self._dirty.height()), paint_cache.colour(theme.WARM)
        )

    def hint(self, area: QRectF) -> None:
        """Say what to do with an empty timeline."""
        self._painter.setFont(paint_cache.font(-2.0))
        self._painter.setPen(paint_cache.pen(theme.DIM))
        self._painter.drawText(area, Qt.AlignmentFlag.AlignCenter, _HINT)


def paint_grid(painter: QPainter, geometry: Geometry, rows: int, dirty: QRectF) -> None:
    """Paint empty lanes: phrases, bars and beats.

    Args:
        painter: paints in pixels of the lanes' area.
        geometry: what is shown.
        rows: number of lanes.
        dirty: the area that has to be painted.
    """
    painter.fillRect(dirty, paint_cache.colour(theme.GROUND))
    bottom = min(dirty.bottom(), float(geometry.y(rows)))
    if bottom > dirty.top():
        lanes = QRectF(dirty.left(), dirty.top(), dirty.width(), bottom - dirty.top())
        _paint_phrases(painter, geometry, lanes)
        paint_lines(painter, geometry, lanes)
    painter.setPen(paint_cache.pen(theme.LINE))
    first = max(0, geometry.row(dirty.top()))
    for row in range(first, min(rows, geometry.row(dirty.bottom()) + 1) + 1):
        y = geometry.y(row) - 1
        painter.drawLine(QLineF(dirty.left(), y, dirty.right(), y))


def _paint_phrases(painter: QPainter, geometry: Geometry, area: QRectF) -> None:
    """Every other four bars a little lighter; with the zoom every other sixteen, and so on."""
    step = TICKS_PER_SEGMENT
    while step / geometry.ticks_per_pixel < 24:
        step *= 4
    painter.fillRect(area, paint_cache.mixed(theme.PANEL, theme.GROUND, 0.85))
    tick = int(geometry.tick(area.left()) // (2 * step)) * 2 * step
    while (x := geometry.x(tick)) < area.right():
        phrase = QRectF(x, area.top(), step / geometry.ticks_per_pixel, area.height())
        painter.fillRect(
            phrase.intersected(area), paint_cache.mixed(theme.RAISED, theme.GROUND, 0.72)
        )
        tick += 2 * step


def paint_lines(painter: QPainter, geometry: Geometry, area: QRectF) -> None:
    """Paint the lines of bars and beats.

    Args:
        painter: of the lanes' area.
        geometry: where ticks lie.
        area: in which they are painted, pixels.
    """
    step = geometry.grid()
    tick = int(geometry.tick(area.left() - 1) // step) * step
    weak, strong = list[QLineF](), list[QLineF]()
    while (x := geometry.x(tick)) <= area.right():
        lines = strong if tick % max(TICKS_PER_BAR, 4 * step) == 0 else weak
        lines.append(QLineF(round(x), area.top(), round(x), area.bottom() - 1))
        tick += step
    for colour, lines in ((theme.LINE, weak), (theme.LINE_STRONG, strong)):
        painter.setPen(paint_cache.pen(colour, 1.0, 150))
        painter.drawLines(lines)
