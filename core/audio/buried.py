"""Where sound begins behind bytes that are none: tags of a wrong length, rests of other files.

A download that lost its beginning, a tag that a careless program wrote in front, a stream that was
recorded from its middle: what follows is whole. It is found by signs that do not come by chance.
"""

from __future__ import annotations

import re
from pathlib import Path

from core.audio import adts, flac
from core.audio.containers import Kind

_FARTHEST = 1 << 24
"""Bytes in which is looked; the longest tag with a picture is shorter."""
_ARCHIVES = (b"PK", b"Rar!", b"7z\xbc\xaf", b"MZ", b"\x7fELF", b"%PDF", b"GIF8", b"\x89PNG")
"""What begins so may hold sound, and is none."""
_TAR_AT = 257
_SIGNS = re.compile(
    rb"(?P<flac>fLaC[\x00\x80]\x00\x00\x22)|(?P<ogg>OggS\x00\x02\x00{8})"
    rb"|(?P<wave>RIFF.{4}WAVE)|(?P<aiff>FORM.{4}AIF[FC])",
    re.DOTALL,
)
_KINDS = {"flac": Kind.FLAC, "ogg": Kind.OGG, "wave": Kind.WAVE, "aiff": Kind.AIFF}


def sound_behind(path: Path) -> tuple[Kind, int] | None:
    """Look for sound in a file whose first bytes are of no kind that is known.

    Args:
        path: the file.

    Returns:
        What begins in it, and at which byte: a whole WAV, AIFF, FLAC or Ogg behind a tag; a FLAC,
        or frames of FLAC or ADTS AAC, behind anything. None where there is nothing.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(_FARTHEST)
    if head.startswith(_ARCHIVES) or head[_TAR_AT:].startswith(b"ustar"):
        return None
    tagged = head.startswith(b"ID3")
    for found in _SIGNS.finditer(head):
        kind = _KINDS[found.lastgroup or ""]
        if tagged or kind is Kind.FLAC:
            return kind, found.start()
    at = flac.first_frame(head)
    if at is not None:
        return Kind.FLAC, at
    at = adts.first_frame(head) if tagged else None
    return None if at is None else (Kind.OTHER, at)


def flac_frames_behind(path: Path, start: int) -> int | None:
    """Look for the frames of a FLAC whose header is damaged.

    Args:
        path: the file.
        start: where its header is.

    Returns:
        The byte at which they begin; None without any.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        file.seek(start)
        at = flac.first_frame(file.read(_FARTHEST))
    return None if at is None else start + at
