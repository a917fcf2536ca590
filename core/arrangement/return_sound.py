"""Echo and reverb as they sound: block after block, with a past that whoever renders keeps."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.automation import ECHO, REVERB
from core.arrangement.returns import RETURN_MIN_DB
from core.arrangement.values import db_to_gain
from core.settings import SAMPLE_RATE, TICKS_PER_BAR, TICKS_PER_BEAT

FloatArray = NDArray[np.float32]
State = NDArray[np.float64]

SENDS: Final = (ECHO.name, REVERB.name)
"""In the order of everything that there is one of for each."""
STEMS: Final = {name: f"return:{name}" for name in SENDS}
"""Ids of what they add to the mix, where lanes have theirs."""
_ECHO_DARK_HZ: Final = 4500.0
_ECHO_THIN_HZ: Final = 160.0
_REVERB_DARK_HZ: Final = 9000.0
_REVERB_THIN_HZ: Final = 180.0
_REVERB_GAIN: Final = 0.7
_FADED_DB: Final = 60.0


def _sends_to(lane: Lane, name: str) -> bool:
    """Whether anything of a lane may reach echo or reverb."""
    return lane.curve(name) is not None or getattr(lane.effects, f"{name}_db") > ECHO.low


def used(arrangement: Arrangement) -> tuple[str, ...]:
    """Which of echo and reverb are sent to by audible lanes."""
    lanes = [lane for lane in arrangement.audible_lanes if lane.clips]
    return tuple(name for name in SENDS if any(_sends_to(lane, name) for lane in lanes))


def tail_frames(arrangement: Arrangement) -> int:
    """Frames that echo and reverb go on after the last clip: a bar, where they still sound then.

    What was sent before, and has faded by 60 dB when the last clip ends, makes nothing longer.
    """
    end = arrangement.length_frames / SAMPLE_RATE
    rings = any(
        arrangement.seconds(_sent_until(lane, name)) + _fading_seconds(arrangement, name) > end
        for name in used(arrangement)
        for lane in arrangement.audible_lanes
        if lane.clips and _sends_to(lane, name)
    )
    return arrangement.frame(TICKS_PER_BAR) if rings else 0


def _sent_until(lane: Lane, name: str) -> int:
    """The tick after which a lane sends nothing more to echo or reverb."""
    curve = lane.curve(name)
    if curve is None or curve.points[-1].value > curve.kind.low:
        return lane.end
    sounding = [n for n, point in enumerate(curve.points) if point.value > curve.kind.low]
    return min(lane.end, curve.points[sounding[-1] + 1].tick) if sounding else 0


def _fading_seconds(arrangement: Arrangement, name: str) -> float:
    """How long echo or reverb take to fall by 60 dB."""
    returns = arrangement.returns
    if name == REVERB.name:
        return returns.reverb_seconds
    delay = arrangement.seconds(returns.echo_sixteenths * TICKS_PER_BEAT // 4)
    feedback = returns.echo_feedback
    repeats = 1.0 + (_FADED_DB / -20.0 / math.log10(feedback) if feedback > 0.0 else 0.0)
    return delay * repeats


@dataclass
class ReturnState:
    """The past of echo and reverb, and how many frames ago it was silent."""

    frames: int = 0
    arrays: dict[str, tuple[State, ...]] = field(default_factory=dict)

    def copy(self) -> ReturnState:
        """The same past for another passage that goes on here."""
        arrays = {name: tuple(array.copy() for array in some) for name, some in self.arrays.items()}
        return ReturnState(self.frames, arrays)


class ReturnProcessor:
    """Echo and reverb of an arrangement, ready to run.

    What they still hold goes on wherever the playhead jumps to, as in a room.
    """

    def __init__(self, arrangement: Arrangement) -> None:
        from core.dsp import send_kernels

        self._kernels = send_kernels
        self.names = used(arrangement)
        returns = arrangement.returns
        ticks = returns.echo_sixteenths * TICKS_PER_BEAT // 4
        self._delay = max(1, round(arrangement.seconds(ticks) * SAMPLE_RATE))
        self._feedback = returns.echo_feedback
        self._gains = {ECHO.name: _level(returns.echo_db), REVERB.name: _level(returns.reverb_db)}
        self._lines = send_kernels.line_gains(returns.reverb_seconds)
        # Compiled here, where nobody waits for a block.
        silence = {name: np.zeros((1, 2), np.float32) for name in self.names}
        self.process(silence, {name: sound.copy() for name, sound in silence.items()})

    def process(
        self,
        sent: dict[str, FloatArray],
        out: dict[str, FloatArray],
        state: ReturnState | None = None,
    ) -> None:
        """Run the next block.

        Args:
            sent: (frames, 2) that lanes have sent, by name.
            out: (frames, 2), added to, by name.
            state: the past, changed; None for silence.
        """
        state = ReturnState() if state is None else state
        for name in self.names:
            run = self._echo if name == ECHO.name else self._reverb
            run(sent[name], out[name], state, state.frames)
        state.frames += len(next(iter(sent.values())))

    def _echo(self, sent: FloatArray, out: FloatArray, state: ReturnState, position: int) -> None:
        kernels = self._kernels
        kept = state.arrays.get(ECHO.name)
        if kept is None or kept[0].shape[1] != self._delay + 2:
            kept = state.arrays[ECHO.name] = (kernels.echo_state(self._delay),)
        dark, thin = kernels.smoothing(_ECHO_DARK_HZ), kernels.smoothing(_ECHO_THIN_HZ)
        gain = self._gains[ECHO.name]
        kernels.echo(sent, out, kept[0], position, self._feedback, dark, thin, gain)

    def _reverb(self, sent: FloatArray, out: FloatArray, state: ReturnState, position: int) -> None:
        kernels = self._kernels
        kept = state.arrays.get(REVERB.name)
        if kept is None:
            kept = state.arrays[REVERB.name] = kernels.reverb_states()
        dark, thin = kernels.smoothing(_REVERB_DARK_HZ), kernels.smoothing(_REVERB_THIN_HZ)
        gain = _REVERB_GAIN * self._gains[REVERB.name]
        kernels.reverb(sent, out, *kept, position, self._lines, dark, thin, gain)


def tail_gains(start: int, frames: int, end: int, tail: int) -> FloatArray:
    """Gains (frames, 1) by which echo and reverb fade out over the second half of their tail.

    Args:
        start: first frame.
        frames: how many.
        end: the frame where the last clip ends.
        tail: frames from there to silence.
    """
    left = (end + tail - start - np.arange(frames)) / max(1, tail // 2)
    return np.clip(left, 0.0, 1.0).astype(np.float32)[:, None]


def _level(db: float) -> float:
    return 0.0 if db <= RETURN_MIN_DB else float(db_to_gain(db))
