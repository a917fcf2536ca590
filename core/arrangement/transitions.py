"""Where one clip gives way to another, and with what gains.

A transition is a pair of clips that share a stretch of time: neighbours on one lane that overlap,
or clips on any lanes whose fade-out and fade-in lie exactly over each other. Clips that merely
touch are joined over the few milliseconds before the incoming one starts, so that its attack is
whole.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.arrangement import fades
from core.arrangement.arrangement import Arrangement, Lane, frame_at, group_arrangement
from core.arrangement.bands import N_BANDS
from core.arrangement.clip import Clip, ClipSource, GroupSource, PartsSource
from core.arrangement.fades import crossfade, ramp
from core.settings import PARTS, SAMPLE_RATE, TICKS_PER_BAR

FloatArray = NDArray[np.float32]

TOUCH_FRAMES: Final = SAMPLE_RATE // 200
"""5 ms: the crossfade of clips that touch without overlapping."""
SWAP_FRAMES: Final = SAMPLE_RATE // 125
"""8 ms, ending on the downbeat: how long the lows take to change over in a bass swap."""
_WINDOWS_PER_BEAT: Final = 4
"""The correlation is measured this often, over twice as long, so that it follows the kick."""
_SAME_DB: Final = 1e-6
_MOST_CORRECTION: Final = 10 ** (3 / 20)
_LOWS: Final = {N_BANDS: (0,), len(PARTS): (PARTS.index("kick"), PARTS.index("bass"))}
"""What a bass swap changes over, of the bands of the crossover and of parts."""


@dataclass(frozen=True)
class Transition:
    """Where one clip gives way to another.

    Attributes:
        outgoing: the clip that ends.
        incoming: the clip that begins.
        start: first tick of the transition.
        end: first tick after it; equal to `start` where the clips touch.
    """

    outgoing: Clip
    incoming: Clip
    start: int
    end: int

    @property
    def touching(self) -> bool:
        """The clips touch and do not overlap."""
        return self.start == self.end

    @property
    def by_parts(self) -> bool:
        """Both clips play parts, each of which gives way to that of the other clip."""
        sides = self.outgoing.source, self.incoming.source
        return not self.touching and all(isinstance(side, PartsSource) for side in sides)

    @property
    def swap(self) -> int | None:
        """The downbeat on which the lows change over, or None without a bass swap."""
        if not self.incoming.bass_swap or self.touching:
            return None
        return nearest_downbeat(self.start, self.end)

    def frames(self, bpm: float) -> tuple[int, int]:
        """First frame of the transition at a tempo, and the first one after it."""
        start, end = frame_at(self.start, bpm), frame_at(self.end, bpm)
        if not self.touching:
            return start, end
        before = frame_at(self.outgoing.start, bpm)
        return max(before + (end - before) // 2, end - TOUCH_FRAMES), end


def nearest_downbeat(start: int, end: int) -> int:
    """Find the downbeat of a bass swap.

    Args:
        start: first tick of a transition.
        end: first tick after it.

    Returns:
        The bar line within it that is nearest to its middle; without one, the middle.
    """
    middle = (start + end) // 2
    bar = (2 * middle + TICKS_PER_BAR) // (2 * TICKS_PER_BAR) * TICKS_PER_BAR
    return bar if start <= bar <= end else middle


def separated_sources(arrangement: Arrangement) -> set[ClipSource]:
    """The sources whose parts are needed, for they are crossfaded by parts; in groups, too."""
    if not any(isinstance(clip.source, PartsSource) for clip in arrangement.loop_clips()):
        return set()
    found = find_transitions(without_muted(arrangement))
    clips = [clip for it in found if it.by_parts for clip in (it.outgoing, it.incoming)]
    groups = {it.source for it in arrangement.clips() if isinstance(it.source, GroupSource)}
    inside = [separated_sources(group_arrangement(it, arrangement.bpm)) for it in groups]
    return {clip.source for clip in clips}.union(*inside)


def without_muted(arrangement: Arrangement) -> Arrangement:
    """The arrangement without its muted clips, as long as with them."""
    if not any(clip.mute for clip in arrangement.clips()):
        return arrangement
    lanes = [
        lane.changed(clips=tuple(clip for clip in lane.clips if not clip.mute))
        for lane in arrangement.lanes
    ]
    return arrangement.changed(lanes=tuple(lanes), frames=arrangement.length_frames)


def find_transitions(arrangement: Arrangement) -> list[Transition]:
    """All transitions of `arrangement`; pieces of a clip that was cut go on and make none."""
    on_lanes = [transition for lane in arrangement.lanes for transition in _on_lane(lane)]
    return [*on_lanes, *_across(arrangement, on_lanes)]


def continues(before: Clip, after: Clip) -> bool:
    """Tell whether two clips that touch are parts of one, which needs no transition.

    Args:
        before: a clip.
        after: the next one on its lane.

    Returns:
        Whether `after` continues the loop of `before` with the same gain and shape, and its
        gain curve goes on where the other ends.
    """
    return (
        _touch(before, after)
        and before.source == after.source
        and (before.offset + before.length - after.offset) % before.period == 0
        and (before.gain_db, before.shape) == (after.gain_db, after.shape)
        and abs(_curve_db(before, before.length) - _curve_db(after, 0)) < _SAME_DB
    )


def _curve_db(clip: Clip, tick: int) -> float:
    """What the gain curve of a clip adds at a tick from its start."""
    curve = clip.gain_automation
    return 0.0 if curve is None else curve.value(tick)


def _touch(before: Clip, after: Clip) -> bool:
    return before.end == after.start and before.fade_out == after.fade_in == 0


def _on_lane(lane: Lane) -> Iterator[Transition]:
    for before, after in itertools.pairwise(lane.clips):
        if after.start < before.end:
            yield Transition(before, after, after.start, before.end)
        elif _touch(before, after) and not continues(before, after):
            yield Transition(before, after, after.start, after.start)


def _across(arrangement: Arrangement, on_lanes: list[Transition]) -> Iterator[Transition]:
    """Clips on different lanes whose fades lie over each other, each edge used once."""
    continued = [
        (before.id, after.id)
        for lane in arrangement.lanes
        for before, after in itertools.pairwise(lane.clips)
        if continues(before, after)
    ]
    ended = {transition.outgoing.id for transition in on_lanes} | {a for a, _ in continued}
    started = {transition.incoming.id for transition in on_lanes} | {b for _, b in continued}
    leaving: dict[tuple[int, int], list[Clip]] = {}
    for clip in arrangement.clips():
        if clip.id not in ended:
            leaving.setdefault((clip.end - clip.fade_out, clip.end), []).append(clip)
    for clip in arrangement.clips():
        partners = leaving.get((clip.start, clip.start + clip.fade_in), [])
        if clip.id not in started and partners:
            yield Transition(partners.pop(0), clip, clip.start, clip.start + clip.fade_in)


def band_gains(
    outgoing: list[FloatArray], incoming: list[FloatArray], *, beat_frames: float, swap: int | None
) -> tuple[FloatArray, FloatArray]:
    """Compute the gains of both sides of a transition.

    In each band, or each part, the crossfade keeps the level, by the correlation that the two have
    there. Where they have their weight in different bands the whole could still dip, so in the end
    it is kept between the levels of the two.

    Args:
        outgoing: bands of the clip that ends, (frames, channels) each: one, those of the crossover,
            or the parts in the order of `settings.PARTS`.
        incoming: bands of the clip that begins, of the same shapes.
        beat_frames: frames of a beat; the correlation is measured four times a beat.
        swap: a frame of the transition: the lows, or kick and bass, change over within the
            `SWAP_FRAMES` before it instead of over the whole transition. None: no bass swap.

    Returns:
        Gains of the outgoing and of the incoming side, (frames, bands) each.
    """
    frames = len(outgoing[0])
    window = max(1, min(frames, round(beat_frames / _WINDOWS_PER_BEAT)))
    out = np.empty((frames, len(outgoing)), np.float32)
    into = np.empty_like(out)
    for band, (a, b) in enumerate(zip(outgoing, incoming, strict=True)):
        lows = band in _LOWS.get(len(outgoing), ())
        position = _swap_ramp(frames, swap) if lows and swap is not None else ramp(frames)
        out[:, band], into[:, band] = crossfade(position, correlation(a, b, window))
    if len(outgoing) > 1:
        correction = _correction(outgoing, incoming, out, into, window)[:, None]
        fades.amplified(out, correction, out)
        fades.amplified(into, correction, into)
    return out, into


def correlation(a: FloatArray, b: FloatArray, window: int) -> FloatArray:
    """Measure how two sounds correlate around each frame.

    Args:
        a: (frames, channels).
        b: of the same shape.
        window: frames over which products are summed.

    Returns:
        (frames,) -1 .. 1.
    """
    both, of_a, of_b = (_sums(x, y, window) for x, y in ((a, b), (a, a), (b, b)))
    return _at_frames(both / np.sqrt(np.maximum(of_a * of_b, 1e-20)), window, len(a))


def _correction(
    outgoing: list[FloatArray],
    incoming: list[FloatArray],
    out: FloatArray,
    into: FloatArray,
    window: int,
) -> FloatArray:
    """(frames,) gain that keeps the mix between the quieter and the louder of the two."""
    mix = np.zeros_like(outgoing[0])
    for band, (a, b) in enumerate(zip(outgoing, incoming, strict=True)):
        here = fades.amplified(a, out[:, band, None])
        here += fades.amplified(b, into[:, band, None])
        mix += here
    whole = [reduce(np.add, side) for side in (outgoing, incoming)]
    of_mix, of_a, of_b = (_sums(x, x, window) + 1e-12 for x in (mix, *whole))
    wanted = np.clip(of_mix, np.minimum(of_a, of_b), np.maximum(of_a, of_b))
    gain = np.clip(np.sqrt(wanted / of_mix), 1.0 / _MOST_CORRECTION, _MOST_CORRECTION)
    # At its ends a transition is one clip alone and must meet what is before and after it.
    gain[[0, -1]] = 1.0
    return _at_frames(gain, window, len(mix))


def _at_frames(values: NDArray[np.float64], window: int, frames: int) -> FloatArray:
    centres = (np.arange(len(values)) + 0.5) * window
    return np.interp(np.arange(frames), centres, values).astype(np.float32)


def _sums(a: FloatArray, b: FloatArray, window: int) -> NDArray[np.float64]:
    """Sums of a * b over windows, each blended with its neighbours."""
    edges = np.arange(0, len(a), window)
    sums = np.zeros(len(edges))
    for x, y in zip(a.T, b.T, strict=True):
        sums += np.add.reduceat(x * y, edges, dtype=np.float64)
    around = np.pad(sums, 1, mode="edge")
    return 0.25 * around[:-2] + 0.5 * around[1:-1] + 0.25 * around[2:]


def _swap_ramp(frames: int, swap: int) -> FloatArray:
    """0 before the swap, 1 from `swap` on, a half cosine between."""
    length = min(SWAP_FRAMES, frames)
    start = min(max(swap - length, 0), frames - length)
    position = np.zeros(frames, np.float32)
    position[start : start + length] = 0.5 - 0.5 * np.cos(np.pi * ramp(length))
    position[start + length :] = 1.0
    return position
