"""Names that come from files of other people and go into names of files: checked where they enter.

Whatever passes is one plain part of a path on every system: no separator, no dot, no drive, no
control character, no device of Windows, and short.
"""

from __future__ import annotations

import re
from typing import Final

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_SEGMENT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")
_TRACK: Final = re.compile(r"[0-9a-f]{16}")
_SUFFIX: Final = re.compile(r"\.[a-z0-9]{1,5}")
_DEVICE: Final = re.compile(r"(?i:con|prn|aux|nul|com[0-9]|lpt[0-9])")
"""Names that Windows opens a device for, in every folder and with every suffix."""


def is_identifier(text: object) -> bool:
    """Whether `text` can be the id of a library or the hash of a model."""
    return isinstance(text, str) and bool(_NAME.fullmatch(text)) and not _DEVICE.fullmatch(text)


def is_segment_id(text: object) -> bool:
    """Whether `text` can be the id of a segment: the id of its track, its section and its bar."""
    return isinstance(text, str) and bool(_SEGMENT.fullmatch(text)) and not _DEVICE.fullmatch(text)


def is_track_id(text: object) -> bool:
    """Whether `text` is the beginning of a content hash, as ids of tracks and one-shots are."""
    return isinstance(text, str) and bool(_TRACK.fullmatch(text))


def is_audio_name(name: object, track_id: str) -> bool:
    """Whether a file may hold the audio of a track.

    Args:
        name: of the file, without its folder.
        track_id: of the track; checked before.
    """
    return (
        isinstance(name, str)
        and name.startswith(track_id)
        and bool(_SUFFIX.fullmatch(name, len(track_id)))
    )
