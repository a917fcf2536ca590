"""Colours, pens, brushes and fonts, each made once.

Making them anew for every clip would cost more than painting the clip.
"""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QPen

from technovae_gui import theme

_SMALLEST = 10
"""Pixels of the smallest type."""
_PIXELS_PER_POINT = 4 / 3
_MIDDLE_GREY = 0.18
"""Of the light of white: black and white texts can be read equally well on it."""
_LIGHT_WEIGHTS = (0.2126, 0.7152, 0.0722)
"""Of red, green and blue in how light a colour is."""


@lru_cache(maxsize=512)
def colour(name: str, alpha: int = 255) -> QColor:
    """A colour.

    Args:
        name: `#rrggbb`.
        alpha: 0 .. 255.
    """
    made = QColor(name)
    made.setAlpha(alpha)
    return made


@lru_cache(maxsize=512)
def mixed(name: str, ground: str, share: float) -> QColor:
    """An opaque mix of two colours.

    Args:
        name: `#rrggbb` of the colour on top.
        ground: `#rrggbb` of the colour below.
        share: of the one on top, 0 .. 1.
    """
    over, under = QColor(name), QColor(ground)
    channels = (
        (over.red(), under.red()),
        (over.green(), under.green()),
        (over.blue(), under.blue()),
    )
    return QColor(*(round(a * share + b * (1.0 - share)) for a, b in channels))


@lru_cache(maxsize=256)
def pen(name: str, width: float = 1.0, alpha: int = 255, dotted: bool = False) -> QPen:
    """A pen whose width does not depend on the painter's scale.

    Args:
        name: `#rrggbb`.
        width: pixels.
        alpha: 0 .. 255.
        dotted: True for a dotted line.
    """
    made = QPen(colour(name, alpha), width)
    made.setCosmetic(True)
    if dotted:
        made.setStyle(Qt.PenStyle.DotLine)
    return made


def text_on(name: str, ground: str, share: float) -> str:
    """The dark or the light colour of texts, whichever can be read better on `mixed(...)`.

    Args:
        name, ground, share: see `mixed`.
    """
    return theme.GROUND if _is_light(name, ground, share) else theme.TEXT


@lru_cache(maxsize=512)
def _is_light(name: str, ground: str, share: float) -> bool:
    back = mixed(name, ground, share)
    channels = (back.redF(), back.greenF(), back.blueF())
    light = sum(w * c**2.2 for w, c in zip(_LIGHT_WEIGHTS, channels, strict=True))
    return bool(light > _MIDDLE_GREY)


@lru_cache(maxsize=64)
def hatch_brush(name: str, alpha: int) -> QBrush:
    """A brush of diagonal lines.

    Args:
        name: `#rrggbb`.
        alpha: 0 .. 255.
    """
    return QBrush(colour(name, alpha), Qt.BrushStyle.BDiagPattern)


@lru_cache(maxsize=16)
def font(points_less: float = 1.0, bold: bool = False) -> QFont:
    """The window's font, smaller.

    Args:
        points_less: by so many points; negative is larger.
        bold: True for the weight of headings.
    """
    made = QFont(theme.font(theme.BODY, theme.SEMIBOLD if bold else theme.REGULAR))
    made.setPixelSize(max(_SMALLEST, round(made.pixelSize() - points_less * _PIXELS_PER_POINT)))
    return made


@lru_cache(maxsize=4096)
def elided(text: str, width: int, points_less: float = 1.0, bold: bool = False) -> str:
    """A text cut with an ellipsis in its middle: names that begin alike differ at their ends.

    Args:
        text: one line.
        width: pixels it may take.
        points_less: of the `font`.
        bold: of the `font`.
    """
    metrics = QFontMetrics(font(points_less, bold))
    return metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, max(0, width))


@lru_cache(maxsize=4096)
def text_width(text: str, points_less: float = 1.0, bold: bool = False) -> int:
    """The width of a text in pixels.

    Args:
        text: one line.
        points_less: of the `font`.
        bold: of the `font`.
    """
    return QFontMetrics(font(points_less, bold)).horizontalAdvance(text)
