"""Sends to echo and reverb: in time, from the lanes that send, heard as exported, and saved."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from core.arrangement import project_file, return_sound
from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.automation import Automation, Breakpoint
from core.arrangement.clip import Clip, RealSource
from core.arrangement.export import export
from core.arrangement.export_options import ExportOptions
from core.arrangement.lane_effects import LaneEffects
from core.arrangement.mixdown import Mixdown
from core.arrangement.project import Project
from core.arrangement.returns import Returns
from core.errors import InputError
from core.settings import TICKS_PER_BAR as BAR
from core.settings import TICKS_PER_BEAT, segment_frames
from tests.core.arrangement.strategies import loop_of, rendered

BPM = 130.0
SENDS = LaneEffects(echo_db=-6.0, reverb_db=-12.0)


def arrangement(*effects: LaneEffects, **fields: object) -> Arrangement:
    lanes = tuple(
        Lane(f"l{n}", f"Lane {n}", (Clip(f"c{n}", RealSource(f"s{n}"), 0, 4 * BAR),), effects=it)
        for n, it in enumerate(effects)
    )
    return Arrangement(BPM, lanes).changed(**fields)


def mixdown(whole: Arrangement) -> Mixdown:
    return Mixdown(whole, lambda clip: loop_of(clip.source, BPM))


def click(clip: Clip) -> np.ndarray:
    loop = np.zeros((segment_frames(BPM), 2), np.float32)
    loop[100:110] = 0.5
    return loop


def test_an_echo_comes_in_the_tempo() -> None:
    whole = arrangement(LaneEffects(echo_db=0.0), returns=Returns(echo_sixteenths=3))
    lanes: dict[str, np.ndarray] = {}
    Mixdown(whole, click).render(0, whole.frame(BAR), lanes=lanes)
    heard = np.abs(lanes[return_sound.STEMS["echo"]]).max(axis=1)
    first = int(np.flatnonzero(heard > 0.01)[0])
    assert abs(first - 100 - whole.frame(3 * TICKS_PER_BEAT // 4)) <= 2


def test_without_sends_no_bit_changes_and_nothing_is_longer() -> None:
    plain = arrangement(LaneEffects())
    set_up = arrangement(LaneEffects(), returns=Returns(echo_feedback=0.9))
    assert mixdown(set_up).tail == 0
    np.testing.assert_array_equal(
        mixdown(plain).render(0, 90_000), mixdown(set_up).render(0, 90_000)
    )


@pytest.mark.parametrize("block", [64, 512, 40_000])
def test_blocks_make_no_difference(block: int) -> None:
    mix = mixdown(arrangement(SENDS, LaneEffects(low_pass_hz=900.0, reverb_db=-3.0)))
    np.testing.assert_array_equal(rendered(mix, 0, 90_000, block), mix.render(0, 90_000))


def test_a_lane_that_is_silent_sends_nothing() -> None:
    whole = arrangement(SENDS)
    muted = whole.changed(lanes=(whole.lanes[0].changed(mute=True),))
    assert return_sound.used(muted) == ()
    quiet = whole.changed(lanes=(whole.lanes[0].changed(gain_db=-96.0),))
    assert not mixdown(quiet).render(0, 60_000).any()  # after the fader


def test_what_has_faded_before_the_end_makes_nothing_longer() -> None:
    def sent_until(bar: float) -> Arrangement:
        whole = arrangement(LaneEffects())
        points = tuple(Breakpoint(tick, db) for tick, db in ((0, -6.0), (round(bar * BAR), -60.0)))
        lane = whole.lanes[0].changed(automation=(Automation("echo", points),))
        return whole.changed(lanes=(lane,), returns=Returns(echo_sixteenths=2, echo_feedback=0.5))

    early, late = mixdown(sent_until(1.0)), mixdown(sent_until(3.9))
    assert (early.tail, late.tail) == (0, early.arrangement.frame(BAR))
    dry = mixdown(arrangement(LaneEffects())).render(0, early.frames)
    later = slice(early.arrangement.frame(BAR), early.arrangement.frame(2 * BAR))
    assert np.abs(early.render(0, early.frames) - dry)[later].max() > 1e-4
    assert not early.render(early.frames, 20_000).any()


def test_they_ring_for_a_bar_after_the_end_and_no_longer() -> None:
    mix = mixdown(arrangement(SENDS))
    sound = rendered(mix, 0, mix.frames + mix.tail + 9000, 4096)
    assert np.abs(sound[mix.frames : mix.frames + mix.tail // 2]).max() > 1e-3
    assert not sound[mix.frames + mix.tail :].any()
    assert np.abs(sound[mix.frames + mix.tail - 50 : mix.frames + mix.tail]).max() < 1e-3


def test_a_drawn_send_is_that_of_the_knob_and_a_throw_is_heard_alone() -> None:
    knob = arrangement(LaneEffects(echo_db=-9.0))
    lane = knob.lanes[0].changed(
        effects=LaneEffects(), automation=(Automation("echo", (Breakpoint(0, -9.0),)),)
    )
    drawn = knob.changed(lanes=(lane,))
    np.testing.assert_allclose(
        mixdown(drawn).render(0, 90_000), mixdown(knob).render(0, 90_000), atol=1e-6
    )
    throw = (Breakpoint(BAR, -60.0), Breakpoint(BAR, 0.0), Breakpoint(BAR + 960, -60.0))
    thrown = knob.changed(lanes=(lane.changed(automation=(Automation("echo", throw),)),))
    lanes: dict[str, np.ndarray] = {}
    mixdown(thrown).render(0, thrown.frame(2 * BAR), lanes=lanes)
    echoes = np.abs(lanes[return_sound.STEMS["echo"]])
    assert not echoes[: thrown.frame(BAR)].any()
    assert echoes[thrown.frame(BAR) :].max() > 0.01


def test_an_export_is_what_is_played_and_returns_are_stems_of_their_own(tmp_path: Path) -> None:
    def sound_of(clip: Clip) -> np.ndarray:
        return loop_of(clip.source, BPM)

    def parts_of(clip: Clip) -> np.ndarray:
        return np.stack([0.25 * sound_of(clip)] * 4)

    whole = arrangement(SENDS, LaneEffects())
    written = export(
        whole,
        sound_of,
        tmp_path / "a.wav",
        ExportOptions(bit_depth=32, lufs=None, ceiling_dbtp=20, lane_stems=True, part_stems=True),
        parts_of=parts_of,
    )
    mix = mixdown(whole)
    sound, _ = soundfile.read(written.path, dtype="float32")
    assert len(sound) == mix.frames + mix.tail
    np.testing.assert_array_equal(sound, rendered(mix, 0, len(sound), 512))
    by_name = {path.stem: soundfile.read(path, dtype="float32")[0] for path in written.stems}
    gain = 10 ** (written.stems_db / 20)
    lanes = [by_name[name] for name in by_name if "Lane" in name or name in ("a-echo", "a-reverb")]
    assert len(lanes) == 4
    np.testing.assert_allclose(sum(lanes), sound * gain, atol=1e-5)
    parts = [by_name[f"a-{name}"] for name in ("kick", "bass", "drums", "rest")]
    np.testing.assert_allclose(sum(parts), sound * gain, atol=1e-4)


def test_a_part_of_the_timeline_is_exported_without_a_tail(tmp_path: Path) -> None:
    whole = arrangement(SENDS)
    written = export(
        whole,
        lambda clip: loop_of(clip.source, BPM),
        tmp_path / "a.wav",
        ExportOptions(span=(0, 2 * BAR)),
    )
    assert written.frames == whole.frame(2 * BAR)


def test_projects_keep_sends_and_returns(tmp_path: Path) -> None:
    path = tmp_path / "p.technovae"
    saved = arrangement(SENDS, returns=Returns(echo_sixteenths=4, reverb_seconds=3.5))
    project_file.save(Project(saved), path)
    document = json.loads(path.read_text())
    assert document["version"] == 5
    document["arrangement"]["returns"]["later"] = 1
    path.write_text(json.dumps(document))
    again = project_file.load(path)
    assert again.arrangement == saved
    project_file.save(again, path)
    assert json.loads(path.read_text())["arrangement"]["returns"]["later"] == 1
    plain = arrangement(LaneEffects(bass_db=-3.0))
    project_file.save(Project(plain), path)
    document = json.loads(path.read_text())
    assert document["version"] == 1
    assert "echo_db" not in document["arrangement"]["lanes"][0]["effects"]


@pytest.mark.parametrize(
    "fields",
    [{"echo_sixteenths": 0}, {"echo_feedback": 1.0}, {"reverb_seconds": 99.0}, {"echo_db": 9.0}],
)
def test_what_returns_cannot_be(fields: dict[str, float]) -> None:
    with pytest.raises(InputError, match="must lie between"):
        Returns().changed(**fields)
