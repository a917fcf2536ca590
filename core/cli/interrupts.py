"""The first Ctrl-C asks the work to stop in good order; the second one stops it at once.

So do the signals by which a system ends a program: SIGTERM, and SIGHUP where its terminal is gone.
Without that, a file that is being written would stay behind under its temporary name.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Final

_ENDINGS: Final = tuple(
    getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)
)

_Handler = Callable[[int, FrameType | None], None]


@contextlib.contextmanager
def cancel_on_interrupt() -> Iterator[threading.Event]:
    """Yield an event that the first Ctrl-C sets; outside the main thread nothing is changed."""
    event = threading.Event()

    def handle(number: int, frame: FrameType | None) -> None:
        if event.is_set():
            raise KeyboardInterrupt
        event.set()

    with _handled_by(handle, signal.SIGINT, *_taken()):
        yield event


@contextlib.contextmanager
def endings_as_interrupts() -> Iterator[None]:
    """SIGTERM and SIGHUP raise `KeyboardInterrupt`, as Ctrl-C does; only in the main thread."""

    def handle(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    with _handled_by(handle, *_taken()):
        yield


def _taken() -> list[signal.Signals]:
    """Those that end this process; `nohup` has SIGHUP ignored, and so it stays."""
    return [number for number in _ENDINGS if signal.getsignal(number) is not signal.SIG_IGN]


@contextlib.contextmanager
def _handled_by(handler: _Handler, *signals: signal.Signals) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = {number: signal.signal(number, handler) for number in signals}
    try:
        yield
    finally:
        for number, before in previous.items():
            signal.signal(number, before)
