"""Training: from windows to the best model on disk, within a given time.

First the model learns, judged on windows held out. Then the learning rate is annealed to nothing,
and the held-out windows are learned as well. Each part is one `fit` with callbacks.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final, Protocol

import numpy as np

from core.errors import Cancelled, ModelError, ProcessGone, TrainingError
from core.keras_backend import keras
from core.progress import CancelFlag, Progress, silent
from core.vae import callbacks, network_file, training_state
from core.vae.calibration import calibrate
from core.vae.checkpointer import Checkpointer
from core.vae.data import Index, TrainingData, unfold
from core.vae.evaluation import Evaluator
from core.vae.fitting import BatchShare, TrainingSteps, WindowBatches, fit, steps_per_epoch
from core.vae.history import History
from core.vae.initialization import Initializer
from core.vae.model import SegmentVAE
from core.vae.options import Spectra, TrainOptions, TrainResult, Watcher, require_model_path
from core.vae.pretrained import Pretrained
from core.vae.schedule import LEARNING_SHARE, Budget, ReduceOnPlateau
from core.vae.split import split
from core.vae.training_state import TrainingState
from core.vae.validation import Validation

__all__ = ["TrainOptions", "TrainResult", "TrainingData", "TrainingRun", "Watcher", "train"]

_CLIP_NORM: Final = 1.0


def train(
    data: TrainingData,
    options: TrainOptions,
    progress: Progress = silent,
    cancel: CancelFlag | None = None,
    watcher: Watcher | None = None,
    distributed: DistributedSteps | None = None,
) -> TrainResult:
    """Train a model; the best one so far is at `options.path` whatever happens.

    Args:
        data: the library's windows.
        options: how.
        progress: gets percent, and a line with error, KL, active latents and the time left.
        cancel: set to stop; like Ctrl-C this is no error, the result says so.
        watcher: is called for every epoch and every better model.
        distributed: the other processes that train the same model; None: this one alone does.

    Returns:
        What the model on disk can do.

    Raises:
        TrainingError: too little data; the loss is no longer a number (the best model is kept).
        ModelError: nothing usable to resume from.
        OutputError: a file cannot be written (an earlier model is kept).
        Cancelled: asked to stop before there was anything to keep.
    """
    require_model_path(options.path)
    data.check()
    # Both are kept per thread by keras, and training runs in whichever thread a job has.
    keras.utils.set_random_seed(options.seed)
    keras.config.set_dtype_policy("float32")
    try:
        run = TrainingRun(data, options, progress, cancel, watcher, distributed)
    except KeyboardInterrupt as error:
        raise Cancelled("stopped as asked, before there was a model to keep") from error
    failure: TrainingError | None = None
    try:
        run.fit()
    except KeyboardInterrupt:
        run.stopped = "as asked"
    except TrainingError as error:
        failure = error
    if distributed is not None:
        distributed.end()
    run.finish(calibrated=not isinstance(failure, ProcessGone))
    if failure is not None:
        raise failure
    return run.result()


class DistributedSteps(TrainingSteps, Protocol):
    """Steps that are done together with other processes.

    Attributes:
        part: which part of every batch is done here.
    """

    part: BatchShare

    def end(self) -> None:
        """Let the other processes go."""


class TrainingRun:
    """One run: the model, what it learns from, and the callbacks around it.

    Attributes:
        stopped: why it ended; "" while it goes on.
        training, held_out: (n, 2), windows that are learned from and those that judge.
    """

    def __init__(
        self,
        data: TrainingData,
        options: TrainOptions,
        progress: Progress = silent,
        cancel: CancelFlag | None = None,
        watcher: Watcher | None = None,
        distributed: DistributedSteps | None = None,
    ) -> None:
        """Fit the principal components, make or load the model, and measure it.

        Args:
            data, options, progress, cancel, watcher, distributed: as for `train`. Each device of a
                group gets batches of the size that the options say.
        """
        self._distributed, self._part = (
            distributed,
            BatchShare() if distributed is None else distributed.part,
        )
        options = replace(options, batch=options.batch * self._part.devices)
        self.data, self.options, self.progress = data, options, progress
        self.stopped, self._gave_up = "", False
        self.budget = Budget(options.minutes)
        parts = split(data, options.validation, options.seed)
        self.training, self.held_out = parts.training, parts.validation
        if len(self._learned()) < self._part.devices:
            raise TrainingError(
                f"{len(self._learned())} windows of music cannot be shared by "
                f"{self._part.devices} processes; use fewer"
            )
        if options.epochs is not None:
            self.budget.steps = self._steps() * options.epochs
        self.notes = [*data.notes, parts.note]
        self.plateau, self.history = ReduceOnPlateau(), History()
        self._state: TrainingState | None = None
        progress(0, 100, "sketching the music")
        initializer = Initializer(
            data, self._learned(), np.random.default_rng(options.seed), self._pretrained()
        )
        baseline = initializer.baseline()
        self.model = self._compiled(initializer)
        self.checkpointer = Checkpointer(self.model, options.path)
        first = self._resume() if options.resume else 0
        self.validation = Validation(
            Evaluator(self.model),
            data,
            self.training,
            self.held_out,
            baseline=baseline,
            budget=self.budget,
            plateau=self.plateau,
            history=self.history,
            checkpointer=self.checkpointer,
        )
        self.validation.set_model(self.model)
        self.checkpointer.aggregate = self.validation.aggregate
        self.checkpointer.info = self._info
        self.checkpointer.saved = watcher.saved if watcher is not None else None
        self._report = callbacks.EpochReport(self.history, self.picture, watcher)
        self._callbacks = [
            callbacks.StepSchedule(self.budget, self.plateau, options.rate, options.kl_weight),
            callbacks.StopOnNaN(),
            callbacks.ProgressReport(self.budget, self.history, progress),
            callbacks.StopOnRequest(self.budget, cancel, self._stop),
            self.validation,
            self._report,
            self.checkpointer,
            keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: self._decide()),
        ]
        self.validation.evaluate(
            self.history.last + 1 if self.history.epochs else first, on_disk=options.resume
        )

    def fit(self) -> None:
        """Learn, then anneal, until time, epochs, patience, the user or the numbers end it."""
        if not self.options.resume:
            self._report.report()
        self._fit()
        if not self.stopped:
            self._anneal()
            self._fit()

    def finish(self, *, calibrated: bool = True) -> None:
        """Write the best model, what a resume needs, and the history.

        Args:
            calibrated: with what takes seconds to measure, see `calibrate`.

        Raises:
            OutputError: a file cannot be written.
        """
        self.checkpointer.finish(self._calibrated_info if calibrated else self._info)
        state = self._state or TrainingState.of(self.model, self.history, self.plateau)
        if state.finite:
            state.write(self.options.path)
        self.history.write(self.options.path)

    def result(self) -> TrainResult:
        """What the model on disk can do."""
        model = network_file.load(self.options.path)
        evaluator = Evaluator(model)
        held = self.validation.held_out_db
        return TrainResult(
            path=self.options.path,
            stopped=self.stopped,
            epochs=self.history.last,
            best_epoch=self.checkpointer.epoch,
            seconds=self.budget.seconds(),
            library=self.validation.library(evaluator),
            held_out_db=held,
            pca_library_db=self.validation.pca_library_db(),
            pca_held_out_db=None if held is None else self.validation.pca_held_out_db,
            notes=tuple(self.notes),
            sharpness=model.info.get("sharpness"),
        )

    def picture(self) -> Spectra:
        """A window (512, 128) dB and what the model as it is now makes of it."""
        window = self.validation.sample()
        decoded, _, _ = self.model(window, training=False)
        return unfold(window)[0], unfold(np.asarray(decoded))[0]

    def _compiled(self, initializer: Initializer) -> SegmentVAE:
        options = self.options
        if options.resume:
            model = network_file.load(options.path)
        else:
            sizes = {**options.model, "seed": options.seed}
            model = initializer.model(options.augmentation, sizes)
        model.compile(optimizer=keras.optimizers.Adam(options.rate, global_clipnorm=_CLIP_NORM))
        model.optimizer.build(model.trainable_variables)
        return model

    def _pretrained(self) -> Pretrained | None:
        path = self.options.pretrained
        if path is None or self.options.resume:
            return None
        try:
            return Pretrained.read(path)
        except ModelError as error:
            self.notes.append(f"{error}; meanwhile it starts from the library alone")
            return None

    def _resume(self) -> int:
        """Go on from where learning stopped, or else from the model on disk; its epoch."""
        state = training_state.read_state(self.options.path)
        if state is None or not state.restore(self.model):
            self.notes.append(
                "what learning left behind is missing: resumed from the best model, which knows "
                "the held-out windows already, so their error is flattering"
            )
            return int(self.model.info.get("epoch", 0))
        self.history, self.plateau = state.history, state.plateau
        self.notes.append(f"resumed after epoch {self.history.last}")
        return self.history.last

    def _fit(self) -> None:
        batches = WindowBatches(
            self.data,
            self._learned(),
            batch=self.options.batch,
            augmentation=self.options.augmentation,
            seed=self.options.seed,
            epoch=self.history.last,
            part=self._part,
        )
        fit(self.model, batches, self._callbacks, self._distributed)

    def _steps(self) -> int:
        return steps_per_epoch(len(self._learned()), self.options.batch)

    def _learned(self) -> Index:
        """(n, 2), the windows of an epoch."""
        return self.data.along_with_background(self.data.weighted(self.training))

    def _stop(self, reason: str) -> None:
        self.stopped = reason
        self.model.stop_training = True

    def _decide(self) -> None:
        """After an epoch: whether this part of the run is over."""
        if self.stopped:
            return
        if self.budget.by_steps() >= 1.0:
            self._stop(self._reason())
        elif self.budget.annealing_from is None:
            patience = self.options.patience
            self._gave_up = patience is not None and self.validation.waited >= patience
            if self._gave_up or self.budget.fraction() >= LEARNING_SHARE:
                self.model.stop_training = True

    def _reason(self) -> str:
        if self._gave_up:
            return "no longer improving"
        return "time" if self.options.epochs is None else "epochs"

    def _anneal(self) -> None:
        """Begin the last part; where nothing improved any more, from the best weights so far."""
        self._state = TrainingState.of(self.model, self.history, self.plateau)
        self.budget.anneal(max(2, self.history.last // 2) * self._steps())
        if self._gave_up:
            self.checkpointer.restore()
        if self.options.learn_held_out and len(self.held_out):
            self.training = np.concatenate([self.training, self.held_out])
            self.validation.learn_held_out(self.training)
            self.notes.append(f"their {len(self.held_out)} windows were learned as well in the end")

    def _info(self) -> dict[str, Any]:
        held = self.validation.held_out_db
        return {
            "tracks": len(self.data.tracks),
            "windows": len(self.data),
            "held_out_db": None if held is None else round(held, 3),
            "seed": self.options.seed,
        }

    def _calibrated_info(self) -> dict[str, Any]:
        """With what takes seconds to measure, so only once."""
        evaluator = self.validation.evaluator
        places = np.concatenate([self.training, self.data.background_places()])
        return {**self._info(), **calibrate(self.model, evaluator, self.data, places)}
