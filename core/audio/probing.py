"""What a file says of itself, and which library reads it."""

from __future__ import annotations

import contextlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import soundfile

from core.audio import flac
from core.audio.decoding import ENDLESS, FAULTS, stated_frames, unreadable
from core.audio.media import PYAV_FAULTS, open_media
from core.errors import AudioError

_MIN_RATE, _MAX_RATE = 1_000, 768_000


@dataclass(frozen=True)
class AudioInfo:
    """What a file says of itself.

    Attributes:
        path: the file.
        container, codec: names as the reading library gives them.
        sample_rate: Hz.
        channels: as stored, before the mix-down.
        frames: samples per channel at `sample_rate` by the header; None where it does not say.
        reader: "soundfile" or "pyav", which of the two reads it.
        title, artist: tags, or None.
        other_frames: samples per channel by FFmpeg, to compare; None where it does not say.
        survey: a FLAC's frames by their own headers; None for other files.
    """

    path: Path
    container: str
    codec: str
    sample_rate: int
    channels: int
    frames: int | None
    reader: str
    title: str | None = None
    artist: str | None = None
    other_frames: int | None = None
    survey: flac.Survey | None = None


def probe(path: str | os.PathLike[str]) -> AudioInfo:
    """Look at the header and tags of `path`.

    Raises:
        AudioError: missing, unreadable, or not audio; the message says which.
    """
    path = Path(path)
    _check_file(path)
    found = flac.survey(path) if flac.is_flac(path) else None
    if found is not None and _soundfile_misleads(path, found):
        with contextlib.suppress(*PYAV_FAULTS):
            return _checked(_by_pyav(path, found))
    try:
        return _checked(_by_soundfile(path, found))
    except FAULTS as fault:
        first = fault
    try:
        return _checked(_by_pyav(path, found))
    except PYAV_FAULTS as second:
        raise unreadable(path, first, second) from second


def _check_file(path: Path) -> None:
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise AudioError(f"{path}: this is a folder; give a file")
        if not stat.S_ISREG(found.st_mode):
            # A pipe would be waited for without end.
            raise AudioError(f"{path}: not a regular file; give an audio file")
        if not found.st_size:
            raise AudioError(f"{path}: the file is empty; export it again")
        with path.open("rb"):
            pass
    except FileNotFoundError:
        raise AudioError(f"{path}: no such file; check the name") from None
    except PermissionError:
        raise AudioError(f"{path}: may not be read; change its permissions") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise AudioError(f"{path}: cannot be opened ({reason}); copy it elsewhere") from error


def _soundfile_misleads(path: Path, found: flac.Survey) -> bool:
    """FLACs that change their rate or channels, or are not what their header says.

    libsndfile takes no notice of a new rate, and stops at new channels.
    """
    header = flac.stream_info(path)
    return header is not None and not (found.steady and found.channels == {header.channels})


def _checked(info: AudioInfo) -> AudioInfo:
    if not _MIN_RATE <= info.sample_rate <= _MAX_RATE:
        raise AudioError(
            f"{info.path}: a sample rate of {info.sample_rate} Hz; convert it to 44.1 kHz first"
        )
    return info


def _by_soundfile(path: Path, survey: flac.Survey | None) -> AudioInfo:
    info = soundfile.info(path)
    frames = int(info.frames) if stated_frames(info.frames) < ENDLESS else None
    other = _said_by_ffmpeg(path, info.samplerate)
    return AudioInfo(
        path,
        info.format,
        info.subtype,
        info.samplerate,
        info.channels,
        frames,
        "soundfile",
        other.title,
        other.artist,
        survey.frames if survey else other.frames,
        survey,
    )


def _by_pyav(path: Path, survey: flac.Survey | None) -> AudioInfo:
    """Raises `PYAV_FAULTS` also where nothing decodes."""
    with open_media(path) as container:
        if not container.streams.audio:
            raise AudioError(f"{path}: there is no sound in this file; choose another")
        stream = container.streams.audio[0]
        context = stream.codec_context
        if context is None:
            raise ValueError("its codec is unknown")
        name, codec = container.format.name, context.name
        # Only the first frame tells the rate and channels for certain: AAC's header may give half
        # the rate, and a FLAC's may be wrong.
        frame = next(
            (frame for packet in container.demux(stream) for frame in packet.decode()), None
        )
        if frame is None:
            raise ValueError("no sound in it can be decoded")
        rate, channels = int(frame.sample_rate), len(frame.layout.channels)
    said = _said_by_ffmpeg(path, rate)
    tags = said.title, said.artist
    return AudioInfo(path, name, codec, rate, channels, said.frames, "pyav", *tags, None, survey)


class _Said(NamedTuple):
    title: str | None = None
    artist: str | None = None
    frames: int | None = None


def _said_by_ffmpeg(path: Path, rate: int) -> _Said:
    with contextlib.suppress(*PYAV_FAULTS), open_media(path) as container:
        stream = container.streams.audio[0]
        tags: dict[str, str] = {}
        for source in (stream, container):
            tags |= {key.lower(): value.strip() for key, value in source.metadata.items()}
        length = stream.duration and stream.time_base and stream.duration * stream.time_base
        frames = round(length * rate) if length else None
        return _Said(tags.get("title") or None, tags.get("artist") or None, frames)
    return _Said()
