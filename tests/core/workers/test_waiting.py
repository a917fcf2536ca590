"""The order in which a child is given what waits."""

from __future__ import annotations

from core.arrangement.clip import RealSource
from core.workers.messages import Map, Picture, Sound
from core.workers.waiting import Waiting


def sound(name: str) -> Sound:
    return Sound(RealSource(name), 120.0)


def taken(waiting: Waiting) -> list[object]:
    found = []
    while (task := waiting.take()) is not None:
        found.append(task.order)
    return found


def test_the_most_urgent_comes_first() -> None:
    waiting = Waiting()
    waiting.clip(1, sound("a"))
    waiting.map("map")
    waiting.picture(2, Picture(RealSource("b")))
    waiting.audition(3, sound("c"))
    waiting.clip(4, sound("d"))
    assert len(waiting) == 5
    assert taken(waiting) == [
        sound("c"),
        Picture(RealSource("b")),
        Map(),
        sound("a"),
        sound("d"),
    ]


def test_equal_orders_are_one_task() -> None:
    waiting = Waiting()
    waiting.clip(1, sound("a"))
    waiting.clip(2, sound("a"))
    waiting.clip(1, sound("a"))
    task = waiting.take()
    assert task is not None
    assert task.keys == [1, 2]
    assert waiting.take() is None


def test_what_is_put_back_comes_next() -> None:
    waiting = Waiting()
    waiting.clip(1, sound("a"))
    waiting.clip(2, sound("b"))
    task = waiting.take()
    assert task is not None
    waiting.clip(3, sound("a"))
    waiting.put_back(task)
    assert task.keys == [1, 3]
    assert taken(waiting) == [sound("a"), sound("b")]


def test_an_audition_that_is_put_back_gives_way_to_a_newer_one() -> None:
    waiting = Waiting()
    waiting.audition(1, sound("a"))
    task = waiting.take()
    assert task is not None
    waiting.audition(2, sound("b"))
    waiting.put_back(task)
    assert taken(waiting) == [sound("b")]


def test_clips_nobody_waits_for_are_dropped() -> None:
    waiting = Waiting()
    waiting.clip(1, sound("a"))
    waiting.clip(2, sound("a"))
    waiting.clip(3, sound("b"))
    waiting.keep_clips({2})
    task = waiting.take()
    assert task is not None
    assert task.keys == [2]
    assert waiting.clear() == []
