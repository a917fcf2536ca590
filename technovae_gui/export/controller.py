"""The export room's controller: the arrangement, and single clips, become audio files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from core import resources
from core.arrangement.clip import Clip, ClipSource
from core.arrangement.export_options import ExportOptions
from core.arrangement.project import Origin
from core.mapped_arrays import ArrayFile
from core.progress import silent
from core.session import Session
from core.workers import tasks
from technovae_gui.document import Document
from technovae_gui.export import ExportPanel, ExportRequest
from technovae_gui.export.export_panel import Range
from technovae_gui.services import Services
from technovae_gui.session_controller import SessionController
from technovae_gui.timeline import ClipRequest
from technovae_gui.widgets import file_dialogs
from technovae_gui.widgets.job_slot import JobSlot

Array = NDArray[np.float32]
_SAVING: Final = "save clips"


class ExportController(QObject):
    """Connects the export panel to its job, the document and the session.

    Attributes:
        panel: the export panel.
        job: the export.

    Signals:
        status(str): what was saved, for the status bar.
        problem(str, str): a topic and one line.
    """

    status = Signal(str)
    problem = Signal(str, str)

    def __init__(
        self,
        sessions: SessionController,
        services: Services,
        document: Document,
        parent: QObject | None = None,
        *,
        other_origins: Callable[[], Sequence[Origin]] = tuple,
    ) -> None:
        """`other_origins`: what clips are made from besides the open library and model."""
        super().__init__(parent)
        self._sessions, self._services, self._document = sessions, services, document
        self._other_origins = other_origins
        self.panel = ExportPanel()
        self.job = JobSlot("export", self)
        panel, job = self.panel, self.job
        panel.export_requested.connect(self._start)
        panel.cancel_requested.connect(job.cancel)
        job.started.connect(panel.export_started)
        job.progress.connect(panel.progress)
        job.returned.connect(panel.exported)
        job.errored.connect(panel.failed)
        job.cancelled.connect(panel.cancelled)
        sessions.session_changed.connect(self._session_changed)
        panel.set_parts_available(resources.has_parts_model())
        self._document.changed.connect(self._show)
        self._document.loop_changed.connect(self._show)
        self._document.selection_changed.connect(self._show)

    @Slot(object)
    def _session_changed(self, _session: Session) -> None:
        self.panel.set_parts_available(resources.has_parts_model())

    @Slot(object)
    def _start(self, request: ExportRequest) -> None:
        session = self._sessions.session
        if not session.library_id:
            self.panel.refuse("there is no library open yet; wait a moment and try again")
            return
        arrangement = self._document.arrangement
        arguments: dict[str, Any] = {
            "arrangement": arrangement,
            "path": request.path,
            "options": ExportOptions(
                bit_depth=request.bit_depth,
                lane_stems=request.lane_stems,
                part_stems=request.part_stems,
                span=self._span(request.range),
                lufs=request.lufs,
            ),
        }
        as_played = request.lufs is None and not request.part_stems
        loops = self._services.loops.sounds(arrangement) if as_played else None
        if loops is not None:  # as it is played, so from the loops that the player plays
            where = {source: ArrayFile.of(loop) or loop for source, loop in loops.items()}
            self.job.start(tasks.export_loops, loops=where, **arguments)
        else:
            self.job.start(
                tasks.export_audio,
                library=session.library_path,
                model=session.model_path,
                origins=tuple(self._other_origins()),
                **arguments,
            )

    def _loops(self, clips: Iterable[Clip]) -> dict[ClipSource, Array] | None:
        """The loops of `clips`; None while one of them is not ready."""
        bpm = self._document.arrangement.bpm
        loops: dict[ClipSource, Array] = {}
        for source in {made_of.source for clip in clips for made_of in clip.loops}:
            loop = self._services.loops.loop(source, bpm)
            if loop is None:
                return None
            loops[source] = loop
        return loops

    def _span(self, part: Range) -> tuple[int, int] | None:
        if part == "loop":
            return self._document.loop
        clips = self._document.selected_clips()
        if part == "selection" and clips:
            return min(c.start for c in clips), max(c.end for c in clips)
        return None

    @Slot()
    def _show(self) -> None:
        document = self._document
        self.panel.set_ranges(document.loop is not None, bool(document.selection))
        lanes = sum(1 for lane in document.arrangement.audible_lanes if lane.clips)
        self.panel.set_lengths(
            whole=self._seconds(None),
            loop=self._seconds(self._span("loop")),
            selection=self._seconds(self._span("selection")),
            lanes=max(1, lanes),
        )

    def _seconds(self, span: tuple[int, int] | None) -> float:
        arrangement = self._document.arrangement
        start, end = span or (0, arrangement.end)
        return arrangement.seconds(end - start)

    @Slot(object)
    def save_clips(self, request: ClipRequest) -> None:
        """Write each of the clips as a WAV of its four bars, or of its group, as it is played.

        Args:
            request: which clips. For one the user chooses a file, for several a folder, in which no
                file is replaced.
        """
        every = self._document.arrangement.clips()
        clips = [clip for clip in every if clip.id in request.clip_ids]
        loops = self._loops(clips)
        if loops is None:
            line = "these clips are still being rendered; save them once they are no longer hatched"
            self.problem.emit(_SAVING, line)
            return
        by_path = dict(zip(self._files(clips), clips, strict=False))
        if by_path:
            bpm = self._document.arrangement.bpm
            self._services.background.submit(
                lambda: tasks.save_clips(by_path, loops, bpm, silent),
                self._clips_saved,
                lambda line: self.problem.emit(_SAVING, line),
            )

    def _files(self, clips: Sequence[Clip]) -> list[Path]:
        """A file for each of the clips, chosen by the user; empty if the dialog was cancelled."""
        names = [clip.name or "clip" for clip in clips]
        if len(clips) > 1:
            folder = file_dialogs.choose_folder(self.panel, f"Folder for {len(clips)} clips")
            return [] if folder is None else file_dialogs.unused_files(folder, names)
        path = file_dialogs.choose_new_wav(self.panel, names[0]) if names else None
        return [] if path is None else [path]

    def _clips_saved(self, paths: tuple[Path, ...]) -> None:
        self.panel.result.show_file(paths[-1])
        name = f"“{paths[0].name}”" if len(paths) == 1 else f"{len(paths)} clips"
        self.status.emit(f"{name} saved in {paths[0].parent}")
