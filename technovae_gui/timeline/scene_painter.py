"""Paints the lanes' area: grid, clips, crossfades, what is dropped or selected, the playhead."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QPainter

from core.arrangement.arrangement import Lane
from core.settings import TICKS_PER_SEGMENT
from technovae_gui import theme
from technovae_gui.timeline import crossings, curves, grid_painter, ink, layout, visible
from technovae_gui.timeline.clip_painter import ClipPainter, Standing
from technovae_gui.timeline.crossings import Crossing
from technovae_gui.timeline.geometry import Geometry
from technovae_gui.timeline.looks import Looks
from technovae_gui.timeline.mirror import Mirror

REACH = 8
"""Pixels that a clip's marks may stand out at its sides."""
_CROSS_FROM = 4.0
"""Pixels of an overlap below which no curve could be seen."""
_HINT = "Drag a dot or any point of the map here"


class ScenePainter:
    """Paints what `mirror` holds, `dirty` only."""

    def __init__(
        self,
        painter: QPainter,
        geometry: Geometry,
        mirror: Mirror,
        looks: Looks,
        dirty: QRectF,
    ) -> None:
        self._painter, self._geometry, self._mirror = painter, geometry, mirror
        self._dirty = dirty
        self._clips = ClipPainter(painter, geometry, looks, dirty)
        first = geometry.tick(dirty.left() - REACH)
        last = geometry.tick(dirty.right() + REACH)
        self._span = first, last

    def paint(self, selection: frozenset[str], hovered: str) -> None:
        """Paint grid and clips."""
        arrangement = self._mirror.arrangement
        grid_painter.paint(self._painter, self._geometry, len(arrangement.lanes), self._dirty)
        heard = {lane.id for lane in arrangement.audible_lanes}
        first = max(0, self._geometry.row(self._dirty.top()))
        last = min(len(arrangement.lanes) - 1, self._geometry.row(self._dirty.bottom()))
        for row in range(first, last + 1):
            lane = arrangement.lanes[row]
            self._lane(row, lane, selection, hovered, lane.id not in heard)

    def _lane(
        self, row: int, lane: Lane, selection: frozenset[str], hovered: str, silent: bool
    ) -> None:
        clips = visible.between(lane, *self._span)
        detailed = layout.DETAIL * self._geometry.ticks_per_pixel
        for clip in clips:
            if clip.length < detailed:
                self._clips.paint_small(row, clip, clip.id in selection, silent)
                continue
            into, out = crossings.overlaps(lane, clip)
            standing = Standing(clip.id in selection, clip.id == hovered, silent, into, out)
            self._clips.paint(row, clip, standing)
        for crossing in crossings.among(clips):
            self._crossing(row, crossing)
        for clip in clips:
            if clip.id in self._mirror.swaps:
                body = layout.body_rect(layout.clip_rect(self._geometry, row, clip))
                tick = self._mirror.swaps[clip.id]
                curves.swap(self._painter, self._geometry.x(tick), body)

    def _crossing(self, row: int, crossing: Crossing) -> None:
        left, right = self._geometry.x(crossing.start), self._geometry.x(crossing.end)
        if right - left < _CROSS_FROM:
            return
        body = layout.body_rect(layout.clip_rect(self._geometry, row, crossing.incoming))
        place = QRectF(left, body.top(), right - left, body.height())
        curves.cross(self._painter, place)
        if crossing.swap is not None:
            curves.swap(self._painter, self._geometry.x(crossing.swap), place)

    def ghosts(self, row: int, start: int, count: int) -> None:
        """Outlines of clips that would be dropped."""
        painter = self._painter
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(ink.pen(theme.ACCENT, 1.5))
        painter.setBrush(ink.colour(theme.ACCENT, 60))
        for rect in ghost_rects(self._geometry, row, start, count):
            painter.drawRoundedRect(rect, theme.RADIUS, theme.RADIUS)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def band(self, rect: QRectF) -> None:
        """The rubber band."""
        self._painter.setPen(ink.pen(theme.ACCENT))
        self._painter.setBrush(ink.colour(theme.ACCENT, 36))
        self._painter.drawRect(rect)

    def loop(self, loop: tuple[int, int]) -> None:
        """The edges of the loop region."""
        self._painter.setPen(ink.pen(theme.ACCENT, 1.0, 120))
        for tick in loop:
            x = round(self._geometry.x(tick))
            self._painter.drawLine(QLineF(x, self._dirty.top(), x, self._dirty.bottom()))

    def playhead(self, tick: float) -> None:
        """The line where it plays."""
        x = round(self._geometry.x(tick))
        self._painter.fillRect(
            QRectF(x, self._dirty.top(), 2, self._dirty.height()), ink.colour(theme.WARM)
        )

    def hint(self, place: QRectF) -> None:
        """What to do with an empty timeline."""
        self._painter.setFont(ink.font(-2.0))
        self._painter.setPen(ink.pen(theme.DIM))
        self._painter.drawText(place, Qt.AlignmentFlag.AlignCenter, _HINT)


def ghost_rects(geometry: Geometry, row: int, start: int, count: int) -> list[QRectF]:
    """Where `count` clips of four bars would lie, side by side from tick `start`."""
    width = TICKS_PER_SEGMENT / geometry.ticks_per_pixel
    left, top = geometry.x(start), geometry.y(row) + layout.MARGIN
    height = geometry.lane_height - 2 * layout.MARGIN - 1
    return [QRectF(left + n * width, top, width - 1, height) for n in range(count)]
