"""Runs the sound of lanes through their effects and automation, block after block.

Filters have a past. Whoever renders keeps it in `LaneStates`, and where a block does not follow on
the last one, what lies before it is filtered first, so that a jump sounds as if it were none.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.arrangement.arrangement import Lane, frame_at
from core.arrangement.automation import (
    ECHO,
    HIGH_PASS,
    LOW_PASS,
    PAN,
    RESONANCE,
    REVERB,
    STEEPNESS,
    VOLUME,
    Automation,
)
from core.arrangement.lane_effects import (
    CUTOFF_MAX_HZ,
    CUTOFF_MIN_HZ,
    LEAST_Q,
    MOST_Q,
    SEND_MAX_DB,
    SEND_MIN_DB,
)
from core.arrangement.return_sound import ReturnState
from core.arrangement.values import db_to_gain
from core.settings import SAMPLE_RATE

FloatArray = NDArray[np.float32]
State = NDArray[np.float64]
DryOf = Callable[[int, FloatArray], None]
"""Adds a lane's sound before its effects, from a frame on, to an array (frames, 2)."""

LOWER_HZ: Final = 200.0
UPPER_HZ: Final = 2500.0
WARM_UP: Final = 8192
"""Frames after which the filters have forgotten what was before."""
_SHORTEST_RAMP: Final = SAMPLE_RATE // 200
"""Frames, 5 ms, that a jump of automation takes, and ends on its tick."""
_CURVES: Final = 7
_MIDDLE: Final = 0.5
_NO_BUSES: Final[Mapping[str, FloatArray]] = {}


@dataclass
class LaneState:
    """The past of one lane's filters, the frame that follows on it, and space for its curves."""

    position: int
    isolator: State
    low_pass: State
    high_pass: State
    curves: State

    def space(self, count: int) -> list[State]:
        """Arrays (count,), the same memory each time."""
        if self.curves.shape[1] < count:
            self.curves = np.empty((_CURVES, count))
        return [row[:count] for row in self.curves]


class LaneStates:
    """The past of the filters of all lanes, of echo and reverb, and the space blocks are made in.

    One thread at a time uses it, for one passage that it renders in order.

    Attributes:
        by_lane: of each lane by its id.
        returns: of echo and reverb.
        left_out: ids of the clips that were not prepared in time for the last block.
    """

    def __init__(self) -> None:
        self.by_lane: dict[str, LaneState] = {}
        self.returns = ReturnState()
        self.left_out: set[str] = set()
        self._space: dict[str, FloatArray] = {}

    def copy(self, *, tails: bool = True) -> LaneStates:
        """The same past for another passage that goes on here.

        Args:
            tails: whether echo and reverb ring on.
        """
        made = LaneStates()
        if tails:
            made.returns = self.returns.copy()
        made.left_out = self.left_out.copy()
        made.by_lane = {
            lane: LaneState(
                it.position,
                it.isolator.copy(),
                it.low_pass.copy(),
                it.high_pass.copy(),
                np.empty_like(it.curves),
            )
            for lane, it in self.by_lane.items()
        }
        return made

    def block(self, lane_id: str, frames: int) -> FloatArray:
        """Silence to add a lane's sound to; it is good until the lane asks for the next one.

        Args:
            lane_id: which lane.
            frames: how many.

        Returns:
            (frames, 2) of the same memory each time.
        """
        space = self._space.get(lane_id)
        if space is None or len(space) < frames:
            space = self._space[lane_id] = np.empty((frames, 2), np.float32)
        block = space[:frames]
        block[:] = 0.0
        return block


class LaneProcessor:
    """The effects and the automation of one lane, ready to run.

    Args:
        lane: whose they are.
        bpm: tempo of the arrangement.
        dry_of: gives the lane's sound before them.
    """

    def __init__(self, lane: Lane, bpm: float, dry_of: DryOf) -> None:
        from core.dsp import lane_kernels

        self._kernels = lane_kernels
        self._lane_id, self._effects, self._dry_of = lane.id, lane.effects, dry_of
        self._low_pass = np.array([_warped(lane.effects.low_pass_hz)])
        self._high_pass = np.array([_warped(lane.effects.high_pass_hz)])
        self._damping = np.array([lane.effects.damping])
        self._sends = {
            ECHO.name: _send_gain(lane.effects.echo_db),
            REVERB.name: _send_gain(lane.effects.reverb_db),
        }
        self._curves = {it.parameter: CurveFrames.of(it, bpm) for it in lane.automation}
        # Compiled here, where nobody waits for a block.
        self._run(np.zeros((1, 2), np.float32), self._new_state(0))

    def process(
        self,
        sound: FloatArray,
        start: int,
        states: LaneStates,
        buses: Mapping[str, FloatArray] | None = None,
    ) -> None:
        """Process the next block.

        Args:
            sound: (frames, 2), the lane's sound from frame `start` on, changed in place.
            start: its first frame.
            states: the past.
            buses: (frames, 2) of echo and reverb by name; what is sent to them is added.
        """
        state = states.by_lane.get(self._lane_id)
        if state is None or state.position != start:
            state = states.by_lane[self._lane_id] = self._warmed_up(start)
        self._run(sound, state, buses or {})

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
            np.zeros((_CURVES, 0)),
        )

    def _run(
        self, sound: FloatArray, state: LaneState, buses: Mapping[str, FloatArray] = _NO_BUSES
    ) -> None:
        effects, kernels = self._effects, self._kernels
        if effects.equalises:
            lower, upper = _warped(LOWER_HZ), _warped(UPPER_HZ)
            kernels.isolate(sound, state.isolator, lower, upper, *effects.gains)
        first = state.position % kernels.GRID
        count = (first + len(sound)) // kernels.GRID + 2
        curves = state.space(count)
        dampings = self._dampings(curves[0], state.position)
        for row, name, is_on, fixed, past in (
            (1, LOW_PASS.name, effects.cuts_highs, self._low_pass, state.low_pass),
            (2, HIGH_PASS.name, effects.cuts_lows, self._high_pass, state.high_pass),
        ):
            if is_on or name in self._curves:
                cutoffs = self._cutoffs(name, fixed, curves[row], state.position)
                # Both arrays are as long: the kernel reads them in step.
                steps, damped = _alike(cutoffs, dampings, curves[row], curves[0])
                kernels.cut(sound, past, steps, first, damped, name == HIGH_PASS.name)
        if VOLUME.name in self._curves or PAN.name in self._curves:
            left, right = self._channels(curves[3], curves[4], state.position)
            kernels.amplify(sound, left, right, first)
        for row, (name, steady) in enumerate(self._sends.items(), 5):
            if name in buses and (steady > 0.0 or name in self._curves):
                gains = curves[row]
                if self._read(name, gains, state.position):
                    kernels.to_gains(gains, SEND_MIN_DB, SEND_MAX_DB)
                else:
                    gains[:] = steady
                kernels.send(sound, buses[name], gains, first)
        state.position += len(sound)

    def _read(self, name: str, out: State, position: int) -> bool:
        """Read a curve from a frame on; False if there is none."""
        curve = self._curves.get(name)
        if curve is None:
            return False
        kernels = self._kernels
        first = position // kernels.GRID
        kernels.follow(curve.places, curve.shares, curve.bends, STEEPNESS, first, out)
        return True

    def _dampings(self, out: State, position: int) -> State:
        if not self._read(RESONANCE.name, out, position):
            return self._damping
        self._kernels.to_dampings(out, LEAST_Q, MOST_Q)
        return out

    def _cutoffs(self, name: str, fixed: State, out: State, position: int) -> State:
        if not self._read(name, out, position):
            return fixed
        self._kernels.to_cutoffs(out, CUTOFF_MIN_HZ, CUTOFF_MAX_HZ, float(SAMPLE_RATE))
        return out

    def _channels(self, left: State, right: State, position: int) -> tuple[State, State]:
        """Gains of both channels, read into the two arrays."""
        if self._read(VOLUME.name, left, position):
            self._kernels.to_gains(left, VOLUME.low, VOLUME.high)
        else:
            left[:] = 1.0
        if not self._read(PAN.name, right, position):
            right[:] = _MIDDLE
        self._kernels.to_channels(left, right)
        return left, right


@dataclass(frozen=True, eq=False)
class CurveFrames:
    """Automation in frames: places, heights 0 .. 1 and bends of its points, (n,) each.

    Places are on the raster that the kernels read, .7 ms early at most, so that a jump is over on
    its tick.
    """

    places: State
    shares: State
    bends: State

    @classmethod
    def of(cls, automation: Automation, bpm: float) -> CurveFrames:
        """The points of a curve at a tempo.

        Args:
            automation: the curve.
            bpm: of the arrangement.

        Returns:
            Its points, with places in frames.
        """
        from core.dsp.lane_kernels import GRID

        points, share = automation.points, automation.kind.share
        places = np.array([frame_at(it.tick, bpm) // GRID * GRID for it in points], np.float64)
        shares = np.array([share(point.value) for point in points])
        for n in range(len(points) - 2, -1, -1):
            if shares[n] != shares[n + 1]:  # a jump would click
                places[n] = min(places[n], places[n + 1] - _SHORTEST_RAMP)
            else:
                places[n] = min(places[n], places[n + 1])
        return cls(places, shares, np.array([point.bend for point in points]))


def needs_processing(lane: Lane) -> bool:
    """Whether the sound of a lane is anything else than its clips, panned and amplified."""
    return lane.effects.is_on or any(it.parameter != RESONANCE.name for it in lane.automation)


def steady_pan(lane: Lane) -> float:
    """The pan of a lane, but for what its automation does."""
    return 0.0 if any(it.parameter == PAN.name for it in lane.automation) else lane.pan


def _send_gain(db: float) -> float:
    """By the law of `to_gains`, so that a drawn level is as loud as one that is set."""
    floor = db_to_gain(SEND_MIN_DB)
    return float((db_to_gain(db) - floor) / (1.0 - floor))


def _alike(cutoffs: State, dampings: State, *space: State) -> tuple[State, State]:
    """Two arrays of equal length; one of a single value is spread over its space."""
    if len(cutoffs) == len(dampings):
        return cutoffs, dampings
    if len(cutoffs) == 1:
        space[0][:] = cutoffs[0]
        return space[0], dampings
    space[1][:] = dampings[0]
    return cutoffs, space[1]


def _warped(hertz: float) -> float:
    """tan(pi f / rate): the cutoff as the filters take it."""
    return math.tan(math.pi * hertz / SAMPLE_RATE)
