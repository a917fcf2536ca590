"""A worker process: this side starts and ends it, the other side does the calls that come in."""

from __future__ import annotations

import contextlib
import inspect
import logging
import os
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from queue import SimpleQueue
from typing import Any, Final

from core import garbage, log, processes
from core.errors import Cancelled
from core.progress import CancelFlag
from core.workers import protocol
from core.workers.protocol import (
    STOP,
    Alive,
    Call,
    Cancel,
    Error,
    Order,
    Partial,
    Progress,
    Result,
)

_PROGRESS_SECONDS: Final = 0.1
"""Between two progress messages."""
_ALIVE_SECONDS: Final = 1.0
"""Between two signs of life of a process that was asked to end."""
_LOG = logging.getLogger(__name__)

Service = Callable[[], object]
"""Makes, in the worker, the object whose methods can be called by name."""


class ParentGone(BaseException):
    """Nobody reads the answers any more. No `Exception`, so no function takes it for its own."""


class WorkerProcess:
    """A process that does calls one after the other, and the pipe to it.

    `Result` and `Error` come back in the order of the calls. One thread may receive while others
    send.
    """

    def __init__(self, service: Service | None, *, name: str, niceness: int = 0) -> None:
        """Start it; takes some milliseconds.

        Args:
            service: a class or function of a module; None where only functions are called.
            name: for people and the log.
            niceness: 0 where somebody waits for it, 10 for long work.

        Raises:
            OSError: the system has no room for it.
        """
        context = processes.Context()
        self.connection, theirs = context.Pipe()
        self._sending = threading.Lock()
        self._process = context.Process(
            target=_main, args=(theirs, niceness, service), name=name, daemon=False
        )
        self._process.start()
        theirs.close()

    @property
    def pid(self) -> int:
        """The process's number."""
        assert self._process.pid is not None
        return self._process.pid

    def send(self, message: Order) -> None:
        """Send a call, `Cancel` or `STOP`. A process that is dead does not get it; its end says
        so."""
        with self._sending, contextlib.suppress(OSError):
            protocol.send(self.connection, message)

    def receive(self) -> Any:
        """Wait for the next answer. Raises `EOFError` or `OSError` when the process has ended."""
        return protocol.receive(self.connection)

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()

    def join(self) -> int | None:
        """Wait for its end; the exit code, negative for a signal."""
        wait([self._process.sentinel])
        self._process.join()
        self.connection.close()
        return self._process.exitcode


def perform(
    call: Call,
    service: object,
    send: Callable[[protocol.Answer], None],
    cancel: CancelFlag,
) -> None:
    """Do a call and send what comes of it; the last answer is a `Result` or an `Error`.

    The function gets, where it has parameters of these names: `progress` (a
    `core.progress.Progress`), `cancel` (a `CancelFlag`), and `emit`, which sends its argument as a
    `Partial`.

    Args:
        call: what to do.
        service: the object whose method `call.function` names, if it is a name.
        send: takes the answers.
        cancel: set once the call is to stop.
    """
    function = call.function
    if isinstance(function, str):
        function = getattr(service, function)
    reporting = {
        "progress": _throttled(call.id, send),
        "cancel": cancel,
        "emit": lambda value: send(Partial(call.id, value)),
    }
    wanted = inspect.signature(function).parameters
    reporting = {name: value for name, value in reporting.items() if name in wanted}
    try:
        answer: Result | Error = Result(call.id, function(**call.arguments, **reporting))
    except Cancelled as error:
        answer = Error(call.id, str(error), cancelled=True)
    except Exception as error:
        answer = Error(call.id, log.error_line(error, title(function)))
    send(answer)


def title(function: str | Callable[..., Any]) -> str:
    """The name of a function for people."""
    name = function if isinstance(function, str) else getattr(function, "__name__", "work")
    return name.replace("_", " ")


def _throttled(call_id: int, send: Callable[[protocol.Answer], None]) -> Callable[..., None]:
    """A `core.progress.Progress` that sends ten messages a second, and the last one."""
    sent_at = 0.0

    def progress(done: float, total: float, message: str = "") -> None:
        nonlocal sent_at
        now = time.monotonic()
        if now - sent_at >= _PROGRESS_SECONDS or done >= total:
            sent_at = now
            send(Progress(call_id, float(done), float(total), message))

    return progress


# In the worker process


def _main(connection: Connection, niceness: int, service: Service | None) -> None:
    """The whole life of the process. Leaves without tearing down what is in memory, which takes
    long with TensorFlow."""
    garbage.pause()
    processes.prepare(niceness)
    status = 0
    try:
        _serve(connection, service)
    except ParentGone:
        pass
    except BaseException:
        _LOG.exception("the process ended by an error")
        status = 1
    os._exit(status)


def _serve(connection: Connection, service: Service | None) -> None:
    """Do the calls on the main thread, while another one listens for what is sent meanwhile."""
    calls: SimpleQueue[Call | None] = SimpleQueue()
    flags = _CancelFlags()
    sending = threading.Lock()

    def listen() -> None:
        order: Order = STOP
        with contextlib.suppress(EOFError, OSError):
            while (order := protocol.receive(connection)) is not STOP:
                if isinstance(order, Cancel):
                    flags.set(order.id)
                else:
                    flags.add(order.id)
                    calls.put(order)
        stopped = flags.set_all()
        calls.put(STOP)
        with contextlib.suppress(ParentGone):
            while stopped:
                time.sleep(_ALIVE_SECONDS)
                for call_id in stopped:
                    send(Alive(call_id, time.process_time() - time.thread_time()))

    def send(answer: protocol.Answer) -> None:
        try:
            with sending:
                protocol.send(connection, answer)
        except OSError as error:
            raise ParentGone from error

    threading.Thread(target=listen, name="calls", daemon=True).start()
    served = None if service is None else service()
    if served is None:
        garbage.resume()
    while (call := calls.get()) is not STOP:
        perform(call, served, send, flags.of(call.id))
        flags.drop(call.id)
        garbage.resume()  # the first call of a service opens a session: it imports what is needed


class _CancelFlags:
    """One for each call that was sent and has no result yet; two threads share them."""

    def __init__(self) -> None:
        self._flags: dict[int, threading.Event] = {}
        self._lock = threading.Lock()

    def add(self, call_id: int) -> None:
        with self._lock:
            self._flags[call_id] = threading.Event()

    def of(self, call_id: int) -> threading.Event:
        with self._lock:
            return self._flags[call_id]

    def set(self, call_id: int) -> None:
        """Nothing, where the call is done."""
        with self._lock:
            flag = self._flags.get(call_id)
        if flag is not None:
            flag.set()

    def set_all(self) -> list[int]:
        """The calls that are asked to stop by it."""
        with self._lock:
            for flag in self._flags.values():
                flag.set()
            return list(self._flags)

    def drop(self, call_id: int) -> None:
        with self._lock:
            del self._flags[call_id]
