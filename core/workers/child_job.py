"""One long piece of work in a child of its own: it reports, can be stopped, and may die alone."""

from __future__ import annotations

import threading
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from core.workers.child import STOP
from core.workers.conversation import Conversation
from core.workers.failures import obituary
from core.workers.running import (
    Emitted,
    Errored,
    Progressed,
    Returned,
    Stopped,
    Work,
    body,
    name_of,
    perform,
)

NICENESS: Final = 10
_GRACE_MS: Final = 20_000
"""From asking to killing: training writes its best model in that time."""


class ChildJob(QObject):
    """Runs `work(**arguments, progress=, cancel=, emit=)`, a function of a module, in a child.

    Signals, in this order; `finished` always comes last and once:
        started()
        progress(float done, float total, str message), emitted(object)
        returned(object) | errored(str: one line) | cancelled()
        finished()

    Work that was stopped and has something to show for it (a training, an import) returns it.
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
        self._name = name_of(work)
        self._work, self._arguments = work, arguments
        self._talk = Conversation(body, (work, arguments), name=self._name, niceness=NICENESS)
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
            case Progressed():
                self.progress.emit(message.done, message.total, message.message)
            case Emitted():
                self.emitted.emit(message.event)
            case Returned():
                self._told = True
                self.returned.emit(message.result)
            case Errored():
                self._told = True
                self.errored.emit(message.message)
            case Stopped():
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


class NowJob(ChildJob):
    """A `ChildJob` whose work is done in this process before `start` returns: for tests."""

    def __init__(self, work: Work, **arguments: Any) -> None:
        super().__init__(work, **arguments)
        self._cancel = threading.Event()

    def start(self) -> None:
        """Do it; all signals are emitted on the way."""
        self.started.emit()
        perform(self._work, self._arguments, lambda it: self._received(None, it), self._cancel)
        self._over = True
        self.finished.emit()

    def cancel(self) -> None:
        """Ask it to stop, from a slot of one of its signals."""
        self._cancel.set()


def run_now(work: Work, **arguments: Any) -> list[tuple[str, tuple[Any, ...]]]:
    """Do `work` in this process; the signals that a job emits, in order, with their arguments."""
    job = NowJob(work, **arguments)
    told: list[tuple[str, tuple[Any, ...]]] = []
    for name in _SIGNALS:
        getattr(job, name).connect(lambda *values, name=name: told.append((name, values)))
    job.start()
    return told


_SIGNALS = ("started", "progress", "emitted", "returned", "errored", "cancelled", "finished")
