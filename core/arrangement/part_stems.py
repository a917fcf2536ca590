"""The sound of each part of an arrangement, mixed as the whole is."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from core.arrangement.clip import Clip, ClipSource
from core.arrangement.lane_sound import LaneStates
from core.arrangement.mixdown import Mixdown
from core.settings import PARTS

FloatArray = NDArray[np.float32]
PartsOf = Callable[[Clip], FloatArray]
"""Gives the parts of a clip's four-bar loop, (4, frames, 1 or 2), which sum to it."""


class PartStems:
    """Mixes kick, bass, drums and rest apart; they sum to the mixdown of the whole.

    Every part is mixed with the gains of the whole, also at transitions, whose gains follow what
    sounds there: all else that a mixdown does to sound is linear.
    """

    def __init__(self, whole: Mixdown, parts_of: PartsOf) -> None:
        """
        Args:
            whole: the mixdown of all parts.
            parts_of: gives the parts of clips; asked once for every source, unless it is released
                before it comes again.
        """
        self._parts_of = parts_of
        self._waiting: dict[ClipSource, dict[int, FloatArray]] = {}
        self._mixes = [
            Mixdown(whole.arrangement, partial(self._audio, part), gains_of=whole, part=part)
            for part in range(len(PARTS))
        ]
        self._states = [LaneStates() for _ in PARTS]

    def render(self, start: int, frames: int) -> dict[int, FloatArray]:
        """The sound (frames, 2) of each part, by its number in `settings.PARTS`. Lanes' filters
        remember the block before.

        Args:
            start: first frame.
            frames: length of the block.
        """
        both = zip(self._mixes, self._states, strict=True)
        return {
            part: mix.render(start, frames, states=states)
            for part, (mix, states) in enumerate(both)
        }

    def release(self, before: int) -> None:
        """Forget sound that ends before frame `before`; see `Mixdown.release`."""
        self._waiting.clear()
        for mix in self._mixes:
            mix.release(before)

    def _audio(self, part: int, clip: Clip) -> FloatArray:
        """A part of a clip. The mixdowns ask for the same clips one after the other, so that what
        one has asked for waits only until the others have."""
        waiting = self._waiting.setdefault(clip.source, {})
        if part not in waiting:
            waiting.update(enumerate(self._parts_of(clip)))
        found = waiting.pop(part)
        if not waiting:
            del self._waiting[clip.source]
        return found
