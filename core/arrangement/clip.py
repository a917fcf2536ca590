"""What can be placed on the timeline: a real segment or a latent, looped for some length."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.arrangement.automation import VOLUME, Automation, Breakpoint
from core.arrangement.values import (
    LONGEST_NAME,
    check_colour,
    check_place,
    checked_gain_db,
    whole_number,
)
from core.errors import InputError
from core.settings import (
    BARS_PER_SEGMENT,
    LARGEST_LATENT,
    LATENT_SIZE,
    PARTS,
    RENDERERS,
    TICKS_PER_BEAT,
    TICKS_PER_SEGMENT,
)

DEFAULT_RENDERER: Final = RENDERERS[0]
ORIGINAL: Final = "original"
"""The renderer of a real segment: none."""
MAX_TRANSPOSE = 12
"""Semitones, up or down."""
NO_PARTS_MUTED: Final = (False,) * len(PARTS)
PARTS_AS_THEY_ARE: Final = (0.0,) * len(PARTS)
"""Gains of parts in dB."""
SHORTEST_GROUP: Final = TICKS_PER_BEAT // 4
DEEPEST_GROUP: Final = 8


@dataclass(frozen=True)
class RealSource:
    """A segment of the library, played as it is (brought to the arrangement's tempo).

    Attributes:
        segment_id: which.
        transpose: semitones, -12 .. 12; the tempo stays.

    Raises:
        InputError: no id, or a transposition out of range.
    """

    segment_id: str
    transpose: int = 0

    def __post_init__(self) -> None:
        if not isinstance(self.segment_id, str) or not self.segment_id:
            raise InputError("a real segment needs its id; place the segment again")
        object.__setattr__(self, "transpose", _semitones(self.transpose))


@dataclass(frozen=True)
class LatentSource:
    """A point of the latent space, or one point per bar, and all that makes its sound repeatable.

    Attributes:
        latents: anything of shape (64,), (1, 64) or (4, 64). It is kept as a tuple of rows of
            floats that float32 holds exactly, so that sources compare, hash and survive JSON bit
            by bit.
        seed: of the renderer's noise, 0 .. 2**63 - 1.
        renderer: name of the renderer.
        model_hash: of the model that the latents belong to; empty where it is not known.
        transpose: semitones, -12 .. 12, of what is rendered; the tempo stays.

    Raises:
        InputError: another shape, numbers beyond `LARGEST_LATENT`, or a seed or a transposition
            out of range.
    """

    latents: tuple[tuple[float, ...], ...]
    seed: int = 0
    renderer: str = DEFAULT_RENDERER
    model_hash: str = ""
    transpose: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "latents", _rows(self.latents))
        if not 0 <= self.seed < 1 << 63:
            raise InputError("a seed must lie between 0 and 2**63 - 1")
        object.__setattr__(self, "transpose", _semitones(self.transpose))

    @classmethod
    def of(
        cls,
        latents: ArrayLike,
        *,
        seed: int = 0,
        renderer: str = DEFAULT_RENDERER,
        model_hash: str = "",
        transpose: int = 0,
    ) -> LatentSource:
        """Make a source of an array.

        Args:
            latents: (64,), (1, 64) or (4, 64).
            seed: of the renderer's noise.
            renderer: name of the renderer.
            model_hash: of the model that the latents belong to.
            transpose: semitones.

        Raises:
            InputError: as the constructor.
        """
        return cls(_rows(latents), seed, renderer, model_hash, transpose)

    @cached_property
    def array(self) -> NDArray[np.float32]:
        """The latents as (1 or 4, 64) float32, read-only."""
        array = np.asarray(self.latents, dtype=np.float32)
        array.flags.writeable = False
        return array


SingleSource = RealSource | LatentSource


@dataclass(frozen=True)
class PartsSource:
    """Parts of segments and latents that sound together, each part from a source of its own.

    Make one with `with_parts`, which gives the source itself where all of it is heard.

    Attributes:
        sources: of each of `settings.PARTS`, in their order. A transposed one keeps its tempo.
        muted: the parts that are not heard. They keep their sources, so that they can come back.
        gains_db: of each part, -96 (silence) .. 24.

    Raises:
        InputError: not one source, one switch and one gain for each part, or a gain out of range.
    """

    sources: tuple[SingleSource, ...]
    muted: tuple[bool, ...] = NO_PARTS_MUTED
    gains_db: tuple[float, ...] = PARTS_AS_THEY_ARE

    def __post_init__(self) -> None:
        if not len(self.sources) == len(self.muted) == len(self.gains_db) == len(PARTS):
            raise InputError(f"each of {', '.join(PARTS)} needs a source, a switch and a gain")
        if not all(isinstance(source, RealSource | LatentSource) for source in self.sources):
            raise InputError("a part is of a segment or of a latent")
        object.__setattr__(self, "sources", tuple(self.sources))
        object.__setattr__(self, "muted", tuple(bool(muted) for muted in self.muted))
        gains = tuple(checked_gain_db(gain, "a part's gain") for gain in self.gains_db)
        object.__setattr__(self, "gains_db", gains)

    @property
    def transpose(self) -> int:
        """Semitones by which the first part that is heard is higher."""
        return self.main.transpose

    @property
    def main(self) -> SingleSource:
        """The source of most parts that are heard; of as many, that of the last of them."""
        heard = [s for s, muted in zip(self.sources, self.muted, strict=True) if not muted]
        some = heard or list(self.sources)
        return max(reversed(some), key=some.count)


@dataclass(frozen=True)
class GroupSource:
    """Clips that were made into one: what they sound like together, repeated after its length.

    Attributes:
        rows: the clips, lane by lane, where they lay in their arrangement; rows may be empty.
        start: the tick where the first of them began.
        length: ticks to the end of the last of them, at least `SHORTEST_GROUP`.

    Raises:
        InputError: no clip, one that does not lie within, too short, or groups in groups in groups
            beyond `DEEPEST_GROUP`.
    """

    rows: tuple[tuple[Clip, ...], ...]
    start: int
    length: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", tuple(tuple(row) for row in self.rows))
        object.__setattr__(self, "start", whole_number(self.start, "a group's start"))
        object.__setattr__(self, "length", whole_number(self.length, "a group's length"))
        if not self.clips:
            raise InputError("a group needs a clip")
        if self.length < SHORTEST_GROUP:
            raise InputError("clips that are made into one must last for a sixteenth or longer")
        end = self.start + self.length
        if any(clip.start < self.start or clip.end > end for clip in self.clips):
            raise InputError("the clips of a group must lie within it")
        if self.depth > DEEPEST_GROUP:
            raise InputError(
                f"clips can be made into one {DEEPEST_GROUP} times over; take one apart first"
            )

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.rows, self.start, self.length))

    @cached_property
    def clips(self) -> tuple[Clip, ...]:
        """All clips, row by row."""
        return tuple(clip for row in self.rows for clip in row)

    @cached_property
    def depth(self) -> int:
        """1, and 1 more for each group in a group."""
        inner = (it.source.depth for it in self.clips if isinstance(it.source, GroupSource))
        return 1 + max(inner, default=0)

    @property
    def transpose(self) -> int:
        """Semitones by which what it is called after is higher."""
        return self.main.transpose

    @property
    def main(self) -> SingleSource:
        """The source of the longest of its clips."""
        return main_source(max(self.clips, key=lambda clip: clip.length).source)


ClipSource = SingleSource | PartsSource | GroupSource


def with_parts(
    sources: Sequence[SingleSource],
    muted: Sequence[bool] = NO_PARTS_MUTED,
    gains_db: Sequence[float] = PARTS_AS_THEY_ARE,
) -> ClipSource:
    """The simplest source of these parts.

    Args:
        sources: of each of `settings.PARTS`.
        muted: which of them are not heard.
        gains_db: of each.

    Returns:
        The source itself where all parts are of the same, heard and as they are; else a
        `PartsSource`.

    Raises:
        InputError: as the constructor of `PartsSource`.
    """
    made = PartsSource(tuple(sources), tuple(muted), tuple(gains_db))
    whole = len(set(made.sources)) == 1 and not any(made.muted) and not any(made.gains_db)
    return made.sources[0] if whole else made


def part_sources(source: ClipSource) -> tuple[SingleSource, ...]:
    """What each of `settings.PARTS` of a source is from; of a group, of what it is called after."""
    if isinstance(source, GroupSource):
        return (source.main,) * len(PARTS)
    return source.sources if isinstance(source, PartsSource) else (source,) * len(PARTS)


def muted_parts(source: ClipSource) -> tuple[bool, ...]:
    """Which of `settings.PARTS` are not heard of a source; of a group, of none of its clips."""
    if isinstance(source, GroupSource):
        every = zip(*(muted_parts(clip.source) for clip in source.clips), strict=True)
        return tuple(all(each) for each in every)
    return source.muted if isinstance(source, PartsSource) else NO_PARTS_MUTED


def part_gains_db(source: ClipSource) -> tuple[float, ...]:
    """The gain in dB of each of `settings.PARTS` of a source, whether it is heard or not; of a
    group those of its first clip."""
    if isinstance(source, GroupSource):
        return part_gains_db(source.clips[0].source)
    return source.gains_db if isinstance(source, PartsSource) else PARTS_AS_THEY_ARE


def with_part_heard(source: ClipSource, part: int, heard: bool) -> ClipSource:
    """A source of which one part is heard or not.

    Args:
        source: any.
        part: number of the part, in `settings.PARTS`.
        heard: whether it is to be heard.

    Returns:
        The source; one without parts again, where nothing is muted or changed in it any more.
    """
    if isinstance(source, GroupSource):
        return with_members(source, lambda it: with_part_heard(it, part, heard))
    muted = list(muted_parts(source))
    muted[part] = not heard
    return with_parts(part_sources(source), muted, part_gains_db(source))


def with_part_gain(source: ClipSource, part: int, gain_db: float) -> ClipSource:
    """A source of which one part has another gain.

    Args:
        source: any.
        part: number of the part, in `settings.PARTS`.
        gain_db: -96 .. 24 dB.

    Returns:
        The source; one without parts again, where nothing is muted or changed in it any more.

    Raises:
        InputError: a gain out of range.
    """
    if isinstance(source, GroupSource):
        return with_members(source, lambda it: with_part_gain(it, part, gain_db))
    gains = list(part_gains_db(source))
    gains[part] = gain_db
    return with_parts(part_sources(source), muted_parts(source), gains)


def single_sources(source: ClipSource) -> tuple[SingleSource, ...]:
    """The segments and latents that a source is made from, each once."""
    if isinstance(source, GroupSource):
        found = (single for clip in source.clips for single in single_sources(clip.source))
        return tuple(dict.fromkeys(found))
    return tuple(dict.fromkeys(part_sources(source)))


def with_members(source: GroupSource, change: Callable[[ClipSource], ClipSource]) -> GroupSource:
    """A group whose clips are of other sources.

    Args:
        source: the group.
        change: gives what takes the place of a clip's source.
    """
    rows = [[clip.changed(source=change(clip.source)) for clip in row] for row in source.rows]
    return GroupSource(tuple(map(tuple, rows)), source.start, source.length)


def latent_sources(source: ClipSource) -> tuple[LatentSource, ...]:
    """The latents that a source is made from, each once."""
    return tuple(it for it in single_sources(source) if isinstance(it, LatentSource))


def main_source(source: ClipSource) -> SingleSource:
    """The segment or latent that a source is called after: that of most of what is heard."""
    return source.main if isinstance(source, PartsSource | GroupSource) else source


def loop_source(source: ClipSource) -> SingleSource | PartsSource:
    """What has a four-bar loop: the source itself, or what a group is called after."""
    return source.main if isinstance(source, GroupSource) else source


def with_latents(source: ClipSource, change: Callable[[LatentSource], LatentSource]) -> ClipSource:
    """A source that is made from other latents.

    Args:
        source: any; real segments in it stay.
        change: gives the latent source that takes the place of one.

    Returns:
        The source.
    """
    return with_singles(source, lambda it: change(it) if isinstance(it, LatentSource) else it)


def with_singles(source: ClipSource, change: Callable[[SingleSource], SingleSource]) -> ClipSource:
    """A source made from other segments and latents.

    Args:
        source: any.
        change: gives what takes the place of each of its segments and latents.
    """
    if isinstance(source, GroupSource):
        return with_members(source, lambda it: with_singles(it, change))
    changed = {single: change(single) for single in single_sources(source)}
    return with_parts(
        [changed[it] for it in part_sources(source)], muted_parts(source), part_gains_db(source)
    )


class ClipShape(NamedTuple):
    """What of its loop a clip plays, and how; its source, place and level apart.

    Attributes:
        bands: whether bass, mids and treble are heard.
        width: factor of the difference between left and right: 0 (mono) .. 1 (as it is).
        reverse: whether it is played backwards.
    """

    bands: tuple[bool, bool, bool] = (True, True, True)
    width: float = 1.0
    reverse: bool = False


@dataclass(frozen=True)
class Clip:
    """A loop of a source, of four bars or as long as a group, repeated for some length. Positions
    are whole ticks.

    Attributes:
        id: no other clip of the arrangement has it.
        source: the sound.
        start: where it begins on the timeline, 0 or later.
        length: at least 1; it ends by `LAST_TICK`.
        offset: where in the loop it begins, 0 <= offset < `period`.
        gain_db: -96 (silence) .. 24.
        fade_in: length, inside the clip. Where the clip overlaps a neighbour, the crossfade over
            the overlap takes the place of the fade.
        fade_out: the same at its end.
        bass_swap: at the transition where this clip comes in, the lows change over on a downbeat.
        bass_cut: the bass is left out, everything below the lower crossover (150 Hz).
        mid_cut: what lies between the crossovers is left out.
        treble_cut: everything above the upper crossover (2.5 kHz) is left out.
        width: factor of the difference between left and right: 0 (mono) .. 1 (as it is).
        name: what the user calls it; may be empty.
        mute: it is silent, and its neighbours sound as if it were not there.
        reverse: its four bars are played backwards.
        colour: `#rrggbb`; empty for that of its music.
        gain_curve: points of a curve in dB (-60, which is silence, .. 6) on top of the gain, at
            ticks from the clip's start, 0 .. length. Empty: it stays as it is.

    Raises:
        InputError: a value out of range.
    """

    id: str
    source: ClipSource
    start: int
    length: int = TICKS_PER_SEGMENT
    offset: int = 0
    gain_db: float = 0.0
    fade_in: int = 0
    fade_out: int = 0
    bass_swap: bool = False
    bass_cut: bool = False
    mid_cut: bool = False
    treble_cut: bool = False
    width: float = 1.0
    name: str = ""
    mute: bool = False
    reverse: bool = False
    colour: str = ""
    gain_curve: tuple[Breakpoint, ...] = ()

    def __post_init__(self) -> None:
        for field in ("start", "length", "offset", "fade_in", "fade_out"):
            object.__setattr__(self, field, whole_number(getattr(self, field), f"a clip's {field}"))
        object.__setattr__(self, "gain_db", checked_gain_db(self.gain_db, "a clip's gain"))
        object.__setattr__(self, "width", _checked_width(self.width))
        check_colour(self.colour, "a clip's colour")
        object.__setattr__(self, "name", self.name[:LONGEST_NAME])
        self._check()
        if self.gain_curve:
            object.__setattr__(self, "gain_curve", _gain_curve(self.gain_curve).points)
            if self.gain_curve[-1].tick > self.length:
                raise InputError("a clip's gain curve must end where the clip does")

    def _check(self) -> None:
        if not self.id:
            raise InputError("a clip needs an id; give it one")
        if self.start < 0:
            raise InputError(f"a clip cannot start before the first bar (tick {self.start})")
        if self.length < 1:
            raise InputError(f"a clip must be longer than nothing (length {self.length} ticks)")
        check_place(self.end, "a clip's end")
        if not 0 <= self.offset < self.period:
            what = "clips" if isinstance(self.source, GroupSource) else "four bars"
            raise InputError(
                f"a clip's offset must lie in its {what} (0 to {self.period - 1} ticks, "
                f"not {self.offset})"
            )
        if min(self.fade_in, self.fade_out) < 0 or self.fade_in + self.fade_out > self.length:
            raise InputError(
                f"a clip's fades ({self.fade_in} and {self.fade_out} ticks) must fit into its "
                f"length ({self.length}); shorten them"
            )

    @property
    def end(self) -> int:
        """The first tick after the clip."""
        return self.start + self.length

    @property
    def period(self) -> int:
        """Ticks after which what it plays begins again."""
        return self.source.length if isinstance(self.source, GroupSource) else TICKS_PER_SEGMENT

    @property
    def loops(self) -> tuple[Clip, ...]:
        """The clips whose four-bar loops it is made of: itself, or all that its group holds."""
        if not isinstance(self.source, GroupSource):
            return (self,)
        return tuple(loop for clip in self.source.clips for loop in clip.loops)

    @property
    def origin(self) -> int:
        """The tick where the loop that sounds at `start` begins; may be negative."""
        return self.start - self.offset

    @property
    def bands(self) -> tuple[bool, bool, bool]:
        """Whether bass, mids and treble are heard."""
        return not self.bass_cut, not self.mid_cut, not self.treble_cut

    @property
    def shape(self) -> ClipShape:
        """What of its loop is heard."""
        return ClipShape(self.bands, self.width, self.reverse)

    @property
    def gain_automation(self) -> Automation | None:
        """The gain curve, at ticks from the clip's start; None where there is none."""
        return _gain_curve(self.gain_curve) if self.gain_curve else None

    def changed(self, **fields: object) -> Clip:
        """A copy with `fields` replaced. Raises `InputError` as the constructor does."""
        return dataclasses.replace(self, **fields)  # type: ignore[arg-type]


def _gain_curve(points: Iterable[Breakpoint]) -> Automation:
    return Automation(VOLUME.name, tuple(points))


def new_id() -> str:
    """An id that no other clip or lane has."""
    return os.urandom(6).hex()


def _checked_width(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, np.number)):
        raise InputError(f"a clip's width must be a number, not {value!r}")
    number = float(value)
    if not 0.0 <= number <= 1.0:  # false for NaN, too
        raise InputError(f"a clip's width must lie between 0 (mono) and 1, not {number:g}")
    return number


def _semitones(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise InputError(f"a transposition must be a whole number of semitones, not {value!r}")
    semitones = int(value)
    if abs(semitones) > MAX_TRANSPOSE:
        raise InputError(
            f"a transposition must lie between {-MAX_TRANSPOSE} and {MAX_TRANSPOSE} semitones, "
            f"not {semitones}"
        )
    return semitones


def _rows(latents: ArrayLike) -> tuple[tuple[float, ...], ...]:
    try:
        with np.errstate(over="ignore"):
            array = np.atleast_2d(np.asarray(latents, dtype=np.float32))
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError("latents must be numbers; decode the point again") from error
    if array.ndim != 2 or array.shape not in ((1, LATENT_SIZE), (BARS_PER_SEGMENT, LATENT_SIZE)):
        raise InputError(
            f"latents must be {LATENT_SIZE} numbers, once or for each of {BARS_PER_SEGMENT} bars, "
            f"not {'x'.join(map(str, array.shape))}"
        )
    if not (np.abs(array) <= LARGEST_LATENT).all():  # false for NaN, too
        raise InputError(
            f"latents must be finite numbers, within {LARGEST_LATENT:,.0f} of 0; "
            "decode the point again"
        )
    return tuple(tuple(row) for row in array.tolist())
