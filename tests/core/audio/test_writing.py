"""What is written can be read, exactly, and carries its tempo."""

from __future__ import annotations

import os
import shutil
import signal
import struct
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.audio import files
from core.audio.writing import AudioWriter, acid_chunk
from core.errors import InputError, OutputError
from core.settings import WRITTEN_EXTENSIONS
from tests.systems import needs_names_of_bytes


def tone(frames: int, channels: int = 2) -> np.ndarray:
    time = np.arange(frames) / 44_100
    return np.stack(
        [0.5 * np.sin(2 * np.pi * 440 * (c + 1) * time) for c in range(channels)], 1
    ).astype(np.float32)


@pytest.mark.parametrize(
    ("name", "bit_depth", "tolerance"),
    [
        ("a.wav", 16, 2**-15), ("a.wav", 24, 2**-23), ("a.wav", 32, 0.0),
        ("a.flac", 16, 2**-15), ("a.flac", 24, 2**-23), ("a.ogg", 16, 0.05), ("a.mp3", 16, 0.02),
    ],
)  # fmt: skip
@pytest.mark.parametrize("channels", [1, 2])
def test_samples_come_back(
    tmp_path: Path, name: str, bit_depth: int, tolerance: float, channels: int
) -> None:
    samples = tone(44_100 + 77, channels)
    files.write(tmp_path / name, samples, bit_depth=bit_depth, bpm=127.25, title="Night")
    again = files.read(tmp_path / name)
    assert again.shape == samples.shape
    # The codecs ring at the hard start and end of the tone.
    assert np.abs(again - samples)[2000:-2000].max() <= tolerance


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(frames=205_057, channels=1, kind=".mp3")  # FFmpeg stated 46 samples more
@example(frames=205_057, channels=2, kind=".mp3")
@given(
    frames=st.integers(180_000, 260_000),
    channels=st.integers(1, 2),
    kind=st.sampled_from(WRITTEN_EXTENSIONS),
)
def test_the_length_is_exact(tmp_path: Path, frames: int, channels: int, kind: str) -> None:
    """From four seconds on: an Ogg of one page is as long as its last Vorbis block."""
    path = tmp_path / f"x{kind}"
    files.write(path, tone(frames, channels), bpm=130.0)
    assert len(files.read(path)) == frames


def test_blocks_equal_one_write(tmp_path: Path) -> None:
    samples = tone(10_000)
    files.write(tmp_path / "one.wav", samples)
    with AudioWriter(tmp_path / "many.wav", 2) as writer:
        for start in range(0, len(samples), 999):
            writer.write(samples[start : start + 999])
    assert (tmp_path / "one.wav").read_bytes() == (tmp_path / "many.wav").read_bytes()


def test_wav_holds_tempo_and_title_and_stays_a_wav(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    files.write(path, tone(44_100 * 4), bpm=120.0, title="Näh")
    content = path.read_bytes()
    assert struct.unpack("<I", content[4:8])[0] == len(content) - 8
    at = content.index(b"acid")
    assert content[at + 8 : at + 32] == acid_chunk(120.0, 8)
    assert struct.unpack("<f", content[at + 28 : at + 32])[0] == 120.0
    assert files.probe(path).title == "Näh"
    assert soundfile.info(path).frames == 44_100 * 4


@pytest.mark.parametrize(("name", "tag"), [("a.flac", "BPM"), ("a.ogg", "BPM"), ("a.mp3", "TBPM")])
def test_tags_hold_tempo_and_title(tmp_path: Path, name: str, tag: str) -> None:
    files.write(tmp_path / name, tone(5000), bpm=128.0, title="Night")
    with av.open(str(tmp_path / name)) as container:
        tags = {**container.metadata, **container.streams.audio[0].metadata}
    assert {key.upper(): value for key, value in tags.items()}[tag] == "128"
    assert files.probe(tmp_path / name).title == "Night"


@pytest.mark.parametrize(
    ("bpm", "whole", "exact"),
    [
        (126.5, "127", "126.5"),
        (127.5, "128", "127.5"),
        (128.0, "128", "128"),
        (127.49, "127", "127.49"),
    ],
)
def test_an_mp3_holds_its_tempo_rounded_half_up_and_exactly(
    tmp_path: Path, bpm: float, whole: str, exact: str
) -> None:
    files.write(tmp_path / "a.mp3", tone(5000), bpm=bpm)
    with av.open(str(tmp_path / "a.mp3")) as container:
        assert container.metadata["TBPM"] == whole
        assert container.metadata["BPM"] == exact


@pytest.mark.parametrize("kind", WRITTEN_EXTENSIONS)
@pytest.mark.parametrize("name", [b"caf\xe9", "夜".encode() * 80, b"n" * 250, b"a\x1b[31m"])
@needs_names_of_bytes
def test_any_name_that_the_system_takes_is_written(tmp_path: Path, kind: str, name: bytes) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    folder.mkdir()
    path = folder / os.fsdecode(name + kind.encode())
    files.write(path, tone(5000), bpm=126.5, title=path.stem)
    assert [found.name for found in folder.iterdir()] == [path.name]
    assert len(files.read(path)) >= 5000
    assert files.probe(path).title


def test_over_full_scale_is_clipped_but_in_float(tmp_path: Path) -> None:
    loud = np.full((1000, 1), 1.5, np.float32)
    files.write(tmp_path / "a.wav", loud, bit_depth=16)
    files.write(tmp_path / "b.wav", loud, bit_depth=32)
    assert files.read(tmp_path / "a.wav").max() == pytest.approx(1.0, abs=1e-4)
    assert files.read(tmp_path / "b.wav").max() == 1.5


@pytest.mark.parametrize("name", ["a.xyz", "a", "nowhere/a.wav"])
def test_places_that_cannot_be_are_one_line(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError) as caught:
        files.write(tmp_path / name, tone(10))
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_wrong_arguments(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="bits"):
        AudioWriter(tmp_path / "a.wav", 2, bit_depth=20)
    with pytest.raises(InputError, match="channels"), AudioWriter(tmp_path / "a.wav", 2) as writer:
        writer.write(tone(10, 1))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.ogg", "a.mp3"])
def test_a_disk_that_takes_no_more_is_said_and_leaves_nothing(tmp_path: Path, name: str) -> None:
    resource = pytest.importorskip("resource", reason="limits as POSIX has them")
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, limit[1]))
    try:
        with pytest.raises(OutputError, match="too large for this disk"):
            files.write(tmp_path / name, tone(441_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, handler)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_fills_while_tags_are_written_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PyAV says "error in callback"; once the second copy is gone there is room again."""

    def fail(*_: object, **__: object) -> None:
        raise av.FFmpegError(1447131472, "Error in PyAV callback")

    def usage(folder: Path) -> shutil._ntuple_diskusage:
        return shutil._ntuple_diskusage(9, 9, 0 if any(Path(folder).glob("tagged-*")) else 1 << 30)

    monkeypatch.setattr(shutil, "disk_usage", usage)
    monkeypatch.setattr(av, "open", fail)
    with pytest.raises(OutputError, match="the disk is full"):
        files.write(tmp_path / "a.flac", np.zeros((10, 2), np.float32), bpm=128.0)
    assert not list(tmp_path.iterdir())


def test_a_full_disk_is_said_whatever_the_writer_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise soundfile.LibsndfileError(2, "Error opening it: ")

    monkeypatch.setattr("shutil.disk_usage", lambda _: shutil._ntuple_diskusage(9, 9, 0))
    monkeypatch.setattr(soundfile, "SoundFile", refuse)
    with pytest.raises(OutputError, match="the disk is full"):
        files.write(tmp_path / "a.wav", np.zeros((10, 2), np.float32))
    assert not list(tmp_path.iterdir())


def test_an_error_inside_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"old")
    with pytest.raises(InputError), AudioWriter(path, 2) as writer:
        writer.write(tone(10, 1))
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


class TestLongWav:
    """Beyond 4 GiB, here beyond 60 kB."""

    FRAMES = 20_000

    @pytest.fixture(autouse=True)
    def small_limit(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("core.audio.writing._LARGEST_WAV", 60_000)

    @pytest.fixture
    def samples(self) -> np.ndarray:
        rng = np.random.default_rng(2)
        return rng.uniform(-0.9, 0.9, (self.FRAMES, 2)).astype(np.float32)

    @pytest.mark.parametrize("bit_depth", [16, 24, 32])
    def test_it_is_an_rf64_that_everybody_reads(
        self, tmp_path: Path, samples: np.ndarray, bit_depth: int
    ) -> None:
        path = tmp_path / "long.wav"
        files.write(path, samples, bit_depth=bit_depth, bpm=131.0, title="Night")
        octets = path.read_bytes()
        assert octets[:4] + octets[8:16] == b"RF64WAVEds64"
        riff, data = struct.unpack_from("<QQ", octets, 20)
        assert riff == len(octets) - 8
        assert data == self.FRAMES * 2 * bit_depth // 8
        step = 2.0 ** (1 - bit_depth) if bit_depth < 32 else 0.0
        with soundfile.SoundFile(path) as file:
            assert (file.title, file.frames) == ("Night", self.FRAMES)
            np.testing.assert_allclose(file.read(dtype="float32"), samples, atol=step)
        np.testing.assert_allclose(files.read(path), samples, atol=step)
        assert files.probe(path).frames == self.FRAMES
        with av.open(str(path)) as container:
            decoded = sum(frame.samples for frame in container.decode(audio=0))
        assert decoded == self.FRAMES
        assert acid_chunk(131.0, round(self.FRAMES / 44_100 * 131 / 60)) in octets[-100:]

    def test_one_cut_short_still_states_its_length(
        self, tmp_path: Path, samples: np.ndarray
    ) -> None:
        path = tmp_path / "long.wav"
        files.write(path, samples)
        path.write_bytes(path.read_bytes()[:70_000])
        assert files.probe(path).frames == self.FRAMES
        assert 0 < len(files.read(path)) < self.FRAMES

    def test_shorter_ones_stay_plain(self, tmp_path: Path, samples: np.ndarray) -> None:
        files.write(tmp_path / "a.wav", samples[:9_000])
        assert (tmp_path / "a.wav").read_bytes()[:4] == b"RIFF"

    def test_a_length_that_was_not_said_ends_at_the_limit(
        self, tmp_path: Path, samples: np.ndarray
    ) -> None:
        def stream() -> None:
            with AudioWriter(tmp_path / "a.wav", 2) as out:
                for block in np.split(samples, 10):
                    out.write(block)

        with pytest.raises(OutputError, match="too long"):
            stream()
        assert not list(tmp_path.iterdir())
