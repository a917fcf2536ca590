"""Opens libraries: every change of library, model or map is a request for a new session."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from core import resources
from core.errors import ModelError, TechnoVAEError
from core.library.models import model_for
from core.session import Session, open_session
from core.workers.segment_service import Opened
from technovae_gui.map_placement import MapPlacement
from technovae_gui.services import Services

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Request:
    """A library to open with a model (None: the library's own), and the session's number."""

    generation: int
    library: Path
    model: Path | None


@dataclass(frozen=True, eq=False)
class _Answer:
    """What became of a request: a session, or one line why there is none (`topic`: of what)."""

    request: _Request
    session: Session | None
    line: str = ""
    topic: str = "library"


class SessionController(QObject):
    """Holds the session that the window works with, and replaces it whole.

    Sessions are read on a thread and put in place on the main one. Requests are numbered; only the
    answer to the last one counts, so of two opens in quick succession the second one wins however
    long the first one takes. A refused request leaves the session as it is.

    Signals:
        session_changed(Session): another session is in place; library, model and map change
            together.
        status(str): what is going on, for the status bar; empty when it is over.
        problem(str, str): what is concerned ("library", "model" or "decoder") and one line.
    """

    session_changed = Signal(object)
    status = Signal(str)
    problem = Signal(str, str)

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._session = Session()
        self._last = self._placed = _Request(0, self._session.library_path, None)
        self._usable: _Request | None = None
        self._to_place: Session | None = None
        self._unkept: Session | None = None
        self._placement = MapPlacement(self)
        self._placement.placed.connect(self._map_placed)
        self._placement.failed.connect(self._map_failed)
        self._placement.refined.connect(self.reload)
        self._placement.unrefined.connect(self._not_refined)
        services.decoder.ready.connect(self._decoder_ready)
        services.decoder.refused.connect(self._decoder_refused)
        services.decoder.died.connect(self._decoder_died)

    @property
    def session(self) -> Session:
        """The session in place."""
        return self._session

    @property
    def requested_library(self) -> Path | None:
        """The library that was asked for last, open or not yet; None before the first request."""
        return self._last.library if self._last.generation else None

    @property
    def placing(self) -> bool:
        """Whether a map is being made."""
        return self._placement.placing

    def open(self, library: Path | None = None, model: Path | None = None) -> None:
        """Open a library; returns at once, `session_changed` follows.

        Args:
            library: the library's folder; None for the built-in demo.
            model: a model of the user's choice; None for the one that belongs to the library.
        """
        self.status.emit("opening the library…")
        self._request(library or resources.demo_library(), model)

    def reload(self, library: Path | None = None) -> None:
        """Read the library again after a change on disk: an import, a grid, a removed track.

        A model of the user's choice is kept. Nothing happens if `library`, the one that changed,
        is not the one that was asked for last.
        """
        if library is None or library == self._last.library:
            self._request(self._last.library, self._last.model)

    def adopt_model(self, library: Path, model: Path) -> None:
        """Work with a model that was just trained, unless another library is asked for by now.

        The map under the last model stays in place until the next one is made.

        Args:
            library: folder of the library that it was trained on.
            model: its file.
        """
        if library == self._last.library:
            self._request(library, model)

    def close(self) -> None:
        """End the placement; answers that are under way are dropped."""
        self._last = replace(self._last, generation=self._last.generation + 1)
        self._placement.close()

    def _request(self, library: Path, model: Path | None) -> None:
        if self._last.generation == 0 and _has_model(library):
            self._services.decoder.start(library)
        self._last = request = _Request(self._last.generation + 1, library, model)
        self._services.background.submit(
            lambda: _answer(request),
            self._answered,
            lambda line: self._answered(_Answer(request, None, line)),
        )

    def _answered(self, answer: _Answer) -> None:
        """The only place where answers come in, and where those of older requests are dropped."""
        if answer.request.generation != self._last.generation:
            return
        if answer.session is None:
            # Later reloads are of what is in place, not of what could not be opened.
            self._last = replace(self._placed, generation=self._last.generation)
            self.status.emit("")
            self.problem.emit(answer.topic, answer.line)
            return
        session = answer.session
        if self._is_better_model(session):
            self.status.emit("a better model: placing the segments on its map…")
            self._place_map(session)
            return
        self._placement.cancel()
        self._put_in_place(self._with_map_meanwhile(session), answer.request)
        if session.map is None and session.tracks and session.model_path is not None:
            self.status.emit("placing the segments on the map…")
            self._place_map(session)
        elif session.map is not None and not session.map.refined:
            self._placement.refine(session.library_path, session.map.model_path)

    def _is_better_model(self, session: Session) -> bool:
        """Whether the same music has a map in place while the new model's has to be made."""
        return (
            session.same_music(self._session)
            and session.model_path is not None
            and session.map is None
            and self._session.map is not None
        )

    def _with_map_meanwhile(self, session: Session) -> Session:
        """`session`, with what is left of the map in place where only the tracks of its library are
        others: nobody loses a map for an import or a corrected beat grid."""
        now = self._session
        if session.map is not None or now.map is None or now.library_path != session.library_path:
            return session
        if now.model_hash != session.model_hash:
            return session
        return replace(session, map=now.map.remaining(session.tracks))

    def _place_map(self, session: Session) -> None:
        unkept = self._unkept
        if unkept is not None and _same_music_and_model(session, unkept):
            self._map_failed("the map could not be kept; make room in your data folder")
            return
        assert session.model_path is not None
        self._to_place = session
        self._placement.request(session.library_path, session.model_path)

    def _put_in_place(self, session: Session, request: _Request) -> None:
        self._session, self._placed = session, request
        self._services.loops.set_session(session)
        if session.map is not None:
            self._unkept = None
        self.status.emit("loading the decoder…" if session.model_path is not None else "")
        self.session_changed.emit(session)

    @Slot(object, object)
    def _map_placed(self, library: Path, model: Path) -> None:
        if library == self._last.library:
            self._unkept = self._to_place
            self._request(library, self._last.model)

    @Slot(str)
    def _map_failed(self, line: str) -> None:
        """The model cannot be used: the session stays, and is what later reloads are of."""
        self._last = replace(self._placed, generation=self._last.generation + 1)
        self.status.emit("")
        self.problem.emit("model", line)

    @Slot(str)
    def _not_refined(self, line: str) -> None:
        """The map is good enough to play; it is tried again when the library is opened next."""
        _log.warning("the latents of %s are not refined: %s", self._session.library_path, line)
        self.status.emit(f"the map stays a little coarse: {line}")

    @Slot(object)
    def _decoder_ready(self, ready: Opened) -> None:
        if ready.model_hash == self._session.model_hash:
            self._usable = self._placed
        if self._session.map is not None and not self.placing:
            self.status.emit("")

    @Slot(str)
    def _decoder_refused(self, line: str) -> None:
        """A model that cannot be opened is reported; the last one that could be is taken again."""
        self.status.emit("")
        self.problem.emit("model", line)
        usable, now = self._usable, self._session
        if usable is not None and usable != self._placed and usable.library == now.library_path:
            self._request(usable.library, usable.model)

    @Slot(str)
    def _decoder_died(self, line: str) -> None:
        self.problem.emit("decoder", line)


def _same_music_and_model(one: Session, other: Session) -> bool:
    return one.same_music(other) and one.model_hash == other.model_hash


def _has_model(library: Path) -> bool:
    try:
        model_for(library)
    except TechnoVAEError:
        return False
    return True


def _answer(request: _Request) -> _Answer:
    try:
        session = open_session(request.library, request.model, generation=request.generation)
    except ModelError as error:
        return _Answer(request, None, str(error), "model")
    except TechnoVAEError as error:
        return _Answer(request, None, str(error))
    return _Answer(request, session)
