"""Starts the processes of a training on JAX, watches them, and says in one line how it ended.

JAX ends a process by a signal when another one is gone, or lets it wait. So whoever asked for the
training runs no JAX: it starts processes that do, and ends them. Each is `core.vae.data_parallel`.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any, Final

from core import log, processes
from core.errors import Cancelled, InputError, ProcessGone, TechnoVAEError, TrainingError
from core.progress import CancelFlag, Progress

if TYPE_CHECKING:
    from pathlib import Path

    from core.vae.data import TrainingData
    from core.vae.options import TrainOptions

_POLL_SECONDS: Final = 0.2
_GRACE_SECONDS: Final = 60.0
"""For the others after one has ended: process 0 still writes its best model."""

Load = Callable[[], "TrainingData"]


@dataclass(frozen=True)
class ProcessLayout:
    """Where the processes of a training run.

    Attributes:
        count: of all processes.
        coordinator: "host:port" of process 0, where they run on several machines; "": all here.
        index: which of them is here, where not all are.
    """

    count: int
    coordinator: str = ""
    index: int = 0

    def __post_init__(self) -> None:
        """Raises `InputError` for what is no place."""
        host, colon, port = self.coordinator.rpartition(":")
        if self.coordinator and not (host and colon and port.isdecimal() and int(port) < 1 << 16):
            raise InputError(
                f"{self.coordinator}: --coordinator is the address of process 0's machine and a "
                "free port there, like hub:7900"
            )
        if not 0 <= self.index < self.count:
            raise InputError(
                f"process {self.index} of {self.count}: --process goes from 0 to {self.count - 1}"
            )

    @property
    def leads(self) -> bool:
        """Whether process 0 is here, which writes the model."""
        return self.index == 0

    def here(self) -> range:
        """Numbers of the processes that run here."""
        if self.coordinator:
            return range(self.index, self.index + 1)
        return range(self.count)


@dataclass(frozen=True)
class TrainingSummary:
    """What came of it; `core.vae.options.TrainResult` without what would bring keras.

    Attributes:
        path: the best model.
        text: all of it in plain sentences.
        facts: see `TrainResult.figures`.
    """

    path: Path
    text: tuple[str, ...]
    facts: dict[str, Any]

    def lines(self) -> tuple[str, ...]:
        """The result in plain sentences."""
        return self.text

    def figures(self) -> dict[str, Any]:
        """What a version of the model is kept with."""
        return self.facts


def train_in_processes(
    load: Load,
    options: TrainOptions,
    layout: ProcessLayout,
    progress: Progress,
    cancel: CancelFlag,
) -> TrainingSummary | None:
    """Train one model by several processes; those that run elsewhere are started there.

    Args:
        load: reads the music, in each process; a function of a module, or a `partial` of one.
        options: how; those of process 0 hold for all, and each device of each process gets batches
            of the size that they say.
        layout: of the processes.
        progress, cancel: as for `core.vae.training.train`.

    Returns:
        What process 0 made; None where that is not here.

    Raises:
        InputError: JAX is not installed.
        ProcessGone: a process has ended; the best model so far is on disk.
        Cancelled: asked to stop before there was anything to keep.
        TechnoVAEError: as `core.vae.training.train`.
    """
    if importlib.util.find_spec("jax") is None:
        raise InputError("training in processes needs JAX; pip install 'technovae[jax]'")
    address = layout.coordinator or f"127.0.0.1:{_free_port()}"
    members: list[_Member] = []
    try:
        for index in layout.here():
            members.append(_Member(address, index, layout.count))
            members[-1].send((load, options))
        _Watch(members, progress).until_the_end(cancel)
    finally:
        for member in members:
            member.kill()
    _raise_failure(members)
    summary: TrainingSummary | None = members[0].result
    return summary


class _Member:
    """One of the processes, seen from the one that watches them."""

    def __init__(self, address: str, index: int, count: int) -> None:
        context = processes.Context()
        self.connection, theirs = context.Pipe()
        self.name = f"process {index}"
        self.process = context.Process(
            target=_main, args=(theirs, address, index, count), name=f"training {self.name}"
        )
        self.process.start()
        theirs.close()
        self.connected = False
        self.ended = False
        self.result: Any = None
        self.error: TechnoVAEError | None = None

    def send(self, message: object) -> None:
        with contextlib.suppress(OSError):  # it has ended, which is found out by reading
            self.connection.send(message)

    def receive(self, progress: Progress) -> None:
        try:
            kind, content = self.connection.recv()
        except (EOFError, OSError):
            self._died()
            return
        if kind == "progress":
            progress(*content)
        elif kind == "connected":
            self.connected = True
        else:
            self.ended = True
            self.result, self.error = (content, None) if kind == "done" else (None, content)

    def kill(self) -> None:
        self.process.kill()
        self.process.join()
        self.connection.close()

    def _died(self) -> None:
        self.ended = True
        self.process.join()
        code = self.process.exitcode
        if self.connected and processes.signal_name(code or 0) == "SIGABRT":
            self.error = ProcessGone(
                ProcessGone.MESSAGE
            )  # so JAX ends those whose process 0 is gone
        else:
            end = processes.exit_message(f"{self.name} of this training", code)
            self.error = TrainingError(f"{end}; train again, with --resume where a model was kept")


class _Watch:
    """Waits for processes, and lets none wait for one that has ended."""

    def __init__(self, members: list[_Member], progress: Progress) -> None:
        self._members, self._progress = members, progress
        self._asked = False
        self._deadline: float | None = None

    def until_the_end(self, cancel: CancelFlag) -> None:
        """Come back when all have ended, or should have."""
        while living := [member for member in self._members if not member.ended]:
            if cancel.is_set() and not self._asked:
                self._ask(living)
            by_connection = {member.connection: member for member in living}
            for connection in wait(list(by_connection), _POLL_SECONDS):
                by_connection[connection].receive(self._progress)  # type: ignore[index]
            if self._is_late():
                return

    def _ask(self, living: list[_Member]) -> None:
        self._asked = True
        if not all(member.connected for member in living):
            raise Cancelled("stopped as asked, before there was a model to keep")
        for member in living:
            member.send("stop")

    def _is_late(self) -> bool:
        if self._deadline is None and any(member.error for member in self._members):
            self._deadline = time.monotonic() + _GRACE_SECONDS
        return self._deadline is not None and time.monotonic() > self._deadline


def _raise_failure(members: list[_Member]) -> None:
    """Raise what went wrong first of all, if anything did."""
    errors = [member.error for member in members if member.error is not None]
    errors.sort(key=lambda error: isinstance(error, ProcessGone))  # the others' end is no reason
    if errors:
        raise errors[0]


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


# In the training process


def _main(connection: Connection, address: str, index: int, count: int) -> None:
    """The whole life of the process. It leaves at once: JAX would wait for the others."""
    os.environ["KERAS_BACKEND"] = "jax"  # before anything comes that imports keras
    # keras brings TensorFlow, where there is one, only to seed it: 4 s and 570 MB.
    sys.modules["tensorflow"] = None  # type: ignore[assignment]
    processes.prepare(0)
    os.dup2(2, 1)  # gloo says there whom it has met
    answer: tuple[str, object]
    try:
        answer = ("done", _train(connection, address, index, count))
    except TechnoVAEError as error:
        answer = ("failed", error)
    except Exception as error:
        answer = ("failed", TrainingError(log.error_line(error, "this training")))
    with contextlib.suppress(OSError):
        connection.send(answer)
    os._exit(0)


def _train(connection: Connection, address: str, index: int, count: int) -> TrainingSummary | None:
    load, options = connection.recv()
    from core.vae.data_parallel import Group, follow, lead

    asked = _Asked(connection)
    data = load()
    group = Group(address, index, count)
    connection.send(("connected", None))
    if index:
        follow(group, data, asked)
        return None

    def progress(done: float, total: float, message: str = "") -> None:
        connection.send(("progress", (done, total, message)))

    result = lead(group, data, options, progress, asked)
    return TrainingSummary(result.path, result.lines(), result.figures())


class _Asked:
    """Set once the watching process has asked to stop."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._set = False

    def is_set(self) -> bool:
        self._set = self._set or self._connection.poll()
        return self._set
