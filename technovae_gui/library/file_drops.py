"""Audio files dropped on the lanes: imported, then placed where they fell."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from core.arrangement import edits
from core.arrangement.clip import Clip, RealSource, new_id
from core.session import Session
from core.settings import TICKS_PER_SEGMENT
from technovae_gui.document import Document
from technovae_gui.library.controller import LibraryController
from technovae_gui.services import Services
from technovae_gui.session_controller import SessionController
from technovae_gui.widgets.banners import Banners

_KEY = "drop"
Named = tuple[str, str]
"""A segment's id and what its clip is called."""


@dataclass(frozen=True)
class Drop:
    """Files, and where they fell; a lane that is empty or gone by then is one below the last."""

    paths: tuple[Path, ...]
    tick: int
    lane_id: str

    @property
    def name(self) -> str:
        """For messages."""
        count = len(self.paths)
        return f"“{self.paths[0].name}”" if count == 1 else f"{count} files"

    def not_placed(self, why: str) -> str:
        """One line."""
        return f"{self.name} {'was' if len(self.paths) == 1 else 'were'} not placed: {why}"


class FileDrops(QObject):
    """Imports what is dropped on the timeline; a drop during an import waits for its end."""

    status = Signal(str)
    """What was placed, for the status bar."""

    def __init__(
        self,
        sessions: SessionController,
        services: Services,
        document: Document,
        importing: LibraryController,
        banners: Banners,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._sessions, self._services, self._document = sessions, services, document
        self._banners, self._importing = banners, importing
        self._queue: list[Drop] = []
        self._asked: Drop | None = None
        self._running: Drop | None = None
        self._imports: list[tuple[Drop, Any]] = []
        importing.import_started.connect(self._import_started)
        importing.panel.new_form.given_up.connect(self._given_up)
        importing.job.returned.connect(self._imported)
        importing.job.errored.connect(self._failed)
        importing.job.cancelled.connect(self._cancelled)
        importing.job.finished.connect(self._next)
        sessions.session_changed.connect(self._session_changed)

    @Slot(object, int, str)
    def take(self, paths: Any, tick: int, lane_id: str) -> None:
        """Import `paths` and place them from `tick` on."""
        drop = Drop(tuple(Path(path) for path in paths), tick, lane_id)
        if self._importing.job.busy:
            self._queue.append(drop)
            self._say(f"{drop.name} will be imported after what is under way.")
            return
        self._asked = drop
        self._importing.ask(list(drop.paths))
        if self._asked is drop:  # no import began: a library is asked for first
            self._say(
                f"This library takes no music. Make one of your own in the panel at the right: "
                f"{drop.name} will be imported into it and placed."
            )

    @Slot(object)
    def _import_started(self, paths: list[Path]) -> None:
        drop = self._asked
        if drop is not None and tuple(paths) == drop.paths:
            self._asked, self._running = None, drop
            self._banners.show_message(
                _KEY,
                f"Importing {drop.name}; it will be placed where you dropped it.",
                kind="info",
                actions=(("Stop", self._importing.job.cancel),),
            )

    @Slot()
    def _given_up(self) -> None:
        if self._asked is not None:
            self._asked = None
            self._banners.dismiss(_KEY)

    @Slot(object)
    def _imported(self, report: Any) -> None:
        """The clips wait for the library to be opened anew: only then are the segments heard."""
        drop, self._running = self._running, None
        if drop is not None:
            self._imports.append((drop, report))

    @Slot(str)
    def _failed(self, line: str) -> None:
        drop, self._running = self._running, None
        text = line if drop is None else drop.not_placed(line)
        self._banners.show_message(_KEY, text)

    @Slot()
    def _cancelled(self) -> None:
        if self._running is not None:
            self._failed("the import was stopped")

    @Slot()
    def _next(self) -> None:
        if self._queue:
            drop = self._queue.pop(0)
            self.take(list(drop.paths), drop.tick, drop.lane_id)

    @Slot(object)
    def _session_changed(self, session: Session) -> None:
        library = session.library_path.absolute()
        imports, self._imports = self._imports, []
        for drop, report in imports:
            if report.library == library:
                self._read_one(drop, report)
            else:
                line = f"it was imported into {report.library}, which is no longer open"
                self._banners.show_message(_KEY, drop.not_placed(line), kind="warning")

    def _read_one(self, drop: Drop, report: Any) -> None:
        tracks = list(dict.fromkeys(f.track_id for f in report.files if f.track_id))
        self._services.background.submit(
            lambda: _segments(report.library, tracks),
            lambda found: self._place(drop, found, report),
            lambda line: self._banners.show_message(_KEY, drop.not_placed(line)),
        )

    def _place(self, drop: Drop, found: list[Named], report: Any) -> None:
        clips = [
            Clip(new_id(), RealSource(segment), drop.tick + n * TICKS_PER_SEGMENT, name=name)
            for n, (segment, name) in enumerate(found)
        ]
        rows = [lane.id for lane in self._document.arrangement.lanes]
        row = rows.index(drop.lane_id) if drop.lane_id in rows else len(rows)
        name = f"place {drop.name}"
        if clips and self._document.edit(
            name, lambda now: edits.put(now, [(row, clip) for clip in clips])
        ):
            self._document.select(clip.id for clip in clips)
        self._tell(drop, report, len(clips))

    def _tell(self, drop: Drop, report: Any, clips: int) -> None:
        """What came of it: nothing to read where all went well."""
        lost = [file for file in report.files if not file.segments]
        if lost:
            why = lost[0].reason or "shorter than four bars"
            more = f", and {len(lost) - 1} more" if len(lost) > 1 else ""
            line = f"“{Path(lost[0].path).name}”{more} was not placed: {why}"
            self._banners.show_message(_KEY, line, kind="warning")
        elif self._running is None:  # else the banner is the next import's
            self._banners.dismiss(_KEY)
        if clips:
            self.status.emit(f"{clips} clips of {drop.name} were placed")

    def _say(self, line: str) -> None:
        self._banners.show_message(_KEY, line, kind="info")


def _segments(library_path: Path, tracks: list[str]) -> list[Named]:
    """All four-bar segments of `tracks`, in order: the whole of their music."""
    from core.library.store import Library

    with Library.open(library_path, read_only=True) as library:
        return [
            (segment.id, f"{library.track(track).title}, bar {segment.bar + 1}")
            for track in tracks
            for segment in library.segments(track_id=track)
        ]
