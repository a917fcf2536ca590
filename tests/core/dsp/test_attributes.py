from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from core.dsp.attributes import NAMES, Attributes, kick_steadiness, measure
from core.dsp.bank import bank
from core.dsp.spectrogram import of_segment
from core.errors import InputError
from core.settings import FLOOR_DB, SAMPLE_RATE, segment_frames

Array = NDArray[np.float32]
Groove = Callable[..., Array]


def of(samples: Array) -> Attributes:
    return measure(of_segment(samples))


@pytest.fixture
def plain(groove: Groove) -> Array:
    return of_segment(groove(130.0))


def shelf(spectrogram: Array, *, above_hz: float, gain_db: float) -> Array:
    bands = bank().centres_hz > above_hz
    return np.maximum(spectrogram + np.float32(gain_db) * bands, np.float32(FLOOR_DB))


@pytest.mark.parametrize("gain_db", [-12.0, -3.0, 6.0])
def test_gain_moves_loudness_by_exactly_that(plain: Array, gain_db: float) -> None:
    clipped = np.maximum(plain, -70.0)
    moved = measure(clipped + np.float32(gain_db)).loudness - measure(clipped).loudness
    assert moved == pytest.approx(gain_db, abs=1e-3)


def test_gain_on_the_audio_leaves_the_rest_alone(groove: Groove) -> None:
    loud, soft = of(groove()), of(groove() * np.float32(0.5))
    assert soft.loudness - loud.loudness == pytest.approx(-6.02, abs=0.02)
    assert soft.kick == pytest.approx(loud.kick, rel=0.02)
    assert soft.density == loud.density
    assert soft.energy < loud.energy


@pytest.mark.parametrize("hz", [60.3, 500.0, 3_000.0, 12_000.0])
def test_a_full_scale_sine_is_0_db_at_any_frequency(hz: float) -> None:
    t = np.arange(segment_frames(130)) / SAMPLE_RATE
    sine = np.sin(2 * np.pi * hz * t).astype(np.float32)[:, None]
    assert of(sine).loudness == pytest.approx(0.0, abs=0.6)


def test_a_high_shelf_brightens(plain: Array) -> None:
    steps = [shelf(plain, above_hz=2_000.0, gain_db=g) for g in (-12.0, -6.0, 0.0, 6.0, 12.0)]
    values = [measure(step).brightness for step in steps]
    assert (np.diff(values) > 0).all()


def test_brightness_of_a_sine_is_its_octave() -> None:
    t = np.arange(segment_frames(130)) / SAMPLE_RATE
    sine = np.sin(2 * np.pi * 4_000.0 * t).astype(np.float32)[:, None]
    assert of(sine).brightness == pytest.approx(2.0, abs=0.2)


def test_more_hits_are_denser(groove: Groove) -> None:
    values = [of(groove(kick=0.0, hats_per_bar=hits)).density for hits in (2, 4, 8, 16)]
    assert values == pytest.approx([2, 4, 8, 16], abs=0.5)


def test_density_does_not_depend_on_the_tempo(groove: Groove) -> None:
    values = [of(groove(bpm, kick=0.0, hats_per_bar=8)).density for bpm in (90.0, 130.0, 170.0)]
    assert values == pytest.approx([8, 8, 8], abs=0.5)


def test_steady_noise_has_few_onsets(rng: np.random.Generator) -> None:
    noise = rng.standard_normal((segment_frames(130), 2)).astype(np.float32) * 0.1
    assert of(noise).density < 1.0


def test_a_low_cut_lightens_the_kick(plain: Array) -> None:
    cuts = [shelf(plain, above_hz=150.0, gain_db=g) for g in (0.0, 6.0, 12.0, 24.0)]
    values = [measure(cut - np.float32(24.0)).kick for cut in cuts]
    assert (np.diff(values) < 0).all()


def test_louder_kick_weighs_more_and_none_weighs_nothing(groove: Groove) -> None:
    values = [of(groove(kick=level)).kick for level in (0.0, 0.05, 0.2, 0.8)]
    assert values[0] < 0.1
    assert (np.diff(values) > 0).all()


def test_a_kick_off_the_beat_is_no_kick_on_the_beat(groove: Groove) -> None:
    loop = groove(hats_per_bar=1, hat=0.0)
    late = np.roll(loop, len(loop) // 32, axis=0)
    assert of(late).kick < 0.2 * of(loop).kick


@pytest.mark.parametrize(
    ("hits", "least", "most"),
    [
        ((0, 4, 8, 12), 0.9, 1.0),
        ((0, 3, 6, 10, 12), 0.3, 0.5),  # broken: two of five on beats
        ((2, 6, 10, 14), 0.0, 0.1),
        ((), 0.0, 0.0),
    ],
)
def test_a_kick_on_every_beat_is_steady(hits: tuple[int, ...], least: float, most: float) -> None:
    spectrogram = np.full((512, 128), -90.0, np.float32)
    for bar in range(4):
        for hit in hits:
            row = 128 * bar + 8 * hit
            spectrogram[row : row + 4, :6] = -10.0
    assert least <= kick_steadiness(spectrogram) <= most


def test_layers_add_energy(groove: Groove) -> None:
    values = [of(groove(hat=hat, hats_per_bar=16)).energy for hat in (0.0, 0.02, 0.1, 0.4)]
    assert (np.diff(values) > 0).all()


def test_silence_is_finite() -> None:
    silent = measure(np.full((512, 128), FLOOR_DB, np.float32))
    assert np.isfinite(list(silent.as_dict().values())).all()
    assert silent.energy == 0.0
    assert silent.kick == 0.0
    assert silent.density == 0.0
    assert silent.loudness == FLOOR_DB


def test_names_are_the_fields(plain: Array) -> None:
    assert tuple(measure(plain).as_dict()) == NAMES
    assert NAMES == ("brightness", "density", "kick", "energy", "loudness")


@pytest.mark.parametrize("shape", [(512, 64), (100, 128), (0, 128), (512,)])
def test_other_shapes_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="whole bars"):
        measure(np.zeros(shape, np.float32))
