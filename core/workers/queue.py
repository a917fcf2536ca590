"""What waits to be done by a worker, and in which order. No Qt, no processes."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Container, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from core.workers.protocol import Call, Priority

_numbers = itertools.count(1)
_MOST_LEFT_OVER: Final = 24
"""As many loops as the window keeps of those that no clip needs."""


@dataclass(eq=False)
class Request:
    """Something to be done by a worker, and who waits for it.

    Attributes:
        function, arguments, priority: as in `Call`.
        keys: under which it was asked for; answers carry them back.
        same: equal for requests that may share one answer; by default it is like no other.
        generation: of the session that it belongs to; set by the worker that takes it.
        tries: how often it was begun.
    """

    function: str | Callable[..., Any]
    arguments: Mapping[str, Any]
    priority: Priority
    keys: list[Hashable]
    same: Hashable = field(default_factory=object)
    generation: int = 0
    tries: int = 0
    id: int = field(default_factory=lambda: next(_numbers))

    def call(self) -> Call:
        """As the message to the worker."""
        return Call(self.id, self.function, self.arguments, self.priority, self.generation)


class RequestQueue:
    """Requests that were not begun: the latest audition, then by priority, then in order."""

    def __init__(self) -> None:
        self._lines: dict[Priority, dict[Hashable, Request]] = {each: {} for each in Priority}

    def __len__(self) -> int:
        return sum(len(line) for line in self._lines.values())

    def add(self, request: Request) -> None:
        """Let `request` wait. It joins one that is the `same`; an audition replaces the last, and
        only the latest few of those that gave way are finished."""
        line, auditions = self._lines[request.priority], self._lines[Priority.AUDITION]
        if request.priority == Priority.LEFTOVER and request.same in auditions:
            return
        if request.priority == Priority.AUDITION:
            line.clear()
            self._lines[Priority.LEFTOVER].pop(request.same, None)
        waiting = line.setdefault(request.same, request)
        if waiting is not request:
            _join(waiting, request)
        if request.priority == Priority.LEFTOVER and len(line) > _MOST_LEFT_OVER:
            line.pop(next(iter(line)))

    def take(self) -> Request | None:
        """The next one to be done; it waits no longer."""
        for line in self._lines.values():
            for same in line:
                return line.pop(same)
        return None

    def put_back(self, request: Request) -> None:
        """Let `request`, which was begun for nothing, be the next; an audition gives way to a newer
        one."""
        line = self._lines[request.priority]
        if request.priority == Priority.AUDITION and line:
            return
        twin = line.pop(request.same, None)
        if twin is not None:
            _join(request, twin)
        self._lines[request.priority] = {request.same: request, **line}

    def keep(self, priority: Priority, keys: Container[Hashable]) -> None:
        """Of one priority, drop the requests that nobody waits for any more.

        Args:
            priority: of the requests that are looked at; others stay.
            keys: those that are still waited for; a request with none of them goes.
        """
        line = self._lines[priority]
        for same, request in list(line.items()):
            request.keys = [key for key in request.keys if key in keys]
            if not request.keys:
                del line[same]

    def order(self, priority: Priority, keys: Iterable[Hashable]) -> None:
        """Of one priority, let some requests be done before all others.

        Args:
            priority: of the requests that are looked at; others stay.
            keys: of those that come first, in this order; what does not wait is passed over.
        """
        line = self._lines[priority]
        waiting = {key: same for same, request in line.items() for key in request.keys}
        first = {waiting[key]: line[waiting[key]] for key in keys if key in waiting}
        self._lines[priority] = first | line

    def clear(self) -> list[Request]:
        """Drop all, and return them."""
        dropped = [request for line in self._lines.values() for request in line.values()]
        for line in self._lines.values():
            line.clear()
        return dropped


def _join(kept: Request, other: Request) -> None:
    kept.keys += [key for key in other.keys if key not in kept.keys]
