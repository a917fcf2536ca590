from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from core.arrangement.arrangement import Arrangement
from core.arrangement.clip import Clip
from core.arrangement.mixdown import Mixdown
from core.playback.preparing import Preparer, Request, build
from core.playback.snapshot import Snapshot
from tests.core.playback.fakes import BPM, Sound, arrangement, audio_of, clip, loop


def without(name: str) -> Callable[[Clip], Sound | None]:
    return lambda one: None if one.id == name else loop(one.id)


def sound(snapshot: Snapshot, frames: int = 270_000) -> Sound:
    out = np.empty((frames, 2), np.float32)
    snapshot.render(0, out)
    return out


def test_clips_without_a_loop_are_left_out_and_the_length_stays() -> None:
    request = Request.of(arrangement(), without("b"))
    assert [one.id for one in request.sounding().clips()] == ["a", "c"]
    snapshot = build(request, None)
    assert snapshot.frames == arrangement().length_frames
    bare = arrangement()
    bare = bare.changed(lanes=(bare.lanes[0].changed(clips=(clip("a", 0, 6),)), bare.lanes[1]))
    expected = Mixdown(bare, audio_of()).render(0, 270_000)
    np.testing.assert_array_equal(sound(snapshot), expected)


def test_what_arrives_later_comes_in_whole() -> None:
    first = Request.of(arrangement(), without("b"))
    before = build(first, None)
    sound(before)
    loops = dict(first.loops)
    second = Request.of(arrangement(), lambda one: loops.get(one.source, loop(one.id)))
    after = build(second, (first, before))
    np.testing.assert_array_equal(
        sound(after), Mixdown(arrangement(), audio_of()).render(0, 270_000)
    )


def test_a_loop_of_another_tempo_is_none() -> None:
    request = Request.of(arrangement(), lambda one: loop(one.id, 240.0))
    assert not list(request.sounding().clips())
    assert not sound(build(request, None)).any()


def test_each_source_is_asked_for_once() -> None:
    asked: list[str] = []
    lane = arrangement().lanes[0]
    twice = lane.changed(clips=(clip("a", 0, 2), clip("a", 4, 2).changed(id="again")))
    Request.of(Arrangement(BPM, (twice,)), lambda one: asked.append(one.id))
    assert len(asked) == 1


def test_another_loop_of_the_same_source_is_heard() -> None:
    first = Request.of(arrangement(), audio_of())
    before = build(first, None)
    sound(before)
    louder = Request.of(arrangement(), lambda one: 0.5 * loop(one.id))
    np.testing.assert_allclose(
        sound(build(louder, (first, before))), 0.5 * sound(before), atol=1e-6
    )


def test_a_new_view_of_the_same_memory_is_the_same_loop() -> None:
    first = Request.of(arrangement(), audio_of())
    before = build(first, None)
    sound(before)
    views = Request.of(arrangement(), lambda one: first.loops[one.source][:])
    after = build(views, (first, before))
    assert after.mix is not None
    assert all(slot.prepared for slot in after.mix._slots)


def test_unmuting_renders_nothing_again() -> None:
    first = Request.of(arrangement(), audio_of())
    loops = first.loops
    last = (first, build(first, None))
    sound(last[1])
    for muted in (True, False):
        request = Request.of(arrangement(mute=muted), lambda one: loops[one.source])
        snapshot = build(request, last)
        last = (request, snapshot)
    assert snapshot.mix is not None
    assert all(slot.prepared for slot in snapshot.mix._slots)


class Desk:
    """A preparer and what it delivered; while `go` is not set it waits before any work."""

    def __init__(self) -> None:
        self.delivered: list[Snapshot] = []
        self.failed: list[str] = []
        self.held = threading.Event()
        self.go = threading.Event()
        self.go.set()
        self.preparer = Preparer(
            soon=self.soon,
            deliver=self.delivered.append,
            fail=self.failed.append,
            warm=lambda: None,
        )

    def soon(self) -> list[tuple[int, int]]:
        self.held.set()
        self.go.wait(20)
        return [(0, 1000)]


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    desk.preparer.start()
    yield desk
    desk.go.set()
    desk.preparer.end()


def test_the_latest_wins(desk: Desk) -> None:
    desk.go.clear()
    desk.preparer.ask(Request.of(arrangement(), audio_of()))
    assert desk.held.wait(20)
    for gain in (-1.0, -2.0, -3.0):
        desk.preparer.ask(Request.of(arrangement(gain_db=gain), audio_of()))
    desk.go.set()
    assert desk.preparer.settle(20)
    gains = [one.mix.arrangement.lanes[1].gain_db for one in desk.delivered if one.mix]
    assert gains == [-6.0, -3.0]


def test_a_sound_that_cannot_be_is_told_and_the_others_are_played(desk: Desk) -> None:
    broken = np.full((88_200, 2), np.nan, np.float32)

    def audio_of(one: Clip) -> Sound:
        return broken if one.id == "b" else loop(one.id)

    desk.preparer.ask(Request.of(arrangement(), audio_of))
    assert desk.preparer.settle(20)
    assert "not numbers" in desk.failed[-1]
    np.testing.assert_array_equal(
        sound(desk.delivered[0]), sound(build(Request.of(arrangement(), without("b")), None))
    )
    desk.preparer.ask(Request.of(arrangement(), lambda one: loop(one.id)))
    assert desk.preparer.settle(20)
    assert desk.failed[-1] == ""
    assert [one.id for one in desk.delivered[-1].mix.arrangement.clips()] == ["a", "b", "c"]
