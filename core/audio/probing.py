"""What a file says of itself, and which library reads which part of it."""

from __future__ import annotations

import contextlib
import os
import stat
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import av
import soundfile

from core.audio import adts, asf, chunks, flac, legacy_lengths, mpeg, ogg
from core.audio.buried import flac_frames_behind, sound_behind
from core.audio.byte_source import ByteSource, Piece
from core.audio.containers import (
    MOST_ZEROS,
    PYAV_FAULTS,
    Kind,
    kind_of,
    open_media,
    zeros_in_front,
)
from core.audio.decoding import ENDLESS, FAULTS, Gap, raise_if_unread, stated_frames, unreadable
from core.errors import AudioError, ReadError

_MIN_RATE, _MAX_RATE = 1_000, 768_000
_PACKETS_TO_TRY = 16
_REMARKABLE_BYTES = 1 << 16
_TOLD_SECONDS, _TOLD_SHARE = 0.5, 0.01
"""What is missing beyond both is told as cut short once it was decoded."""
_LEAST_SURPLUS, _LEAST_SURPLUS_SECONDS = 0.01, 0.5
_INSIDE_SAMPLES = ("dca", "ac3", "eac3")
"""FFmpeg's codecs of surround sound, which CDs and WAVs hold as if it were samples: it is noise."""
_LENGTH_OF_FILE = ("matroska", "flv")
"""FFmpeg's formats that state the length of the file, not of a stream."""
_LENGTHS = {
    "asf": asf.stated_seconds,
    **dict.fromkeys(("avi", "iff"), legacy_lengths.stated_seconds),
}
"""By FFmpeg's formats of which it does not say what their headers state."""
_SOMETHING_IN_FRONT = (
    "its tag is damaged, or something else is in front; what sounds behind it is read"
)
_TIMED = ("matroska", "asf", "mpeg", "flv", "nut", "rm", "mxf", "wtv")
"""FFmpeg's formats whose packets go on, at the time that they state, behind what is lost."""
_ESTIMATED = frozenset(
    ("aac", "mp3", "ac3", "eac3", "dts", "amr", "loas", "mlp", "mpeg", "mpegts", "truehd", "voc")
)
"""FFmpeg's formats without a stated length: it guesses by the bit rate of the beginning."""


@dataclass(frozen=True)
class FileSpan:
    """A stretch of a file that one reader decodes in one go.

    Attributes:
        source: its bytes.
        reader: "soundfile" or "pyav".
        survey: of a FLAC, whose frames are put where they say they belong.
        by_time: whether what is missing between time stamps is lost sound.
        frames: samples of the part where FFmpeg might give more; None for all it gives.
        gaps: what is silent because it is lost, known before decoding; in samples of the part.
        lost_before: samples of silence that stand before the part for what is lost there.
    """

    source: ByteSource
    reader: str
    survey: flac.Survey | None = None
    by_time: bool = False
    frames: int | None = None
    gaps: tuple[Gap, ...] = ()
    lost_before: int = 0


@dataclass(frozen=True)
class AudioInfo:
    """What a file says of itself.

    Attributes:
        path: the file.
        container, codec: names as the reading library gives them.
        sample_rate: Hz.
        channels: as stored, before the mix-down.
        frames: samples per channel at `sample_rate` that the header promises; None where it does
            not, or where only a guess by the bit rate is to be had.
        reader: "soundfile" or "pyav", which of the two reads it.
        parts: what is decoded, one after the other.
        title, artist: tags, or None.
        other_frames: samples per channel by FFmpeg, to compare; None where it does not say.
        header: a FLAC's; None for other files.
        remarks: what is wrong with the file by its headers alone, in words.
    """

    path: Path
    container: str
    codec: str
    sample_rate: int
    channels: int
    frames: int | None
    reader: str
    parts: tuple[FileSpan, ...]
    title: str | None = None
    artist: str | None = None
    other_frames: int | None = None
    header: flac.StreamInfo | None = None
    remarks: tuple[str, ...] = ()


def probe(path: str | os.PathLike[str]) -> AudioInfo:
    """Look at the header, frames and tags of `path`. Its name plays no part.

    Raises:
        AudioError: missing, unreadable, or not audio; the message says which.
    """
    path = Path(path)
    _check_file(path)
    try:
        kind, start = kind_of(path)
        info = _by_kind(path, kind, start)
    except OSError as error:
        raise ReadError(f"{path}: {_reason(error)}") from error
    if not _MIN_RATE <= info.sample_rate <= _MAX_RATE:
        raise AudioError(
            f"{info.path}: a sample rate of {info.sample_rate} Hz; convert it to 44.1 kHz first"
        )
    return info


def not_audio(path: Path) -> AudioError:
    """The error for a file whose bytes are of no kind that is known."""
    with contextlib.suppress(OSError), path.open("rb") as file:
        zeros, size = zeros_in_front(file), path.stat().st_size
        if 2 * zeros >= min(2 * MOST_ZEROS, size):
            holds = "holds nothing but zeros" if zeros == size else "begins with zeros"
            return AudioError(
                f"{path}: not an audio file: it {holds}; a download or a copy that was never "
                "finished is not audio; copy it again"
            )
        file.seek(0)
        head = file.read(512).lstrip().lower()
        if head.startswith((b"<!doctype html", b"<html", b"<?xml")):
            return AudioError(f"{path}: not an audio file: a web page is not audio; download again")
    return AudioError(f"{path}: not an audio file: what it holds is not audio; choose another")


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
    except (OSError, ValueError) as error:
        raise ReadError(f"{path}: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such file; check the name"
    if isinstance(error, PermissionError):
        return "may not be read; change its permissions"
    reason = getattr(error, "strerror", None) or error
    return f"cannot be opened ({reason}); copy it elsewhere"


def _by_kind(path: Path, kind: Kind, start: int) -> AudioInfo:
    """Raises `AudioError`, and `OSError` where the file went away."""
    if kind is Kind.FLAC:
        return _flac(path, start)
    if kind in (Kind.MPEG, Kind.UNKNOWN):
        # Frames may also begin behind something unknown.
        info = _mpeg(path, start)
        if info is not None:
            return info
        kind = Kind.UNKNOWN
        found = sound_behind(path)
        if found is not None:
            info = _by_kind(path, *found)
            return replace(info, remarks=(_SOMETHING_IN_FRONT, *info.remarks))
    if kind is Kind.OGG:
        info = _ogg(path, start)
        if info is not None:
            return info
    return _any(path, kind, start)


def _from(path: Path, start: int, stop: int | None = None) -> ByteSource:
    if not start and stop is None:
        return ByteSource(path)
    return ByteSource(path, (Piece(start, path.stat().st_size if stop is None else stop),))


def _any(path: Path, kind: Kind, start: int) -> AudioInfo:
    """libsndfile if the kind is one of its own and it can, else FFmpeg."""
    source = _from(path, start)
    promised = chunks.stated_frames(path, kind, start)
    remarks: tuple[str, ...] = ()
    if kind is Kind.WAVE and (whole := chunks.with_whole_size(path, start)):
        source, promised = replace(source, pieces=whole), None
        remarks = ("its header has no room for its length; it is read whole",)
    elif kind in (Kind.WAVE, Kind.AIFF):
        mended = chunks.padded(path, start) or chunks.without_long_sizes(path, start)
        source = replace(source, pieces=mended or source.pieces)
    faults: list[Exception] = []
    if kind.for_libsndfile:
        try:
            info = _by_soundfile(path, source)
            return replace(info, frames=promised or info.frames, remarks=remarks)
        except FAULTS as fault:
            raise_if_unread(path, fault)
            faults.append(fault)
    try:
        info = _by_pyav(path, source)
    except PYAV_FAULTS as fault:
        raise_if_unread(path, fault)
        if kind is Kind.UNKNOWN:
            raise not_audio(path) from fault
        raise unreadable(path, *faults, fault) from fault
    if promised and info.codec not in _INSIDE_SAMPLES:
        return replace(info, frames=promised)
    info = _with_what_is_stated(info, kind, start)
    return replace(info, remarks=(*remarks, *info.remarks))


def _with_what_is_stated(info: AudioInfo, kind: Kind, start: int) -> AudioInfo:
    """FFmpeg's, with what it does not say of the length and of what is lost."""
    path = info.path
    if info.container in _LENGTHS:
        seconds = _LENGTHS[info.container](path, start)
        return replace(info, frames=None if seconds is None else round(seconds * info.sample_rate))
    if info.container == "voc" and legacy_lengths.voc_is_cut(path, start):
        return replace(info, remarks=("cut short: its last block is not whole",))
    if info.container == "aac":
        return replace(info, parts=_adts_parts(path, start, info) or info.parts)
    return _flac(path, start) if info.container == "flac" and kind is not Kind.FLAC else info


def _adts_parts(path: Path, start: int, info: AudioInfo) -> tuple[FileSpan, ...]:
    """A part for each whole stretch, with what is lost before it; none if nothing is lost."""
    found = adts.frame_runs(path, start)
    if len(found) < 2 and not any(stretch.lost_seconds for stretch in found):
        return ()
    return tuple(
        FileSpan(
            _from(path, stretch.start, stretch.stop),
            "pyav",
            lost_before=round(stretch.lost_seconds * info.sample_rate),
        )
        for stretch in found
    )


def _flac(path: Path, start: int, *, headless: bool = False) -> AudioInfo:
    """FFmpeg for what it can read: it says which frames are damaged. Else libsndfile.

    Where `headless`, `start` is that of frames already.
    """
    source = _from(path, start)
    header = flac.stream_info(path, start)
    found = flac.survey(source, header)
    if found is None and not headless:
        at = flac_frames_behind(path, start)
        if at is not None:
            info = _flac(path, at, headless=True)
            return replace(
                info, remarks=("its header is damaged; its frames are read", *info.remarks)
            )
    if found is None or len(found.bits) > 1:  # which FFmpeg does not follow
        return _any(path, Kind.FLAC, start)
    try:
        info = _by_pyav(path, source)
    except PYAV_FAULTS:
        return _any(path, Kind.FLAC, start)
    stated = header.frames if header is not None else None
    part = FileSpan(source, "pyav", survey=found)
    remarks = []
    if found.repeated:
        remarks.append(f"{found.repeated} of its frames were twice; left out")
    if found.orders:
        remarks.append("some of its frames were not in their order; put in order")
    return replace(
        info, parts=(part,), frames=stated or found.frames, header=header, remarks=tuple(remarks)
    )


def _mpeg(path: Path, start: int) -> AudioInfo | None:
    """libsndfile, which cuts what the encoder added, with silence in the place of lost frames."""
    streams = mpeg.survey(path, start)
    if not streams:
        return None
    sources = [ByteSource(path, stream.pieces) for stream in streams]
    gaps = [tuple(Gap(*hole) for hole in stream.holes) for stream in streams]
    info = None
    for reader, look in (("soundfile", _by_soundfile), ("pyav", _by_pyav)):
        try:
            info = look(path, sources[0], ByteSource(path))
        except FAULTS as fault:
            raise_if_unread(path, fault)
            continue
        parts = (FileSpan(s, reader, gaps=g) for s, g in zip(sources, gaps, strict=True))
        info = replace(info, parts=tuple(parts), other_frames=None)
        break
    if info is None:
        return None
    frames: int | None = 0
    for stream in streams:
        if frames is not None and stream.frames is not None:
            frames += round(stream.frames * info.sample_rate / stream.sample_rate)
        else:
            frames = None
    channels = max(stream.channels for stream in streams)
    remarks = _tag_remarks(path, start, streams[0].start)
    absent = sum(stream.absent / stream.sample_rate for stream in streams)
    if 0 < absent <= max(_TOLD_SECONDS, _TOLD_SHARE * (frames or 0) / info.sample_rate):
        remarks += (f"{absent:.2f} s less than its header states; nothing says where it was cut",)
    return replace(info, frames=frames, channels=channels, remarks=remarks)


def _tag_remarks(path: Path, start: int, first: int) -> tuple[str, ...]:
    """Whether something that is no padding is between the place where frames should be and are."""
    with path.open("rb") as file:
        file.seek(start)
        between = file.read(min(first - start, _REMARKABLE_BYTES))
    if not between.strip(b"\0"):
        return ()
    return (_SOMETHING_IN_FRONT,)


def _ogg(path: Path, start: int) -> AudioInfo | None:
    """Each link by libsndfile, or by FFmpeg where pages are lost or the codec is another."""
    parts: list[FileSpan] = []
    infos: list[AudioInfo] = []
    remarks: list[str] = []
    links = ogg.links(path, start)
    for link in links:
        source = ByteSource(path, link.pieces)
        info, states_less = None, False
        if not link.broken:
            with contextlib.suppress(*FAULTS):
                info = _by_soundfile(path, source)
                states_less = _states_less(info, source)
        if states_less:
            info = None
            remarks.append("its time stamps state less than there is, and are passed over")
        if info is None:
            with contextlib.suppress(*PYAV_FAULTS, AudioError):
                info = _by_pyav(path, source)
        if info is not None:
            infos.append(info)
            frames = link.frames if link.broken else None
            parts.append(FileSpan(source, info.reader, by_time=link.broken, frames=frames))
    if not infos:
        return None
    if any(link.is_reordered for link in links):
        remarks.append("some of its pages were twice, or not in their order; put in order")
    if not links[-1].ends:
        remarks.append("cut short: its last page is missing")
    return replace(
        infos[0],
        parts=tuple(parts),
        channels=max(info.channels for info in infos),
        frames=None,
        other_frames=None,
        remarks=tuple(dict.fromkeys(remarks)),
    )


def _states_less(info: AudioInfo, source: ByteSource) -> bool:
    """Whether the time stamps of an Ogg file end long before its packets do."""
    with contextlib.suppress(*PYAV_FAULTS), open_media(source) as container:
        stream = container.streams.audio[0]
        lengths = (packet.duration or 0 for packet in container.demux(stream))
        seconds = float(sum(lengths) * (stream.time_base or 0))
        stated = (info.frames or 0) / info.sample_rate
        return seconds - stated > max(_LEAST_SURPLUS_SECONDS, _LEAST_SURPLUS * seconds)
    return False


def _by_soundfile(path: Path, source: ByteSource, tagged: ByteSource | None = None) -> AudioInfo:
    """`tagged` holds the tags where `source` does not.

    Raises `SOUNDFILE_FAULTS`, also where FFmpeg finds another coding in what is called samples.
    """
    with source.open_for_c() as octets, soundfile.SoundFile(octets) as info:
        frames = int(info.frames) if stated_frames(info.frames) < ENDLESS else None
        rate, channels, container, codec = (
            info.samplerate, info.channels, info.format, info.subtype,
        )  # fmt: skip
    other = _said_by_ffmpeg(tagged or source, rate)
    if codec.startswith("PCM") and other.codec in _INSIDE_SAMPLES:
        raise ValueError(f"{other.codec} that calls itself samples")
    return AudioInfo(
        path=path,
        container=container,
        codec=codec,
        sample_rate=rate,
        channels=channels,
        frames=frames,
        reader="soundfile",
        parts=(FileSpan(source, "soundfile"),),
        title=other.title,
        artist=other.artist,
        other_frames=other.frames,
    )


def _by_pyav(path: Path, source: ByteSource, tagged: ByteSource | None = None) -> AudioInfo:
    """As `_by_soundfile`. Raises `PYAV_FAULTS` also where nothing decodes."""
    with open_media(source) as container:
        if not container.streams.audio:
            raise AudioError(f"{path}: there is no sound in this file; choose another")
        stream = container.streams.audio[0]
        context = stream.codec_context
        if context is None:
            raise ValueError("its codec is unknown")
        name, codec = container.format.name, context.name
        # Only the first frame tells the rate and channels for certain: AAC's header may give half
        # the rate, and a FLAC's may be wrong.
        frame = _first_frame(container, stream)
        rate, channels = int(frame.sample_rate), len(frame.layout.channels)
    said = _said_by_ffmpeg(tagged or source, rate)
    return AudioInfo(
        path=path,
        container=name,
        codec=codec,
        sample_rate=rate,
        channels=channels,
        frames=said.frames,
        reader="pyav",
        parts=(FileSpan(source, "pyav", by_time=name.startswith(_TIMED)),),
        title=said.title,
        artist=said.artist,
    )


def _first_frame(
    container: av.container.InputContainer, stream: av.audio.stream.AudioStream
) -> av.AudioFrame:
    """The first frame that decodes. Raises `PYAV_FAULTS` where none of the first packets does."""
    fault: Exception = ValueError("no sound in it can be decoded")
    for number, packet in enumerate(container.demux(stream)):
        try:
            frames = packet.decode()
        except av.FFmpegError as error:
            fault, frames = error, []
        if frames:
            return frames[0]
        if number >= _PACKETS_TO_TRY:
            break
    raise fault


class _Said(NamedTuple):
    title: str | None = None
    artist: str | None = None
    frames: int | None = None
    codec: str = ""


def _said_by_ffmpeg(source: ByteSource, rate: int) -> _Said:
    """Tags, and the length where it is stated and no guess."""
    with contextlib.suppress(*PYAV_FAULTS), open_media(source) as container:
        stream = container.streams.audio[0]
        tags: dict[str, str] = {}
        for part in (stream, container):
            tags |= {key.lower(): value.strip() for key, value in part.metadata.items()}
        length = stream.duration and stream.time_base and stream.duration * stream.time_base
        if container.format.name in _ESTIMATED:
            length = None
        elif container.format.name.startswith(_LENGTH_OF_FILE):
            length = _whole_length(container, stream)
        frames = round(length * rate) if length else None
        codec = "" if stream.codec_context is None else stream.codec_context.name
        return _Said(tags.get("title") or None, tags.get("artist") or None, frames, codec)
    return _Said()


def _whole_length(
    container: av.container.InputContainer, stream: av.audio.stream.AudioStream
) -> Fraction | None:
    """Seconds by the header of a Matroska or FLV file, which states them of all its streams.

    Where FFmpeg guessed, it gives the stream a length, too. Pictures may go on longer than sound.
    """
    if container.duration is None or stream.duration is not None or len(container.streams) > 1:
        return None
    return Fraction(container.duration - max(0, container.start_time or 0), av.time_base)
