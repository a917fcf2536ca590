"""The figures of the table, on input whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import metrics
from benchmarks.quality import realism, spectra, timing
from core import settings
from tests.synthetic import Part, Spec, render

SHAPE = (settings.FRAMES_PER_SEGMENT, settings.N_BANDS)


def _spectra(count: int, rng: np.random.Generator) -> np.ndarray:
    return (-40.0 + 6.0 * rng.standard_normal((count, *SHAPE))).astype(np.float32)


def test_error_is_the_mean_absolute_difference(rng: np.random.Generator) -> None:
    real = _spectra(2, rng)
    assert spectra.error_db(real, real) == 0.0
    assert spectra.error_db(real, real + np.float32(2.5)) == pytest.approx(2.5, abs=1e-4)


def test_half_the_contrast_is_a_quarter_of_the_sharpness(rng: np.random.Generator) -> None:
    real = _spectra(2, rng)
    assert spectra.sharpness(real, real) == pytest.approx(1.0)
    assert spectra.sharpness(real, 0.5 * real) == pytest.approx(0.25)
    assert spectra.sharpness(real, np.full_like(real, -40.0)) == 0.0


def test_novelty_is_nothing_for_copies_and_one_for_what_was_held_out(
    rng: np.random.Generator,
) -> None:
    library = np.full((1, *SHAPE), -40.0, np.float32)
    held = library + np.float32(3.0)
    assert spectra.novelty(library, held, library) == 0.0
    assert spectra.novelty(held, held, library) == pytest.approx(1.0)
    assert spectra.novelty(library - np.float32(6.0), held, library) == pytest.approx(2.0)


def test_steps_of_equal_size_have_the_ratio_one_and_a_jump_shows() -> None:
    even = np.arange(5, dtype=np.float32)[:, None, None] * np.ones((5, *SHAPE), np.float32)
    assert spectra.step_ratio(even) == pytest.approx(1.0)
    jump = even.copy()
    jump[3:] += 8.0
    assert spectra.step_ratio(jump) == pytest.approx(9.0 / 3.0)


def test_the_kernel_distance_is_nothing_for_one_distribution(rng: np.random.Generator) -> None:
    a, b = rng.standard_normal((2, 300, 6))
    assert abs(realism.kernel_distance(a, b, a)) < 0.01


def test_the_kernel_distance_grows_with_the_shift(rng: np.random.Generator) -> None:
    a, b = rng.standard_normal((2, 200, 6))
    near, far, away = (realism.kernel_distance(a, b + shift, a) for shift in (0.5, 2.0, 100.0))
    assert 0.01 < near < far < away <= 2.0
    # so far apart that all cross terms vanish, only the two means within are left
    within = realism.kernel_distance(a, a + 100.0, a)
    assert within == pytest.approx(away, rel=0.1)


def test_the_rhythm_features_do_not_depend_on_where_the_bar_begins(
    rng: np.random.Generator,
) -> None:
    spectrum = np.full(SHAPE, -60.0, np.float32)
    spectrum[::32] = -10.0
    spectrum[::48] = -20.0
    turned = np.roll(spectrum, 5 * settings.FRAMES_PER_SIXTEENTH, axis=0)
    rhythm = slice(64, 91)
    found, other = (realism.features(s[None])[0, rhythm] for s in (spectrum, turned))
    assert found.max() > 1.0
    np.testing.assert_allclose(found, other, atol=1e-6)


def test_features_are_finite_and_documented(rng: np.random.Generator) -> None:
    found = realism.features(_spectra(3, rng))
    assert found.shape == (3, 94)
    assert np.isfinite(found).all()


@pytest.mark.parametrize("late_ms", [0.0, 8.0, -6.0])
def test_timing_finds_how_late_a_loop_is(late_ms: float) -> None:
    bpm = 128.0
    loop = render(Spec(bpm=bpm, parts=(Part(4),))).samples[: settings.segment_frames(bpm)]
    loop = np.roll(loop, round(late_ms * 44.1), axis=0)
    found = timing.timing(loop, bpm)
    assert found.steady
    assert abs(found.tempo_error_bpm) < 0.05
    assert found.offset_ms == pytest.approx(late_ms, abs=2.0)


def test_noise_is_not_steady(rng: np.random.Generator) -> None:
    noise = rng.standard_normal((settings.segment_frames(130.0), 1)).astype(np.float32)
    assert not timing.timing(0.1 * noise, 130.0).steady


def test_four_bars_are_cut_on_the_beat_that_is_heard() -> None:
    track = render(Spec(bpm=140.0, parts=(Part(8),), start=0.2))
    cut = timing.four_bars(track.samples[: 10 * 44_100], 100.0)
    assert len(cut) == pytest.approx(settings.segment_frames(140.0), abs=20)


def test_what_knows_no_beat_is_cut_at_the_given_tempo(rng: np.random.Generator) -> None:
    noise = 0.1 * rng.standard_normal((10 * 44_100, 1)).astype(np.float32)
    assert len(timing.four_bars(noise, 120.0)) == settings.segment_frames(120.0)


def test_sound_compared_with_itself_is_equal_and_with_silence_far() -> None:
    sound = render(Spec(bpm=130.0, parts=(Part(2),))).samples
    assert metrics.mr_stft_distance(sound, sound) == 0.0
    assert metrics.onset_correlation(sound, sound) == pytest.approx(1.0)
    assert metrics.mr_stft_distance(sound, 0.0 * sound) > 3.0


def test_half_the_level_is_known_to_the_distance() -> None:
    """Convergence 1/2, and ln 2 wherever the halved level is not under the floor."""
    sound = render(Spec(bpm=130.0, parts=(Part(2),))).samples
    assert metrics.mr_stft_distance(sound, 0.5 * sound) == pytest.approx(0.5 + np.log(2), abs=0.1)


def test_another_rhythm_has_little_punch_in_common() -> None:
    one = render(Spec(bpm=130.0, parts=(Part(4),))).samples
    other = render(Spec(bpm=143.0, parts=(Part(5),), seed=4)).samples[: len(one)]
    assert metrics.onset_correlation(one, other) < 0.3
