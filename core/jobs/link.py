"""The window's end of a child that makes sound: queue it, keep it alive, tell what comes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
from PySide6.QtCore import QCoreApplication, QObject, Signal, Slot

from core.jobs.conversation import Conversation
from core.jobs.failures import obituary
from core.jobs.messages import (
    MAPPING,
    OPENING,
    Failed,
    Heard,
    Open,
    Order,
    Picture,
    Ready,
    Refused,
    Seen,
    Sound,
    Sounded,
    Underway,
)
from core.jobs.waiting import Task, Waiting
from core.timeline.clip import Source

_DEATHS = 3
"""In a row, without an order met in between, after which a child is not started again."""
_TRIES = 2
"""An order during which the child died so often is not tried again: it may be what kills it."""
_GRACE_MS = 400


class Link(QObject):
    """One long-lived child, given one order at a time, so that what waits can still be dropped.

    Use it on the thread that it lives on. Everything asked for before the child is ready, or while
    it is started again, waits.
    """

    ready = Signal(object)  # Ready
    sounded = Signal(object)  # Sounded
    seen = Signal(object)  # Seen
    mapping = Signal(float, float, str)  # how far the map is
    mapped = Signal()
    failed = Signal(object)  # Failed
    died = Signal(str)

    def __init__(
        self,
        body: Callable[[Connection], None],
        *,
        name: str,
        niceness: int = 0,
        parent: QObject | None = None,
    ) -> None:
        """`body` runs in the child, see `serving`; `name` is for people."""
        super().__init__(parent)
        self._body, self._name, self._niceness = body, name, niceness
        self._conversation: Conversation | None = None
        self._target: Open | None = None
        self._is_open = False
        self._waiting = Waiting()
        self._task: Task | None = None
        self._deaths = 0
        self.model_hash = ""
        """Of the model that is open."""
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self.close)

    # Asking

    def open(self, library: Path, model: Path | None = None) -> None:
        """Start the child, or let it work with another library and model; what waits is dropped.

        After a change of the library or the model file, open the same again.
        """
        self._waiting.clear()
        self._target, self._is_open, self._deaths = Open(Path(library), model), False, 0
        if self._task is not None and self._task.line not in ("", "audition", "picture", "clip"):
            self._end()  # a map may take minutes
        self._go_on()

    def audition(
        self, key: Hashable, source: Source, bpm: float, renderer: str | None = None
    ) -> None:
        """A loop at once: the latest wins, an earlier one that was not begun is dropped."""
        self._waiting.audition(key, Sound(source, bpm, renderer))
        self._go_on()

    def render(self, key: Hashable, source: Source, bpm: float) -> None:
        """A loop, after auditions, in the order asked for; once for all who want the same."""
        self._waiting.clip(key, Sound(source, bpm))
        self._go_on()

    def cancel_renders(self, keep: Collection[Hashable] = ()) -> None:
        """Drop renders that wait, but for those under `keep`."""
        self._waiting.keep_clips(keep)

    def spectrogram(self, key: Hashable, source: Source) -> None:
        """What `source` looks like, without a sound."""
        self._waiting.picture(key, Picture(source))
        self._go_on()

    def map(self) -> None:
        """Latents and map of the library, computed where it lacks them and kept in it."""
        self._waiting.map(MAPPING)
        self._go_on()

    @property
    def is_open(self) -> bool:
        """Whether library and model are open."""
        return self._is_open

    @property
    def outstanding(self) -> int:
        """Orders that wait or are being met."""
        return len(self._waiting) + (self._task is not None)

    @property
    def pid(self) -> int | None:
        """Of the child, if there is one."""
        return None if self._conversation is None else self._conversation.pid

    @Slot()
    def close(self) -> None:
        """End the child, within half a second; `open` starts another one."""
        self._target, self._is_open = None, False
        self._waiting.clear()
        self._end()

    # The conversation

    def _go_on(self) -> None:
        """Give the child its next order, if it is free."""
        if self._task is not None or self._target is None:
            return
        if not self._is_open:
            self._give(Task(self._target, [OPENING], ""))
            return
        task = self._waiting.take()
        if task is not None:
            self._give(task)

    def _give(self, task: Task) -> None:
        task.tries += 1
        self._task = task
        self._talking().send(task.order)

    def _talking(self) -> Conversation:
        if self._conversation is None:
            self._conversation = Conversation(self._body, name=self._name, niceness=self._niceness)
            self._conversation.received.connect(self._received)
            self._conversation.ended.connect(self._ended)
            self._conversation.begin()
        return self._conversation

    def _end(self) -> None:
        conversation, self._conversation, self._task = self._conversation, None, None
        if conversation is not None:
            conversation.close(_GRACE_MS)

    @Slot(object, object)
    def _received(self, conversation: Conversation, reply: object) -> None:
        if conversation is not self._conversation or self._task is None:
            return
        if isinstance(reply, Underway):
            self.mapping.emit(reply.done, reply.total, reply.message)
            return
        task, self._task = self._task, None
        if isinstance(task.order, Open):
            self._opened(task.order, reply)
            return
        if not isinstance(reply, Refused):
            self._deaths = 0
        self._go_on()  # first, so that the child works while the window does
        self._tell(task, reply)

    def _opened(self, order: Open, reply: object) -> None:
        if order != self._target:  # another one is wanted meanwhile
            self._go_on()
        elif isinstance(reply, Ready):
            self._is_open, self.model_hash = True, reply.model_hash
            self._go_on()
            self.ready.emit(reply)
        elif isinstance(reply, Refused):
            self._target = None
            dropped = self._waiting.clear()
            self.failed.emit(Failed(OPENING, reply.message))
            self._fail(dropped, reply.message)

    def _tell(self, task: Task, reply: object) -> None:
        match task.order, reply:
            case _, Refused(message):
                self._fail([task], message)
            case Sound(source, bpm), Heard(loop, spectrogram, renderer):
                for key in task.keys:
                    self.sounded.emit(
                        Sounded(key, source, bpm, loop, spectrogram, renderer, task.line)
                    )
            case Picture(source), np.ndarray():
                for key in task.keys:
                    self.seen.emit(Seen(key, source, reply))
            case _:
                self.mapped.emit()

    def _fail(self, tasks: Iterable[Task], message: str) -> None:
        for task in tasks:
            for key in task.keys:
                self.failed.emit(Failed(key, message))

    @Slot(object, object)
    def _ended(self, conversation: Conversation, status: int | None) -> None:
        """The child died: start it again, and the order it was at as well."""
        if conversation is not self._conversation:
            return
        task = self._task
        self._end()
        self._is_open = False
        self._deaths += 1
        message = obituary(self._name, status)
        lost: list[Task] = []
        if task is not None and not isinstance(task.order, Open):
            lost = [] if task.tries < _TRIES else [task]
            if not lost:
                self._waiting.put_back(task)
        if self._deaths > _DEATHS:
            lost += self._waiting.clear()
            self.died.emit(f"{message}; it is started again with the next sound you ask for")
        else:
            self.died.emit(f"{message}; it is started again")
            self._go_on()
        self._fail(lost, message)
