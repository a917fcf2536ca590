"""Paints markers: the sections in their bar."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from core.arrangement.marker import Marker
from technovae_gui import theme
from technovae_gui.timeline import paint_cache
from technovae_gui.timeline.geometry import Geometry
from technovae_gui.widgets.section_colours import section_colour

HEIGHT: Final = 18
"""Pixels of the bar."""
TEXT: Final = 7
"""Pixels between a marker and its name."""


def marker_colour(marker: Marker) -> str:
    """The colour that a marker is painted in."""
    return marker.colour or section_colour(marker.name)


def section_rects(
    geometry: Geometry, markers: tuple[Marker, ...], width: int
) -> Iterator[tuple[Marker, QRectF]]:
    """Find where sections lie in the bar.

    Args:
        geometry: what is shown.
        markers: in order.
        width: of the bar in pixels.

    Yields:
        Each marker that is in view in part, with the rectangle up to the next one; the last goes on
        to the edge of the bar.
    """
    lefts = [geometry.x(marker.tick) for marker in markers]
    for marker, left, right in zip(markers, lefts, [*lefts, width][1:], strict=True):
        if right >= 0 and left <= width:
            yield marker, QRectF(left, 0, max(right - left, 0.0), HEIGHT)


def paint_section(painter: QPainter, marker: Marker, rect: QRectF, *, selected: bool) -> None:
    """Paint a section of the bar.

    Args:
        painter: paints in pixels of the bar.
        marker: that begins it.
        rect: where it lies.
        selected: whether the marker is selected.
    """
    colour = marker_colour(marker)
    body = rect.adjusted(0, 2, -1, -2)
    painter.fillRect(body, paint_cache.colour(colour, 130 if selected else 56))
    painter.fillRect(QRectF(body.left(), body.top(), 3, body.height()), paint_cache.colour(colour))
    # A section that began further left keeps its name in view.
    left = max(rect.left(), 0.0) + TEXT
    room = int(rect.right() - left - 3)
    if room > TEXT:
        painter.setFont(paint_cache.font(1.0, True))
        painter.setPen(paint_cache.pen(theme.BRIGHT if selected else theme.TEXT))
        area = QRectF(left, 0, room, HEIGHT)
        text = paint_cache.elided(marker.name, room, 1.0, True)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, text)
