"""Which bars the ruler names, and where: pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from core.settings import TICKS_PER_BAR, TICKS_PER_BEAT
from technovae_gui.timeline.geometry import Geometry

_LABEL_PIXELS = 58.0


@dataclass(frozen=True)
class Mark:
    """A line of the ruler; `text` names the bar, or bar and beat, where there is room."""

    tick: int
    text: str


def marks(geometry: Geometry, first_x: float, last_x: float) -> Iterator[Mark]:
    """The marks between two pixels, left to right."""
    step, labelled = geometry.grid(), geometry.grid(_LABEL_PIXELS)
    tick = max(0, int(geometry.tick(first_x - _LABEL_PIXELS) // step) * step)
    last = geometry.tick(last_x)
    while tick <= last:
        yield Mark(tick, _text(tick) if tick % labelled == 0 else "")
        tick += step


def _text(tick: int) -> str:
    bar, rest = divmod(tick, TICKS_PER_BAR)
    beat, rest = divmod(rest, TICKS_PER_BEAT)
    if rest:
        return f"{bar + 1}.{beat + 1}.{rest * 4 // TICKS_PER_BEAT + 1}"
    return f"{bar + 1}.{beat + 1}" if beat else str(bar + 1)
