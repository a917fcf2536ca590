from __future__ import annotations

import gc
import threading
import weakref
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from core.arrangement.arrangement import Arrangement, Lane, frame_at
from core.arrangement.clip import Clip, RealSource
from core.arrangement.export import export
from core.arrangement.export_options import ExportOptions
from core.arrangement.mixdown import Mixdown
from core.audio import files, loudness
from core.audio.scratch import BLOCK_FRAMES
from core.errors import Cancelled, InputError, OutputError
from core.settings import TICKS_PER_BAR, segment_frames
from tests.core.arrangement.strategies import loop_of

BPM = 480.0
BAR = TICKS_PER_BAR


def audio_of(clip: Clip) -> NDArray[np.float32]:
    return loop_of(clip.source, BPM)


def clip(name: str, start: int, bars: int) -> Clip:
    return Clip(name, RealSource(name), start * BAR, bars * BAR)


def arrangement(**fields: object) -> Arrangement:
    one = Lane("1", "Kick & bass", (clip("a", 0, 6),))
    two = Lane("2", "", (clip("b", 4, 4),), gain_db=-6.0, pan=0.3)
    silent = Lane("3", "muted", (clip("c", 0, 2),), mute=True)
    return Arrangement(BPM, (one, two, silent), "Night")


def read(path: Path) -> NDArray[np.float32]:
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    assert rate == 44_100
    return samples


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.ogg"])
def test_loudness_peak_and_length(tmp_path: Path, name: str) -> None:
    done: list[float] = []
    result = export(
        arrangement(),
        audio_of,
        tmp_path / name,
        progress=lambda at, total, message="": done.append(at / total),
    )
    written = read(tmp_path / name)
    assert len(written) == result.frames == frame_at(8 * BAR, BPM)
    assert loudness.integrated_lufs(written) == pytest.approx(-14.0, abs=0.2)
    assert result.lufs == pytest.approx(-14.0, abs=0.2)
    assert result.true_peak_dbtp <= -1.0
    assert done == sorted(done)
    assert done[-1] == 1.0
    assert f"0:0{result.frames / 44_100:.3f}" in result.line()


def test_bit_depths_and_title(tmp_path: Path) -> None:
    for depth, subtype in ((16, "PCM_16"), (24, "PCM_24"), (32, "FLOAT")):
        export(arrangement(), audio_of, tmp_path / "a.wav", ExportOptions(bit_depth=depth))
        info = soundfile.info(tmp_path / "a.wav")
        assert info.subtype == subtype
    with soundfile.SoundFile(tmp_path / "a.wav") as file:
        assert file.title == "Night"


def test_stems_sum_to_the_mix(tmp_path: Path) -> None:
    result = export(
        arrangement(), audio_of, tmp_path / "a.wav", ExportOptions(bit_depth=32, lane_stems=True)
    )
    assert [path.name for path in result.stems] == ["a-1-Kick-bass.wav", "a-2-lane.wav"]
    summed = read(result.stems[0]) + read(result.stems[1])
    mixed = read(tmp_path / "a.wav")
    scale = np.sqrt(np.mean(mixed**2) / np.mean(summed**2))
    # The limiter touches the peaks of the mix only.
    assert np.sqrt(np.mean((mixed - scale * summed) ** 2)) < 0.05 * np.sqrt(np.mean(mixed**2))
    for path in result.stems:
        assert np.abs(read(path)).max() <= 10 ** (-1 / 20) + 1e-6


def test_a_part_is_cut_out_on_the_grid(tmp_path: Path) -> None:
    export(arrangement(), audio_of, tmp_path / "whole.wav", ExportOptions(bit_depth=32))
    result = export(
        arrangement(),
        audio_of,
        tmp_path / "part.wav",
        ExportOptions(bit_depth=32, span=(BAR, 3 * BAR)),
    )
    start, end = frame_at(BAR, BPM), frame_at(3 * BAR, BPM)
    assert result.frames == end - start
    part, whole = read(tmp_path / "part.wav"), read(tmp_path / "whole.wav")[start:end]
    scale = np.median(part[200:-200] / whole[200:-200])
    np.testing.assert_allclose(part[200:-200], scale * whole[200:-200], atol=0.05)
    assert np.abs(part[0]).max() < 1e-3


@pytest.mark.parametrize("span", [(0, 0), (5 * BAR, 2 * BAR), (8 * BAR, 99 * BAR)])
def test_nothing_to_write(tmp_path: Path, span: tuple[int, int]) -> None:
    with pytest.raises(InputError, match="nothing to write"):
        export(arrangement(), audio_of, tmp_path / "a.wav", ExportOptions(span=span))
    with pytest.raises(InputError, match="nothing to write"):
        export(Arrangement(BPM), audio_of, tmp_path / "a.wav")
    assert not list(tmp_path.iterdir())


def test_silence_stays_silence(tmp_path: Path) -> None:
    whole = arrangement()
    export(whole, lambda c: 0 * audio_of(c), tmp_path / "a.wav", ExportOptions(lane_stems=True))
    assert not read(tmp_path / "a.wav").any()


def test_names_that_cannot_be_are_known_before_the_work(tmp_path: Path) -> None:
    def never(clip: Clip) -> NDArray[np.float32]:
        raise AssertionError("rendered for nothing")

    for name in ("a.xyz", "no/such/folder/a.wav"):
        with pytest.raises(OutputError):
            export(arrangement(), never, tmp_path / name)


def test_stopping_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"old")
    stop = threading.Event()

    def stopping(clip: Clip) -> NDArray[np.float32]:
        stop.set()
        return audio_of(clip)

    with pytest.raises(Cancelled):
        export(arrangement(), stopping, path, cancel=stop)
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.wav"]


class TestAsItIsPlayed:
    def test_samples_are_those_of_the_mixdown(self, tmp_path: Path) -> None:
        result = export(
            arrangement(),
            audio_of,
            tmp_path / "a.wav",
            ExportOptions(bit_depth=32, lufs=None, lane_stems=True),
        )
        mix = Mixdown(arrangement(), audio_of)
        raw = mix.render(0, mix.frames)
        np.testing.assert_array_equal(read(tmp_path / "a.wav"), raw)
        assert result.lufs == pytest.approx(loudness.integrated_lufs(raw))
        one, two = (read(path) for path in result.stems)
        np.testing.assert_array_equal(one + two, raw)

    def test_what_is_too_loud_is_limited_not_clipped(self, tmp_path: Path) -> None:
        def loud(clip: Clip) -> NDArray[np.float32]:
            return 10 * audio_of(clip)

        for name, bit_depth in (("a.wav", 24), ("b.wav", 32)):
            path = tmp_path / name
            result = export(
                arrangement(),
                loud,
                path,
                ExportOptions(bit_depth=bit_depth, lufs=None, lane_stems=True),
            )
            assert result.true_peak_dbtp == pytest.approx(-1.0, abs=0.1)
            assert result.stems_db < -10.0
            for written in (path, *result.stems):
                assert loudness.true_peak_dbtp(read(written)) <= -0.95
        raw = Mixdown(arrangement(), loud).render(0, result.frames)
        summed = sum(read(stem) for stem in result.stems)
        gain = 10.0 ** (result.stems_db / 20.0)
        np.testing.assert_allclose(summed, gain * raw, atol=1e-5)


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.ogg", "a.mp3"])
@pytest.mark.parametrize("lufs", [None, -14.0, -6.0])
def test_no_file_is_clipped_whatever_is_in_it(
    tmp_path: Path, name: str, lufs: float | None
) -> None:
    """Loud sines under noise; what is squeezed to -6 LUFS coders miss by more than music."""

    def hot(clip: Clip) -> NDArray[np.float32]:
        rng = np.random.default_rng(len(clip.id))
        return (2.0 * audio_of(clip) + rng.normal(0, 0.1, (segment_frames(BPM), 2))).astype("f4")

    result = export(arrangement(), hot, tmp_path / name, ExportOptions(lufs=lufs, lane_stems=True))
    for path in (result.path, *result.stems):
        samples = files.read(path)
        hard = lufs == -6.0 and files.coding_room_db(path) > 0
        assert loudness.true_peak_dbtp(samples) <= (0.0 if hard else -1.0 + 0.05)


class TestMemory:
    """Of long arrangements no more is held than what sounds about now."""

    CLIPS = 200
    AHEAD = 20
    """Loops alive at once: eight that are rendered ahead, and those that sound about now."""

    @pytest.fixture(autouse=True)
    def release_often(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Release after each block, for clips that are short enough for a test."""
        monkeypatch.setattr("core.arrangement.export._RELEASE_EVERY", BLOCK_FRAMES)

    @staticmethod
    def long(sources: int) -> Arrangement:
        clips = [
            Clip(f"c{i}", RealSource(f"s{i % sources}"), i * BAR, BAR)
            for i in range(TestMemory.CLIPS)
        ]
        return Arrangement(
            BPM, (Lane("1", "A", tuple(clips[::2])), Lane("2", "B", tuple(clips[1::2])))
        )

    def most_alive(self, whole: Arrangement, path: Path, **options: object) -> int:
        """The most loops that exist at once while `whole` is exported."""
        lock, alive, most = threading.Lock(), 0, 0

        def count(step: int) -> None:
            nonlocal alive, most
            with lock:
                alive += step
                most = max(most, alive)

        def render(clip: Clip) -> NDArray[np.float32]:
            loop = audio_of(clip).copy()
            count(1)
            weakref.finalize(loop, count, -1)
            return loop

        export(whole, render, path, ExportOptions(lufs=None, **options))  # type: ignore[arg-type]
        gc.collect()
        assert alive == 0
        return most

    @pytest.mark.parametrize("stems", [False, True])
    def test_loops_are_rendered_just_ahead_and_released(self, tmp_path: Path, stems: bool) -> None:
        assert self.most_alive(self.long(200), tmp_path / "a.wav", lane_stems=stems) <= self.AHEAD

    def test_loops_that_come_again_much_later_do_not_pile_up(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        loop = audio_of(clip("s0", 0, 4)).nbytes
        monkeypatch.setattr("core.arrangement.mixdown._LOOP_BYTES", 4 * loop)
        assert self.most_alive(self.long(100), tmp_path / "a.wav") <= self.AHEAD

    def test_what_is_released_goes_back_to_the_system(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        trimmed: list[None] = []
        monkeypatch.setattr("core.memory.trim", lambda: trimmed.append(None))
        whole = self.long(4)
        export(whole, audio_of, tmp_path / "a.wav", ExportOptions(lufs=None))
        assert len(trimmed) == -(-whole.length_frames // BLOCK_FRAMES)

    def test_the_disk_is_used_for_what_is_long_with_the_same_result(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("memory", "disk"):
            (tmp_path / name).mkdir()
            export(
                arrangement(), audio_of, tmp_path / name / "a.wav", ExportOptions(lane_stems=True)
            )
            monkeypatch.setattr("core.audio.scratch._IN_MEMORY", 1)
        for file in (tmp_path / "memory").iterdir():
            assert (tmp_path / "disk" / file.name).read_bytes() == file.read_bytes()
        assert len(list((tmp_path / "disk").iterdir())) == 3
