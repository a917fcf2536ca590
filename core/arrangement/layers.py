"""What sounds in a section and when: layers that come in and go out one at a time.

A layer is a band of the sound on a lane of its own. Everything else that is known of a layer is
its name, so a layer can become a part (kick, bass, drums, rest) once clips can play parts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

import numpy as np

from core.arrangement.form import FormSection
from core.settings import BARS_PER_SEGMENT

LayerName = Literal["tops", "body", "bass"]


@dataclass(frozen=True)
class Layer:
    """A band of the sound.

    Attributes:
        name: of it.
        title: of its lane.
        bands: whether it has bass, mids and treble.
    """

    name: LayerName
    title: str
    bands: tuple[bool, bool, bool]


TOPS: Final = Layer("tops", "Tops", (False, False, True))
BODY: Final = Layer("body", "Body", (False, True, False))
BASS: Final = Layer("bass", "Bass", (True, False, False))
LAYERS: Final = (TOPS, BODY, BASS)
"""Top to bottom."""


@dataclass(frozen=True)
class Fill:
    """What happens in the last bar of a block.

    Attributes:
        out: layers that are out at the end, and for how many beats, 1 .. 4.
        teaser: a layer that is otherwise out and sounds in the last bar alone.
        repeat: whether body and tops play the half bar before the last one again.
    """

    out: Mapping[LayerName, int] = field(default_factory=dict)
    teaser: LayerName | None = None
    repeat: bool = False


NO_FILL: Final = Fill()


@dataclass(frozen=True)
class Block:
    """Four bars of a section, or the rest of it.

    Attributes:
        start: first bar.
        bars: length.
        tops, body, bass: level of each layer in dB against that of the section; None: it is out.
        fill: what happens in its last bar.
        tops_change: whether the tops change to another sound here.
    """

    start: int
    bars: int
    tops: float | None = 0.0
    body: float | None = 0.0
    bass: float | None = 0.0
    fill: Fill = NO_FILL
    tops_change: bool = False

    def level(self, layer: LayerName) -> float | None:
        """The level of a layer, in dB against that of the section; None: it is out."""
        levels: dict[LayerName, float | None] = {
            "tops": self.tops,
            "body": self.body,
            "bass": self.bass,
        }
        return levels[layer]


def plan_layers(
    section: FormSection,
    after: FormSection | None,
    rng: np.random.Generator,
    *,
    whole_opening: bool = False,
    before: Fill = NO_FILL,
) -> list[Block]:
    """Plan the layers of a section, four bars at a time.

    Intros and outros bring layers in and out one by one, a build and a rise let the tops swell and
    take the bass away before a drop, a break has no bass, a groove and a drop leave something out
    for four bars in their middle. Every four bars end with a fill, larger ones every eight and
    sixteen: no two phrases go by alike.

    Args:
        section: any.
        after: the next one, None for the last.
        rng: chooses between ways to do it.
        whole_opening: all layers sound in the first block.
        before: the fill that the section before ended with.

    Returns:
        Blocks of four bars, the last one perhaps shorter; something sounds in each.
    """
    count = -(-section.bars // BARS_PER_SEGMENT)
    blocks = [
        Block(
            section.start + BARS_PER_SEGMENT * number,
            min(BARS_PER_SEGMENT, section.bars - BARS_PER_SEGMENT * number),
        )
        for number in range(count)
    ]
    way = int(rng.integers(2))
    before_drop = after is not None and after.entry == "cut"
    match section.name:
        case "intro":
            blocks = _intro(blocks, way)
        case "build":
            blocks = _build(blocks, before_drop)
        case "drop":
            blocks = _drop(blocks)
        case "break":
            blocks = _break(blocks)
        case "rise":
            blocks = _rise(blocks)
        case "outro":
            blocks = _outro(blocks, way)
        case _:
            blocks = _groove(blocks)
    if whole_opening:
        blocks[0] = replace(blocks[0], tops=0.0, body=0.0, bass=0.0)
    found = []
    kickless = section.name in ("break", "rise")
    for number, block in enumerate(blocks):
        last = number == len(blocks) - 1
        if block.bars == BARS_PER_SEGMENT and not (last and after is None):
            before = _fill(
                block,
                number + way,
                before,
                before_drop=before_drop and last,
                kickless=kickless,
            )
            block = replace(block, fill=before)
        found.append(block)
    return found


def _intro(blocks: list[Block], way: int) -> list[Block]:
    """Kick and hats first, or what lies between them first; the rest joins in the middle."""
    count = len(blocks)
    if count == 1:
        return [replace(blocks[0], body=-2.0)]
    half, quarter = count / 2, count / 4
    if way == 0:
        return [
            replace(
                block,
                tops=-5.0 if number < quarter else 0.0,
                body=None if number < half else -4.0 if number < 3 * quarter else 0.0,
            )
            for number, block in enumerate(blocks)
        ]
    return [
        replace(
            block,
            tops=None if number < quarter else 0.0,
            body=-2.0 if number < half else 0.0,
            bass=None if number < half else 0.0,
        )
        for number, block in enumerate(blocks)
    ]


def _groove(blocks: list[Block]) -> list[Block]:
    count = len(blocks)
    if count > 1:
        blocks = [replace(blocks[0], tops=None), *blocks[1:]]
    for middle in range(count // 2, count, 8):
        if count >= 4:
            blocks[middle] = replace(blocks[middle], body=None, tops_change=True)
    return blocks


def _build(blocks: list[Block], before_drop: bool) -> list[Block]:
    """The tops swell; the bass leaves eight bars before a drop, four in a short build."""
    most = max(len(blocks) - 1, 1)
    blocks = [
        replace(block, tops=-7.0 + 8.0 * number / most) for number, block in enumerate(blocks)
    ]
    if before_drop:
        for number in range(max(1, len(blocks) - 2), len(blocks)):
            blocks[number] = replace(blocks[number], bass=None)
    return blocks


def _drop(blocks: list[Block]) -> list[Block]:
    """All of it; after 16 bars the tops leave for four and come back as others.

    Every 32 bars the bass is out before it goes on.
    """
    count = len(blocks)
    for middle in range(count // 2 if count < 8 else 4, count - 1, 8):
        if count >= 4:
            blocks[middle] = replace(blocks[middle], tops=None)
            blocks[middle + 1] = replace(blocks[middle + 1], tops_change=True)
    for last in range(7, count - 1, 8):
        blocks[last] = replace(blocks[last], bass=None)
    return blocks


def _break(blocks: list[Block]) -> list[Block]:
    """No bass; the tops come and go."""
    return [
        replace(block, bass=None, tops=-3.0 if number % 2 else None)
        for number, block in enumerate(blocks)
    ]


def _rise(blocks: list[Block]) -> list[Block]:
    """No bass, and tops that swell."""
    most = max(len(blocks) - 1, 1)
    return [
        replace(block, bass=None, tops=-6.0 + 7.0 * number / most)
        for number, block in enumerate(blocks)
    ]


def _outro(blocks: list[Block], way: int) -> list[Block]:
    """Layers leave one by one, the kick last, or it leaves first."""
    count = len(blocks)
    if count == 1:
        return blocks
    half, late = count / 2, 3 * count / 4
    if way == 0:
        return [
            replace(
                block,
                body=None if number >= half else 0.0,
                tops=None if number >= max(late, half + 1) else 0.0,
            )
            for number, block in enumerate(blocks)
        ]
    return [
        replace(
            block,
            bass=None if number >= half else 0.0,
            tops=None if number >= max(late, half + 1) else 0.0,
        )
        for number, block in enumerate(blocks)
    ]


def _fill(block: Block, turn: int, before: Fill, *, before_drop: bool, kickless: bool) -> Fill:
    """The fill at the end of a block, not like the one before it.

    What is taken away leaves something that sounds. Where there is only one layer, another one
    looks in for a bar.

    Args:
        block: without a fill.
        turn: goes on by one from block to block.
        before: the fill of the block before.
        before_drop: whether a drop follows.
        kickless: whether the bass has to stay out.
    """
    names = [layer.name for layer in LAYERS]
    sounding = [name for name in names if block.level(name) is not None]
    if len(sounding) == 1:
        silent = [name for name in names if name not in sounding]
        fills = [Fill(teaser=name) for name in silent if not (kickless and name == "bass")]
        fills.append(Fill(repeat=True))
    elif before_drop:
        fills = [
            Fill(dict.fromkeys(out, 4), repeat=True)
            for out in (("bass", "tops"), ("bass",), ("tops",), ("body",))
            if set(out) < set(sounding)
        ]
    else:
        turns = (
            Fill({"tops": 4}),
            Fill({"bass": 2, "tops": 2}, repeat=True),
            Fill({"body": 4}),
            Fill({"bass": 4}, repeat=True),
        )
        in_turn = [turns[(turn + step) % len(turns)] for step in range(len(turns))]
        fills = [fill for fill in in_turn if set(fill.out) < set(sounding)]
    return next((fill for fill in fills if fill != before), fills[0])
