"""Reading and writing projects: one JSON file, checked by `msgspec` when it is read.

Every clip keeps its latents, renderer, seed and the model's hash, floats to the last bit, so that
it renders the same samples again. Paths are stored twice, whole and relative to the project, so
that a project may move alone or together with its library. Fields that this version does not know
are kept and written again, but for those of a clip's source: who does not know all of what makes
a sound cannot make it.
"""

from __future__ import annotations

import dataclasses
import json
import os
import stat
import typing
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import numpy as np

from core.arrangement.arrangement import BPM_MIN, Arrangement, Lane, group_arrangement
from core.arrangement.automation import Automation, Breakpoint
from core.arrangement.clip import (
    DEEPEST_GROUP,
    Clip,
    ClipSource,
    GroupSource,
    LatentSource,
    PartsSource,
    RealSource,
    SingleSource,
    single_sources,
    with_parts,
)
from core.arrangement.lane_effects import NO_EFFECTS, LaneEffects
from core.arrangement.marker import Marker
from core.arrangement.project import SUFFIX, Origin, Playback, Project, Unknown
from core.arrangement.returns import DEFAULT_RETURNS, Returns
from core.atomic import write_bytes
from core.errors import InputError, OutputError, ProjectError
from core.file_names import as_text, located
from core.identifiers import is_identifier, is_segment_id
from core.settings import PARTS

__all__ = ["FORMAT", "SUFFIX", "VERSION", "load", "save", "source_from_json", "source_to_json"]

FORMAT: Final = "technovae project"
VERSION: Final = 7
"""The newest that is read, and written where clips were made into one. Version 6 is written where
a clip has a gain curve, version 5 where lanes are automated or send to echo or reverb, version 4
where parts of a clip have gains, version 3 where a clip plays parts, version 2 where a source is
transposed. What version 1 has is written as such: each would refuse what a later one brought as
damage."""
_MOST_BYTES: Final = 64 << 20
"""A thousand clips with a latent for every bar take three million."""
_LONGEST_MESSAGE: Final = 240

_Name = Annotated[str, msgspec.Meta(max_length=200)]
"""An id, a hash, a renderer: what is compared and told, but never shortened."""
_Path = Annotated[str, msgspec.Meta(max_length=32_767)]
"""Windows has the longest."""


def save(project: Project, path: str | os.PathLike[str]) -> None:
    """Write a project, all of it or none.

    Args:
        project: what is written.
        path: of the file; paths in it are kept relative to this one, too.

    Raises:
        OutputError: the folder is missing, read-only or full, or a name cannot be written.
    """
    text = json.dumps(_document(project, Path(path)), ensure_ascii=False, allow_nan=False)
    try:
        content = text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise OutputError(
            f"{path}: a path or name in it is not valid text "
            f"({error.object[error.start : error.end]!r}); rename the folder"
        ) from error
    write_bytes(path, msgspec.json.format(content, indent=1) + b"\n")


def load(path: str | os.PathLike[str]) -> Project:
    """Read a project.

    Raises:
        ProjectError: no such file, not a project, damaged, or of a newer version.
    """
    document = _parsed(Path(path))
    _require_version(document, Path(path))
    try:
        return _project(document)
    except (InputError, msgspec.MsgspecError) as error:
        raise ProjectError(
            f"{path}: this project is damaged ({_detail(error)}); "
            "open its autosave or an older copy"
        ) from error


def source_to_json(source: ClipSource) -> dict[str, Any]:
    """`source` as plain JSON values, floats to the last bit."""
    if isinstance(source, GroupSource):
        rows = [[_clip(clip) for clip in row] for row in source.rows]
        return {"group": {"start": source.start, "length": source.length, "rows": rows}}
    if isinstance(source, PartsSource):
        return _parts_to_json(source)
    if isinstance(source, RealSource):
        return {"segment": source.segment_id, **_transposition(source)}
    # The shortest decimals that give the same float32 back.
    latents = [[float(np.format_float_scientific(v)) for v in row] for row in source.array]
    plain = _plain(source, without={"latents", "transpose"})
    return {**plain, **_transposition(source), "latents": latents}


def source_from_json(value: Any) -> ClipSource:
    """What `source_to_json` made.

    Raises:
        InputError: it made something else.
    """
    try:
        return _source(msgspec.convert(value, _SourceFields))
    except msgspec.MsgspecError as error:
        raise InputError(_detail(error)) from error


# What the file holds. Fields and their defaults are those of the classes that are read into.


def _fields_of(of: type, *, optional: Iterable[str] = (), **instead: Any) -> type[Any]:
    """A struct with the fields of a dataclass; those in `instead` are of that type, and needed but
    for the `optional` ones."""
    hints = {**typing.get_type_hints(of), **instead}
    fields: list[tuple[str, Any] | tuple[str, Any, Any]] = []
    for each in dataclasses.fields(of):
        needed = each.default is dataclasses.MISSING
        needed |= each.name in instead and each.name not in optional
        kind = hints[each.name]
        fields.append((each.name, kind) if needed else (each.name, kind, each.default))
    return msgspec.defstruct(of.__name__, fields, kw_only=True)


class _SingleFields(msgspec.Struct, forbid_unknown_fields=True):
    segment: str | msgspec.UnsetType = msgspec.UNSET
    latents: list[list[float]] | msgspec.UnsetType = msgspec.UNSET
    seed: int = 0
    renderer: _Name = "guided"
    model_hash: _Name = ""
    transpose: int = 0


class _SourceFields(_SingleFields, forbid_unknown_fields=True):
    sources: list[_SingleFields] | msgspec.UnsetType = msgspec.UNSET
    parts: dict[str, int] | msgspec.UnsetType = msgspec.UNSET
    muted: list[str] = []
    gains_db: dict[str, float] = {}
    group: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET


class _Place(msgspec.Struct):
    path: _Path | None
    relative: _Path | None


class _LibraryPlace(_Place):
    id: _Name = ""


class _ModelPlace(_Place):
    hash: _Name = ""


class _OriginFields(msgspec.Struct):
    library: _LibraryPlace
    model: _ModelPlace
    tracks: list[str] = []
    models: list[str] = []


_PointFields: Any = _fields_of(Breakpoint)
_ClipFields: Any = _fields_of(
    Clip, optional=["gain_curve"], id=_Name, source=_SourceFields, gain_curve=list[_PointFields]
)


class _GroupFields(msgspec.Struct):
    start: int
    length: int
    rows: list[list[_ClipFields]]


_EffectsFields: Any = _fields_of(LaneEffects)
_AutomationFields: Any = _fields_of(Automation, points=list[_PointFields])
_LaneFields: Any = _fields_of(
    Lane,
    optional=["effects", "automation"],
    id=_Name,
    clips=list[_ClipFields],
    effects=_EffectsFields,
    automation=list[_AutomationFields],
)
_MarkerFields: Any = _fields_of(Marker, id=_Name)
_ReturnsFields: Any = _fields_of(Returns)
_ArrangementFields: Any = _fields_of(
    Arrangement,
    optional=["markers", "returns"],
    lanes=list[_LaneFields],
    markers=list[_MarkerFields],
    returns=_ReturnsFields,
)
_PlaybackFields: Any = _fields_of(Playback)
_ProjectFields: Any = msgspec.defstruct(
    "Project",
    [
        ("format", str),
        ("version", int),
        ("library", _LibraryPlace),
        ("model", _ModelPlace),
        ("arrangement", _ArrangementFields),
        ("playback", _PlaybackFields, msgspec.field(default_factory=_PlaybackFields)),
        ("origins", list[_OriginFields], []),
    ],
)


# Writing


def _document(project: Project, path: Path) -> dict[str, Any]:
    unknown = project._unknown
    arrangement = project.arrangement
    places = _places(project.origin, path)
    lanes = [
        {
            **unknown.get(("lane", lane.id), {}),
            **_plain(lane, without={"clips", "effects", "automation"}),
            **_effects(lane, unknown),
            **_automation(lane, unknown),
            "clips": [{**unknown.get(("clip", it.id), {}), **_clip(it)} for it in lane.clips],
        }
        for lane in arrangement.lanes
    ]
    markers = [
        {**unknown.get(("marker", it.id), {}), **dataclasses.asdict(it)}
        for it in arrangement.markers
    ]
    return {
        **project.extra,
        "format": FORMAT,
        "version": _version(arrangement),
        "library": {**unknown.get(("library",), {}), **places["library"]},
        "model": {**unknown.get(("model",), {}), **places["model"]},
        "playback": {**unknown.get(("playback",), {}), **dataclasses.asdict(project.playback)},
        "arrangement": {
            **unknown.get(("arrangement",), {}),
            **_plain(arrangement, without={"lanes", "markers", "returns"}),
            **_returns(arrangement, unknown),
            "lanes": lanes,
            **({"markers": markers} if markers else {}),
        },
        **({"origins": [_origin(it, path) for it in project.origins]} if project.origins else {}),
    }


def _origin(origin: Origin, project_path: Path) -> dict[str, Any]:
    return {
        **_places(origin, project_path),
        "tracks": sorted(origin.tracks),
        "models": sorted(origin.models),
    }


def _places(origin: Origin, project_path: Path) -> dict[str, dict[str, Any]]:
    return {
        "library": {**_place(origin.library, project_path), "id": origin.library_id},
        "model": {**_place(origin.model, project_path), "hash": origin.model_hash},
    }


def _place(place: Path | None, project_path: Path) -> dict[str, str | None]:
    if place is None:
        return {"path": None, "relative": None}
    absolute = place.absolute()
    try:
        nearby = os.path.relpath(absolute, project_path.absolute().parent)
        relative = as_text(Path(nearby).as_posix())
    except ValueError:  # another drive
        relative = None
    return {"path": as_text(absolute), "relative": relative}


def _effects(lane: Lane, unknown: Unknown) -> dict[str, Any]:
    """Nothing where they are as at first, so that a lane without them is written as ever."""
    others = unknown.get(("effects", lane.id), {})
    if lane.effects == NO_EFFECTS and not others:
        return {}
    unused = {name for name in ("echo_db", "reverb_db") if not lane.effects.sends}
    return {"effects": {**others, **_plain(lane.effects, without=unused)}}


def _returns(arrangement: Arrangement, unknown: Unknown) -> dict[str, Any]:
    others = unknown.get(("returns",), {})
    if arrangement.returns == DEFAULT_RETURNS and not others:
        return {}
    return {"returns": {**others, **dataclasses.asdict(arrangement.returns)}}


def _automation(lane: Lane, unknown: Unknown) -> dict[str, Any]:
    """Nothing where there is none, so that a lane without it is written as ever."""
    curves = [
        {
            **unknown.get(("automation", lane.id, curve.parameter), {}),
            "parameter": curve.parameter,
            "points": _points(curve.points),
        }
        for curve in lane.automation
    ]
    return {"automation": curves} if curves else {}


def _points(points: Iterable[Breakpoint]) -> list[dict[str, Any]]:
    return [_plain(it, without=set() if it.bend else {"bend"}) for it in points]


def _clip(clip: Clip) -> dict[str, Any]:
    # Fields of later versions only where they are used, so that other clips are written as ever.
    unused = {name for name in ("mute", "reverse", "colour") if not getattr(clip, name)}
    plain = _plain(clip, without={"source", "gain_curve", *unused})
    curve = {"gain_curve": _points(clip.gain_curve)} if clip.gain_curve else {}
    return {**plain, **curve, "source": source_to_json(clip.source)}


def _version(arrangement: Arrangement) -> int:
    """The first version that has all that an arrangement has."""
    if any(isinstance(clip.source, GroupSource) for clip in arrangement.clips()):
        return 7
    if any(clip.gain_curve for clip in arrangement.clips()):
        return 6
    if any(lane.automation or lane.effects.sends for lane in arrangement.lanes):
        return 5
    return max((_version_of(it.source) for it in arrangement.clips()), default=1)


def _version_of(source: ClipSource) -> int:
    """The first version that has such sources."""
    if isinstance(source, PartsSource):
        return 4 if any(source.gains_db) else 3
    return 2 if source.transpose else 1


def _parts_to_json(source: PartsSource) -> dict[str, Any]:
    singles = single_sources(source)
    gains = {part: gain for part, gain in zip(PARTS, source.gains_db, strict=True) if gain}
    return {
        "sources": [source_to_json(single) for single in singles],
        "parts": dict(zip(PARTS, (singles.index(it) for it in source.sources), strict=True)),
        "muted": [part for part, muted in zip(PARTS, source.muted, strict=True) if muted],
        **({"gains_db": gains} if gains else {}),
    }


def _transposition(source: ClipSource) -> dict[str, int]:
    return {"transpose": source.transpose} if source.transpose else {}


def _plain(thing: Any, *, without: set[str]) -> dict[str, Any]:
    names = [f.name for f in dataclasses.fields(thing) if f.name not in without]
    return {name: getattr(thing, name) for name in names}


# Reading


def _parsed(path: Path) -> dict[str, Any]:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ProjectError(f"{path}: could not be read (it is no file); choose a {SUFFIX} file")
        if status.st_size > _MOST_BYTES:
            raise ProjectError(f"{path}: not a project, it is too large; choose a {SUFFIX} file")
        document = msgspec.json.decode(path.read_bytes())
    except FileNotFoundError as error:
        raise ProjectError(f"{path}: no such project; check the name") from error
    except OSError as error:
        raise ProjectError(
            f"{path}: could not be read ({error.strerror}); check its rights"
        ) from error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, MemoryError) as error:
        raise ProjectError(
            f"{path}: not a project, or a damaged one; open its autosave or an older copy"
        ) from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ProjectError(f"{path}: not a TechnoVAE project; choose a {SUFFIX} file")
    return document


def _detail(error: Exception) -> str:
    """Where, then what: "arrangement.lanes[0].clips[1].start: expected int, got float"."""
    said = " ".join(str(error).split())[:_LONGEST_MESSAGE]
    what, _, where = said.replace("`", "").partition(" - at $.")
    return f"{where}: {what[:1].lower()}{what[1:]}" if where else what


def _require_version(document: Mapping[str, Any], path: Path) -> None:
    version = document.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise ProjectError(f"{path}: this project has no version; open an older copy")
    if version > VERSION:
        raise ProjectError(
            f"{path}: made by a newer TechnoVAE (format {version}, this one reads {VERSION}); "
            "update the program"
        )


def _project(document: dict[str, Any]) -> Project:
    found = msgspec.convert(document, _ProjectFields)
    lanes = [_lane(fields) for fields in found.arrangement.lanes]
    markers = [Marker(**_given(fields)) for fields in found.arrangement.markers]
    made_from = _origin_from(found.library, found.model)
    returns = found.arrangement.returns
    if not isinstance(returns, Returns):
        returns = Returns(**_given(returns))
    return Project(
        arrangement=Arrangement(
            **_given(found.arrangement, lanes=tuple(lanes), markers=tuple(markers), returns=returns)
        ),
        extra=_others(document, _ProjectFields),
        playback=Playback(**_given(found.playback)),
        origins=tuple(
            _origin_from(it.library, it.model, it.tracks, it.models) for it in found.origins
        ),
        _unknown=_unknown(document),
    ).with_origin(made_from)


def _origin_from(
    library: _LibraryPlace,
    model: _ModelPlace,
    tracks: Sequence[str] = (),
    models: Iterable[str] = (),
) -> Origin:
    if library.id and not is_identifier(library.id):
        raise InputError(f"library: {library.id[:40]!r} is not the id of one")
    odd = next((track for track in tracks if not is_identifier(track)), None)
    if odd is not None:
        raise InputError(f"origins: {odd[:40]!r} is not the id of a track")
    places: dict[str, _Place] = {"library": library, "model": model}
    return Origin(
        None if library.path is None else located(library.path),
        None if model.path is None else located(model.path),
        library.id,
        model.hash,
        frozenset(tracks),
        frozenset(models),
        _relative={what: place.relative for what, place in places.items() if place.relative},
    )


def _lane(fields: Any) -> Lane:
    clips = [_clip_from(it) for it in fields.clips]
    effects = fields.effects
    if not isinstance(effects, LaneEffects):
        effects = LaneEffects(**_given(effects))
    curves = [Automation(it.parameter, _breakpoints(it.points)) for it in fields.automation]
    return Lane(**_given(fields, clips=tuple(clips), effects=effects, automation=tuple(curves)))


def _clip_from(fields: Any, depth: int = 0) -> Clip:
    curve = _breakpoints(fields.gain_curve)
    return Clip(**_given(fields, source=_source(fields.source, depth), gain_curve=curve))


def _group(value: dict[str, Any], depth: int) -> GroupSource:
    """`depth`: in how many groups it lies."""
    if depth >= DEEPEST_GROUP:
        raise InputError(f"clips are made into one more than {DEEPEST_GROUP} times over")
    fields = msgspec.convert(value, _GroupFields)
    rows = tuple(tuple(_clip_from(it, depth + 1) for it in row) for row in fields.rows)
    made = GroupSource(rows, fields.start, fields.length)
    group_arrangement(made, BPM_MIN)  # refuses what could not be heard later
    return made


def _breakpoints(points: Iterable[Any]) -> tuple[Breakpoint, ...]:
    return tuple(Breakpoint(**_given(point)) for point in points)


def _source(fields: _SourceFields, depth: int = 0) -> ClipSource:
    if fields.group is not msgspec.UNSET:
        return _group(fields.group, depth)
    if fields.sources is msgspec.UNSET and fields.parts is msgspec.UNSET:
        return _single(fields)
    if fields.sources is msgspec.UNSET or fields.parts is msgspec.UNSET:
        raise InputError("a clip of parts needs 'sources' and 'parts'")
    singles, count = [_single(each) for each in fields.sources], len(fields.sources)
    if set(fields.parts) != set(PARTS) or not {*fields.muted, *fields.gains_db} <= set(PARTS):
        raise InputError(f"parts are {', '.join(PARTS)}")
    if not all(0 <= number < count for number in fields.parts.values()):
        raise InputError("a part is of a source that is not there")
    return with_parts(
        [singles[fields.parts[part]] for part in PARTS],
        [part in fields.muted for part in PARTS],
        [fields.gains_db.get(part, 0.0) for part in PARTS],
    )


def _single(fields: _SingleFields) -> SingleSource:
    if fields.segment is not msgspec.UNSET:
        if not is_segment_id(fields.segment):
            raise InputError(f"{fields.segment[:40]!r} is not the id of a segment")
        return RealSource(fields.segment, fields.transpose)
    if fields.latents is msgspec.UNSET:
        raise InputError("a clip's source has neither 'segment' nor 'latents'")
    latents: Any = fields.latents
    return LatentSource(latents, fields.seed, fields.renderer, fields.model_hash, fields.transpose)


def _given(fields: Any, **instead: Any) -> dict[str, Any]:
    """The fields of a struct by name, those in `instead` replaced."""
    return {name: getattr(fields, name) for name in fields.__struct_fields__} | instead


def _unknown(document: Mapping[str, Any]) -> dict[tuple[str, ...], dict[str, Any]]:
    """Fields that are in no struct, of every object but the whole and the clips' sources."""
    arrangement = document["arrangement"]
    places: list[tuple[tuple[str, ...], Mapping[str, Any], type[Any]]] = [
        (("library",), document["library"], _LibraryPlace),
        (("model",), document["model"], _ModelPlace),
        (("playback",), document.get("playback", {}), _PlaybackFields),
        (("arrangement",), arrangement, _ArrangementFields),
    ]
    if "returns" in arrangement:
        places.append((("returns",), arrangement["returns"], _ReturnsFields))
    for lane in arrangement["lanes"]:
        places.append((("lane", lane["id"]), lane, _LaneFields))
        if "effects" in lane:
            places.append((("effects", lane["id"]), lane["effects"], _EffectsFields))
        for curve in lane.get("automation", []):
            key = ("automation", lane["id"], curve["parameter"])
            places.append((key, curve, _AutomationFields))
        places += [(("clip", clip["id"]), clip, _ClipFields) for clip in lane["clips"]]
    for marker in arrangement.get("markers", []):
        places.append((("marker", marker["id"]), marker, _MarkerFields))
    others = {key: _others(value, known) for key, value, known in places}
    return {key: fields for key, fields in others.items() if fields}


def _others(fields: Mapping[str, Any], known: type[Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in known.__struct_fields__}
