"""A thread of this process that owns a child: starts it, listens to it, sees it end."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal

from core.workers import wire
from core.workers.child import STOP, Child
from core.workers.failures import log_failure

_RUNNING: set[Conversation] = set()
"""Kept alive while they run: a QThread that is destroyed before ends the whole process."""


class Conversation(QThread):
    """Talks with one child from its start to its end.

    Signals carry the conversation itself, so that a receiver who has moved on to another one knows
    late messages of this one.

    received(conversation, message)
    ended(conversation, exit status): always the last; None if it could not be started
    """

    received = Signal(object, object)
    ended = Signal(object, object)

    def __init__(
        self,
        body: Callable[..., None],
        arguments: tuple[Any, ...] = (),
        *,
        name: str,
        niceness: int = 0,
        parent: QObject | None = None,
    ) -> None:
        """Runs `body(connection, *arguments)`, a function of a module, in the child."""
        super().__init__(parent)
        self.setObjectName(name)
        self._body, self._arguments, self._niceness = body, arguments, niceness
        self._child: Child | None = None
        self._early: list[object] = []
        self._lock = threading.Lock()
        self._killed = False

    def begin(self) -> None:
        """Start thread and child."""
        _RUNNING.add(self)
        self.start()

    @property
    def pid(self) -> int | None:
        """Of the child, once it is there."""
        return None if self._child is None else self._child.pid

    def send(self, message: object) -> None:
        """Send `message`, or keep it until the child is there."""
        with self._lock:
            if self._child is None:
                self._early.append(message)
            else:
                self._child.send(message)

    def kill(self) -> None:
        """End the child at once."""
        with self._lock:
            self._killed = True
            if self._child is not None and self.isRunning():
                self._child.kill()

    def close(self, grace_ms: int) -> None:
        """Ask the child to end, wait, then kill it; returns when the thread has ended."""
        if self.isRunning():
            self.send(STOP)
            if not self.wait(grace_ms):
                self.kill()
                self.wait()
        _RUNNING.discard(self)

    def run(self) -> None:
        """Body of the thread."""
        try:
            child = self._started()
        except Exception:  # no room for it, or the program cannot be started a second time
            log_failure(f"starting {self.objectName()}")
            self.ended.emit(self, None)
            return
        try:
            while True:
                self.received.emit(self, wire.receive(child.connection))
        except (EOFError, OSError):
            pass
        except Exception:  # a message that cannot be read: there is no talking to it any more
            log_failure(f"a message of {self.objectName()}")
            child.kill()
        self.ended.emit(self, child.reap())

    def _started(self) -> Child:
        child = Child(self._body, self._arguments, name=self.objectName(), niceness=self._niceness)
        with self._lock:
            self._child = child
            for message in self._early:
                child.send(message)
            self._early.clear()
            if self._killed:
                child.kill()
        return child


def _end_all() -> None:
    for conversation in list(_RUNNING):
        conversation.kill()
        conversation.wait()


atexit.register(_end_all)
