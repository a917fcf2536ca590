"""What renderers are called on screen."""

from __future__ import annotations

from typing import Final

RENDERER_NAMES: Final = {
    "mosaic": "audio mosaic",
    "guided": "reshaped audio",
    "phase": "pure synthesis",
    "griffin_lim": "classic synthesis",
}
"""By their names in `core.settings.RENDERERS`, in the same order."""


def renderer_name(name: str) -> str:
    """What a renderer is called; any other `name` itself, such as "original"."""
    return RENDERER_NAMES.get(name, name)
