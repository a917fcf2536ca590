"""Training, as the window runs it. Imports nothing heavy, and nothing heavy comes back from it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core import resources
from core.deletion import delete_file
from core.errors import InputError, OutputError, TechnoVAEError
from core.library.models import model_target, remember_model
from core.library.training_weights import LearningChoice
from core.progress import CancelFlag, Progress
from core.session import describe_learning, training_data

if TYPE_CHECKING:
    from core.vae.history import Epoch
    from core.vae.options import Spectra, TrainResult

Array = NDArray[np.float32]
Emit = Callable[[Any], None]
_PICTURE_SECONDS = 3.0
"""Seconds between two live reconstructions."""


class Reconstruction(NamedTuple):
    """A window of the library and its reconstruction, (512, 128) dB each."""

    real: Array
    decoded: Array


@dataclass(frozen=True)
class TrainingResult:
    """What came of a training; `core.vae.options.TrainResult` without what would bring keras.

    Attributes:
        path, model_hash: of the best model.
        stopped: why: "time", "epochs", "no longer improving" or "as asked".
        epochs, best_epoch: done in all; whose model is on disk.
        seconds: of this run.
        library_db, held_out_db: mean absolute errors; None where nothing was held out.
        remembered: whether the library opens with this model from now on.
        text: all of it in plain sentences.
    """

    path: Path
    model_hash: str
    stopped: str
    epochs: int
    best_epoch: int
    seconds: float
    library_db: float
    held_out_db: float | None
    remembered: bool
    text: tuple[str, ...]

    def lines(self) -> tuple[str, ...]:
        """The result in plain sentences."""
        return self.text


def train(
    library: Path,
    minutes: float | None,
    resume: bool,
    seed: int,
    progress: Progress,
    cancel: CancelFlag,
    emit: Emit,
    model: Path | None = None,
    choice: LearningChoice | None = None,
    options: Mapping[str, Any] | None = None,
) -> TrainingResult:
    """Train a model on a library.

    Emits an `Epoch` after each, a `Reconstruction` every few seconds, and the model's `Path` when
    it holds a better one.

    Args:
        library: folder of the library.
        minutes: how long; None until it no longer improves.
        resume: whether to go on from the model that the library opens with.
        seed: of all that is drawn.
        progress, cancel, emit: see `tasks`.
        model: the file; by default inside the library, for the built-in demo in the user's data
            folder.
        choice: what of the library is learned; None: all that it does not leave out.
        options: more fields of `core.vae.options.TrainOptions`.

    Returns:
        What came of it, also where it was stopped: the best model is kept.

    Raises:
        TechnoVAEError: as `core.vae.training.train`.
    """
    path = _target(library, model)
    from core.library.model_versions import keep_present_model
    from core.vae import training

    data = training_data(library, choice)
    keep_present_model(library)
    if resume and model is None:
        _go_on_from_present(library, path)
    chosen = training.TrainOptions(
        path, minutes=minutes, seed=seed, resume=resume, **(options or {})
    )
    result = training.train(data, chosen, progress, cancel, _Watcher(path, emit))
    kept = _kept(library, result, choice)
    return _result_of(result, kept, remembered=_remembered(library, path))


def _target(library: Path, model: Path | None) -> Path:
    """Where the model goes; its folder is made."""
    path = model or model_target(library)
    if os.path.realpath(path) == os.path.realpath(resources.demo_model()):
        raise InputError(f"{path} is the built-in demo's model; give the new one another name")
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _go_on_from_present(library: Path, path: Path) -> None:
    """It may be an earlier version, while the last training's state lies beside `path`."""
    from core.library.model_versions import bring_to_target
    from core.vae.training_state import state_path

    try:
        if bring_to_target(library, path):
            delete_file(state_path(path), path.parent)
    except OSError as error:
        raise OutputError(
            f"{path}: the model in use cannot be put there ({error}); check its folder"
        ) from error


def _remembered(library: Path, path: Path) -> bool:
    try:
        remember_model(library, path)
    except OutputError:
        return False
    return True


def _kept(library: Path, result: TrainResult, choice: LearningChoice | None) -> tuple[str, ...]:
    """Keep the model as a version; why that was not possible, in one sentence."""
    from core.library.model_versions import Figures, keep_version

    try:
        figures = Figures(**result.figures(), learned=describe_learning(library, choice))
        keep_version(library, result.path, figures)
    except (TechnoVAEError, OSError) as error:
        return (f"it is not kept as a version: {error}",)
    return ()


def _result_of(result: TrainResult, kept: tuple[str, ...], *, remembered: bool) -> TrainingResult:
    return TrainingResult(
        path=result.path,
        model_hash=resources.digest(result.path),
        stopped=result.stopped,
        epochs=result.epochs,
        best_epoch=result.best_epoch,
        seconds=result.seconds,
        library_db=result.library.error_db,
        held_out_db=result.held_out_db,
        remembered=remembered,
        text=(*result.lines(), *kept),
    )


class _Watcher:
    """`core.vae.options.Watcher` that sends what it sees to the window."""

    def __init__(self, path: Path, emit: Emit) -> None:
        self._path, self._emit = path, emit
        self._pictured_at = -_PICTURE_SECONDS

    def epoch(self, epoch: Epoch, picture: Callable[[], Spectra]) -> None:
        self._emit(epoch)
        now = time.monotonic()
        if now - self._pictured_at >= _PICTURE_SECONDS:
            self._pictured_at = now
            self._emit(Reconstruction(*picture()))

    def saved(self, epoch: int) -> None:
        self._emit(self._path)
