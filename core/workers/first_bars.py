"""The bars that were heard of loops which are not finished: a click there again sounds at once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import replace
from typing import Final

import numpy as np

from core.render.loops import bar_edges
from core.settings import BARS_PER_SEGMENT, BEATS_PER_BAR
from core.workers.service_client import Array, LoopResult

_KEPT: Final = 48
"""A bar takes .7 MB at 130 BPM; with its parts, five times as much."""


class FirstBars:
    """Keeps the bar that was made of a loop beforehand, until the loop is there.

    Who tries one place after the other gives up loop after loop for the next one, and may come
    back to any of them. The service repeats a bar, or its first beats, until they are as long as
    the loop; here a bar's length of that lies once.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, LoopResult] = OrderedDict()

    def put(self, key: Hashable, result: LoopResult) -> None:
        """Keep a bar.

        Args:
            key: of the loop; one bar of it is kept.
            result: that bar four times over, or its first beats as often as they fit.
        """
        first, last = max(_bars(len(result.loop)), key=lambda bar: bar[1] - bar[0])
        parts = None if result.parts is None else result.parts[:, first:last].copy()
        self._kept[key] = replace(result, loop=result.loop[first:last].copy(), parts=parts)
        self._kept.move_to_end(key)
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)

    def get(
        self, key: Hashable, frames: int, bar: int, beats: int = BEATS_PER_BAR
    ) -> LoopResult | None:
        """What was kept of a loop, as it was.

        Args:
            key: of the loop.
            frames: its length.
            bar: the one that is wanted, 0..3.
            beats: how many of it are enough.

        Returns:
            That bar four times over, or its first beats as often as they fit (`LoopResult.beats`);
            None where neither is kept.
        """
        kept = self._kept.get(key)
        if kept is None or kept.bar != bar or kept.beats < beats:
            return None
        self._kept.move_to_end(key)
        parts = None if kept.parts is None else _repeated(kept.parts, frames)
        return replace(kept, loop=_repeated(kept.loop, frames), parts=parts)

    def drop(self, key: Hashable) -> None:
        """Forget the bar of a loop, if it is kept."""
        self._kept.pop(key, None)

    def clear(self) -> None:
        """Forget all."""
        self._kept.clear()


def _bars(frames: int) -> list[tuple[int, int]]:
    return bar_edges(frames, BARS_PER_SEGMENT)


def _repeated(bar: Array, frames: int) -> Array:
    """Bars (…, n, c) one after the other, each cut to its length: (…, frames, c)."""
    made = np.concatenate([bar[..., : last - first, :] for first, last in _bars(frames)], axis=-2)
    made.flags.writeable = False
    return made
