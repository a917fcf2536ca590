"""What waits to be done by a child, and in which order. No Qt, no processes."""

from __future__ import annotations

from collections.abc import Container, Hashable
from dataclasses import dataclass

from core.workers.messages import AUDITION, CLIP, Map, Order, Picture, Sound

_PICTURE = "picture"
_MAP = "map"


@dataclass
class Task:
    """An order and who waits for it.

    keys: under which it was asked for
    line: in which it waits
    tries: how often it was begun
    """

    order: Order
    keys: list[Hashable]
    line: str
    tries: int = 0


class Waiting:
    """Tasks not begun yet: the last audition, then spectrograms, the map, and clips in order."""

    def __init__(self) -> None:
        self._lines: dict[str, dict[Order, Task]] = {
            AUDITION: {},
            _PICTURE: {},
            _MAP: {},
            CLIP: {},
        }

    def __len__(self) -> int:
        return sum(len(line) for line in self._lines.values())

    def audition(self, key: Hashable, order: Sound) -> None:
        """In place of an earlier one that was not begun."""
        self._lines[AUDITION].clear()
        self._add(key, order, AUDITION)

    def picture(self, key: Hashable, order: Picture) -> None:
        """Once for all that wait for the same."""
        self._add(key, order, _PICTURE)

    def map(self, key: Hashable) -> None:
        """Once, however often it is asked for."""
        self._add(key, Map(), _MAP)

    def clip(self, key: Hashable, order: Sound) -> None:
        """Once for all that wait for the same."""
        self._add(key, order, CLIP)

    def keep_clips(self, keep: Container[Hashable]) -> None:
        """Drop the clips that are waited for under none of `keep`."""
        line = self._lines[CLIP]
        for order, task in list(line.items()):
            task.keys = [key for key in task.keys if key in keep]
            if not task.keys:
                del line[order]

    def take(self) -> Task | None:
        """The next to be done; it waits no longer."""
        for line in self._lines.values():
            for order in line:
                return line.pop(order)
        return None

    def put_back(self, task: Task) -> None:
        """Let `task`, which was begun for nothing, be the next; an audition gives way to a newer
        one."""
        line = self._lines[task.line]
        if task.line == AUDITION and line:
            return
        twin = line.pop(task.order, None)
        if twin is not None:
            task.keys += [key for key in twin.keys if key not in task.keys]
        self._lines[task.line] = {task.order: task, **line}

    def clear(self) -> list[Task]:
        """Forget all; what that was."""
        dropped = [task for line in self._lines.values() for task in line.values()]
        for line in self._lines.values():
            line.clear()
        return dropped

    def _add(self, key: Hashable, order: Order, line: str) -> None:
        task = self._lines[line].setdefault(order, Task(order, [], line))
        if key not in task.keys:
            task.keys.append(key)
