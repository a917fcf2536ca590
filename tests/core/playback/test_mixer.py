from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.arrangement.arrangement import Arrangement, Lane, frame_at
from core.arrangement.export import export
from core.arrangement.export_options import ExportOptions
from core.arrangement.fades import edge_fade
from core.arrangement.lane_effects import LaneEffects
from core.arrangement.mixdown import Mixdown
from core.playback.mixdown_thread import MixdownRequest
from core.playback.mixer import EDGE, JOIN, LEAVE, SWAP, Mixer
from core.playback.snapshot import SEAM, LoopRegion
from tests.core.playback.fakes import (
    BAR,
    BPM,
    STEEPEST,
    Sound,
    arrangement,
    audio_of,
    clip,
    loop,
    mixer,
    prepared,
    rendered,
    steepest,
)

BEAT = 5512.5


def reference(start: int, frames: int, whole: Arrangement | None = None) -> Sound:
    whole = arrangement() if whole is None else whole
    return Mixdown(whole, audio_of(whole.bpm)).render(start, frames)


@pytest.mark.parametrize("block", [512, 100, 7777])
def test_playing_is_the_mixdown(block: int) -> None:
    made = mixer()
    made.play(0, BPM)
    np.testing.assert_array_equal(rendered(made, 200_000, block), reference(0, 200_000))


def test_playing_is_what_export_writes_for_that_part(tmp_path: Path) -> None:
    span = (3 * BAR, 12 * BAR)
    export(
        arrangement(),
        audio_of(),
        tmp_path / "a.wav",
        ExportOptions(bit_depth=32, lufs=None, span=span),
    )
    written, _ = soundfile.read(tmp_path / "a.wav", dtype="float32")
    made = mixer()
    made.play(frame_at(span[0], BPM), BPM)
    np.testing.assert_array_equal(rendered(made, len(written)), written)


def test_it_stops_a_bar_after_the_end() -> None:
    made = mixer()
    end = arrangement().length_frames
    made.play(end - 1000, BPM)
    rendered(made, 22_000)
    assert made.playing
    rendered(made, 2_000)
    assert not made.playing
    assert not made.sounding
    made.play(None, BPM)
    np.testing.assert_array_equal(rendered(made, 3000), reference(0, 3000))


def test_rewinding_goes_back_to_where_playing_began_and_then_to_the_start() -> None:
    made = mixer()
    made.play(3 * BAR, BPM)
    rendered(made, 50_000)
    made.rewind()
    assert made.position == 3 * BAR
    assert steepest(rendered(made, 2000)) <= 1.2 * STEEPEST * 2
    made.rewind()
    assert made.position == 0
    made.rewind()
    assert made.position == 0


def test_rewinding_from_a_pause_and_after_a_jump() -> None:
    made = mixer()
    made.play(3 * BAR, BPM)
    rendered(made, 50_000)
    made.stop()
    made.rewind()
    assert made.position == 3 * BAR
    made.play(None, BPM)
    made.seek(5 * BAR, BPM)
    rendered(made, 10_000)
    faster = MixdownRequest.of(arrangement(2 * BPM), audio_of(2 * BPM))
    made.swap(prepared(faster))
    made.rewind()
    assert made.position == round(5 * BAR / 2)


def test_stopping_fades_and_playing_goes_on_there() -> None:
    made = mixer()
    made.play(0, BPM)
    rendered(made, 50_000)
    made.stop()
    tail = rendered(made, 2000)
    assert steepest(tail) <= 1.2 * STEEPEST * 2
    assert not tail[SWAP:].any()
    assert not made.sounding
    assert made.position == 50_000
    made.play(None, BPM)
    expected = reference(50_000, 3000)
    expected[:EDGE] *= edge_fade(EDGE)[:, None]
    np.testing.assert_array_equal(rendered(made, 3000), expected)


def test_seeking_goes_over_without_a_click() -> None:
    made = mixer()
    made.play(0, BPM)
    rendered(made, 50_000)
    made.seek(120_000, BPM)
    sound = rendered(made, 5000)
    assert steepest(sound) < 3 * STEEPEST
    np.testing.assert_array_equal(sound[SWAP:], reference(120_000, 5000)[SWAP:])
    made.stop()
    made.seek(10, BPM)
    assert made.position == 10


class TestRepeating:
    def test_the_jump_is_on_the_sample(self) -> None:
        # Whole turns of the loop: nothing to mend.
        whole = Arrangement(BPM, (Lane("1", clips=(clip("a", 0, 12),)),))
        made = mixer(whole)
        region = LoopRegion(frame_at(BAR, BPM), frame_at(5 * BAR, BPM))
        made.set_region(region, BPM)
        made.play(region.end - 1000, BPM)
        expected = np.concatenate(
            [reference(region.end - 1000, 1000, whole), reference(region.start, 3000, whole)]
        )
        np.testing.assert_array_equal(rendered(made, 4000)[EDGE:], expected[EDGE:])

    def test_round_and_round(self) -> None:
        made = mixer()
        made.set_region(LoopRegion(1000, 4000), BPM)
        made.play(1000, BPM)
        rendered(made, 3000)
        np.testing.assert_array_equal(rendered(made, 2900, 700), reference(1000, 2900))
        rendered(made, 3100)
        np.testing.assert_array_equal(rendered(made, 2000), reference(1000, 2000))
        assert made.playing

    def test_a_seam_that_would_click_is_mended(self) -> None:
        made = mixer()
        quarter = round(88_200 / 300)
        region = LoopRegion(60_000, 80_000 + quarter)
        raw = reference(0, 90_000)
        jump = np.abs(raw[region.start] - raw[region.end - 1]).max()
        assert jump > 10 * STEEPEST
        made.set_region(region, BPM)
        made.play(region.end - 5000, BPM)
        sound = rendered(made, 10_000)
        assert steepest(sound[EDGE:]) < 0.3 * jump
        np.testing.assert_array_equal(
            sound[EDGE : 5000 - SEAM], raw[region.end - 5000 + EDGE : region.end - SEAM]
        )
        np.testing.assert_array_equal(sound[5000:], raw[region.start : region.start + 5000])

    def test_from_beyond_it_plays_on(self) -> None:
        made = mixer()
        made.set_region(LoopRegion(0, 10_000), BPM)
        made.play(20_000, BPM)
        np.testing.assert_array_equal(rendered(made, 5000)[EDGE:], reference(20_000, 5000)[EDGE:])

    def test_it_does_not_stop_at_the_end(self) -> None:
        made = mixer()
        end = arrangement().length_frames
        made.set_region(LoopRegion(end, end + 100_000), BPM)
        made.play(end, BPM)
        rendered(made, 250_000)
        assert made.playing


class TestEditing:
    def swapped(self, edited: Arrangement, frames: int = 5000) -> tuple[Mixer, Sound]:
        made = mixer()
        made.play(0, BPM)
        rendered(made, 100_000)
        made.swap(prepared(MixdownRequest.of(edited, audio_of(edited.bpm))))
        return made, rendered(made, frames)

    @pytest.mark.parametrize(
        "fields", [{"mute": True}, {"solo": True}, {"gain_db": 3.0}, {"pan": -1.0}, {"clips": ()}]
    )
    def test_an_edit_is_heard_at_once_and_does_not_click(self, fields: dict[str, object]) -> None:
        edited = arrangement(**fields)
        _, sound = self.swapped(edited)
        expected = reference(100_000, 5000, edited)
        before = reference(99_999, 5001)
        np.testing.assert_array_equal(sound[SWAP:], expected[SWAP:])
        whole = np.concatenate([before[:1], sound])
        assert steepest(whole) < max(steepest(before), steepest(expected)) + 0.01

    def test_the_same_again_is_not_heard_at_all(self) -> None:
        _, sound = self.swapped(arrangement())
        np.testing.assert_allclose(sound, reference(100_000, 5000), atol=1e-6)

    def test_another_tempo_keeps_the_bar(self) -> None:
        made, sound = self.swapped(arrangement(bpm=240.0))
        expected = reference(200_000, 5000, arrangement(bpm=240.0))
        np.testing.assert_array_equal(sound[SWAP:], expected[SWAP:])
        made.set_region(LoopRegion(1000, 9000), BPM)
        made.seek(4000, BPM)
        assert made.position == 8000
        rendered(made, 10_000)
        assert made.position == 2000

    def test_before_the_first_sample_it_replaces_what_was_to_sound(self) -> None:
        made = Mixer()
        made.play(0, BPM)
        for whole in (arrangement(mute=True), arrangement()):
            made.swap(prepared(MixdownRequest.of(whole, audio_of())))
        np.testing.assert_array_equal(rendered(made, 3000), reference(0, 3000))

    def test_many_jumps_at_once_sound_like_the_last(self) -> None:
        made = mixer()
        made.play(0, BPM)
        rendered(made, 1000)
        for frame in range(60_000, 61_000, 50):
            made.seek(frame, BPM)
        sound = rendered(made, 2000)
        assert np.abs(sound).max() <= np.abs(reference(0, 100_000)).max() * 1.5
        np.testing.assert_array_equal(sound[SWAP:], reference(60_950, 2000)[SWAP:])

    def test_while_stopped(self) -> None:
        made = mixer()
        made.seek(4800, BPM)
        made.swap(prepared(MixdownRequest.of(arrangement(bpm=240.0), audio_of(240.0))))
        assert made.position == 9600
        assert not made.sounding


class TestAuditioning:
    def test_at_once_from_the_start_if_nothing_sounds(self) -> None:
        made = mixer()
        made.audition(loop("x"))
        sound = rendered(made, 90_000)
        expected = np.concatenate([loop("x"), loop("x")])[:90_000]
        np.testing.assert_array_equal(sound[EDGE:], expected[EDGE:])

    def test_beside_the_arrangement_from_the_next_beat_on_in_step(self) -> None:
        made = mixer()
        made.play(0, BPM)
        rendered(made, 30_000)  # beat 5.44
        made.audition(loop("x"))
        sound = rendered(made, 10_000) - reference(30_000, 10_000)
        at = 33_075  # beat 6
        assert not sound[: at - JOIN - 30_000].any()
        np.testing.assert_allclose(sound[at - 30_000 :], loop("x")[at:40_000], atol=1e-6)

    def test_one_of_another_length_is_in_step_too(self) -> None:
        half = loop("x")[:44_100]
        made = mixer()
        made.play(0, BPM)
        rendered(made, 60_000)  # beat 10.88
        made.audition(half, beats=8)
        sound = rendered(made, 10_000) - reference(60_000, 10_000)
        at = 60_638  # beat 11, the fourth of the second time round
        np.testing.assert_allclose(sound[at - 60_000 :], half[16_538:25_900], atol=1e-6)
        made.stop()
        rendered(made, 1000)
        made.audition(loop("y"))
        sound = rendered(made, 6000)
        at = 71_662  # beat 13, the sixth of the loop that sounds
        np.testing.assert_allclose(sound[at - 71_000 :], loop("y")[27_562:32_900], atol=1e-6)

    def test_the_next_beat_may_lie_behind_the_jump(self) -> None:
        made = mixer()
        made.set_region(LoopRegion(22_050, 28_000), BPM)  # beat 4 to 5.08
        made.play(27_700, BPM)
        made.audition(loop("x"))
        sound = rendered(made, 4000)
        alone = mixer()
        alone.set_region(LoopRegion(22_050, 28_000), BPM)
        alone.play(27_700, BPM)
        sound -= rendered(alone, 4000)
        np.testing.assert_allclose(sound[300:], loop("x")[22_050:25_750], atol=1e-6)

    def test_another_takes_its_place_in_the_four_bars(self) -> None:
        made = mixer()
        made.audition(loop("x"))
        rendered(made, 40_000)
        made.audition(loop("w"))
        made.audition(loop("y", 240.0))  # only the last one that waits comes
        sound = rendered(made, 10_000)
        at = 44_100  # beat 8
        np.testing.assert_array_equal(sound[: at - JOIN - 40_000], loop("x")[40_000 : at - JOIN])
        np.testing.assert_array_equal(
            sound[at - 40_000 :], loop("y", 240.0)[88_200 : 88_200 + 50_000 - at]
        )
        assert steepest(sound) < 3 * STEEPEST

    def test_it_follows_the_transport(self) -> None:
        made = mixer(Arrangement(BPM, (Lane("1", clips=(clip("a", 40, 1),)),)))
        made.audition(loop("x"))
        rendered(made, 10_000)
        made.play(0, BPM)
        sound = rendered(made, 40_000)
        np.testing.assert_allclose(sound[11_025:], loop("x")[11_025:40_000], atol=1e-6)
        made.seek(100, BPM)
        sound = rendered(made, 30_000)
        np.testing.assert_allclose(sound[11_025:], loop("x")[11_125:30_100], atol=1e-6)

    def test_ending_fades(self) -> None:
        made = mixer()
        made.audition(loop("x"))
        rendered(made, 1000)
        made.audition(loop("y"))
        made.end_audition()
        sound = rendered(made, LEAVE + 100)
        assert steepest(sound) < 2 * STEEPEST
        assert sound[LEAVE - 100 : LEAVE].any()
        assert not sound[LEAVE:].any()
        assert not made.sounding
        assert not made.auditioning

    def test_mono(self) -> None:
        made = mixer()
        made.audition(loop("x")[:, :1])
        sound = rendered(made, 1000)
        np.testing.assert_array_equal(sound[:, 0], sound[:, 1])


def test_gain_moves_smoothly() -> None:
    made = mixer()
    made.play(0, BPM)
    rendered(made, 50_000)
    made.set_gain(0.5)
    sound = rendered(made, 5000)
    np.testing.assert_array_equal(sound[512:], 0.5 * reference(50_512, 4488))
    assert steepest(sound) < 2 * STEEPEST


def commands() -> st.SearchStrategy[tuple[str, tuple[object, ...]]]:
    frames = st.integers(0, 300_000)
    return st.one_of(
        st.tuples(st.just("play"), st.tuples(st.none() | frames, st.just(BPM))),
        st.tuples(st.just("seek"), st.tuples(frames, st.just(BPM))),
        st.tuples(st.just("stop"), st.just(())),
        st.tuples(st.just("audition"), st.tuples(st.sampled_from([loop("x"), loop("y")]))),
        st.tuples(st.just("end_audition"), st.just(())),
        st.tuples(st.just("set_gain"), st.tuples(st.floats(0.1, 1.0))),
        st.tuples(st.just("swap"), st.tuples(st.sampled_from(SNAPSHOTS))),
    )


SNAPSHOTS = [
    prepared(MixdownRequest.of(whole, audio_of(whole.bpm)))
    for whole in (arrangement(), arrangement(mute=True), arrangement(bpm=400.0))
]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(commands(), st.just(0) | st.integers(1, 20_000)), max_size=16))
def test_nothing_clicks_whatever_is_done(
    steps: list[tuple[tuple[str, tuple[object, ...]], int]],
) -> None:
    made = mixer()
    made.play(0, BPM)
    sound = [rendered(made, 2000)]
    for (name, arguments), frames in steps:
        getattr(made, name)(*arguments)
        if frames:
            sound.append(rendered(made, frames))
    # The steepest fade takes an edge of 64 frames; a click would be a step of up to 1.
    assert steepest(np.concatenate(sound)) < 0.08


def parts_of(whole: Sound) -> Sound:
    """Four parts that sum to `whole`: a tenth, two tenths, three and four."""
    return np.stack([np.float32(share) * whole for share in (0.1, 0.2, 0.3, 0.4)])


def test_parts_that_are_all_heard_are_the_loop() -> None:
    made, whole = Mixer(), loop("x")
    made.audition(whole, parts=parts_of(whole))
    rendered(made, EDGE)
    np.testing.assert_array_equal(rendered(made, 5000), whole[EDGE : EDGE + 5000])


@pytest.mark.parametrize("block", [512, 100, 7777])
def test_a_part_is_muted_from_the_next_block_on_without_a_click(block: int) -> None:
    made, whole = Mixer(), loop("x")
    made.audition(whole, gain=0.5, parts=parts_of(whole))
    start = len(whole) - 600  # across the end of the loop
    rendered(made, start, block)
    made.set_part_gains((0.0, 1.0, 1.0, 0.0))
    sound = rendered(made, 3 * SWAP, block)
    expected = 0.5 * np.roll(whole, -start, axis=0)
    np.testing.assert_allclose(sound[SWAP:], 0.5 * expected[SWAP : 3 * SWAP], atol=1e-6)
    assert steepest(sound) <= 2 * STEEPEST
    made.set_part_gains((1.0, 1.0, 1.0, 1.0))
    rendered(made, SWAP)
    np.testing.assert_array_equal(rendered(made, 100), expected[4 * SWAP : 4 * SWAP + 100])


def test_parts_that_come_later_do_not_restart_the_loop() -> None:
    made, whole = Mixer(), loop("x")
    made.audition(whole)
    made.set_part_gains((1.0, 0.0, 1.0, 1.0))
    rendered(made, 1000)
    np.testing.assert_array_equal(rendered(made, 1000), whole[1000:2000])  # whole, until then
    made.separate_audition(whole.copy(), parts_of(whole))  # of another loop
    np.testing.assert_array_equal(rendered(made, 100), whole[2000:2100])
    made.set_part_gains((1.0, 1.0, 1.0, 1.0))
    made.separate_audition(whole, parts_of(whole))
    rendered(made, SWAP)
    made.set_part_gains((1.0, 0.0, 1.0, 1.0))
    rendered(made, SWAP)
    at = 2100 + 2 * SWAP
    np.testing.assert_allclose(rendered(made, 500), 0.8 * whole[at : at + 500], atol=1e-6)


def test_a_part_that_both_loops_have_goes_on_through_the_crossfade() -> None:
    made, kick = Mixer(), loop("k")
    one, other = (np.stack([kick, loop(name), 0 * kick, 0 * kick]) for name in "xy")
    made.set_part_gains((1.0, 0.0, 0.0, 0.0))
    made.audition(one.sum(axis=0), parts=one)
    rendered(made, 1000)
    made.audition(other.sum(axis=0), parts=other)
    sound = rendered(made, 8000)
    np.testing.assert_allclose(sound, kick[1000:9000], atol=1e-5)


FILTERED = LaneEffects(bass_kill=True, low_pass_hz=3000.0, resonance=0.3)


def test_a_lane_with_effects_plays_as_it_is_exported(tmp_path: Path) -> None:
    whole = arrangement(effects=FILTERED)
    export(whole, audio_of(), tmp_path / "a.wav", ExportOptions(bit_depth=32, lufs=None))
    written, _ = soundfile.read(tmp_path / "a.wav", dtype="float32")
    made = mixer(whole)
    made.play(0, BPM)
    np.testing.assert_array_equal(rendered(made, len(written)), written)


@pytest.mark.parametrize("before", [LaneEffects(), FILTERED])
def test_effects_that_are_moved_while_it_plays_do_not_click(before: LaneEffects) -> None:
    made = mixer(arrangement(effects=before))
    made.play(0, BPM)
    parts = [rendered(made, 90_000)]
    for cutoff in (5000.0, 900.0, 250.0, 12_000.0):
        moved = arrangement(effects=FILTERED.changed(low_pass_hz=cutoff))
        made.swap(prepared(MixdownRequest.of(moved, audio_of())))
        parts.append(rendered(made, 2000))
    assert steepest(np.concatenate(parts)) < 2 * STEEPEST


def test_filters_go_on_where_an_edit_takes_over() -> None:
    """An edit of another lane changes no bit of a lane with effects."""
    edited = arrangement(effects=FILTERED).changed(title="edited")
    made, other = mixer(arrangement(effects=FILTERED)), mixer(arrangement(effects=FILTERED))
    for each in (made, other):
        each.play(0, BPM)
        rendered(each, 120_000)
    made.swap(prepared(MixdownRequest.of(edited, audio_of())))
    rendered(made, SWAP), rendered(other, SWAP)
    np.testing.assert_array_equal(rendered(made, 20_000), rendered(other, 20_000))


def test_a_loop_region_over_effects_repeats_itself() -> None:
    made = mixer(arrangement(effects=FILTERED))
    first, last = frame_at(2 * BAR, BPM), frame_at(4 * BAR, BPM)
    made.set_region(LoopRegion(first, last), BPM)
    made.play(first, BPM)
    once, again = (rendered(made, last - first) for _ in range(2))
    np.testing.assert_allclose(again[EDGE:], once[EDGE:], atol=1e-4)
    assert steepest(np.concatenate([once[-2000:], again[:2000]])) < 2 * STEEPEST


ECHOES = LaneEffects(echo_db=0.0, reverb_db=-6.0)


def sending() -> Arrangement:
    """One bar of music at the start, and silence after it."""
    lane = Lane("1", clips=(clip("a", 0, 1), clip("b", 12, 1)), effects=ECHOES)
    return Arrangement(BPM, (lane,))


def test_echoes_ring_on_over_the_end_of_a_loop_region() -> None:
    made = mixer(sending())
    region = LoopRegion(0, frame_at(BAR, BPM))
    made.set_region(region, BPM)
    made.play(0, BPM)
    sound = rendered(made, 2 * region.end, 512)
    plain = mixer(sending().changed(lanes=(sending().lanes[0].changed(effects=LaneEffects()),)))
    plain.set_region(region, BPM)
    plain.play(0, BPM)
    echoes = sound - rendered(plain, 2 * region.end, 512)
    around = np.abs(echoes[region.end - 4000 : region.end + 4000]).reshape(16, -1).max(axis=1)
    assert around.min() > 0.2 * around.max()  # no hole at the jump
    steps = np.abs(np.diff(echoes, axis=0)).max(axis=1)
    near = steps[region.end - 100 : region.end + 100].max()
    assert near <= 1.5 * steps[20_000 : region.end - 200].max()


def test_echoes_do_not_come_back_from_where_it_was_stopped() -> None:
    made = mixer(sending())
    made.play(0, BPM)
    rendered(made, frame_at(BAR, BPM))
    made.stop()
    rendered(made, 5000)
    made.play(frame_at(4 * BAR, BPM), BPM)
    assert not rendered(made, 20_000).any()


def test_echoes_ring_on_where_the_playhead_jumps_to() -> None:
    made = mixer(sending())
    made.play(0, BPM)
    rendered(made, frame_at(BAR, BPM))
    made.seek(frame_at(4 * BAR, BPM), BPM)
    assert np.abs(rendered(made, 20_000)[2000:]).max() > 0.01
