"""From an arrangement to samples, the same for playback and export.

All that is costly (rendering clips, filtering at transitions) happens in `prepare`; `render` only
adds slices. Every sample is the same whatever blocks it is asked for in.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.arrangement import crossover, fades, transitions
from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.clip import Clip, ClipSource, db_to_gain
from core.arrangement.loop_stream import Loop, LoopStream
from core.arrangement.transitions import Transition
from core.progress import CancelFlag, Progress, check, silent
from core.settings import SAMPLE_RATE, TICKS_PER_BEAT

FloatArray = NDArray[np.float32]
AudioOf = Callable[[Clip], FloatArray]

_EDGE_IN: Final = 64
_EDGE_OUT: Final = SAMPLE_RATE // 200
"""Frames of the fades that keep a clip cut out of a loop from clicking where it has none itself."""


@dataclass(frozen=True)
class Shape:
    """Gains of a clip from frame `start` on: (frames, 1), or (frames, bands) of the crossover."""

    start: int
    gains: FloatArray

    @property
    def end(self) -> int:
        """The first frame after it."""
        return self.start + len(self.gains)


@dataclass(frozen=True)
class Prepared:
    """A clip ready to be added up: `pieces` (start frame, samples), its stream everywhere else."""

    start: int
    end: int
    stream: LoopStream
    pieces: tuple[tuple[int, FloatArray], ...]

    def parts(self, start: int, end: int) -> Iterable[tuple[int, FloatArray]]:
        """Slices that make up the clip between two frames; nothing is copied."""
        start, end = max(start, self.start), min(end, self.end)
        for begin, samples in self.pieces:
            stop = begin + len(samples)
            if start < begin:
                yield from self.stream.parts(start, min(begin, end))
                start = min(begin, end)
            if start < min(stop, end):
                yield start, samples[start - begin : min(stop, end) - begin]
                start = min(stop, end)
        if start < end:
            yield from self.stream.parts(start, end)


@dataclass
class _Slot:
    """A clip: its lane, where, how loud, and its prepared sound once there is one.

    Lanes that are not heard have slots too, so that `updated` keeps their sound until they are.
    """

    lane: str
    clip: Clip
    start: int
    end: int
    gains: FloatArray
    key: object
    prepared: Prepared | None = None


class Mixdown:
    """The sound of `arrangement`, `frames` long.

    `audio_of(clip)` gives a clip's four-bar loop at the arrangement's tempo, (frames, 1 or 2); it
    is asked once for every source. `reuse` is an earlier mixdown of a similar arrangement: what has
    not changed is taken from it. One thread at a time renders; another may prepare beside it (a
    clip that both need at once is prepared twice, with the same result).
    """

    def __init__(
        self, arrangement: Arrangement, audio_of: AudioOf, *, reuse: Mixdown | None = None
    ) -> None:
        self.arrangement = arrangement
        self.frames = arrangement.length_frames
        self.transitions = tuple(transitions.find_transitions(arrangement))
        self._audio_of = audio_of
        self._bpm = arrangement.bpm
        self._incoming = {transition.incoming.id: transition for transition in self.transitions}
        self._outgoing = {transition.outgoing.id: transition for transition in self.transitions}
        self._before, self._after = _continued(arrangement)
        self._gains: dict[Transition, tuple[Shape, Shape]] = {}
        self._loops: dict[tuple[ClipSource, bool], Loop] = {}
        heard = {lane.id for lane in arrangement.audible_lanes}
        slots = [self._slot(lane, clip) for lane in arrangement.lanes for clip in lane.clips]
        self._slots = [slot for slot in slots if slot.lane in heard]
        self._unheard = [slot for slot in slots if slot.lane not in heard]
        if reuse is not None and reuse._bpm == self._bpm:
            self._take(reuse)

    def updated(self, arrangement: Arrangement) -> Mixdown:
        """A mixdown of an edited `arrangement` that takes over all that has not changed."""
        return Mixdown(arrangement, self._audio_of, reuse=self)

    def prepare(
        self,
        progress: Progress = silent,
        cancel: CancelFlag | None = None,
        *,
        span: tuple[int, int] | None = None,
    ) -> None:
        """Render clips in order and shape their transitions: all, or those in `span` (frames).

        Raises `Cancelled`, and what `audio_of` raises.
        """
        start, end = span or (0, self.frames)
        wanted = [slot for slot in self._slots if slot.start < end and slot.end > start]
        wanted.sort(key=lambda slot: slot.start)
        for index, slot in enumerate(wanted):
            check(cancel)
            progress(index, len(wanted), "rendering clips")
            self._ready(slot)
        progress(len(wanted), len(wanted), "rendering clips")

    def render(
        self,
        start: int,
        frames: int,
        out: FloatArray | None = None,
        peaks: dict[str, float] | None = None,
    ) -> FloatArray:
        """(frames, 2) float32 from frame `start` on; silence outside the arrangement.

        `out`, if given, is filled and returned. What is not prepared yet is prepared here. In
        `peaks`, if given, the entry of each lane that sounds is raised to its peak (1.0 is full
        scale).
        """
        mix = np.empty((frames, 2), np.float32) if out is None else out
        mix[:] = 0.0
        scratch = np.empty((frames, 2), np.float32)
        lanes: dict[str, FloatArray] = {}
        end = min(start + frames, self.frames)
        for slot in self._slots:
            if slot.start < end and slot.end > start:
                for at, samples in self._ready(slot).parts(start, end):
                    part = scratch[: len(samples)]
                    np.multiply(samples, slot.gains, out=part)
                    mix[at - start : at - start + len(samples)] += part
                    if peaks is not None:
                        _add(lanes, slot.lane, part, at - start, frames)
        if peaks is not None:
            for lane, sound in lanes.items():
                peaks[lane] = max(peaks.get(lane, 0.0), float(np.abs(sound).max()))
        return mix

    def release(self, before: int) -> None:
        """Drop what only sounds before frame `before`; asked for again, it is rendered again."""
        still = {slot.clip.source for slot in self._slots if slot.end > before}
        for slot in (*self._slots, *self._unheard):
            if slot.end <= before:
                slot.prepared = None
        self._loops = {key: loop for key, loop in self._loops.items() if key[0] in still}
        self._gains = {
            transition: shapes
            for transition, shapes in self._gains.items()
            if shapes[0].end > before
        }

    def _slot(self, lane: Lane, clip: Clip) -> _Slot:
        transition = self._incoming.get(clip.id)
        start = (
            transition.frames(self._bpm)[0] if transition else self.arrangement.frame(clip.start)
        )
        end = min(self.arrangement.frame(clip.end), self.frames)
        key = (_sounding(clip), start, end, *(self._edge_keys(clip)))
        gains = fades.pan_gains(lane.gain_db, lane.pan) * db_to_gain(clip.gain_db)
        return _Slot(lane.id, clip, start, end, gains, key)

    def _edge_keys(self, clip: Clip) -> Iterator[object]:
        """What the sound of the edges depends on beside the clip itself, its own gain left out."""
        yield clip.id in self._before
        yield clip.id in self._after
        for transition in (self._incoming.get(clip.id), self._outgoing.get(clip.id)):
            sides = transition and (_sounding(transition.outgoing), _sounding(transition.incoming))
            ratio = transition and transition.outgoing.gain_db - transition.incoming.gain_db
            yield transition and (transition.start, transition.end, transition.swap, sides, ratio)

    def _take(self, reuse: Mixdown) -> None:
        before = (*reuse._unheard, *reuse._slots)
        done = {slot.key: slot.prepared for slot in before if slot.prepared}
        for slot in (*self._slots, *self._unheard):
            slot.prepared = done.get(slot.key)
        sources = {clip.source for clip in self.arrangement.clips()}
        self._loops = {key: loop for key, loop in reuse._loops.items() if key[0] in sources}

    def _ready(self, slot: _Slot) -> Prepared:
        if slot.prepared is None:
            stream = self._stream(slot.clip)
            shapes = [shape for shape in self._shapes(slot) if shape.start < shape.end]
            pieces = tuple(_shaped(stream, group) for group in _grouped(shapes))
            slot.prepared = Prepared(slot.start, slot.end, stream, pieces)
        return slot.prepared

    def _stream(self, clip: Clip) -> LoopStream:
        return LoopStream(self._loop(clip), clip, self._bpm)

    def _loop(self, clip: Clip) -> Loop:
        whole, wanted = (clip.source, False), (clip.source, clip.bass_cut)
        if whole not in self._loops:
            self._loops[whole] = Loop.of(self._audio_of(clip), self._bpm)
        if wanted not in self._loops:
            self._loops[wanted] = self._loops[whole].without_lows(self._bpm)
        return self._loops[wanted]

    def _shapes(self, slot: _Slot) -> Iterator[Shape]:
        clip, half = slot.clip, (slot.end - slot.start) // 2
        incoming, outgoing = self._incoming.get(clip.id), self._outgoing.get(clip.id)
        if incoming:
            yield self._transition_shapes(incoming)[1]
        elif clip.id not in self._before:
            frames = self.arrangement.frame(clip.start + clip.fade_in) - slot.start
            gains = fades.fade_in(frames) if clip.fade_in else fades.edge_fade(min(_EDGE_IN, half))
            yield Shape(slot.start, gains[:, None])
        if outgoing:
            yield self._transition_shapes(outgoing)[0]
        elif clip.id not in self._after:
            frames = slot.end - self.arrangement.frame(clip.end - clip.fade_out)
            gains = (
                fades.fade_in(frames) if clip.fade_out else fades.edge_fade(min(_EDGE_OUT, half))
            )
            yield Shape(slot.end - len(gains), gains[::-1, None])

    def _transition_shapes(self, transition: Transition) -> tuple[Shape, Shape]:
        if transition not in self._gains:
            start, end = transition.frames(self._bpm)
            read = _whole if transition.touching else _bands
            sides = [
                [
                    part * np.float32(db_to_gain(clip.gain_db))
                    for part in read(self._stream(clip), start, end)
                ]
                for clip in (transition.outgoing, transition.incoming)
            ]
            out, into = transitions.band_gains(
                *sides,
                beat_frames=self.arrangement.seconds(TICKS_PER_BEAT) * SAMPLE_RATE,
                swap=None
                if transition.swap is None
                else self.arrangement.frame(transition.swap) - start,
            )
            self._gains[transition] = Shape(start, out), Shape(start, into)
        return self._gains[transition]


def _add(lanes: dict[str, FloatArray], lane: str, part: FloatArray, at: int, frames: int) -> None:
    """Add `part`, which begins at frame `at`, to what `lane` sounds like in this block."""
    if lane not in lanes:
        lanes[lane] = np.zeros((frames, 2), np.float32)
    lanes[lane][at : at + len(part)] += part


def _sounding(clip: Clip) -> tuple[object, ...]:
    """The fields of a clip that shape its sound, gain aside."""
    return (
        clip.source,
        clip.start,
        clip.length,
        clip.offset,
        clip.fade_in,
        clip.fade_out,
        clip.bass_cut,
    )


def _continued(arrangement: Arrangement) -> tuple[set[str], set[str]]:
    """Ids of clips that go on from the clip before, and of clips that the next goes on from."""
    pairs = [
        (a.id, b.id)
        for lane in arrangement.lanes
        for a, b in itertools.pairwise(lane.clips)
        if transitions.continues(a, b)
    ]
    return {after for _, after in pairs}, {before for before, _ in pairs}


def _grouped(shapes: list[Shape]) -> list[list[Shape]]:
    """Shapes that overlap, together, in order."""
    groups: list[list[Shape]] = []
    for shape in sorted(shapes, key=lambda shape: shape.start):
        if groups and shape.start < max(other.end for other in groups[-1]):
            groups[-1].append(shape)
        else:
            groups.append([shape])
    return groups


def _shaped(stream: LoopStream, shapes: list[Shape]) -> tuple[int, FloatArray]:
    """The piece of `stream` that `shapes` cover, with all their gains."""
    start, end = shapes[0].start, max(shape.end for shape in shapes)
    width = max(shape.gains.shape[1] for shape in shapes)
    gains = np.ones((end - start, width), np.float32)
    for shape in shapes:
        gains[shape.start - start : shape.end - start] *= shape.gains
    if width == 1:
        return start, stream.read(start, end) * gains
    parts = _bands(stream, start, end)
    return start, np.sum([part * gains[:, [i]] for i, part in enumerate(parts)], axis=0)


def _whole(stream: LoopStream, start: int, end: int) -> list[FloatArray]:
    return [stream.read(start, end)]


def _bands(stream: LoopStream, start: int, end: int) -> list[FloatArray]:
    return crossover.split_bands(stream.read(start - crossover.CONTEXT, end + crossover.CONTEXT))
