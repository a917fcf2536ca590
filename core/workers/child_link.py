"""A child that makes sound: asked without waiting, started again if it dies."""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Iterable
from multiprocessing.connection import Connection
from typing import Final

from PySide6.QtCore import QCoreApplication, QObject, Signal, Slot

from core.arrangement.clip import ClipSource
from core.workers.conversation import Conversation
from core.workers.failures import obituary
from core.workers.messages import (
    AUDITION,
    CLIP,
    MAPPING,
    OPENING,
    Begun,
    Failed,
    Heard,
    Map,
    Open,
    Picture,
    Ready,
    Refused,
    Seen,
    Sound,
    Sounded,
    Underway,
)
from core.workers.waiting import Task, Waiting

_GRACE_MS: Final = 500
_MOST_DEATHS: Final = 3
_MOST_TRIES: Final = 2
"""An order that kills the child twice is not begun a third time."""


class ChildLink(QObject):
    """One order is under way at a time; the others wait here, where newer ones can overtake them.

    What is asked for before library and model are open, or while a child that died is started
    again, waits. It ends with the application at the latest.

    Signals:
        ready(Ready): library and model are open.
        begun(Sounded): a bar of a sound that was asked for, four times over; all of it follows.
        sounded(Sounded), seen(Seen), mapped(): what was asked for.
        progress(float, float, str): how far the map is.
        failed(Failed): it cannot be; the key says what.
        died(str): the child has died; it is started again unless the line says otherwise.
    """

    ready = Signal(object)
    begun = Signal(object)
    sounded = Signal(object)
    seen = Signal(object)
    mapped = Signal()
    progress = Signal(float, float, str)
    failed = Signal(object)
    died = Signal(str)

    def __init__(
        self,
        body: Callable[[Connection], None],
        name: str,
        parent: QObject | None = None,
    ) -> None:
        """`body` is a function of a module, run in the child."""
        super().__init__(parent)
        self._body, self._name = body, name
        self._waiting = Waiting()
        self._talk: Conversation | None = None
        self._order: Open | None = None
        self._now: Task | Open | None = None
        self._opened = self._stale = False
        self._deaths = 0
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self.close)

    def start(self, order: Open) -> None:
        """Work with another library and model, or the same after a change; what waits is asked of
        them, also what is under way."""
        self._order, self._opened, self._stale, self._deaths = order, False, True, 0
        if isinstance(self._now, Task) and isinstance(self._now.order, Map):
            self._hang_up(0)  # it may take minutes, and keeps what it has done
        self._next()

    def audition(
        self,
        key: Hashable,
        source: ClipSource,
        bpm: float,
        renderer: str | None = None,
        bar: int | None = None,
    ) -> None:
        """A loop to be heard at once, its `bar` (0..3) before the others; takes the place of an
        earlier one that was not begun."""
        self._waiting.audition(key, Sound(source, bpm, renderer, bar))
        self._next()

    def render(self, key: Hashable, source: ClipSource, bpm: float) -> None:
        """A loop for a clip."""
        self._waiting.clip(key, Sound(source, bpm))
        self._next()

    def spectrogram(self, key: Hashable, source: ClipSource) -> None:
        """A spectrogram without a sound."""
        self._waiting.picture(key, Picture(source))
        self._next()

    def map(self) -> None:
        """Latents and map, computed and kept where the library lacks them."""
        self._waiting.map(MAPPING)
        self._next()

    def cancel_renders(self, keep: Container[Hashable] = ()) -> None:
        """Drop waiting clips whose keys are not in `keep`."""
        self._waiting.keep_clips(keep)

    @Slot()
    def close(self) -> None:
        """End the child; nothing is told any more."""
        self._order = None
        self._waiting.clear()
        self._hang_up()

    @property
    def pid(self) -> int | None:
        """Of the child, if it lives."""
        return self._talk.pid if self._talk else None

    # Inside

    def _talking(self) -> Conversation:
        """With the child, which is started if there is none."""
        if self._talk is None:
            self._talk = Conversation(self._body, name=self._name)
            self._talk.received.connect(self._received)
            self._talk.ended.connect(self._ended)
            self._talk.begin()
        return self._talk

    def _hang_up(self, grace_ms: int = _GRACE_MS) -> None:
        talk, self._talk, self._now, self._opened = self._talk, None, None, False
        if talk is not None:
            talk.close(grace_ms)

    def _next(self) -> None:
        """Begin what comes next, if nothing is under way."""
        if self._now is not None or self._order is None:
            return
        if not self._opened:
            self._now, self._stale = self._order, False
            self._talking().send(self._order)
            return
        task = self._waiting.take()
        if task is not None:
            task.tries += 1
            self._now = task
            self._talking().send(task.order)

    @Slot(object, object)
    def _received(self, talk: object, message: object) -> None:
        if talk is not self._talk:
            return
        if isinstance(message, Underway):
            self.progress.emit(message.done, message.total, message.message)
            return
        if isinstance(message, Begun):
            self._has_begun(message.heard)
            return
        now, self._now = self._now, None
        if isinstance(now, Open):
            self._answered_open(now, message)
        elif now is not None and self._stale:  # the answer of a library that was left meanwhile
            now.tries = 0
            self._waiting.put_back(now)
        elif now is not None:
            self._deaths = 0
            self._next()  # before the window works on the answer
            self._answered(now, message)
        self._next()

    def _has_begun(self, heard: Heard) -> None:
        now = self._now
        if isinstance(now, Task) and isinstance(now.order, Sound) and not self._stale:
            for key in now.keys:
                self.begun.emit(_sounded(key, now, now.order, heard))

    def _answered_open(self, order: Open, message: object) -> None:
        if order is not self._order:  # another one was asked for meanwhile
            return
        if isinstance(message, Ready):
            self._opened = True
            self.ready.emit(message)
        elif isinstance(message, Refused):
            self._order = None
            dropped = self._waiting.clear()
            self.failed.emit(Failed(OPENING, message.message))
            self._fail(dropped, message.message)

    def _answered(self, task: Task, message: object) -> None:
        if isinstance(message, Refused):
            self._fail([task], message.message)
            return
        for key in task.keys:
            if isinstance(task.order, Map):
                self.mapped.emit()
            elif isinstance(task.order, Picture):
                self.seen.emit(Seen(key, task.order.source, message))  # type: ignore[arg-type]
            elif isinstance(message, Heard) and isinstance(task.order, Sound):
                self.sounded.emit(_sounded(key, task, task.order, message))

    @Slot(object, object)
    def _ended(self, talk: object, status: int | None) -> None:
        """The child died. What it was at is tried again, unless that may be what killed it."""
        if talk is not self._talk:
            return
        now = self._now
        self._hang_up()
        self._deaths += 1
        lost: list[Task] = []
        if isinstance(now, Task) and now.tries >= _MOST_TRIES:
            lost.append(now)
        elif isinstance(now, Task):
            self._waiting.put_back(now)
        line = obituary(f"the {self._name}", status)
        if self._deaths <= _MOST_DEATHS:
            self.died.emit(f"{line}; it is started again, nothing is lost")
            self._next()
        else:
            lost += self._waiting.clear()
            self.died.emit(
                f"{line}; it failed several times and is tried again with the next sound"
            )
        self._fail(lost, f"the {self._name} ended while making this sound")

    def _fail(self, tasks: Iterable[Task], message: str) -> None:
        for task in tasks:
            for key in task.keys:
                self.failed.emit(Failed(key, message))


def _sounded(key: Hashable, task: Task, order: Sound, heard: Heard) -> Sounded:
    purpose = AUDITION if task.line == AUDITION else CLIP
    return Sounded(
        key, order.source, order.bpm, heard.loop, heard.spectrogram, heard.renderer, purpose
    )
