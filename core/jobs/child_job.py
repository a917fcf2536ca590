"""One long piece of work in a child of its own: it reports, can be stopped, and may die alone."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from core.errors import Cancelled, TechnoVAEError
from core.jobs import wire
from core.jobs.child import STOP
from core.jobs.conversation import Conversation
from core.jobs.failures import line, obituary

NICENESS: Final = 10
_GRACE_MS: Final = 20_000
"""From asking to killing: training writes its best model in that time."""
_EVERY: Final = 0.1

Work = Callable[..., Any]


@dataclass(frozen=True)
class _Progress:
    done: float
    total: float
    message: str


@dataclass(frozen=True, eq=False)
class _Event:
    event: Any


@dataclass(frozen=True, eq=False)
class _Returned:
    result: Any


@dataclass(frozen=True)
class _Errored:
    message: str


@dataclass(frozen=True)
class _Cancelled:
    pass


class ChildJob(QObject):
    """Runs `work(**arguments, progress=, cancel=, emit=)`, a function of a module, in a child.

    Signals, in this order; `finished` always comes last and once:
        started()
        progress(float done, float total, str message), emitted(object)
        returned(object) | errored(str: one line) | cancelled()
        finished()
    """

    started = Signal()
    progress = Signal(float, float, str)
    emitted = Signal(object)
    returned = Signal(object)
    errored = Signal(str)
    cancelled = Signal()
    finished = Signal()

    def __init__(self, work: Work, **arguments: Any) -> None:
        super().__init__()
        self._name = work.__name__.replace("_", " ")
        self._talk = Conversation(_body, (work, arguments), name=self._name, niceness=NICENESS)
        self._talk.received.connect(self._received)
        self._talk.ended.connect(self._ended)
        self._told = self._over = self._asked = False

    def start(self) -> None:
        """Begin; comes back at once."""
        self._talk.begin()
        self.started.emit()

    def cancel(self) -> None:
        """Ask it to stop; it is killed if it does not."""
        if not self._asked:
            self._asked = True
            self._talk.send(STOP)
            QTimer.singleShot(_GRACE_MS, self, self._kill)

    def wait(self, milliseconds: int) -> bool:
        """Wait for the end of the child, then kill it; says whether it ended by itself."""
        ended = self._talk.wait(milliseconds)
        self._talk.close(0)
        return ended

    @property
    def pid(self) -> int | None:
        """Of the child."""
        return self._talk.pid

    def _kill(self) -> None:
        if not self._over:
            self._talk.kill()

    @Slot(object, object)
    def _received(self, talk: object, message: object) -> None:
        match message:
            case _Progress():
                self.progress.emit(message.done, message.total, message.message)
            case _Event():
                self.emitted.emit(message.event)
            case _Returned():
                self._told = True
                self.returned.emit(message.result)
            case _Errored():
                self._told = True
                self.errored.emit(message.message)
            case _Cancelled():
                self._told = True
                self.cancelled.emit()

    @Slot(object, object)
    def _ended(self, talk: object, status: int | None) -> None:
        self._over = True
        if not self._told and self._asked:
            self.cancelled.emit()
        elif not self._told:
            self.errored.emit(f"{obituary(self._name, status)}; what was finished is kept")
        self._talk.close(0)
        self.finished.emit()


def _body(connection: Connection, work: Work, arguments: dict[str, Any]) -> None:
    """Of the child: the work on the main thread, the parent's wish to stop on another."""
    cancel, sending = threading.Event(), threading.Lock()

    def send(message: object) -> None:
        with sending:
            wire.send(connection, message)

    def listen() -> None:
        with contextlib.suppress(EOFError, OSError):
            wire.receive(connection)
        cancel.set()

    threading.Thread(target=listen, name="listen", daemon=True).start()
    last = [0.0]

    def progress(done: float, total: float, message: str = "") -> None:
        now = time.monotonic()
        if now - last[0] >= _EVERY or done >= total:
            last[0] = now
            send(_Progress(float(done), float(total), message))

    try:
        result = work(**arguments, progress=progress, cancel=cancel, emit=lambda e: send(_Event(e)))
        send(_Returned(result))
    except Cancelled:
        send(_Cancelled())
    except TechnoVAEError as error:
        send(_Errored(str(error)))
    except Exception as error:
        send(_Errored(line(error, work.__name__.replace("_", " "))))
