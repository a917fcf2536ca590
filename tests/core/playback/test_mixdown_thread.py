from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.arrangement.arrangement import Arrangement
from core.arrangement.clip import Clip
from core.arrangement.mixdown import Mixdown
from core.mapped_arrays import SpillingMemory
from core.playback import mixdown_thread
from core.playback.mixdown_thread import LOOKAHEAD, MixdownRequest, MixdownThread, build_snapshot
from core.playback.snapshot import Snapshot
from tests.core.playback.fakes import BPM, PATIENCE, Sound, arrangement, audio_of, clip, loop


def without(name: str) -> Callable[[Clip], Sound | None]:
    return lambda one: None if one.id == name else loop(one.id)


def sound(snapshot: Snapshot, frames: int = 270_000) -> Sound:
    out = np.empty((frames, 2), np.float32)
    assert snapshot.mix is not None
    snapshot.mix.prepare()
    snapshot.render(0, out)
    return out


def test_clips_without_a_loop_are_left_out_and_the_length_stays() -> None:
    request = MixdownRequest.of(arrangement(), without("b"))
    assert [one.id for one in request.audible().clips()] == ["a", "c"]
    snapshot = build_snapshot(request, None)
    assert snapshot.frames == arrangement().length_frames
    bare = arrangement()
    bare = bare.changed(lanes=(bare.lanes[0].changed(clips=(clip("a", 0, 6),)), bare.lanes[1]))
    expected = Mixdown(bare, audio_of()).render(0, 270_000)
    np.testing.assert_array_equal(sound(snapshot), expected)


def test_what_arrives_later_comes_in_whole() -> None:
    first = MixdownRequest.of(arrangement(), without("b"))
    before = build_snapshot(first, None)
    sound(before)
    loops = dict(first.loops)
    second = MixdownRequest.of(arrangement(), lambda one: loops.get(one.source, loop(one.id)))
    after = build_snapshot(second, (first, before))
    np.testing.assert_array_equal(
        sound(after), Mixdown(arrangement(), audio_of()).render(0, 270_000)
    )


def test_a_loop_of_another_tempo_is_none() -> None:
    request = MixdownRequest.of(arrangement(), lambda one: loop(one.id, 240.0))
    assert not list(request.audible().clips())
    assert not sound(build_snapshot(request, None)).any()


def test_each_source_is_asked_for_once() -> None:
    asked: list[str] = []
    lane = arrangement().lanes[0]
    twice = lane.changed(clips=(clip("a", 0, 2), clip("a", 4, 2).changed(id="again")))
    MixdownRequest.of(Arrangement(BPM, (twice,)), lambda one: asked.append(one.id))
    assert len(asked) == 1


def test_another_loop_of_the_same_source_is_heard() -> None:
    first = MixdownRequest.of(arrangement(), audio_of())
    before = build_snapshot(first, None)
    sound(before)
    louder = MixdownRequest.of(arrangement(), lambda one: 0.5 * loop(one.id))
    np.testing.assert_allclose(
        sound(build_snapshot(louder, (first, before))), 0.5 * sound(before), atol=1e-6
    )


def test_a_new_view_of_the_same_memory_is_the_same_loop() -> None:
    first = MixdownRequest.of(arrangement(), audio_of())
    before = build_snapshot(first, None)
    sound(before)
    views = MixdownRequest.of(arrangement(), lambda one: first.loops[one.source][:])
    after = build_snapshot(views, (first, before))
    assert after.mix is not None
    assert all(slot.prepared for slot in after.mix._slots)


def test_a_loop_that_changes_takes_no_other_clip_with_it() -> None:
    first = MixdownRequest.of(arrangement(), audio_of())
    before = build_snapshot(first, None)
    sound(before)
    louder = {**first.loops, clip("c", 0, 4).source: 0.5 * loop("c")}
    second = MixdownRequest.of(arrangement(), lambda one: louder[one.source])
    after = build_snapshot(second, (first, before))
    assert after.mix is not None
    assert {slot.clip.id for slot in after.mix._slots if slot.prepared} == {"a", "b"}
    fresh = build_snapshot(second, None)
    np.testing.assert_array_equal(sound(after), sound(fresh))


def test_what_lies_in_files_sounds_the_same(tmp_path: Path) -> None:
    request = MixdownRequest.of(arrangement(), audio_of())
    expected = sound(build_snapshot(request, None))
    snapshot = build_snapshot(request, None, SpillingMemory(0, tmp_path))
    np.testing.assert_array_equal(sound(snapshot), expected)
    assert snapshot.mix is not None
    snapshot.mix.release_pages()
    np.testing.assert_array_equal(sound(snapshot), expected)


def test_unmuting_renders_nothing_again() -> None:
    first = MixdownRequest.of(arrangement(), audio_of())
    loops = first.loops
    last = (first, build_snapshot(first, None))
    sound(last[1])
    for muted in (True, False):
        request = MixdownRequest.of(arrangement(mute=muted), lambda one: loops[one.source])
        snapshot = build_snapshot(request, last)
        last = (request, snapshot)
    assert snapshot.mix is not None
    assert all(slot.prepared for slot in snapshot.mix._slots)


def test_memory_is_given_back_although_the_playhead_keeps_jumping(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    released: list[int] = []
    prepared = Mixdown._prepared
    for name in ("_RELEASE_SECONDS", "_RELEASE_SECONDS_JUMPING"):
        monkeypatch.setattr(mixdown_thread, name, 0.0)
    monkeypatch.setattr(Mixdown, "release_pages", lambda self: released.append(jumps))
    jumps = 0

    def jump(mix: Mixdown, slot: Any, cancel: Any = None) -> Any:
        nonlocal jumps
        if thread._last is not None and jumps < 9:
            jumps += 1
            thread.look_again()
        return prepared(mix, slot, cancel)

    monkeypatch.setattr(Mixdown, "_prepared", jump)
    thread = MixdownThread(soon=lambda: [(0, 1 << 20)], deliver=lambda _: None, load=lambda: None)
    thread.request(MixdownRequest.of(arrangement(), audio_of()))
    thread.serve()
    assert set(released) >= set(range(10))


class Desk:
    """A mixdown thread and what it delivered; while `go` is not set it waits before any work."""

    def __init__(self) -> None:
        self.delivered: list[Snapshot] = []
        self.playhead = 0
        self.held = threading.Event()
        self.go = threading.Event()
        self.go.set()
        self.thread = MixdownThread(
            soon=self.soon, deliver=self.delivered.append, load=lambda: None
        )

    def soon(self) -> list[tuple[int, int]]:
        self.held.set()
        self.go.wait(PATIENCE)
        return [(self.playhead, self.playhead + 1000)]

    def prepare(self, request: MixdownRequest) -> None:
        self.thread.request(request)
        assert self.thread.wait_until_prepared(PATIENCE)


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    desk.thread.start()
    yield desk
    desk.go.set()
    desk.thread.stop()


def test_the_latest_wins(desk: Desk) -> None:
    desk.go.clear()
    desk.thread.request(MixdownRequest.of(arrangement(), audio_of()))
    assert desk.held.wait(PATIENCE)
    for gain in (-1.0, -2.0, -3.0):
        desk.thread.request(MixdownRequest.of(arrangement(gain_db=gain), audio_of()))
    desk.go.set()
    assert desk.thread.wait_until_prepared(PATIENCE)
    gains = [one.mix.arrangement.lanes[1].gain_db for one in desk.delivered if one.mix]
    assert gains == [-6.0, -3.0]


def test_where_the_playhead_goes_meanwhile_is_prepared_first(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, order = arrangement(), list[str]()
    monkeypatch.setattr(mixdown_thread, "LOOKAHEAD", 1000)
    prepared = Mixdown._prepared

    def note(mix: Mixdown, slot: Any, cancel: Any = None) -> Any:
        if slot.prepared is None:
            order.append(slot.clip.id)
        return prepared(mix, slot, cancel)

    monkeypatch.setattr(Mixdown, "_prepared", note)
    jumped = [(whole.length_frames - 1000, whole.length_frames)]
    monkeypatch.setattr(desk.thread, "_soon", lambda: jumped if order else [(0, 1000)])
    desk.prepare(MixdownRequest.of(whole, audio_of()))
    assert order == ["a", "b", "c"]


def test_a_loop_that_cannot_be_played_is_reported_and_the_others_are_played(desk: Desk) -> None:
    broken = np.full((88_200, 2), np.nan, np.float32)

    def audio_of(one: Clip) -> Sound:
        return broken if one.id == "b" else loop(one.id)

    desk.prepare(MixdownRequest.of(arrangement(), audio_of))
    assert "not numbers" in desk.thread.problem
    expected = build_snapshot(MixdownRequest.of(arrangement(), without("b")), None)
    np.testing.assert_array_equal(sound(desk.delivered[0]), sound(expected))
    desk.prepare(MixdownRequest.of(arrangement(), lambda one: loop(one.id)))
    assert desk.thread.problem == ""
    assert [one.id for one in desk.delivered[-1].mix.arrangement.clips()] == ["a", "b", "c"]


def test_after_a_jump_what_sounds_there_is_prepared_next(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare, spans = Mixdown.prepare, []

    def jump(mixdown: Mixdown, **options: Any) -> None:
        spans.append(options.get("span"))
        if len(spans) == 2:
            desk.playhead = 200_000
            desk.thread.look_again()
        prepare(mixdown, **options)

    monkeypatch.setattr(Mixdown, "prepare", jump)
    desk.prepare(MixdownRequest.of(arrangement(), audio_of()))
    assert spans == [(0, 1000), (0, 1000), (200_000, 201_000), (0, LOOKAHEAD)]


@pytest.mark.parametrize("error", [RuntimeError("it broke"), MemoryError(), KeyError("a")])
def test_an_arrangement_that_cannot_be_prepared_is_reported_and_later_edits_sound(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    desk.prepare(MixdownRequest.of(arrangement(), audio_of()))
    with monkeypatch.context() as patched:
        patched.setattr(Mixdown, "prepare", raising(error))
        desk.prepare(MixdownRequest.of(arrangement(gain_db=-1.0), audio_of()))
        assert "what was there before goes on" in desk.thread.problem
        assert "\n" not in desk.thread.problem
    desk.prepare(MixdownRequest.of(arrangement(gain_db=-2.0), audio_of()))
    assert desk.thread.problem == ""
    gains = [one.mix.arrangement.lanes[1].gain_db for one in desk.delivered if one.mix]
    assert gains == [-6.0, -2.0]


def test_an_error_that_passes_loses_no_edit(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The edit that met it is prepared again, without another one."""
    prepare, failures = Mixdown.prepare, iter([MemoryError()])

    def fail_once(mixdown: Mixdown, **options: object) -> None:
        for error in failures:
            raise error
        prepare(mixdown, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Mixdown, "prepare", fail_once)
    desk.prepare(MixdownRequest.of(arrangement(), audio_of()))
    assert len(desk.delivered) == 1
    assert desk.thread.problem == ""


def raising(error: Exception) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail
