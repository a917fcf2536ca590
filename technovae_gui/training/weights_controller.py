"""What a training learns of the open library: read with it, changed at once, written one by one."""

from __future__ import annotations

from collections import deque
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from core.library.training_weights import TrainingWeights, WeightRequest
from core.session import Session
from technovae_gui.services import Services
from technovae_gui.session_controller import SessionController


class WeightsController(QObject):
    """Keeps the training weights of the open library.

    A change shows at once and is written on a thread; what cannot be written is taken back.

    Signals:
        changed(TrainingWeights): those of the open library are others.
        problem(str, str): a topic and one line.
    """

    changed = Signal(object)
    problem = Signal(str, str)

    def __init__(
        self, sessions: SessionController, services: Services, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._sessions, self._services = sessions, services
        self._session = Session()
        self._waiting: deque[tuple[Path, WeightRequest]] = deque()
        self._writing = False
        self.weights = TrainingWeights()
        sessions.session_changed.connect(self._session_changed)

    @Slot(object)
    def weigh(self, request: WeightRequest) -> None:
        """Have a training learn some music more or less often from now on."""
        self._show(self.weights.with_weight(request.spans, request.weight))
        self._waiting.append((self._session.library_path, request))
        self._write_next()

    @Slot(object)
    def _session_changed(self, session: Session) -> None:
        before, self._session = self._session, session
        if session.library_path != before.library_path:
            self._show(TrainingWeights())
        if not session.same_music(before):
            self._read()

    def _read(self) -> None:
        path = self._session.library_path
        self._services.background.submit(
            lambda: _read(path), lambda weights: self._arrived(path, weights), self._failed
        )

    def _arrived(self, library: Path, weights: TrainingWeights) -> None:
        """What is still to be written is newer than what was read."""
        if library == self._session.library_path and not self._waiting and not self._writing:
            self._show(weights)

    def _write_next(self) -> None:
        if self._writing or not self._waiting:
            return
        path, request = self._waiting.popleft()
        self._writing = True
        self._services.background.submit(
            lambda: _write(path, request), lambda _: self._written(), self._failed_to_write
        )

    def _written(self) -> None:
        self._writing = False
        self._write_next()

    def _failed_to_write(self, line: str) -> None:
        self._failed(line)
        self._waiting.clear()
        self._writing = False
        self._read()

    def _failed(self, line: str) -> None:
        self.problem.emit("training", line)

    def _show(self, weights: TrainingWeights) -> None:
        if weights != self.weights:
            self.weights = weights
            self.changed.emit(weights)


def _read(library: Path) -> TrainingWeights:
    from core.library.models import is_demo
    from core.library.store import Library

    with Library.open(library, read_only=is_demo(library)) as opened:
        return opened.training_weights()


def _write(library: Path, request: WeightRequest) -> None:
    from core.library.models import is_demo
    from core.library.store import Library

    with Library.open(library, read_only=is_demo(library)) as opened:
        opened.weigh(request.spans, request.weight)
