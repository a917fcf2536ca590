from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from core.render.cache import ByteCache

PATIENCE = 240.0


def _array(value: float = 0.0) -> np.ndarray:
    return np.full(250, value, np.float32)  # 1000 bytes


def test_computes_once_and_gives_the_same_read_only_array() -> None:
    cache = ByteCache(10_000)
    first = cache.get("a", lambda: _array(1.0))
    assert cache.get("a", lambda: _array(2.0)) is first
    with pytest.raises(ValueError, match="read-only"):
        first[0] = 5.0


def test_drops_the_longest_unused_to_stay_in_its_bytes() -> None:
    cache = ByteCache(3000)
    for name in "abc":
        cache.get(name, _array)
    cache.get("a", _array)
    cache.get("d", _array)
    assert [name for name in "abcd" if name in cache] == ["a", "c", "d"]
    assert cache.size == 3000


def test_does_not_keep_what_is_larger_than_itself() -> None:
    cache = ByteCache(900)
    assert cache.get("a", _array).nbytes == 1000
    assert (len(cache), cache.size) == (0, 0)


def test_a_look_gives_what_is_kept_and_computes_nothing() -> None:
    cache = ByteCache(1000)
    assert cache.peek("a") is None
    kept = cache.get("a", lambda: np.zeros(10, np.float32))
    assert cache.peek("a") is kept


def test_can_be_made_smaller() -> None:
    cache = ByteCache(3000)
    for name in "abc":
        cache.get(name, _array)
    cache.shrink(1000)
    assert "c" in cache
    assert (len(cache), cache.size) == (1, 1000)


def test_clearing_forgets() -> None:
    cache = ByteCache(3000)
    cache.get("a", _array)
    cache.clear()
    assert (len(cache), cache.size) == (0, 0)


def test_threads_that_ask_at_once_share_one_computation() -> None:
    cache = ByteCache(10_000)
    started, release, count = threading.Event(), threading.Event(), []

    def slow() -> np.ndarray:
        count.append(1)
        started.set()
        assert release.wait(PATIENCE)
        return _array(3.0)

    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(cache.get, "a", slow) for _ in range(4)]
        assert started.wait(PATIENCE)
        release.set()
        results = [job.result(PATIENCE) for job in jobs]
    assert len(count) == 1
    assert all(result is results[0] for result in results)


def test_an_error_reaches_all_who_wait_and_is_not_kept() -> None:
    cache = ByteCache(10_000)
    started, release = threading.Event(), threading.Event()

    def failing() -> np.ndarray:
        started.set()
        assert release.wait(PATIENCE)
        raise RuntimeError("no")

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(cache.get, "a", failing)
        assert started.wait(PATIENCE)
        second = pool.submit(cache.get, "a", failing)
        release.set()
        for job in (first, second):
            with pytest.raises(RuntimeError, match="no"):
                job.result(PATIENCE)
    assert cache.get("a", lambda: _array(1.0))[0] == 1.0
