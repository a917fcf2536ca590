"""Clips split into their parts."""

from __future__ import annotations

import pytest

from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.clip import Clip, RealSource, muted_parts, part_gains_db, with_parts
from core.arrangement.part_edits import split_parts
from core.errors import InputError

SOURCE = RealSource("a")


def test_each_part_gets_a_lane_like_the_one_it_was_on() -> None:
    lane = Lane("1", "Peak", (Clip("a", SOURCE, 0), Clip("b", SOURCE, 15360)), gain_db=-3.0)
    after = split_parts(Arrangement(130.0, (lane, Lane("2", "Other"))), ["a"])
    assert [lane.name for lane in after.lanes] == [
        *("Peak", "Peak bass", "Peak drums", "Peak rest", "Other")  # "b" is whole
    ]
    assert [lane.gain_db for lane in after.lanes[:4]] == [-3.0] * 4
    heard = [muted_parts(lane.clips[0].source).index(False) for lane in after.lanes[:4]]
    assert heard == [0, 1, 2, 3]
    assert [len(lane.clips) for lane in after.lanes] == [2, 1, 1, 1, 0]
    assert after.clip("b").source == SOURCE


def test_muted_parts_get_none() -> None:
    muted = with_parts([SOURCE] * 4, (True, True, False, False))
    lane = Lane("1", "Peak", (Clip("a", muted, 0),))
    after = split_parts(Arrangement(130.0, (lane,)), ["a"])
    assert [(lane.name, len(lane.clips)) for lane in after.lanes] == [
        *(("Peak kick", 0), ("Peak drums", 1), ("Peak rest", 1))
    ]


def test_each_part_keeps_its_gain() -> None:
    louder = with_parts([SOURCE] * 4, gains_db=(-2.0, 3.0, 0.0, 0.0))
    lane = Lane("1", "Peak", (Clip("a", louder, 0),))
    after = split_parts(Arrangement(130.0, (lane,)), ["a"])
    gains = [part_gains_db(lane.clips[0].source)[part] for part, lane in enumerate(after.lanes)]
    assert gains == [-2.0, 3.0, 0.0, 0.0]


def test_a_clip_that_is_not_there() -> None:
    with pytest.raises(InputError):
        split_parts(Arrangement(130.0, (Lane("1"),)), ["a"])
