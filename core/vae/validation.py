"""Validation: after every epoch the model is measured, entered into the history, and offered as the
best so far."""

from __future__ import annotations

import math

import numpy as np

from core.errors import TrainingError
from core.keras_backend import keras
from core.vae.callbacks import NOT_A_NUMBER, Logs
from core.vae.checkpointer import Checkpointer
from core.vae.data import BACKGROUND_SHARE, Array, Index, TrainingData
from core.vae.evaluation import Evaluation, Evaluator
from core.vae.history import Epoch, History
from core.vae.initialization import PcaBaseline
from core.vae.schedule import Budget, ReduceOnPlateau

_MOST_WINDOWS = 256


class Validation(keras.callbacks.Callback):
    """Measures the model on the library and on held-out windows.

    The score is the mean of both errors, each as a share of the principal components' error.
    Held-out windows alone would keep the untrained model: it describes unseen music about as well
    as any later one, and the user's own a quarter worse. Background music counts by its share of
    an epoch: principal components know a few windows by heart, and little between them.

    Attributes:
        history: one row per epoch.
        waited: epochs since the best one.
        held_out_db: error of the best model on held-out windows, dB; None where there are none.
        evaluator: of the model.
    """

    def __init__(
        self,
        evaluator: Evaluator,
        data: TrainingData,
        training: Index,
        held_out: Index,
        *,
        baseline: PcaBaseline,
        budget: Budget,
        plateau: ReduceOnPlateau,
        history: History,
        checkpointer: Checkpointer,
    ) -> None:
        """
        Args:
            evaluator: of the model.
            data: the library's windows.
            training: (n, 2), those that are learned from.
            held_out: (m, 2), those that are not.
            baseline: principal components to compare with.
            budget: knows steps and seconds.
            plateau: gets every score.
            history: gets every epoch.
            checkpointer: is offered every epoch's model.
        """
        super().__init__()
        self.evaluator, self.history, self.waited = evaluator, history, 0
        self.held_out_db: float | None = None
        self._data, self._baseline = data, baseline
        self._budget, self._plateau, self._checkpointer = budget, plateau, checkpointer
        self._held_out = evenly(held_out, _MOST_WINDOWS)
        self._training, self._library = training, evenly(training, _MOST_WINDOWS)
        self._background = data.background_places()
        self._pca_library_db = baseline.error_db(data, self._library)
        self._pca_background_db = baseline.error_db(data, self._background)
        self.pca_held_out_db = baseline.error_db(data, self._held_out)

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        self.evaluate(self.history.last + 1)

    def evaluate(self, number: int, *, on_disk: bool = False) -> None:
        """Measure the model as it is now.

        Args:
            number: of the epoch.
            on_disk: the model file holds this model already; the history may know the epoch.

        Raises:
            TrainingError: the errors are no longer numbers.
        """
        held, library = self._measured(self._held_out), self._measured(self._library)
        score = self._score(library, held)
        if not (on_disk and self.history.epochs):
            self.history.epochs.append(self._row(number, held, library))
            self._plateau.update(score)
        if self._checkpointer.offer(score, self.history.last, saved=on_disk):
            self.waited = 0
            self.held_out_db = held.error_db if held.windows else self.held_out_db
        else:
            self.waited += 1

    def learn_held_out(self, training: Index) -> None:
        """From now on `training` (n, 2) are learned from and nothing is held out; scores start
        anew from the model as it is."""
        self._training, self._library = training, evenly(training, _MOST_WINDOWS)
        self._held_out = self._held_out[:0]
        library, held = self._measured(self._library), self._measured(self._held_out)
        self._checkpointer.score = self._score(library, held)

    def aggregate(self) -> Evaluation:
        """The model over enough windows for 64 standard deviations, background included."""
        places = np.concatenate([self._training, self._data.background_places()])
        return self._measured(evenly(places, 4 * _MOST_WINDOWS))

    def library(self, evaluator: Evaluator) -> Evaluation:
        """Another model over the training windows that are watched."""
        return evaluator(self._data, self._library)

    def pca_library_db(self) -> float:
        """Error of the principal components on the same windows, dB."""
        return self._baseline.error_db(self._data, self._library)

    def sample(self) -> Array:
        """A training window to look at, (1, 128, 128, 4)."""
        return self._data.batch(self._library[len(self._library) // 2 :][:1])

    def _measured(self, places: Index) -> Evaluation:
        return self.evaluator(self._data, places)

    def _row(self, number: int, held: Evaluation, library: Evaluation) -> Epoch:
        return Epoch(
            number=number,
            seconds=round(self._budget.seconds(), 2),
            held_out_db=round(held.error_db, 4) if held.windows else None,
            library_db=round(library.error_db, 4),
            kl=round(library.kl, 2),
            active=library.active,
            deviation=round(library.deviation, 4),
            rate=float(self.model.optimizer.learning_rate),
            kl_weight=float(self.model.kl_weight),
        )

    def _learned_score(self, library: Evaluation) -> float:
        """Error on what is learned from, as a share of the principal components' error."""
        if not len(self._background):
            return library.error_db / max(self._pca_library_db, 1e-6)
        error = _weighted(library.error_db, self._measured(self._background).error_db)
        baseline = _weighted(self._pca_library_db, self._pca_background_db)
        return error / max(baseline, 1e-6)

    def _score(self, library: Evaluation, held: Evaluation) -> float:
        score = self._learned_score(library)
        if held.windows:
            score = (score + held.error_db / max(self.pca_held_out_db, 1e-6)) / 2
        if not math.isfinite(score):
            raise TrainingError(NOT_A_NUMBER)
        return score


def _weighted(library_db: float, background_db: float) -> float:
    return (1.0 - BACKGROUND_SHARE) * library_db + BACKGROUND_SHARE * background_db


def evenly(places: Index, most: int) -> Index:
    """Choose windows evenly spread over all.

    Args:
        places: (n, 2), track and row of each.
        most: how many, at most.

    Returns:
        (at most `most`, 2); `places` itself if there are no more.
    """
    if len(places) <= most:
        return places
    chosen: Index = places[np.linspace(0, len(places) - 1, most).astype(np.int64)]
    return chosen
