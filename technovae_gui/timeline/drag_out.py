"""Clips dragged out of the window become a WAV file on the way."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QColor, QDrag
from PySide6.QtWidgets import QApplication

from core import scientific
from core.arrangement.arrangement import Arrangement
from core.arrangement.clip import Clip, ClipSource
from core.arrangement.export_options import ExportOptions
from core.deletion import delete_file
from core.settings import TICKS_PER_BAR
from core.user_folders import data_folder
from technovae_gui import mime, theme
from technovae_gui.document import Document
from technovae_gui.services import Services
from technovae_gui.timeline import ClipRequest, TimelineView
from technovae_gui.widgets.banners import Banners
from technovae_gui.widgets.drag_pixmap import HEIGHT, drag_pixmap
from technovae_gui.widgets.file_dialogs import unused_files

Loops = Mapping[ClipSource, NDArray[np.float32]]
_KEY = "drag out"
_KEPT_SECONDS = 30 * 24 * 3600.0
"""Some programs only link to what is dropped on them: files stay a while."""
_BIT_DEPTH = 24


def default_folder() -> Path:
    """Where dragged files of this user lie."""
    return data_folder() / "dragged"


@dataclass(frozen=True)
class Cut:
    """Clips alone, as they sound where they are, and the ticks from the first to the last."""

    arrangement: Arrangement
    span: tuple[int, int]


class DragOutController(QObject):
    """Renders from the loops that play anyway, on a thread; the drag begins when the file is there.

    Who lets go before that finds the file ready at the next try.
    """

    status = Signal(str)
    """What the user should know, for the status bar."""

    def __init__(
        self,
        services: Services,
        project_name: Callable[[], str],
        document: Document,
        timeline: TimelineView,
        banners: Banners,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._services, self._document = services, document
        self._project_name, self._banners = project_name, banners
        self._widget = timeline.canvas
        self.folder: Path | None = None
        self._ready: tuple[Cut, Path] | None = None
        timeline.drag_out_requested.connect(self.begin)

    @Slot(object)
    def begin(self, request: ClipRequest) -> None:
        """Drag these clips."""
        cut = cut_of(self._document.arrangement, frozenset(request.clip_ids))
        if cut is None:
            return
        if self._ready is not None and self._ready[0] == cut and self._ready[1].is_file():
            self._drag(self._ready[1])
            return
        loops = self._services.loops.sounds(cut.arrangement)
        if loops is None:
            line = "These clips are still being decoded; drag them once their hatching is gone."
            self._banners.show_message(_KEY, line, kind="warning")
            return
        folder, name = self.folder or default_folder(), self._name(cut)
        self._services.background.submit(
            lambda: written(cut, loops, folder, name),
            lambda path: self._written(cut, path),
            lambda line: self._banners.show_message(_KEY, f"nothing was dragged out: {line}"),
        )

    def _name(self, cut: Cut) -> str:
        clips = list(cut.arrangement.clips())
        if len(clips) == 1 and clips[0].name:
            return clips[0].name
        first, last = cut.span[0] // TICKS_PER_BAR + 1, -(-cut.span[1] // TICKS_PER_BAR)
        return f"{self._project_name()}, bars {first} to {last}"

    def _written(self, cut: Cut, path: Path) -> None:
        self._banners.dismiss(_KEY)
        self._ready = cut, path
        if QApplication.mouseButtons() & Qt.MouseButton.LeftButton:
            self._drag(path)
        else:
            self.status.emit(f"“{path.name}” is ready: drag the clips out once more")

    def _drag(self, path: Path) -> None:
        drag = QDrag(self._widget)
        drag.setMimeData(mime.encode_file(path))
        drag.setPixmap(drag_pixmap(path.name, QColor(theme.ACCENT), self._widget))
        drag.setHotSpot(QPoint(12, HEIGHT // 2))
        drag.exec(Qt.DropAction.CopyAction)


def cut_of(arrangement: Arrangement, clip_ids: frozenset[str]) -> Cut | None:
    """Cut clips out of an arrangement: nothing else is heard, and nothing of them is muted.

    Args:
        arrangement: that they are in.
        clip_ids: which clips.

    Returns:
        The clips on their lanes, and the ticks from the first to the last; None without any.
    """
    lanes = tuple(
        replace(
            lane,
            clips=tuple(clip for clip in lane.clips if clip.id in clip_ids),
            mute=False,
            solo=False,
        )
        for lane in arrangement.lanes
    )
    alone = replace(arrangement, lanes=lanes)
    clips = list(alone.clips())
    if not clips:
        return None
    return Cut(alone, (min(clip.start for clip in clips), max(clip.end for clip in clips)))


def written(cut: Cut, loops: Loops, folder: Path, name: str) -> Path:
    """Write clips as they are played, at the level that they have.

    Args:
        cut: the clips.
        loops: the sounds of all their sources.
        folder: gets the file; old ones in it are deleted.
        name: of the file; a number is added where one has it already.

    Returns:
        The WAV file.

    Raises:
        OutputError: it cannot be written.
    """
    scientific.load()
    from core.arrangement.export import export
    from core.atomic import writing_error

    def audio_of(clip: Clip) -> NDArray[np.float32]:
        return loops[clip.source]

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise writing_error(folder, error) from error
    _sweep(folder)
    (path,) = unused_files(folder, [name])
    options = ExportOptions(bit_depth=_BIT_DEPTH, span=cut.span, lufs=None)
    export(cut.arrangement, audio_of, path, options)
    return path


def _sweep(folder: Path) -> None:
    """Old files go."""
    oldest = time.time() - _KEPT_SECONDS
    for path in folder.glob("*.wav"):
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < oldest:
                delete_file(path, folder)
