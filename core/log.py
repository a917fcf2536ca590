"""One log file for the window, the command line and every worker process.

Each process calls `configure` once. What modules log with `logging.getLogger(__name__)` then goes
to `path()`, and so does every exception that nobody caught, on any thread.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from core import user_folders
from core.atomic import writing_error
from core.errors import TechnoVAEError

_MOST_BYTES: Final = 1 << 20
_OLD_FILES: Final = 2
_FORMAT: Final = "%(asctime)s %(levelname)s %(processName)s %(name)s: %(message)s"
_LOG = logging.getLogger(__name__)

_listeners: list[Callable[[str], None]] = []


def path() -> Path:
    """The log file, in the user's log folder; it may not exist yet."""
    return user_folders.log_folder() / "technovae.log"


def configure() -> None:
    """Send the log records and the uncaught exceptions of this process to the file.

    Where the file cannot be written, records are lost and nothing else happens: a log must not
    hide what it would have reported.
    """
    root = logging.getLogger()
    if any(isinstance(handler, _SharedFileHandler) for handler in root.handlers):
        return
    try:
        path().parent.mkdir(parents=True, exist_ok=True)
        root.addHandler(_SharedFileHandler(path()))
    except OSError:
        root.addHandler(logging.NullHandler())
    for name in ("core", "technovae_gui"):
        logging.getLogger(name).setLevel(logging.INFO)
    _install_hooks()


def on_uncaught(listener: Callable[[str], None]) -> Callable[[], None]:
    """Report exceptions that nobody caught to somebody besides the file.

    Args:
        listener: called with one line for the user, on the thread where the exception was raised.

    Returns:
        A function that ends this.
    """
    _listeners.append(listener)

    def stop() -> None:
        if listener in _listeners:
            _listeners.remove(listener)

    return stop


def error_line(error: BaseException, what: str) -> str:
    """One line for the user about an error; what they cannot mend themselves is logged in full.

    Args:
        error: the exception.
        what: what failed, as the beginning of a sentence ("export audio").

    Returns:
        A line that says what is wrong and how to go on.
    """
    if isinstance(error, TechnoVAEError):
        return str(error)
    _LOG.error("%s failed", what, exc_info=error)
    if isinstance(error, MemoryError):
        return "not enough memory; close other programs or work on less at once"
    if isinstance(error, OSError) and error.filename is not None:
        return str(writing_error(Path(str(error.filename)), error))
    return f"{what} failed inside ({_described(error)}); details are in {path()}"


class _SharedFileHandler(RotatingFileHandler):
    """Opens the file for each record, since other processes write to it and may rename it."""

    def __init__(self, file: Path) -> None:
        super().__init__(
            file, maxBytes=_MOST_BYTES, backupCount=_OLD_FILES, encoding="utf-8", delay=True
        )
        self.setFormatter(logging.Formatter(_FORMAT))

    def emit(self, record: logging.LogRecord) -> None:
        super().emit(record)
        if self.stream is not None:
            self.stream.close()
            self.stream = None  # opened again with the next record

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """A full disk or a folder that is gone loses the record."""


def _install_hooks() -> None:
    main, thread, unraisable = sys.excepthook, threading.excepthook, sys.unraisablehook

    def on_main(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Exception):
            _report("uncaught exception", error)
        main(kind, error, trace)

    def on_thread(arguments: Any) -> None:
        if isinstance(arguments.exc_value, Exception):
            _report(f"thread {getattr(arguments.thread, 'name', '')}", arguments.exc_value)
        thread(arguments)

    def on_unraisable(arguments: Any) -> None:
        if isinstance(arguments.exc_value, Exception):
            _report(arguments.err_msg or "clean-up", arguments.exc_value)
        unraisable(arguments)

    sys.excepthook, threading.excepthook, sys.unraisablehook = on_main, on_thread, on_unraisable


def _report(what: str, error: BaseException) -> None:
    _LOG.error("%s", what, exc_info=error)
    line = f"something went wrong inside ({_described(error)}); details are in {path()}"
    for listener in list(_listeners):
        listener(line)


def _described(error: BaseException) -> str:
    text = str(error).splitlines()[0] if str(error) else ""
    return f"{type(error).__name__}: {text}"
