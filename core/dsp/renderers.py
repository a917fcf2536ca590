"""Renderers by name."""

from __future__ import annotations

from collections.abc import Callable

from core.dsp.griffin_lim import GriffinLimRenderer
from core.dsp.guided import SLIGHT_SMOOTHING, GuidedRenderer
from core.dsp.phase import DUAL, PhaseRenderer
from core.dsp.renderer import Renderer, RenderSource
from core.errors import InputError
from core.settings import RENDERERS

__all__ = ["GUIDED", "QUALITIES", "RenderSource", "Renderer", "get"]

QUALITIES = ("interactive", "export")
_MAKERS: dict[str, Callable[[str], Renderer]] = {
    "griffin_lim": lambda quality: GriffinLimRenderer(),
    "phase": lambda quality: _phase(quality),
    "guided": lambda quality: GuidedRenderer(fill=_phase(quality)),
    "mosaic": lambda quality: _mosaic(quality),
}
GUIDED = ("guided", "mosaic")
"""Those that render from real audio. They differ in which audio they are given: what is nearest as
a whole, or in each band (`core.render.guides`)."""


def get(name: str, quality: str = "interactive") -> Renderer:
    """Make a renderer.

    Args:
        name: one of `settings.RENDERERS`.
        quality: "interactive", or "export", which takes longer and sounds better.

    Raises:
        InputError: an unknown name or quality; the message lists the choices.
    """
    if name not in _MAKERS:
        raise InputError(f"there is no renderer {name!r}; choose one of {', '.join(RENDERERS)}")
    if quality not in QUALITIES:
        raise InputError(f"there is no quality {quality!r}; choose {' or '.join(QUALITIES)}")
    return _MAKERS[name](quality)


def last_pass() -> Renderer:
    """What `mosaic` of quality "export" does once more than of "interactive": its only source is
    the interactive loop."""
    return _mosaic_of(1)


def _mosaic(quality: str) -> Renderer:
    return _mosaic_of(3 if quality == "export" else 2)


def _mosaic_of(passes: int) -> GuidedRenderer:
    """What its sources lack is filled in roughly, since all of it is filtered to the target."""
    rough = PhaseRenderer(iterations=0, polishes=0)
    return GuidedRenderer(passes, SLIGHT_SMOOTHING, rough, "mosaic")


def _phase(quality: str) -> PhaseRenderer:
    if quality == "export":
        return PhaseRenderer(layers=DUAL, iterations=32, polishes=3)
    return PhaseRenderer()
