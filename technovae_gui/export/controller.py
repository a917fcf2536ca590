"""The export room's controller: the arrangement, and single clips, become audio files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog

from core.workers import work
from technovae_gui.document import Document
from technovae_gui.export import ExportPanel
from technovae_gui.session_controller import SessionController
from technovae_gui.timeline import ClipRequest
from technovae_gui.widgets.job_slot import Running


class ExportController(QObject):
    """Connects the export panel to its job, the document and the session."""

    def __init__(
        self, sessions: SessionController, document: Document, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._sessions, self._document = sessions, document
        self.panel = ExportPanel()
        self.job = Running(self)
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
        if self.job.busy:
            self.panel.failed("another export is under way; try again after it")
            return
        self.job.start(
            work.export_audio,
            library=found.library_path,
            model=found.model_path,
            arrangement=self._document.arrangement,
            path=request.path,
            bit_depth=request.bit_depth,
            stems=request.stems,
            span=self._span(request.range),
            lufs=request.lufs,
        )

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
        """Each of the clips as a WAV of its four bars."""
        found = self._sessions.session.map
        clips = [c for c in self._document.arrangement.clips() if c.id in request.clip_ids]
        if found is None or not clips:
            return
        clip = clips[0]
        start = str(Path.home() / f"{clip.name or 'clip'}.wav")
        name, _ = QFileDialog.getSaveFileName(self.panel, "Save clip", start, "WAV (*.wav)")
        if name:
            self.job.start(
                work.clip_wav,
                library=found.library_path,
                model=found.model_path,
                source=clip.source,
                bpm=self._document.arrangement.bpm,
                path=Path(name),
            )
