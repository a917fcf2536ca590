"""Damaged files keep their time: what is lost is silent, what follows is where it was."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.audio import files, flac, mpeg, ogg
from core.audio.byte_source import ByteSource
from core.audio.containers import kind_of
from core.audio.mpeg_frames import parse_header
from core.errors import AudioError
from tests.fuzzing import examples

RATE = 44_100
SECONDS = 8.0
_SETTINGS = settings(
    max_examples=examples(8),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def music(seconds: float = SECONDS, channels: int = 2, rate: int = RATE) -> np.ndarray:
    """A kick on every beat over noise: nowhere the same, and of many bit rates."""
    rng = np.random.default_rng(3)
    time = np.arange(round(seconds * rate)) / rate
    kick = 0.4 * np.sin(2 * np.pi * 55 * time) * np.exp(-8 * (time * 2 % 1))
    noise = 0.05 * rng.standard_normal((len(time), channels)) * (0.1 + (time % 3 > 1.5))[:, None]
    return (kick[:, None] + noise).astype(np.float32)


_WRITTEN: dict[object, tuple[bytes, np.ndarray]] = {}


def write(path: Path, **options: object) -> tuple[bytes, np.ndarray]:
    """`music` at `path`: its bytes, and how it decodes. It is encoded once for all tests."""
    key = path.suffix, *options.items()
    if key not in _WRITTEN:
        soundfile.write(path, music(), RATE, **options)
        _WRITTEN[key] = path.read_bytes(), files.read(path)
        _WRITTEN[key][1].flags.writeable = False
    content, whole = _WRITTEN[key]
    path.write_bytes(content)
    return content, whole


def read(path: Path, content: bytes | bytearray) -> tuple[np.ndarray, list[str]]:
    path.write_bytes(content)
    reader = files.AudioReader(path)
    return np.concatenate(list(reader)), reader.warnings


def differing(found: np.ndarray, whole: np.ndarray) -> tuple[int, int]:
    """First and last sample that differ; both 0 if none does."""
    wrong = np.flatnonzero(np.abs(found - whole).max(axis=1) > 1e-5)
    return (int(wrong[0]), int(wrong[-1])) if len(wrong) else (0, 0)


# FLAC


def flac_frames(content: bytes) -> list[int]:
    """Where each frame of a FLAC begins, by its number."""
    found = [content.index(b"\xff\xf8")]
    for number in itertools.count(1):
        coded = (
            bytes((number,)) if number < 128 else bytes((0xC0 | number >> 6, 0x80 | number & 63))
        )
        head = re.escape(content[found[0] : found[0] + 2]) + b".." + re.escape(coded)
        match = re.compile(head, re.DOTALL).search(content, found[-1] + 1)
        if match is None:
            return found
        found.append(match.start())
    return found


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24"])
@pytest.mark.parametrize("damage", ["removed", "zeroed", "header", "bit"])
def test_a_lost_frame_of_a_flac_is_silent(tmp_path: Path, damage: str, subtype: str) -> None:
    content, whole = write(tmp_path / "a.flac", subtype=subtype)
    frames = flac_frames(content)
    damaged = bytearray(content)
    start, stop = frames[50], frames[51]
    if damage == "removed":
        del damaged[start:stop]
    elif damage == "zeroed":
        damaged[start:stop] = bytes(stop - start)
    elif damage == "header":
        damaged[start] ^= 0xFF
    else:
        damaged[(start + stop) // 2] ^= 0x10
    found, warnings = read(tmp_path / "b.flac", damaged)
    assert len(found) == len(whole)
    hole = slice(50 * 4096, 51 * 4096)
    assert not found[hole].any()
    assert np.array_equal(np.delete(found, hole, axis=0), np.delete(whole, hole, axis=0))
    assert warnings == ["damaged: 0.09 s are lost and silent, at 4.6 s"]


def test_several_holes_of_a_flac_are_all_told(tmp_path: Path) -> None:
    content, whole = write(tmp_path / "a.flac")
    frames = flac_frames(content)
    damaged = bytearray(content)
    for number in (10, 20, 30, 60, 61, 62, 80):
        damaged[frames[number] : frames[number + 1]] = b"\x55" * (
            frames[number + 1] - frames[number]
        )
    found, warnings = read(tmp_path / "b.flac", damaged)
    assert len(found) == len(whole)
    silent = [k for k in range(86) if not found[k * 4096 : (k + 1) * 4096].any()]
    assert silent == [10, 20, 30, 60, 61, 62, 80]
    assert warnings == [
        "damaged: 0.65 s are lost and silent, at 0.9 s, 1.9 s, 2.8 s, 5.6 s and 1 more"
    ]


def test_flacs_joined_end_to_end_are_both_read(tmp_path: Path) -> None:
    content, whole = write(tmp_path / "a.flac")
    found, _ = read(tmp_path / "b.flac", content + content[content.index(b"\xff\xf8") :])
    assert np.array_equal(found, np.concatenate([whole, whole]))


@pytest.mark.parametrize("stop", [1, 51, 53])
def test_frames_of_a_flac_that_are_twice_are_left_out(tmp_path: Path, stop: int) -> None:
    content, whole = write(tmp_path / "a.flac")
    frames = flac_frames(content)
    start, end = frames[stop // 10 * 10], frames[stop]
    found, warnings = read(tmp_path / "b.flac", content[:end] + content[start:])
    assert np.array_equal(found, whole)
    assert warnings == [f"{stop % 10} of its frames were twice; left out"]


@pytest.mark.parametrize(
    ("first", "order"),
    [
        *itertools.product([1, 40, 83], [(1, 0), (2, 1, 0), (1, 2, 0), (2, 0, 1)]),
        (85, (1, 0)),  # the last one, which is shorter, comes first
        (84, (2, 1, 0)),
        (84, (2, 0, 1)),
    ],
)
def test_neighbours_in_each_others_place_are_put_in_order(
    tmp_path: Path, first: int, order: tuple[int, ...]
) -> None:
    """Fault: FFmpeg hands them out as one frame, and what followed came too late."""
    content, whole = write(tmp_path / "a.flac")
    edges = [*flac_frames(content), len(content)]
    parts = [content[a:b] for a, b in itertools.pairwise(edges)]
    parts[first : first + len(order)] = [parts[first + k] for k in order]
    found, warnings = read(tmp_path / "b.flac", content[: edges[0]] + b"".join(parts))
    assert len(found) == len(whole)
    begin, end = differing(found, whole)
    assert end - begin < len(order) * 4096
    assert warnings
    if not end:
        assert warnings == ["some of its frames were not in their order; put in order"]


def test_frames_are_as_long_as_all_but_the_last_one(tmp_path: Path) -> None:
    """Fault: the one before it was put where it would be if it were as short."""
    content, _ = write(tmp_path / "a.flac")
    edges = [*flac_frames(content), len(content)]
    parts = [content[a:b] for a, b in itertools.pairwise(edges)]
    assert flac._order(parts[86] + parts[85]) == (0, -4096)
    assert flac._order(parts[85] + parts[86]) is None


def test_what_waits_for_an_earlier_frame_is_soon_handed_on(tmp_path: Path) -> None:
    """Also where packets that are no frames follow: no whole file is held."""
    content, _ = write(tmp_path / "a.flac")
    edges = [*flac_frames(content), len(content)]
    parts = [content[a:b] for a, b in itertools.pairwise(edges)]
    parts[40:42] = parts[41], parts[40]
    parts.append(parts[-1])
    (tmp_path / "b.flac").write_bytes(content[: edges[0]] + b"".join(parts))
    source = ByteSource(tmp_path / "b.flac")
    found = flac.survey(source, flac.stream_info(source.path))
    assert found is not None
    assert -1 in found.starts
    decoded: list[int] = []
    blocks = flac.FlacBlocks(source, found)
    inner = blocks._decoded
    blocks._decoded = lambda: (decoded.append(1) or each for each in inner())
    for number, _ in enumerate(blocks):
        assert len(decoded) <= number + 3


def test_a_short_flac_joined_to_itself_is_no_repetition(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.flac", music(0.5), RATE)
    content = (tmp_path / "a.flac").read_bytes()
    found, warnings = read(tmp_path / "b.flac", content + content[content.index(b"\xff\xf8") :])
    assert len(found) == RATE
    assert not any("twice" in warning for warning in warnings)


def crc(octets: bytes, bits: int, polynomial: int) -> bytes:
    """The checksum of a frame's header (8 bits, 07 hex) or of the whole (16 bits, 8005 hex)."""
    value, top = 0, 1 << (bits - 1)
    for octet in octets:
        value ^= octet << (bits - 8)
        for _ in range(8):
            value = value << 1 ^ (polynomial if value & top else 0)
            value &= (1 << bits) - 1
    return value.to_bytes(bits // 8, "big")


def renumbered(frame: bytes, number: int) -> bytes:
    """A frame whose number takes one byte, with another that takes two."""
    length = {6: 1, 7: 2}.get(frame[2] >> 4, 0)
    head = frame[:4] + bytes((0xC0 | number >> 6, 0x80 | number & 63)) + frame[5 : 5 + length]
    whole = head + crc(head, 8, 0x07) + frame[6 + length : -2]
    return whole + crc(whole, 16, 0x8005)


def test_a_long_hole_that_numbers_claim_is_not_held_in_memory(tmp_path: Path) -> None:
    content, whole = write(tmp_path / "a.flac")
    frames = flac_frames(content)
    edges = [*frames, len(content)]
    later = (
        renumbered(content[a:b], k + 1800) for k, (a, b) in enumerate(itertools.pairwise(edges))
    )
    head = bytearray(content[: frames[0]])
    head[21] &= 0xF0  # STREAMINFO: how many samples there are is not known
    head[22:26] = bytes(4)
    joined = bytes(head) + content[frames[0] : frames[50]] + b"".join([*later][50:])
    (tmp_path / "b.flac").write_bytes(joined)
    reader = files.AudioReader(tmp_path / "b.flac")
    sizes = [len(block) for block in reader]
    assert sum(sizes) == len(whole) + 1800 * 4096
    assert max(sizes) < 1 << 19
    assert reader.warnings == ["damaged: 167.18 s are lost and silent, at 4.6 s"]


@_SETTINGS
@given(data=st.data())
def test_any_damage_to_a_flac_keeps_the_rest_in_place(tmp_path: Path, data: st.DataObject) -> None:
    content, whole = write(tmp_path / "a.flac")
    first = content.index(b"\xff\xf8")
    start = data.draw(st.integers(first + 20_000, len(content) - 40_000))
    length = data.draw(st.integers(1, 20_000))
    damaged = bytearray(content)
    damaged[start : start + length] = data.draw(st.sampled_from([b"\0", b"\xff", b"Z"])) * length
    found, warnings = read(tmp_path / "b.flac", damaged)
    assert len(found) == len(whole)
    begin, end = differing(found, whole)
    frames = flac_frames(content)
    hit = sum(start < b and a < start + length for a, b in itertools.pairwise([*frames, 1 << 60]))
    # FFmpeg may leave out a whole frame that lies beside a damaged one.
    assert end - begin < (hit + 1) * 4096
    # What is written may be what was there.
    assert end == begin or not found[begin : end + 1].any()
    assert (warnings != []) == (end > begin)


# MP3

CONSTANT, VARIABLE = {"bitrate_mode": "CONSTANT"}, {"bitrate_mode": "VARIABLE"}


@_SETTINGS
@pytest.mark.parametrize("options", [CONSTANT, VARIABLE])
@given(
    place=st.floats(0.2, 0.8),
    length=st.integers(1500, 30_000),
    kind=st.sampled_from(["zeros", "noise", "removed"]),
)
def test_a_hole_in_an_mp3_keeps_the_rest_in_place(
    tmp_path: Path, options: dict[str, str], place: float, length: int, kind: str
) -> None:
    content, whole = write(tmp_path / "a.mp3", **options)
    start = int(place * len(content))
    damaged = bytearray(content)
    if kind == "removed":
        del damaged[start : start + length]
    else:
        noise = np.random.default_rng(length).bytes(length)
        damaged[start : start + length] = bytes(length) if kind == "zeros" else noise
    found, warnings = read(tmp_path / "b.mp3", damaged)
    assert len(found) == len(whole)
    begin, end = differing(found, whole)
    hole = length / len(content) * len(whole) * (1.0 if options is CONSTANT else 3.0)
    # The frames that are hit at both ends, those that refer to them, and the decoder's overlap.
    assert end - begin < hole + 8 * 1152
    assert abs(begin - place * len(whole)) < (4 if options is CONSTANT else 60) * 1152
    assert any("are lost and silent" in warning for warning in warnings)
    assert not any("cut short" in warning for warning in warnings)


def test_a_hole_in_an_mp3_is_told_with_its_length_and_place(tmp_path: Path) -> None:
    content, _ = write(tmp_path / "a.mp3", **CONSTANT)
    start, length = len(content) // 2, len(content) // 12
    damaged = content[:start] + bytes(length) + content[start + length :]
    found, warnings = read(tmp_path / "b.mp3", damaged)
    (warning,) = warnings
    seconds, place = float(warning.split()[1]), float(warning.split()[-2])
    assert seconds == pytest.approx(SECONDS / 12, abs=0.15)
    assert place == pytest.approx(SECONDS / 2, abs=0.2)
    middle = found[round((place + 0.2) * RATE) : round((place + seconds - 0.2) * RATE)]
    assert not middle.any()


@pytest.mark.parametrize("stated", [3_000_000, 0xFFFF_FFFF])
def test_a_header_that_states_millions_of_frames_makes_no_hole_longer(
    tmp_path: Path, stated: int
) -> None:
    content, whole = write(tmp_path / "a.mp3", **CONSTANT)
    damaged = bytearray(content)
    damaged[40_000:44_000] = bytes(4_000)
    place = (content[:200].find(b"Info") if b"Info" in content[:200] else content.find(b"Xing")) + 8
    damaged[place : place + 4] = stated.to_bytes(4, "big")
    found, warnings = read(tmp_path / "b.mp3", damaged)
    assert len(found) == pytest.approx(len(whole), abs=3 * 1152)
    assert "are lost and silent" in warnings[0]
    assert warnings[1].endswith(f"{len(found) / RATE:.1f} s are there")


def test_silent_frames_in_the_place_of_megabytes_of_zeros_are_kept_once(tmp_path: Path) -> None:
    content, _ = write(tmp_path / "a.mp3", **CONSTANT)
    zeros = 30_000_000
    information = parse_header(content[:4])
    assert information is not None
    content = content[information.length :]
    (tmp_path / "b.mp3").write_bytes(content[:40_000] + bytes(zeros) + content[40_000:])
    (stream,) = mpeg.survey(tmp_path / "b.mp3", 0)
    ((_, samples), *_) = stream.holes
    assert samples / RATE == pytest.approx(zeros * SECONDS / len(content), rel=0.02)
    kept = {id(piece.content): len(piece.content or b"") for piece in stream.pieces}
    assert sum(kept.values()) < 2_000_000


def test_a_whole_mp3_is_given_to_the_decoder_as_it_is(tmp_path: Path) -> None:
    for options in (CONSTANT, VARIABLE):
        write(tmp_path / "a.mp3", **options)
        (stream,) = mpeg.survey(tmp_path / "a.mp3", 0)
        assert len(stream.pieces) == 1
        assert not stream.holes
        assert stream.frames == round(SECONDS * RATE)


def test_an_mp3_cut_at_its_end_has_no_hole(tmp_path: Path) -> None:
    content, _ = write(tmp_path / "a.mp3", **VARIABLE)
    _, warnings = read(tmp_path / "b.mp3", content[: 2 * len(content) // 3])
    (warning,) = warnings
    assert warning.startswith("cut short: 8.0 s were promised, ")


@pytest.mark.parametrize(("cut", "told"), [(0, 0), (2, 0), (3, 0.08), (10, 0.26), (18, 0.47)])
def test_frames_cut_from_an_mp3_at_their_borders_are_told(
    tmp_path: Path, cut: int, told: float
) -> None:
    """No byte is odd then; the number of frames in the header is all that says it."""
    content, _ = write(tmp_path / "a.mp3", **CONSTANT)
    at = [max(content.find(b"Xing"), content.find(b"Info")) - 36]
    while (header := parse_header(content[at[-1] : at[-1] + 4])) is not None:
        at.append(at[-1] + header.length)
    _, warnings = read(tmp_path / "b.mp3", content[: at[100]] + content[at[100 + cut] :])
    said = f"{told:.2f} s less than its header states; nothing says where it was cut"
    assert warnings == [said] * bool(told)


def test_mp3s_joined_end_to_end_are_both_read(tmp_path: Path) -> None:
    content, whole = write(tmp_path / "a.mp3", **VARIABLE)
    found, warnings = read(tmp_path / "b.mp3", content + content)
    assert np.array_equal(found, np.concatenate([whole, whole]))
    assert warnings == []


def test_a_tag_between_frames_is_no_hole(tmp_path: Path) -> None:
    content, whole = write(tmp_path / "a.mp3", **CONSTANT)
    (stream,) = mpeg.survey(tmp_path / "a.mp3", 0)
    header = parse_header(content[stream.pieces[0].start :][:4])
    assert header is not None
    tag = b"ID3\x04\0\0\0\0\x08\0" + b"\xff\xfb\x90\x64" * 256
    at = content.index(content[:3], 20_000)
    found, warnings = read(tmp_path / "b.mp3", content[:at] + tag + content[at:])
    assert np.array_equal(found, whole)
    assert warnings == []


@_SETTINGS
@given(flips=st.lists(st.tuples(st.floats(0.02, 0.98), st.integers(1, 255)), max_size=40))
def test_flipped_bits_in_an_mp3_keep_its_length(
    tmp_path: Path, flips: list[tuple[float, int]]
) -> None:
    content, whole = write(tmp_path / "a.mp3", **CONSTANT)
    damaged = bytearray(content)
    for place, mask in flips:
        damaged[int(place * len(damaged))] ^= mask
    found, _ = read(tmp_path / "b.mp3", damaged)
    assert len(found) == len(whole)


# Ogg


def pages(content: bytes) -> list[int]:
    found, at = [], 0
    while at >= 0:
        found.append(at)
        at = content.find(b"OggS", at + 4)
    return found


@pytest.mark.parametrize("subtype", ["VORBIS", "OPUS"])
@pytest.mark.parametrize("damage", ["removed", "flipped"])
def test_a_lost_page_of_an_ogg_keeps_the_rest_in_place(
    tmp_path: Path, subtype: str, damage: str
) -> None:
    rate = RATE if subtype == "VORBIS" else 48_000
    soundfile.write(tmp_path / "a.ogg", music(rate=rate), rate, format="OGG", subtype=subtype)
    content, whole = (tmp_path / "a.ogg").read_bytes(), files.read(tmp_path / "a.ogg")
    starts = pages(content)
    number = len(starts) // 2
    damaged = bytearray(content)
    if damage == "removed":
        del damaged[starts[number] : starts[number + 1]]
    else:
        damaged[starts[number] + 200] ^= 1
    found, warnings = read(tmp_path / "b.ogg", damaged)
    assert abs(len(found) - len(whole)) <= 1
    count = min(len(found), len(whole))
    wrong = np.flatnonzero(np.abs(found[:count] - whole[:count]).max(axis=1) > 0.02)
    assert len(wrong)
    assert (wrong[-1] - wrong[0]) / RATE < 2.5
    (warning,) = warnings
    assert "are lost and silent" in warning


def an_ogg(path: Path, subtype: str) -> tuple[list[bytes], np.ndarray]:
    """Pages of `music`, and how it decodes."""
    rate = RATE if subtype == "VORBIS" else 48_000
    soundfile.write(path, music(rate=rate), rate, format="OGG", subtype=subtype)
    content = path.read_bytes()
    starts = [*pages(content), len(content)]
    return [content[a:b] for a, b in itertools.pairwise(starts)], files.read(path)


@pytest.mark.parametrize("subtype", ["VORBIS", "OPUS"])
@pytest.mark.parametrize("order", [(5, 5), (6, 5), (5, 6, 5, 6), (7, 5, 6)])
def test_pages_that_are_twice_or_in_each_others_place_are_put_in_order(
    tmp_path: Path, subtype: str, order: tuple[int, ...]
) -> None:
    each, whole = an_ogg(tmp_path / "a.ogg", subtype)
    stop = max(order) + 1
    changed = [*each[:5], *(each[number] for number in order), *each[stop:]]
    found, warnings = read(tmp_path / "b.ogg", b"".join(changed))
    assert np.array_equal(found, whole)
    assert warnings == ["some of its pages were twice, or not in their order; put in order"]


@pytest.mark.parametrize("subtype", ["VORBIS", "OPUS"])
@pytest.mark.parametrize("which", ["all", "last"])
def test_an_ogg_whose_time_stamps_state_too_little_is_read_whole(
    tmp_path: Path, subtype: str, which: str
) -> None:
    each, whole = an_ogg(tmp_path / "a.ogg", subtype)
    for number in range(2, len(each)) if which == "all" else (len(each) - 1,):
        page = each[number]
        granule = int.from_bytes(page[6:14], "little") // 10
        page = page[:6] + granule.to_bytes(8, "little") + page[14:22] + bytes(4) + page[26:]
        each[number] = page[:22] + crc(page, 32, 0x04C11DB7)[::-1] + page[26:]
    found, warnings = read(tmp_path / "b.ogg", b"".join(each))
    # FFmpeg leaves out what a last page does not count: up to .2 s.
    assert len(found) == pytest.approx(len(whole), abs=RATE / 4)
    assert np.allclose(found[: RATE * 7], whole[: RATE * 7], atol=0.02)
    if (subtype, which) != ("OPUS", "all"):  # which libsndfile reads on by itself
        assert warnings == ["its time stamps state less than there is, and are passed over"]


@pytest.mark.parametrize("subtype", ["VORBIS", "OPUS"])
def test_an_ogg_without_its_last_page_is_told(tmp_path: Path, subtype: str) -> None:
    each, whole = an_ogg(tmp_path / "a.ogg", subtype)
    found, warnings = read(tmp_path / "b.ogg", b"".join(each[:-3]) + each[-3][:100])
    assert len(found) < len(whole)
    assert warnings == ["cut short: its last page is missing"]


@pytest.mark.parametrize("subtype", ["VORBIS", "OPUS"])
def test_chained_oggs_are_read_whole(tmp_path: Path, subtype: str) -> None:
    rate = RATE if subtype == "VORBIS" else 48_000
    for name, seconds in (("a", 3.0), ("b", 5.0)):
        path = tmp_path / f"{name}.ogg"
        soundfile.write(path, music(seconds, rate=rate), rate, format="OGG", subtype=subtype)
    parts = [(tmp_path / f"{name}.ogg").read_bytes() for name in "aba"]
    sounds = [files.read(tmp_path / f"{name}.ogg") for name in "aba"]
    found, warnings = read(tmp_path / "c.ogg", b"".join(parts))
    assert len(found) / RATE == pytest.approx(11.0, abs=0.001)
    assert len(ogg.links(tmp_path / "c.ogg")) == 3
    if subtype == "VORBIS":
        assert np.array_equal(found, np.concatenate(sounds))
    assert warnings == []


# Other containers


def written_by_ffmpeg(path: Path, codec: str, form: str, samples: np.ndarray) -> None:
    """`samples` by an encoder of FFmpeg that takes `form`; the container follows from `path`."""
    with av.open(str(path), "w") as container:
        rate = 48_000 if codec == "libopus" else RATE
        stream = container.add_stream(codec, rate=rate, layout="stereo")
        stream.bit_rate = 128_000
        raw = np.ascontiguousarray((samples * 32767).astype(np.int16).reshape(1, -1))
        frame = av.AudioFrame.from_ndarray(raw, format="s16", layout="stereo")
        frame.sample_rate = RATE
        size = stream.codec_context.frame_size or 4096
        resampler = av.AudioResampler(form, "stereo", rate, frame_size=size)
        for made in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(made))
        container.mux([packet for packet in stream.encode(None) if packet.size])


@pytest.mark.parametrize("damage", ["removed", "noise"])
def test_a_hole_in_a_matroska_file_keeps_the_rest_in_place(tmp_path: Path, damage: str) -> None:
    """FFmpeg goes on at the next cluster, seconds later; stamps of milliseconds say where."""
    written_by_ffmpeg(tmp_path / "a.mka", "pcm_s16le", "s16", music(12.0))
    content, whole = (tmp_path / "a.mka").read_bytes(), files.read(tmp_path / "a.mka")
    start, noise = len(content) // 8, np.random.default_rng(1).bytes(40_000)
    middle = b"" if damage == "removed" else noise
    found, warnings = read(tmp_path / "b.mka", content[:start] + middle + content[start + 40_000 :])
    assert len(found) == pytest.approx(len(whole), abs=RATE // 1000)
    (warning,) = warnings
    assert "are lost and silent, at 1." in warning
    tail = whole[-RATE:-100]
    places = range(-RATE - 50, -RATE + 50)
    assert any(np.array_equal(found[k : k + len(tail)], tail) for k in places)


def test_a_hole_in_a_wma_keeps_the_rest_in_place(tmp_path: Path) -> None:
    written_by_ffmpeg(tmp_path / "a.wma", "wmav2", "fltp", music())
    content, whole = (tmp_path / "a.wma").read_bytes(), files.read(tmp_path / "a.wma")
    start = len(content) // 2
    found, warnings = read(tmp_path / "b.wma", content[:start] + content[start + 6000 :])
    assert len(found) == pytest.approx(len(whole), abs=RATE // 400)
    assert "are lost and silent" in warnings[0]


@pytest.mark.parametrize("damage", ["removed", "zeros"])
@pytest.mark.parametrize("kind", ["flv", "mpg", "nut", "ts"])
def test_what_follows_a_hole_is_where_its_time_stamps_say(
    tmp_path: Path, kind: str, damage: str
) -> None:
    """Fault: as much as was lost, everything behind it came too early."""
    written_by_ffmpeg(tmp_path / f"a.{kind}", *CODED[kind], music())
    content, whole = (tmp_path / f"a.{kind}").read_bytes(), files.read(tmp_path / f"a.{kind}")
    start, length = len(content) // 3, 8_000
    middle = b"" if damage == "removed" else bytes(length)
    found, warnings = read(tmp_path / "b", content[:start] + middle + content[start + length :])
    assert len(found) == pytest.approx(len(whole), abs=RATE // 400)
    assert any("are lost and silent, at 2." in warning for warning in warnings)


def test_what_damage_decodes_to_is_no_sound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Noise in the place of an AAC packet may decode to hundreds of full scales."""
    written_by_ffmpeg(tmp_path / "a.m4a", "aac", "fltp", music())
    whole = files.read(tmp_path / "a.m4a")
    loud = float(np.abs(whole).max()) * 0.9
    monkeypatch.setattr("core.audio.decoding._LOUDEST", loud)
    reader = files.AudioReader(tmp_path / "a.m4a")
    found = np.concatenate(list(reader))
    assert len(found) == len(whole)
    assert np.abs(found).max() <= loud
    assert "are lost and silent" in reader.warnings[0]


def test_a_damaged_frame_of_a_flac_in_matroska_is_silent(tmp_path: Path) -> None:
    written_by_ffmpeg(tmp_path / "a.mka", "flac", "s16", music())
    content, whole = bytearray((tmp_path / "a.mka").read_bytes()), files.read(tmp_path / "a.mka")
    content[len(content) // 2] ^= 0x10
    found, warnings = read(tmp_path / "b.mka", content)
    begin, _ = differing(found[:-4096], whole[: len(found) - 4096])
    assert begin
    assert not found[begin : begin + 4000].any()
    assert "are lost and silent" in warnings[0]


def test_a_damaged_packet_of_an_mp4_is_silent(tmp_path: Path) -> None:
    path = tmp_path / "a.m4a"
    written_by_ffmpeg(path, "alac", "s16p", music())
    content, whole = bytearray(path.read_bytes()), files.read(path)
    content[len(content) // 2 : len(content) // 2 + 3000] = b"\xff" * 3000
    found, _ = read(tmp_path / "b.m4a", content)
    assert len(found) == len(whole)


@_SETTINGS
@given(place=st.floats(0.1, 0.9), length=st.integers(1500, 20_000), zeros=st.booleans())
def test_a_hole_in_an_adts_file_keeps_the_rest_in_place(
    tmp_path: Path, place: float, length: int, zeros: bool
) -> None:
    path = tmp_path / "a.aac"
    if not path.exists():
        with av.open(str(path), "w") as container:
            stream = container.add_stream("aac", rate=RATE, layout="stereo")
            stream.bit_rate = 160_000
            samples = np.ascontiguousarray(music().T)
            frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="stereo")
            frame.sample_rate = RATE
            resampler = av.AudioResampler("fltp", "stereo", RATE, frame_size=1024)
            for made in [*resampler.resample(frame), *resampler.resample(None)]:
                container.mux(stream.encode(made))
            container.mux(stream.encode(None))
    content, whole = path.read_bytes(), files.read(path)
    start = int(place * len(content))
    noise = np.random.default_rng(length).bytes(length)
    damaged = bytearray(content)
    damaged[start : start + length] = (bytes(length) if zeros else noise)[: len(content) - start]
    found, warnings = read(tmp_path / "b.aac", damaged)
    # How much is missing is told by the mean length of a frame only; at the end nothing is.
    if start + length < len(content) - 3000:
        assert abs(len(found) - len(whole)) <= 3 * 1024
        assert any("are lost and silent" in warning for warning in warnings)
    same = min(len(found), max(0, start - 3000) * len(whole) // len(content) - 8192)
    assert np.array_equal(found[: max(0, same)], whole[: max(0, same)])


CODED = {
    "aac": ("aac", "fltp"),
    "m4a": ("alac", "s16p"),
    "mka": ("aac", "fltp"),
    "webm": ("libopus", "s16"),
    "wma": ("wmav2", "fltp"),
    "mpg": ("mp2", "s16"),
    "ts": ("aac", "fltp"),
    "nut": ("aac", "fltp"),
    "flv": ("libmp3lame", "s16p"),
    "avi": ("pcm_s16le", "s16"),
    "voc": ("pcm_s16le", "s16"),
    "rm": ("ac3", "fltp"),
    "tta": ("tta", "s16"),
    "wv": ("wavpack", "s16p"),
}
"""By kinds of files that FFmpeg reads: a codec, and the samples that its encoder takes."""


@_SETTINGS
@given(data=st.data())
def test_no_damage_ends_in_anything_but_one_line(tmp_path: Path, data: st.DataObject) -> None:
    """Whatever the bytes: samples that are numbers, or an `AudioError` of one line."""
    kind = data.draw(st.sampled_from(["flac", "mp3", "ogg", "wav", "aiff", *CODED]))
    path = tmp_path / f"a.{kind}"
    if kind in CODED:
        written_by_ffmpeg(path, *CODED[kind], music(1.0))
    else:
        soundfile.write(path, music(1.0), RATE)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        start = data.draw(st.integers(0, len(content) - 1))
        content[start : start + data.draw(st.integers(1, 400))] = data.draw(st.binary(max_size=400))
    (tmp_path / "b").write_bytes(content or b"x")
    kind_of(tmp_path / "b")
    try:
        problem, samples = "", files.read(tmp_path / "b")
    except AudioError as error:
        problem, samples = str(error), np.zeros(1)
    assert "\n" not in problem
    assert np.isfinite(samples).all()
