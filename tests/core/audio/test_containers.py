"""What a file is, is read from its bytes: its name changes nothing."""

from __future__ import annotations

import functools
import struct
import sys
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.audio import chunks, files, flac, legacy_lengths
from core.audio.buried import sound_behind
from core.audio.byte_source import ByteSource, Piece
from core.audio.containers import Kind, kind_of
from core.audio.writing import acid_chunk
from core.errors import AudioError
from tests.fuzzing import examples

RATE = 44_100


def tone(seconds: float = 2.0) -> np.ndarray:
    time = np.arange(round(seconds * RATE)) / RATE
    noise = 0.02 * np.random.default_rng(1).standard_normal(len(time))
    return (0.4 * np.sin(2 * np.pi * 330 * time) + noise).astype(np.float32)[:, None]


def encoded(path: Path, codec: str, rate: int = RATE, *, film: bool = False, **how: str) -> None:
    """`tone` by one of FFmpeg's encoders; the container follows from the name of `path`.

    A film has pictures that go on for twice as long.
    """
    with av.open(str(path), "w", options=how) as container:
        stream = container.add_stream(codec, rate=rate, layout="mono", options={"strict": "-2"})
        stream.bit_rate = 128_000
        if film:
            pictures = container.add_stream("mpeg4", rate=25, width=16, height=16)
            for _ in range(100):
                container.mux(pictures.encode(av.VideoFrame(16, 16, "yuv420p")))
            container.mux(pictures.encode(None))
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(tone().T), format="fltp", layout="mono"
        )
        frame.sample_rate = RATE
        size = stream.codec_context.frame_size or 4096
        resampler = av.AudioResampler(stream.format.name, "mono", rate, frame_size=size)
        for made in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(made))
        container.mux(stream.encode(None))


WRITERS: dict[str, Callable[[Path], None]] = {
    **{
        name: functools.partial(
            lambda path, **how: soundfile.write(path, tone(), RATE, **how), **how
        )
        for name, how in {
            "wav": {"format": "WAV"},
            "float.wav": {"format": "WAV", "subtype": "FLOAT"},
            "aiff": {"format": "AIFF"},
            "au": {"format": "AU"},
            "little.au": {"format": "AU", "endian": "LITTLE"},
            "caf": {"format": "CAF"},
            "w64": {"format": "W64"},
            "rf64": {"format": "RF64"},
            "flac": {"format": "FLAC"},
            "ogg": {"format": "OGG"},
            "mp3": {"format": "MP3"},
            "alaw.wav": {"format": "WAV", "subtype": "ALAW"},
            "ulaw.wav": {"format": "WAV", "subtype": "ULAW"},
            "ima.wav": {"format": "WAV", "subtype": "IMA_ADPCM"},
            "ms.wav": {"format": "WAV", "subtype": "MS_ADPCM"},
            "gsm.wav": {"format": "WAV", "subtype": "GSM610"},
            "g721.wav": {"format": "WAV", "subtype": "G721_32"},
            "alaw.aiff": {"format": "AIFF", "subtype": "ALAW"},
            "ima.aiff": {"format": "AIFF", "subtype": "IMA_ADPCM"},
            "g723.au": {"format": "AU", "subtype": "G723_24"},
            "ulaw.w64": {"format": "W64", "subtype": "ULAW"},
            "alac.caf": {"format": "CAF", "subtype": "ALAC_16"},
            "svx": {"format": "SVX"},
            "sf": {"format": "IRCAM"},
            "big.sf": {"format": "IRCAM", "endian": "BIG"},
            "nist": {"format": "NIST"},
            "pvf": {"format": "PVF"},
            "paf": {"format": "PAF"},
            "avr": {"format": "AVR"},
            "mat5": {"format": "MAT5"},
            "xi": {"format": "XI", "subtype": "DPCM_16"},
        }.items()
    },
    "m4a": functools.partial(encoded, codec="aac"),
    "aac": functools.partial(encoded, codec="aac"),
    "mka": functools.partial(encoded, codec="aac"),
    "wma": functools.partial(encoded, codec="wmav2"),
    "webm": functools.partial(encoded, codec="libopus", rate=48_000),
    "alac.m4a": functools.partial(encoded, codec="alac"),
    "live.mka": functools.partial(encoded, codec="libmp3lame", live="1"),
    "ts": functools.partial(encoded, codec="aac"),
    "avi": functools.partial(encoded, codec="pcm_s16le"),
    "mp3.avi": functools.partial(encoded, codec="libmp3lame"),
    "adpcm.avi": functools.partial(encoded, codec="adpcm_ms"),
    "flv": functools.partial(encoded, codec="libmp3lame"),
    "voc": functools.partial(encoded, codec="pcm_s16le"),
    "mpg": functools.partial(encoded, codec="mp2"),
    "latm": functools.partial(encoded, codec="aac"),
    "nut": functools.partial(encoded, codec="aac"),
    "sox": functools.partial(encoded, codec="pcm_s32le"),
}


@functools.cache
def content(kind: str) -> tuple[bytes, bytes]:
    """The bytes of a file of that kind, and how it decodes under the name that is its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"a.{kind}")
        WRITERS[kind](path)
        return path.read_bytes(), files.read(path).tobytes()


NAMES = st.one_of(
    st.sampled_from(
        [f"x.{ext}" for ext in ("mp3", "wav", "flac", "m4a", "raw", "txt", "aac", "vox")]
    ),
    st.text("abc.é夜 #%?:-_", min_size=1, max_size=20).filter(lambda name: name.strip(". ")),
)


@settings(
    max_examples=examples(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(kind=st.sampled_from(sorted(WRITERS)), name=NAMES)
@example(kind="m4a", name="track.mp3")
@example(kind="mka", name="track.mp3")
@example(kind="aac", name="track.mp3")
@example(kind="wav", name="track.raw")
def test_the_same_bytes_are_the_same_samples_whatever_the_name(
    tmp_path: Path, kind: str, name: str
) -> None:
    octets, samples = content(kind)
    path = tmp_path / name
    path.write_bytes(octets)
    assert files.read(path).tobytes() == samples


@pytest.mark.parametrize("zeros", [16, 5_000, 70_000, 200_000, 2_000_000])
@pytest.mark.parametrize("kind", ["mp3", "flac", "wav", "ogg"])
def test_zeros_before_the_sound_are_skipped(tmp_path: Path, kind: str, zeros: int) -> None:
    octets, samples = content(kind)
    (tmp_path / "a").write_bytes(bytes(zeros) + octets)
    assert files.read(tmp_path / "a").tobytes() == samples


@pytest.mark.parametrize("kind", ["mp3", "flac", "aac"])
def test_tags_before_the_sound_are_skipped(tmp_path: Path, kind: str) -> None:
    octets, samples = content(kind)
    tag = b"ID3\x04\0\0\0\0\x01\x08" + b"\xff\xfb\x90\x64".ljust(136, b"x")
    (tmp_path / "a.mp3").write_bytes(tag + octets)
    assert kind_of(tmp_path / "a.mp3")[1] == len(tag)
    assert files.read(tmp_path / "a.mp3").tobytes() == samples


def a_picture(size: int) -> bytes:
    """Bytes without a row of frames, though sync words are among them."""
    return b"APIC\0" + b"\xff\xfb\x90\x64".ljust(97, b"\xd8") * (size // 97)


@pytest.mark.parametrize("stated", [(1 << 28) - 1, 3_000_000, 100, 0])
@pytest.mark.parametrize("size", [500, 1_500_000, 5_000_000])
def test_an_mp3_behind_a_tag_of_a_wrong_length_is_read(
    tmp_path: Path, stated: int, size: int
) -> None:
    """Longer than the file, or with a picture that goes on behind it."""
    octets, samples = content("mp3")
    length = bytes(stated >> shift & 0x7F for shift in (21, 14, 7, 0))
    tag = b"ID3\x03\0\0" + length + a_picture(size)
    (tmp_path / "a.mp3").write_bytes(tag + octets)
    reader = files.AudioReader(tmp_path / "a.mp3")
    assert np.concatenate(list(reader)).tobytes() == samples
    assert reader.warnings == [
        "its tag is damaged, or something else is in front; what sounds behind it is read"
    ]


IN_FRONT = "its tag is damaged, or something else is in front; what sounds behind it is read"


@pytest.mark.parametrize("stated", [(1 << 28) - 1, 40_000, 100, 0])
@pytest.mark.parametrize("kind", ["flac", "aac", "ogg", "wav", "aiff"])
def test_other_kinds_behind_a_tag_of_a_wrong_length_are_read(
    tmp_path: Path, kind: str, stated: int
) -> None:
    """Longer than the file, into its frames, or with a picture that goes on behind it."""
    octets, samples = content(kind)
    length = bytes(stated >> shift & 0x7F for shift in (21, 14, 7, 0))
    (tmp_path / "a").write_bytes(b"ID3\x03\0\0" + length + a_picture(5_000) + octets)
    reader = files.AudioReader(tmp_path / "a")
    assert np.concatenate(list(reader)).tobytes() == samples
    assert IN_FRONT in reader.warnings


@pytest.mark.parametrize("lost", [0, 4, 40, 9_000])
def test_a_flac_whose_beginning_is_lost_is_read_from_its_frames_on(
    tmp_path: Path, lost: int
) -> None:
    """As by the reference decoder; nothing tells any more how many frames there were before."""
    octets, samples = content("flac")
    rest = np.random.default_rng(3).bytes(3_000) + octets[lost:]
    (tmp_path / "a.flac").write_bytes(rest)
    reader = files.AudioReader(tmp_path / "a.flac")
    read = np.concatenate(list(reader))
    assert samples.endswith(read.tobytes())
    assert 2 * RATE - len(read) <= (4096 * 2 if lost > 8_000 else 0)
    assert IN_FRONT in reader.warnings


def test_sound_inside_an_archive_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.flac").write_bytes(b"PK\x03\x04" + bytes(26) + content("flac")[0])
    with pytest.raises(AudioError, match="not an audio file"):
        files.probe(tmp_path / "a.flac")


@pytest.mark.parametrize("at", [4, 5])
def test_a_flac_whose_header_is_damaged_is_read(tmp_path: Path, at: int) -> None:
    """Its first block is no STREAMINFO any more, or one of another length."""
    octets, samples = content("flac")
    damaged = bytearray(octets)
    damaged[at] ^= 0x05
    (tmp_path / "a.flac").write_bytes(damaged)
    reader = files.AudioReader(tmp_path / "a.flac")
    assert np.concatenate(list(reader)).tobytes() == samples
    assert "its header is damaged; its frames are read" in reader.warnings


@pytest.mark.parametrize("between", [b"", b"TAG".ljust(128, b"\0"), b"\x55" * 3000])
def test_mp3s_of_many_kinds_joined_end_to_end_are_read(tmp_path: Path, between: bytes) -> None:
    octets = content("mp3")[0]
    soundfile.write(tmp_path / "b.mp3", np.repeat(tone(), 2, axis=1), 48_000)
    soundfile.write(tmp_path / "c.mp3", tone(), 22_050)
    others = [(tmp_path / name).read_bytes() for name in ("b.mp3", "c.mp3")]
    (tmp_path / "a.mp3").write_bytes(between.join([octets, *others]))
    reader = files.AudioReader(tmp_path / "a.mp3")
    seconds = sum(map(len, reader)) / RATE
    assert seconds == pytest.approx(2.0 + 2.0 * RATE / 48_000 + 4.0, abs=0.02)
    assert reader.info.channels == 2
    assert reader.warnings == []


@pytest.mark.parametrize(
    "octets",
    [
        b"words, not waves",
        b"<!DOCTYPE html><html><body>404</body></html>" * 20,
        bytes(300_000),
        b"\xff\xd8\xff\xe0" + b"JFIF" * 2000,
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
        b"PK\x03\x04" + bytes(range(256)) * 40,
        "UTF-16 has the first octets of a frame".encode("utf-16"),
        b"RIFF\x10\x27\0\0WEBPVP8 " + bytes(range(256)) * 40,
        np.random.default_rng(5).bytes(300_000),
    ],
)
@pytest.mark.parametrize("name", ["a.mp3", "a.wav", "a.flac", "a"])
def test_what_is_no_audio_is_said_to_be_none(tmp_path: Path, octets: bytes, name: str) -> None:
    (tmp_path / name).write_bytes(octets)
    with pytest.raises(AudioError, match=r"not an audio file: .* is not audio; "):
        files.probe(tmp_path / name)


@pytest.mark.parametrize(
    ("octets", "told"),
    [
        (bytes(300_000), "holds nothing but zeros"),
        (bytes(300_000) + b"not any more", "begins with zeros"),
        (bytes(1_000) + b"words" * 1_000, "what it holds is not audio"),
        (b"x", "what it holds is not audio"),
    ],
)
def test_zeros_alone_are_told_from_zeros_in_front(tmp_path: Path, octets: bytes, told: str) -> None:
    """Fault: a thousand bytes were looked at, and all were said to be zeros."""
    (tmp_path / "a.wav").write_bytes(octets)
    with pytest.raises(AudioError, match=told):
        files.probe(tmp_path / "a.wav")


# Chunks


def chunk(name: bytes, body: bytes, order: str = "<", *, padding: bytes = b"") -> bytes:
    return name + struct.pack(f"{order}I", len(body)) + body + (padding if len(body) % 2 else b"")


def wave(*before_data: bytes, after: bytes = b"", frames: int = 999) -> bytes:
    """A WAV of 8 bits with the given chunks around its samples, which rise and fall."""
    format = chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, RATE, RATE, 1, 8))
    samples = (np.arange(frames) % 200).astype(np.uint8).tobytes()
    body = b"".join((b"WAVE", *before_data[:1], format, *before_data[1:]))
    body += chunk(b"data", samples) + after
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize("padding", [b"", b"\0"])
@pytest.mark.parametrize(
    "odd",
    [
        (b"", b"inst", b"<\0\0\x7f\1\x7f\0"),
        (b"", b"bext", bytes(603)),
        (b"", b"LIST", b"INFOICMT\5\0\0\0hello"),
        (b"", b"id3 ", b"ID3\3\0"),
    ],
)
def test_a_chunk_of_odd_size_may_lack_its_padding(
    tmp_path: Path, odd: tuple[bytes, bytes, bytes], padding: bytes
) -> None:
    first, name, body = odd
    some = chunk(name, body, padding=padding)
    (tmp_path / "whole.wav").write_bytes(wave())
    for octets in (wave(first, some), wave(some), wave(some, some), bytes(4096) + wave(some)):
        (tmp_path / "a.wav").write_bytes(octets)
        reader = files.AudioReader(tmp_path / "a.wav")
        samples = np.concatenate(list(reader))
        np.testing.assert_array_equal(samples, files.read(tmp_path / "whole.wav"))
        assert reader.warnings == []


def test_an_aiff_may_lack_padding_too(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.aiff", tone(0.1), RATE, format="AIFF")
    octets = (tmp_path / "a.aiff").read_bytes()
    note = chunk(b"NAME", b"loop!", ">")
    (tmp_path / "b.aiff").write_bytes(octets[:12] + note + octets[12:])
    np.testing.assert_array_equal(files.read(tmp_path / "b.aiff"), files.read(tmp_path / "a.aiff"))


@pytest.mark.parametrize("padding", [b"", b"\0", b"x"])
def test_chunks_behind_an_odd_one_are_found(tmp_path: Path, padding: bytes) -> None:
    """By whoever looks for a tempo there; what pads may be no zero."""
    acid = chunk(b"acid", acid_chunk(128.0, 4))
    (tmp_path / "a.wav").write_bytes(wave(after=padding + acid, frames=999))
    with (tmp_path / "a.wav").open("rb") as file:
        found = list(chunks.iff_chunks(file))
    assert [each.name for each in found] == [b"fmt ", b"data", b"acid"]
    assert found[1].padding_missing == (padding == b"")
    assert found[2].size == len(acid) - 8


def surround_as_samples(folder: Path) -> bytes:
    """The chunks of a WAV that holds 4 s of AC-3 as if they were samples."""
    with av.open(str(folder / "a.spdif"), "w", format="spdif") as container:
        stream = container.add_stream("ac3", rate=48_000, layout="stereo")
        raw = np.ascontiguousarray(np.repeat(tone(4.0), 2, axis=1).T)
        frame = av.AudioFrame.from_ndarray(raw, format="fltp", layout="stereo")
        frame.sample_rate = RATE
        resampler = av.AudioResampler("fltp", "stereo", 48_000, frame_size=1536)
        for made in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(made))
        container.mux(stream.encode(None))
    bursts = (folder / "a.spdif").read_bytes()
    format = chunk(b"fmt ", struct.pack("<HHIIHH", 1, 2, 48_000, 192_000, 4, 16))
    return b"WAVE" + format + chunk(b"data", bursts)


def test_surround_sound_that_calls_itself_samples_is_decoded(tmp_path: Path) -> None:
    """Fault: as on CDs with AC-3 or DTS, it was read as noise at full scale."""
    body = surround_as_samples(tmp_path)
    (tmp_path / "a.wav").write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    reader = files.AudioReader(tmp_path / "a.wav")
    found = np.concatenate(list(reader))
    assert (reader.info.codec, reader.warnings) == ("ac3", [])
    assert len(found) / RATE == pytest.approx(4.0, abs=0.1)
    assert 0.3 < np.abs(found).max() < 0.7


# Lengths


PROMISING = [
    *("wav", "float.wav", "aiff", "au", "rf64", "caf", "w64", "ulaw.w64", "alac.caf"),
    *("alaw.wav", "ulaw.wav", "ima.wav", "ms.wav", "gsm.wav", "g721.wav"),
    *("alaw.aiff", "ima.aiff", "g723.au", "mka", "webm", "wma"),
    *("avi", "mp3.avi", "adpcm.avi", "flv", "svx"),
]


@pytest.mark.parametrize("kind", PROMISING)
def test_a_file_that_states_its_length_and_is_cut_short_is_told(tmp_path: Path, kind: str) -> None:
    octets, _ = content(kind)
    for share, told in ((1.0, False), (0.5, True)):
        (tmp_path / "a").write_bytes(octets[: int(share * len(octets))])
        reader = files.AudioReader(tmp_path / "a")
        seconds = sum(map(len, reader)) / RATE
        # WMA has a damaged packet before that, in which it was cut.
        assert reader.warnings[-1:] == (
            [f"cut short: 2.0 s were promised, {seconds:.1f} s are there"] if told else []
        )


def amiga(form: bytes, header: bytes, samples: bytes) -> bytes:
    data = b"MDAT" if form == b"MAUD" else b"BODY"
    body = form + header + chunk(data, samples, ">")
    return b"FORM" + struct.pack(">I", len(body)) + body


def maud(stored_bits: int, bits: int, compression: int) -> bytes:
    """An MHDR of two channels at 44.1 kHz; its first number is passed over by all."""
    fields = (0, stored_bits, bits, RATE * 64, 64, 1, 2, compression)
    return chunk(b"MHDR", struct.pack(">IHHIHHHH12x", *fields), ">")


def voices(rate: int, packing: int) -> bytes:
    return chunk(b"VHDR", struct.pack(">IIIHBBI", 0, 0, 0, rate, 1, packing, 1 << 16), ">")


@pytest.mark.parametrize(
    ("form", "header", "bytes_per_second"),
    [
        pytest.param(b"MAUD", maud(8, 8, 0), 2 * RATE, id="MAUD, 8 bits"),
        pytest.param(b"MAUD", maud(16, 16, 0), 4 * RATE, id="MAUD, 16 bits"),
        pytest.param(b"MAUD", maud(8, 16, 2), 2 * RATE, id="MAUD, A-law"),
        pytest.param(b"MAUD", maud(8, 16, 3), 2 * RATE, id="MAUD, mu-law"),
        pytest.param(b"16SV", voices(22_050, 0), 44_100, id="16SV"),
        pytest.param(b"8SVX", voices(22_050, 0), 22_050, id="8SVX"),
        pytest.param(b"8SVX", voices(22_050, 1), 11_025, id="8SVX, Fibonacci deltas"),
        pytest.param(b"8SVX", voices(22_050, 2), 11_025, id="8SVX, exponential deltas"),
    ],
)
def test_an_amiga_file_that_is_cut_short_is_told(
    tmp_path: Path, form: bytes, header: bytes, bytes_per_second: int
) -> None:
    """Fault: a MAUD by A-law was taken to state half its length, exponential deltas too."""
    octets = amiga(
        form, header, (np.arange(4 * bytes_per_second) % 100 + 70).astype(np.uint8).tobytes()
    )
    for share, told in ((1.0, False), (0.5, True)):
        (tmp_path / "a").write_bytes(octets[: int(share * len(octets))])
        reader = files.AudioReader(tmp_path / "a")
        seconds = sum(map(len, reader)) / RATE
        assert seconds == pytest.approx(4.0 * share, abs=0.01)
        assert reader.info.frames == pytest.approx(4.0 * reader.info.sample_rate, abs=4)
        assert reader.warnings == (
            [f"cut short: 4.0 s were promised, {seconds:.1f} s are there"] if told else []
        )


@pytest.mark.parametrize("block", [500, 3_000, 1 << 24])
def test_a_voc_whose_last_block_is_not_whole_is_told(tmp_path: Path, block: int) -> None:
    """Their sizes have 24 bits, and FFmpeg writes small ones."""
    samples = (np.arange(40_000) % 200).astype(np.uint8).tobytes()
    octets = b"Creative Voice File\x1a\x1a\0\x0a\1\x29\x11"
    for at in range(0, len(samples), block):
        part = samples[at : at + block]
        head = b"\x9c\0" if not at else b""  # 10 kHz, 8 bits
        octets += bytes([2 if at else 1]) + (len(head) + len(part)).to_bytes(3, "little")
        octets += head + part
    for length, told in ((len(octets), False), (len(octets) // 2, True)):
        for end in (b"\0", b""):  # which some programs leave out
            (tmp_path / "a.voc").write_bytes(octets[:length] + (b"" if told else end))
            reader = files.AudioReader(tmp_path / "a.voc")
            seconds = sum(map(len, reader)) / RATE
            assert seconds == pytest.approx(2.0 if told else 4.0, abs=0.06)
            assert reader.warnings == (["cut short: its last block is not whole"] if told else [])


@pytest.mark.parametrize("kind", ["live.mka", "ts", "mpg", "latm", "nut"])
def test_a_file_that_states_no_length_promises_nothing(tmp_path: Path, kind: str) -> None:
    octets, _ = content(kind)
    for share in (1.0, 0.5):
        (tmp_path / "a").write_bytes(octets[: int(share * len(octets))])
        reader = files.AudioReader(tmp_path / "a")
        assert sum(map(len, reader)) / RATE == pytest.approx(2.0 * share, abs=0.2)
        assert (reader.info.frames, reader.warnings) == (None, [])


def test_the_length_of_a_film_is_no_promise_of_its_sound(tmp_path: Path) -> None:
    encoded(tmp_path / "a.mkv", "aac", film=True)
    reader = files.AudioReader(tmp_path / "a.mkv")
    assert sum(map(len, reader)) / RATE == pytest.approx(2.0, abs=0.1)
    assert reader.warnings == []


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="files may have no holes there")
@pytest.mark.parametrize("behind", [b"", chunk(b"LIST", b"INFOICMT\6\0\0\0hello\0")])
def test_a_wave_whose_size_did_not_fit_into_its_header_is_read_whole(
    tmp_path: Path, behind: bytes
) -> None:
    """Fault: of five hours only what was left over was read. The file has holes, and no content."""
    octets = wave(frames=999)
    whole = (1 << 32) + 999
    try:
        with (tmp_path / "a.wav").open("wb") as file:
            file.write(octets)
            file.seek(len(octets) - 999 + whole)
            file.write(behind or b"\0")
    except OSError as error:
        pytest.skip(f"no file may be that large here: {error}")
    info = files.probe(tmp_path / "a.wav")
    assert info.frames == whole
    assert info.remarks == ("its header has no room for its length; it is read whole",)
    first = next(files.read_blocks(tmp_path / "a.wav"))
    soundfile.write(tmp_path / "b.wav", np.frombuffer(octets[-999:], np.uint8) / 128.0 - 1, RATE)
    np.testing.assert_allclose(first[:900, 0], files.read(tmp_path / "b.wav")[:900, 0], atol=0.01)


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="files may have no holes there")
def test_a_size_that_did_not_fit_is_told_whatever_reads_the_samples(tmp_path: Path) -> None:
    """Fault: it was not where FFmpeg reads them, as of surround sound."""
    body = surround_as_samples(tmp_path)
    try:
        with (tmp_path / "a.wav").open("wb") as file:
            file.write(b"RIFF" + struct.pack("<I", len(body)) + body)
            file.truncate(file.tell() + (1 << 32))
    except OSError as error:
        pytest.skip(f"no file may be that large here: {error}")
    info = files.probe(tmp_path / "a.wav")
    assert info.codec == "ac3"
    assert info.remarks == ("its header has no room for its length; it is read whole",)


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 0x7FFFFFFF, 0x7FFFF000])
def test_a_wave_of_unknown_length_promises_nothing(tmp_path: Path, size: int) -> None:
    """What programs write that send a WAV down a pipe."""
    octets = bytearray(content("wav")[0])
    at = octets.index(b"data") + 4
    octets[at : at + 4] = size.to_bytes(4, "little")
    (tmp_path / "a.wav").write_bytes(octets)
    reader = files.AudioReader(tmp_path / "a.wav")
    assert sum(map(len, reader)) == 2 * RATE
    assert reader.warnings == []


@pytest.mark.parametrize(
    ("kind", "size", "told"),
    [
        ("rf64", (1 << 63) - 1, ""),
        ("rf64", (1 << 64) - 1, ""),
        ("w64", (1 << 63) - 1, ""),
        ("w64", (1 << 64) - 1, ""),
        ("caf", (1 << 64) - 1, ""),
        *((kind, 1 << 63, "impossible") for kind in ("rf64", "w64", "caf")),
        *((kind, 1 << 23, "cut short") for kind in ("rf64", "w64", "caf")),
    ],
)
def test_sizes_of_64_bits(tmp_path: Path, kind: str, size: int, told: str) -> None:
    """The largest numbers stand for one that was not known; what else is not there is missing."""
    octets = bytearray(content(kind)[0])
    at = octets.index(b"ds64" if kind == "rf64" else b"data") + 4
    at += 12 if kind in ("rf64", "w64") else 0
    octets[at : at + 8] = size.to_bytes(8, "big" if kind == "caf" else "little")
    if kind == "rf64":
        data = octets.index(b"data") + 4
        octets[data : data + 4] = b"\xff" * 4
    (tmp_path / "a").write_bytes(octets)
    reader = files.AudioReader(tmp_path / "a")
    assert sum(map(len, reader)) == pytest.approx(2 * RATE, abs=8)
    assert [told in warning for warning in reader.warnings] == [True] * bool(told)


@pytest.mark.parametrize("kind", ["aac", "m4a", "mka", "wma"])
def test_an_estimate_is_no_promise(tmp_path: Path, kind: str) -> None:
    octets, _ = content(kind)
    (tmp_path / "a").write_bytes(octets)
    reader = files.AudioReader(tmp_path / "a")
    assert sum(map(len, reader)) / RATE == pytest.approx(2.0, abs=0.1)
    assert reader.warnings == []


def test_an_mp3_of_many_rates_without_a_header_is_read_whole(tmp_path: Path) -> None:
    """mpg123 guesses its length by the first frame."""
    samples = np.concatenate([0.001 * tone(6.0), tone(6.0)])
    soundfile.write(tmp_path / "a.mp3", samples, RATE, bitrate_mode="VARIABLE")
    octets = (tmp_path / "a.mp3").read_bytes()
    information = max(octets.find(b"Xing"), octets.find(b"Info"))
    second = octets.index(octets[:2], information)
    (tmp_path / "b.mp3").write_bytes(octets[second:])
    reader = files.AudioReader(tmp_path / "b.mp3")
    assert sum(map(len, reader)) / RATE == pytest.approx(12.0, abs=0.1)
    assert reader.warnings == []


@pytest.mark.parametrize("stated", [0, 1, 30, -1])
def test_an_mp3_that_states_fewer_frames_than_it_has_is_read_whole(
    tmp_path: Path, stated: int
) -> None:
    """As those that were joined have it; -1 is one too few."""
    soundfile.write(tmp_path / "a.mp3", tone(), RATE)
    octets = bytearray((tmp_path / "a.mp3").read_bytes())
    at = max(octets.find(b"Xing"), octets.find(b"Info")) + 8
    count = stated % int.from_bytes(octets[at : at + 4], "big")
    octets[at : at + 4] = count.to_bytes(4, "big")
    (tmp_path / "b.mp3").write_bytes(octets)
    reader = files.AudioReader(tmp_path / "b.mp3")
    samples = np.concatenate(list(reader))
    np.testing.assert_array_equal(samples, files.read(tmp_path / "a.mp3"))
    assert reader.info.frames == len(samples)
    assert reader.warnings == []


@pytest.mark.parametrize(("more", "told"), [(200, True), (2, False)])
def test_an_mp3_that_states_more_frames_than_it_has_is_told(
    tmp_path: Path, more: int, told: bool
) -> None:
    """That is a promise, broken; two frames are less than what encoders pad."""
    soundfile.write(tmp_path / "a.mp3", tone(), RATE)
    octets = bytearray((tmp_path / "a.mp3").read_bytes())
    at = max(octets.find(b"Xing"), octets.find(b"Info")) + 8
    count = int.from_bytes(octets[at : at + 4], "big") + more
    octets[at : at + 4] = count.to_bytes(4, "big")
    (tmp_path / "b.mp3").write_bytes(octets)
    reader = files.AudioReader(tmp_path / "b.mp3")
    samples = np.concatenate(list(reader))
    whole = files.read(tmp_path / "a.mp3")
    np.testing.assert_array_equal(samples[: len(whole)], whole)
    assert any("cut short" in warning for warning in reader.warnings) == told


@given(st.binary(max_size=300))
@example(b"RIFF\0\0\0\0WAVE")
@example(b"Creative Voice File\x1a\x1a\0\0\0\0\0\2\2\0\0" + b"\2\0\0\0" * 10)
@example(b"FORM\0\0\0\x208SVXVHDR\0\0\0\x14" + bytes(20) + b"BODY\0\0\0\1")
@example(b"RIFF\0\0\1\0AVI LIST\0\0\1\0hdrlLIST\0\0\1\0strlstrh\x38\0\0\0auds" + bytes(60))
def test_any_bytes_may_stand_for_a_header(octets: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a")
        path.write_bytes(octets)
        kind, start = kind_of(path)
        assert start >= 0
        for guess in (kind, Kind.WAVE, Kind.AIFF, Kind.AU, Kind.W64, Kind.CAF):
            frames = chunks.stated_frames(path, guess)
            assert frames is None or frames > 0
        seconds = legacy_lengths.stated_seconds(path)
        assert seconds is None or seconds > 0
        assert legacy_lengths.voc_is_cut(path) in (True, False)


# Bytes without a name


@given(
    st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100), st.booleans()), max_size=6),
    st.data(),
)
def test_pieces_read_as_if_they_were_one_file(
    spans: list[tuple[int, int, bool]], data: st.DataObject
) -> None:
    octets = bytes(range(100))
    pieces, expected = [], b""
    for first, second, own in spans:
        start, stop = sorted((first, second))
        pieces.append(Piece(content=bytes(stop - start)) if own else Piece(start, stop))
        expected += bytes(stop - start) if own else octets[start:stop]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a")
        path.write_bytes(octets)
        with ByteSource(path, tuple(pieces)).open() as file:
            assert not hasattr(file, "name")
            assert file.read() == expected
            place = data.draw(st.integers(0, len(expected)))
            file.seek(place)
            assert file.read(7) == expected[place : place + 7]
            assert file.seek(0, 2) == len(expected)


def test_an_archive_is_no_music_whatever_is_in_it(tmp_path: Path) -> None:
    """Fault: a tar was read as the FLAC in it, and said to have a damaged tag."""
    soundfile.write(tmp_path / "in.flac", tone(), RATE)
    with tarfile.open(tmp_path / "music.tar", "w") as archive:
        archive.add(tmp_path / "in.flac", "in.flac")
    with pytest.raises(AudioError, match="not an audio file"):
        files.probe(tmp_path / "music.tar")


def test_samples_that_look_like_sync_codes_are_no_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fault: a checksum for each, in Python, took nine seconds a megabyte."""
    checked: list[bytes] = []
    monkeypatch.setattr(flac, "_crc8", lambda octets: checked.append(octets) or 0)
    assert flac.first_frame(b"\x00\x01" + b"\xff\xf8" * 10_000) is None
    assert checked == []


def test_tags_that_look_like_frames_are_looked_through_without_reading_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fault: a quarter of a megabyte was read again for each such place, 1.3 s a megabyte."""
    lone = b"\xff\xf1\x50\x80\x02\x1f\xfc" + bytes(9)  # is followed by one, and no third
    (tmp_path / "a").write_bytes(b"ID3" + bytes(7) + (lone + lone + bytes(50)) * 2_000)
    monkeypatch.setattr("core.audio.adts.Octets", None)
    assert sound_behind(tmp_path / "a") is None
