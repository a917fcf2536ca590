"""The colours of a track's sections, the same on the energy curve and on the timeline."""

from __future__ import annotations

from typing import Final

from technovae_gui import theme

SECTION_COLOURS: Final = {
    "intro": "#6f9bd8",
    "build": "#e0b34a",
    "rise": "#e0b34a",
    "drop": "#e5484d",
    "break": "#a98bf0",
    "outro": "#6f9bd8",
}


def section_colour(name: str) -> str:
    """The colour of a section by its name, in any case; a quiet one for names of the user's."""
    return SECTION_COLOURS.get(name.casefold(), theme.DIM)
