"""Threads of the player that no error ends: it is logged, shown to the user, and work goes on."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

logger = logging.getLogger(__name__)

FIRST_PAUSE: Final = 0.05
LONGEST_PAUSE: Final = 5.0
"""Seconds before a thread, or a device, is tried again: doubled with every failure."""
_HEALTHY_SECONDS: Final = 10.0
"""After so long without a failure the next one counts as the first again."""


class Backoff:
    """Growing pauses between attempts: 0, then 0.05 s, doubling up to `longest` seconds."""

    def __init__(self, longest: float = LONGEST_PAUSE) -> None:
        self._longest = longest
        self._failures = 0
        self._last = 0.0

    def failed(self, now: float) -> float:
        """Count a failure.

        Args:
            now: seconds on any steady clock.

        Returns:
            Seconds to wait before the next attempt; 0 for the first failure in a while.
        """
        if now - self._last > _HEALTHY_SECONDS + self.pause:
            self._failures = 0
        self._failures, self._last = self._failures + 1, now
        return self.pause

    @property
    def pause(self) -> float:
        """Seconds to wait after the last failure."""
        if self._failures < 2:
            return 0.0
        return min(self._longest, FIRST_PAUSE * 2.0 ** min(self._failures - 2, 16))

    def reset(self) -> None:
        """Forget all failures."""
        self._failures = 0


class SupervisedThread(threading.Thread):
    """A thread that calls `serve` again and again until it is stopped.

    Whatever `serve` raises is logged and put into `problem` as one line; `recover` then puts the
    thread's own state right, and after a pause that grows with every failure `serve` is called
    again. The thread also ends when the program's main thread has ended.

    Attributes:
        problem: one line for the user about what went wrong, else empty. A subclass clears it when
            its work succeeds again. Any thread may read it.
    """

    def __init__(self, name: str, work: str, *, longest_pause: float = LONGEST_PAUSE) -> None:
        """
        Args:
            name: of the thread, for logs and debuggers.
            work: what it does, as the subject of a sentence, e.g. "the sound output".
            longest_pause: seconds to which the pause after an error grows.
        """
        super().__init__(name=name)
        self.problem = ""
        self._work = work
        self._stopping = threading.Event()
        self._backoff = Backoff(longest_pause)

    def set_up(self) -> None:
        """What has to be done once before the first `serve`."""

    def serve(self) -> None:
        """One round of work. It may block for about a second at most, and `wake` ends that."""
        raise NotImplementedError

    def recover(self, error: Exception) -> None:
        """Put the state right after `error` ended a round."""

    def clean_up(self) -> None:
        """What has to be done before the thread ends."""

    def wake(self) -> None:
        """Make a `serve` that waits return."""

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._stopping.set()
        self.wake()
        self.join()

    def run(self) -> None:
        """Work until stopped, whatever fails."""
        while self._goes_on() and not self._attempt(self.set_up):
            pass
        while self._goes_on():
            self._attempt(self.serve)
        try:
            self.clean_up()
        except Exception:
            logger.exception("%s did not end well", self._work)

    def _goes_on(self) -> bool:
        return not self._stopping.is_set() and threading.main_thread().is_alive()

    def _attempt(self, work: Callable[[], None]) -> bool:
        """Call `work`; False if it failed, after the pause that this calls for."""
        try:
            work()
        except Exception as error:
            logger.exception("%s failed in thread %s", self._work, self.name)
            self.problem = f"{self._work} failed ({one_line(error)}) and starts again by itself"
            pause = self._backoff.failed(time.monotonic())
            self._recover(error)
            self._stopping.wait(pause)
            return False
        return True

    def _recover(self, error: Exception) -> None:
        try:
            self.recover(error)
        except Exception:
            logger.exception("%s could not be put right", self._work)


def one_line(error: BaseException) -> str:
    """What `error` says, on one line; its type where it says nothing."""
    return " ".join(str(error).split()) or type(error).__name__
