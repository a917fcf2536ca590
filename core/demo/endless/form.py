"""Who plays when: sections in which any combination of parts may be alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.demo.endless.dice import Dice
from core.settings import PARTS


@dataclass(frozen=True)
class Section:
    """Bars in which the same parts play. parts: of `PARTS`."""

    start: int
    bars: int
    parts: frozenset[str]


class Form:
    """The sections of a song.

    Args:
        dice: chance.
        bars: of the song.
        parts: that the song has; of `PARTS`.
    """

    def __init__(self, dice: Dice, bars: int, parts: Sequence[str]) -> None:
        self.bars = bars
        self._dice = dice
        self.sections: list[Section] = []
        at = 0
        while at < bars:
            length = min(dice.weighted({4: 4.0, 2: 3.0, 1: 1.5, 8: 1.0}), bars - at)
            playing = frozenset(_playing(dice, parts))
            self.sections.append(Section(at, length, playing))
            at += length

    def letters(
        self, part: str, *, fill: str = "", leave: bool = False, share: float = 1.0,
        letters: str = "A"
    ) -> str:  # fmt: skip
        """The bars of a voice of `part`.

        Args:
            part: of `PARTS`; the voice rests in sections without it.
            fill: letter of the last bar of some sections.
            leave: whether the song's last bar of a section may have letter C.
            share: of the sections with the part in which this voice plays.
            letters: one of them is chosen for each section.
        """
        out = []
        for section in self.sections:
            if part not in section.parts or not self._dice.chance(share):
                out.append("." * section.bars)
                continue
            main = self._dice.one(letters) * section.bars
            if fill and section.bars > 1 and self._dice.chance(0.3):
                main = main[:-1] + fill
            elif leave and section.bars > 1 and self._dice.chance(0.2):
                main = main[:-1] + "C"
            out.append(main)
        return "".join(out)

    def edges(self, share: float, before: int = 0) -> str:
        """Bars for a voice that marks where sections begin or end: crashes, sub drops, risers.

        Args:
            share: of the sections with the rest in which the voice plays.
            before: how many bars up to the end of a section; 0: on its first bar.

        Returns:
            A letter a bar: A, or `.` for silence.
        """
        out = ["."] * self.bars
        for section in self.sections:
            if "rest" not in section.parts or not self._dice.chance(share):
                continue
            end = section.start + section.bars
            places = range(max(end - before, section.start), end) if before else (section.start,)
            for place in places:
                out[place] = "A"
        return "".join(out)


def _playing(dice: Dice, parts: Sequence[str]) -> list[str]:
    have = [part for part in PARTS if part in parts]
    count = dice.weighted({len(have): 4.5, 3: 2.0, 2: 2.2, 1: 2.0})
    return dice.some(have, min(count, len(have)))
