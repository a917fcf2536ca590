"""Parts of the lows that are held over: a kick that stays while the rest walks on, a bass that
enters eight bars later, or leaves before its kick.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from core.arrangement.form import FormSection

_HOLDS: Final = 0.75
"""How often the kick stays where a section follows another."""
_LATE: Final = 0.7
"""How often the bass enters after its kick, or leaves before it."""
_LATE_BLOCKS: Final = 2
"""Eight bars."""
_LATE_SECTIONS: Final = ("intro", "groove")
_EARLY_SECTIONS: Final = ("outro",)


@dataclass(frozen=True)
class LowParts:
    """What the lows of a block are made of.

    Attributes:
        kick: row of the segment whose kick sounds.
        bass: row of the segment whose other parts sound with it.
        alone: the kick sounds alone.
    """

    kick: int
    bass: int
    alone: bool = False


class KickHolder:
    """Plans the lows of section after section."""

    def __init__(self, rng: np.random.Generator) -> None:
        """`rng` decides where a kick is held, and where the bass is late."""
        self._rng = rng
        self._kick: int | None = None

    def plan(
        self,
        section: FormSection,
        rows: Sequence[int | None],
        *,
        keep_first: bool = False,
        fits: Callable[[LowParts], bool] = lambda low: True,
    ) -> list[LowParts | None]:
        """Plan the lows of the next section.

        A drop has its bass at once, so that it is louder than what is before it. A kick that does
        not fit is held no longer: that of the segment which sounds takes its place.

        Args:
            section: the next one.
            rows: of the segment whose lows each of its blocks would have; None: it has none.
            keep_first: its first block stays as it would be.
            fits: whether lows that are made of parts are as good as those of the bass's segment.

        Returns:
            For each block what its lows are made of; None: as it would be.
        """
        holds, late = (self._rng.random() < chance for chance in (_HOLDS, _LATE))
        found: list[LowParts | None] = [None] * len(rows)
        sounding = [place for place, row in enumerate(rows) if row is not None]
        if keep_first:
            sounding = [place for place in sounding if place]
        alone = _alone(section, sounding) if late else set()
        held = self._kick if holds else None
        for place in sounding:
            row = rows[place]
            assert row is not None
            if held is None and alone:
                held = row
            kick = row if held is None else held
            low = LowParts(kick, row, place in alone)
            if kick != row or low.alone:
                if fits(low):
                    found[place] = low
                elif held is not None:
                    held = kick = row
            self._kick = kick
        return found


def _alone(section: FormSection, sounding: Sequence[int]) -> set[int]:
    """The blocks in which the kick is without its bass; never all that sound."""
    count = min(_LATE_BLOCKS, len(sounding) // 2)
    if section.name in _LATE_SECTIONS:
        return set(sounding[:count])
    return set(sounding[len(sounding) - count :]) if section.name in _EARLY_SECTIONS else set()
