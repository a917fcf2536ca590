from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.arrangement import form
from core.arrangement.arrangement import Arrangement
from core.arrangement.clip import Clip, LatentSource, RealSource
from core.arrangement.compose import ComposeOptions, compose
from core.arrangement.mixdown import Mixdown
from core.arrangement.transitions import find_transitions
from core.errors import InputError
from core.latent.paths import spectral_distance
from core.settings import LATENT_SIZE, SAMPLE_RATE, TICKS_PER_BAR, TICKS_PER_BEAT
from tests.core.arrangement.fakes import material
from tests.core.arrangement.strategies import loop_of

MUSIC = material()


def made(seed: int = 0, **options: object) -> Arrangement:
    return compose(MUSIC, ComposeOptions(**options), np.random.default_rng(seed))  # type: ignore[arg-type]


def in_order(arrangement: Arrangement) -> list[Clip]:
    return sorted(arrangement.clips(), key=lambda clip: clip.start)


@settings(max_examples=8, deadline=None)
@given(st.floats(0.05, 6), st.none() | st.floats(100, 160), st.sampled_from(["bar", "segment"]))
def test_minutes_are_exact_to_the_sample(minutes: float, bpm: float | None, morph: str) -> None:
    arrangement = made(minutes=minutes, bpm=bpm, morph=morph)
    frames = round(minutes * 60 * SAMPLE_RATE)
    assert arrangement.length_frames == frames
    assert frames <= arrangement.frame(arrangement.end) < frames + arrangement.frame(1) + 1


@settings(max_examples=8, deadline=None)
@given(st.integers(1, 200), st.floats(100, 160))
def test_bars_are_exact_to_the_sample(bars: int, bpm: float) -> None:
    arrangement = made(bars=bars, bpm=bpm)
    exact = round(bars * 4 * 60 / bpm * SAMPLE_RATE)
    assert abs(Mixdown(arrangement, lambda c: loop_of(c.source, bpm)).frames - exact) <= 1
    assert arrangement.end == bars * TICKS_PER_BAR


@settings(max_examples=6, deadline=None)
@given(st.integers(8, 130), st.integers(0, 100))
def test_something_always_sounds(bars: int, seed: int) -> None:
    clips = in_order(made(seed, bars=bars))
    reached = 0
    for clip in clips:
        assert clip.start <= reached
        reached = max(reached, clip.end)


def test_the_same_seed_gives_the_same() -> None:
    assert made(3, bars=64) == made(3, bars=64)
    assert made(3, bars=64) != made(4, bars=64)


def test_it_starts_on_a_real_segment() -> None:
    first = in_order(made(bars=64))[0]
    assert isinstance(first.source, RealSource)
    assert (first.start, first.offset) == (0, 0)
    chosen = in_order(made(bars=64, start="s47"))[0]
    assert chosen.source == RealSource("s47")


def test_the_tempo_is_the_median_or_the_given_one() -> None:
    assert made(bars=16).bpm == pytest.approx(float(np.median(MUSIC.bpm)))
    assert made(bars=16, bpm=141.5).bpm == 141.5


@pytest.mark.parametrize(("morph", "rows"), [("segment", 1), ("bar", 4)])
def test_latents_move_once_a_segment_or_once_a_bar(morph: str, rows: int) -> None:
    sources = [c.source for c in made(bars=64, morph=morph).clips()]
    latent = [s for s in sources if isinstance(s, LatentSource)]
    assert len(latent) == len(sources) - 1
    assert {s.array.shape for s in latent} == {(rows, LATENT_SIZE)}
    assert {s.model_hash for s in latent} == {"fake"}


def test_few_segments_are_used_again() -> None:
    few = material(count=3, tracks=1)
    arrangement = compose(few, ComposeOptions(bars=98), np.random.default_rng(0))
    assert arrangement.end == 98 * TICKS_PER_BAR
    alone = material(count=1, tracks=1)
    assert compose(alone, ComposeOptions(bars=40), np.random.default_rng(0)).lanes


def spectra_of(clips: Sequence[Clip]) -> np.ndarray:
    latents = np.stack([c.source.array[0] for c in clips if isinstance(c.source, LatentSource)])
    return MUSIC.decode(latents)


def test_steps_within_a_part_sound_equally_large() -> None:
    # The parts of a short form have two anchors at most, so every step lies on one stretch.
    for name in ("build", "break", "rise"):
        clips = [c for c in in_order(made(bars=160)) if c.name == name]
        unique = [
            c for a, c in itertools.pairwise([None, *clips]) if a is None or a.source != c.source
        ]
        spectra = spectra_of(unique)
        steps = spectral_distance(spectra[1:], spectra[:-1])
        assert steps.max() < 2.0 * steps.mean()


def test_parts_take_turns_and_meet_on_downbeats() -> None:
    arrangement = made(bars=98)
    assert [lane.name for lane in arrangement.lanes] == ["A", "B"]
    transitions = find_transitions(arrangement)
    across = [
        j
        for j in transitions
        if arrangement.lane_of(j.incoming.id)[0] is not arrangement.lane_of(j.outgoing.id)[0]
    ]
    parts = form.plan(98)
    met = sorted(j.swap if j.swap is not None else j.end for j in across)
    assert met == [part.start * TICKS_PER_BAR for part in parts[1:]]
    mixed = [p.start * TICKS_PER_BAR for p in parts[1:] if p.entry == "mix"]
    assert sorted(j.swap for j in across if j.swap is not None) == mixed
    # Every clip but the first comes in at a transition, and all but the last leave at one.
    assert len(transitions) == len(list(arrangement.clips())) - 1


def test_steps_within_a_part_change_before_the_downbeat() -> None:
    for transition in find_transitions(made(bars=98)):
        if not transition.touching and transition.swap is None:
            assert transition.end % TICKS_PER_BAR == 0
            assert transition.end - transition.start == TICKS_PER_BEAT


def test_the_lows_are_gone_before_a_drop() -> None:
    arrangement = made(bars=98)
    drops = [p.start * TICKS_PER_BAR for p in form.plan(98) if p.entry == "cut"]
    for at in drops:
        before = [c for c in arrangement.clips() if c.start < at <= c.end and c.end == at]
        assert [c.bass_cut for c in before] == [True]
        after = [c for c in arrangement.clips() if c.start == at]
        assert [c.bass_cut for c in after] == [False]


def test_it_fades_out_at_the_end() -> None:
    last = in_order(made(minutes=3))[-1]
    assert last.fade_out > 0


def test_a_curve_is_followed() -> None:
    arrangement = made(bars=64, energy=[0.0, 0.0, 1.0, 1.0])
    energy = []
    for clip in in_order(arrangement):
        if isinstance(clip.source, LatentSource):
            level = MUSIC.decode(clip.source.array).mean()
            energy.append((clip.start, level + clip.gain_db))
    early = np.mean([e for at, e in energy if at < 24 * TICKS_PER_BAR])
    late = np.mean([e for at, e in energy if at >= 36 * TICKS_PER_BAR])
    assert late > early + 5.0


def test_the_mixdown_plays_it() -> None:
    arrangement = made(bars=40)
    mix = Mixdown(arrangement, lambda c: loop_of(c.source, arrangement.bpm))
    sound = mix.render(0, mix.frames)
    beats = sound[: len(sound) // 20_000 * 20_000].reshape(-1, 20_000 * 2)
    levels = 10 * np.log10(np.mean(beats**2, axis=1))
    assert np.isfinite(levels).all()


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"minutes": 1, "bars": 4}, "not both"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": float("nan")}, "minutes"),
        ({"bars": 0}, "at least one bar"),
        ({"morph": "beat"}, "bar or segment"),
        ({"start": "nowhere"}, "no segment 'nowhere'"),
        ({"bpm": 5.0}, "tempo"),
        ({"energy": [2.0]}, "energy curve"),
    ],
)
def test_options_that_cannot_be(options: dict[str, object], problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        made(**options)
