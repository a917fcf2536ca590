"""What is changed, one thing at a time: the rows of `benchmarks.ablations`."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any
from unittest import mock

import numpy as np
from numpy.typing import NDArray

from core import settings
from core.dsp.spectrogram import db_to_power, power_to_db
from core.keras_backend import keras, ops
from core.vae import contrast, latent_refinement, losses, pca, schedule
from core.vae.augmentation import Augmentation
from core.vae.initialization import Initializer
from core.vae.options import TrainOptions as Options
from core.vae.validation import Validation

Array = NDArray[np.float32]
Tensor = Any


def _same(options: Options) -> Options:
    return options


@dataclass(frozen=True)
class Variant:
    """One thing changed: options, or parts of the program exchanged while it trains and is judged.

    Attributes:
        change: of the options.
        exchanged: what `mock.patch.object` takes, one row each.
        pairs: bands or frames that are averaged in what it sees, see `coarse`.
    """

    change: Callable[[Options], Options] = _same
    exchanged: tuple[tuple[Any, str, Any], ...] = ()
    pairs: tuple[str, ...] = ()


def _options(**changes: Any) -> Variant:
    return Variant(lambda options: replace(options, **changes))


def _model(**sizes: object) -> Variant:
    return _options(model=sizes)


def _augmented(**how: float) -> Variant:
    return _options(augmentation=Augmentation(**how))


def _exchanged(*rows: tuple[Any, str, Any]) -> Variant:
    return Variant(exchanged=rows)


def _optimizer(kind: str, **how: Any) -> Variant:
    return _exchanged(
        (keras.optimizers, "Adam", functools.partial(getattr(keras.optimizers, kind), **how))
    )


_fitted = Initializer._components
_evaluate = Validation.evaluate
_laplace = losses.laplace


def _mean_only(initializer: Initializer, augmentation: Augmentation, count: int) -> pca.Components:
    """The linear path knows the mean spectrogram only."""
    found = _fitted(initializer, augmentation, count)
    return pca.Components(found.mean, np.zeros_like(found.directions), np.ones_like(found.scale))


def _shrunk(
    share: float, initializer: Initializer, augmentation: Augmentation, count: int
) -> pca.Components:
    """Weak directions are whitened less: variances move towards their mean."""
    found = _fitted(initializer, augmentation, count)
    variance = found.scale**2
    scale = np.sqrt((1.0 - share) * variance + share * variance.mean())
    return pca.Components(found.mean, found.directions, scale.astype(np.float32))


def _plain_components(
    initializer: Initializer, augmentation: Augmentation, count: int
) -> pca.Components:
    """Components of the library's windows as they are."""
    return _fitted(initializer, replace(augmentation, share=0.0), count)


def _averaged(validation: Validation, number: int, **how: bool) -> None:
    """Judges, and so keeps, the averages of the weights."""
    if not validation.history.epochs:
        _evaluate(validation, number, **how)
        return
    trained = validation.model.trainable_variables
    last = [np.array(one) for one in trained]
    validation.model.optimizer.finalize_variable_values(trained)
    _evaluate(validation, number, **how)
    for one, value in zip(trained, last, strict=True):
        one.assign(value)


def coarse(rows: NDArray[np.floating], pairs: tuple[str, ...]) -> Array:
    """Decibels (..., rows, bands) whose "frames" or "bands" are averaged in pairs, in power."""
    power = db_to_power(np.asarray(rows, np.float32))
    for name in pairs:
        axis = {"frames": -2, "bands": -1}[name] % power.ndim
        shape = (*power.shape[:axis], -1, 2, *power.shape[axis + 1 :])
        power = np.repeat(power.reshape(shape).mean(axis=axis + 1), 2, axis=axis)
    return np.asarray(power_to_db(power), np.float32) if pairs else np.asarray(rows, np.float32)


_UNIT = settings.CEILING_DB - settings.FLOOR_DB


def _squared(target: Tensor, reconstruction: Tensor, scale: float) -> Tensor:
    """Gaussian likelihood whose gradient at an error of 4 dB is that of the Laplace likelihood."""
    error = ops.square(target - reconstruction) * (0.5 * _UNIT / 4.0)
    return ops.mean(ops.sum(error, axis=(1, 2, 3))) / scale


def _huber(target: Tensor, reconstruction: Tensor, scale: float) -> Tensor:
    """Squares up to 2 dB."""
    size, knee = ops.abs(target - reconstruction), 2.0 / _UNIT
    error = ops.where(size < knee, 0.5 * size * size / knee, size - 0.5 * knee)
    return ops.mean(ops.sum(error, axis=(1, 2, 3))) / scale


def _with_derivatives(weight: float, target: Tensor, made: Tensor, scale: float) -> Tensor:
    """Adds the error of the steps from row to row and from band to band."""
    off = target - made
    along, across = off[:, 1:] - off[:, :-1], off[:, :, 1:] - off[:, :, :-1]
    steps = sum(ops.mean(ops.sum(ops.abs(one), axis=(1, 2, 3))) for one in (along, across))
    return _laplace(target, made, scale) + weight * steps / scale


def _falling(since: float) -> Callable[[schedule.Budget], float]:
    """The rate falls from that share of the run."""
    return lambda budget: min(1.0, max(0.0, budget.fraction() - since) / (1.0 - since))


def _error(function: Callable[..., Tensor]) -> Variant:
    return _exchanged((losses, "laplace", function))


VARIANTS: dict[str, Variant] = {
    "as it is": Variant(),
    "encoder alone": _exchanged((latent_refinement, "STEPS", 0)),
    "no contrast": _exchanged((contrast, "MOST", 1.0)),
    "contrast 1.5": _exchanged((contrast, "MOST", 1.5)),
    "no PCA path": _exchanged((Initializer, "_components", _mean_only)),
    "PCA path of plain windows": _exchanged((Initializer, "_components", _plain_components)),
    "PCA path shrunk .5": _exchanged(
        (Initializer, "_components", lambda *given: _shrunk(0.5, *given))
    ),
    "no augmentation": _augmented(share=0.0),
    "augmentation .2": _augmented(share=0.2),
    "augmentation .4": _augmented(share=0.4),
    "augmentation .5": _augmented(share=0.5),
    "augmentation .8": _augmented(share=0.8),
    "no band swaps": _augmented(swap=0.0),
    "KL weight 4": _options(kl_weight=4.0),
    "KL weight 64": _options(kl_weight=64.0),
    "no free bits": _model(minimum_nats=0.0),
    "width 384": _model(width=384),
    "patch 96": _model(patch=96),
    "patch 128": _model(patch=128),
    "trunk 1024": _model(trunk=1024),
    "dropout .1": _model(dropout=0.1),
    "batch 16": _options(batch=16),
    "batch 64": _options(batch=64),
    "rate 1e-3": _options(rate=1e-3),
    "rate 4e-3": _options(rate=4e-3),
    "rate falls from the start": _exchanged((schedule.Budget, "annealed", _falling(0.0))),
    "averaged weights": Variant(
        exchanged=(
            *_optimizer("Adam", use_ema=True, ema_momentum=0.99).exchanged,
            (Validation, "evaluate", _averaged),
        )
    ),
    "weight decay .1": _optimizer("AdamW", weight_decay=0.1),
    "squared error": _error(_squared),
    "Huber error": _error(_huber),
    "derivatives .3": _error(functools.partial(_with_derivatives, 0.3)),
    "64 bands": Variant(pairs=("bands",)),
    "4 frames a sixteenth": Variant(pairs=("frames",)),
}


@contextmanager
def exchanging(variant: Variant) -> Iterator[None]:
    """The program as `variant` has it."""
    with ExitStack() as stack:
        for owner, name, value in variant.exchanged:
            stack.enter_context(mock.patch.object(owner, name, value))
        yield
