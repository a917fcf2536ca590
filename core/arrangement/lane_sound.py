"""Runs the sound of lanes through their effects, block after block.

Filters have a past. Whoever renders keeps it in `LaneStates`, and where a block does not follow on
the last one, what lies before it is filtered first, so that a jump sounds as if it were none.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.arrangement.lane_effects import LaneEffects
from core.settings import SAMPLE_RATE

FloatArray = NDArray[np.float32]
DryOf = Callable[[int, FloatArray], None]
"""Adds a lane's sound before its effects, from a frame on, to an array (frames, 2)."""

LOWER_HZ: Final = 200.0
UPPER_HZ: Final = 2500.0
WARM_UP: Final = 8192
"""Frames after which the filters have forgotten what was before."""


@dataclass
class LaneState:
    """The past of one lane's filters, and the frame that follows on it."""

    position: int
    isolator: NDArray[np.float64]
    low_pass: NDArray[np.float64]
    high_pass: NDArray[np.float64]


class LaneStates:
    """The past of the filters of all lanes, and the space that blocks are made in.

    One thread at a time uses it, for one passage that it renders in order.
    """

    def __init__(self) -> None:
        self.by_lane: dict[str, LaneState] = {}
        self._space: dict[str, FloatArray] = {}

    def copy(self) -> LaneStates:
        """The same past for another passage that goes on here."""
        made = LaneStates()
        made.by_lane = {
            lane: LaneState(
                it.position, it.isolator.copy(), it.low_pass.copy(), it.high_pass.copy()
            )
            for lane, it in self.by_lane.items()
        }
        return made

    def block(self, lane_id: str, frames: int) -> FloatArray:
        """Silence (frames, 2) for a lane's sound; the same memory each time."""
        space = self._space.get(lane_id)
        if space is None or len(space) < frames:
            space = self._space[lane_id] = np.empty((frames, 2), np.float32)
        block = space[:frames]
        block[:] = 0.0
        return block


class LaneFilter:
    """The effects of one lane, ready to run.

    Args:
        lane_id: the lane.
        effects: that are on.
        dry_of: gives the lane's sound before them.
    """

    def __init__(self, lane_id: str, effects: LaneEffects, dry_of: DryOf) -> None:
        from core.dsp import lane_kernels

        self._kernels = lane_kernels
        self._lane_id, self._effects, self._dry_of = lane_id, effects, dry_of
        self._low_pass = np.array([_warped(effects.low_pass_hz)])
        self._high_pass = np.array([_warped(effects.high_pass_hz)])
        # Compiled here, where nobody waits for a block.
        self._run(np.zeros((1, 2), np.float32), self._new_state(0))

    def process(self, sound: FloatArray, start: int, states: LaneStates) -> None:
        """Filter the next block.

        Args:
            sound: (frames, 2), the lane's sound from frame `start` on, changed in place.
            start: its first frame.
            states: the past.
        """
        state = states.by_lane.get(self._lane_id)
        if state is None or state.position != start:
            state = states.by_lane[self._lane_id] = self._warmed_up(start)
        self._run(sound, state)

    def _warmed_up(self, start: int) -> LaneState:
        before = max(0, start - WARM_UP)
        state = self._new_state(before)
        if start > before:
            dry = np.zeros((start - before, 2), np.float32)
            self._dry_of(before, dry)
            self._run(dry, state)
        state.position = start
        return state

    def _new_state(self, position: int) -> LaneState:
        kernels = self._kernels
        return LaneState(
            position,
            np.zeros(kernels.ISOLATOR_STATE),
            np.zeros(kernels.CUT_STATE),
            np.zeros(kernels.CUT_STATE),
        )

    def _run(self, sound: FloatArray, state: LaneState) -> None:
        effects, kernels = self._effects, self._kernels
        if effects.equalises:
            lower, upper = _warped(LOWER_HZ), _warped(UPPER_HZ)
            kernels.isolate(sound, state.isolator, lower, upper, *effects.gains)
        for is_on, cutoffs, past, is_high_pass in (
            (effects.cuts_highs, self._low_pass, state.low_pass, False),
            (effects.cuts_lows, self._high_pass, state.high_pass, True),
        ):
            if is_on:
                kernels.cut(sound, past, cutoffs, 0, effects.damping, is_high_pass)
        state.position += len(sound)


def _warped(hertz: float) -> float:
    """tan(pi f / rate): the cutoff as the filters take it."""
    return math.tan(math.pi * hertz / SAMPLE_RATE)
