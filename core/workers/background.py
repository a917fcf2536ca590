"""Short work off the main thread whose result is applied on it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

from core.errors import TechnoVAEError

_LOG = logging.getLogger(__name__)


class Background(QObject):
    """`submit(work, then)`: `work()` runs on a thread, `then(result)` later on the main one.

    Signals:
        problem(str): one line; work failed and nobody else was told.
    """

    problem = Signal(str)
    _delivered = Signal(object)

    def __init__(self, parent: QObject | None = None, *, workers: int = 2) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="background")
        self._open = True
        # Queued also for work that was done at once: `then` never runs inside `submit`.
        self._delivered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def submit(
        self,
        work: Callable[[], Any],
        then: Callable[[Any], None] = lambda _: None,
        failed: Callable[[str], None] | None = None,
    ) -> None:
        """Run `work`; its result goes to `then`, the one line of its error to `failed`."""
        if self._open:
            future = self._pool.submit(work)
            future.add_done_callback(lambda it: self._tell(it, then, failed))

    def close(self) -> None:
        """Drop what has not begun, wait for the rest; nothing is delivered any more."""
        self._open = False
        self._pool.shutdown(cancel_futures=True)

    def _tell(
        self,
        future: Future[Any],
        then: Callable[[Any], None],
        failed: Callable[[str], None] | None,
    ) -> None:
        if self._open and not future.cancelled():
            self._delivered.emit((future, then, failed or self.problem.emit))

    @Slot(object)
    def _deliver(self, parcel: Any) -> None:
        future, then, failed = parcel
        if not self._open:
            return
        try:
            result = future.result()
        except TechnoVAEError as error:
            failed(str(error))
        except Exception as error:
            _LOG.exception("background work failed")
            failed(f"something went wrong inside ({type(error).__name__}: {error}); go on working")
        else:
            then(result)
