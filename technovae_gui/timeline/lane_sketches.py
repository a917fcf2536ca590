"""Sketches of lanes: what clips look like for the moment in which the timeline is zoomed.

All clips of a lane are two rows of pixels that are drawn as high as title and body, so that a
thousand of them cost little more than one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from core.arrangement.arrangement import Lane
from core.arrangement.clip import Clip
from technovae_gui import theme
from technovae_gui.timeline import paint_cache
from technovae_gui.timeline.clip_style import ClipStyle
from technovae_gui.timeline.geometry import MARGIN, TITLE, Geometry

_BODY, _TITLE = 0.26, 0.74
"""Shares of the clip's colour, as `clip_painter` has them."""
_HEARD, _SILENT = 1.0, 0.41
_KEPT: Final = 64


@dataclass(frozen=True)
class _LaneColours:
    """Where the clips of a lane lie, in ticks, and their colours, (clips, 2): body and title."""

    clips: tuple[Clip, ...]
    starts: NDArray[np.float64]
    ends: NDArray[np.float64]
    pixels: NDArray[np.uint32]


class LaneSketches:
    """Paints clips as plain rectangles.

    Args:
        style: gives their colours.
    """

    def __init__(self, style: ClipStyle) -> None:
        self._style = style
        self._known: dict[tuple[str, bool], _LaneColours] = {}
        style.changed.connect(self._known.clear)

    def paint(
        self,
        painter: QPainter,
        geometry: Geometry,
        area: QRectF,
        row: int,
        lane: Lane,
        *,
        silent: bool,
    ) -> None:
        """Paint the clips of a lane.

        Args:
            painter: paints in pixels of the lanes' area.
            geometry: what is shown.
            area: pixels that have to be painted.
            row: of the lane.
            lane: the lane.
            silent: whether it is not heard.
        """
        colours = self._colours(lane, silent)
        left, wide = int(area.left()), int(area.width())
        if not len(colours.starts) or wide <= 0:
            return
        ticks = geometry.left + (np.arange(left, left + wide + 1) + 0.5) * geometry.ticks_per_pixel
        which = np.searchsorted(colours.starts, ticks, side="right") - 1
        inside = (which >= 0) & (ticks < colours.ends[which])
        # A clip ends a pixel early, so that neighbours are told apart.
        inside = inside[:-1] & (inside[1:] & (which[1:] == which[:-1]))
        pixels = np.where(inside[:, None], colours.pixels[which[:-1]], 0).T.astype(np.uint32)
        top = geometry.y(row) + MARGIN
        height = geometry.lane_height - 2 * MARGIN - 1
        for line, y, high in ((0, top + TITLE, height - TITLE), (1, top, TITLE)):
            strip = np.ascontiguousarray(pixels[line])
            image = QImage(strip.data, wide, 1, QImage.Format.Format_ARGB32_Premultiplied)
            painter.drawImage(QRectF(left, y, wide, high), image)

    def _colours(self, lane: Lane, silent: bool) -> _LaneColours:
        known = self._known.get((lane.id, silent))
        if known is None or known.clips is not lane.clips:
            if len(self._known) >= _KEPT:
                self._known.clear()
            known = self._known[lane.id, silent] = self._looked_up(lane, silent)
        return known

    def _looked_up(self, lane: Lane, silent: bool) -> _LaneColours:
        pixels = [
            [
                paint_cache.mixed(
                    self._style.info(clip).colour,
                    theme.GROUND,
                    share * (_SILENT if silent or clip.mute else _HEARD),
                ).rgb()
                for share in (_BODY, _TITLE)
            ]
            for clip in lane.clips
        ]
        return _LaneColours(
            lane.clips,
            np.array([clip.start for clip in lane.clips], np.float64),
            np.array([clip.end for clip in lane.clips], np.float64),
            np.array(pixels, np.uint32).reshape(-1, 2),
        )
