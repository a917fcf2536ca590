"""The parts of a clip on the screen, where the painter draws them and the mouse finds them."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF

from core.arrangement.clip import Clip
from technovae_gui.timeline.geometry import Geometry

MARGIN: Final = 2
TITLE: Final = 16
EDGE: Final = 6
"""Pixels at either end that trim."""
HANDLE: Final = 8
"""Size of a fade handle."""
NARROW: Final = 26
"""Clips of fewer pixels have no handles, so that they can still be moved."""
DETAIL: Final = 14
"""Clips of fewer pixels are two plain rectangles."""
_TOP_DB: Final = 12.0
_BOTTOM_DB: Final = -36.0


def clip_rect(geometry: Geometry, row: int, clip: Clip) -> QRectF:
    """The whole clip on lane `row`."""
    left, right = geometry.x(clip.start), geometry.x(clip.end)
    top = geometry.y(row) + MARGIN
    return QRectF(left, top, max(right - left, 2.0), geometry.lane_height - 2 * MARGIN - 1)


def body_rect(rect: QRectF) -> QRectF:
    """The clip without its title bar."""
    return rect.adjusted(0, TITLE, 0, 0)


def fade_handles(geometry: Geometry, rect: QRectF, clip: Clip) -> tuple[QRectF, QRectF]:
    """The handles of fade-in and fade-out, kept inside the clip."""
    top = rect.top() + TITLE
    into = min(rect.left() + clip.fade_in / geometry.ticks_per_pixel, rect.right() - HANDLE)
    out = max(rect.right() - clip.fade_out / geometry.ticks_per_pixel - HANDLE, rect.left())
    return QRectF(into, top, HANDLE, HANDLE), QRectF(out, top, HANDLE, HANDLE)


def gain_y(body: QRectF, gain_db: float) -> float:
    """The height of the gain line: +12 dB at the top of the body, -36 and less at its bottom."""
    down = (_TOP_DB - gain_db) / (_TOP_DB - _BOTTOM_DB)
    return body.top() + min(max(down, 0.0), 1.0) * (body.height() - 3) + 1.5
