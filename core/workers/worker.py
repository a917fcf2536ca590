"""One worker as the window's process sees it: its queue, its session, its deaths. No Qt.

The decoder, the reader of real segments, imports, training, maps, compositions and exports are
`WorkerConfig`s of the same class.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Iterable
from dataclasses import dataclass
from typing import Any, Final, Protocol

from core.processes import exit_message
from core.workers import protocol
from core.workers.process import Service, title
from core.workers.protocol import (
    STOP,
    Alive,
    Cancel,
    Error,
    Order,
    Partial,
    Priority,
    Progress,
    Result,
)
from core.workers.queue import Request, RequestQueue

_INTERRUPTIBLE: Final = (Priority.AUDITION, Priority.CLIP)


@dataclass(frozen=True)
class WorkerConfig:
    """What a worker is.

    Attributes:
        name: for people ("decoder").
        service: see `WorkerProcess`; None for a worker that runs one function and ends.
        niceness: 0 where somebody waits for it, 10 for long work.
        restarts: how many deaths in a row it is started again after.
        tries: how often a request is begun; one that kills its worker so often is given up.
    """

    name: str
    service: Service | None = None
    niceness: int = 0
    restarts: int = 3
    tries: int = 2

    @property
    def is_task(self) -> bool:
        """Whether it runs one function and ends."""
        return self.service is None


def task_config(function: Callable[..., Any]) -> WorkerConfig:
    """Of a worker that runs `function` once, nicely."""
    return WorkerConfig(title(function), niceness=10, restarts=0, tries=1)


class Channel(Protocol):
    """The way to one process, from before its start to after its end. Never waits."""

    @property
    def pid(self) -> int | None:
        """Of the process, once it is there."""

    def begin(self) -> None:
        """Start the process; its messages go to `Worker.receive`, its end to `Worker.ended`."""

    def send(self, message: Order) -> None:
        """Send a call, `Cancel` or `STOP`, now or once the process is there."""

    def kill(self) -> None:
        """End the process at once."""


class Listener(Protocol):
    """What a worker reports to, on the thread that it is called on."""

    def on_opened(self, value: Any) -> None:
        """The session is open; `value` is what the service's `open` returned."""

    def on_refused(self, message: str) -> None:
        """The session cannot be opened."""

    def on_progress(self, request: Request, progress: Progress) -> None:
        """A request is under way.

        Args:
            request: which.
            progress: how far it is.
        """

    def on_partial(self, request: Request, value: Any) -> None:
        """A request has something to show before it is done.

        Args:
            request: which.
            value: what the worker's function emitted.
        """

    def on_alive(self, request: Request, alive: Alive) -> None:
        """A request was asked to stop and is not done yet.

        Args:
            request: which.
            alive: how much its process has computed.
        """

    def on_result(self, request: Request, value: Any) -> None:
        """A request is done.

        Args:
            request: which.
            value: what the worker's function returned.
        """

    def on_failed(self, request: Request, error: Error) -> None:
        """A request was given up; nothing more comes of it.

        Args:
            request: which.
            error: why, in one line for the user, or that it stopped as asked.
        """

    def on_died(self, message: str) -> None:
        """The process died; it is started again unless the line says otherwise."""

    def on_ended(self) -> None:
        """The process of a task has ended; nothing follows."""


class Worker:
    """Gives a process one request at a time; the others wait here, where newer ones can overtake.

    Somebody waits for an audition, so what is under way gives way to it, if it looks whether it
    should (`Cancel`): a clip comes again as soon as it can, another audition when there is nothing
    else to do. So does what is under way for an older session.

    All methods are called on one thread. Requests made before the first session is opened, or while
    a process that died is started again, wait. After a session was refused, requests fail at once
    with the same line, until another one opens.
    """

    def __init__(
        self,
        config: WorkerConfig,
        listener: Listener,
        connect: Callable[[Worker], Channel],
        later: Callable[[Callable[[], None]], object],
    ) -> None:
        """Start nothing yet.

        Args:
            config: what it is.
            listener: gets the answers, on the same thread.
            connect: makes the channel to a new process.
            later: runs a function on this thread after what is under way now, so that no request
                fails before the call that made it has returned.
        """
        self.config = config
        self.generation = 0
        self._listener, self._connect, self._later = listener, connect, later
        self._queue = RequestQueue()
        self._channel: Channel | None = None
        self._current: Request | None = None
        self._giving_way = False
        self._open: Request | None = None
        self._opened = config.is_task
        self._refusal = ""
        self._closed = self._stopping = False
        self._deaths = 0

    @property
    def pid(self) -> int | None:
        """Of the process, if it lives."""
        return self._channel.pid if self._channel else None

    def open(self, generation: int, **arguments: Any) -> None:
        """Work for another session from now on. Requests of older ones are dropped.

        Args:
            generation: of the session; answers to requests of another one are dropped.
            arguments: of the service's `open`.
        """
        waiting = self._queue.clear()
        if self.generation == 0:  # they were made before anything was open
            for request in waiting:
                request.generation = generation
                self._queue.add(request)
        self.generation = generation
        self._open = Request("open", arguments, Priority.AUDITION, [], generation=generation)
        self._opened = self._closed = self._stopping = False
        self._refusal = ""
        self._deaths = 0
        self._cancel_current(again=False)
        self._next()

    def start(self, function: str, **arguments: Any) -> None:
        """Start the process of a service before there is a session to open.

        What it does meanwhile is no request: nobody hears of its end, and the session is opened
        after it. Nothing happens where there is a process already.

        Args:
            function: method of the service that it does first.
            arguments: of that.
        """
        if self._channel is None and not self._closed:
            self._channel = self._connect(self)
            self._channel.begin()
            self._channel.send(Request(function, arguments, Priority.TASK, []).call())

    def refuse(self, message: str, generation: int | None = None) -> None:
        """Have no session from now on: requests fail at once, until one is opened.

        Args:
            message: the line that they fail with.
            generation: of the session that cannot be opened; None leaves it as it is.
        """
        if generation is not None:
            self.generation = generation
        self._open, self._opened, self._refusal = None, False, message
        for request in self._queue.clear():
            self._fail(request, message)

    def submit(self, request: Request) -> None:
        """Have a request done for the session that is open now, or that is being opened."""
        request.generation = self.generation
        if self._refusal:
            message = self._refusal
            self._later(lambda: self._fail(request, message))
            return
        self._queue.add(request)
        if self._current is not None and _gives_way(self._current, request):
            self._cancel_current(again=True)
        self._next()

    def keep(self, priority: Priority, keys: Container[Hashable]) -> None:
        """Drop waiting requests that nobody needs any more.

        Args:
            priority: of the requests that are looked at.
            keys: those that are still waited for; see `RequestQueue.keep`.
        """
        self._queue.keep(priority, keys)

    def order(self, priority: Priority, keys: Iterable[Hashable]) -> None:
        """Let some of the waiting requests be done before the others.

        Args:
            priority: of the requests that are looked at.
            keys: of those that come first, in this order; see `RequestQueue.order`.
        """
        self._queue.order(priority, keys)

    def stop(self) -> None:
        """Ask the process to cancel what is under way and to end; comes back at once."""
        self._stopping = True
        if self._channel is not None:
            self._channel.send(STOP)

    def close(self) -> None:
        """Forget all requests, let the process end, and report nothing more; comes back at once."""
        self._closed = True
        self._open = None
        self._queue.clear()
        self.stop()
        self._channel = self._current = None
        self._opened = self.config.is_task

    def receive(self, channel: Channel, message: protocol.Answer) -> None:
        """Take a message from a process. An answer for a session that was replaced is dropped here.

        Args:
            channel: where it comes from; a process that was replaced is not listened to.
            message: its answer, or a part of one.
        """
        current = self._current
        if channel is not self._channel or current is None or message.id != current.id:
            return
        finished = isinstance(message, Result | Error)
        gave_way = self._giving_way and isinstance(message, Error) and message.cancelled
        if finished:
            self._current, self._giving_way = None, False
        if current is self._open:
            self._answer_open(message)
        # The one place where answers of older sessions are dropped.
        elif current.generation == self.generation:
            if gave_way:
                self._put_back(current)
            if finished:
                self._deaths = 0
                self._next()  # before the window works on the answer
            if not gave_way:
                self._report(current, message)
        if finished:
            self._next()

    def ended(self, channel: Channel, exit_code: int | None) -> None:
        """Take the end of a process.

        What it was at is tried again, unless that may be what killed it.

        Args:
            channel: to that process.
            exit_code: negative for the number of a signal; None where it never began.
        """
        if channel is not self._channel:
            return
        current, self._current = self._current, None
        self._giving_way = False
        self._channel, self._opened = None, self.config.is_task
        if self.config.is_task:
            self._end_task(current, exit_code)
        else:
            self._restart(current, exit_message(f"the {self.config.name}", exit_code))

    # Inside

    def _end_task(self, current: Request | None, exit_code: int | None) -> None:
        if current is not None:
            message = exit_message(self.config.name, exit_code)
            self._fail(current, f"{message}; what was finished is kept", self._stopping)
        self._listener.on_ended()

    def _restart(self, current: Request | None, message: str) -> None:
        self._deaths += 1
        lost: list[Request] = []
        if current is not None and current is not self._open:
            if current.tries >= self.config.tries:
                lost.append(current)
            elif current.generation == self.generation:
                self._queue.put_back(current)
        if self._deaths <= self.config.restarts:
            self._listener.on_died(f"{message}; it is started again, nothing is lost")
            self._next()
        else:
            lost += self._queue.clear()
            self._listener.on_died(
                f"{message}; it failed several times and is tried again with the next sound"
            )
        for request in lost:
            self._fail(request, f"the {self.config.name} ended while making this sound")

    def _next(self) -> None:
        """Begin what comes next, if nothing is under way."""
        if self._current is not None or self._closed:
            return
        if not self._opened:
            if self._open is not None:
                self._begin(self._open)
            return
        request = self._queue.take()
        if request is not None:
            self._begin(request)

    def _cancel_current(self, *, again: bool) -> None:
        """Ask the process to give up what is under way; `again`: it is to be done later."""
        current = self._current
        if current is None or current is self._open or self.config.is_task:
            return
        if not self._giving_way and self._channel is not None:
            self._channel.send(Cancel(current.id))
        self._giving_way = again or self._giving_way

    def _put_back(self, request: Request) -> None:
        request.tries -= 1
        if request.priority == Priority.AUDITION:
            request.priority = Priority.LEFTOVER
        if request.priority == Priority.LEFTOVER:
            self._queue.add(request)
        else:
            self._queue.put_back(request)

    def _begin(self, request: Request) -> None:
        request.tries += 1
        self._current = request
        if self._channel is None:
            self._channel = self._connect(self)
            self._channel.begin()
        self._channel.send(request.call())

    def _answer_open(self, message: protocol.Answer) -> None:
        if isinstance(message, Result):
            self._opened = True
            self._listener.on_opened(message.value)
        elif isinstance(message, Error):
            self.refuse(message.message)
            self._listener.on_refused(message.message)

    def _report(self, request: Request, message: protocol.Answer) -> None:
        match message:
            case Progress():
                self._listener.on_progress(request, message)
            case Partial():
                self._listener.on_partial(request, message.value)
            case Alive():
                self._listener.on_alive(request, message)
            case Result():
                self._listener.on_result(request, message.value)
            case Error():
                self._listener.on_failed(request, message)
        if self.config.is_task and isinstance(message, Result | Error):
            self.stop()

    def _fail(self, request: Request, message: str, cancelled: bool = False) -> None:
        if not self._closed and request.generation == self.generation:
            self._listener.on_failed(request, Error(request.id, message, cancelled))


def _gives_way(current: Request, newer: Request) -> bool:
    """Whether what is under way is to be given up for what somebody waits for now."""
    if current.generation != newer.generation:
        return False
    if current.priority == Priority.LEFTOVER:
        return newer.priority < Priority.LEFTOVER
    urgent = newer.priority == Priority.AUDITION and current.same != newer.same
    return urgent and current.priority in _INTERRUPTIBLE
