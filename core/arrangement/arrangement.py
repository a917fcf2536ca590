"""Tempo, lanes, clips and markers: the document that the window edits and the mixdown plays."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from core.arrangement.automation import Automation
from core.arrangement.clip import Clip, GroupSource
from core.arrangement.lane_effects import NO_EFFECTS, LaneEffects
from core.arrangement.marker import Marker
from core.arrangement.returns import DEFAULT_RETURNS, Returns
from core.arrangement.values import LONGEST_NAME, checked_gain_db, whole_number
from core.errors import InputError
from core.settings import LAST_BAR, LAST_TICK, SAMPLE_RATE, TICKS_PER_BEAT

BPM_MIN = 20.0
BPM_MAX = 999.0
MOST_LANES = 500
"""The window has a row of controls for each."""


@dataclass(frozen=True)
class Lane:
    """A row of the timeline.

    Neighbours may overlap and then crossfade; no clip may lie inside another, and no three may
    sound at once (`edits` makes room as it places clips).

    Attributes:
        id: no other lane of the arrangement has it.
        name: what the user calls it.
        clips: kept in order of start.
        gain_db: -96 (silence) .. 24.
        pan: -1 (left) .. 1 (right).
        mute: it is silent.
        solo: lanes without solo are silent.
        effects: what its sound passes through.
        automation: curves of its settings, one of each at most. They take the place of the setting,
            but the volume, which is on top of the gain.

    Raises:
        InputError: two curves of one setting, clips that overlap by more than a crossfade, or a
            value out of range.
    """

    id: str
    name: str = ""
    clips: tuple[Clip, ...] = ()
    gain_db: float = 0.0
    pan: float = 0.0
    mute: bool = False
    solo: bool = False
    effects: LaneEffects = NO_EFFECTS
    automation: tuple[Automation, ...] = ()

    def __post_init__(self) -> None:
        if not self.id:
            raise InputError("a lane needs an id; give it one")
        curves = tuple(sorted(self.automation, key=lambda curve: curve.parameter))
        object.__setattr__(self, "automation", curves)
        _check_ids([curve.parameter for curve in curves], "automation")
        in_order = tuple(sorted(self.clips, key=lambda clip: clip.start))
        object.__setattr__(self, "clips", in_order)
        object.__setattr__(self, "name", self.name[:LONGEST_NAME])
        object.__setattr__(self, "gain_db", checked_gain_db(self.gain_db, "a lane's gain"))
        if not -1.0 <= self.pan <= 1.0:
            raise InputError(f"a lane's pan must lie between -1 and 1, not {self.pan}")
        _check_overlaps(in_order)

    @property
    def end(self) -> int:
        """The first tick after the last clip."""
        return self.clips[-1].end if self.clips else 0

    def curve(self, parameter: str) -> Automation | None:
        """The automation of a setting, by its name; None where it has none."""
        return next((it for it in self.automation if it.parameter == parameter), None)

    def changed(self, **fields: object) -> Lane:
        """A copy with `fields` replaced. Raises `InputError` as the constructor does."""
        return dataclasses.replace(self, **fields)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Arrangement:
    """Lanes of clips at one tempo.

    Attributes:
        bpm: 20 .. 999.
        lanes: top to bottom.
        title: may be empty.
        frames: the exact length in samples where it was asked for in minutes (before the end of
            the last clip, or less than a tick after it); None: to the end of the last clip.
        markers: named places, kept in their order.
        returns: the echo and the reverb that lanes send to.

    Raises:
        InputError: a tempo out of range, more lanes or bars than there may be, or an id that occurs
            twice.
    """

    bpm: float
    lanes: tuple[Lane, ...] = ()
    title: str = ""
    frames: int | None = None
    markers: tuple[Marker, ...] = ()
    returns: Returns = DEFAULT_RETURNS

    def __post_init__(self) -> None:
        object.__setattr__(self, "bpm", checked_tempo(self.bpm))
        object.__setattr__(self, "lanes", tuple(self.lanes))
        in_order = tuple(sorted(self.markers, key=lambda marker: marker.tick))
        object.__setattr__(self, "markers", in_order)
        object.__setattr__(self, "title", self.title[:LONGEST_NAME])
        if self.frames is not None:
            frames = whole_number(self.frames, "an exact length")
            if frames < 0:
                raise InputError("an arrangement cannot be shorter than nothing")
            if frames > self.frame(LAST_TICK):
                raise InputError(f"an arrangement cannot be longer than {LAST_BAR:,} bars")
        if len(self.lanes) > MOST_LANES:
            raise InputError(f"an arrangement has at most {MOST_LANES} lanes; remove some")
        _check_ids([lane.id for lane in self.lanes], "lane")
        _check_ids([clip.id for clip in self.clips()], "clip")
        _check_ids([marker.id for marker in in_order], "marker")

    @property
    def end(self) -> int:
        """The first tick after the last clip of all lanes."""
        return max((lane.end for lane in self.lanes), default=0)

    @property
    def length_frames(self) -> int:
        """Length in samples: `frames` if given, else the end of the last clip."""
        return self.frame(self.end) if self.frames is None else self.frames

    @property
    def audible_lanes(self) -> tuple[Lane, ...]:
        """The lanes that sound: the soloed ones if there are any, never the muted ones."""
        solo = any(lane.solo for lane in self.lanes)
        return tuple(lane for lane in self.lanes if not lane.mute and (lane.solo or not solo))

    def clips(self) -> Iterator[Clip]:
        """All clips, lane by lane."""
        for lane in self.lanes:
            yield from lane.clips

    def loop_clips(self) -> Iterator[Clip]:
        """The clips whose four-bar loops are heard: all, those in groups instead of the groups."""
        return (loop for clip in self.clips() for loop in clip.loops)

    def lane(self, lane_id: str) -> Lane:
        """The lane of that id. Raises `InputError` if there is none."""
        for lane in self.lanes:
            if lane.id == lane_id:
                return lane
        raise InputError(f"there is no lane {lane_id!r} in this arrangement")

    def clip(self, clip_id: str) -> Clip:
        """The clip of that id. Raises `InputError` if there is none."""
        return self.lane_of(clip_id)[1]

    def lane_of(self, clip_id: str) -> tuple[Lane, Clip]:
        """The lane that holds the clip of that id, and the clip. Raises `InputError`."""
        for lane in self.lanes:
            for clip in lane.clips:
                if clip.id == clip_id:
                    return lane, clip
        raise InputError(f"there is no clip {clip_id!r} in this arrangement")

    def marker(self, marker_id: str) -> Marker:
        """The marker of that id. Raises `InputError` if there is none."""
        for marker in self.markers:
            if marker.id == marker_id:
                return marker
        raise InputError(f"there is no marker {marker_id!r} in this arrangement")

    def frame(self, tick: int) -> int:
        """The sample nearest to `tick`."""
        return frame_at(tick, self.bpm)

    def tick(self, frame: float) -> float:
        """The tick, unrounded, that the sample `frame` falls on."""
        return frame * self.bpm * TICKS_PER_BEAT / (60.0 * SAMPLE_RATE)

    def seconds(self, tick: int) -> float:
        """The time of `tick`, unrounded."""
        return tick * 60.0 / (self.bpm * TICKS_PER_BEAT)

    def changed(self, **fields: object) -> Arrangement:
        """A copy with `fields` replaced. Raises `InputError` as the constructor does."""
        return dataclasses.replace(self, **fields)  # type: ignore[arg-type]


def group_arrangement(source: GroupSource, bpm: float) -> Arrangement:
    """The clips of a group, each where it lay, on lanes that change nothing.

    Args:
        source: the group.
        bpm: the tempo.

    Raises:
        InputError: clips that cannot lie on a lane together.
    """
    lanes = [Lane(f"row {n}", f"Row {n}", clips) for n, clips in enumerate(source.rows, 1)]
    return Arrangement(bpm, tuple(lanes))


def frame_at(tick: int, bpm: float) -> int:
    """The sample nearest to a tick; rounded once, from the exact quotient, halves up.

    Args:
        tick: a position.
        bpm: the tempo.

    Returns:
        The frame at 44.1 kHz.
    """
    beats, per = bpm.as_integer_ratio()
    divisor = beats * TICKS_PER_BEAT
    return (2 * tick * 60 * SAMPLE_RATE * per + divisor) // (2 * divisor)


def checked_tempo(bpm: object) -> float:
    """A tempo as a float. Raises `InputError` if it is no number of 20 .. 999 BPM."""
    if isinstance(bpm, bool) or not isinstance(bpm, (int, float)):
        raise InputError(f"a tempo must be a number of beats per minute, not {bpm!r}")
    if not BPM_MIN <= bpm <= BPM_MAX:
        raise InputError(f"a tempo must lie between {BPM_MIN:g} and {BPM_MAX:g} BPM, not {bpm:g}")
    return float(bpm)


def _check_overlaps(clips: tuple[Clip, ...]) -> None:
    for before, after in itertools.pairwise(clips):
        if after.start <= before.start or after.end <= before.end:
            raise InputError(
                f"clip {before.id!r} and clip {after.id!r} lie inside each other on one lane; "
                "put one of them on another lane"
            )
    for before, after in zip(clips, clips[2:], strict=False):
        if after.start < before.end:
            raise InputError(
                f"more than two clips sound at once around clip {after.id!r}; "
                "put one of them on another lane"
            )


def _check_ids(ids: list[str], what: str) -> None:
    if len(set(ids)) == len(ids):
        return
    seen: set[str] = set()
    for name in ids:
        if name in seen:
            raise InputError(f"the {what} id {name!r} occurs twice; ids must differ")
        seen.add(name)
