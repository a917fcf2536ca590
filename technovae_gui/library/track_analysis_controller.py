"""Keys and spectrograms of the open library: what is missing of them is made in the background."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from core.dsp.key import Key
from core.library.keys import Keys
from core.library.segments import Segment
from core.session import Session
from core.workers import tasks
from core.workers.segment_service import Opened
from technovae_gui.services import Services
from technovae_gui.session_controller import SessionController
from technovae_gui.widgets.job_slot import JobSlot

if TYPE_CHECKING:
    from core.library.key_analysis import TrackChroma

_DELAY_MS: Final = 5000


class TrackAnalysisController(QObject):
    """Has missing keys and spectrograms made by a job at low priority, some seconds after the map
    can be played.

    Without its spectrogram, a track's audio is analysed at every click that needs it; the built-in
    demo comes without any. A track whose audio cannot be read is tried once.

    Attributes:
        keys: of the open library, as far as they are known.
        job: the analysis.

    Signals:
        keys_changed(Keys): other keys are shown: of another library, or read again.
        key_found(str): `keys` know one more track, by its id.
        problem(str, str): a topic and one line.
    """

    keys_changed = Signal(object)
    key_found = Signal(str)
    problem = Signal(str, str)

    def __init__(
        self,
        sessions: SessionController,
        services: Services,
        parent: QObject | None = None,
        *,
        delay_ms: int = _DELAY_MS,
    ) -> None:
        """`delay_ms`: from the map that can be played to the analysis."""
        super().__init__(parent)
        self.keys = Keys()
        self.job = JobSlot("analysis of tracks", self)
        self._services = services
        self._session = Session()
        self._usable_model: str | None = None
        self._missing: set[str] = set()
        self._tried: set[str] = set()
        self._paused = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(delay_ms)
        self._timer.timeout.connect(self._begin)
        sessions.session_changed.connect(self._session_changed)
        services.decoder.ready.connect(self._decoder_ready)
        self.job.event_received.connect(self._found)
        self.job.returned.connect(self._stop_trying)
        self.job.errored.connect(self._stop_trying)
        self.job.errored.connect(self._report)
        self.job.finished.connect(self._plan)

    def key_of(self, segment: Segment) -> Key | None:
        """The key of a segment of the open library; None without pitch in it, or if not known."""
        return self.keys.of_segment(segment)

    @Slot()
    def pause(self) -> None:
        """Stop the analysis; something more urgent runs."""
        self._paused = True
        self._timer.stop()
        self.job.cancel()

    def close(self) -> None:
        """Start nothing any more; the job under way is for the window to end."""
        self._paused = True
        self._timer.stop()

    @Slot()
    def resume(self) -> None:
        """Go on with what is missing."""
        self._paused = False
        self._plan()

    @Slot(object)
    def _session_changed(self, session: Session) -> None:
        if session.library_path != self._session.library_path:
            self.job.cancel()
            self.keys, self._missing = Keys(), set()
        self._session = session
        path = session.library_path

        def read() -> tuple[Keys, set[str]]:
            from core.library.store import Library

            with Library.open(path, read_only=True) as library:
                keys = library.keys()
                missing = {track.id for track in library.tracks_without_spectrogram()}
            for track in session.tracks:
                keys.of_track(track.id)  # kept; the table sorts by them on the main thread
            missing |= {track.id for track in session.tracks if not keys.knows(track.id)}
            return keys, missing

        self._services.background.submit(
            read, lambda found: self._read(session, *found), self._report
        )

    def _read(self, session: Session, keys: Keys, missing: set[str]) -> None:
        if session is not self._session:
            return
        self.keys, self._missing = keys, missing
        self.keys_changed.emit(keys)
        self._plan()

    @Slot(object)
    def _decoder_ready(self, ready: Opened) -> None:
        self._usable_model = ready.model_hash
        self._plan()

    @Slot()
    def _plan(self) -> None:
        session = self._session
        if self._paused:
            return
        playable = session.map is not None and session.model_hash == self._usable_model
        if self._missing - self._tried and (playable or session.model_path is None):
            self._timer.start()

    @Slot()
    def _begin(self) -> None:
        if not self.job.busy and self._missing - self._tried:
            path = self._session.library_path
            self.job.start(tasks.analyse_tracks, context=path, library=path)

    @Slot(object)
    def _found(self, found: TrackChroma) -> None:
        if self._is_of_open_library():
            self.keys.add(found.track_id, found.chroma)
            self.key_found.emit(found.track_id)

    @Slot(object)
    def _stop_trying(self, _: object) -> None:
        """What the job could not make it will not make the next time either."""
        if self._is_of_open_library():
            self._tried |= self._missing

    def _is_of_open_library(self) -> bool:
        path: Path = self.job.context
        return path == self._session.library_path

    @Slot(str)
    def _report(self, line: str) -> None:
        self.problem.emit("track analysis", line)
