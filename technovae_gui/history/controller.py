"""The history's controller: takes down what is heard, and keeps it with its library."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from core import user_folders
from core.arrangement.clip import ClipSource, RealSource, latent_sources
from core.errors import OutputError
from core.identifiers import is_identifier
from core.session import Session
from core.workers.service_client import SpectrogramResult
from technovae_gui.history.history_panel import HistoryPanel
from technovae_gui.map.map_point import MapPoint, latent_point, segment_point
from technovae_gui.services import Services
from technovae_gui.session_controller import SessionController
from technovae_gui.spectrogram.colours import thumbnail

if TYPE_CHECKING:
    from core.arrangement.audition_history import AuditionedPlace, AuditionHistory

Array = NDArray[np.float32]
_LOG = logging.getLogger(__name__)
_SAVE_MS: Final = 2000
_WIDTH, _HEIGHT = 184, 72
_KEY: Final = "heard place"


class HistoryController(QObject):
    """Keeps the list of places that were heard, one for each library.

    Signals:
        audition_requested(MapPoint): play it again.
        problem(str, str): a topic and one line.
    """

    audition_requested = Signal(object)
    problem = Signal(str, str)

    def __init__(
        self,
        sessions: SessionController,
        services: Services,
        panel: HistoryPanel,
        parent: QObject | None = None,
        *,
        folder: Path | None = None,
    ) -> None:
        """`folder`: where the lists are kept; default in the user's data folder."""
        super().__init__(parent)
        self._folder = folder
        self._sessions, self._services, self.panel = sessions, services, panel
        self._places: AuditionHistory | None = None
        self._path: Path | None = None
        self._asked: set[ClipSource] = set()
        self._timer = QTimer(self, singleShot=True, interval=_SAVE_MS)
        self._timer.timeout.connect(self._save)
        sessions.session_changed.connect(self._session_changed)
        services.decoder.spectrogram_ready.connect(self._spectrogram_arrived)
        panel.play_requested.connect(self._play)
        panel.star_requested.connect(lambda it, on: self._change(lambda now: now.with_star(it, on)))
        panel.removal_requested.connect(lambda it: self._change(lambda now: now.without(it)))
        panel.clearing_requested.connect(lambda: self._change(lambda now: now.favourites()))
        panel.picture_missed.connect(self._ask_picture)

    @Slot(object, object)
    def add(self, point: MapPoint, spectrogram: Array | None) -> None:
        """Put a place on top that has just begun to sound.

        Args:
            point: which.
            spectrogram: (512, 128) dB; None: it is read when it is in view.
        """
        from core.arrangement.audition_history import AuditionedPlace

        place = AuditionedPlace(point.source, point.label, point.xy, point.segment_id)
        self._change(lambda now: now.with_place(place))
        if spectrogram is not None:
            self.panel.set_picture(point.source, thumbnail(spectrogram, _WIDTH, _HEIGHT))

    def close(self) -> None:
        """Write what is not written yet."""
        if not self._timer.isActive():
            return
        self._timer.stop()
        try:
            self._write()()
        except OutputError as error:
            self.problem.emit("history", str(error))

    def _change(self, change: Callable[[AuditionHistory], AuditionHistory]) -> None:
        from core.arrangement.audition_history import AuditionHistory

        self._places = change(self._places or AuditionHistory())
        self.panel.show_places(self._places)
        self._timer.start()

    @Slot(object)
    def _session_changed(self, session: Session) -> None:
        path = self._path_of(session)
        self._asked.clear()
        if path == self._path:
            return
        self.close()
        self._path, self._places = path, None
        self._services.background.submit(
            lambda: _load(path), lambda found: self._loaded(path, found), self._unreadable
        )

    def _loaded(self, path: Path, found: AuditionHistory) -> None:
        """What was heard meanwhile is on top."""
        if path == self._path:
            self._places = found if self._places is None else self._places.followed_by(found)
            self.panel.show_places(self._places)

    def _unreadable(self, line: str) -> None:
        self._path = None  # what cannot be read is not written over
        self.problem.emit("history", line)

    @Slot()
    def _save(self) -> None:
        self._services.background.submit(
            self._write(), failed=lambda line: self.problem.emit("history", line)
        )

    def _write(self) -> Callable[[], None]:
        places, path = self._places, self._path

        def write() -> None:
            from core.arrangement import audition_history

            if places is not None and path is not None:
                audition_history.save(places, path)

        return write

    def _path_of(self, session: Session) -> Path:
        name = session.library_id if is_identifier(session.library_id) else "library"
        folder = self._folder or user_folders.data_folder() / "heard"
        return folder / f"{name}.json"

    @Slot(object)
    def _play(self, place: AuditionedPlace) -> None:
        session = self._sessions.session
        latent_map = session.map
        if latent_map is None:
            self.problem.emit("history", session.missing_map)
            return
        source = place.source
        if isinstance(source, RealSource):
            row = latent_map.rows.get(source.segment_id)
            if row is None:
                line = f"{place.name}: the track is no longer in the library"
                self.problem.emit("history", line)
                return
            self.audition_requested.emit(segment_point(latent_map, row))
            return
        latent = latent_sources(source)[0]
        current = latent.model_hash == latent_map.model_hash
        point = latent_point(latent_map, latent.array[0], place.name, None if current else place.xy)
        self.audition_requested.emit(
            MapPoint(source, point.latent, point.xy, place.name, point.segment_id)
        )

    @Slot(object)
    def _ask_picture(self, place: AuditionedPlace) -> None:
        """Once for each place and session."""
        source, session = place.source, self._sessions.session
        if source in self._asked or not session.generation:
            return
        self._asked.add(source)
        if isinstance(source, RealSource):
            self._services.background.submit(
                lambda: self._services.segments.spectrogram(session, source.segment_id),
                lambda seen: self._show_picture(source, seen),
                _LOG.info,  # the row stays without a picture
            )
        else:
            self._services.decoder.spectrogram((_KEY, source), source)

    @Slot(object)
    def _spectrogram_arrived(self, seen: SpectrogramResult) -> None:
        if seen.key == (_KEY, seen.source):
            self._show_picture(seen.source, seen.spectrogram)

    def _show_picture(self, source: ClipSource, spectrogram: Array) -> None:
        self.panel.set_picture(source, thumbnail(spectrogram, _WIDTH, _HEIGHT))


def _load(path: Path) -> AuditionHistory:
    from core.arrangement import audition_history

    return audition_history.load(path)
