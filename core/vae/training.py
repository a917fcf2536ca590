"""Training: from windows to the best model on disk, within a given time."""

from __future__ import annotations

from core.errors import Cancelled, TrainingError
from core.progress import CancelFlag, Progress, silent
from core.vae.backend import keras
from core.vae.data import TrainingData
from core.vae.options import TrainOptions, TrainResult, Watcher, require_model_path
from core.vae.run import Run

__all__ = ["TrainOptions", "TrainResult", "TrainingData", "Watcher", "train"]


def train(
    data: TrainingData,
    options: TrainOptions,
    progress: Progress = silent,
    cancel: CancelFlag | None = None,
    watcher: Watcher | None = None,
) -> TrainResult:
    """Train on `data`; the best model so far is at `options.path` whatever happens.

    `progress` counts percent; its message holds error, KL, active latents and the time left. When
    asked to stop (`cancel`, Ctrl-C), the result says so.

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
        run = Run(data, options, progress, cancel, watcher)
    except KeyboardInterrupt as error:
        raise Cancelled("stopped as asked, before there was a model to keep") from error
    failure: TrainingError | None = None
    try:
        run.loop()
    except KeyboardInterrupt:
        run.stopped = "as asked"
    except TrainingError as error:
        failure = error
    run.keep()
    if failure is not None:
        raise failure
    return run.result()
