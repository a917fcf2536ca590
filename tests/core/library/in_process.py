"""Imports without processes: files are analysed in the one that tests run in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from core.library import analysis
from core.library.analysis import Job, JobResult
from core.library.store import Library
from core.progress import silent

Hook = Callable[[Path], None]


def nothing(path: Path) -> None:
    """A hook that leaves the file alone."""


class InProcessPool:
    """In the place of `ImportPool`: does jobs in this process, with a hook before and after."""

    before: Hook = staticmethod(nothing)
    after: Hook = staticmethod(nothing)

    def __init__(self, library: Path, workers: int, executor: object = None) -> None:
        self._library = library

    def __enter__(self) -> InProcessPool:
        return self

    def __exit__(self, *_: object) -> None:
        """There is nothing to end."""

    def run(self, jobs: Sequence[Job], cancel: object) -> Iterator[tuple[Job, JobResult]]:
        for job in jobs:
            path = getattr(job, "path", Path())
            type(self).before(path)
            with Library.open(self._library, read_only=True) as library:
                result = analysis.run(job, library, silent)
            type(self).after(path)
            yield job, result
