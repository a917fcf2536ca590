"""What went wrong inside, for the user in one line, and for whoever mends it in the log."""

from __future__ import annotations

import contextlib
import signal
import time
import traceback
from pathlib import Path

from core.atomic import writing_error
from core.errors import TechnoVAEError
from core.user_folders import log_folder

_MOST_BYTES = 1 << 20


def log_path() -> Path:
    """The file that failures are written to, in the user's log folder."""
    return log_folder() / "failures.log"


def log_failure(what: str) -> Path:
    """Add the exception that is being handled to the log; returns the log's path."""
    path = log_path()
    stamp = time.strftime("%Y-%m-%d %H:%M:%S")
    # A log that cannot be written must not hide what it would have told.
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        full = path.exists() and path.stat().st_size > _MOST_BYTES
        with path.open("w" if full else "a", encoding="utf-8") as log:
            log.write(f"{stamp} {what}\n{traceback.format_exc()}\n")
    return path


def line(error: BaseException, what: str) -> str:
    """One line for the user about `error`, met in `what`; logs what is not the user's to mend."""
    if isinstance(error, TechnoVAEError):
        return str(error)
    if isinstance(error, MemoryError):
        return "not enough memory; close other programs or work on less at once"
    if isinstance(error, OSError) and error.filename is not None:
        return str(writing_error(Path(str(error.filename)), error))
    path = log_failure(what)
    told = str(error).splitlines()[0] if str(error) else ""
    return f"{what} failed inside ({type(error).__name__}: {told}); details are in {path}"


def obituary(what: str, exit_code: int | None) -> str:
    """One line for the user about a process that died; no `exit_code`: that never began."""
    if exit_code is None:
        return f"{what} could not be started; free some memory. Details are in {log_path()}"
    if exit_code < 0:
        with contextlib.suppress(ValueError):
            name = signal.Signals(-exit_code).name
            return f"{what} was ended ({name}; perhaps memory ran out)"
    return f"{what} ended by itself (status {exit_code}); details may be in {log_path()}"
