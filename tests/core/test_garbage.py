"""What is there when a program has started is not searched for garbage; what comes later is."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from weakref import ref

import pytest

from core import garbage


class Node:
    """Refers to itself, so that only the search frees it."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Other tests search as ever, and as little (`tests/conftest.py`)."""
    yield
    gc.enable()


def test_only_what_comes_after_the_start_is_searched() -> None:
    garbage.pause()
    assert not gc.isenabled()
    early = ref(Node())
    garbage.resume()
    assert gc.isenabled()
    late = ref(Node())
    gc.collect()
    assert early() is not None
    assert late() is None


def test_resuming_twice_keeps_searching_what_came_between() -> None:
    garbage.pause()
    garbage.resume()
    between = ref(Node())
    garbage.resume()
    gc.collect()
    assert between() is None
