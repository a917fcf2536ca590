"""In which order tests run, and which of them in one process.

The quick ones come first. A file's tests stay together, since what it has made once serves all of
them; but its slow ones wait until the quick ones of all files are under way.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow tests last; of these, what may take longest first, or all would wait for it."""
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> tuple[bool, float]:
    if item.get_closest_marker("slow") is None:
        return False, 0.0
    limit = item.get_closest_marker("timeout")
    return True, -float(limit.args[0]) if limit is not None else 0.0


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> BlockScheduling | None:
    """In the place of `--dist loadfile`."""
    return BlockScheduling(config, log) if config.getvalue("dist") == "loadfile" else None


_TOGETHER = ("tests/core/vae/", "tests/benchmarks/")
"""Folders whose files stay in one process: one training serves all of them, or what librosa
compiles when it is used for the first time after an installation (some ten seconds)."""


class BlockScheduling(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Blocks of neighbouring tests of one file or folder, in the order of the collection."""

    def schedule(self) -> None:
        """As the base class, whose own order would be by the number of tests."""
        self.config.option.loadscopereorder = False
        super().schedule()

    def _split_scope(self, nodeid: str) -> str:
        return self._blocks[nodeid]

    @cached_property
    def _blocks(self) -> dict[str, str]:
        assert self.collection is not None
        return blocks(self.collection)


def blocks(nodeids: list[str]) -> dict[str, str]:
    """For each test the name of its block: a number, and the file or one of `_TOGETHER`."""
    found: dict[str, str] = {}
    number, last = 0, ""
    for nodeid in nodeids:
        file = nodeid.split("::", 1)[0]
        place = next((folder for folder in _TOGETHER if file.startswith(folder)), file)
        number += place != last
        found[nodeid] = f"{number} {place}"
        last = place
    return found
