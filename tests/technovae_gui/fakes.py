"""Stand-ins for processes, threads and sessions, for tests of widgets and controllers alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtCore import QObject, Signal

from core.errors import TechnoVAEError
from core.session import Session


class FakeJob(QObject):
    """A `core.workers.jobs.Job` that ends when the test says so."""

    started = Signal()
    progress = Signal(float, float, str)
    emitted = Signal(object)
    returned = Signal(object)
    errored = Signal(str)
    cancelled = Signal()
    finished = Signal()
    running: ClassVar[list[FakeJob]] = []
    """All that were started, oldest first."""

    def __init__(
        self,
        function: Callable[..., Any],
        arguments: dict[str, Any],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.function, self.arguments = function, arguments
        self.log: list[str] = []

    def start(self) -> None:
        FakeJob.running.append(self)
        self.started.emit()

    def cancel(self) -> None:
        self.log.append("cancel")

    def close(self, seconds: float) -> None:
        self.log.append("close")

    def end(self, result: object) -> None:
        """Return `result`."""
        self.returned.emit(result)
        self.finished.emit()

    def fail(self, line: str) -> None:
        """End with an error."""
        self.errored.emit(line)
        self.finished.emit()

    def end_cancelled(self) -> None:
        """End as a job that was stopped."""
        self.cancelled.emit()
        self.finished.emit()


class LaterBackground:
    """As `FakeBackground`, but it works when the test says so."""

    def __init__(self) -> None:
        self._waiting: list[Callable[[], None]] = []

    def submit(
        self,
        work: Callable[[], Any],
        then: Callable[[Any], None] = lambda _: None,
        failed: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._waiting.append(lambda: FakeBackground().submit(work, then, failed))

    def work(self) -> None:
        """Do all that waits."""
        waiting, self._waiting = self._waiting, []
        for submitted in waiting:
            submitted()


class FakeBackground:
    """A `core.workers.background.Background` that works at once, on the caller's thread."""

    def submit(
        self,
        work: Callable[[], Any],
        then: Callable[[Any], None] = lambda _: None,
        failed: Callable[[str], None] = lambda _: None,
    ) -> None:
        try:
            result = work()
        except TechnoVAEError as error:
            failed(str(error))
        else:
            then(result)


class FakePlayer:
    """Notes what it is asked to play."""

    def __init__(self) -> None:
        self.auditions: list[tuple[Any, float]] = []

    def audition(self, loop: Any, bpm: float, gain_db: float = 0.0) -> None:
        self.auditions.append((loop, bpm))

    def end_audition(self) -> None:
        self.auditions.clear()


class FakeServices:
    """What controllers of panels need of `technovae_gui.services.Services`."""

    def __init__(self) -> None:
        self.background = FakeBackground()
        self.player = FakePlayer()


class FakeSessions(QObject):
    """A `SessionController` that notes what it is asked for."""

    session_changed = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.requests: list[tuple[Any, ...]] = []

    def open(self, library: Path | None = None, model: Path | None = None) -> None:
        self.requests.append(("open", library, model))

    def reload(self, library: Path | None = None) -> None:
        self.requests.append(("reload", library))

    def adopt_model(self, library: Path, model: Path) -> None:
        self.requests.append(("adopt", library, model))

    def put_in_place(self, session: Session) -> None:
        """Make `session` the one that is open."""
        self.session = session
        self.session_changed.emit(session)
