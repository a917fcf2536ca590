"""What the window's process and a worker process say to each other: seven messages.

A `Call` goes in. `Progress` and `Partial` may come back while it is under way; then either one
`Result` or one `Error`. A worker does one call after the other. `Cancel` asks it to give a call up,
`STOP` to give up what is under way and to end; until it has, it sends `Alive`.

Importing this imports nothing heavy: both sides do.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from multiprocessing.connection import Connection
from typing import Any, Final

STOP: Final = None
_APART_BYTES: Final = 1 << 14
"""Arrays from this size on are sent on their own instead of inside the pickle."""


class Priority(IntEnum):
    """What is done first. Of auditions only the latest counts."""

    AUDITION = 0
    SPECTROGRAM = 1
    CLIP = 2
    TASK = 3
    LEFTOVER = 4
    """An audition that gave way to a newer one: finished while nothing else is to be done."""


@dataclass(frozen=True, eq=False)
class Call:
    """Run a function in the worker.

    Attributes:
        id: repeated in every answer.
        function: a function of a module, or the name of a method of the worker's service.
        arguments: its keyword arguments; anything that can be pickled.
        priority: how urgent it is.
        generation: of the session that it belongs to; 0 for a task, which belongs to none: it
            changes what is on disk, and reading that again makes another session.
    """

    id: int
    function: str | Callable[..., Any]
    arguments: Mapping[str, Any] = field(default_factory=dict)
    priority: Priority = Priority.TASK
    generation: int = 0


@dataclass(frozen=True)
class Cancel:
    """Give the call `id` up, where it looks whether it should; it answers as it does otherwise, by
    an `Error` with `cancelled`, or by a `Result` if it was done before. No answer of its own."""

    id: int


@dataclass(frozen=True)
class Progress:
    """`done` of `total` is finished, in any unit; `message` says what is under way."""

    id: int
    done: float
    total: float
    message: str = ""


@dataclass(frozen=True, eq=False)
class Partial:
    """Something of the result, or an event on the way to it."""

    id: int
    value: Any


@dataclass(frozen=True)
class Alive:
    """The call `id` was asked to stop and is not done yet.

    Attributes:
        cpu_seconds: that the process has computed, all of its threads together but for the one that
            sends this; what only waits stays at the same number.
    """

    id: int
    cpu_seconds: float


@dataclass(frozen=True, eq=False)
class Result:
    """The call is done; what the function returned."""

    id: int
    value: Any


@dataclass(frozen=True)
class Error:
    """The call failed.

    Attributes:
        message: one line for the user.
        cancelled: whether it only stopped as asked, with nothing to show for it.
    """

    id: int
    message: str
    cancelled: bool = False


Order = Call | Cancel | None
"""What a worker is sent; None is `STOP`."""
Answer = Progress | Partial | Alive | Result | Error


def send(connection: Connection, message: object) -> None:
    """Send a message; its large arrays travel beside it, without a copy.

    Args:
        connection: one end of a pipe.
        message: anything that can be pickled.

    Raises:
        OSError: the other end is gone.
    """
    apart: list[pickle.PickleBuffer] = []

    def inside(buffer: pickle.PickleBuffer) -> bool:
        if buffer.raw().nbytes < _APART_BYTES:
            return True
        apart.append(buffer)
        return False

    body = pickle.dumps(message, protocol=5, buffer_callback=inside)
    connection.send((body, len(apart)))
    for buffer in apart:
        connection.send_bytes(buffer.raw())


def receive(connection: Connection) -> Any:
    """What was sent; its large arrays are read-only. Raises `EOFError` or `OSError` at the end."""
    body, count = connection.recv()
    apart = [connection.recv_bytes() for _ in range(count)]
    return pickle.loads(body, buffers=apart)
