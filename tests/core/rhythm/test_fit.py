"""The fit against known answers: cuts, breaks, unsure passages, pick-ups, cross-rhythms."""

from __future__ import annotations

import dataclasses
from functools import lru_cache

import numpy as np
import pytest

from core.rhythm.confidence import agreement
from core.rhythm.fit import fit_grid
from core.rhythm.grid import STEADY, BeatGrid, GridSection
from core.rhythm.onsets import POWER_HOP, SPECTRUM_HOP, OnsetFeatures, features_of
from core.rhythm.tempo import COARSE_RATE, envelopes
from core.settings import SAMPLE_RATE
from tests.core.rhythm.known import FAST, Outcome, outcome, rendered
from tests.synthetic import LAYERS, Part, Spec, Stretch, Track, bars_for, cut, joined, render

TECHNO = frozenset({"kick", "hats", "bass", "pad"})
PLAIN = frozenset({"kick", "hats", "clap"})
CUTS = (0.05, 0.25, 0.3333, 0.5, 0.75, 0.95)


def looped(bpm: float, layers: frozenset[str], seconds: float = 80.0, **changes: object) -> Spec:
    """The same layers from beginning to end."""
    return Spec(bpm=bpm, parts=(Part(bars_for(seconds, bpm), layers),), **changes)  # type: ignore[arg-type]


def found(track: Track) -> tuple[BeatGrid, Outcome]:
    grid = fit_grid(features_of(track.samples))
    return grid, outcome(grid, track.stretches)


@lru_cache(maxsize=8)
def analysed(bpm: float, layers: frozenset[str]) -> tuple[Track, OnsetFeatures]:
    track = render(looped(bpm, layers, seconds=90.0, bass="offbeat"))
    return track, features_of(track.samples)


def cut_features(features: OnsetFeatures, at: float, seconds: float) -> OnsetFeatures:
    """Onset features with a stretch taken out, as if the audio had been cut: to 5.8 ms."""
    first = round(at * SAMPLE_RATE / POWER_HOP) * POWER_HOP
    last = first + round(seconds * SAMPLE_RATE / POWER_HOP) * POWER_HOP

    def without(frames: np.ndarray, hop: int) -> np.ndarray:  # type: ignore[type-arg]
        return np.concatenate([frames[: first // hop], frames[round(last / hop) :]])

    return OnsetFeatures(
        without(features.attacks, 64),
        without(features.powers, POWER_HOP),
        without(features.spectra, SPECTRUM_HOP),
        features.frames - (last - first),
    )


@pytest.mark.parametrize("layers", [TECHNO, PLAIN], ids=["techno", "plain"])
@pytest.mark.parametrize("beats", CUTS)
@pytest.mark.parametrize("bpm", [97.3, 174.0])
def test_a_cut_of_any_size_makes_two_sections(
    beats: float, bpm: float, layers: frozenset[str]
) -> None:
    track, features = analysed(bpm, layers)
    at = 25.0 + 40.0 * beats
    # A cut of whole frames, as near to the asked one as they allow.
    first = round(at * SAMPLE_RATE / POWER_HOP) * POWER_HOP / SAMPLE_RATE
    lost = round(beats * 60.0 / bpm * SAMPLE_RATE / POWER_HOP) * POWER_HOP / SAMPLE_RATE
    whole = track.stretches[0]
    stretches = (
        whole.between(0.0, first),
        whole.between(first + lost, track.seconds).moved(-lost),
    )
    grid = fit_grid(cut_features(features, at, beats * 60.0 / bpm))
    result = outcome(grid, stretches)
    assert result.sections == (2, 2)
    assert result.tempo_right
    assert result.worst < 0.002
    assert result.joint_error < 60.0 / bpm
    assert grid.is_steady


@pytest.mark.parametrize("beats", [0.25, 0.5])
def test_a_cut_in_audio_is_found_to_two_milliseconds(beats: float) -> None:
    track = cut(render(looped(128.0, TECHNO, bass="offbeat")), 38.4, beats * 60.0 / 128.0)
    _, result = found(track)
    assert result.sections == (2, 2)
    assert result.worst < 0.002
    assert result.downbeat_right


def test_two_cuts_make_three_sections() -> None:
    track = render(looped(122.0, TECHNO, seconds=120.0, bass="offbeat"))
    for at in (78.0, 36.0):
        track = cut(track, at, 0.95 * 60.0 / 122.0)
    _, result = found(track)
    assert result.sections == (3, 3)
    assert result.worst < 0.003


@pytest.mark.parametrize("beats", [0.1, 0.3, 0.5])
def test_both_sides_of_a_break_keep_their_beat(beats: float) -> None:
    first = render(looped(130.0, TECHNO, seconds=45.0))
    rng = np.random.default_rng(1)
    frames = round((32 + beats) * 60.0 / 130.0 * SAMPLE_RATE)
    gap = (0.001 * rng.standard_normal((frames, 1))).astype(np.float32)
    grid, result = found(joined(first, gap, first))
    assert result.sections == (2, 2)
    assert result.worst < 0.003
    assert result.downbeat_right
    assert grid.confidence > 0.9


@pytest.mark.parametrize("at_start", [True, False])
@pytest.mark.parametrize("layers", [{"stab", "pad"}, {"bass", "stab"}, {"hats", "pad"}])
def test_an_unsure_passage_takes_the_sure_grid(layers: set[str], at_start: bool) -> None:
    bpm, late = 140.0, round(0.035 * SAMPLE_RATE)
    spec = looped(bpm, frozenset(layers), seconds=35.0, timing_ms=4.0, hat_gain=0.05)
    loose = render(spec).samples
    loose = np.concatenate([np.zeros((late, 1), np.float32), loose[:-late]])
    sure = render(looped(bpm, TECHNO | {"clap"}, seconds=70.0)).samples
    samples = np.concatenate([loose, sure] if at_start else [sure, loose])
    begins = len(loose) / SAMPLE_RATE if at_start else 0.0
    grid = fit_grid(features_of(samples))
    result = outcome(grid, (Stretch(0.0, len(samples) / SAMPLE_RATE, bpm, begins),))
    assert result.sections == (1, 1)
    assert result.worst < 0.004


@pytest.mark.parametrize("beats", [0.1, 0.5])
def test_confidence_falls_where_an_eighth_is_off(beats: float) -> None:
    track, features = analysed(128.0, TECHNO)
    sections = fit_grid(features).sections
    last = cut_features(features, track.seconds * 7 / 8, beats * 60.0 / 128.0)
    assert agreement(envelopes(features), sections) == 1.0
    assert agreement(envelopes(last), sections) < 0.7


@pytest.mark.parametrize(("late", "expected"), [(0.5, 0.36), (0.06, 1.0), (0.0, 1.0)])
def test_confidence_falls_where_only_the_kicks_are_off(late: float, expected: float) -> None:
    """A real track was cut by half a beat where other music begins; hats played eighths in both."""
    coarse = np.zeros((3, round(120 * COARSE_RATE)), np.float32)
    eighths = np.arange(0.0, 239.0, 0.5)
    kicks = np.arange(0.0, 239.0) + np.where(np.arange(239) < 60, late, 0.0)
    for row, beats in enumerate((eighths, eighths, kicks)):
        coarse[row, np.round(beats * 0.5 * COARSE_RATE).astype(int)] = 9.0
    assert agreement(coarse, [GridSection(0.0, 120.0, 120.0, 0.0)]) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("cut", "late", "scattered", "expected"),
    [
        (120, 0.5, 0.0, 0.6**4),
        (105, 0.5, 0.0, 0.6**3),
        (150, 0.5, 0.0, 0.6**3),
        (210, 0.5, 0.0, 1.0),
        (120, 0.5, 0.5, 1.0),
        (120, 0.0, 0.0, 1.0),
        (120, 0.06, 0.0, 1.0),
    ],
)
def test_confidence_falls_where_softer_kicks_are_off_from_a_cut_on(
    cut: int, late: float, scattered: float, expected: float
) -> None:
    """A real track was cut by half a beat in its middle: no eighth was typical, and the first one
    was so much louder that those after the cut were not judged. One eighth may be a fill."""
    rng = np.random.default_rng(1)
    coarse = np.zeros((3, round(120 * COARSE_RATE)), np.float32)
    beats = np.arange(239)
    kicks = beats + np.where(beats >= cut, late + scattered * rng.random(239), 0.0)
    at = np.round(np.minimum(kicks, 239.0) * 0.5 * COARSE_RATE).astype(int)
    coarse[2, at] = np.where(beats < 30, 40.0, 7.0)
    assert agreement(coarse, [GridSection(0.0, 120.0, 120.0, 0.0)]) == pytest.approx(expected)


@pytest.mark.parametrize("layers", [TECHNO | {"stab"}, PLAIN], ids=["chords", "gaps"])
@pytest.mark.parametrize("chords", [1, 4])
@pytest.mark.parametrize("at", [18.0, 52.0])
def test_chords_and_missing_kicks_tell_the_bar_on_both_sides_of_a_cut(
    at: float, chords: int, layers: frozenset[str]
) -> None:
    spec = looped(136.0, layers, seconds=75.0, bass="rolling", bar_chords=chords, seed=4)
    _, result = found(cut(render(spec), at, 0.36 * 60.0 / 136.0))
    assert result.sections == (2, 2)
    assert result.downbeat_right


def test_a_beat_that_may_be_a_sixteenth_off_is_not_sure() -> None:
    """Two broken kicks and a rolling bass look as much like the beat as the beat does."""
    grid, result = found(rendered("broken kicks 118"))
    assert grid.confidence < STEADY or result.worst < 0.002


@pytest.mark.parametrize(("first", "second"), [(150.0, 200.0), (132.0, 99.0)])
def test_each_tempo_of_a_change_is_found(first: float, second: float) -> None:
    tracks = [render(looped(bpm, TECHNO | {"clap"}, seconds=55.0)) for bpm in (first, second)]
    _, result = found(joined(tracks[0], np.zeros((0, 1), np.float32), tracks[1]))
    assert result.sections == (2, 2)
    assert result.tempo_right
    assert result.downbeat_right


@pytest.mark.parametrize("cross", ["dotted", "triplets", "fives"])
@pytest.mark.parametrize("bpm", [90.0, 170.0])
def test_the_kick_decides_the_tempo(cross: str, bpm: float) -> None:
    spec = looped(bpm, frozenset({"kick", cross}), seconds=50.0, stab_gain=0.5, seed=3)
    _, result = found(render(spec))
    assert result.tempo_right
    assert result.sections == (1, 1)
    assert result.worst < 0.002


@pytest.mark.parametrize("pickup", [0.5, 2.0, 3.0])
def test_pick_up_beats_do_not_decide_the_bar(pickup: float) -> None:
    spec = looped(128.0, LAYERS - {"stab"}, seconds=60.0, pickup=pickup, seed=5)
    _, result = found(render(dataclasses.replace(spec, start=0.1 + pickup * 60.0 / 128.0)))
    assert result.downbeat_right
    assert result.worst < 0.003


@pytest.mark.parametrize("lost", [1.3, 2.0])
def test_a_cut_opening_does_not_decide_the_bar(lost: float) -> None:
    track = render(looped(126.0, LAYERS - {"stab"}, seconds=60.0, seed=6))
    frames = round(lost * 60.0 / 126.0 * SAMPLE_RATE)
    samples = track.samples[frames:]
    stretch = Stretch(0.0, len(samples) / SAMPLE_RATE, 126.0, -frames / SAMPLE_RATE)
    result = outcome(fit_grid(features_of(samples)), (stretch,))
    assert result.downbeat_right
    assert result.worst < 0.002


def test_channels_out_of_phase_have_a_beat() -> None:
    spec = looped(128.0, LAYERS, seconds=50.0, channels=2, antiphase=True, noise=0.0003)
    grid, result = found(render(spec))
    assert grid.confidence > 0.9
    assert result.tempo_right
    assert result.downbeat_right
    assert result.worst < 0.002


@pytest.mark.parametrize("name", FAST)
def test_known_tracks_of_one_tempo(name: str) -> None:
    track = rendered(name)
    grid, result = found(track)
    assert result.sections == (1, 1)
    assert result.tempo_right
    assert result.downbeat_right
    assert result.worst < 0.001
    assert grid.confidence > 0.8


def test_noise_has_no_beat() -> None:
    samples = np.random.default_rng(2).standard_normal((40 * SAMPLE_RATE, 1)).astype(np.float32)
    assert fit_grid(features_of(samples)).confidence < STEADY
