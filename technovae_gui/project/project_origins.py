"""Which library and model each clip of the open project is made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from core import resources
from core.arrangement.arrangement import Arrangement
from core.arrangement.clip import (
    ClipSource,
    GroupSource,
    LatentSource,
    PartsSource,
    RealSource,
    single_sources,
)
from core.arrangement.project import Origin, Project, origin_of, track_of
from core.session import Session
from technovae_gui.document import Document


class ProjectOrigins(QObject):
    """The project's own library and model, and others that its clips are made from.

    A session says what is open; it never changes what a project with clips is made from, unless
    the user has chosen to use its library (`put_session`). Libraries that were open before stay
    known, so that clips made from them can be made again.

    Attributes:
        main: library and model that are opened with the project.

    Signals:
        changed(): what `of` says may be new.
    """

    changed = Signal()

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._untitled = True
        self._session = Session()
        self._open = Origin()
        self._known: list[Origin] = []
        self._listed: tuple[Arrangement, Sequence[ClipSource]] | None = None
        self.main = Origin()

    def start_project(self) -> None:
        """A new project: it is made from what is open."""
        self._untitled = True
        self._known = []
        self.main = self._open
        self.put_session(self._session)

    def load(self, project: Project, *, untitled: bool) -> None:
        """The project that was opened says what it is made from.

        Args:
            project: with paths as they are now (`Project.located`).
            untitled: it was never saved.
        """
        self._untitled = untitled
        self.main, self._known = project.origin, list(project.origins)
        self.put_session(self._session)

    def put_session(
        self, session: Session, *, chosen: bool = False, keep_model: bool = False
    ) -> None:
        """Another session is in place.

        Args:
            session: what is open from now on.
            chosen: the user wants the project to be made from it; an untitled project without
                clips always is.
            keep_model: the project's model is only missing, so another one of the same library
                does not take its place.
        """
        self._session, self._open = session, origin_of_session(session)
        if session.library_id:
            self._open = self._remember(self._open)
            if chosen or (self._untitled and not self._sources()):
                self._change_main()
            elif is_same_library(self.main, self._open):
                self.main = _with_model_of(self._open, self.main) if keep_model else self._open
        self.changed.emit()

    def of(self, source: ClipSource) -> Origin | None:
        """Where `source` is made from; None is the session that is open."""
        if self._is_of_session(source):
            return None
        others = [it for it in self._known if not is_same_library(it, self._open)]
        found = origin_of(source, others)
        if found is None and not is_same_library(self.main, self._open):
            return self.main  # its tracks are not known unless it has been open
        return found

    def is_open(self, origin: Origin) -> bool:
        """Whether the library of `origin` is the one of the session."""
        return bool(self._open.library_id) and is_same_library(origin, self._open)

    def uses(self, library: Path) -> bool:
        """Whether the clips are made from the library in this folder, among others."""
        paths = [it.library or resources.demo_library() for it in (self.main, *self.used())]
        return library.resolve() in [path.resolve() for path in paths]

    def used(self) -> tuple[Origin, ...]:
        """The libraries and models that clips are made from, besides `main`."""
        main = next((it for it in self._known if is_same_library(it, self.main)), self.main)
        rest = [it for it in self._sources() if not main.claims(it)]
        found = []
        for origin in self._known:
            used = None if origin is main else origin.used_by(rest)
            if used is not None:
                found.append(used)
                rest = [it for it in rest if not origin.claims(it)]
        return tuple(found)

    def others(self) -> tuple[Origin, ...]:
        """What clips are made from that the open session cannot make."""
        found: dict[Origin, list[ClipSource]] = {}
        for source in self._sources():
            origin = self.of(source)
            if origin is not None:
                found.setdefault(origin, []).append(source)
        return tuple(origin.limited_to(sources) for origin, sources in found.items())

    def models_of_main(self) -> frozenset[str]:
        """Hashes of the models of latent clips that are of the project's own library."""
        others = [it for it in self._known if not is_same_library(it, self.main)]
        latents = [it for it in self._sources() if isinstance(it, LatentSource)]
        mine = {it.model_hash for it in latents if origin_of(it, others) is None}
        return frozenset(mine - {""})

    def adopt_model(self) -> None:
        """The project's model is the one that is open: it can make all that the last one made."""
        if self.is_open(self.main) and self.main != self._open:
            self.main = self._open
            self.changed.emit()

    def relink_model(self, model: Path) -> None:
        """The project's model is in this file now."""
        self.main = replace(self.main, model=model)

    def relocate(self, origin: Origin, library: Path) -> None:
        """Note where a library other than the project's own is now.

        Args:
            origin: it, as it was.
            library: its folder.
        """
        for number, known in enumerate(self._known):
            if is_same_library(known, origin):
                self._known[number] = replace(known, library=library)
        self.changed.emit()

    # Inside

    def _remember(self, origin: Origin) -> Origin:
        """Know `origin`, and by it what an earlier model of the same library has made."""
        before = next((it for it in self._known if is_same_library(it, origin)), None)
        if before is not None:
            self._known.remove(before)
            models = {*before.models, before.model_hash} - {"", origin.model_hash}
            origin = replace(origin, models=origin.models | models)
        self._known.insert(0, origin)
        return origin

    def _change_main(self) -> None:
        """What no library claims stays with the one that the project was made from until now: it
        may never have been open here, and its latents may be of models that it had before."""
        last = self.main
        unclaimed = [it for it in self._sources() if origin_of(it, self._known) is None]
        if unclaimed and not is_same_library(last, self._open):
            known = next((it for it in self._known if is_same_library(it, last)), last)
            claims = known.limited_to(unclaimed)
            tracks, models = known.tracks | claims.tracks, known.models | claims.models - {""}
            self._known = [it for it in self._known if it is not known]
            self._known.append(replace(known, tracks=tracks, models=models))
        self.main = self._open

    def _is_of_session(self, source: ClipSource) -> bool:
        if isinstance(source, PartsSource | GroupSource):
            return all(self._is_of_session(single) for single in single_sources(source))
        if isinstance(source, RealSource):
            return track_of(source) in self._open.tracks
        return source.model_hash in ("", self._open.model_hash)

    def _sources(self) -> Sequence[ClipSource]:
        """Of all clips; worked out once for an arrangement, as opening it asks several times."""
        arrangement = self._document.arrangement
        if self._listed is None or self._listed[0] is not arrangement:
            clips = arrangement.clips()
            self._listed = arrangement, [it for clip in clips for it in single_sources(clip.source)]
        return self._listed[1]


def origin_of_session(session: Session) -> Origin:
    """Library and model of a session; those of the built-in demo are not stored by path."""
    model = session.model_path
    demo = model is None or model.resolve() == resources.demo_model().resolve()
    return Origin(
        None if session.is_demo else session.library_path.resolve(),
        None if demo else model,
        session.library_id,
        session.model_hash,
        frozenset(track.id for track in session.tracks),
    )


def is_same_library(one: Origin, other: Origin) -> bool:
    """Whether two origins are of one library: by its id, which moves with it, or by its path.

    Args:
        one: an origin.
        other: another origin.

    Returns:
        True if they are.
    """
    if one.library_id and one.library_id == other.library_id:
        return True
    return one.library == other.library


def _with_model_of(origin: Origin, other: Origin) -> Origin:
    return replace(origin, model=other.model, model_hash=other.model_hash)
