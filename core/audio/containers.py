"""What kind of file something is, by its bytes alone, and opening it with FFmpeg by those bytes."""

from __future__ import annotations

import enum
import os
from pathlib import Path
from typing import BinaryIO

import av
from av.container import InputContainer

from core.audio.byte_source import ByteSource

PYAV_FAULTS = (av.FFmpegError, ValueError, IndexError, LookupError, OSError)
# Without these, a play list that is named .mp3 would have FFmpeg open what it lists, web pages too.
_OPTIONS = {
    "protocol_whitelist": "file",
    "format_whitelist": (
        "aac,ac3,aiff,amr,ape,asf,au,avi,caf,dsf,dts,dtshd,eac3,flac,flv,iff,loas,matroska,mlp,mov,"
        "mp3,mpc,mpc8,mpeg,mpegts,mxf,nut,ogg,oma,osq,qcp,qoa,rm,shn,sox,tak,truehd,tta,voc,vqf,w64,"
        "wav,webm,wtv,wv"
    ),
}
_HEAD_BYTES = 64
_ZEROS_AT_ONCE = 1 << 20
_ID3_HEADER_BYTES = 10
_LEAST_PADDING = 16
"""Bytes: no format begins with so many zeros."""
MOST_ZEROS = 1 << 26
"""Bytes: what is behind so many zeros is not looked at, and they are no padding."""


class Kind(enum.Enum):
    """Kinds of files that are told apart because they are read in different ways.

    WAVE, AIFF, AU, W64 and CAF: samples or blocks of fixed size behind a header.
    SAMPLES: the same behind headers of older programs (IRCAM, NIST, AVR, ...).
    FLAC, OGG, MPEG (MP1 to MP3): frames or pages with headers of their own.
    OTHER: any other that FFmpeg knows (MP4, Matroska, ADTS, ASF, WavPack, ...).
    UNKNOWN: nothing that is known; most likely no audio.
    """

    WAVE = "wave"
    AIFF = "aiff"
    AU = "au"
    W64 = "w64"
    CAF = "caf"
    SAMPLES = "samples"
    FLAC = "flac"
    OGG = "ogg"
    MPEG = "mpeg"
    OTHER = "other"
    UNKNOWN = "unknown"

    @property
    def for_libsndfile(self) -> bool:
        """Whether libsndfile reads such files, if their codec is one of its own."""
        return self not in (Kind.OTHER, Kind.UNKNOWN)


_DTS = b"\x7f\xfe\x80\1", b"\xfe\x7f\1\x80", b"\x1f\xff\xe8\0", b"\xff\x1f\0\xe8"
"""In words of 16 and of 14 bits, of both byte orders."""
_MAGIC: tuple[tuple[int, bytes, Kind], ...] = (
    (0, b"fLaC", Kind.FLAC),
    (0, b"OggS", Kind.OGG),
    (0, b".snd", Kind.AU),
    (0, b"caff", Kind.CAF),
    (0, b"riff\x2e\x91\xcf\x11", Kind.W64),
    (0, b"dns.", Kind.SAMPLES),  # AU of DEC, little-endian
    *((0, bytes((0x64, 0xA3, machine, 0)), Kind.SAMPLES) for machine in range(1, 5)),  # IRCAM
    *((0, bytes((0, machine, 0xA3, 0x64)), Kind.SAMPLES) for machine in range(1, 5)),
    (0, b"NIST_1A", Kind.SAMPLES),
    (0, b"PVF1", Kind.SAMPLES),
    (0, b" paf", Kind.SAMPLES),
    (0, b"fap ", Kind.SAMPLES),
    (0, b"2BIT", Kind.SAMPLES),  # AVR
    (0, b"MATLAB 5.0 MAT-file", Kind.SAMPLES),
    (0, b"Extended Instrument: ", Kind.SAMPLES),
    (0, b"ALawSoundFile**", Kind.SAMPLES),
    (4, b"ftyp", Kind.OTHER),
    (4, b"moov", Kind.OTHER),
    (4, b"mdat", Kind.OTHER),
    (4, b"wide", Kind.OTHER),
    (4, b"free", Kind.OTHER),
    (0, b"\x1a\x45\xdf\xa3", Kind.OTHER),  # Matroska, WebM
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Kind.OTHER),  # ASF: WMA
    (0, b"wvpk", Kind.OTHER),
    (0, b"MAC ", Kind.OTHER),
    (0, b"TTA1", Kind.OTHER),
    (0, b"tBaK", Kind.OTHER),
    (0, b"MPCK", Kind.OTHER),
    (0, b"MP+", Kind.OTHER),
    (0, b"DSD ", Kind.OTHER),
    (0, b"FRM8", Kind.OTHER),  # DSDIFF
    (0, b"FLV\x01", Kind.OTHER),
    (0, b"#!AMR", Kind.OTHER),
    (0, b"\x0b\x77", Kind.OTHER),  # AC-3
    (0, b".RMF", Kind.OTHER),
    (0, b"Creative Voice File", Kind.OTHER),
    (0, b"\0\0\1\xba", Kind.OTHER),  # MPEG program stream: DVD, VCD
    (4, b"\xf8\x72\x6f\xba", Kind.OTHER),  # TrueHD
    (4, b"\xf8\x72\x6f\xbb", Kind.OTHER),  # MLP
    *((0, sync, Kind.OTHER) for sync in _DTS),
    (0, b"DTSHDHDR", Kind.OTHER),
    *((0, bytes((0x56, 0xE0 | length)), Kind.OTHER) for length in range(32)),  # AAC in LATM
    (0, b"nut/multimedia container\0", Kind.OTHER),
    (0, b"\x06\x0e\x2b\x34\x02\x05\x01\x01", Kind.OTHER),  # MXF
    (0, b"\xb7\xd8\0\x20\x37\x49\xda\x11", Kind.OTHER),  # WTV
    (0, b".SoX", Kind.OTHER),
    (0, b"XoS.", Kind.OTHER),
    (0, b"EA3\1", Kind.OTHER),  # OpenMG: ATRAC
    (0, b"TWIN97012000", Kind.OTHER),  # VQF
    (0, b"ajkg", Kind.OTHER),  # Shorten
    (0, b"qoaf", Kind.OTHER),
    (0, b"OSQ ", Kind.OTHER),
    (0, b".ra\xfd", Kind.OTHER),
)
_FORMS = {
    b"RIFF": {b"WAVE": Kind.WAVE, b"AVI ": Kind.OTHER, b"QLCM": Kind.OTHER},
    b"RIFX": {b"WAVE": Kind.WAVE},
    b"RF64": {b"WAVE": Kind.WAVE},
    b"BW64": {b"WAVE": Kind.WAVE},
    b"FORM": {
        **dict.fromkeys((b"AIFF", b"AIFC"), Kind.AIFF),
        **dict.fromkeys((b"8SVX", b"16SV", b"MAUD"), Kind.OTHER),
    },
}


def kind_of(path: Path) -> tuple[Kind, int]:
    """What `path` is, and where in it that begins: behind zeros and ID3 tags.

    MPEG is only a guess here, from one frame header; `mpeg.survey` makes sure of it. A tag that
    claims to go on beyond the end of the file is one of unknown length: the place behind its header
    is given, and UNKNOWN.

    Raises:
        OSError: it cannot be read.
    """
    if not path.is_file():  # a pipe would never answer, a device never end
        return Kind.UNKNOWN, 0
    with path.open("rb") as file:
        zeros = zeros_in_front(file)
        start = zeros if zeros >= _LEAST_PADDING else 0
        size = file.seek(0, os.SEEK_END)
        while True:
            file.seek(start)
            head = file.read(_HEAD_BYTES)
            length = id3_bytes(head)
            if not length:
                return _kind(head), start
            if start + length >= size:
                return Kind.UNKNOWN, start + _ID3_HEADER_BYTES
            start += length


def zeros_in_front(file: BinaryIO) -> int:
    """Count the bytes 0 before the first other one.

    Args:
        file: what is read from where it is.

    Returns:
        0 to `MOST_ZEROS`; as many as the file is long where it holds nothing else.

    Raises:
        OSError: it cannot be read.
    """
    zeros = 0
    while zeros < MOST_ZEROS and (block := file.read(_ZEROS_AT_ONCE)):
        rest = block.lstrip(b"\0")
        zeros += len(block) - len(rest)
        if rest:
            break
    return zeros


def id3_bytes(head: bytes) -> int:
    """Length of the ID3v2 tag (id3.org, ID3v2.4.0, 3.1) that begins with `head`; 0 without one."""
    if len(head) < 10 or head[:3] != b"ID3" or max(head[6:10]) > 0x7F or head[3] == 0xFF:
        return 0
    size = 0
    for octet in head[6:10]:
        size = size << 7 | octet
    footer = 10 if head[5] & 0x10 else 0
    return size + 10 + footer


def open_media(source: ByteSource | Path) -> InputContainer:
    """Open with FFmpeg, which neither learns the file's name nor opens any other file.

    Returns:
        The container, a context manager.

    Raises:
        PYAV_FAULTS: it is not of a kind that FFmpeg knows, or cannot be read.
    """
    if isinstance(source, Path):
        source = ByteSource(source)
    file = source.open()
    try:
        # Tags in odd encodings must not make the sound unreadable.
        opened: InputContainer = av.open(file, options=dict(_OPTIONS), metadata_errors="replace")
    except BaseException:
        file.close()
        raise
    return opened


def _kind(head: bytes) -> Kind:
    form = _FORMS.get(head[:4])
    if form is not None:
        return form.get(head[8:12], Kind.UNKNOWN)
    for at, magic, kind in _MAGIC:
        if head[at : at + len(magic)] == magic:
            return kind
    if head[:2] and head[0] == 0xFF and len(head) > 1 and head[1] & 0xE0 == 0xE0:
        # The layer's bits tell MPEG audio (ISO 11172-3) from ADTS (ISO 13818-7), where they are 0.
        return Kind.MPEG if head[1] & 0x06 else Kind.OTHER
    if head[:1] == b"G" and head[:4] != b"GIF8":
        return Kind.OTHER  # perhaps an MPEG transport stream
    return Kind.UNKNOWN
