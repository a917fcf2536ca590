"""Loops in the window's process."""

from __future__ import annotations

import numpy as np

from core.arrangement.clip import RealSource
from core.workers.loop_store import LoopStore
from core.workers.messages import CLIP, Sounded


def sounded(level: float) -> Sounded:
    loop = np.full((100, 2), level, np.float32)
    return Sounded("key", RealSource("x"), 120.0, loop, None, "guided", CLIP)


def test_outdated_loops_that_are_needed_are_heard_until_their_successors_come() -> None:
    store: LoopStore[str] = LoopStore(1 << 20)
    for name in ("real", "latent", "heard once"):
        store.put(name, sounded(1.0))
    store.need(["real", "latent"])
    store.outdate(lambda key: key != "real")
    assert "real" in store
    assert "latent" not in store
    kept = store.get("latent")
    assert kept is not None
    assert kept.loop[0, 0] == 1.0
    assert store.get("heard once") is None
    store.put("latent", sounded(2.0))
    assert "latent" in store
    kept = store.get("latent")
    assert kept is not None
    assert kept.loop[0, 0] == 2.0


def test_an_outdated_loop_that_is_needed_no_more_goes_with_the_others() -> None:
    store: LoopStore[str] = LoopStore(0)
    for name in ("a", "b", "c"):
        store.put(name, sounded(1.0))
        store.need([*(n for n in ("a", "b", "c") if n <= name)])
    store.outdate(lambda key: True)
    store.need(["a"])
    assert store.get("a") is not None
    assert len(store) <= 2
    store.drop("a")
    assert store.get("a") is None
