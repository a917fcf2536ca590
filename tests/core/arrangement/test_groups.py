"""Clips made into one: they sound as before, to the bit, and can be taken apart."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import assume, given, settings
from numpy.typing import NDArray

from core.arrangement import edits, fades, groups
from core.arrangement.arrangement import Arrangement, Lane, frame_at
from core.arrangement.automation import Breakpoint
from core.arrangement.clip import (
    DEEPEST_GROUP,
    Clip,
    GroupSource,
    LatentSource,
    RealSource,
    muted_parts,
    single_sources,
    with_part_heard,
    with_parts,
    with_singles,
)
from core.arrangement.export import export
from core.arrangement.export_options import ExportOptions
from core.arrangement.lane_effects import NO_EFFECTS
from core.arrangement.lane_sound import LaneStates
from core.arrangement.mixdown import Mixdown, clip_loop
from core.arrangement.part_edits import split_parts
from core.arrangement.part_stems import PartStems
from core.arrangement.project import Project
from core.arrangement.project_file import load, save, source_from_json, source_to_json
from core.arrangement.transitions import separated_sources
from core.errors import Cancelled, InputError, ProjectError
from core.settings import PARTS, TICKS_PER_BAR
from tests.core.arrangement.strategies import arrangements, loop_of

Sound = NDArray[np.float32]
BPM = 479.7
"""Four bars are no whole number of samples."""
BAR = TICKS_PER_BAR


def clip(name: str, start: float, bars: float, **fields: object) -> Clip:
    return Clip(name, RealSource(name), round(start * BAR), round(bars * BAR)).changed(**fields)


def plain(*rows: tuple[Clip, ...]) -> Arrangement:
    lanes = [Lane(str(number), f"L{number}", row) for number, row in enumerate(rows)]
    return Arrangement(BPM, tuple(lanes))


def heard(arrangement: Arrangement) -> Sound:
    mix = Mixdown(arrangement, lambda it: loop_of(it.source, arrangement.bpm))
    return mix.render(0, mix.frames)


@pytest.fixture
def arrangement() -> Arrangement:
    """A crossfade, a gain curve, fades, a transposed clip, one that touches the one before."""
    curve = (Breakpoint(0, -6.0), Breakpoint(BAR, 0.0))
    one = (clip("a", 1, 6, gain_db=-3.0, gain_curve=curve), clip("b", 5, 4, bass_swap=True))
    pitched = RealSource("d", 3)
    two = (clip("c", 3, 2, fade_in=BAR), clip("d", 5, 5, source=pitched, fade_out=BAR // 2))
    return plain(one, two, (clip("e", 2, 3, offset=BAR),))


def all_in_one(arrangement: Arrangement) -> groups.Consolidated:
    return groups.consolidate(arrangement, [it.id for it in arrangement.clips()])


def test_it_sounds_as_the_clips_did(arrangement: Arrangement) -> None:
    made = all_in_one(arrangement)
    (one,) = made.arrangement.clips()
    assert (one.id, one.start, one.end) == (made.clip_id, BAR, 10 * BAR)
    np.testing.assert_array_equal(heard(made.arrangement), heard(arrangement))
    apart = groups.take_apart(made.arrangement, made.clip_id)
    assert [[it.start for it in lane.clips] for lane in apart.lanes] == [
        [it.start for it in lane.clips] for lane in arrangement.lanes
    ]
    np.testing.assert_array_equal(heard(apart), heard(arrangement))


@settings(max_examples=12, deadline=None)
@given(arrangements())
def test_whatever_the_clips_are(arrangement: Arrangement) -> None:
    lanes = [
        lane.changed(effects=NO_EFFECTS, gain_db=0.0, pan=0.0, solo=False)
        for lane in arrangement.lanes
    ]
    before = arrangement.changed(lanes=tuple(lanes))
    clips = list(before.clips())
    assume(clips and max(it.end for it in clips) - min(it.start for it in clips) > BAR)
    first = next(lane for lane in before.lanes if lane.clips)
    assume(not first.mute)
    made = all_in_one(before)
    np.testing.assert_array_equal(heard(made.arrangement), heard(before))


@pytest.mark.parametrize(
    ("fields", "name", "colour"),
    [
        ([{"colour": "#aa3366"}, {"colour": "#aa3366"}], "2 clips", "#aa3366"),
        ([{"colour": "#aa3366"}, {"colour": "#3366aa"}], "2 clips", ""),
        ([{"name": "Drop"}, {"name": "Drop"}], "Drop", ""),
        ([{"name": "Drop"}, {"name": "Build"}], "2 clips", ""),
    ],
)
def test_it_is_called_and_coloured_as_the_clips_where_they_agree(
    fields: list[dict[str, str]], name: str, colour: str
) -> None:
    row = tuple(clip(str(n), 4 * n, 4).changed(**each) for n, each in enumerate(fields))
    (one,) = all_in_one(plain(row)).arrangement.clips()
    assert (one.name, one.colour) == (name, colour)


def test_it_is_prepared_clip_by_clip(arrangement: Arrangement) -> None:
    """So a long one holds nobody up, and what was done until then is not done again."""
    one, stop, asked = all_in_one(arrangement).arrangement, threading.Event(), []

    def audio_of(it: Clip) -> Sound:
        asked.append(it.id)
        if len(asked) == 2:
            stop.set()
        return loop_of(it.source, BPM)

    mix = Mixdown(one, audio_of)
    with pytest.raises(Cancelled):
        mix.prepare(cancel=stop)
    assert len(asked) < 5
    again = Mixdown(one, audio_of, reuse=mix)
    again.prepare()
    assert sorted(asked) == sorted("abcde")
    np.testing.assert_array_equal(again.render(0, again.frames), heard(arrangement))


def test_moved_and_repeated_it_is_the_same_again(arrangement: Arrangement) -> None:
    made = all_in_one(arrangement)
    longer = edits.trim_end(made.arrangement, made.clip_id, 19 * BAR)
    sound, frames = heard(longer), frame_at(9 * BAR, BPM)
    first, again = frame_at(BAR, BPM), frame_at(10 * BAR, BPM)
    whole = heard(arrangement)[first:]
    np.testing.assert_array_equal(sound[first : first + frames - 64], whole[: frames - 64])
    np.testing.assert_array_equal(sound[again : again + frames - 64], whole[: frames - 64])


def test_a_piece_of_it_is_that_piece(arrangement: Arrangement) -> None:
    made = all_in_one(arrangement)
    halves = edits.split(made.arrangement, made.clip_id, 4 * BAR, right_id="right")
    right = edits.delete(halves, [made.clip_id])
    first = frame_at(4 * BAR, BPM)
    edge = slice(first + 64, frame_at(10 * BAR, BPM))
    np.testing.assert_array_equal(heard(right)[edge], heard(arrangement)[edge])
    apart = groups.take_apart(right, "right")
    assert min(it.start for it in apart.clips()) == 4 * BAR
    assert {it.name for it in apart.clips()} == {""}
    assert len(list(apart.clips())) == 5


def test_volumes_of_lanes_go_along_and_silence_stays_silent() -> None:
    loud = Lane("0", clips=(clip("a", 0, 4),), gain_db=-2.0)
    quiet = Lane("1", "Pads", clips=(clip("b", 0, 4),), gain_db=-8.0, pan=0.5)
    muted = Lane("2", clips=(clip("c", 0, 4),), mute=True)
    made = all_in_one(Arrangement(BPM, (loud, quiet, muted)))
    source = made.arrangement.clip(made.clip_id).source
    assert isinstance(source, GroupSource)
    assert [it.gain_db for it in source.clips] == [0.0, -6.0, 2.0]
    assert [it.mute for it in source.clips] == [False, False, True]
    assert made.unlike == ("Pads",)


def test_it_lies_where_there_is_room() -> None:
    """Never over a clip that was not asked for."""
    before = plain((clip("a", 0, 4), clip("in the way", 5, 2)), (clip("b", 8, 4),))
    made = groups.consolidate(before, ["a", "b"])
    assert [len(lane.clips) for lane in made.arrangement.lanes] == [1, 1]
    assert made.arrangement.lane_of(made.clip_id)[0].id == "1"
    blocked = plain((clip("a", 0, 4), clip("x", 5, 2)), (clip("b", 8, 4), clip("y", 1, 2)))
    made = groups.consolidate(blocked, ["a", "b"])
    assert [len(lane.clips) for lane in made.arrangement.lanes] == [1, 1, 1]
    assert {it.id for it in made.arrangement.clips()} == {"x", "y", made.clip_id}


def test_taken_apart_rows_do_not_lie_on_others() -> None:
    before = plain((clip("a", 0, 4),), (clip("b", 0, 4),))
    made = all_in_one(before)
    busy = edits.add(made.arrangement, "1", clip("new", 2, 4))
    apart = groups.take_apart(busy, made.clip_id)
    assert [[it.start for it in lane.clips] for lane in apart.lanes] == [[0], [0], [2 * BAR]]


def test_what_is_set_on_all_of_it_stays_when_it_is_taken_apart(arrangement: Arrangement) -> None:
    made = all_in_one(arrangement)
    changed = edits.set_clip(made.arrangement, made.clip_id, gain_db=-4.0, bass_cut=True)
    apart = groups.take_apart(changed, made.clip_id)
    assert sorted(it.gain_db for it in apart.clips()) == [-7.0, -4.0, -4.0, -4.0, -4.0]
    assert all(it.bass_cut for it in apart.clips())
    backwards = edits.set_clip(made.arrangement, made.clip_id, reverse=True)
    with pytest.raises(InputError, match="backwards"):
        groups.take_apart(backwards, made.clip_id)
    with pytest.raises(InputError, match="not made of several"):
        groups.take_apart(arrangement, "a")


def test_its_fades_and_curve_stay_when_it_is_taken_apart(arrangement: Arrangement) -> None:
    """The fades lie over several clips, one of which fades and has a curve of its own."""
    made = all_in_one(arrangement)
    curve = (Breakpoint(2 * BAR, 0.0, 0.5), Breakpoint(5 * BAR, -12.0), Breakpoint(5 * BAR, -3.0))
    one = edits.set_fades(made.arrangement, made.clip_id, fade_in=3 * BAR, fade_out=2 * BAR)
    one = edits.set_clip(one, made.clip_id, gain_curve=curve)
    wanted, apart = heard(one), heard(groups.take_apart(one, made.clip_id))
    assert np.abs(apart - wanted).max() < 0.03 * np.abs(wanted).max()
    assert np.abs(apart - heard(arrangement)).max() > 0.3 * np.abs(wanted).max()


def test_a_fade_over_one_clip_stays_that_fade() -> None:
    made = all_in_one(plain((clip("a", 0, 4), clip("b", 4, 4))))
    one = edits.set_fades(made.arrangement, made.clip_id, fade_in=BAR, fade_out=2 * BAR)
    apart = groups.take_apart(one, made.clip_id)
    assert [(it.fade_in, it.fade_out) for it in apart.clips()] == [(BAR, 0), (0, 2 * BAR)]
    assert not any(it.gain_curve for it in apart.clips())


def test_groups_of_groups(arrangement: Arrangement, tmp_path: Path) -> None:
    inner = groups.consolidate(arrangement, ["a", "b"])
    outer = all_in_one(inner.arrangement)
    np.testing.assert_array_equal(heard(outer.arrangement), heard(arrangement))
    assert {it.id for it in outer.arrangement.loop_clips()} == set("abcde")
    for _ in range(DEEPEST_GROUP - 2):
        outer = all_in_one(outer.arrangement)
    with pytest.raises(InputError, match="take one apart"):
        all_in_one(outer.arrangement)
    save(Project(inner.arrangement), tmp_path / "p.technovae")
    assert load(tmp_path / "p.technovae").arrangement == inner.arrangement
    assert '"version": 7' in (tmp_path / "p.technovae").read_text()


def test_hostile_groups_are_refused() -> None:
    deep = {"segment": "0123456789abcdef-0-0"}
    member = {"id": "a", "start": 0, "length": 4 * BAR}
    row = {"start": 0, "length": 4 * BAR}
    for _ in range(200):
        deep = {"group": {**row, "rows": [[{**member, "source": deep}]]}}  # type: ignore[dict-item]
    plain_source = {"segment": "0123456789abcdef-0-0"}
    overlapping = [{**member, "id": name, "source": plain_source} for name in "ab"]
    for bad in (
        deep,
        {"group": {**row, "rows": []}},
        {"group": {**row, "rows": [overlapping]}},
        {"group": {"start": BAR, "length": BAR, "rows": [[{**member, "source": plain_source}]]}},
        {"group": {"rows": 3}},
    ):
        with pytest.raises((InputError, ProjectError)):
            source_from_json(bad)


def test_edits_of_sources_reach_the_clips_in_it(arrangement: Arrangement) -> None:
    made = all_in_one(arrangement)
    source = made.arrangement.clip(made.clip_id).source
    assert len(single_sources(source)) == 5
    latent = LatentSource.of(np.ones(64))
    assert single_sources(with_singles(source, lambda _: latent)) == (latent,)
    assert muted_parts(with_part_heard(source, 1, False)) == (False, True, False, False)
    assert source_from_json(source_to_json(with_part_heard(source, 1, False))) is not None
    parts = split_parts(made.arrangement, [made.clip_id])
    assert [muted_parts(next(iter(lane.clips)).source) for lane in parts.lanes[:2]] == [
        (False, True, True, True),
        (True, False, True, True),
    ]


def test_the_export_and_a_saved_clip_are_what_is_heard(
    arrangement: Arrangement, tmp_path: Path
) -> None:
    made = all_in_one(arrangement)
    export(
        made.arrangement,
        lambda it: loop_of(it.source, BPM),
        tmp_path / "a.wav",
        ExportOptions(bit_depth=32, lufs=None),
    )
    written, _ = soundfile.read(tmp_path / "a.wav", dtype="float32")
    np.testing.assert_allclose(written, heard(arrangement), atol=1e-6)
    (one,) = made.arrangement.clips()
    loops = {it.source: loop_of(it.source, BPM) for it in one.loops}
    loop = clip_loop(one, BPM, loops)
    np.testing.assert_array_equal(loop, heard(arrangement)[frame_at(BAR, BPM) :])


def test_parts_in_it_crossfade_by_parts_and_make_stems() -> None:
    def of_parts(name: str) -> object:
        singles = [RealSource(f"{name}{number}") for number in range(len(PARTS))]
        return with_parts(singles)

    a = clip("a", 0, 6).changed(source=of_parts("a"))
    b = clip("b", 4, 6).changed(source=of_parts("b"))
    before = plain((a, b))
    made = all_in_one(before).arrangement
    assert separated_sources(made) == {a.source, b.source}

    def parts_of(it: Clip) -> Sound:
        return np.stack([loop_of((it.source, number), BPM) for number in range(len(PARTS))])

    mixes = [Mixdown(each, parts_of) for each in (before, made)]
    wholes = [mix.render(0, mix.frames) for mix in mixes]
    np.testing.assert_array_equal(*wholes)
    stems = PartStems(mixes[1], parts_of).render(0, mixes[1].frames)
    np.testing.assert_allclose(sum(stems.values()), wholes[1], atol=1e-5)


def test_nothing_cannot_be_made_into_one() -> None:
    before = plain((clip("a", 0, 4), clip("short", 6, 4).changed(length=10)))
    with pytest.raises(InputError, match="select"):
        groups.consolidate(before, [])
    with pytest.raises(InputError, match="sixteenth"):
        groups.consolidate(before, ["short"])


def test_who_does_not_wait_hears_a_group_fade_in_once_it_is_prepared(
    arrangement: Arrangement,
) -> None:
    whole = all_in_one(arrangement).arrangement
    asked: list[Clip] = []

    def audio_of(it: Clip) -> Sound:
        asked.append(it)
        return loop_of(it.source, BPM)

    mix, states, start = Mixdown(whole, audio_of), LaneStates(), 3 * frame_at(BAR, BPM)
    assert not mix.render(start, 512, states=states, waits=False).any()
    assert not asked
    mix.prepare()
    ramp = mix.render(start + 512, 512, states=states, waits=False)
    wanted = heard(whole)[start:]
    np.testing.assert_allclose(ramp, wanted[512:1024] * fades.ramp(512)[:, None], atol=1e-6)
    np.testing.assert_array_equal(
        mix.render(start + 1024, 512, states=states, waits=False), wanted[1024:1536]
    )


def test_a_clip_that_gives_way_to_a_group_does_not_render_it() -> None:
    inside = groups.consolidate(plain((clip("a", 4, 2), clip("b", 6, 2))), ["a", "b"]).arrangement
    (group,) = inside.clips()
    mix = Mixdown(plain((clip("c", 0, 5), group)), lambda it: loop_of(it.source, BPM))
    mix.render(0, 512, waits=False)
    assert not mix._sounds
