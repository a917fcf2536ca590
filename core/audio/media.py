"""Opening files with FFmpeg, so that a file of sound is all that is ever opened."""

from __future__ import annotations

from pathlib import Path

import av
from av.container import InputContainer

PYAV_FAULTS = (av.FFmpegError, ValueError, IndexError, LookupError, OSError)
# Without these, a play list that is named .mp3 would have FFmpeg open what it lists, web pages too.
_OPTIONS = {
    "protocol_whitelist": "file",
    "format_whitelist": (
        "aac,ac3,aiff,amr,ape,asf,au,avi,caf,dsf,dts,eac3,flac,flv,iff,matroska,mov,mp3,mpc,mpc8,"
        "mpegts,ogg,rm,tak,tta,voc,w64,wav,webm,wv"
    ),
}


def open_media(path: Path) -> InputContainer:
    """`path` for reading, a context manager. Raises `PYAV_FAULTS`."""
    # "file:" keeps names with a colon from being taken for another protocol; tags in odd
    # encodings must not make the sound unreadable.
    opened: InputContainer = av.open(
        f"file:{path}", options=dict(_OPTIONS), metadata_errors="replace"
    )
    return opened
