"""The export room's controller: the arrangement, and single clips, become audio files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from core.arrangement.clip import Clip, ClipSource
from core.progress import silent
from core.workers import tasks
from technovae_gui.document import Document
from technovae_gui.export import ExportPanel
from technovae_gui.services import Services
from technovae_gui.session_controller import SessionController
from technovae_gui.timeline import ClipRequest
from technovae_gui.widgets import file_dialogs
from technovae_gui.widgets.job_slot import JobSlot

Array = NDArray[np.float32]
_SAVING = "save clips"


class ExportController(QObject):
    """Connects the export panel to its job, the document and the session.

    Signals:
        status(str): what the user should know, for the status bar.
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
    ) -> None:
        super().__init__(parent)
        self._sessions, self._services, self._document = sessions, services, document
        self.panel = ExportPanel()
        self.job = JobSlot(self)
        panel, job = self.panel, self.job
        panel.export_requested.connect(self._start)
        panel.cancel_requested.connect(job.cancel)
        job.started.connect(panel.export_started)
        job.progress.connect(panel.progress)
        job.returned.connect(panel.exported)
        job.errored.connect(panel.failed)
        job.cancelled.connect(panel.cancelled)
        self._document.changed.connect(self._show)
        self._document.loop_changed.connect(self._show)
        self._document.selection_changed.connect(self._show)

    @Slot(object)
    def _start(self, request: Any) -> None:
        found = self._sessions.session.map
        if found is None:
            self.panel.failed("there is no library open yet; wait a moment and try again")
            return
        arrangement = self._document.arrangement
        wanted: dict[str, Any] = {
            "arrangement": arrangement,
            "path": request.path,
            "bit_depth": request.bit_depth,
            "stems": request.stems,
            "span": self._span(request.range),
        }
        audible = (clip for lane in arrangement.audible_lanes for clip in lane.clips)
        loops = self._loops(audible) if request.lufs is None else None
        if loops is not None:  # as it is played: from what it is played from
            self.job.start(tasks.export_loops, loops=loops, **wanted)
        else:
            self.job.start(
                tasks.export_audio,
                library=found.library_path,
                model=found.model_path,
                lufs=request.lufs,
                **wanted,
            )

    def _loops(self, clips: Iterable[Clip]) -> dict[ClipSource, Array] | None:
        """What the clips play; None while one of them is not there."""
        bpm = self._document.arrangement.bpm
        found: dict[ClipSource, Array] = {}
        for clip in clips:
            loop = self._services.loops.loop(clip.source, bpm)
            if loop is None:
                return None
            found[clip.source] = loop
        return found

    def _span(self, part: str) -> tuple[int, int] | None:
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
        seconds = {part: self._seconds(self._span(part)) for part in ("whole", "loop", "selection")}
        lanes = sum(1 for lane in document.arrangement.audible_lanes if lane.clips)
        self.panel.set_lengths(**seconds, lanes=max(1, lanes))

    def _seconds(self, span: tuple[int, int] | None) -> float:
        arrangement = self._document.arrangement
        start, end = span or (0, arrangement.end)
        return arrangement.seconds(end - start)

    @Slot(object)
    def save_clips(self, request: ClipRequest) -> None:
        """Write each of the clips as a WAV of its four bars, as it is played.

        Args:
            request: which clips. For one the user chooses a file, for several a folder, in which no
                file is replaced.
        """
        wanted = self._document.arrangement.clips()
        clips = [clip for clip in wanted if clip.id in request.clip_ids]
        loops = self._loops(clips)
        if loops is None:
            line = "these clips are still being decoded; save them once their hatching is gone"
            self.problem.emit(_SAVING, line)
            return
        by_path = {
            path: loops[clip.source] for path, clip in zip(self._files(clips), clips, strict=False)
        }
        if by_path:
            bpm = self._document.arrangement.bpm
            self._services.background.submit(
                lambda: tasks.save_loops(by_path, bpm, silent),
                self._clips_saved,
                lambda line: self.problem.emit(_SAVING, line),
            )

    def _files(self, clips: Sequence[Clip]) -> list[Path]:
        """A file for each of the clips, as the user chooses; none if they change their mind."""
        names = [clip.name or "clip" for clip in clips]
        if len(clips) > 1:
            folder = file_dialogs.choose_folder(self.panel, f"Folder for {len(clips)} clips")
            return [] if folder is None else file_dialogs.unused_files(folder, names)
        path = file_dialogs.choose_new_wav(self.panel, names[0]) if names else None
        return [] if path is None else [path]

    def _clips_saved(self, paths: tuple[Path, ...]) -> None:
        self.panel.result.show_file(paths[-1])
        what = f"“{paths[0].name}”" if len(paths) == 1 else f"{len(paths)} clips"
        self.status.emit(f"{what} saved in {paths[0].parent}")
