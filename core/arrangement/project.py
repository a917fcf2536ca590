"""A project: an arrangement, and the libraries and models that its clips are made from."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from core import presence, resources
from core.arrangement.arrangement import Arrangement
from core.arrangement.clip import (
    ClipSource,
    GroupSource,
    LatentSource,
    PartsSource,
    RealSource,
    SingleSource,
    single_sources,
)
from core.arrangement.values import check_place, checked_gain_db
from core.errors import InputError, ProjectError
from core.file_names import located

Unknown = Mapping[tuple[str, ...], Mapping[str, Any]]
"""Fields of a file that this version does not know, by the object that they are in."""

SUFFIX = ".technovae"
"""Of a project's file. Here, because naming a project takes no reading of one."""


@dataclass(frozen=True)
class Playback:
    """How the arrangement is listened to; no part of what is exported.

    Attributes:
        loop: the loop region in ticks, start before end, or None.
        looping: whether it repeats.
        gain_db: master gain.

    Raises:
        InputError: a loop region that ends before it starts or after the last bar, or a gain that
            cannot be.
    """

    loop: tuple[int, int] | None = None
    looping: bool = True
    gain_db: float = 0.0

    def __post_init__(self) -> None:
        if self.loop is not None and not 0 <= self.loop[0] < self.loop[1]:
            raise InputError(
                f"the loop region must end after it begins, not run from tick {self.loop[0]} to "
                f"{self.loop[1]}"
            )
        if self.loop is not None:
            check_place(self.loop[1], "the loop region's end")
        checked_gain_db(self.gain_db, "the master gain")


@dataclass(frozen=True)
class Origin:
    """A library and a model that clips are made from.

    Attributes:
        library: folder of the library; None is the built-in demo.
        model: file of the model; None is the demo's, or the one that belongs to `library`.
        library_id: the library's own id.
        model_hash: of the model's file.
        tracks: ids of the library's tracks, by which real segments are recognised.
        models: hashes of earlier models of the library, by which latents are recognised.
    """

    library: Path | None = None
    model: Path | None = None
    library_id: str = ""
    model_hash: str = ""
    tracks: frozenset[str] = frozenset()
    models: frozenset[str] = frozenset()
    _relative: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    @property
    def library_name(self) -> str:
        """What the library is called in messages."""
        return "built-in demo" if self.library is None else self.library.name

    @property
    def is_library_there(self) -> bool:
        """Whether there is something where the library was."""
        return presence.is_there(self.library or resources.demo_library())

    def claims(self, source: ClipSource) -> bool:
        """Whether `source` is of this library or of one of its models."""
        if isinstance(source, PartsSource | GroupSource):
            return any(self.claims(single) for single in single_sources(source))
        if isinstance(source, RealSource):
            return track_of(source) in self.tracks
        return source.model_hash != "" and source.model_hash in {self.model_hash, *self.models}

    def used_by(self, sources: Iterable[ClipSource]) -> Origin | None:
        """This origin with the tracks and models of `sources` alone; None if none is of it."""
        claimed = [source for source in sources if self.claims(source)]
        return self.limited_to(claimed) if claimed else None

    def limited_to(self, sources: Iterable[ClipSource]) -> Origin:
        """This origin with the tracks and models of `sources` alone."""
        sources = [single for source in sources for single in single_sources(source)]
        tracks = {track_of(it) for it in sources if isinstance(it, RealSource)}
        models = {it.model_hash for it in sources if isinstance(it, LatentSource)}
        return replace(self, tracks=frozenset(tracks), models=frozenset(models - {self.model_hash}))

    def library_path(self, project_path: str | os.PathLike[str]) -> Path:
        """Where the library is now, seen from the project's file.

        Raises:
            ProjectError: it is gone.
        """
        if self.library is None:
            return resources.demo_library()
        return self._found("library", self.library, Path(project_path))

    def model_path(self, project_path: str | os.PathLike[str]) -> Path:
        """Where the model is now, seen from the project's file.

        Raises:
            ProjectError: it is gone.
        """
        if self.model is None:
            return resources.demo_model()
        return self._found("model", self.model, Path(project_path))

    def located(self, project_path: str | os.PathLike[str]) -> Origin:
        """This origin with library and model where they are now; those that are gone stay as they
        were."""
        return replace(
            self,
            library=self.library and _or_as_it_was(self.library_path, project_path, self.library),
            model=self.model and _or_as_it_was(self.model_path, project_path, self.model),
            _relative={},
        )

    def _found(self, what: str, absolute: Path, project_path: Path) -> Path:
        relative = self._relative.get(what)
        near = [project_path.absolute().parent / relative] if relative else []
        for candidate in (located(str(path)) for path in (*near, absolute)):
            if os.path.exists(candidate):  # noqa: PTH110  (False also for what no path can be)
                return Path(os.path.normpath(candidate))
        raise ProjectError(
            f"{project_path}: its {what} {absolute} is gone; say where it is with --{what}"
        )


@dataclass(frozen=True)
class Project:
    """An arrangement with what its clips are made from.

    Attributes:
        arrangement: tempo, lanes and clips.
        library, model: of most clips, and of new ones; None is the built-in demo's.
        model_hash: of the model file that the latents belong to.
        library_id: of the library that the real segments belong to.
        extra: top-level fields of the file that this version does not know; they are saved again.
        playback: how it was listened to last.
        origins: what clips of other libraries and models are made from.
    """

    arrangement: Arrangement
    library: Path | None = None
    model: Path | None = None
    model_hash: str = ""
    library_id: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)
    playback: Playback = Playback()
    origins: tuple[Origin, ...] = ()
    _relative: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    _unknown: Unknown = field(default_factory=dict, repr=False, compare=False)

    @property
    def origin(self) -> Origin:
        """What most clips are made from, and new ones."""
        return Origin(
            self.library, self.model, self.library_id, self.model_hash, _relative=self._relative
        )

    def with_origin(self, origin: Origin) -> Project:
        """A copy whose clips are made from `origin`, but for those of `origins`."""
        return replace(
            self,
            library=origin.library,
            model=origin.model,
            library_id=origin.library_id,
            model_hash=origin.model_hash,
            _relative=origin._relative,
        )

    def located(self, project_path: str | os.PathLike[str]) -> Project:
        """A copy that names libraries and models where they are now, seen from the project's file;
        those that are gone stay as they were."""
        found = self.with_origin(self.origin.located(project_path))
        return replace(found, origins=tuple(it.located(project_path) for it in self.origins))

    def library_path(self, project_path: str | os.PathLike[str]) -> Path:
        """Where the library is now, seen from the project's file.

        Raises:
            ProjectError: it is gone.
        """
        return self.origin.library_path(project_path)

    def model_path(self, project_path: str | os.PathLike[str]) -> Path:
        """Where the model is now, seen from the project's file.

        Raises:
            ProjectError: it is gone.
        """
        return self.origin.model_path(project_path)

    def sources(self) -> list[SingleSource]:
        """The segments and latents of all clips, lane by lane; of parts, those that they are of."""
        return [it for clip in self.arrangement.clips() for it in single_sources(clip.source)]

    def check(
        self,
        model_hash: str,
        library_id: str | None = None,
        remembers: Callable[[str], bool] = lambda other: False,
    ) -> None:
        """Make sure that model and library are those that the clips were made with.

        Clips of another origin are left out: they are made from that.

        Args:
            model_hash: of the model that is open.
            library_id: of the library that is open; None leaves it unchecked.
            remembers: whether latents of another model can be decoded by the open one.

        Raises:
            ProjectError: they are others, and a clip would be missing.
        """
        sources = [it for it in self.sources() if origin_of(it, self.origins) is None]
        hashes = {s.model_hash for s in sources if isinstance(s, LatentSource)}
        others = [it for it in sorted(hashes - {"", model_hash}) if not remembers(it)]
        if others:
            raise ProjectError(
                f"the project's clips were made with another model ({others[0]}, "
                f"not {model_hash}); say where that model is with --model"
            )
        elsewhere = library_id is not None and self.library_id not in ("", library_id)
        if elsewhere and any(isinstance(s, RealSource) for s in sources):
            raise ProjectError(
                "the project's real segments are of another library; say where it is with --library"
            )


def origin_of(source: ClipSource, origins: Iterable[Origin]) -> Origin | None:
    """Look up which of several libraries and models a source is made from.

    Args:
        source: any.
        origins: asked in order (`Origin.claims`).

    Returns:
        The first that it is made from; None if it is of none of them.
    """
    return next((origin for origin in origins if origin.claims(source)), None)


def track_of(source: RealSource) -> str:
    """The id of the track that a real segment is of: its own id without section and bar."""
    return source.segment_id.rsplit("-", 2)[0]


def _or_as_it_was(
    find: Callable[[str | os.PathLike[str]], Path], project_path: str | os.PathLike[str], was: Path
) -> Path:
    try:
        return find(project_path)
    except ProjectError:
        return was
