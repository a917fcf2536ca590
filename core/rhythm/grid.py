"""Beat grids: where the bars of a track are, as found by the fit or set by the user; frozen."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, get_args

from core.errors import InputError
from core.settings import BARS_PER_SEGMENT, BEATS_PER_BAR, TEMPO_MAX, TEMPO_MIN, TEMPO_PRIOR

Origin = Literal["fit", "user", "default"]

STEADY: Final = 0.5
"""Confidence from which on a fitted grid is trusted; below it a track has no steady beat."""

GRID_BPM_MIN: Final = TEMPO_MIN / 2
GRID_BPM_MAX: Final = TEMPO_MAX * 2
"""BPM. The fit stays within `TEMPO_MIN`..`TEMPO_MAX`; a user may halve or double once."""

MAX_SHIFT_BEATS: Final = 64.0
"""Beats; four phrases. Whoever wants to go farther sets the grid by hand."""

_JSON_VERSION: Final = 1
# An end that cuts off less than this still leaves the bar whole: encoders drop a few milliseconds.
_SLACK_BARS: Final = 1 / 64
# Rounding must not push a downbeat that lies on the start of its section one bar later.
_ROUNDING_SECONDS: Final = 1e-6


class Bar(NamedTuple):
    """One whole bar: number of its section, number in the section, time of its downbeat, tempo."""

    section: int
    bar: int
    start: float
    bpm: float


@dataclass(frozen=True)
class GridSection:
    """A stretch of a track with one tempo; times are seconds from the beginning of the track.

    Attributes:
        start, end: the stretch, start < end.
        bpm: `GRID_BPM_MIN`..`GRID_BPM_MAX`.
        downbeat: the first downbeat at or after `start`.
        phrase: a downbeat on which a four-bar phrase begins (any of them; default: `downbeat`).

    Raises:
        InputError: a value out of range.
    """

    start: float
    end: float
    bpm: float
    downbeat: float
    phrase: float | None = None

    def __post_init__(self) -> None:
        for field in ("start", "end", "bpm", "downbeat"):
            object.__setattr__(self, field, _number(getattr(self, field), f"a grid's {field}"))
        phrase = self.downbeat if self.phrase is None else self.phrase
        object.__setattr__(self, "phrase", _number(phrase, "a grid's phrase"))
        if not 0.0 <= self.start < self.end:
            raise InputError(
                f"a grid's section must end after it starts ({self.start:g} to {self.end:g} s)"
            )
        _check_bpm(self.bpm)
        if not self.start <= self.downbeat < self.start + self.bar_seconds + _ROUNDING_SECONDS:
            raise InputError(
                f"a section's downbeat must lie in its first bar, not at {self.downbeat:g} s; "
                "use GridSection.through for any other"
            )

    @classmethod
    def through(cls, start: float, end: float, bpm: float, phrase: float) -> GridSection:
        """The section on whose grid a given moment is a downbeat.

        Args:
            start, end: the stretch, seconds.
            bpm: `GRID_BPM_MIN`..`GRID_BPM_MAX`.
            phrase: seconds, a downbeat on which a four-bar phrase begins; may lie outside the
                section.

        Returns:
            The section; its downbeat is the first at or after `start`.

        Raises:
            InputError: a value out of range.
        """
        _check_bpm(_number(bpm, "a tempo"))
        bar = BEATS_PER_BAR * 60.0 / bpm
        anchor = _number(phrase, "a downbeat")
        bars = math.ceil((start - anchor - _ROUNDING_SECONDS) / bar)
        return cls(start, end, bpm, max(start, anchor + bars * bar), anchor)

    @property
    def beat_seconds(self) -> float:
        """Seconds from beat to beat."""
        return 60.0 / self.bpm

    @property
    def bar_seconds(self) -> float:
        """Seconds from downbeat to downbeat."""
        return BEATS_PER_BAR * 60.0 / self.bpm

    @property
    def bars(self) -> int:
        """How many whole bars lie in the section (the last may lack 1/64)."""
        return max(0, math.floor((self.end - self.downbeat) / self.bar_seconds + _SLACK_BARS))

    @property
    def phrase_bar(self) -> int:
        """Number of the first bar that begins a four-bar phrase, 0..3."""
        assert self.phrase is not None  # set by __post_init__
        return round((self.phrase - self.downbeat) / self.bar_seconds) % BARS_PER_SEGMENT

    def bar_start(self, bar: float) -> float:
        """Seconds at which bar number `bar` begins, 0 being the one at `downbeat`."""
        return self.downbeat + bar * self.bar_seconds

    def moved(self, seconds: float) -> GridSection:
        """The same stretch and tempo, its bars `seconds` later."""
        return self._through(self.bpm, seconds)

    def faster(self, factor: float) -> GridSection:
        """The same stretch and phrase at `factor` times the tempo."""
        return self._through(self.bpm * factor, 0.0)

    def _through(self, bpm: float, later: float) -> GridSection:
        assert self.phrase is not None  # set by __post_init__
        return GridSection.through(self.start, self.end, bpm, self.phrase + later)


@dataclass(frozen=True)
class BeatGrid:
    """The bars of one track. Corrections return a new grid whose origin is "user".

    Attributes:
        sections: in time order, not overlapping; one, unless the tempo moves.
        confidence: 0..1, how clearly the audio shows this grid (measured; corrections keep it).
        origin: "fit", "user", or "default" where no beat was found and a tempo is only assumed.

    Raises:
        InputError: no sections, overlapping ones, or a value out of range.
    """

    sections: tuple[GridSection, ...]
    confidence: float
    origin: Origin = "fit"

    def __post_init__(self) -> None:
        object.__setattr__(self, "sections", tuple(self.sections))
        object.__setattr__(self, "confidence", _number(self.confidence, "a confidence"))
        if not self.sections:
            raise InputError("a beat grid needs at least one section; set its tempo by hand")
        if not 0.0 <= self.confidence <= 1.0:
            raise InputError(f"a confidence lies between 0 and 1, not at {self.confidence:g}")
        if self.origin not in get_args(Origin):
            raise InputError(f"a grid's origin is one of {get_args(Origin)}, not {self.origin!r}")
        for before, after in zip(self.sections, self.sections[1:], strict=False):
            if after.start < before.end:
                raise InputError("a grid's sections must follow each other; fit the grid again")

    @classmethod
    def default(cls, seconds: float, bpm: float = TEMPO_PRIOR, confidence: float = 0.0) -> BeatGrid:
        """The grid of a track without a steady beat: an assumed tempo from the very start.

        Args:
            seconds: length of the track.
            bpm: the tempo, `GRID_BPM_MIN`..`GRID_BPM_MAX`.
            confidence: 0..1, what the fit found of a beat.

        Returns:
            A grid of one section, whose origin is "default".

        Raises:
            InputError: a value out of range.
        """
        section = GridSection(0.0, max(seconds, _ROUNDING_SECONDS), bpm, 0.0)
        return cls((section,), confidence, "default")

    @property
    def bpm(self) -> float:
        """Tempo of the longest section."""
        return max(self.sections, key=lambda section: section.end - section.start).bpm

    @property
    def downbeat(self) -> float:
        """Seconds of the first downbeat."""
        return self.sections[0].downbeat

    @property
    def is_steady(self) -> bool:
        """Whether to align the track by this grid: the user said so, or the fit is confident."""
        return self.origin == "user" or (self.origin == "fit" and self.confidence >= STEADY)

    @property
    def moves(self) -> bool:
        """Whether the tempo or the phase changes on the way (a DJ mix, a live set)."""
        return len(self.sections) > 1

    def bars(self) -> list[Bar]:
        """All whole bars in time order, four beats each."""
        return [
            Bar(number, bar, section.bar_start(bar), section.bpm)
            for number, section in enumerate(self.sections)
            for bar in range(section.bars)
        ]

    def doubled(self) -> BeatGrid:
        """Twice the tempo. Raises `InputError` above `GRID_BPM_MAX`."""
        return self._corrected(lambda section: section.faster(2.0))

    def halved(self) -> BeatGrid:
        """Half the tempo. Raises `InputError` below `GRID_BPM_MIN`."""
        return self._corrected(lambda section: section.faster(0.5))

    def nudged(self, seconds: float) -> BeatGrid:
        """Every beat `seconds` later (earlier if negative), by one bar at most."""
        seconds = _number(seconds, "a nudge")
        limit = min(section.bar_seconds for section in self.sections)
        if abs(seconds) > limit:
            raise InputError(
                f"a nudge is at most one bar ({limit:.3f} s), not {seconds:g} s; shift by beats"
            )
        return self._corrected(lambda section: section.moved(seconds))

    def shifted(self, beats: float) -> BeatGrid:
        """Every downbeat `beats` later; half beats are allowed, for a grid on the off-beat."""
        beats = _number(beats, "a shift")
        if abs(beats) > MAX_SHIFT_BEATS:
            raise InputError(
                f"a shift is at most {MAX_SHIFT_BEATS:g} beats, not {beats:g}; set the grid by hand"
            )
        return self._corrected(lambda section: section.moved(beats * section.beat_seconds))

    def with_tempo(self, bpm: float, downbeat: float | None = None) -> BeatGrid:
        """One constant tempo through the whole track, set by hand.

        Args:
            bpm: `GRID_BPM_MIN`..`GRID_BPM_MAX`.
            downbeat: seconds, where a four-bar phrase begins; bars reach from it backward to the
                start of the track, too. None: the present one.

        Returns:
            A grid of one section, whose origin is "user".

        Raises:
            InputError: a tempo out of range, or a downbeat outside the track.
        """
        start, end = self.sections[0].start, self.sections[-1].end
        anchor = self.downbeat if downbeat is None else _number(downbeat, "a downbeat")
        if not start <= anchor <= end:
            raise InputError(
                f"a downbeat must lie in the track ({start:g} to {end:g} s), not at {anchor:g} s"
            )
        section = GridSection.through(start, end, bpm, anchor)
        return BeatGrid((section,), self.confidence, "user")

    def to_json(self) -> str:
        """As JSON from which `from_json` makes an equal grid, bit by bit."""
        return json.dumps(
            {
                "version": _JSON_VERSION,
                "origin": self.origin,
                "confidence": self.confidence,
                "sections": [dataclasses.asdict(section) for section in self.sections],
            }
        )

    @classmethod
    def from_json(cls, text: str) -> BeatGrid:
        """The grid that `to_json` wrote. Raises `InputError` for anything else."""
        try:
            fields = json.loads(text)
            if fields["version"] != _JSON_VERSION:
                raise InputError(
                    f"this beat grid has version {fields['version']}, not {_JSON_VERSION}; "
                    "update the program"
                )
            sections = tuple(GridSection(**section) for section in fields["sections"])
            return cls(sections, fields["confidence"], fields["origin"])
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            raise InputError("a stored beat grid is damaged; fit the track again") from error

    def _corrected(self, change: Callable[[GridSection], GridSection]) -> BeatGrid:
        return BeatGrid(tuple(map(change, self.sections)), self.confidence, "user")


def _check_bpm(bpm: float) -> None:
    if not GRID_BPM_MIN <= bpm <= GRID_BPM_MAX:
        raise InputError(
            f"a tempo must lie between {GRID_BPM_MIN:g} and {GRID_BPM_MAX:g} BPM, not at {bpm:g}"
        )


def _number(value: object, what: str) -> float:
    """`value` as a finite float. Raises `InputError` naming `what`."""
    if isinstance(value, bool) or not hasattr(value, "__float__"):
        raise InputError(f"{what} must be a number, not {value!r}")
    number = float(value)
    if not math.isfinite(number):
        raise InputError(f"{what} must be a finite number, not {number}")
    return number
