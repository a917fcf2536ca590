"""The colours of a track's sections, the same on the energy curve and on the timeline."""

from __future__ import annotations

from typing import Final

from technovae_gui import theme

SECTION_COLOURS: Final = {
    "intro": theme.ACCENT,
    "build": "#ffd166",
    "rise": "#ffd166",
    "drop": "#f72585",
    "break": "#b388ff",
    "outro": theme.ACCENT,
}


def section_colour(name: str) -> str:
    """The colour of a section by its name, in any case; a quiet one for names of the user's."""
    return SECTION_COLOURS.get(name.casefold(), theme.DIM)
