"""How often a training learns each span of the music: left out, as usual, or more often.

Kept by time, not by segment: a corrected beat grid makes other segments of the same music, and what
the user meant still holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError
from core.settings import BARS_PER_SEGMENT, BEATS_PER_BAR

if TYPE_CHECKING:
    from core.library.database import Database
    from core.library.segments import Segment
    from core.library.tracks import Track

Doubles = NDArray[np.float64]
USUAL: Final = 1.0
STARRED: Final = 3.0
"""The most that anything can weigh."""
WEIGHTS: Final = (
    ("Leave out", 0.0),
    ("Half as often", 0.5),
    ("As usual", USUAL),
    ("Twice as often", 2.0),
    ("\N{BLACK STAR} Three times as often", STARRED),
)
"""What people choose from."""
_NAMES: Final = {0.0: "left out", 0.5: "\N{MULTIPLICATION SIGN}½", 1.0: "as usual"}
_SLACK_SECONDS: Final = 1.0
"""Before and after a track, so that the whole of it is meant however its grid is corrected."""
_SHORTEST_SECONDS: Final = 1e-3
_BAR_CENTRES: Final = (np.arange(BARS_PER_SEGMENT) + 0.5) / BARS_PER_SEGMENT
# Made when the first weight is kept: libraries without it stay as they are, and programs that do
# not know it ignore it.
_TABLE: Final = """CREATE TABLE IF NOT EXISTS training_weights (
    track_id TEXT NOT NULL{tracks},
    start_seconds REAL NOT NULL,
    end_seconds REAL NOT NULL,
    weight REAL NOT NULL,
    PRIMARY KEY (track_id, start_seconds)
) WITHOUT ROWID"""


class TrackSpan(NamedTuple):
    """A part of a track: its id, and from when to when in seconds."""

    track_id: str
    start_seconds: float
    end_seconds: float


class _Weighed(NamedTuple):
    """From when to when in seconds, and how often that is learned."""

    start_seconds: float
    end_seconds: float
    weight: float


@dataclass(frozen=True, eq=False)
class _TrackTimes:
    """Rows (n,) of a track's segments in a list, when they start and how long they are, in seconds;
    when the first one starts, and when the last one ends."""

    rows: NDArray[np.intp]
    starts: Doubles
    seconds: Doubles
    start: float
    end: float


@dataclass(frozen=True, eq=False)
class SegmentTimes:
    """Where the segments of a list lie in their tracks: found once, as there may be many.

    Attributes:
        count: of the segments.
        by_track: by id of the track.
    """

    count: int
    by_track: Mapping[str, _TrackTimes]

    @classmethod
    def of(cls, segments: Sequence[Segment]) -> Self:
        """Of these segments, in their order."""
        rows: dict[str, list[int]] = {}
        for row, segment in enumerate(segments):
            rows.setdefault(segment.track_id, []).append(row)
        found = {}
        for track_id, members in rows.items():
            starts = np.array([segments[row].start_seconds for row in members])
            seconds = np.array([segments[row].seconds for row in members])
            first, last = float(starts.min()), float((starts + seconds).max())
            found[track_id] = _TrackTimes(np.array(members), starts, seconds, first, last)
        return cls(len(segments), found)


@dataclass(frozen=True)
class WeightRequest:
    """Have a training learn these spans so often: 0 (never) to 3 times."""

    spans: tuple[TrackSpan, ...]
    weight: float


def span_of(music: Track | Segment) -> TrackSpan:
    """Where a segment lies in its track, or the whole of a track."""
    from core.library.segments import Segment

    if isinstance(music, Segment):
        start = music.start_seconds
        return TrackSpan(music.track_id, start, start + music.seconds)
    return TrackSpan(music.id, -_SLACK_SECONDS, music.seconds + _SLACK_SECONDS)


@dataclass(frozen=True)
class TrainingWeights:
    """The weights of all music of a library; what is not in it weighs 1.

    Attributes:
        by_track: spans with another weight than 1 by track id; no two of a track overlap.
    """

    by_track: Mapping[str, tuple[_Weighed, ...]] = field(default_factory=dict)

    def with_weight(self, spans: Iterable[TrackSpan], weight: float) -> Self:
        """The same weights but for some spans.

        Args:
            spans: of tracks; what was said of them before no longer counts.
            weight: how often they are learned: 0 (never) to 3 times.

        Raises:
            InputError: `weight` lies outside.
        """
        if not 0.0 <= weight <= STARRED:
            raise InputError(f"a weight of {weight:g} is not possible; give 0 to {STARRED:g}")
        changed = dict(self.by_track)
        for track_id, start, end in spans:
            kept = [part for old in changed.get(track_id, ()) for part in _without(old, start, end)]
            if weight != USUAL:
                kept.append(_Weighed(start, end, weight))
            changed[track_id] = tuple(sorted(kept))
        return type(self)({track_id: parts for track_id, parts in changed.items() if parts})

    def of_segments(self, segments: SegmentTimes) -> Doubles:
        """The weight (n,) of each segment: the mean of its bars, 0 where one is left out."""
        out = np.full(segments.count, USUAL)
        for track_id, parts in self.by_track.items():
            times = segments.by_track.get(track_id)
            if times is None:
                continue
            start, end, weight = parts[0]
            if start <= times.start and times.end <= end:
                out[times.rows] = weight
            else:
                out[times.rows] = self._of_windows(track_id, times.starts, times.seconds)
        return out

    def of_track(self, track: Track, hop_bars: int = 1) -> Doubles:
        """The weights of a track's windows of four bars.

        Args:
            track: the track.
            hop_bars: bars from one window's beginning to the next one's.

        Returns:
            (n,) in the order of `Library.segment_rows`.
        """
        if track.id not in self.by_track:
            return np.full(track.windows(hop_bars), USUAL)
        return self._of_windows(track.id, *_windows(track, hop_bars))

    def range_of(self, track: Track) -> tuple[float, float] | None:
        """The least and the greatest weight of a track's segments; None where it has none."""
        if not track.windows():
            return None
        even = self.even_weight(track)
        if even is not None:
            return even, even
        weights = self.of_track(track, BARS_PER_SEGMENT)
        return float(weights.min()), float(weights.max())

    def even_weight(self, track: Track) -> float | None:
        """What all of a track weighs; None where that was said of a part of it alone."""
        parts = self.by_track.get(track.id)
        if parts is None:
            return USUAL
        start, end, weight = parts[0]
        _, first, last = span_of(track)
        return weight if start <= first and last <= end else None

    def _of_windows(self, track_id: str, starts: Doubles, seconds: Doubles) -> Doubles:
        """(n,) of windows that begin at `starts` and last `seconds` (n,)."""
        bars = self._at(track_id, starts[:, None] + seconds[:, None] * _BAR_CENTRES)
        weights: Doubles = np.where((bars > 0.0).all(axis=1), bars.mean(axis=1), 0.0)
        return weights

    def _at(self, track_id: str, times: Doubles) -> Doubles:
        starts, ends, weights = self._columns[track_id]
        row = np.searchsorted(starts, times, side="right") - 1
        inside = (row >= 0) & (times < ends[row])
        return np.where(inside, weights[row], USUAL)

    @cached_property
    def _columns(self) -> dict[str, Doubles]:
        return {
            track_id: np.array(parts, np.float64).T for track_id, parts in self.by_track.items()
        }


class TrainingWeightStore:
    """The weights that one database keeps. Its table is made with the first of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self) -> TrainingWeights | None:
        """All weights; None where none were ever kept."""
        known = "SELECT 1 FROM sqlite_master WHERE name = 'training_weights'"
        if self._database.row(known) is None:
            return None
        from core.library import validation  # with sqlite3: not before the first window is seen

        rows = self._database.rows("SELECT * FROM training_weights ORDER BY 1, 2")
        folder = self._database.path.parent
        found: dict[str, list[_Weighed]] = {}
        for row in validation.checked(rows, validation.TrainingWeightRow, folder):
            found.setdefault(row.track_id, []).append(_Weighed(*row[1:]))
        return TrainingWeights({track_id: tuple(parts) for track_id, parts in found.items()})

    def write(self, weights: TrainingWeights, *, of_library: bool) -> None:
        """Keep these weights and no others.

        Args:
            weights: of all tracks; nothing is kept of one that is not there any more.
            of_library: whether this is the library's database, which holds the tracks.
        """
        tracks = " REFERENCES tracks ON DELETE CASCADE" if of_library else ""
        condition = " WHERE EXISTS (SELECT 1 FROM tracks WHERE id = ?1)" if of_library else ""
        rows = [(name, *part) for name, parts in weights.by_track.items() for part in parts]
        with self._database.transaction():
            self._database.execute(_TABLE.format(tracks=tracks))
            self._database.execute("DELETE FROM training_weights")
            self._database.execute_many(
                f"INSERT OR REPLACE INTO training_weights SELECT ?1, ?2, ?3, ?4{condition}", rows
            )


def _without(old: _Weighed, start: float, end: float) -> Iterable[_Weighed]:
    """What is left of a span where `start` to `end` is cut out."""
    if old.end_seconds <= start or old.start_seconds >= end:
        yield old
        return
    for part in (old._replace(end_seconds=start), old._replace(start_seconds=end)):
        if part.end_seconds - part.start_seconds > _SHORTEST_SECONDS:
            yield part


def _windows(track: Track, hop_bars: int) -> tuple[Doubles, Doubles]:
    """Where the windows of a track begin and how long they are, in seconds, (n,) each."""
    starts: list[Doubles] = [np.zeros(0)]
    seconds: list[Doubles] = [np.zeros(0)]
    for section in track.sections:
        bars = np.array(section.starts(hop_bars), np.float64)
        bar_seconds = BEATS_PER_BAR * 60.0 / section.bpm
        starts.append(section.downbeat + bars * bar_seconds)
        seconds.append(np.full(len(bars), BARS_PER_SEGMENT * bar_seconds))
    return np.concatenate(starts), np.concatenate(seconds)


def how_often(ranges: Iterable[tuple[float, float] | None]) -> str:
    """In two words, how often tracks with these least and greatest weights are learned; "" for
    none."""
    known = [each for each in ranges if each is not None]
    if not known:
        return ""
    low, high = min(low for low, _ in known), max(high for _, high in known)
    if low != high:
        return "some left out" if low == 0 else "mixed"
    return _NAMES.get(low, f"\N{MULTIPLICATION SIGN}{low:.2g}")


@dataclass(frozen=True)
class LearningChoice:
    """What of a library one training learns, beyond what the library says of its music.

    Attributes:
        only: nothing else is learned, nor any window that reaches beyond; empty for all.
        without: is left out this time.
    """

    only: tuple[TrackSpan, ...] = ()
    without: tuple[TrackSpan, ...] = ()

    def weights_of(self, kept: TrainingWeights) -> Callable[[Track, int], Doubles]:
        """What is learned how often.

        Args:
            kept: what the library says.

        Returns:
            A function: track, bars from one window to the next -> weights (n,) of its windows.
        """
        weights = kept.with_weight(self.without, 0.0)
        if not self.only:
            return weights.of_track
        chosen = self._chosen

        def of_track(track: Track, hop_bars: int) -> Doubles:
            inside = chosen.of_track(track, hop_bars) >= STARRED
            return np.where(inside, weights.of_track(track, hop_bars), 0.0)

        return of_track

    @property
    def _chosen(self) -> TrainingWeights:
        """What is learned alone weighs most."""
        return TrainingWeights().with_weight(self.only, STARRED)

    def summary(self, kept: TrainingWeights, tracks: Iterable[Track]) -> LearningSummary:
        """Count the segments that are learned.

        Args:
            kept: what the library says.
            tracks: all of the library.
        """
        of_track, even = self.weights_of(kept), self._even_weights(kept)
        counts: Counter[float] = Counter()
        for track in tracks:
            weight = even(track)
            if weight is None:
                counts.update(of_track(track, BARS_PER_SEGMENT).tolist())
            else:
                counts[weight] += track.windows()
        return LearningSummary(
            segments=counts.total(),
            learned=sum(count for weight, count in counts.items() if weight > 0.0),
            more_often=sum(count for weight, count in counts.items() if weight > USUAL),
            less_often=sum(count for weight, count in counts.items() if 0.0 < weight < USUAL),
        )

    def _even_weights(self, kept: TrainingWeights) -> Callable[[Track], float | None]:
        """What `weights_of` gives for all of a track, where that is one weight."""
        weights = kept.with_weight(self.without, 0.0)
        if not self.only:
            return weights.even_weight
        chosen = self._chosen

        def even_weight(track: Track) -> float | None:
            inside = chosen.even_weight(track)
            if inside is None:
                return None
            return weights.even_weight(track) if inside >= STARRED else 0.0

        return even_weight


@dataclass(frozen=True)
class LearningSummary:
    """How many segments a training learns.

    Attributes:
        segments: of the library.
        learned: of them.
        more_often, less_often: of those that are learned.
    """

    segments: int
    learned: int
    more_often: int = 0
    less_often: int = 0

    @property
    def is_plain(self) -> bool:
        """Whether all are learned, all as often."""
        return self.learned == self.segments and not self.more_often and not self.less_often

    @property
    def text(self) -> str:
        """E.g. "212 of 240 segments, 12 of them more often"."""
        whole = self.segments
        count = f"{whole:,}" if self.learned == whole else f"{self.learned:,} of {whole:,}"
        parts = [f"{count} segment{'s' * (whole != 1)}"]
        if self.more_often:
            parts.append(f"{self.more_often:,} of them more often")
        if self.less_often:
            parts.append(f"{self.less_often:,} of them less often")
        return ", ".join(parts)
