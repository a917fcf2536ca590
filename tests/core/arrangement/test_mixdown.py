from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.arrangement import edits, fades
from core.arrangement.arrangement import Arrangement, Lane, frame_at
from core.arrangement.clip import Clip, RealSource, main_source, with_parts
from core.arrangement.lane_effects import NO_EFFECTS
from core.arrangement.lane_sound import LaneStates
from core.arrangement.mixdown import Mixdown
from core.errors import Cancelled, InputError
from core.settings import PARTS, SAMPLE_RATE, TICKS_PER_BAR, TICKS_PER_SEGMENT, segment_frames
from tests.core.arrangement.strategies import arrangements, loop_of

FloatArray = NDArray[np.float32]
BPM = 130.0
BAR = TICKS_PER_BAR


def clip(name: str, start_bar: float, bars: float, **fields: object) -> Clip:
    return Clip(name, RealSource(name), int(start_bar * BAR), int(bars * BAR)).changed(**fields)


def mixed(lanes: list[list[Clip]], sounds: dict[str, FloatArray], bpm: float = BPM) -> FloatArray:
    rows = tuple(Lane(f"l{i}", clips=tuple(row)) for i, row in enumerate(lanes))
    mix = Mixdown(Arrangement(bpm, rows), lambda c: sounds[c.source.segment_id])  # type: ignore[union-attr]
    return mix.render(0, mix.frames)


def tone(hertz: float, bpm: float = BPM, amplitude: float = 0.5) -> FloatArray:
    """A sine that repeats seamlessly: the whole number of turns nearest to `hertz`."""
    frames = segment_frames(bpm)
    turns = round(hertz * frames / SAMPLE_RATE)
    phase = 2 * np.pi * turns * np.arange(frames) / frames
    return np.repeat(amplitude * np.sin(phase)[:, None], 2, axis=1).astype(np.float32)


def noise(seed: int, bpm: float = BPM) -> FloatArray:
    samples = np.random.default_rng(seed).standard_normal((segment_frames(bpm), 2))
    return (0.1 * samples).astype(np.float32)


def levels_db(samples: FloatArray, seconds: float = 0.25) -> FloatArray:
    size = int(seconds * SAMPLE_RATE)
    blocks = samples[: len(samples) // size * size].reshape(-1, size * 2)
    return 10 * np.log10(np.mean(blocks.astype(np.float64) ** 2, axis=1) + 1e-20)


# One sound, whatever the blocks


@settings(max_examples=25, deadline=None)
@given(arrangements(), st.lists(st.integers(1, 40_000), min_size=1, max_size=6), st.data())
def test_any_blocks_give_the_same_samples(
    arrangement: Arrangement, sizes: list[int], data: st.DataObject
) -> None:
    """But for filters, which have a past: see the tests of lanes' effects."""
    lanes = tuple(lane.changed(effects=NO_EFFECTS) for lane in arrangement.lanes)
    arrangement = arrangement.changed(bpm=arrangement.bpm * 3, lanes=lanes)
    mix = Mixdown(arrangement, lambda c: loop_of(c.source, arrangement.bpm))
    whole = mix.render(0, mix.frames)
    start = data.draw(st.integers(0, mix.frames))
    for size in sizes:
        block = mix.render(start, size)
        expected = np.zeros((size, 2), np.float32)
        part = whole[start : start + size]
        expected[: len(part)] = part
        np.testing.assert_array_equal(block, expected)
        start = min(start + size, mix.frames)


def test_render_fills_what_it_is_given() -> None:
    mix = Mixdown(Arrangement(BPM, (Lane("l", clips=(clip("a", 0, 4),)),)), lambda c: noise(1))
    out = np.full((1000, 2), 9.0, np.float32)
    assert mix.render(500, 1000, out) is out
    np.testing.assert_array_equal(out, mix.render(500, 1000))


# On the grid, to the sample


@pytest.mark.parametrize("bpm", [120.0, 130.0, 133.7, 171.123])
def test_every_repetition_starts_on_its_own_tick(bpm: float) -> None:
    pulse = np.zeros((segment_frames(bpm), 1), np.float32)
    pulse[100] = 1.0
    sound = mixed([[clip("a", 0.25, 400)]], {"a": pulse}, bpm)
    found = np.flatnonzero(sound[:, 0])
    expected = [frame_at(BAR // 4 + turn * TICKS_PER_SEGMENT, bpm) + 100 for turn in range(100)]
    np.testing.assert_array_equal(found, expected)
    assert len(sound) == frame_at(BAR // 4 + 400 * BAR, bpm)


def test_a_repetition_a_sample_longer_is_seamless() -> None:
    """A steady tone repeated a hundred times never leaves its slope, wherever samples are added."""
    bpm = 130.0
    sound = mixed([[clip("a", 0, 400)]], {"a": tone(440, bpm)}, bpm)[2000:-2000, 0]
    steepest = 0.5 * 2 * np.pi * 441 / SAMPLE_RATE
    assert np.abs(np.diff(sound)).max() < 1.05 * steepest


def test_an_exact_length_ends_in_silence_there() -> None:
    lane = Lane("l", clips=(clip("a", 0, 8, fade_out=BAR),))
    frames = frame_at(8 * BAR, BPM) - 9
    mix = Mixdown(Arrangement(BPM, (lane,), frames=frames), lambda c: noise(1))
    assert mix.frames == frames
    sound = mix.render(0, frames + 100)
    assert np.abs(sound[frames - 3 : frames]).max() < 1e-4
    assert not sound[frames:].any()


def test_an_offset_starts_inside_the_loop() -> None:
    sounds = {"a": noise(1)}
    shifted = mixed([[clip("a", 0, 2, offset=BAR)]], sounds)
    begin = frame_at(BAR, BPM)
    np.testing.assert_array_equal(shifted[100:5000], sounds["a"][begin + 100 : begin + 5000])


# Transitions keep the level


def partner(a: FloatArray, correlation: float) -> FloatArray:
    other = noise(99)
    return correlation * a + np.float32(np.sqrt(1 - correlation**2)) * other


@pytest.mark.parametrize("correlation", [-0.6, -0.3, 0.0, 0.4, 0.8, 1.0])
@pytest.mark.parametrize("layout", ["one lane", "two lanes"])
@pytest.mark.parametrize("bars", [0.5, 4])
def test_levels_neither_dip_nor_bump(correlation: float, layout: str, bars: float) -> None:
    a = noise(1)
    # On one lane the overlap alone makes the transition; on two, the fades that lie over each other
    # do.
    fade = int(bars * BAR) if layout == "two lanes" else 0
    row = [clip("a", 0, 5, fade_out=fade), clip("b", 5 - bars, 5, fade_in=fade)]
    lanes = [row] if layout == "one lane" else [row[:1], row[1:]]
    b = np.roll(partner(a, correlation), -frame_at(int((5 - bars) * BAR), BPM), 0)
    sound = mixed(lanes, {"a": a, "b": b})
    levels = levels_db(sound)[1:-1]
    assert np.ptp(levels) < 1.0


def test_a_clip_fading_into_itself_stays_itself() -> None:
    sounds = {"a": noise(1)}
    both = [clip("a", 0, 6), clip("a", 4, 4, id="again", source=RealSource("a"))]
    alone = mixed([[clip("a", 0, 8)]], sounds)
    np.testing.assert_allclose(mixed([both], sounds)[:-500], alone[:-500], atol=1e-4)


def test_fades_that_do_not_match_stay_plain_fades() -> None:
    rows = [[clip("a", 0, 4, fade_out=BAR)], [clip("b", 3, 4, fade_in=BAR // 2)]]
    sound = mixed(rows, {"a": noise(1), "b": np.zeros_like(noise(1))})
    start, end = frame_at(3 * BAR, BPM), frame_at(4 * BAR, BPM)
    expected = noise(1)[start:end] * fades.fade_in(end - start)[::-1, None]
    np.testing.assert_allclose(sound[start:end], expected, atol=1e-6)


def test_clips_that_touch_keep_the_attack() -> None:
    """The incoming clip is whole from its first sample on; the level holds throughout."""
    sound = mixed([[clip("a", 0, 4), clip("b", 4, 4)]], {"a": noise(1), "b": noise(2)})
    transition = frame_at(4 * BAR, BPM)
    np.testing.assert_array_equal(sound[transition : transition + 1000], noise(2)[:1000])
    np.testing.assert_array_equal(sound[transition - 1220 : transition - 221], noise(1)[-1220:-221])
    assert np.ptp(levels_db(sound[transition - 1760 : transition + 1540], 0.005)) < 3.0


@pytest.mark.parametrize("change", [{"reverse": True}, {"width": 0.0}, {"treble_cut": True}])
def test_a_piece_of_a_cut_clip_that_is_played_otherwise_does_not_click(
    change: dict[str, object],
) -> None:
    cut = Arrangement(BPM, (Lane("l", clips=(clip("a", 0, 4),)),))
    cut = edits.split(cut, "a", BAR + 700)
    later = cut.lanes[0].clips[1].id
    loop = tone(111.3) * np.float32([1.0, -0.4])
    mix = Mixdown(edits.set_clip(cut, later, **change), lambda _: loop)
    bend = np.abs(np.diff(mix.render(0, mix.frames), 2, axis=0)).max(axis=1)
    at = frame_at(BAR + 700, BPM)
    assert bend[at - 300 : at + 300].max() < 2 * bend[:1000].max()


def test_bass_swaps_on_the_downbeat() -> None:
    sounds = {"a": tone(55) + tone(3000), "b": tone(90) + tone(4000)}
    row = [clip("a", 0, 8), clip("b", 4, 8, bass_swap=True)]
    sound = mixed([row], sounds)[:, 0]
    swap = frame_at(6 * BAR, BPM)
    window = SAMPLE_RATE  # one second: 1 Hz apart

    def level(at: int, hertz: float) -> float:
        piece = sound[at : at + window] * np.hanning(window)
        return float(np.abs(np.fft.rfft(piece))[round(hertz)] * 4 / window)

    before, after = swap - window - 400, swap + 100
    assert level(before, 55) > 0.4 > 0.05 > level(before, 90)
    assert level(after, 90) > 0.4 > 0.05 > level(after, 55)
    assert 0.2 < level(before, 4000) < 0.45
    assert 0.2 < level(after, 3000) < 0.45


@pytest.mark.parametrize("gain_db", [0.0, -5.0])
def test_a_swap_between_high_and_low_sounds_keeps_the_level(gain_db: float) -> None:
    """All of one lies above the crossover, all of the other below: no crossfade per band helps."""
    sounds = {"a": tone(1000), "b": tone(60)}
    row = [clip("a", 0, 8), clip("b", 4, 8, bass_swap=True, gain_db=gain_db)]
    levels = levels_db(mixed([row], sounds), 60 / BPM)[1:-1]
    plain = levels_db(tone(1000), 60 / BPM)[0]
    assert levels.max() < plain + 1.0
    assert levels.min() > plain + gain_db - 1.0


def test_a_bass_cut_takes_out_the_lows_alone() -> None:
    sounds = {"a": tone(50) + tone(3000)}
    sound = mixed([[clip("a", 0, 4, bass_cut=True)]], sounds)[1000:-1000]
    only_high = tone(3000)[1000:-1000]
    assert np.abs(sound - only_high).max() < 0.02


@pytest.mark.parametrize(("field", "band"), [("bass_cut", 0), ("mid_cut", 1), ("treble_cut", 2)])
def test_a_cut_takes_out_its_band_alone(field: str, band: int) -> None:
    tones = [tone(50), tone(600), tone(9000)]
    sounds = {"a": sum(tones[1:], tones[0])}
    sound = mixed([[clip("a", 0, 4, **{field: True})]], sounds)[1000:-1000]
    kept = (sounds["a"] - tones[band])[1000:-1000]
    assert np.abs(sound - kept).max() < 0.02


def test_clips_that_share_out_the_bands_sum_to_the_whole() -> None:
    sounds = {"a": noise(0)}
    fields = ("bass_cut", "mid_cut", "treble_cut")
    rows = [
        [clip("a", 0, 4, id=kept, **{field: field != kept for field in fields})] for kept in fields
    ]
    whole = mixed([[clip("a", 0, 4)]], sounds)
    np.testing.assert_allclose(mixed(rows, sounds), whole, atol=1e-4)


@pytest.mark.parametrize("width", [0.0, 0.5])
def test_width_scales_the_difference_of_the_channels(width: float) -> None:
    left, right = tone(300), tone(500)
    left[:, 1], right[:, 0] = 0.0, 0.0
    sounds = {"a": left + right}
    sound = mixed([[clip("a", 0, 4, width=width)]], sounds)[1000:-1000]
    whole = sounds["a"][1000:-1000]
    np.testing.assert_allclose(sound.mean(axis=1), whole.mean(axis=1), atol=1e-5)
    difference = whole[:, 0] - whole[:, 1]
    np.testing.assert_allclose(sound[:, 0] - sound[:, 1], width * difference, atol=1e-5)


# No clicks


@pytest.mark.parametrize("fields", [{}, {"offset": 7777}, {"fade_in": 300, "fade_out": 200}])
def test_edges_do_not_click(fields: dict[str, int]) -> None:
    """A low tone cut out at any phase leaves nothing above 8 kHz."""
    rows = [[clip("a", 0.1, 2.3, **fields), clip("b", 2.4, 1.7, **fields), clip("c", 6, 1)]]
    sound = mixed(rows, {"a": tone(100), "b": tone(130), "c": tone(60)})
    high = np.fft.rfft(sound[:, 0])
    high[: round(8000 * len(sound) / SAMPLE_RATE)] = 0
    assert np.abs(np.fft.irfft(high, len(sound))).max() < 0.5 * 10 ** (-60 / 20)


# Lanes


def lane_mix(**fields: object) -> FloatArray:
    other = Lane("m", clips=(clip("b", 0, 4),))
    lane = Lane("l", clips=(clip("a", 0, 4, gain_db=-6.0),), **fields)  # type: ignore[arg-type]
    sounds = {"a": noise(1), "b": noise(2)}
    mix = Mixdown(Arrangement(BPM, (lane, other)), lambda c: sounds[c.source.segment_id])  # type: ignore[union-attr]
    return mix.render(5000, 1000)


def test_gain_pan_mute_and_solo() -> None:
    a, b = noise(1)[5000:6000], noise(2)[5000:6000]
    half = np.float32(10 ** (-6 / 20))
    np.testing.assert_allclose(lane_mix(), half * a + b, atol=1e-6)
    np.testing.assert_allclose(lane_mix(solo=True), half * a, atol=1e-6)
    np.testing.assert_allclose(lane_mix(mute=True), b, atol=1e-6)
    np.testing.assert_allclose(lane_mix(mute=True, solo=True), 0 * a, atol=1e-6)
    np.testing.assert_allclose(lane_mix(gain_db=6.0), a * half / half + b, atol=1e-6)
    left = lane_mix(pan=-1.0)
    np.testing.assert_allclose(left[:, 1], b[:, 1], atol=1e-6)
    np.testing.assert_allclose(left[:, 0], np.sqrt(2) * half * a[:, 0] + b[:, 0], atol=1e-6)


@given(st.floats(-1, 1))
def test_pan_keeps_the_power(pan: float) -> None:
    assert np.sum(fades.pan_gains(0.0, pan) ** 2) == pytest.approx(2.0, rel=1e-5)


# Work done once


class Counting:
    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, clip: Clip) -> FloatArray:
        self.asked.append(clip.source.segment_id)  # type: ignore[union-attr]
        return noise(len(clip.source.segment_id))  # type: ignore[union-attr]


def three() -> Arrangement:
    row = (
        clip("a", 0, 5),
        clip("bb", 4, 5),
        clip("ccc", 8, 4),
        clip("a", 12, 4, id="a2", source=RealSource("a")),
    )
    return Arrangement(BPM, (Lane("l", clips=row),))


def test_each_source_is_asked_for_once() -> None:
    audio = Counting()
    done: list[float] = []
    Mixdown(three(), audio).prepare(lambda at, total, message="": done.append(at / total))
    assert audio.asked == ["a", "bb", "ccc"]
    assert (done[0], done[-1]) == (0, 1)
    assert done == sorted(done)


EDITED: list[Callable[[Arrangement], Arrangement]] = [
    lambda a: edits.set_gain(a, "bb", -6),
    lambda a: edits.set_lane(a, "l", gain_db=-3.0, pan=0.5),
    lambda a: edits.move(a, ["ccc"], ticks=500),
    lambda a: edits.delete(a, ["bb"]),
    lambda a: edits.trim_end(a, "a2", 20 * BAR),
    lambda a: edits.set_clip(a, "bb", bass_swap=True, bass_cut=True),
    lambda a: edits.set_fades(a, "a", fade_in=1000),
]


@pytest.mark.parametrize("edit", EDITED)
def test_what_is_reused_sounds_the_same(edit: Callable[[Arrangement], Arrangement]) -> None:
    audio = Counting()
    before = Mixdown(three(), audio)
    before.prepare()
    edited = edit(three())
    again = Mixdown(edited, audio, reuse=before)
    fresh = Mixdown(edited, Counting())
    np.testing.assert_array_equal(again.render(0, again.frames), fresh.render(0, fresh.frames))
    assert audio.asked == ["a", "bb", "ccc"]


def test_another_tempo_reuses_nothing() -> None:
    before = Mixdown(three(), Counting())
    before.prepare()
    slower = edits.set_tempo(three(), 120)
    mix = Mixdown(slower, lambda c: noise(1, 120.0), reuse=before)
    assert mix.render(0, mix.frames).any()


def test_release_changes_nothing() -> None:
    mix = Mixdown(three(), Counting())
    whole = mix.render(0, mix.frames)
    for start in range(0, mix.frames, 50_000):
        np.testing.assert_array_equal(
            mix.render(start, 50_000)[: mix.frames - start], whole[start : start + 50_000]
        )
        mix.release(start + 50_000)


@pytest.mark.parametrize(
    ("row", "bar"),
    [
        ((clip("a", 0, 4), clip("b", 3, 4)), 1),
        ((clip("a", 0, 4, bass_cut=True),), 1),
        ((clip("a", 0, 4), clip("b", 4, 4, treble_cut=True)), 1),
    ],
)
def test_who_does_not_wait_hears_a_costly_clip_fade_in_once_it_is_prepared(
    row: tuple[Clip, ...], bar: int
) -> None:
    """A jump to where nothing is prepared must not render crossfades while a block is due."""
    whole = Arrangement(BPM, (Lane("l", clips=row),))
    mix, states = Mixdown(whole, lambda it: loop_of(it.source, BPM)), LaneStates()
    start = frame_at(bar * TICKS_PER_BAR, BPM)
    assert not mix.render(start, 256, states=states, waits=False).any()
    assert not mix._sounds
    mix.prepare()
    wanted = mix.render(start, 768)
    ramp = mix.render(start + 256, 256, states=states, waits=False)
    np.testing.assert_allclose(ramp, wanted[256:512] * fades.ramp(256)[:, None], atol=1e-6)
    now = mix.render(start + 512, 256, states=states, waits=False)
    np.testing.assert_array_equal(now, wanted[512:])


def test_who_does_not_wait_hears_a_plain_clip_at_once() -> None:
    whole = Arrangement(BPM, (Lane("l", clips=(clip("a", 0, 4), clip("b", 4, 4))),))
    mix = Mixdown(whole, lambda it: loop_of(it.source, BPM))
    heard = mix.render(5000, 256, waits=False)
    assert heard.any()
    np.testing.assert_array_equal(heard, mix.render(5000, 256))


def test_preparing_can_be_stopped() -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(Cancelled):
        Mixdown(three(), Counting()).prepare(cancel=stop)


def test_a_crossfade_is_stopped_between_its_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    stop, split, steps = threading.Event(), Mixdown._bands, []

    def stopping(mix: Mixdown, it: Clip, start: int, end: int) -> list[FloatArray]:
        steps.append(it.id)
        stop.set()
        return split(mix, it, start, end)

    whole = Arrangement(BPM, (Lane("l", clips=(clip("a", 0, 4), clip("b", 3, 4))),))
    mix = Mixdown(whole, Counting())
    monkeypatch.setattr(Mixdown, "_bands", stopping)
    with pytest.raises(Cancelled):
        mix.prepare(cancel=stop)
    assert steps == ["a"]
    monkeypatch.setattr(Mixdown, "_bands", split)
    expected_sound = Mixdown(whole, Counting()).render(0, mix.frames)
    np.testing.assert_array_equal(mix.render(0, mix.frames), expected_sound)


@pytest.mark.parametrize(
    ("samples", "problem"),
    [
        (np.zeros((1000, 2)), "four bars"),
        (np.zeros((segment_frames(BPM), 3)), "1 or 2"),
        (np.full((segment_frames(BPM), 2), np.nan), "not numbers"),
    ],
)
def test_sounds_that_do_not_fit(samples: FloatArray, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        Mixdown(three(), lambda c: samples).prepare()


def test_a_sound_a_sample_off_still_lands_on_the_grid() -> None:
    for extra in (-1, 1):
        pulse = np.zeros((segment_frames(BPM) + extra, 1), np.float32)
        pulse[100] = 1.0
        found = np.flatnonzero(mixed([[clip("a", 0, 40)]], {"a": pulse})[:, 0])
        expected = [frame_at(turn * TICKS_PER_SEGMENT, BPM) + 100 for turn in range(10)]
        np.testing.assert_array_equal(found, expected)


# For playback


@settings(max_examples=15, deadline=None)
@given(arrangements(), st.data())
def test_lane_peaks_are_those_of_the_lanes_alone(
    arrangement: Arrangement, data: st.DataObject
) -> None:

    def audio_of(it: Clip) -> FloatArray:
        return loop_of(it.source, arrangement.bpm)

    mix = Mixdown(arrangement, audio_of)
    start = data.draw(st.integers(-1000, max(mix.frames, 1)))
    peaks: dict[str, float] = {}
    np.testing.assert_array_equal(mix.render(start, 20_000, peaks=peaks), mix.render(start, 20_000))
    for lane in arrangement.lanes:
        rows = [row.changed(mute=row.mute or row is not lane) for row in arrangement.lanes]
        other = Mixdown(arrangement.changed(lanes=tuple(rows)), audio_of, reuse=mix)
        alone = other.render(start, 20_000)
        assert peaks.get(lane.id, 0.0) == pytest.approx(float(np.abs(alone).max()), rel=1e-6)


def test_lane_peaks_are_kept_where_they_are_higher() -> None:
    mix = Mixdown(Arrangement(BPM, (Lane("l", clips=(clip("a", 0, 4),)),)), lambda c: noise(1))
    peaks = {"l": 5.0, "other": 1.0}
    mix.render(0, 1000, peaks=peaks)
    assert peaks == {"l": 5.0, "other": 1.0}


def test_only_what_sounds_in_a_span_is_prepared() -> None:
    asked: list[str] = []

    def audio_of(clip: Clip) -> FloatArray:
        asked.append(clip.id)
        return noise(1)

    lanes = (Lane("l", clips=(clip("a", 0, 4), clip("b", 5, 4), clip("c", 10, 4))),)
    mix = Mixdown(Arrangement(BPM, lanes), audio_of)
    mix.prepare(span=(frame_at(6 * BAR, BPM), frame_at(7 * BAR, BPM)))
    assert asked == ["b"]
    mix.prepare()
    assert asked == ["b", "a", "c"]


def test_a_muted_lane_is_kept_for_later() -> None:
    counting = Counting()
    lanes = (Lane("l", clips=(clip("a", 0, 4),)), Lane("m", clips=(clip("b", 0, 8),)))
    mix = Mixdown(Arrangement(BPM, lanes), counting)
    mix.prepare()
    muted = Mixdown(Arrangement(BPM, (lanes[0], lanes[1].changed(mute=True))), counting, reuse=mix)
    muted.prepare()
    again = Mixdown(mix.arrangement, counting, reuse=muted)
    before = [slot.prepared for slot in again._slots]
    assert all(before)
    np.testing.assert_array_equal(again.render(0, 50_000), mix.render(0, 50_000))


def test_a_muted_clip_is_as_if_it_were_not_there() -> None:
    """Also for the neighbour that it crossfades with."""
    first, second = clip("a", 0, 8), clip("b", 6, 8, mute=True)
    sounds = {"a": noise(1), "b": noise(2)}
    both, alone = mixed([[first, second]], sounds), mixed([[first]], sounds)
    assert len(both) == frame_at(14 * BAR, BPM)
    np.testing.assert_array_equal(both[: len(alone)], alone)
    assert not both[len(alone) :].any()


def test_a_reversed_clip_plays_its_four_bars_backwards() -> None:
    loop = noise(1)
    made = mixed([[clip("a", 0, 4, reverse=True)]], {"a": loop})
    inside = slice(1000, len(loop) - 1000)
    np.testing.assert_array_equal(made[inside], loop[::-1][inside])


# Crossfades by parts


def in_parts(**seeds: int) -> FloatArray:
    """(4, frames, 2): noise for each part that has a seed."""
    return np.stack([noise(seeds[p]) if p in seeds else 0 * noise(0) for p in PARTS])


def parted(name: str, start_bar: float, bars: float, **fields: object) -> Clip:
    muted = (False, False, False, True)
    return clip(name, start_bar, bars).changed(
        source=with_parts([RealSource(name)] * 4, muted), **fields
    )


def mixed_parts(clips: list[Clip], sounds: dict[str, FloatArray]) -> FloatArray:
    arrangement = Arrangement(BPM, (Lane("l", clips=tuple(clips)),))
    mix = Mixdown(arrangement, lambda c: sounds[main_source(c.source).segment_id])  # type: ignore[union-attr]
    return mix.render(0, mix.frames)


def test_a_part_that_both_clips_share_goes_on_through_the_crossfade() -> None:
    """The kick is the same on both sides: at -60 dB it sounds as if nothing had happened, while the
    other parts give way."""
    clips = [parted("a", 0, 8), parted("b", 4, 8)]
    both = {"a": in_parts(kick=1, drums=2), "b": in_parts(kick=1, drums=3)}
    alone = {"a": in_parts(kick=1), "b": in_parts(kick=1)}
    found = mixed_parts(clips, alone)
    steady = mixed_parts([parted("a", 0, 12)], alone)
    inside = slice(frame_at(4 * BAR, BPM), frame_at(8 * BAR, BPM))
    error = found[inside] - steady[inside]
    assert levels_db(error).max() < levels_db(steady[inside]).min() - 60.0
    drums = mixed_parts(clips, both)[inside] - steady[inside]
    first, last = drums[: SAMPLE_RATE // 4], drums[-SAMPLE_RATE // 4 :]
    for part, seed, other in ((first, 2, 3), (last, 3, 2)):
        start = inside.start if part is first else inside.stop - len(part)
        likeness = [
            np.vdot(part, np.take(noise(n), range(start, start + len(part)), 0, mode="wrap"))
            for n in (seed, other)
        ]
        assert likeness[0] > 4 * abs(likeness[1])


def test_a_bass_swap_changes_kick_and_bass_over_on_the_downbeat() -> None:
    clips = [parted("a", 0, 8), parted("b", 4, 8, bass_swap=True)]
    for part in ("kick", "bass"):
        out = mixed_parts(clips, {"a": in_parts(**{part: 1}), "b": in_parts()})
        into = mixed_parts(clips, {"a": in_parts(), "b": in_parts(**{part: 1})})
        swap = frame_at(6 * BAR, BPM)
        assert levels_db(out[: swap - 500]).min() > -30
        assert np.abs(out[swap:]).max() < 1e-6
        assert np.abs(into[: swap - 500]).max() < 1e-6
        assert levels_db(into[swap : frame_at(12 * BAR, BPM) - 500]).min() > -30
    drums = mixed_parts(clips, {"a": in_parts(drums=1), "b": in_parts()})
    middle = frame_at(6 * BAR, BPM)
    assert np.abs(drums[middle + 1000 : middle + 9000]).max() > 0.1  # these fade


def test_where_parts_are_not_known_yet_bands_are_crossfaded() -> None:
    clips = [parted("a", 0, 8), parted("b", 4, 8, bass_swap=True)]
    whole = {"a": noise(1), "b": noise(2)}
    plain = [clip("a", 0, 8), clip("b", 4, 8, bass_swap=True)]
    np.testing.assert_array_equal(mixed_parts(clips, whole), mixed([plain], whole))


def test_parts_that_arrive_are_taken_by_the_next_mixdown() -> None:
    clips = (parted("a", 0, 8), parted("b", 4, 8, bass_swap=True))
    arrangement = Arrangement(BPM, (Lane("l", clips=clips),))
    parts = {"a": in_parts(kick=1, drums=2), "b": in_parts(bass=3, drums=4)}
    sounds = {name: sound.sum(axis=0) for name, sound in parts.items()}

    def audio_of(it: Clip) -> FloatArray:
        return sounds[main_source(it.source).segment_id]  # type: ignore[union-attr]

    mix = Mixdown(arrangement, audio_of)
    early = mix.render(0, mix.frames)
    sounds.update(parts)
    moved = arrangement.changed(
        lanes=(Lane("l", clips=(clips[0], clips[1].changed(length=BAR * 7))),)
    )
    after = Mixdown(moved, audio_of, reuse=mix)
    fresh = Mixdown(moved, lambda c: parts[main_source(c.source).segment_id])  # type: ignore[union-attr]
    found = after.render(0, after.frames)
    swap = frame_at(5 * BAR, BPM)
    np.testing.assert_array_equal(found[swap:], fresh.render(0, fresh.frames)[swap:])
    assert np.abs(early[swap : swap + 4000] - found[swap : swap + 4000]).max() > 1e-3
