"""Colours, pens, brushes and fonts, each made once.

Making them anew for every clip would cost more than painting the clip.
"""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QPen

from technovae_gui import theme


@lru_cache(maxsize=512)
def colour(name: str, alpha: int = 255) -> QColor:
    """The colour of that name (`#rrggbb`) at `alpha` 0..255."""
    made = QColor(name)
    made.setAlpha(alpha)
    return made


@lru_cache(maxsize=512)
def mixed(name: str, ground: str, share: float) -> QColor:
    """The opaque colour of `share` (0..1) of colour `name` over colour `ground`."""
    over, under = QColor(name), QColor(ground)
    channels = (
        (over.red(), under.red()),
        (over.green(), under.green()),
        (over.blue(), under.blue()),
    )
    return QColor(*(round(a * share + b * (1.0 - share)) for a, b in channels))


@lru_cache(maxsize=256)
def pen(name: str, width: float = 1.0, alpha: int = 255, dotted: bool = False) -> QPen:
    """A pen of `width` pixels, whatever the painter's scale."""
    made = QPen(colour(name, alpha), width)
    made.setCosmetic(True)
    if dotted:
        made.setStyle(Qt.PenStyle.DotLine)
    return made


@lru_cache(maxsize=64)
def hatch_brush(name: str, alpha: int) -> QBrush:
    """A brush of diagonal lines."""
    return QBrush(colour(name, alpha), Qt.BrushStyle.BDiagPattern)


@lru_cache(maxsize=16)
def font(points_less: float = 1.0, bold: bool = False) -> QFont:
    """The window's font, smaller by `points_less` points."""
    made = QFont()
    made.setPointSizeF(max(6.5, made.pointSizeF() - points_less))
    made.setBold(bold)
    return made


@lru_cache(maxsize=4096)
def elided(text: str, width: int, points_less: float = 1.0, bold: bool = False) -> str:
    """`text` in `font(points_less, bold)`, cut with an ellipsis to `width` pixels."""
    metrics = QFontMetrics(font(points_less, bold))
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, width))


@lru_cache(maxsize=4096)
def text_width(text: str, points_less: float = 1.0, bold: bool = False) -> int:
    """The width of `text` in `font(points_less, bold)`, in pixels."""
    return QFontMetrics(font(points_less, bold)).horizontalAdvance(text)


GROUND = colour(theme.GROUND)
