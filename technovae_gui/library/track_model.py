"""The item model of the library's tracks: columns, sort keys, tool tips."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QMimeData, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from core.dsp.key import Key
from core.library.keys import Keys
from core.library.report import clock
from core.library.tracks import Track, natural_key
from core.library.training_weights import TrainingWeights, how_often
from core.settings import BARS_PER_SEGMENT
from technovae_gui import mime, theme

CONFIDENCE_ROLE: Final = Qt.ItemDataRole.UserRole + 1
TITLE, ARTIST, BPM, KEY, GRID, SEGMENTS, LENGTH, WARNINGS, LEARNED = range(9)

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignCenter
_ORIGINS = {
    "fit": "found in the audio",
    "user": "set by you",
    "default": "no steady beat found; uses the library's tempo",
}


_SHORT: Final = {"left out": "out", "as usual": "", "some left out": "some"}
"""Of `how_often`, in a narrow column."""


@dataclass(frozen=True)
class _Column:
    name: str
    tip: str
    text: Callable[[Track], str]
    sort_key: Callable[[Track], Any]


_COLUMNS: Final = (
    _Column("Title", "From its tags", lambda t: t.title, lambda t: natural_key(t.title)),
    _Column("Artist", "From its tags", lambda t: t.artist, lambda t: natural_key(t.artist)),
    _Column("BPM", "Tempo of its longest section", lambda t: f"{t.bpm:.1f}", lambda t: t.bpm),
    _Column(
        "Key",
        "Its key, and where that is on the Camelot wheel: neighbours mix well",
        lambda t: "",
        lambda t: 0,
    ),
    _Column("Grid", "How sure its beat grid is", lambda t: "", lambda t: t.confidence),
    _Column("Segs", "Segments of four bars", lambda t: f"{t.windows()}", lambda t: t.windows()),
    _Column("Length", "Minutes and seconds", lambda t: clock(t.seconds), lambda t: t.seconds),
    _Column(
        "⚠", "Warnings", lambda t: "⚠" if warnings_of(t) else "", lambda t: len(warnings_of(t))
    ),
    _Column("Learn", "How often a training learns it", lambda t: "", lambda t: 0),
)

Index = QModelIndex | QPersistentModelIndex


class TrackModel(QAbstractTableModel):
    """The tracks as rows, read-only; the role `CONFIDENCE_ROLE` carries values.

    It sorts itself: models above it compare rows by calling back, ten times for each of them.
    """

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self.tracks: list[Track] = []
        self.keys = Keys()
        self.weights = TrainingWeights()
        self._order = TITLE, Qt.SortOrder.AscendingOrder
        self._values: list[Any] = []
        """What the rows are sorted by."""

    def show_tracks(self, tracks: Sequence[Track]) -> None:
        """Replace all rows."""
        self.beginResetModel()
        self.tracks = list(tracks)
        self._read_values()
        self._reorder(self._sorted_rows())
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if (column, order) != self._order:  # views ask twice
            self._order = column, order
            self._read_values()
            self._sort_rows()

    def _read_values(self) -> None:
        self._values = [self.sort_key(row, self._order[0]) for row in range(len(self.tracks))]

    def _sort_rows(self) -> None:
        rows = self._sorted_rows()
        if rows == list(range(len(rows))):
            return
        self.layoutAboutToBeChanged.emit()
        self._reorder(rows)
        now_at = {before: after for after, before in enumerate(rows)}
        kept = self.persistentIndexList()
        moved = [self.index(now_at[index.row()], index.column()) for index in kept]
        self.changePersistentIndexList(kept, moved)
        self.layoutChanged.emit()

    def _sorted_rows(self) -> list[int]:
        descending = self._order[1] == Qt.SortOrder.DescendingOrder
        return sorted(range(len(self._values)), key=self._values.__getitem__, reverse=descending)

    def _reorder(self, rows: Sequence[int]) -> None:
        self.tracks = [self.tracks[row] for row in rows]
        self._values = [self._values[row] for row in rows]

    def show_keys(self, keys: Keys) -> None:
        """Show the keys of the tracks."""
        self.keys = keys
        self._announce(KEY)

    def show_weights(self, weights: TrainingWeights) -> None:
        """Show how often a training learns the tracks.

        Models above are not told, for they would filter every row anew: whoever shows it has to be
        painted again.
        """
        self.weights = weights
        self._sort_again(LEARNED)

    def _sort_again(self, column: int) -> None:
        """Other values are in `column`."""
        if column == self._order[0]:
            self._read_values()
            self._sort_rows()

    def _announce(self, column: int) -> None:
        self._sort_again(column)
        if self.tracks:
            last = len(self.tracks) - 1
            self.dataChanged.emit(self.index(0, column), self.index(last, column))

    def refresh_key(self, track_id: str) -> None:
        """Show the key of one track, which `keys` has learned."""
        row = self.row_of(track_id)
        if row is not None and self._order[0] == KEY:
            self._values[row] = self.sort_key(row, KEY)
            self._sort_rows()
            row = self.row_of(track_id)
        if row is not None:
            self.dataChanged.emit(self.index(row, KEY), self.index(row, KEY))

    def row_of(self, track_id: str) -> int | None:
        """The row of the track with this id; None if it is not among them."""
        rows = (row for row, track in enumerate(self.tracks) if track.id == track_id)
        return next(rows, None)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008
        return 0 if parent.isValid() else len(self.tracks)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008
        return 0 if parent.isValid() else len(_COLUMNS)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Rows can be dragged, to playlists."""
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    def mimeTypes(self) -> list[str]:  # noqa: N802
        return [mime.TRACKS]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:  # noqa: N802
        return mime.encode_tracks(
            self.tracks[row].id for row in dict.fromkeys(index.row() for index in indexes)
        )

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        roles = Qt.ItemDataRole
        if role == roles.TextAlignmentRole:
            return _alignment(section)
        return {
            roles.DisplayRole: _COLUMNS[section].name,
            roles.ToolTipRole: _COLUMNS[section].tip,
        }.get(roles(role))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        track, column = self.tracks[index.row()], index.column()
        roles = Qt.ItemDataRole
        if column == KEY and role in (roles.DisplayRole, roles.ToolTipRole):
            return _key_data(self.keys.of_track(track.id), role)
        if column == LEARNED and role in (roles.DisplayRole, roles.ToolTipRole):
            return self._learned_data(track, role)
        if role == roles.DisplayRole:
            return _COLUMNS[column].text(track)
        if role == CONFIDENCE_ROLE:
            return track.confidence if column == GRID else None
        if role == roles.TextAlignmentRole:
            return _alignment(column)
        if role == roles.ToolTipRole:
            return _tip(track, column)
        if role == roles.AccessibleTextRole:
            return _tip(track, column) if column in (GRID, WARNINGS) else None
        if role == roles.ForegroundRole:
            return _colour(track, column)
        return None

    def sort_key(self, row: int, column: int) -> Any:
        """What a row is sorted by.

        Args:
            row: of the track.
            column: that the rows are sorted by: keys as on the wheel, those without one last;
                training by how much of the track is learned.
        """
        track = self.tracks[row]
        if column == KEY:
            key = self.keys.of_track(track.id)
            return (13, "") if key is None else (key.wheel, key.camelot)
        if column == LEARNED:
            even = self.weights.even_weight(track) if track.windows() else 0.0
            if even is not None:
                return even
            return float(self.weights.of_track(track, BARS_PER_SEGMENT).mean())
        return _COLUMNS[column].sort_key(track)

    def _learned_data(self, track: Track, role: int) -> str | None:
        """Nothing is said of what is learned as usual."""
        text = how_often([self.weights.range_of(track)])
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"Training: {text}" if text else None
        return _SHORT.get(text, text)


def warnings_of(track: Track) -> tuple[str, ...]:
    """What the user should know about a track, one sentence each."""
    unsteady = () if track.aligned else ("no steady beat was found; set its grid by hand",)
    return (*track.warnings, *unsteady)


def grid_origin(track: Track) -> str:
    """Where a track's beat grid comes from, in words."""
    return _ORIGINS[track.grid.origin]


def _key_data(key: Key | None, role: int) -> Any:
    if key is None:
        return "" if role == Qt.ItemDataRole.DisplayRole else "No key is known"
    if role == Qt.ItemDataRole.DisplayRole:
        return f"{key.short_name} {key.camelot}"
    return f"{key.name} {key.camelot}, fits {key.confidence:.0%}"


def _tip(track: Track, column: int) -> str:
    if column == WARNINGS:
        return "\n".join(warnings_of(track))
    if column == GRID:
        return f"{track.confidence:.0%} sure, {grid_origin(track)}"
    if column == SEGMENTS:
        bars = sum(section.bars for section in track.sections)
        return f"{track.windows()} segments of four bars in {bars} bars"
    artist = f" · {track.artist}" if track.artist else ""
    facts = f"{clock(track.seconds)}, {track.bpm:.2f} BPM, {track.windows()} segments"
    return f"{track.title}{artist}\n{facts}\n{track.source_path}".strip()


def _alignment(column: int) -> Qt.AlignmentFlag:
    if column in (BPM, SEGMENTS, LENGTH):
        return _RIGHT
    if column == WARNINGS:
        return _CENTRE
    return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def _colour(track: Track, column: int) -> QColor | None:
    if column == WARNINGS:
        return QColor(theme.CAUTION)
    return QColor(theme.DIM) if column == ARTIST else None
