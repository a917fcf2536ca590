"""A small picture of a whole arrangement: its lanes as rows, its clips as coloured blocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter

from core.arrangement.arrangement import Arrangement
from core.arrangement.clip import Clip
from core.settings import TICKS_PER_SEGMENT
from technovae_gui import theme

_MARGIN: Final = 2.0
"""Pixels around the lanes."""
_HIGHEST_LANE: Final = 14.0
"""Pixels. A picture of one lane should not look like a picture of a single huge clip."""
_NARROWEST_CLIP: Final = 1.0
_MUTED_OPACITY: Final = 0.35
_SHORTEST: Final = 4 * TICKS_PER_SEGMENT
"""Ticks across the picture at least, so that one clip does not fill it."""


def arrangement_thumbnail(
    arrangement: Arrangement, size: QSize, colour_of: Callable[[Clip], QColor]
) -> QImage:
    """Draw all lanes and clips of an arrangement, the first bar on the left, the end on the right.

    Lanes that are muted, or silenced by a solo, are paler. It needs no widget and no library, and
    it may be called on any thread.

    Args:
        arrangement: what to draw; one without clips gives empty lanes.
        size: of the picture in pixels, at least 1 x 1.
        colour_of: the colour of a clip. It is called once for every clip.

    Returns:
        An opaque image of exactly `size`.
    """
    image = QImage(size.expandedTo(QSize(1, 1)), QImage.Format.Format_RGB32)
    image.fill(QColor(theme.GROUND))
    lanes = arrangement.lanes
    inner = QRectF(image.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
    if not lanes or inner.width() <= 0 or inner.height() <= 0:
        return image
    height = min(inner.height() / len(lanes), _HIGHEST_LANE)
    top = inner.center().y() - height * len(lanes) / 2
    scale = inner.width() / max(arrangement.end, _SHORTEST)
    gap = 1.0 if height >= 3.0 else 0.0
    audible = {lane.id for lane in arrangement.audible_lanes}
    painter = QPainter(image)
    for row, lane in enumerate(lanes):
        strip = QRectF(inner.left(), top + row * height, inner.width(), height - gap)
        painter.setOpacity(1.0)
        painter.fillRect(strip, QColor(theme.PANEL))
        painter.setOpacity(1.0 if lane.id in audible else _MUTED_OPACITY)
        for clip in lane.clips:
            width = max(clip.length * scale - gap, _NARROWEST_CLIP)
            left = strip.left() + clip.start * scale
            painter.fillRect(QRectF(left, strip.top(), width, strip.height()), colour_of(clip))
    painter.end()
    return image
