from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.audio.loudness import integrated_lufs
from core.dsp.spectrogram import of_segment
from core.errors import AudioError
from core.render.loops import (
    BAR_LINE_FRAMES,
    SEAM_FRAMES,
    at_length,
    closed_loop,
    even_width,
    joined_by_bar,
    joined_rows,
    louder_db,
    mono_safe,
)
from core.settings import FLOOR_DB, SAMPLE_RATE, bar_rows, segment_frames

FRAMES = segment_frames(128.0)


def _tone(frames: int, hertz: float) -> np.ndarray:
    time = np.arange(frames) / SAMPLE_RATE
    wave = 0.5 * np.sin(2 * np.pi * hertz * time + 0.3)
    return np.stack([wave, 0.5 * wave], axis=1).astype(np.float32)


def _largest_step(samples: np.ndarray) -> float:
    return float(np.abs(np.diff(samples, axis=0)).max())


@pytest.mark.parametrize("hertz", [50.3, 441.7, 3000.1])
def test_a_loop_has_no_click_where_it_repeats(hertz: float) -> None:
    samples = _tone(SEAM_FRAMES + FRAMES, hertz)
    loop = closed_loop(samples, SEAM_FRAMES)
    twice = np.concatenate([loop[-2000:], loop[:2000]])
    assert loop.shape == (FRAMES, 2)
    assert _largest_step(twice) < 1.6 * _largest_step(samples)
    power = (twice[:, 0].astype(float) ** 2).reshape(-1, 500).mean(axis=1)
    assert power.min() > 0.3 * power.mean(), "the level does not dip at the seam"


def test_only_the_end_of_a_segment_changes() -> None:
    samples = np.random.default_rng(0).standard_normal((SEAM_FRAMES + 9000, 2)).astype(np.float32)
    loop = closed_loop(samples, SEAM_FRAMES)
    np.testing.assert_array_equal(loop[:-SEAM_FRAMES], samples[SEAM_FRAMES:-SEAM_FRAMES])
    np.testing.assert_allclose(loop[-1], samples[SEAM_FRAMES - 1], atol=0.01)


def test_what_is_a_loop_already_stays_one() -> None:
    period = np.random.default_rng(0).standard_normal((FRAMES, 2)).astype(np.float32)
    loop = closed_loop(np.concatenate([period[-SEAM_FRAMES:], period]), SEAM_FRAMES)
    np.testing.assert_allclose(loop, period, atol=1e-6)


def test_refuses_what_is_too_short() -> None:
    with pytest.raises(AudioError):
        closed_loop(np.zeros((SEAM_FRAMES + 100, 2), np.float32), SEAM_FRAMES)
    with pytest.raises(AudioError):
        closed_loop(np.zeros((9000, 2), np.float32), 10)


@pytest.mark.parametrize("bpm", [127.9, 128.0, 132.0, 110.0])
def test_a_loop_keeps_its_beats_and_pitch_at_another_tempo(bpm: float) -> None:
    """Clicks on the 16 beats over a tone: each beat stays on its place, the tone on its pitch."""
    beats = np.round(np.arange(16) * FRAMES / 16).astype(int)
    loop = _tone(FRAMES, 440.0) * 0.1
    loop[beats] += 0.9
    frames = segment_frames(bpm)
    moved = at_length(loop, frames)
    assert moved.shape == (frames, 2)
    for k in range(1, 16):
        place = k * frames / 16
        around = moved[int(place) - 400 : int(place) + 400, 0]
        assert abs(int(np.abs(around).argmax()) - 400) < 150
    spectrum = np.abs(np.fft.rfft(moved[:, 0] * np.hanning(frames)))
    low, high = (int(hertz * frames / SAMPLE_RATE) for hertz in (300, 600))
    pitch = (low + spectrum[low:high].argmax()) * SAMPLE_RATE / frames
    assert pitch == pytest.approx(440.0, rel=0.002)


def test_stretching_gives_equal_bits_again() -> None:
    loop = np.random.default_rng(0).standard_normal((FRAMES, 2)).astype(np.float32)
    np.testing.assert_array_equal(at_length(loop, FRAMES + 4000), at_length(loop, FRAMES + 4000))


@given(st.integers(20_000, 40_000), st.integers(0, 3))
@settings(max_examples=20, deadline=None)
def test_bars_come_from_their_loops(frames: int, bar: int) -> None:
    loops = [np.full((frames, 2), float(k), np.float32) for k in range(4)]
    joined = joined_by_bar(loops)
    first, last = round(bar * frames / 4), round((bar + 1) * frames / 4)
    assert joined.shape == (frames, 2)
    assert (joined[first : last - BAR_LINE_FRAMES] == bar).all()
    after = joined[last - 1] if bar < 3 else joined[-1]
    np.testing.assert_allclose(after, (bar + 1) % 4, atol=0.02)


def test_equal_loops_joined_are_the_loop() -> None:
    loop = np.random.default_rng(0).standard_normal((30_001, 2)).astype(np.float32)
    np.testing.assert_array_equal(joined_by_bar([loop] * 4), loop)
    np.testing.assert_allclose(joined_by_bar([loop.copy() for _ in range(4)]), loop, atol=1e-6)


def test_rows_come_from_their_spectra_and_meet_at_the_bar_lines() -> None:
    spectra = np.stack([np.full((512, 128), 10.0 * k, np.float32) for k in range(4)])
    joined = joined_rows(spectra)
    assert joined.shape == (512, 128)
    for bar in range(4):
        assert (joined[bar * 128 : bar * 128 + 120] == 10.0 * bar).all()
    lead = joined[120:128, 0]
    assert (np.diff(lead) > 0).all()
    assert 0 < lead[0] < lead[-1] < 10
    assert (joined[504:] == 30.0).all()
    np.testing.assert_array_equal(joined_rows(spectra[:1]), spectra[0])


def _side_db(samples: np.ndarray) -> float:
    side, middle = samples[:, 0] - samples[:, 1], samples[:, 0] + samples[:, 1]
    return float(10.0 * np.log10((side**2).sum() / (middle**2).sum()))


def test_a_wide_loop_is_made_narrower_until_mono_misses_nothing(rng: np.random.Generator) -> None:
    loop = (0.1 * rng.standard_normal((FRAMES, 2))).astype(np.float32)
    loop[FRAMES // 4 :] = loop[FRAMES // 4 :].mean(axis=1, keepdims=True)  # wide in one bar only
    safe = mono_safe(loop)
    assert _side_db(loop[: FRAMES // 4]) > -1.0
    assert _side_db(safe[: FRAMES // 4]) == pytest.approx(-4.0, abs=0.1)
    np.testing.assert_allclose(safe.mean(axis=1), loop.mean(axis=1), atol=1e-6)


def test_a_loop_that_is_safe_in_mono_stays_bit_for_bit() -> None:
    loop = _tone(FRAMES, 220.0)
    assert mono_safe(loop) is loop
    assert mono_safe(np.zeros((FRAMES, 2), np.float32)).max() == 0.0


def _turns(sides: tuple[float, float]) -> np.ndarray:
    """A loop whose side has these amplitudes against its middle in turn, bar by bar."""
    middle, side = _tone(FRAMES, 400.0)[:, 0], _tone(FRAMES, 700.0)[:, 0]
    amounts = np.repeat([*sides, *sides], -(-FRAMES // 4))[:FRAMES].astype(np.float32)
    return np.stack([middle + amounts * side, middle - amounts * side], axis=1)


def _bar_widths(loop: np.ndarray) -> list[float]:
    """Of the middle half of each bar, in dB."""
    quarter = len(loop) // 4
    return [_side_db(loop[n * quarter + quarter // 4 :][: quarter // 2]) for n in range(4)]


@pytest.mark.parametrize("sides", [(0.6, 0.3), (0.25, 0.5)])
def test_bars_of_tracks_that_take_turns_are_as_wide_as_each_other(
    sides: tuple[float, float],
) -> None:
    loop = _turns(sides)
    before, after = _bar_widths(loop), _bar_widths(even_width(loop))
    assert max(before) - min(before) > 5.0
    assert max(after) - min(after) < 0.5
    assert np.mean(after) == pytest.approx(np.mean(before), abs=0.5)
    np.testing.assert_allclose(even_width(loop).mean(axis=1), loop.mean(axis=1), atol=1e-6)
    half = _bar_widths(even_width(loop, 0.5))
    assert max(half) - min(half) == pytest.approx(0.5 * (max(before) - min(before)), abs=0.5)


def test_a_wide_bar_beside_a_mono_one_is_hardly_wide() -> None:
    assert max(_bar_widths(even_width(_turns((0.6, 0.0))))) < -19.5


def test_how_loud_the_rest_is_is_read_from_the_spectrogram() -> None:
    rng = np.random.default_rng(0)
    beats = np.repeat(rng.uniform(0.02, 0.5, 16), -(-FRAMES // 16))[:FRAMES].astype(np.float32)
    loop = beats[:, None] * _tone(FRAMES, 90.0) + 0.1 * beats[::-1, None] * _tone(FRAMES, 4000.0)
    for bar, count in ((0, 2), (1, 4), (3, 1)):
        rows, first = bar_rows(bar, count), round(bar * FRAMES / 4)
        passage = loop[first : first + round(count * FRAMES / 16)]
        louder = integrated_lufs(loop) - integrated_lufs(passage)
        assert louder_db(of_segment(loop), rows) == pytest.approx(louder, abs=0.4)


@pytest.mark.parametrize("behind_db", [-200.0, -30.0, -20.0, -6.0])
def test_pauses_do_not_make_the_rest_quieter(behind_db: float) -> None:
    """Loudness leaves them out, too."""
    loop = 0.5 * _tone(FRAMES, 220.0)
    beat = FRAMES // 16
    loop[beat:] *= np.float32(10.0 ** (behind_db / 20.0))
    louder = integrated_lufs(loop) - integrated_lufs(loop[:beat])
    assert louder_db(of_segment(loop), bar_rows(0, 1)) == pytest.approx(louder, abs=1.0)


def test_of_silence_the_rest_is_no_louder() -> None:
    silent = np.full((512, 128), FLOOR_DB, np.float32)
    assert louder_db(silent, bar_rows(0)) == 0.0
    silent[200:] = -30.0
    assert louder_db(silent, bar_rows(0)) == 0.0


def test_a_loop_without_a_side_stays_bit_for_bit() -> None:
    loop = np.repeat(_tone(FRAMES, 400.0)[:, :1], 2, axis=1)
    assert even_width(loop) is loop
    silence = np.zeros((FRAMES, 2), np.float32)
    assert even_width(silence) is silence
    wide = _turns((0.6, 0.3))
    assert even_width(wide, 0.0) is wide
