"""Sound that is rendered ahead of the device, and rendered anew when a command changes it.

A device must find enough sound when the mixer's thread is kept waiting; a command should be heard
at once. So blocks are rendered far ahead, and the state before each of them is kept. A command goes
back to the first block that the device will not take before it can be replaced, and from there on
all is rendered once more, as sound servers rewind their buffers.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.arrangement.fades import edge_fade
from core.playback.audio_output import AHEAD, BLOCK
from core.playback.gain_ramp import RAMP
from core.playback.master_bus import MasterBus
from core.playback.meters import MeteredBlock, MeterLog

FloatArray = NDArray[np.float32]

_KEPT: Final = AHEAD // BLOCK + 2


@dataclass(frozen=True)
class RenderedBlock:
    """A block, (BLOCK, 2), and the bus as it was before."""

    samples: FloatArray
    before: MasterBus


class BlockHistory:
    """Renders a bus block by block. One thread at a time calls it."""

    def __init__(self, bus: MasterBus, log: MeterLog, failed: Callable[[Exception], None]) -> None:
        """
        Args:
            bus: what renders.
            log: takes what was measured of every block.
            failed: called when it cannot render; it has to silence the bus.
        """
        self._bus, self._log, self._failed = bus, log, failed
        self._blocks: deque[RenderedBlock] = deque(maxlen=_KEPT)

    def render(self) -> FloatArray:
        """Render the next block: (BLOCK, 2), full scale 1.0."""
        before = self._bus.copy()
        samples, metered = self._bus.render(BLOCK)
        self._log.add(metered)
        self._blocks.append(RenderedBlock(samples, before))
        return samples

    def forget(self) -> None:
        """Nothing that was rendered can be replaced any more."""
        self._blocks.clear()

    def replace(
        self, first: int, change: Callable[[], None], write: Callable[[int, FloatArray], bool]
    ) -> bool:
        """Render anew what was rendered already, after a change of the bus or its mixer.

        Args:
            first: the first frame that may be replaced.
            change: makes the change.
            write: takes the number of a first frame and (frames, 2) from there to the end of what
                was rendered, in place of what was there; False if it is too late for that.

        Returns:
            False if it was too late for all of it, or nothing from `first` on was rendered. Then
            the bus is as it was, without the change.
        """
        blocks = list(self._blocks)
        found = _origin(blocks, first)
        if found is None:
            return False
        now = self._bus.copy()
        origin, from_here = found
        self._bus.restore(blocks[origin].before)
        self.forget()
        change()
        if origin < from_here:
            self._blocks.append(RenderedBlock(blocks[origin].samples, self._bus.copy()))
            self._render_safely()
        return self._render_again(blocks[from_here:], now, write)

    def _render_again(
        self, old: list[RenderedBlock], now: MasterBus, write: Callable[[int, FloatArray], bool]
    ) -> bool:
        """Render in place of `old`; it is all handed over at once, however long it takes."""
        new, metered = [], []
        for _ in old:
            before = self._bus.copy()
            samples, measured = self._render_safely()
            new.append(RenderedBlock(samples, before))
            metered.append(measured)
        for index, (past, block) in enumerate(zip(old, new, strict=True)):
            # Where it is too late for a block, its old sound goes on and the next one changes. What
            # begins after silence keeps its attack.
            if index or past.before.limiting:
                new[index] = RenderedBlock(_crossfaded(past.samples, block.samples), block.before)
            sound = np.concatenate([it.samples for it in new[index:]])
            if write(block.before.clock, sound):
                self._blocks.extend(new)
                self._log.drop(block.before.clock)
                for measured in metered[index:]:
                    self._log.add(measured)
                return True
        self._bus.restore(now)
        self.forget()
        return False

    def _render_safely(self) -> tuple[FloatArray, MeteredBlock]:
        """The next block; silence where it cannot be rendered, for something has to follow."""
        try:
            return self._bus.render(BLOCK)
        except Exception as error:
            self._failed(error)
            return self._bus.render(BLOCK)


def _origin(blocks: list[RenderedBlock], first: int) -> tuple[int, int] | None:
    """The block to go back to, and the first one that is replaced, at frame `first` or later.

    The mixer is ahead of the bus. For a change to be heard from a block on it has to be made one
    block earlier, whose sound stays, but for a bus at rest.
    """
    for index, block in enumerate(blocks):
        if block.before.clock >= first:
            if not block.before.limiting:
                return index, index
            if index and blocks[index - 1].before.limiting:
                return index - 1, index
    return None


def _crossfaded(old: FloatArray, new: FloatArray) -> FloatArray:
    """From one to the other within 10 ms; both (BLOCK, 2), and mostly the same there."""
    rise = edge_fade(RAMP)[:, None]
    made = new.copy()
    made[:RAMP] = old[:RAMP] + rise * (new[:RAMP] - old[:RAMP])
    return made
