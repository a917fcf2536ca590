from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.arrangement import form, levels
from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.clip import (
    Clip,
    LatentSource,
    PartsSource,
    RealSource,
    muted_parts,
    part_sources,
)
from core.arrangement.compose import ComposeOptions, compose
from core.arrangement.harmony import fifths_apart
from core.arrangement.levels import band_loudness_db
from core.arrangement.marker_edits import section_at
from core.arrangement.material import Material
from core.arrangement.mixdown import Mixdown
from core.arrangement.transitions import find_transitions
from core.dsp.key import Key
from core.errors import InputError
from core.latent.paths import spectral_distance
from core.settings import (
    LATENT_SIZE,
    SAMPLE_RATE,
    TICKS_PER_BAR,
    TICKS_PER_BEAT,
    TICKS_PER_SEGMENT,
)
from tests.core.arrangement.fakes import material
from tests.core.arrangement.strategies import loop_of

MUSIC = material()


def made(seed: int = 0, **options: object) -> Arrangement:
    return compose(MUSIC, ComposeOptions(seed=seed, **options), np.random.default_rng(seed))  # type: ignore[arg-type]


def lane_of(arrangement: Arrangement, name: str) -> Lane:
    return next(lane for lane in arrangement.lanes if lane.name == name)


def section_of(arrangement: Arrangement, clip: Clip) -> str:
    """The name of the section that the middle of a clip lies in."""
    found = section_at(arrangement, clip.start + clip.length / 2)
    assert found is not None
    return found[0].name


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
    for seed in range(3):
        opening = [clip for clip in made(seed, bars=64).clips() if clip.start == 0]
        assert opening
        assert all(isinstance(clip.source, RealSource) and clip.offset == 0 for clip in opening)
    chosen = [clip for clip in made(bars=64, start="s47").clips() if clip.start == 0]
    assert [clip.source for clip in chosen] == [RealSource("s47")] * 3
    assert [sum(clip.bands) for clip in chosen] == [1, 1, 1]


def test_the_tempo_is_the_median_or_the_given_one() -> None:
    assert made(bars=16).bpm == pytest.approx(float(np.median(MUSIC.bpm)))
    assert made(bars=16, bpm=141.5).bpm == 141.5


@pytest.mark.parametrize(("morph", "rows"), [("segment", 1), ("bar", 4)])
def test_latents_move_once_a_segment_or_once_a_bar(morph: str, rows: int) -> None:
    body = lane_of(made(bars=64, morph=morph), "Body").clips
    latent = [clip.source for clip in body[1:]]
    assert all(isinstance(source, LatentSource) for source in latent)
    assert {s.array.shape for s in latent if isinstance(s, LatentSource)} == {(rows, LATENT_SIZE)}
    assert {s.model_hash for s in latent if isinstance(s, LatentSource)} == {"fake"}


def test_few_segments_are_used_again() -> None:
    few = material(count=3, tracks=1)
    arrangement = compose(few, ComposeOptions(bars=98), np.random.default_rng(0))
    assert arrangement.end == 98 * TICKS_PER_BAR
    alone = material(count=1, tracks=1)
    assert compose(alone, ComposeOptions(bars=40), np.random.default_rng(0)).lanes


def test_steps_within_a_part_sound_equally_large() -> None:
    # The parts of a short form have two anchors at most, so every step lies on one stretch.
    arrangement = made(bars=160, form="classic")
    clips = [c for c in lane_of(arrangement, "Body").clips if isinstance(c.source, LatentSource)]
    for name in ("build", "break", "rise"):
        sources = list(
            dict.fromkeys(clip.source for clip in clips if section_of(arrangement, clip) == name)
        )
        spectra = MUSIC.decode(np.stack([source.array[0] for source in sources]))
        steps = spectral_distance(spectra[1:], spectra[:-1])
        assert len(steps)
        assert steps.max() < 2.0 * steps.mean()


def test_each_layer_has_a_lane_and_its_band() -> None:
    arrangement = made(bars=98)
    bands = {lane.name: {clip.bands for clip in lane.clips} for lane in arrangement.lanes}
    assert bands == {
        "Tops": {(False, False, True)},
        "Body": {(False, True, False)},
        "Bass": {(True, False, False)},
    }


def shares_of(spectrum: np.ndarray) -> np.ndarray:
    """A quarter of everything to each part."""
    return np.full((*spectrum.shape, 4), 0.25, np.float32)


PARTED = dataclasses.replace(MUSIC, shares_of=shares_of)


def held(seed: int, hold_parts: bool | None = True, music: Material = PARTED) -> Arrangement:
    options = ComposeOptions(seed=seed, bars=98, hold_parts=hold_parts)
    return compose(music, options, np.random.default_rng(seed))


@pytest.mark.parametrize("seed", range(3))
def test_a_kick_is_held_while_the_rest_walks_on(seed: int) -> None:
    arrangement = held(seed)
    bass = lane_of(arrangement, "Bass").clips
    parted = [clip for clip in bass if isinstance(clip.source, PartsSource)]
    kicks = {part_sources(clip.source)[0] for clip in bass}
    basses = {part_sources(clip.source)[1] for clip in bass}
    assert parted
    assert len(kicks) < len(basses)
    assert {clip.bands for clip in bass} == {(True, False, False)}
    plain = held(seed, hold_parts=False)
    assert [clip.start for clip in lane_of(plain, "Body").clips] == [
        clip.start for clip in lane_of(arrangement, "Body").clips
    ]
    assert not any(isinstance(clip.source, PartsSource) for clip in plain.clips())


def test_a_bass_enters_eight_bars_after_its_kick() -> None:
    """Four in a short section."""
    waits = set()
    for seed in range(6):
        arrangement = held(seed)
        bass = lane_of(arrangement, "Bass").clips
        for before, after in itertools.pairwise(bass):
            if muted_parts(before.source)[1] and not muted_parts(after.source)[1]:
                assert part_sources(before.source)[0] == part_sources(after.source)[0]
                assert section_of(arrangement, before) in ("intro", "groove")
                alone = [c for c in bass if c.source == before.source and c.end <= after.start]
                waits.add((after.start - alone[0].start) // TICKS_PER_BAR)
    assert 8 in waits
    assert waits <= {4, 8}


def test_where_parts_cannot_be_told_apart_none_is_held() -> None:
    assert held(0, music=MUSIC) == held(0, hold_parts=False)


def test_the_seed_decides_whether_parts_are_held() -> None:
    by_seed = [held(seed, None) for seed in range(8)]
    ways = [
        any(isinstance(clip.source, PartsSource) for clip in arrangement.clips())
        for arrangement in by_seed
    ]
    assert set(ways) == {True, False}
    for seed, (arrangement, way) in enumerate(zip(by_seed, ways, strict=True)):
        assert arrangement == held(seed, hold_parts=way)


def low_loudness(segment: object) -> float:
    assert isinstance(segment, RealSource)
    latents = PARTED.latents[[PARTED.index(segment.segment_id)]]
    return float(levels.band_loudness_db(PARTED.decode(latents)[0])[0])


def test_kick_and_bass_of_two_segments_are_as_loud_as_one() -> None:
    """A quarter of the lows is kick: cut out by gains, 1 and 9 sixteenths of the power."""
    plain = {c.start: c for c in lane_of(held(0, hold_parts=False), "Bass").clips}
    compared = 0
    for clip in lane_of(held(0), "Bass").clips:
        if isinstance(clip.source, PartsSource) and clip.start in plain:
            kick, bass = clip.source.sources[:2]
            powers = (
                10.0 ** ((low_loudness(kick) + clip.source.gains_db[0]) / 10.0) / 16.0,
                10.0 ** (low_loudness(bass) / 10.0) * 9.0 / 16.0,
            )
            other = plain[clip.start]
            wanted = low_loudness(other.source) + other.gain_db
            if abs(other.gain_db) < 5.9:  # else the gain is at its limit
                compared += 1
                found = clip.gain_db + 10.0 * np.log10(sum(powers))
                assert found == pytest.approx(wanted, abs=0.05)
    assert compared >= 2


@pytest.mark.parametrize("seed", range(4))
def test_markers_name_the_sections(seed: int) -> None:
    arrangement = made(seed, bars=98)
    sections = form.plan(98, seed=seed, learned=MUSIC.forms)
    assert [(it.tick, it.name) for it in arrangement.markers] == [
        (section.start * TICKS_PER_BAR, section.name) for section in sections
    ]
    assert not any(clip.name for clip in arrangement.clips())


def test_body_and_tops_are_mixed_and_the_bass_changes_on_the_downbeat() -> None:
    arrangement = made(bars=98, form="classic")
    mixed = {s.start * TICKS_PER_BAR for s in form.plan(98, "classic") if s.entry == "mix"}
    cut = {s.start * TICKS_PER_BAR for s in form.plan(98, "classic") if s.entry == "cut"}
    body = lane_of(arrangement, "Body")
    long = [
        (j.start + j.end) // 2
        for j in find_transitions(arrangement)
        if j.incoming in body.clips and j.end - j.start > TICKS_PER_BAR
    ]
    assert mixed - {0} >= set(long) != set()
    assert all(clip.start in cut for clip in body.clips if clip.start in cut)
    for clip in lane_of(arrangement, "Bass").clips:
        assert clip.start % TICKS_PER_BAR == 0
        assert clip.fade_in == 0


def test_steps_within_a_part_change_before_the_downbeat() -> None:
    arrangement = made(bars=98)
    lengths = {j.end - j.start for j in find_transitions(arrangement) if not j.touching}
    assert TICKS_PER_BEAT in lengths
    for transition in find_transitions(arrangement):
        if transition.end - transition.start == TICKS_PER_BEAT:
            assert transition.end % TICKS_PER_BAR == 0


@pytest.mark.parametrize("seed", range(5))
def test_the_bass_is_gone_in_the_last_bar_before_a_drop(seed: int) -> None:
    arrangement = made(seed, bars=98)
    sections = form.plan(98, seed=seed, learned=MUSIC.forms)
    drops = [s.start * TICKS_PER_BAR for s in sections if s.entry == "cut"]
    bass = lane_of(arrangement, "Bass").clips
    assert drops
    for at in drops:
        assert not any(clip.start < at and clip.end > at - TICKS_PER_BAR for clip in bass)
        assert any(clip.start == at for clip in bass)


def test_half_a_bar_is_played_again_before_a_drop() -> None:
    arrangement = made(bars=98, form="hypnotic")
    (drop,) = [s.start * TICKS_PER_BAR for s in form.plan(98, "hypnotic") if s.entry == "cut"]
    before, fill = [c for c in lane_of(arrangement, "Body").clips if c.start < drop][-2:]
    assert fill.end == drop
    assert fill.length == 2 * TICKS_PER_BEAT
    assert fill.source == before.source
    # What the fill plays first is what the clip before it plays half a bar earlier.
    assert fill.offset == (before.offset + before.length - fill.length) % TICKS_PER_SEGMENT


def test_sections_have_the_levels_of_their_energy() -> None:
    arrangement = made(bars=98, form="classic")
    levels = {}
    for name in ("drop", "break", "intro"):
        clips = lane_of(arrangement, "Body").clips
        clips = tuple(c for c in clips if section_of(arrangement, c) == name)
        levels[name] = np.mean([_body_level(clip) for clip in clips])
    assert levels["drop"] - levels["break"] == pytest.approx(5.0, abs=1.5)
    assert levels["drop"] - levels["intro"] > 2.5


def _body_level(clip: Clip) -> float:
    """Level in dB of the body that a clip plays, as decoded."""
    if isinstance(clip.source, LatentSource):
        latent = clip.source.array[:1]
    else:
        latent = MUSIC.latents[[MUSIC.index(clip.source.segment_id)]]
    return float(band_loudness_db(MUSIC.decode(latent)[0])[1]) + clip.gain_db


def test_many_tracks_are_heard() -> None:
    music = material(count=120, tracks=24)
    arrangement = compose(music, ComposeOptions(minutes=3), np.random.default_rng(0))
    real = [c.source for c in arrangement.clips() if isinstance(c.source, RealSource)]
    assert len({music.track_ids[music.index(source.segment_id)] for source in real}) >= 8


def test_tonal_layers_are_transposed_to_the_home_key() -> None:
    """The tracks alternate between two keys a tritone apart."""
    keys = (Key(9, True), Key(3, True))

    def key_of(segment_id: str) -> Key:
        return keys[int(MUSIC.track_ids[MUSIC.index(segment_id)][1:]) % 2]

    def guide_of(latent: np.ndarray) -> str:
        return MUSIC.ids[int(np.linalg.norm(MUSIC.latents - latent, axis=1).argmin())]

    music = dataclasses.replace(
        MUSIC, keys_of=lambda ids: [key_of(i) for i in ids], guide_of=guide_of
    )
    arrangement = compose(music, ComposeOptions(bars=98), np.random.default_rng(0))
    wheels, moved = [], 0
    for name in ("Body", "Bass"):
        for clip in lane_of(arrangement, name).clips:
            source = clip.source
            latent = isinstance(source, LatentSource)
            segment_id = guide_of(source.array[0]) if latent else source.segment_id
            key = key_of(segment_id)
            wheels.append(Key((key.tonic + source.transpose) % 12, True).wheel)
            moved += source.transpose != 0
    assert moved
    assert all(fifths_apart(a, b) <= 2 for a, b in itertools.combinations(wheels, 2))
    assert {clip.source.transpose for clip in lane_of(arrangement, "Tops").clips} == {0}


def test_wide_music_is_narrowed_and_the_bass_is_mono() -> None:
    """Channels that cancel each other: 6 dB more side than mid."""
    tone = np.sin(np.arange(40_000) * 0.2).astype(np.float32)
    noise = np.random.default_rng(0).standard_normal(40_000).astype(np.float32)
    sound = np.stack([tone + 2 * noise, tone - 2 * noise], axis=1) + 0.5 * noise[::-1, None]
    music = dataclasses.replace(MUSIC, read_audio=lambda _: sound)
    arrangement = compose(music, ComposeOptions(bars=98), np.random.default_rng(0))
    assert {clip.width for clip in lane_of(arrangement, "Bass").clips} == {0.0}
    for name in ("Body", "Tops"):
        assert all(clip.width < 0.7 for clip in lane_of(arrangement, name).clips)
    narrow = compose(MUSIC, ComposeOptions(bars=98), np.random.default_rng(0))
    assert {clip.width for clip in lane_of(narrow, "Tops").clips} == {1.0}


def test_it_fades_out_at_the_end() -> None:
    arrangement = made(minutes=3)
    ending = [clip for clip in arrangement.clips() if clip.end == arrangement.end]
    assert ending
    assert all(clip.fade_out > 0 for clip in ending)


def test_a_curve_is_followed() -> None:
    arrangement = made(bars=64, energy=[0.0, 0.0, 1.0, 1.0])
    energy = []
    for clip in in_order(arrangement):
        if isinstance(clip.source, LatentSource):
            energy.append((clip.start, _body_level(clip)))
    early = np.mean([e for at, e in energy if at < 24 * TICKS_PER_BAR])
    late = np.mean([e for at, e in energy if at >= 36 * TICKS_PER_BAR])
    assert late > early + 4.0


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
        ({"energy": [0.5], "form": "tool"}, "not both"),
        ({"form": "dub"}, "no form 'dub'"),
        ({"form": "learned"}, "no track of this library"),
    ],
)
def test_options_that_cannot_be(options: dict[str, object], problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        made(**options)
