"""Loops and one-shots in a library: what an import makes of them."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from core.audio.writing import AudioWriter
from core.library import report
from core.library.loop_detection import tempi_in_name, tempo_hints
from core.library.one_shots import audio_path
from core.library.report import ImportReport
from core.library.store import Library
from core.settings import SAMPLE_RATE, segment_frames
from tests.synthetic import Part, Spec, bass_sound, chord_sound, kick_sound, noise_sound, render

DRUMS = frozenset({"kick", "hats", "clap"})
ONE_SHOTS = {"kick.wav", "stab.wav", "crash 128bpm.wav"}


def write(path: Path, samples: np.ndarray) -> Path:  # type: ignore[type-arg]
    soundfile.write(path, samples, SAMPLE_RATE, subtype="PCM_16")
    return path


def bars(bpm: float, count: int, layers: frozenset[str] = DRUMS) -> np.ndarray:  # type: ignore[type-arg]
    spec = Spec(bpm=bpm, parts=(Part(count, layers),), channels=2)
    return render(spec).samples


def pad(seconds: float) -> np.ndarray:  # type: ignore[type-arg]
    return chord_sound(57, (0, 3, 7), round(seconds * SAMPLE_RATE), None)[:, None]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Loops of one to eight bars, with and without a beat, and two single sounds."""
    folder = tmp_path_factory.mktemp("loops")
    write(folder / "drums 128.wav", bars(128.0, 1))
    write(folder / "top_132bpm_2bars.wav", bars(132.0, 2))
    write(folder / "full-140.wav", bars(140.0, 4))
    write(folder / "long_124.wav", bars(124.0, 8))
    write(folder / "pad_128_Am.wav", pad(7.5))
    write(folder / "claps 128 bpm.wav", bars(128.0, 2, frozenset({"clap"})))
    write(folder / "bass_126.wav", bars(126.0, 4, frozenset({"bass"})))
    write(folder / "exact.wav", bars(124.0, 4))
    silence, tail = np.zeros((882, 2)), np.zeros((9_000, 2))
    write(folder / "padded 132bpm.wav", np.concatenate([silence, bars(132.0, 2), tail]))
    write(folder / "padded4 132bpm.wav", np.concatenate([silence, bars(132.0, 4), tail]))
    kick = np.concatenate([kick_sound("909"), np.zeros(2_000, np.float32)])
    write(folder / "kick.wav", 0.9 * kick[:, None])
    crash = noise_sound("crash")[:87_000] * np.exp(np.arange(87_000) / -8_000)
    write(folder / "crash 128bpm.wav", 0.8 * crash[:, None])  # a bar and a fifth of a beat
    write(folder / "stab.wav", np.concatenate([bass_sound(40, 20_000), np.zeros(9_000)])[:, None])
    return folder


@pytest.fixture(scope="module")
def library(
    import_here: Callable[..., ImportReport], folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    path = tmp_path_factory.mktemp("library") / "library"
    result = import_here(path, [folder])
    statuses = {file.path.name: file.status for file in result.files}
    assert {n for n, s in statuses.items() if s == report.ONE_SHOT} == ONE_SHOTS
    assert {s for n, s in statuses.items() if n not in ONE_SHOTS} == {report.IMPORTED}
    return path


@pytest.mark.parametrize(
    ("title", "bpm", "bars_of_it"),
    [
        ("drums 128", 128.0, 4),
        ("top_132bpm_2bars", 132.0, 4),
        ("full-140", 140.0, 4),
        ("long_124", 124.0, 8),
        ("pad_128_Am", 128.0, 4),
        ("claps 128 bpm", 128.0, 4),
        ("bass_126", 126.0, 4),
        ("exact", 124.0, 4),
    ],
)
def test_a_loop_is_whole_bars_from_its_first_sample(
    library: Path, title: str, bpm: float, bars_of_it: int
) -> None:
    with Library.open(library, read_only=True) as opened:
        track = next(track for track in opened.tracks() if track.title == title)
        assert track.bpm == bpm
        assert track.grid.downbeat == 0.0
        assert track.sections[0].bars == bars_of_it
        assert track.windows() == bars_of_it // 4
        segment = opened.segments(4, track.id)[0]
        assert opened.segment_spectrogram(segment).shape[0] == 512


def test_a_loop_of_one_bar_is_played_four_times(library: Path, folder: Path) -> None:
    once, _ = soundfile.read(folder / "drums 128.wav", always_2d=True)
    with Library.open(library, read_only=True) as opened:
        track = next(track for track in opened.tracks() if track.title == "drums 128")
        assert track.frames == segment_frames(128.0)
        sound = opened.audio(track.id, 0.0, track.frames)
    exact = track.frames / 4
    rounds = [sound[round(k * exact) :][: round(exact) - 1, 0] for k in range(4)]
    for one in rounds[1:]:
        np.testing.assert_allclose(one, rounds[0], atol=0.01 * np.abs(sound).max())
    assert np.corrcoef(rounds[2], once[: len(rounds[2]), 0])[0, 1] > 0.99


def test_silence_before_a_loop_and_a_tail_after_it_are_not_played(library: Path) -> None:
    """Both were once refused as no whole number of bars."""
    with Library.open(library, read_only=True) as opened:
        tracks = {track.title: track for track in opened.tracks()}
        repeated, long = tracks["padded 132bpm"], tracks["padded4 132bpm"]
        assert (repeated.bpm, repeated.frames) == (132.0, segment_frames(132.0))
        assert repeated.grid.downbeat == 0.0
        sound = np.abs(opened.audio(repeated.id, 0.0, repeated.frames)[:, 0])
        assert sound[:300].max() > 0.3 * sound.max()
        assert long.grid.downbeat == pytest.approx(0.02, abs=0.002)
        assert long.windows() == 1


def test_one_shots_are_kept_aside(library: Path) -> None:
    with Library.open(library, read_only=True) as opened:
        kept = opened.one_shots()
        assert [one.title for one in kept] == ["crash 128bpm", "kick", "stab"]
        for one in kept:
            assert soundfile.info(audio_path(opened.path, one.id)).frames == one.frames
        assert not {one.title for one in kept} & {track.title for track in opened.tracks()}


def test_a_second_import_reads_nothing_again(
    import_here: Callable[..., ImportReport], library: Path, folder: Path
) -> None:
    again = import_here(library, [folder])
    assert again.decoded_seconds == 0.0
    assert again.counts()[report.ONE_SHOT] == 3
    with Library.open(library, read_only=True) as opened:
        assert all(audio_path(opened.path, one.id).exists() for one in opened.one_shots())


@pytest.mark.parametrize(
    ("name", "tempi"),
    [
        ("kick 128bpm", [128.0]),
        ("loop_bpm_132.5_a", [132.5]),
        ("top 140 BPM 4 bars", [140.0]),
        ("clap [bpm=126.5]", [126.5]),
        ("bass BPM: 130", [130.0]),
        ("808 kick", []),
        ("drums", []),
    ],
)
def test_tempi_marked_in_a_name(name: str, tempi: list[float]) -> None:
    assert tempi_in_name(name, marked_only=True) == tempi


def test_an_acid_chunk_tells_tempo_and_one_shots(tmp_path: Path) -> None:
    path = tmp_path / "noname.wav"
    with AudioWriter(path, 1, bpm=131.0) as writer:
        writer.write(np.zeros((60_000, 1), np.float32))
    assert tempo_hints(path, 1.36).tempi == (131.0,)
    assert not tempo_hints(path, 1.36).one_shot
    content = path.read_bytes()
    at = content.index(b"acid") + 8
    flags = struct.unpack_from("<I", content, at)[0] | 1
    path.write_bytes(content[:at] + struct.pack("<I", flags) + content[at + 4 :])
    assert tempo_hints(path, 1.36).one_shot


def test_ffmpeg_learns_no_name_of_a_file_whose_tags_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a name FFmpeg takes sound behind a play list for one, and opens what that lists."""
    path, opened, av_open = tmp_path / "a.flac", list[object](), av.open
    with AudioWriter(path, 1, bpm=131.0) as writer:
        writer.write(np.zeros((60_000, 1), np.float32))

    def spy(file: object, *args: object, **options: object) -> object:
        opened.append(file)
        return av_open(file, *args, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(av, "open", spy)
    assert tempo_hints(path, 1.36).tempi == (131.0,)
    assert opened
    assert not any(isinstance(file, str | os.PathLike) for file in opened)


@pytest.mark.parametrize("content", [b"", b"RIFF", b"RIFF\xff\xff\xff\xffWAVEacid\xff\xff\xff\xff"])
def test_what_is_no_wave_tells_nothing(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.wav"
    path.write_bytes(content)
    assert tempo_hints(path, 2.0).tempi == ()
