"""The order in which a worker is given what waits."""

from __future__ import annotations

from core.workers.protocol import Priority
from core.workers.queue import Request, RequestQueue


def request(name: str, priority: Priority = Priority.CLIP, key: object = None) -> Request:
    return Request("loop", {"name": name}, priority, [key or name], same=name)


def taken(queue: RequestQueue) -> list[str]:
    found = []
    while (request := queue.take()) is not None:
        found.append(request.arguments["name"])
    return found


def test_the_most_urgent_comes_first() -> None:
    queue = RequestQueue()
    queue.add(request("task", Priority.TASK))
    queue.add(request("clip"))
    queue.add(request("picture", Priority.SPECTROGRAM))
    queue.add(request("heard", Priority.AUDITION))
    queue.add(request("another clip"))
    assert len(queue) == 5
    assert taken(queue) == ["heard", "picture", "clip", "another clip", "task"]


def test_of_auditions_the_latest_counts() -> None:
    queue = RequestQueue()
    for name in ("a", "b", "c"):
        queue.add(request(name, Priority.AUDITION))
    assert taken(queue) == ["c"]


def test_equal_requests_share_one_answer() -> None:
    queue = RequestQueue()
    for key in (1, 2, 1):
        queue.add(request("a", key=key))
    waiting = queue.take()
    assert waiting is not None
    assert waiting.keys == [1, 2]
    assert queue.take() is None


def test_requests_are_like_no_other_by_default() -> None:
    queue = RequestQueue()
    for _ in range(2):
        queue.add(Request("train", {}, Priority.TASK, []))
    assert len(queue) == 2


def test_what_is_put_back_comes_next() -> None:
    queue = RequestQueue()
    queue.add(request("a", key=1))
    queue.add(request("b", key=2))
    begun = queue.take()
    assert begun is not None
    queue.add(request("a", key=3))
    queue.put_back(begun)
    assert begun.keys == [1, 3]
    assert taken(queue) == ["a", "b"]


def test_an_audition_that_is_put_back_gives_way_to_a_newer_one() -> None:
    queue = RequestQueue()
    queue.add(request("a", Priority.AUDITION))
    begun = queue.take()
    assert begun is not None
    queue.add(request("b", Priority.AUDITION))
    queue.put_back(begun)
    assert taken(queue) == ["b"]


def test_requests_nobody_waits_for_are_dropped() -> None:
    queue = RequestQueue()
    queue.add(request("a", key=1))
    queue.add(request("a", key=2))
    queue.add(request("b", key=3))
    queue.add(request("picture", Priority.SPECTROGRAM, key=4))
    queue.keep(Priority.CLIP, {2})
    assert [waiting.keys for waiting in queue.clear()] == [[4], [2]]
    assert queue.clear() == []


def test_requests_are_put_in_order() -> None:
    """Those that are named come first; one that is the `same` as another comes once."""
    queue = RequestQueue()
    for number, name in enumerate("abcd"):
        queue.add(request(name, key=number))
    queue.add(request("c", key="also c"))
    queue.add(request("picture", Priority.SPECTROGRAM, key=3))
    queue.order(Priority.CLIP, [3, "unknown", "also c", 2])
    assert taken(queue) == ["picture", "d", "c", "a", "b"]


def test_only_the_latest_of_what_gave_way_is_finished_and_last() -> None:
    queue = RequestQueue()
    for number in range(100):
        queue.add(request(str(number), Priority.LEFTOVER))
    queue.add(request("clip"))
    first, *others = taken(queue)
    assert first == "clip"
    assert others == [str(number) for number in range(100 - len(others), 100)]
    assert 10 < len(others) < 50


def test_what_gave_way_is_not_done_twice_if_it_is_heard_again() -> None:
    queue = RequestQueue()
    queue.add(request("a", Priority.LEFTOVER))
    queue.add(request("a", Priority.AUDITION))
    queue.add(request("a", Priority.LEFTOVER))
    assert taken(queue) == ["a"]
