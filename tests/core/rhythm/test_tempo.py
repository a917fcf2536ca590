"""The coarse tempo and its course."""

from __future__ import annotations

import numpy as np
import pytest

from core.rhythm.onsets import Floats, features_of
from core.rhythm.tempo import COARSE_RATE, coarse_tempo, envelopes, metre, tempo_path
from core.settings import TEMPO_MAX, TEMPO_MIN
from tests.synthetic import Part, Spec, bars_for, mix, render


def envelope_of(spec: Spec) -> Floats:
    return envelopes(features_of(render(spec).samples))


@pytest.mark.parametrize("bpm", [88.5, 100.0, 113.3, 127.0, 140.0, 160.0, 175.5])
@pytest.mark.parametrize("kick_pattern", ["four", "broken"])
def test_the_tempo_itself_not_two_thirds_or_three_quarters(bpm: float, kick_pattern: str) -> None:
    spec = Spec(bpm=bpm, parts=(Part(16),), kick_pattern=kick_pattern, bass="acid", seed=5)
    found, salience = coarse_tempo(envelope_of(spec))
    assert found == pytest.approx(bpm, rel=1e-3)
    assert salience > 0.3


@pytest.mark.parametrize(("bpm", "folded"), [(85.0, 170.0), (180.0, 90.0), (60.0, 120.0)])
def test_tempi_outside_fold_into_the_octave(bpm: float, folded: float) -> None:
    found, _ = coarse_tempo(envelope_of(Spec(bpm=bpm, parts=(Part(12),))))
    assert found == pytest.approx(folded, rel=2e-3)


def test_nothing_repeats_in_noise(rng: np.random.Generator) -> None:
    noise = rng.standard_normal((40 * 44_100, 1)).astype(np.float32)
    found, salience = coarse_tempo(envelopes(features_of(noise)))
    assert TEMPO_MIN <= found <= TEMPO_MAX * 1.0001
    assert salience < 0.08


def in_six(kicks: list[float]) -> Floats:
    """(3, n) of fifty seconds at 140 BPM: something on all beats, these kicks on every six."""
    beats = np.arange(116)
    at = np.round(beats * 60.0 / 140.0 * COARSE_RATE).astype(int)
    envelope = np.zeros((3, round(50 * COARSE_RATE)), np.float32)
    high = np.array([1.0, 0.8, 0.8])[beats % 3]
    kick = np.array(kicks)[beats % 6]
    envelope[:, at] = high + kick, high, kick
    return envelope


@pytest.mark.parametrize(
    "kicks", [[1, 1, 1, 1, 0, 0], [1, 0.6, 0.4, 0.4, 0, 0], [1, 0, 1, 0, 0, 0]]
)
def test_bars_of_six_beats_are_not_four_slower_ones(kicks: list[float]) -> None:
    """A real track of 140 BPM was put on 93.33: every second beat there had nothing on it."""
    envelope = in_six(kicks)
    assert coarse_tempo(envelope)[0] == pytest.approx(140.0, rel=1e-3)
    assert metre(envelope, 140.0)[1] > 0.2
    assert metre(envelope, 280.0 / 3)[1] < 0.0


def test_kicks_on_every_third_beat_leave_the_metre_open() -> None:
    envelope = in_six([1, 0, 0, 1, 0, 0])
    assert metre(envelope, coarse_tempo(envelope)[0])[1] < 0.0


def test_four_beats_a_bar_are_clear() -> None:
    envelope = envelope_of(Spec(bpm=132.0, parts=(Part(12),)))
    assert metre(envelope, 132.0)[1] > 0.2
    assert metre(envelope, 99.0)[1] < 0.0


def test_silence_has_no_salience() -> None:
    assert coarse_tempo(np.zeros((3, 5000), np.float32))[1] == 0.0
    assert coarse_tempo(np.zeros((3, 0), np.float32))[1] == 0.0


def test_the_path_follows_a_change_of_tempo() -> None:
    tracks = [render(Spec(bpm=bpm, parts=(Part(bars_for(60, bpm)),))) for bpm in (125.0, 136.0)]
    both = mix(tracks, overlap=4.0)
    path = tempo_path(envelopes(features_of(both.samples)))
    change = both.pieces[1][0]
    early, late = path.times < change - 8, path.times > change + 12
    np.testing.assert_allclose(path.bpm[early], 125.0, rtol=2e-3)
    np.testing.assert_allclose(path.bpm[late], 136.0, rtol=2e-3)
    assert path.salience > 0.3


def test_the_path_follows_a_drift() -> None:
    track = render(Spec(bpm=128.0, end_bpm=134.0, parts=(Part(80),)))
    path = tempo_path(envelopes(features_of(track.samples)))
    true = np.interp(path.times, track.beats[:-1], 60.0 / np.diff(track.beats))
    np.testing.assert_allclose(path.bpm, true, rtol=2e-3)
