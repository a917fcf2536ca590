"""Bars kept once and given back four times over, as they were heard."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.arrangement.clip import RealSource
from core.render.loops import bar_repeated
from core.settings import bar_frames, segment_frames
from core.workers import first_bars
from core.workers.first_bars import FirstBars
from core.workers.protocol import Priority
from core.workers.service_client import LoopResult

SOURCE = RealSource("x")


def heard(bpm: float, bar: int, seed: int = 0) -> LoopResult:
    """A bar of noise as a service gives it, with four parts."""
    rng = np.random.default_rng(seed)
    frames = segment_frames(bpm)
    parts = np.stack(
        [
            bar_repeated(rng.normal(size=(bar_frames(bpm), 2)).astype(np.float32), frames)
            for _ in range(4)
        ]
    )
    loop = parts.sum(axis=0)
    priority = Priority.AUDITION
    return LoopResult("key", SOURCE, bpm, loop, None, "mosaic", priority, -3.0, parts, bar)


def test_a_bar_comes_back_sample_by_sample() -> None:
    for bpm in (121.7, 131.3):
        kept, given = FirstBars(), heard(bpm, bar=2)
        assert given.parts is not None
        kept.put("place", given)
        back = kept.get("place", segment_frames(bpm), 2)
        assert back is not None
        assert back.parts is not None
        np.testing.assert_array_equal(back.loop, given.loop)
        np.testing.assert_array_equal(back.parts, given.parts)
        assert (back.gain_db, back.bar, back.source) == (-3.0, 2, SOURCE)


def test_another_bar_is_not_known() -> None:
    kept = FirstBars()
    kept.put("place", heard(128.0, bar=2))
    assert kept.get("place", segment_frames(128.0), 1) is None
    kept.drop("place")
    assert kept.get("place", segment_frames(128.0), 2) is None


def test_its_first_beats_are_not_all_of_it() -> None:
    kept, frames = FirstBars(), segment_frames(128.0)
    kept.put("place", replace(heard(128.0, bar=0), beats=2))
    assert kept.get("place", frames, 0) is None
    assert kept.get("place", frames, 0, 2) is not None
    kept.put("place", heard(128.0, bar=0))
    assert kept.get("place", frames, 0, 2) is not None


def test_those_that_are_longest_unused_go() -> None:
    kept, given, frames = FirstBars(), heard(128.0, bar=0), segment_frames(128.0)
    kept.put("first", given)
    kept.put("second", given)
    for number in range(first_bars._KEPT - 1):
        assert kept.get("first", frames, 0) is not None
        kept.put(number, given)
    assert kept.get("first", frames, 0) is not None
    assert kept.get("second", frames, 0) is None
