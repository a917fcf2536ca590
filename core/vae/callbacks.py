"""What happens around the steps of a training: Keras callbacks, one thing each."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from core.errors import TrainingError
from core.keras_backend import keras
from core.progress import CancelFlag, Progress
from core.vae.history import History
from core.vae.options import Spectra, Watcher
from core.vae.schedule import Budget, ReduceOnPlateau, kl_weight_factor, learning_rate_factor

Logs = Mapping[str, float] | None
NOT_A_NUMBER: Final = (
    "training stopped because the loss is no longer a number; the best model so far is kept: "
    "train again with another --seed"
)
_REPORT_SECONDS: Final = 0.2


class StepSchedule(keras.callbacks.Callback):
    """Sets learning rate and KL weight before every step, and counts the step after it."""

    def __init__(
        self, budget: Budget, plateau: ReduceOnPlateau, rate: float, kl_weight: float
    ) -> None:
        """
        Args:
            budget: how far the run is; its steps are counted here.
            plateau: lowers the rate.
            rate: the full learning rate.
            kl_weight: the full weight of the KL term.
        """
        super().__init__()
        self._budget, self._plateau = budget, plateau
        self._rate, self._kl_weight = rate, kl_weight

    def on_train_batch_begin(self, batch: int, logs: Logs = None) -> None:
        budget = self._budget
        factor = learning_rate_factor(budget.step, budget.annealed()) * self._plateau.rate
        self.model.optimizer.learning_rate = self._rate * factor
        self.model.kl_weight.assign(
            self._kl_weight * kl_weight_factor(budget.step, budget.fraction())
        )

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        self._budget.step += 1


class StopOnNaN(keras.callbacks.Callback):
    """Ends the training with `TrainingError` when a metric is no longer a number."""

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        if not all(math.isfinite(value) for value in (logs or {}).values()):
            raise TrainingError(NOT_A_NUMBER)


class StopOnRequest(keras.callbacks.Callback):
    """Ends the training after the step during which the user asked for it or time ran out."""

    def __init__(
        self, budget: Budget, cancel: CancelFlag | None, stop: Callable[[str], None]
    ) -> None:
        """
        Args:
            budget: knows the time.
            cancel: set when the user asks.
            stop: gets the reason, "as asked" or "time".
        """
        super().__init__()
        self._budget, self._cancel, self._stop = budget, cancel, stop

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        if self._cancel is not None and self._cancel.is_set():
            self._stop("as asked")
        elif self._budget.by_time() >= 1.0:
            self._stop("time")


class ProgressReport(keras.callbacks.Callback):
    """Reports percent, error and the time left, five times a second; all else is in the history."""

    def __init__(self, budget: Budget, history: History, progress: Progress) -> None:
        """
        Args:
            budget: how far the run is.
            history: of the epochs so far.
            progress: gets percent and one line.
        """
        super().__init__()
        self._budget, self._history, self._progress = budget, history, progress
        self._reported = 0.0

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        now = time.monotonic()
        if now - self._reported < _REPORT_SECONDS:
            return
        self._reported = now
        found: Any = logs or {}
        self._progress(
            100 * min(1.0, self._budget.fraction()),
            100,
            f"epoch {self._history.last + 1}, {found['error_db']:.1f} dB from your music"
            f"{self._budget.left()}",
        )


class EpochReport(keras.callbacks.Callback):
    """Reports every epoch to a watcher."""

    def __init__(
        self, history: History, picture: Callable[[], Spectra], watcher: Watcher | None
    ) -> None:
        """
        Args:
            history: whose last epoch is reported.
            picture: gives a window and its reconstruction.
            watcher: is called; None for nobody.
        """
        super().__init__()
        self._history, self._picture, self._watcher = history, picture, watcher

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        self.report()

    def report(self) -> None:
        """Report the last epoch."""
        if self._watcher is not None:
            self._watcher.epoch(self._history.epochs[-1], self._picture)
