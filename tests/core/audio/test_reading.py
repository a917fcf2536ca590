"""Reading: any rate and number of channels, and every odd file."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from core.audio import conditioning, decoding, files
from core.audio.conditioning import condition
from core.audio.conversion import to_stereo
from core.audio.loudness import integrated_lufs
from core.audio.stretch import stretch
from core.errors import AudioError, InputError
from tests.systems import needs_pipes

RATE = 44_100


def sine(hertz: float, seconds: float, rate: int, gain: float = 0.5) -> np.ndarray:
    return (gain * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(
        np.float32
    )


@pytest.mark.parametrize("rate", [8_000, 22_050, 32_000, 44_100, 48_000, 96_000])
def test_any_rate_becomes_44100(tmp_path: Path, rate: int) -> None:
    soundfile.write(tmp_path / "a.wav", sine(440, 1.0, rate), rate, subtype="FLOAT")
    samples = files.read(tmp_path / "a.wav")
    assert samples.dtype == np.float32
    assert abs(len(samples) - RATE) <= 2
    expected = sine(440, 1.0, RATE)[: len(samples)]
    assert np.abs(samples[2000:-2000, 0] - expected[2000 : len(samples) - 2000]).max() < 2e-3


def test_blocks_of_any_size_are_the_same_sound(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", sine(440, 1.0, 48_000), 48_000, subtype="FLOAT")
    whole = files.read(tmp_path / "a.wav")
    pieces = list(files.read_blocks(tmp_path / "a.wav", block_frames=1000))
    assert len(pieces) > 10
    assert np.allclose(np.concatenate(pieces), whole, atol=1e-6)


def test_downmix_by_bs775() -> None:
    """5.1: centre to both sides at -3 dB, LFE nowhere, surrounds to their side at -3 dB."""
    one = np.eye(6, dtype=np.float32)
    expected = [[1, 0], [0, 1], [0.7071, 0.7071], [0, 0], [0.7071, 0], [0, 0.7071]]
    assert np.allclose(to_stereo(one), expected, atol=1e-4)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 12), st.integers(1, 50))
def test_downmix_keeps_frames_and_stays_finite(channels: int, frames: int) -> None:
    mixed = to_stereo(np.ones((frames, channels), np.float32))
    assert mixed.shape == (frames, min(2, channels))
    assert np.isfinite(mixed).all()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_samples_that_are_not_numbers_are_refused(tmp_path: Path, bad: float) -> None:
    samples = sine(440, 1.0, RATE)
    samples[1234] = bad
    soundfile.write(tmp_path / "a.wav", samples, RATE, subtype="FLOAT")
    with pytest.raises(AudioError, match="not numbers"):
        files.read(tmp_path / "a.wav")


def test_things_that_are_not_audio_are_one_line(tmp_path: Path) -> None:
    (tmp_path / "text.mp3").write_text("words, not waves")
    (tmp_path / "empty.wav").write_bytes(b"")
    for name in ("text.mp3", "empty.wav", "nowhere.wav", "."):
        with pytest.raises(AudioError) as caught:
            files.read(tmp_path / name)
        assert "\n" not in str(caught.value)


def test_conditioning_measures_and_stores(tmp_path: Path) -> None:
    samples = np.stack([sine(220, 4.0, RATE, 0.1), sine(330, 4.0, RATE, 0.1)], axis=1) + 0.1
    soundfile.write(tmp_path / "a.wav", samples, RATE, subtype="FLOAT")
    with condition(tmp_path / "a.wav", tmp_path / "a.flac") as conditioned:
        sound = np.concatenate(list(conditioned.blocks(7001)))
    assert integrated_lufs(sound) == pytest.approx(-14.0, abs=0.05)
    assert np.abs(sound.mean(axis=0)).max() < 1e-4
    assert any("DC" in warning for warning in conditioned.warnings)
    stored = files.read(tmp_path / "a.flac") * 10 ** (conditioned.stored_gain_db / 20)
    assert np.abs(stored - sound).max() < 2e-4
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.flac", "a.wav"]


@pytest.mark.parametrize("in_memory", [0, 1 << 20, 1 << 30])
def test_the_spool_is_the_same_in_memory_on_disk_and_on_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_memory: int
) -> None:
    samples = np.stack([sine(220, 5.0, RATE, 0.1), sine(330, 5.0, RATE, 0.2)], axis=1)
    soundfile.write(tmp_path / "a.wav", samples, RATE, subtype="FLOAT")
    monkeypatch.setattr(conditioning, "_SPOOLED_IN_MEMORY", in_memory)
    with condition(tmp_path / "a.wav", tmp_path / "a.flac") as conditioned:
        large, small = conditioned.blocks(), conditioned.blocks(777)
        first, second = next(large), next(small)
        sound = np.concatenate([first, *large])
        np.testing.assert_array_equal(np.concatenate([second, *small]), sound)
    gain = np.float32(10 ** (conditioned.gain_db / 20))
    np.testing.assert_allclose(sound, (samples - samples.mean(axis=0)) * gain, atol=1e-6)


def test_over_full_scale_is_scaled_not_clipped(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", sine(220, 2.0, RATE, 6.0), RATE, subtype="FLOAT")
    with condition(tmp_path / "a.wav", tmp_path / "a.flac") as conditioned:
        assert conditioned.source_peak == pytest.approx(6.0, abs=0.01)
    stored = files.read(tmp_path / "a.flac")
    assert 0.9 < np.abs(stored).max() < 1.0
    assert np.abs(stored).std() / np.abs(stored).max() == pytest.approx(0.31, abs=0.02)


def test_a_retagged_copy_has_the_same_hash(tmp_path: Path) -> None:
    files.write(tmp_path / "a.flac", sine(220, 2.0, RATE)[:, None], title="One")
    files.write(tmp_path / "b.flac", sine(220, 2.0, RATE)[:, None], title="Two", bpm=120)
    hashes = set()
    for name in ("a.flac", "b.flac"):
        with condition(tmp_path / name, tmp_path / "out.flac") as conditioned:
            hashes.add(conditioned.content_hash)
    assert len(hashes) == 1


def test_silence_is_refused(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros(RATE) + 0.2, RATE, subtype="FLOAT")
    with pytest.raises(AudioError, match="silence"):
        condition(tmp_path / "a.wav", tmp_path / "a.flac")
    assert not (tmp_path / "a.flac").exists()


# 93 files that break readers


def test_every_odd_file_is_read_or_refused_for_one_reason(
    shared_audio: Path, tmp_path: Path
) -> None:
    folder = shared_audio / "odd"
    with (folder / "manifest.csv").open() as table:
        rows = list(csv.DictReader(table))
    assert len(rows) == 93
    outcomes = {}
    reasons: list[str] = []
    for row in rows:
        try:
            with condition(folder / row["file"], tmp_path / "out.flac") as conditioned:
                outcomes[row["file"]] = conditioned.frames / RATE
        except AudioError as error:
            reasons.append(str(error))
            outcomes[row["file"]] = 0.0
    assert not any("\n" in reason for reason in reasons)
    assert sum(seconds > 0 for seconds in outcomes.values()) >= 65
    # Where soundfile stops early, FFmpeg reads all.
    assert outcomes["flac_faulty_05_wrong-total-number-of-samples.flac"] == pytest.approx(
        4.56, abs=0.01
    )
    # The rate changes on the way: each piece at its own.
    assert outcomes["flac_uncommon_01_changing-samplerate.flac"] > 18
    for row in rows:
        known = row["decoded_frames"] and not row["file"].startswith("flac_faulty_05")
        if known and outcomes[row["file"]]:
            expected = int(row["decoded_frames"]) / int(row["samplerate"])
            assert outcomes[row["file"]] == pytest.approx(expected, abs=0.03), row["file"]


def test_a_play_list_by_the_name_of_a_song_opens_nothing(tmp_path: Path) -> None:
    """FFmpeg would follow it to other files, and into the network."""
    soundfile.write(tmp_path / "other.wav", sine(440, 1.0, RATE), RATE)
    listing = f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:{tmp_path}/other.wav\n"
    (tmp_path / "song.mp3").write_text(f"{listing}#EXT-X-ENDLIST\n")
    with pytest.raises(AudioError, match=r"song\.mp3: .*; (choose|export)"):
        files.read(tmp_path / "song.mp3")


@pytest.mark.parametrize("bits", ["PCM_S8", "PCM_16", "PCM_24"])
def test_one_wrong_sample_in_a_flac_is_told(tmp_path: Path, bits: str) -> None:
    soundfile.write(tmp_path / "a.flac", sine(440, 1.0, RATE), RATE, subtype=bits)
    assert warnings_of(tmp_path / "a.flac") == []
    whole = bytearray((tmp_path / "a.flac").read_bytes())
    whole[18 + 8] ^= 1  # STREAMINFO begins at 8, its MD5 18 bytes later
    (tmp_path / "b.flac").write_bytes(whole)
    assert "does not fit its own checksum" in warnings_of(tmp_path / "b.flac")[0]


@pytest.mark.parametrize("kind", ["flac", "mp3", "ogg"])
def test_a_file_cut_short_is_used_and_told(tmp_path: Path, kind: str) -> None:
    files.write(tmp_path / f"a.{kind}", sine(440, 20.0, RATE)[:, None])
    whole = (tmp_path / f"a.{kind}").read_bytes()
    (tmp_path / f"b.{kind}").write_bytes(whole[: len(whole) // 2])
    assert 5 < len(files.read(tmp_path / f"b.{kind}")) / RATE < 15
    if kind != "ogg":  # whose length is written at its end only
        assert warnings_of(tmp_path / f"b.{kind}")


@needs_pipes
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.wav")
    with pytest.raises(AudioError, match="not a regular file"):
        files.probe(tmp_path / "a.wav")


def warnings_of(path: Path) -> list[str]:
    reader = files.AudioReader(path)
    for _ in reader:
        pass
    return reader.warnings


# Stretching


@pytest.mark.parametrize("ratio", [0.8, 0.95, 1.05, 1.3])
def test_transients_keep_their_relative_place(ratio: float) -> None:
    samples = np.zeros((4 * RATE, 2), np.float32)
    places = np.arange(1, 8) * RATE // 2
    burst = np.random.default_rng(0).standard_normal(200) * np.exp(-np.arange(200) / 40)
    for place in places:
        samples[place : place + 200] += burst[:, None].astype(np.float32)
    frames = round(len(samples) * ratio)
    out = stretch(samples, frames)
    assert out.shape == (frames, 2)
    for place in places:
        at = round(place * ratio)
        found = at - 2000 + int(np.abs(out[at - 2000 : at + 2000, 0]).argmax())
        assert abs(found - at) < 0.003 * RATE


def test_the_same_length_is_the_same_sound() -> None:
    samples = sine(220, 1.0, RATE)[:, None]
    assert np.array_equal(stretch(samples, len(samples)), samples)


def test_a_stretched_loop_still_loops() -> None:
    samples = sine(220, 2.0, RATE)[:, None]  # 440 whole cycles: seamless
    out = stretch(samples, 80_000, loop=True)
    seam = abs(float(out[0, 0] - out[-1, 0]))
    assert seam <= 1.5 * float(np.abs(np.diff(out[:, 0])).max())


@pytest.mark.parametrize("semitones", [-2, 1, 12])
@pytest.mark.parametrize("frames", [2 * RATE, 80_000])
def test_pitch_moves_by_semitones_and_the_length_stays(semitones: int, frames: int) -> None:
    samples = sine(440, 2.0, RATE)[:, None]
    out = stretch(samples, frames, loop=True, semitones=semitones)
    assert out.shape == (frames, 1)
    spectrum = np.abs(np.fft.rfft(out[:, 0] * np.hanning(frames)))
    found = float(spectrum.argmax()) * RATE / frames
    assert found == pytest.approx(440 * 2 ** (semitones / 12), rel=0.005)
    assert np.sqrt(np.mean(out**2)) == pytest.approx(np.sqrt(np.mean(samples**2)), rel=0.1)


@pytest.mark.parametrize("frames", [0, 10, 10**9])
def test_ratios_that_cannot_be(frames: int) -> None:
    with pytest.raises(InputError):
        stretch(np.zeros((RATE, 1), np.float32), frames)


@pytest.mark.parametrize("packed", ["u8", "s16", "s32", "flt", "dbl"])
@pytest.mark.parametrize("planar", ["", "p"])
def test_frames_of_any_format_are_alike(packed: str, planar: str) -> None:
    """Fault: 8 bits a plane (stereo 8SVX) came transposed, and the import failed inside."""
    frame = av.AudioFrame.from_ndarray(
        np.float32([[0.25, -0.5, 0.75], [-0.25, 0.5, 0.0]]), format="fltp", layout="stereo"
    )
    frame.sample_rate = 44_100
    (made,) = av.AudioResampler(packed + planar, "stereo", 44_100).resample(frame)
    found = decoding.frame_samples(made)
    assert found.dtype == np.float32
    assert found.flags.c_contiguous
    np.testing.assert_allclose(found, [[0.25, -0.25], [-0.5, 0.5], [0.75, 0.0]], atol=0.02)
