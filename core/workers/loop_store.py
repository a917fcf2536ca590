"""Loops kept in the window's process: all that the arrangement needs, and some more."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Container, Hashable, Iterable
from typing import Generic, TypeVar

from core.workers.messages import Sounded

Key = TypeVar("Key", bound=Hashable)


class LoopStore(Generic[Key]):
    """Sounds by key. Those needed stay; of the others the longest unused go first.

    Outdated ones are still to be had, but count as missing (`in`).
    """

    def __init__(self, limit: int) -> None:
        """`limit`: bytes of loops that are not needed."""
        self._limit = limit
        self._kept: OrderedDict[Key, Sounded] = OrderedDict()
        self._needed: Container[Key] = ()
        self._outdated: set[Key] = set()

    def get(self, key: Key) -> Sounded | None:
        """What is kept under `key`; takes no time."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def put(self, key: Key, sounded: Sounded) -> None:
        """Keep `sounded`, whatever else has to go for it."""
        self._kept[key] = sounded
        self._kept.move_to_end(key)
        self._outdated.discard(key)
        self._shrink()

    def need(self, keys: Iterable[Key]) -> None:
        """Let these stay, and no others."""
        self._needed = frozenset(keys)
        self._shrink()

    def outdate(self, which: Callable[[Key], bool]) -> None:
        """Those for whose keys `which` is true have to be made again; until then, those needed
        stay. The others go."""
        for key in [key for key in self._kept if which(key)]:
            if key in self._needed:
                self._outdated.add(key)
            else:
                self.drop(key)

    def drop(self, key: Key) -> None:
        """Forget what is kept under `key`, if anything."""
        self._kept.pop(key, None)
        self._outdated.discard(key)

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()
        self._outdated.clear()

    def __contains__(self, key: Key) -> bool:
        return key in self._kept and key not in self._outdated

    def __len__(self) -> int:
        return len(self._kept)

    def _shrink(self) -> None:
        loose = [key for key in self._kept if key not in self._needed]
        size = sum(self._kept[key].loop.nbytes for key in loose)
        for key in loose[:-1]:  # the newest stays in any case
            if size <= self._limit:
                return
            size -= self._kept[key].loop.nbytes
            self.drop(key)
