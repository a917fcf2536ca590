"""Sources of clips with their names, as JSON: what is dragged from the map to the timeline.

A module of its own, because what checks JSON is imported only when something is dragged.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

import msgspec

from core.arrangement.clip import ClipSource
from core.arrangement.project_file import source_from_json, source_to_json
from core.errors import InputError


class _Row(msgspec.Struct):
    source: dict[str, Any]
    name: Annotated[str, msgspec.Meta(max_length=10_000)]


def to_json(sources: Iterable[tuple[ClipSource, str]]) -> bytes:
    """Sources and what their clips are called, in order."""
    return msgspec.json.encode([_Row(source_to_json(source), name) for source, name in sources])


def from_json(content: bytes | bytearray | memoryview) -> list[tuple[ClipSource, str]]:
    """What `to_json` wrote; `content` may come from any program.

    Raises:
        TechnoVAEError: it is something else, or a source in it is impossible.
    """
    try:
        rows = msgspec.json.decode(content, type=list[_Row])
        return [(source_from_json(row.source), row.name) for row in rows]
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise InputError(f"what was dragged holds no clips ({error})") from error
