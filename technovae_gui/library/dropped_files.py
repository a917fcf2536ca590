"""Audio files dropped on the timeline: imported first, then placed where they were dropped."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from core.arrangement import edits
from core.arrangement.clip import Clip, RealSource, new_id
from core.library.report import ImportReport
from core.session import Session
from core.settings import TICKS_PER_SEGMENT
from technovae_gui.document import Document
from technovae_gui.library.controller import ImportRequest, LibraryController
from technovae_gui.services import Services
from technovae_gui.session_controller import SessionController
from technovae_gui.timeline import FileDrop
from technovae_gui.widgets.banners import Banners, Kind

_BANNER: Final = "drop"


@dataclass(frozen=True)
class Drop:
    """Files that were dropped on the timeline.

    Attributes:
        paths: files and folders.
        tick: where the first clip goes.
        lane_id: the lane; one below the last where this is empty or no lane any more.
    """

    paths: tuple[Path, ...]
    tick: int
    lane_id: str

    @property
    def name(self) -> str:
        """The file, or how many there are, for messages."""
        count = len(self.paths)
        return f"“{self.paths[0].name}”" if count == 1 else f"{count} files"

    def failure_text(self, reason: str) -> str:
        """One line that says why nothing was placed."""
        return f"{self.name} {'was' if len(self.paths) == 1 else 'were'} not placed: {reason}"


@dataclass(frozen=True)
class _Segment:
    id: str
    clip_name: str


class DroppedFiles(QObject):
    """Imports what is dropped on the timeline and places it; drops during an import wait.

    Signals:
        status(str): what was placed, for the status bar.
    """

    status = Signal(str)

    def __init__(
        self,
        sessions: SessionController,
        services: Services,
        document: Document,
        library: LibraryController,
        banners: Banners,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._services, self._document = services, document
        self._library, self._banners = library, banners
        self._waiting: deque[Drop] = deque()
        self._requested: Drop | None = None
        self._importing: Drop | None = None
        self._imported: list[tuple[Drop, ImportReport]] = []
        library.import_started.connect(self._import_started)
        library.panel.new_form.cancelled.connect(self._library_refused)
        library.job.returned.connect(self._import_finished)
        library.import_failed.connect(self._import_failed)
        library.job.cancelled.connect(self._import_cancelled)
        library.job.finished.connect(self._start_waiting)
        sessions.session_changed.connect(self._session_changed)

    @property
    def is_waiting(self) -> bool:
        """Whether files wait for a library that they can be imported into."""
        return self._requested is not None

    @Slot(object)
    def take(self, dropped: FileDrop) -> None:
        """Import dropped files and place them."""
        self._take(Drop(dropped.paths, dropped.tick, dropped.lane_id))

    def _take(self, drop: Drop) -> None:
        if self._library.job.busy:
            self._waiting.append(drop)
            self._show(f"{drop.name} will be imported when the import under way is done.", "info")
            return
        self._requested = drop
        self._library.ask(list(drop.paths))
        if self._requested is drop:  # no import was started: a library is asked for first
            self._show(
                f"This library is read-only. Make your own in the panel at the right: "
                f"{drop.name} will be imported into it and placed.",
                "info",
            )

    @Slot(object)
    def _import_started(self, request: ImportRequest) -> None:
        drop = self._requested
        if drop is not None and request.paths == drop.paths:
            self._requested, self._importing = None, drop
            self._banners.show_message(
                _BANNER,
                f"Importing {drop.name}; it will be placed where you dropped it.",
                kind="info",
                actions=(("Stop", self._library.job.cancel),),
            )

    @Slot()
    def _library_refused(self) -> None:
        """The user wants no library of their own, so nothing can be imported."""
        if self._requested is not None:
            self._requested = None
            self._banners.dismiss(_BANNER)

    @Slot(object)
    def _import_finished(self, report: ImportReport) -> None:
        """Clips are placed once the library is in place again: before, they would be silent."""
        drop, self._importing = self._importing, None
        if drop is not None:
            self._imported.append((drop, report))

    @Slot(str)
    def _import_failed(self, line: str) -> None:
        drop, self._importing = self._importing, None
        self._show(line if drop is None else drop.failure_text(line), "error")

    @Slot()
    def _import_cancelled(self) -> None:
        if self._importing is not None:
            self._import_failed("the import was stopped")

    @Slot()
    def _start_waiting(self) -> None:
        if self._waiting:
            self._take(self._waiting.popleft())

    @Slot(object)
    def _session_changed(self, session: Session) -> None:
        library = session.library_path.absolute()
        imported, self._imported = self._imported, []
        for drop, report in imported:
            if report.library == library:
                self._read_segments(drop, report)
            else:
                reason = f"it was imported into {report.library}, which is no longer open"
                self._show(drop.failure_text(reason), "warning")

    def _read_segments(self, drop: Drop, report: ImportReport) -> None:
        track_ids = list(dict.fromkeys(file.track_id for file in report.files if file.track_id))
        self._services.background.submit(
            lambda: _segments_of(report.library, track_ids),
            lambda segments: self._place(drop, segments, report),
            lambda line: self._show(drop.failure_text(line), "error"),
        )

    def _place(self, drop: Drop, segments: list[_Segment], report: ImportReport) -> None:
        clips = [
            Clip(
                new_id(),
                RealSource(segment.id),
                drop.tick + number * TICKS_PER_SEGMENT,
                name=segment.clip_name,
            )
            for number, segment in enumerate(segments)
        ]
        lane_ids = [lane.id for lane in self._document.arrangement.lanes]
        row = lane_ids.index(drop.lane_id) if drop.lane_id in lane_ids else len(lane_ids)
        if clips and self._document.edit(
            f"place {drop.name}", lambda now: edits.put(now, [(row, clip) for clip in clips])
        ):
            self._document.select(clip.id for clip in clips)
        self._report_placed(drop, report, len(clips))

    def _report_placed(self, drop: Drop, report: ImportReport, clips: int) -> None:
        """Say what was not placed; where all was, the status bar is enough."""
        missing = [file for file in report.files if not file.segments]
        if missing:
            reason = missing[0].reason or "shorter than four bars"
            more = f", and {len(missing) - 1} more" if len(missing) > 1 else ""
            line = f"“{Path(missing[0].path).name}”{more} was not placed: {reason}"
            self._show(line, "warning")
        elif self._importing is None:  # otherwise the banner is that of the next import
            self._banners.dismiss(_BANNER)
        if clips:
            self.status.emit(f"{clips} clips of {drop.name} were placed")

    def _show(self, line: str, kind: Kind) -> None:
        self._banners.show_message(_BANNER, line, kind=kind)


def _segments_of(library_path: Path, track_ids: list[str]) -> list[_Segment]:
    """All segments of the tracks, one after the other: the whole of their music."""
    from core.library.store import Library

    with Library.open(library_path, read_only=True) as library:
        return [
            _Segment(segment.id, f"{library.track(track_id).title}, bar {segment.bar + 1}")
            for track_id in track_ids
            for segment in library.segments(track_id=track_id)
        ]
