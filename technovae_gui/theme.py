"""The look of the whole program: colours and what each means, sizes, type, track colours.

One colour has one meaning:

| token | means |
| --- | --- |
| `ACCENT` | chosen by the user: selected, focused, switched on, set to a value, the main action |
| `WARM` | now: the playhead, and what sounds |
| `MEASURED` | measured or computed by the program: attributes, curves, the beat grid |
| `MEASURED_APART` | measured on what the model has not learned, beside `MEASURED` |
| `GOOD` | done and in order; levels with room above them |
| `CAUTION` | works, but look at it: warnings, levels near full scale, muted |
| `BAD` | failed, or is about to be lost; levels above full scale |
| `LATENT_COLOUR` | decoded from the map, and nearest to no track |
| `track_colour(n)` | of the track n, wherever that track's sound is |
| `section_colours` | of a section of a track: intro, build, drop, break, outro |

Everything else is grey.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from PySide6.QtCore import QSettings
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QAbstractSpinBox

GROUND = "#0e1014"
"""Behind everything."""
PANEL = "#15181e"
RAISED = "#1d2129"
"""Buttons, fields, lane headers."""
RAISED_HOVER = "#262c37"
"""The same under the mouse."""
LINE = "#2b313c"
"""Borders and grid lines; bars are drawn in `LINE_STRONG`."""
LINE_STRONG = "#465063"
TEXT = "#e8eaf0"
DIM = "#9aa2b1"
"""Secondary text: 4.5:1 and more on every ground above."""
DISABLED = "#5b6372"
"""Text and icons of what cannot be used now."""
BRIGHT = "#ffffff"
"""Icons and texts of buttons under the mouse, and the edge of a filled one that has the keys."""
ACCENT = "#4cc9f0"
ACCENT_HOVER = "#8adff8"
"""The main action under the mouse."""
ACCENT_GROUND = "#123642"
"""Behind what is switched on; only a panel's main action is filled with `ACCENT` itself."""
WARM = "#ffb454"
MEASURED = "#9aa5ff"
MEASURED_APART = "#ff9ecb"
GOOD = "#06d6a0"
CAUTION = "#f5e663"
BAD = "#ff6b6b"
LATENT_COLOUR = "#cfd6e4"

HIGH_CONTRAST: Final = "high_contrast"
"""Name of the user's setting."""
_HIGH_CONTRAST_COLOURS: Final = {
    "GROUND": "#000000",
    "PANEL": "#000000",
    "RAISED": "#141414",
    "RAISED_HOVER": "#2e2e2e",
    "LINE": "#7d8590",
    "LINE_STRONG": "#b6bdc9",
    "TEXT": "#ffffff",
    "DIM": "#dfe3ea",
    "DISABLED": "#9aa2b1",
    "ACCENT": "#5fe0ff",
    "ACCENT_HOVER": "#b5f1ff",
    "ACCENT_GROUND": "#00333f",
    "WARM": "#ffc46b",
    "MEASURED": "#b9c1ff",
    "MEASURED_APART": "#ffb5d8",
    "GOOD": "#2ef2bd",
    "CAUTION": "#fff06b",
    "BAD": "#ff8a8a",
}
_USUAL_COLOURS: Final = {name: globals()[name] for name in _HIGH_CONTRAST_COLOURS}

SPACE = 4
"""Pixels: every distance is a multiple of it. Once between widgets of a group and below a caption,
twice between groups, three times at the edges of panels and between sections."""
RADIUS = 4
"""Pixels: of every rounded corner but those of dots and handles."""
CONTROL_HEIGHT = 26
"""Pixels: of buttons and fields, so that all of a row stand on one line."""

SMALL = 11
"""Pixels of the type for captions, axes and badges. There are four sizes."""
BODY = 13
"""Pixels of the type for everything that is read or pressed."""
LARGE = 15
"""Pixels of the type for headings."""
DISPLAY = 20
"""Pixels of the type for the one number or sentence that a panel is about."""
REGULAR, MEDIUM, SEMIBOLD = QFont.Weight.Normal, QFont.Weight.Medium, QFont.Weight.DemiBold

FAMILY = "Inter"
PROGRAM: Final = "TechnoVAE"
"""Under which the user's settings are kept."""
_MOST_TRACK_COLOURS = 128


def load() -> None:
    """Take over the user's choice of contrast, before any widget is made."""
    kept = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, PROGRAM, PROGRAM)
    if kept.value(HIGH_CONTRAST, False, bool):
        use_high_contrast()


def use_high_contrast(high: bool = True) -> None:
    """Set the colours of the high contrast theme, or of the usual one.

    What is on the screen by then is shown anew by `style_sheet.set_contrast`.
    """
    globals().update(_HIGH_CONTRAST_COLOURS if high else _USUAL_COLOURS)


def contrast_colours() -> dict[str, str]:
    """The colours of now that the contrast changes, by name."""
    return {name: globals()[name] for name in _HIGH_CONTRAST_COLOURS}


def track_colour(index: int) -> str:
    """The colour of the track at `index` in the library, `#rrggbb`.

    Each is as far as can be from all before it; they repeat after 128.
    """
    from technovae_gui import track_colours

    index %= _MOST_TRACK_COLOURS
    # Few tracks need few colours, which take less time to find, and are the first of many.
    return track_colours.distinct(32 * (index // 32 + 1))[index]


@lru_cache(maxsize=32)
def font(size: int = BODY, weight: QFont.Weight = REGULAR) -> QFont:
    """A font of the type scale. Its figures are tabular, so no number moves while it counts.

    Args:
        size: `SMALL`, `BODY`, `LARGE` or `DISPLAY`.
        weight: `REGULAR`, `MEDIUM` or `SEMIBOLD`.
    """
    made = QFont(FAMILY)
    made.setPixelSize(size)
    made.setWeight(weight)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


def indent(box: QAbstractSpinBox) -> None:
    """Leave a margin left of the number in `box`, which a style sheet cannot do."""
    box.lineEdit().setTextMargins(SPACE - 1, 0, 0, 0)
