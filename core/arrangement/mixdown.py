"""From an arrangement to samples, the same for playback and export.

All that is costly (rendering clips, filtering at transitions) happens in `prepare`; `render` only
adds slices, and runs lanes through their effects and automation. Every sample is the same in
whatever blocks it is asked for, but for what filters remember of a past that was not rendered.
Positions are frames at 44.1 kHz from the first bar on, sound is (frames, 2) float32.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.arrangement import fades, return_sound, transitions
from core.arrangement.arrangement import Arrangement, Lane, frame_at, group_arrangement
from core.arrangement.clip import Clip, ClipShape, ClipSource, GroupSource
from core.arrangement.clip_audio import GainEnvelope, PreparedClip, split_stream
from core.arrangement.clip_gain import ClipGain
from core.arrangement.lane_sound import (
    LaneProcessor,
    LaneStates,
    needs_processing,
    steady_pan,
)
from core.arrangement.loop_stream import Loop, LoopStream
from core.arrangement.return_sound import STEMS, ReturnProcessor
from core.arrangement.transitions import Transition
from core.arrangement.values import db_to_gain
from core.mapped_arrays import SpillingMemory, release_pages
from core.progress import CancelFlag, Progress, check, silent
from core.settings import PARTS, SAMPLE_RATE, TICKS_PER_BEAT

FloatArray = NDArray[np.float32]
AudioOf = Callable[[Clip], FloatArray]
"""Gives a clip's four-bar loop, (frames, 1 or 2), or its parts, (4, frames, 1 or 2), which sum to
it; of a group, it is asked for the clips in it. Parts are needed for clips that are crossfaded by
parts; without them bands are."""

_WHOLE: Final = ClipShape()
_IN_PARTS: Final = 3
"""Dimensions of a sound in parts."""
_EDGE_IN: Final = 64
_EDGE_OUT: Final = SAMPLE_RATE // 200
"""Frames of the short fades at edges without a fade, where a loop that is cut off would click."""
_LOOP_BYTES: Final = 96 << 20
"""Loops that `release` keeps for later clips."""


@dataclass(frozen=True)
class _Sound:
    """A loop, and its parts where they are needed and known."""

    whole: Loop
    parts: tuple[Loop, ...] = ()

    @property
    def nbytes(self) -> int:
        return sum(loop.samples.nbytes for loop in (self.whole, *self.parts))


@dataclass
class _ClipSlot:
    """A clip on its lane, and its prepared sound once there is one.

    Clips of silent lanes have slots too, so that their sound is kept until it is needed.

    Attributes:
        lane_id: the lane.
        clip: the clip.
        start: first frame, a transition from the clip before included.
        end: first frame after it.
        gains: (2,) of the two channels, those of the lane included.
        key: equal where the prepared sound is the same.
        curve: of its gain; None where it has none.
        prepared: the sound, gains left out.
    """

    lane_id: str
    clip: Clip
    start: int
    end: int
    gains: FloatArray
    key: object
    curve: ClipGain | None
    prepared: PreparedClip | None = None


class Mixdown:
    """The sound of an arrangement.

    One thread at a time renders; another may prepare meanwhile (a clip that both need at once is
    prepared twice, with the same result).

    Args:
        arrangement: what to mix.
        audio_of: gives a clip's sound at the arrangement's tempo; asked once for every source.
        reuse: an earlier mixdown of a similar arrangement; what has not changed is taken from it.
        changed: sources that have another sound than in `reuse`.
        gains_of: a mixdown of the same arrangement with other sound, whose gains at transitions are
            used. None: they follow from the sound.
        part: which of `settings.PARTS` the sound is, whose gains are used of `gains_of`.
        memory: takes what is prepared; None: all of it stays in memory until `release`.

    Attributes:
        frames: length of the whole, to the end of the last clip.
        tail: frames that echo and reverb go on for after it.
        transitions: where clips give way to each other.
    """

    def __init__(
        self,
        arrangement: Arrangement,
        audio_of: AudioOf,
        *,
        reuse: Mixdown | None = None,
        changed: Collection[ClipSource] = (),
        gains_of: Mixdown | None = None,
        part: int = 0,
        memory: SpillingMemory | None = None,
    ) -> None:
        arrangement = transitions.without_muted(arrangement)
        self.arrangement = arrangement
        self.frames = arrangement.length_frames
        self.transitions = tuple(transitions.find_transitions(arrangement))
        self._audio_of = audio_of
        self._gains_of, self._part = gains_of, part
        self._memory = memory
        self._separated = transitions.separated_sources(arrangement) if gains_of is None else set()
        self._bpm = arrangement.bpm
        self._incoming = {transition.incoming.id: transition for transition in self.transitions}
        self._outgoing = {transition.outgoing.id: transition for transition in self.transitions}
        self._before, self._after = _continued(arrangement)
        self._gains: dict[Transition, tuple[GainEnvelope, GainEnvelope]] = {}
        self._split_last: list[tuple[tuple[str, int, int], list[FloatArray]]] = []
        self._sounds: dict[tuple[ClipSource, ClipShape], _Sound] = {}
        self._groups: dict[GroupSource, Mixdown] = {}
        audible = {lane.id for lane in arrangement.audible_lanes}
        slots = [self._slot(lane, clip) for lane in arrangement.lanes for clip in lane.clips]
        self._slots = [slot for slot in slots if slot.lane_id in audible]
        self._silent_slots = [slot for slot in slots if slot.lane_id not in audible]
        self._processors = {
            lane.id: LaneProcessor(lane, self._bpm, partial(self._add_dry, lane.id))
            for lane in arrangement.audible_lanes
            if needs_processing(lane) and lane.clips
        }
        self.tail = return_sound.tail_frames(arrangement)
        self._returns = ReturnProcessor(arrangement) if return_sound.used(arrangement) else None
        if reuse is not None and reuse._bpm == self._bpm:
            self._take_over(reuse, frozenset(changed))

    def prepare(
        self,
        progress: Progress = silent,
        cancel: CancelFlag | None = None,
        *,
        span: tuple[int, int] | None = None,
    ) -> None:
        """Render clips in order, and their transitions.

        Args:
            progress: called before each clip.
            cancel: checked before each clip, and between the steps of a crossfade, which takes some
                80 ms.
            span: first frame, and first frame after the part to prepare; None: everything.

        Raises:
            Cancelled: as asked. What `audio_of` raises is passed on, too.
        """
        start, end = span or (0, self.frames)
        wanted = [slot for slot in self._slots if slot.start < end and slot.end > start]
        wanted.sort(key=lambda slot: slot.start)
        for index, slot in enumerate(wanted):
            check(cancel)
            progress(index, len(wanted), "rendering clips")
            if isinstance(slot.clip.source, GroupSource) and slot.prepared is None:
                self._prepare_group(slot.clip.source, cancel)
            is_new = slot.prepared is None
            self._prepared(slot, cancel)
            if is_new and self._memory is not None:
                self._release_pages_of(slot)
        self._split_last = []
        progress(len(wanted), len(wanted), "rendering clips")

    def render(
        self,
        start: int,
        frames: int,
        out: FloatArray | None = None,
        peaks: dict[str, float] | None = None,
        lanes: dict[str, FloatArray] | None = None,
        states: LaneStates | None = None,
        *,
        waits: bool = True,
    ) -> FloatArray:
        """Mix a block. What is not prepared yet is prepared here.

        Args:
            start: first frame.
            frames: length of the block.
            out: (frames, 2) float32, filled and returned if given.
            peaks: if given, the entry of each lane that sounds, by its id, is raised to its linear
                peak in this block.
            lanes: if given, the sound (frames, 2) of each lane that sounds is put into it, by id,
                and that of echo and reverb (`return_sound.STEMS`).
            states: the past of the lanes' effects, for who renders block after block.
            waits: False leaves out clips that are filtered or crossfaded, and groups, until they
                are prepared: a tenth of a second each, and seconds for a group. Then they fade in.

        Returns:
            (frames, 2) float32; silence outside the arrangement and the tail of its echoes.
        """
        mix = np.empty((frames, 2), np.float32) if out is None else out
        mix[:] = 0.0
        scratch = np.empty((frames, 2), np.float32)
        alone = {} if lanes is None else lanes
        apart = peaks is not None or lanes is not None
        end = min(start + frames, self.frames)
        states = states or LaneStates()
        processed = {lane_id: states.block(lane_id, frames) for lane_id in self._processors}
        for slot in self._sounding(start, end, states, waits=waits):
            target = processed.get(slot.lane_id, mix)
            for at, part in self._slot_sound(slot, start, end, scratch, states):
                target[at - start : at - start + len(part)] += part
                if apart and target is mix:
                    _add(alone, slot.lane_id, part, at - start, frames)
        for name, part in self._effects(processed, start, max(end - start, 0), states):
            mix[: len(part)] += part
            if apart:
                _add(alone, name, part, 0, frames)
        if peaks is not None:
            for lane, sound in alone.items():
                peaks[lane] = max(peaks.get(lane, 0.0), float(np.abs(sound).max()))
        return mix

    def _release_pages_of(self, slot: _ClipSlot) -> None:
        """Give back what was read of files to prepare a clip, some 15 MB with a crossfade."""
        into, out = self._incoming.get(slot.clip.id), self._outgoing.get(slot.clip.id)
        for clip in (slot.clip, *([out.incoming] if out else [])):
            for shape in {_WHOLE, clip.shape}:
                sound = self._sounds.get((clip.source, shape))
                for loop in (sound.whole, *sound.parts) if sound else ():
                    release_pages(loop.samples)
        for transition in (into, out):
            for envelope in self._gains.get(transition, ()) if transition else ():
                release_pages(envelope.gains)

    def release_pages(self) -> None:
        """Give back memory of what lies in files; it is read again as it sounds."""
        for sound in list(self._sounds.values()):
            for loop in (sound.whole, *sound.parts):
                release_pages(loop.samples)
        for slot in (*self._slots, *self._silent_slots):
            for _, samples in slot.prepared.pieces if slot.prepared else ():
                release_pages(samples)

    def release(self, before: int) -> None:
        """Forget sound that ends before frame `before`; if asked for, it is rendered again.

        Of the loops that are needed later only those needed soonest are kept, up to 96 MB.
        """
        for slot in (*self._slots, *self._silent_slots):
            if slot.end <= before:
                slot.prepared = None
        next_use: dict[ClipSource, int] = {}
        for slot in self._slots:
            if slot.end > before:
                used = next_use.setdefault(slot.clip.source, slot.start)
                next_use[slot.clip.source] = min(used, slot.start)
        self._keep_loops(next_use)
        self._groups = {group: mix for group, mix in self._groups.items() if group in next_use}
        self._gains = {
            transition: envelopes
            for transition, envelopes in self._gains.items()
            if envelopes[0].end > before
        }

    def _effects(
        self, sounds: dict[str, FloatArray], start: int, frames: int, states: LaneStates
    ) -> Iterator[tuple[str, FloatArray]]:
        """Run lanes through their effects, then echo and reverb.

        Args:
            sounds: of lanes that have effects, by their ids; changed in place.
            start: first frame.
            frames: of the lanes that lie before the end of the arrangement.
            states: the past.

        Yields:
            The id of a lane, or of a return (`STEMS`), and its sound.
        """
        returns, tail = self._returns, self.tail
        size = len(next(iter(sounds.values()), ()))
        sent = {name: states.block(name, size) for name in (returns.names if returns else ())}
        for lane_id, sound in sounds.items():
            if frames:
                self._processors[lane_id].process(sound[:frames], start, states, sent)
                yield lane_id, sound[:frames]
        if returns is None:
            return
        out = {name: states.block(STEMS[name], size) for name in sent}
        returns.process(sent, out, states.returns)
        for name, sound in out.items():
            if start + size > self.frames + tail // 2:
                sound *= return_sound.tail_gains(start, size, self.frames, tail)
            yield STEMS[name], sound

    def _add_dry(self, lane_id: str, start: int, out: FloatArray) -> None:
        """Add what a lane sounds like before its effects, as far as that is prepared."""
        end = start + len(out)
        for slot in self._slots:
            if slot.lane_id == lane_id and slot.prepared and slot.start < end and slot.end > start:
                for at, samples in slot.prepared.parts(start, end):
                    part = fades.amplified(samples, slot.gains)
                    if slot.curve is not None:
                        slot.curve.apply(part, at)
                    out[at - start : at - start + len(part)] += part

    def _keep_loops(self, next_use: dict[ClipSource, int]) -> None:
        wanted = [key for key in self._sounds if key[0] in next_use]
        wanted.sort(key=lambda key: next_use[key[0]])
        size, kept = 0, {}
        for key in wanted:
            size += self._sounds[key].nbytes
            if size > _LOOP_BYTES:
                break
            kept[key] = self._sounds[key]
        self._sounds = kept

    def _slot(self, lane: Lane, clip: Clip) -> _ClipSlot:
        transition = self._incoming.get(clip.id)
        start = (
            transition.frames(self._bpm)[0] if transition else self.arrangement.frame(clip.start)
        )
        end = min(self.arrangement.frame(clip.end), self.frames)
        key = (_sound_key(clip), start, end, *(self._edge_keys(clip)))
        gains = fades.pan_gains(lane.gain_db, steady_pan(lane)) * db_to_gain(clip.gain_db)
        curve = ClipGain.of(clip, start, end, self._bpm)
        return _ClipSlot(lane.id, clip, start, end, gains, key, curve)

    def _edge_keys(self, clip: Clip) -> Iterator[object]:
        """What the sound of a clip's edges depends on, apart from the clip itself."""
        yield clip.id in self._before
        yield clip.id in self._after
        for transition in (self._incoming.get(clip.id), self._outgoing.get(clip.id)):
            sides = transition and (
                _sound_key(transition.outgoing),
                _sound_key(transition.incoming),
            )
            ratio = transition and transition.outgoing.gain_db - transition.incoming.gain_db
            yield transition and (transition.start, transition.end, transition.swap, sides, ratio)
            yield transition and (transition.outgoing.gain_curve, transition.incoming.gain_curve)

    def _take_over(self, reuse: Mixdown, changed: Collection[ClipSource]) -> None:
        before = (*reuse._silent_slots, *reuse._slots)
        done = {slot.key: slot.prepared for slot in before if slot.prepared}
        for slot in (*self._slots, *self._silent_slots):
            if not (changed and self._hears(slot.clip, changed)):
                slot.prepared = done.get(slot.key)
        sources = {
            clip.source
            for clip in self.arrangement.clips()
            if not any(loop.source in changed for loop in clip.loops)
        }
        self._groups = {group: mix for group, mix in reuse._groups.items() if group in sources}
        self._sounds = {
            key: sound
            for key, sound in reuse._sounds.items()
            if key[0] in sources and (sound.parts or key[0] not in self._separated)
        }

    def _hears(self, clip: Clip, sources: Collection[ClipSource]) -> bool:
        """Whether the sound of a clip, or its gains at a transition, depend on one of `sources`."""
        into, out = self._incoming.get(clip.id), self._outgoing.get(clip.id)
        beside = (clip, into and into.outgoing, out and out.incoming)
        return any(loop.source in sources for it in beside if it for loop in it.loops)

    def _sounding(
        self, start: int, end: int, states: LaneStates, *, waits: bool
    ) -> Iterator[_ClipSlot]:
        """The clips that are heard between two frames, see `render`."""
        for slot in self._slots:
            if slot.start < end and slot.end > start:
                if waits or not self._takes_long(slot):
                    yield slot
                else:
                    states.left_out.add(slot.clip.id)

    def _slot_sound(
        self, slot: _ClipSlot, start: int, end: int, scratch: FloatArray, states: LaneStates
    ) -> Iterator[tuple[int, FloatArray]]:
        """Stretches of a clip, as loud as on its lane, by their first frames, in `scratch`."""
        for at, samples in self._prepared(slot).parts(start, end):
            part = scratch[: len(samples)]
            fades.amplified(samples, slot.gains, part)
            if slot.curve is not None:
                slot.curve.apply(part, at)
            if slot.clip.id in states.left_out:
                ramp = fades.ramp(end - start)[at - start : at - start + len(part), None]
                fades.amplified(part, ramp, part)
            yield at, part
        states.left_out.discard(slot.clip.id)

    def _takes_long(self, slot: _ClipSlot) -> bool:
        """Whether it is not prepared, and that is more than reading its loop."""
        if slot.prepared is not None:
            return False
        before, after = self._incoming.get(slot.clip.id), self._outgoing.get(slot.clip.id)
        clips = [slot.clip]
        clips += [before.outgoing] if before else []
        clips += [after.incoming] if after else []
        overlaps = any(it is not None and not it.touching for it in (before, after))
        return overlaps or not all(map(self._is_at_hand, clips))

    def _is_at_hand(self, clip: Clip) -> bool:
        """Whether its loop is there as it is heard."""
        shape = clip.shape
        is_group = isinstance(clip.source, GroupSource)
        return not is_group and (shape == _WHOLE or (clip.source, shape) in self._sounds)

    def _prepared(self, slot: _ClipSlot, cancel: CancelFlag | None = None) -> PreparedClip:
        if slot.prepared is None:
            made = PreparedClip.of(
                self._stream(slot.clip),
                slot.start,
                slot.end,
                self._envelopes(slot, cancel),
                self._part_streams(slot.clip),
                partial(self._bands, slot.clip),
            )
            if self._memory is not None:
                made = replace(
                    made, pieces=tuple((at, self._memory.keep(it)) for at, it in made.pieces)
                )
                self._forget_gains(slot.clip)
            slot.prepared = made
        return slot.prepared

    def _forget_gains(self, clip: Clip) -> None:
        """Those of the transition into a clip: clips are prepared in order, and should the one
        before come later, they are found again."""
        into = self._incoming.get(clip.id)
        if into is not None:
            self._gains.pop(into, None)

    def _stream(self, clip: Clip) -> LoopStream:
        return LoopStream(self._sound(clip).whole, clip, self._bpm)

    def _part_streams(self, clip: Clip) -> list[LoopStream]:
        """Nothing where they are not needed, or not known."""
        return [LoopStream(loop, clip, self._bpm) for loop in self._sound(clip).parts]

    def _sound(self, clip: Clip) -> _Sound:
        whole, wanted = (clip.source, _WHOLE), (clip.source, clip.shape)
        if whole not in self._sounds:
            self._sounds[whole] = self._fetched(clip)
        if wanted not in self._sounds:
            sound = self._sounds[whole]
            shaped = [loop.shaped(clip.shape) for loop in (sound.whole, *sound.parts)]
            self._sounds[wanted] = self._held(_Sound(shaped[0], tuple(shaped[1:])), sound)
        return self._sounds[wanted]

    def _held(self, made: _Sound, given: _Sound | None = None) -> _Sound:
        """What was made of a sound, in this mixdown's memory."""
        memory = self._memory
        if memory is None or made.whole is (given and given.whole):
            return made
        loops = (replace(it, samples=memory.keep(it.samples)) for it in (made.whole, *made.parts))
        whole, *parts = loops
        return _Sound(whole, tuple(parts))

    def _fetched(self, clip: Clip) -> _Sound:
        if isinstance(clip.source, GroupSource):
            return self._held(_Sound(self._group_loop(clip.source)))
        samples = self._audio_of(clip)
        if samples.ndim != _IN_PARTS:
            return _Sound(Loop.of(samples, self._bpm))
        whole = Loop.of(samples.sum(axis=0), self._bpm)
        if clip.source not in self._separated:
            return self._held(_Sound(whole))
        return self._held(_Sound(whole, tuple(Loop.of(part, self._bpm) for part in samples)))

    def _group_loop(self, source: GroupSource) -> Loop:
        """What the clips of a group sound like where they lay, so that not a bit of it differs."""
        mix, end = self._group_mixdown(source), source.start + source.length
        del self._groups[source]  # its sound takes as much memory again
        start, end = self.arrangement.frame(source.start), self.arrangement.frame(end)
        return Loop.of(mix.render(start, end - start), self._bpm, source.length)

    def _prepare_group(self, source: GroupSource, cancel: CancelFlag | None) -> None:
        """Clip by clip, so that it can be cancelled: there may be many in it."""
        if (source, _WHOLE) not in self._sounds:
            self._group_mixdown(source).prepare(cancel=cancel)

    def _group_mixdown(self, source: GroupSource) -> Mixdown:
        if source not in self._groups:
            whole = self._gains_of and self._gains_of._group_mixdown(source)
            inside = group_arrangement(source, self._bpm)
            self._groups[source] = Mixdown(
                inside,
                self._audio_of,
                gains_of=whole,
                part=self._part,
                memory=self._memory,
            )
        return self._groups[source]

    def _envelopes(self, slot: _ClipSlot, cancel: CancelFlag | None) -> Iterator[GainEnvelope]:
        clip, half = slot.clip, (slot.end - slot.start) // 2
        incoming, outgoing = self._incoming.get(clip.id), self._outgoing.get(clip.id)
        if incoming:
            yield self._transition_envelopes(incoming, cancel)[1]
        elif clip.id not in self._before and not _begins_with_group(clip):
            frames = self.arrangement.frame(clip.start + clip.fade_in) - slot.start
            gains = fades.fade_in(frames) if clip.fade_in else fades.edge_fade(min(_EDGE_IN, half))
            yield GainEnvelope(slot.start, gains[:, None])
        if outgoing:
            yield self._transition_envelopes(outgoing, cancel)[0]
        elif clip.id not in self._after and not _ends_with_group(clip):
            frames = slot.end - self.arrangement.frame(clip.end - clip.fade_out)
            gains = (
                fades.fade_in(frames) if clip.fade_out else fades.edge_fade(min(_EDGE_OUT, half))
            )
            yield GainEnvelope(slot.end - len(gains), gains[::-1, None])

    def _transition_envelopes(
        self, transition: Transition, cancel: CancelFlag | None
    ) -> tuple[GainEnvelope, GainEnvelope]:
        if self._gains_of is not None:
            both = self._gains_of._transition_envelopes(transition, cancel)
            return self._of_part(both[0]), self._of_part(both[1])
        if transition not in self._gains:
            start, end = transition.frames(self._bpm)
            clips = (transition.outgoing, transition.incoming)
            sides = [
                [self._amplified(piece, clip, start) for piece in pieces]
                for clip, pieces in zip(
                    clips, self._split(transition, start, end, cancel), strict=True
                )
            ]
            check(cancel)
            out, into = transitions.band_gains(
                *sides,
                beat_frames=self.arrangement.seconds(TICKS_PER_BEAT) * SAMPLE_RATE,
                swap=None
                if transition.swap is None
                else self.arrangement.frame(transition.swap) - start,
            )
            if self._memory is not None:  # a seek may leave one that is long not needed again
                out, into = self._memory.keep(out), self._memory.keep(into)
            self._gains[transition] = (
                GainEnvelope(start, out),
                GainEnvelope(start, into),
            )
        return self._gains[transition]

    def _amplified(self, sound: FloatArray, clip: Clip, start: int) -> FloatArray:
        """A stretch of a clip as loud as it is on its lane."""
        amplified = sound * np.float32(db_to_gain(clip.gain_db))
        curve = ClipGain.of(clip, start, start + len(sound), self._bpm)
        if curve is not None:
            curve.apply(amplified, start)
        return amplified

    def _split(
        self, transition: Transition, start: int, end: int, cancel: CancelFlag | None
    ) -> Iterator[list[FloatArray]]:
        """What is crossfaded, of both clips: parts, bands, or the whole where they only touch."""
        clips = (transition.outgoing, transition.incoming)
        parts = [self._part_streams(clip) for clip in clips] if transition.by_parts else []
        for number, clip in enumerate(clips):
            check(cancel)
            if transition.touching:
                yield [self._stream(clip).read(start, end)]
            elif parts and all(parts):
                yield [stream.read(start, end) for stream in parts[number]]
            else:
                yield self._bands(clip, start, end)

    def _bands(self, clip: Clip, start: int, end: int) -> list[FloatArray]:
        """Lows, mids and highs of a stretch. The last two are remembered, as the gains of a
        transition and the clips in it need the same."""
        key = (clip.id, start, end)
        for known, bands in self._split_last:
            if known == key:
                return bands
        bands = split_stream(self._stream(clip), start, end)
        self._split_last = [*self._split_last[-1:], (key, bands)]
        return bands

    def _of_part(self, envelope: GainEnvelope) -> GainEnvelope:
        """For a sound that is one part: of gains by part its own."""
        if envelope.gains.shape[1] != len(PARTS):
            return envelope
        return GainEnvelope(envelope.start, envelope.gains[:, [self._part]])


def _add(lanes: dict[str, FloatArray], lane: str, part: FloatArray, at: int, frames: int) -> None:
    """Add `part`, which begins at frame `at`, to what `lane` sounds like in this block."""
    if lane not in lanes:
        lanes[lane] = np.zeros((frames, 2), np.float32)
    lanes[lane][at : at + len(part)] += part


def _sound_key(clip: Clip) -> tuple[object, ...]:
    """The fields of a clip that shape its sound, gain aside."""
    return (
        clip.source,
        clip.start,
        clip.length,
        clip.offset,
        clip.fade_in,
        clip.fade_out,
        clip.shape,
    )


def clip_loop(clip: Clip, bpm: float, loops: Mapping[ClipSource, FloatArray]) -> FloatArray:
    """What a clip repeats: four bars, or all of its group.

    Args:
        clip: the clip.
        bpm: the tempo.
        loops: the sound of each of `Clip.loops`, as for a mixdown.

    Returns:
        (frames, 1 or 2), full scale 1.0.
    """
    source = clip.source
    if not isinstance(source, GroupSource):
        return loops[source]
    mix, end = Mixdown(group_arrangement(source, bpm), lambda it: loops[it.source]), clip.period
    start, end = frame_at(source.start, bpm), frame_at(source.start + end, bpm)
    return mix.render(start, end - start)


def _begins_with_group(clip: Clip) -> bool:
    """Whether it begins as its group does, whose own clips have edges."""
    return isinstance(clip.source, GroupSource) and not clip.fade_in and clip.offset == 0


def _ends_with_group(clip: Clip) -> bool:
    """Whether it ends as its group does, whose own clips have edges."""
    is_whole = (clip.offset + clip.length) % clip.period == 0
    return isinstance(clip.source, GroupSource) and not clip.fade_out and is_whole


def _continued(arrangement: Arrangement) -> tuple[set[str], set[str]]:
    """Ids of clips that go on from the clip before, and of clips that the next goes on from."""
    pairs = [
        (a.id, b.id)
        for lane in arrangement.lanes
        for a, b in itertools.pairwise(lane.clips)
        if transitions.continues(a, b)
    ]
    return {after for _, after in pairs}, {before for before, _ in pairs}
