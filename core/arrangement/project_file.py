"""A saved arrangement and which library and model it uses: one JSON file.

Every clip keeps its latents, renderer, seed and the model's hash, floats to the last bit, so that
it renders the same samples again. Paths are stored twice, whole and relative to the project, so
that a project may move alone or together with its library.
"""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from core import resources
from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.clip import Clip, ClipSource, LatentSource, RealSource
from core.atomic import write_text
from core.errors import InputError, ProjectError

FORMAT: Final = "technovae project"
VERSION: Final = 1
SUFFIX: Final = ".technovae"


@dataclass(frozen=True)
class Playback:
    """How the arrangement is listened to; no part of what is exported.

    loop:    the loop region in ticks, start before end, or None
    looping: whether it repeats
    gain_db: master gain
    """

    loop: tuple[int, int] | None = None
    looping: bool = True
    gain_db: float = 0.0


@dataclass(frozen=True)
class Project:
    """An arrangement with its surroundings.

    library, model: where they were; None is the built-in demo's
    model_hash:     of the model file that the latents belong to
    library_id:     of the library that the real segments belong to
    extra:          fields of the file that this version does not know; they are saved again
    playback:       how it was listened to last
    """

    arrangement: Arrangement
    library: Path | None = None
    model: Path | None = None
    model_hash: str = ""
    library_id: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)
    playback: Playback = Playback()
    _relative: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

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

    def check(
        self,
        model_hash: str,
        library_id: str | None = None,
        remembers: Callable[[str], bool] = lambda other: False,
    ) -> None:
        """Make sure that model and library are those that the clips were made with.

        remembers: whether latents of another model can be decoded by this one.

        Raises:
            ProjectError: they are others, and a clip would be missing.
        """
        sources = [clip.source for clip in self.arrangement.clips()]
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

    def _found(self, what: str, absolute: Path, project_path: Path) -> Path:
        relative = self._relative.get(what)
        beside = [project_path.absolute().parent / relative] if relative else []
        for candidate in (*beside, absolute):
            if candidate.exists():
                return Path(os.path.normpath(candidate))
        raise ProjectError(
            f"{project_path}: its {what} {absolute} is gone; say where it is with --{what}"
        )


def save(project: Project, path: str | os.PathLike[str]) -> None:
    """Write `project` to `path`, all of it or none. Raises `OutputError`."""
    text = json.dumps(_document(project, Path(path)), indent=1, ensure_ascii=False, allow_nan=False)
    write_text(path, text + "\n")


def load(path: str | os.PathLike[str]) -> Project:
    """Read a project.

    Raises:
        ProjectError: no such file, not a project, damaged, or of a newer version.
    """
    document = _parsed(Path(path))
    _require_version(document, Path(path))
    try:
        return _project(document)
    except (InputError, KeyError, TypeError, ValueError) as error:
        detail = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise ProjectError(
            f"{path}: this project is damaged ({detail}); open its autosave or an older copy"
        ) from error


# Writing


def _document(project: Project, path: Path) -> dict[str, Any]:
    return {
        **project.extra,
        "format": FORMAT,
        "version": VERSION,
        "library": _place(project.library, path, {"id": project.library_id}),
        "model": _place(project.model, path, {"hash": project.model_hash}),
        "playback": dataclasses.asdict(project.playback),
        "arrangement": {
            **_plain(project.arrangement, without={"lanes"}),
            "lanes": [
                {**_plain(lane, without={"clips"}), "clips": [_clip(clip) for clip in lane.clips]}
                for lane in project.arrangement.lanes
            ],
        },
    }


def _place(place: Path | None, project_path: Path, identity: dict[str, str]) -> dict[str, Any]:
    if place is None:
        return {"path": None, "relative": None, **identity}
    absolute = place.absolute()
    try:
        relative = Path(os.path.relpath(absolute, project_path.absolute().parent)).as_posix()
    except ValueError:  # another drive
        relative = None
    return {"path": str(absolute), "relative": relative, **identity}


def _clip(clip: Clip) -> dict[str, Any]:
    return {**_plain(clip, without={"source"}), "source": source_to_json(clip.source)}


def source_to_json(source: ClipSource) -> dict[str, Any]:
    """`source` as plain JSON values, floats to the last bit."""
    if isinstance(source, RealSource):
        return {"segment": source.segment_id}
    # The shortest decimals that give the same float32 back.
    latents = [[float(np.format_float_scientific(v)) for v in row] for row in source.array]
    return {**_plain(source, without={"latents"}), "latents": latents}


def _plain(thing: Any, *, without: set[str]) -> dict[str, Any]:
    names = [f.name for f in dataclasses.fields(thing) if f.name not in without]
    return {name: getattr(thing, name) for name in names}


# Reading


def _parsed(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refuse)
    except FileNotFoundError as error:
        raise ProjectError(f"{path}: no such project; check the name") from error
    except OSError as error:
        raise ProjectError(f"{path}: could not be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:
        raise ProjectError(
            f"{path}: not a project, or a damaged one; open its autosave or an older copy"
        ) from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ProjectError(f"{path}: not a TechnoVAE project; choose a {SUFFIX} file")
    return document


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is no number")


def _require_version(document: dict[str, Any], path: Path) -> None:
    version = document.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise ProjectError(f"{path}: this project has no version; open an older copy")
    if version > VERSION:
        raise ProjectError(
            f"{path}: made by a newer TechnoVAE (format {version}, this one reads {VERSION}); "
            "update the program"
        )


def _project(document: dict[str, Any]) -> Project:
    known = {"format", "version", "library", "model", "arrangement", "playback"}
    library, model = _read_place(document["library"]), _read_place(document["model"])
    places = {"library": library, "model": model}
    return Project(
        arrangement=_read_arrangement(document["arrangement"]),
        library=None if library["path"] is None else Path(library["path"]),
        model=None if model["path"] is None else Path(model["path"]),
        model_hash=_text(model["hash"], "hash"),
        library_id=_text(library["id"], "id"),
        extra={name: value for name, value in document.items() if name not in known},
        playback=_read_playback(document.get("playback", {})),
        _relative={what: p["relative"] for what, p in places.items() if p["relative"]},
    )


def _read_place(value: Any) -> dict[str, Any]:
    place = dict(_object(value, "a path"))
    for name in ("path", "relative"):
        if place[name] is not None:
            _text(place[name], name)
    return place


def _read_playback(value: Any) -> Playback:
    """Files of earlier versions have none."""
    fields = dict(_object(value, "the playback"))
    loop = fields.pop("loop", None)
    if loop is not None:
        start, end = (_tick(tick) for tick in _list(loop, "the loop region"))
        if not 0 <= start < end:
            raise ValueError(f"the loop region is {loop!r}")
        loop = (start, end)
    return Playback(loop, **_known(fields, Playback))


def _read_arrangement(value: Any) -> Arrangement:
    fields = dict(_object(value, "the arrangement"))
    lanes = tuple(_read_lane(lane) for lane in _list(fields.pop("lanes"), "lanes"))
    return Arrangement(lanes=lanes, **_known(fields, Arrangement))


def _read_lane(value: Any) -> Lane:
    fields = dict(_object(value, "a lane"))
    clips = tuple(_read_clip(clip) for clip in _list(fields.pop("clips"), "clips"))
    return Lane(clips=clips, **_known(fields, Lane))


def _read_clip(value: Any) -> Clip:
    fields = dict(_object(value, "a clip"))
    return Clip(source=source_from_json(fields.pop("source")), **_known(fields, Clip))


def source_from_json(value: Any) -> ClipSource:
    """What `source_to_json` made. Raises `InputError`, `KeyError`, `TypeError` or `ValueError`."""
    fields = dict(_object(value, "a source"))
    if "segment" in fields:
        return RealSource(_text(fields["segment"], "segment"))
    latents = _list(fields.pop("latents"), "latents")
    return LatentSource(latents=latents, **_known(fields, LatentSource))  # type: ignore[arg-type]


_TYPES: Final[dict[str, type | tuple[type, ...]]] = {
    "str": str,
    "bool": bool,
    "int": int,
    "float": (int, float),
    "int | None": (int, type(None)),
}


def _known(fields: dict[str, Any], of: type) -> dict[str, Any]:
    """`fields`, each known to the class and of its type. Raises `ValueError`."""
    types = {f.name: str(f.type) for f in dataclasses.fields(of)}
    for name, value in fields.items():
        if types.get(name) not in _TYPES:
            raise ValueError(f"{of.__name__.lower()} has an unknown field {name!r}")
        wrong_bool = isinstance(value, bool) and types[name] != "bool"
        if wrong_bool or not isinstance(value, _TYPES[types[name]]):
            raise ValueError(f"{name!r} is {value!r}")
    return fields


def _object(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{what} is {value!r}")
    return value


def _list(value: Any, what: str) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"{what} is {value!r}")
    return value


def _tick(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"a position is {value!r}")
    return value


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{what} is {value!r}")
    return value
