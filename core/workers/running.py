"""The child's side of a job: the work itself, and what it tells on the way."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, Final

from core.errors import Cancelled
from core.progress import CancelFlag
from core.workers import wire
from core.workers.failures import line

_EVERY: Final = 0.1
"""Seconds between two progress messages."""

Work = Callable[..., Any]
Send = Callable[[object], None]


@dataclass(frozen=True)
class Progressed:
    """`done` of `total` is finished."""

    done: float
    total: float
    message: str


@dataclass(frozen=True, eq=False)
class Emitted:
    """Something happened that the work tells of."""

    event: Any


@dataclass(frozen=True, eq=False)
class Returned:
    """The work is done."""

    result: Any


@dataclass(frozen=True)
class Errored:
    """The work failed: one line for the user."""

    message: str


@dataclass(frozen=True)
class Stopped:
    """The work stopped as asked, with nothing to show for it."""


def body(connection: Connection, work: Work, arguments: dict[str, Any]) -> None:
    """Of the process: the work on the main thread, the parent's wish to stop on another."""
    cancel, sending = threading.Event(), threading.Lock()

    def send(message: object) -> None:
        with sending:
            wire.send(connection, message)

    def listen() -> None:
        with contextlib.suppress(EOFError, OSError):
            wire.receive(connection)
        cancel.set()

    threading.Thread(target=listen, name="listen", daemon=True).start()
    perform(work, arguments, send, cancel)


def perform(work: Work, arguments: dict[str, Any], send: Send, cancel: CancelFlag) -> None:
    """Do `work` and send what comes of it; the last message says how it ended."""
    try:
        result = work(
            **arguments,
            progress=_teller(send),
            cancel=cancel,
            emit=lambda event: send(Emitted(event)),
        )
        send(Returned(result))
    except Cancelled:
        send(Stopped())
    except (EOFError, ConnectionError):
        raise  # nobody listens any more
    except Exception as error:
        send(Errored(line(error, name_of(work))))


def name_of(work: Work) -> str:
    """For people."""
    return work.__name__.replace("_", " ")


def _teller(send: Send) -> Callable[..., None]:
    """A `Progress` that passes on ten messages a second, and the last one."""
    told_at = 0.0

    def tell(done: float, total: float, message: str = "") -> None:
        nonlocal told_at
        now = time.monotonic()
        if now - told_at >= _EVERY or done >= total:
            told_at = now
            send(Progressed(float(done), float(total), message))

    return tell
