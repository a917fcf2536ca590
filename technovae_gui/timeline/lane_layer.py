"""Grid and clips of the lanes as one picture, painted again only where something changed."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final, Protocol, cast

from PySide6.QtCore import QPoint, QRect, QRectF, QSize
from PySide6.QtGui import QPainter, QPixmap, QRegion

from technovae_gui.timeline.geometry import Geometry

_FEW_RECTS: Final = 8
_SLICE_SECONDS: Final = 0.002
"""`refine` begins no other lane after so long."""
_WHOLE_PIXEL: Final = 1e-6
"""How far from whole pixels of the device a scroll may be that moves the picture."""


class LanePainter(Protocol):
    """Paints parts of the lanes; the painter is clipped to the area."""

    def paint_lanes(self, painter: QPainter, geometry: Geometry, area: QRect) -> None:
        """Paint all that lies in an area.

        Args:
            painter: paints in pixels of the lanes' area.
            geometry: what is shown.
            area: pixels.
        """

    def sketch_lanes(self, painter: QPainter, geometry: Geometry, area: QRect) -> None:
        """Paint an area fast, with plain rectangles for clips.

        Args:
            painter: paints in pixels of the lanes' area.
            geometry: what is shown.
            area: pixels.
        """

    def clips_at_left(self, geometry: Geometry) -> Iterable[QRect]:
        """Find the clips that begin left of the view: their names stay in it as they are scrolled.

        Args:
            geometry: what is shown.
        """


@dataclass
class _Picture:
    """A picture of the lanes.

    Attributes:
        pixmap: it.
        geometry: what it shows.
        stale: what has to be painted in it.
        outdated: there is more, nobody knows where.
    """

    pixmap: QPixmap
    geometry: Geometry
    stale: QRegion = field(default_factory=QRegion)
    outdated: bool = False

    @property
    def size(self) -> QSize:
        """Of the lanes' area."""
        return self.pixmap.deviceIndependentSize().toSize()


class LaneLayer:
    """Keeps the picture of the lanes.

    Whatever lies above it, as the playhead does, costs no more than its own pixels. Lanes that are
    scrolled are moved, and painted only where they come into sight. Lanes that are zoomed are
    stretched, with a sketch where nothing was in view, until `refine` has painted them.

    Args:
        lanes: paints them.
    """

    def __init__(self, lanes: LanePainter) -> None:
        self._lanes = lanes
        self._shown: _Picture | None = None
        self._coming: _Picture | None = None
        self._patched: tuple[Geometry, QRegion] | None = None
        """What changed in the view while it is stretched, and is painted over it."""

    def invalidate(self) -> None:
        """Have all of it painted again before it is drawn next."""
        self._shown = self._coming = None

    def invalidate_region(self, region: QRegion, geometry: Geometry) -> None:
        """Have a part of it painted again before it is drawn next.

        Args:
            region: pixels of the lanes' area.
            geometry: what is shown.
        """
        if self._shown is not None:
            self._shown.stale = self._shown.stale.united(region)
        if self._coming is not None and self._coming.geometry == geometry:
            self._coming.stale = self._coming.stale.united(region)
        else:
            self._coming = None

    def draw(self, painter: QPainter, geometry: Geometry, size: QSize, region: QRegion) -> bool:
        """Draw the layer.

        Args:
            painter: of the lanes' area; gives the device pixel ratio.
            geometry: what is shown.
            size: of the lanes' area.
            region: which part of it is drawn.

        Returns:
            Whether it is exact; else it is to be refined.
        """
        ratio, shown = painter.device().devicePixelRatioF(), self._shown
        if shown is not None and _is_zoomed(shown, geometry, size, ratio):
            for rect in rects_of(region):
                self._stretch(painter, shown, geometry, rect)
            self._patch(painter, shown, geometry, region)
            return False
        self._coming = self._patched = None
        shown = self._shown = self._moved(geometry, size, ratio)
        self._paint(shown, shown.stale)
        painter.drawPixmap(0, 0, shown.pixmap)
        return True

    def refine(self, geometry: Geometry, size: QSize, ratio: float) -> bool:
        """Paint some more of what was only stretched: a few milliseconds' worth.

        What has begun is finished first, if it is zoomed meanwhile: the next picture to stretch.

        Args:
            geometry: what is shown.
            size: of the lanes' area.
            ratio: pixels of the device in a pixel.

        Returns:
            Whether a picture is ready, which is drawn from now on.
        """
        coming = self._coming
        if coming is None:
            coming = self._coming = _blank(geometry, size, ratio)
        end = time.perf_counter() + _SLICE_SECONDS
        while not coming.stale.isEmpty():
            self._paint(coming, coming.stale.intersected(_first_lane(coming)))
            if time.perf_counter() > end:
                break
        if not coming.stale.isEmpty():
            return False
        self._shown, self._coming = coming, None
        self._patched = None
        return True

    def _moved(self, geometry: Geometry, size: QSize, ratio: float) -> _Picture:
        """A picture of `geometry` that has what was painted of it before; the rest is stale."""
        shown = self._shown
        if shown is None or shown.outdated or shown.pixmap.devicePixelRatioF() != ratio:
            return _blank(geometry, size, ratio)
        moved = _whole_pixels(shown.geometry, geometry, ratio)
        if moved is None:
            return _blank(geometry, size, ratio)
        if moved.isNull() and shown.size == size:
            shown.geometry = geometry
            return shown
        picture = _blank(geometry, size, ratio)
        painter = QPainter(picture.pixmap)
        painter.drawPixmap(moved, shown.pixmap)
        painter.end()
        kept = QRegion(QRect(QPoint(), shown.size)).subtracted(shown.stale).translated(moved)
        picture.stale = picture.stale.subtracted(kept)
        if moved.x():
            for rect in self._lanes.clips_at_left(shown.geometry):
                picture.stale = picture.stale.united(rect.translated(moved))
            for rect in self._lanes.clips_at_left(geometry):
                picture.stale = picture.stale.united(rect)
        picture.stale = picture.stale.intersected(QRect(QPoint(), size))
        return picture

    def _paint(self, picture: _Picture, region: QRegion) -> None:
        if region.isEmpty():
            return
        painter = QPainter(picture.pixmap)
        for rect in rects_of(region):
            painter.setClipRect(rect)
            self._lanes.paint_lanes(painter, picture.geometry, rect)
        painter.end()
        picture.stale = picture.stale.subtracted(region)

    def _patch(
        self, painter: QPainter, shown: _Picture, geometry: Geometry, region: QRegion
    ) -> None:
        """Paint over a stretched picture what changed since: an edit is seen at once."""
        if self._patched is None or self._patched[0] != geometry:
            self._patched = geometry, QRegion()
        if not shown.stale.isEmpty():
            self._patched = geometry, self._patched[1].united(shown.stale)
            shown.stale, shown.outdated = QRegion(), True
        for rect in rects_of(self._patched[1].intersected(region)):
            painter.setClipRect(rect)
            self._lanes.paint_lanes(painter, geometry, rect)
        painter.setClipping(False)

    def _stretch(self, painter: QPainter, shown: _Picture, geometry: Geometry, area: QRect) -> None:
        """Draw a picture of another zoom as it would be at this one."""
        rest, before = QRegion(area), shown.geometry
        first, last = geometry.row(area.top()), geometry.row(area.bottom())
        painter.setClipRect(area)
        for row in range(first, last + 1):
            across = QRectF(area.left(), geometry.y(row), area.width(), geometry.lane_height)
            source = _stretched(across, geometry, before, row).intersected(
                QRectF(QPoint(), shown.size)
            )
            if source.width() > 0 and source.height() > 0:
                target = _stretched(source, before, geometry, row)
                ratio = shown.pixmap.devicePixelRatioF()
                pixels = QRectF(source.topLeft() * ratio, source.size() * ratio)
                painter.drawPixmap(target, shown.pixmap, pixels)
                rest = rest.subtracted(target.toRect())
        for rect in rects_of(rest):
            painter.setClipRect(rect)
            self._lanes.sketch_lanes(painter, geometry, rect)
        painter.setClipping(False)


def rects_of(region: QRegion) -> Iterable[QRect]:
    """The rectangles of a region; of one that is made of many, that around them."""
    if region.rectCount() > _FEW_RECTS:
        return [region.boundingRect()]
    return cast("Iterable[QRect]", region)


def _blank(geometry: Geometry, size: QSize, ratio: float) -> _Picture:
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    return _Picture(pixmap, geometry, QRegion(QRect(QPoint(), size)))


def _is_zoomed(shown: _Picture, geometry: Geometry, size: QSize, ratio: float) -> bool:
    """Whether nothing but the zoom is another one."""
    before = shown.geometry
    if shown.size != size or shown.pixmap.devicePixelRatioF() != ratio:
        return False
    zooms = before.ticks_per_pixel, before.lane_height
    return before.strips == geometry.strips and zooms != (
        geometry.ticks_per_pixel,
        geometry.lane_height,
    )


def _whole_pixels(before: Geometry, now: Geometry, ratio: float) -> QPoint | None:
    """By how many pixels lanes were scrolled; None if they were not merely, and wholly, so."""
    if replace(before, left=now.left, top=now.top) != now:
        return None
    across = (before.left - now.left) / now.ticks_per_pixel
    moved = QPoint(round(across), before.top - now.top)
    whole = abs(across - moved.x()) < _WHOLE_PIXEL
    whole_ratio = ratio == int(ratio) or moved.isNull()
    return moved if whole and whole_ratio else None


def _first_lane(picture: _Picture) -> QRect:
    """The uppermost stale lane with its automation, all across."""
    top = picture.stale.boundingRect().top()
    below = picture.geometry.y(picture.geometry.row(top) + 1)
    return QRect(0, top, picture.size.width(), max(1, below - top))


def _stretched(rect: QRectF, one: Geometry, other: Geometry, row: int) -> QRectF:
    """Where a part of a lane lies in another geometry.

    Args:
        rect: pixels.
        one: where it lies there.
        other: the other geometry.
        row: of the lane.
    """
    left, right = (other.x(one.tick(x)) for x in (rect.left(), rect.right()))
    scale, y = other.lane_height / one.lane_height, one.y(row)
    top, bottom = (other.y(row) + (at - y) * scale for at in (rect.top(), rect.bottom()))
    return QRectF(left, top, right - left, bottom - top)
