"""Batches of augmented windows, and the loop over them that drives Keras callbacks.

The loop does what `keras.Model.fit` does with the same batches and callbacks, and no more. `fit`
sends every batch through `tf.data`, which copies it three times: on two cores it took 9 % more CPU
and up to 18 % more time for the same steps. `train_on_batch`, with the next batch prepared
meanwhile, takes neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any, Final, Protocol

import numpy as np

from core.keras_backend import keras
from core.vae.augmentation import Augmentation
from core.vae.data import Array, Index, TrainingData
from core.vae.model import SegmentVAE

STEPS_PER_EPOCH: Final = 200
"""At most; an epoch of a large library is a random part of it."""


@dataclass(frozen=True)
class BatchShare:
    """Which part of every batch a process trains on, where several train one model.

    Attributes:
        index: 0 to `count` - 1.
        count: processes.
        devices: of all processes together; each gets as many windows.
    """

    index: int = 0
    count: int = 1
    devices: int = 1


class WindowBatches(keras.utils.PyDataset):
    """Augmented windows in random order; the order changes with every epoch.

    A batch depends on the seed, the epoch and its index alone, so any thread may prepare it.
    """

    def __init__(
        self,
        data: TrainingData,
        places: Index,
        *,
        batch: int,
        augmentation: Augmentation,
        seed: int,
        epoch: int = 0,
        part: BatchShare | None = None,
    ) -> None:
        """
        Args:
            data: the library's windows.
            places: (n, 2), which of them to learn from.
            batch: windows in each batch.
            augmentation: how they are varied.
            seed: of order and augmentation.
            epoch: number of the first epoch.
            part: of every batch that is made here; None: all of it.
        """
        super().__init__()
        self._data, self._places = data, places
        self._batch, self._augmentation = batch, augmentation
        self._seed, self._epoch, self._part = seed, epoch, part or BatchShare()
        self._order = self._shuffled()

    def __len__(self) -> int:
        return steps_per_epoch(len(self._places), self._batch)

    def __getitem__(self, index: int) -> tuple[Array]:
        """Batch `index` of this epoch, or a part of it: windows (n, 128, 128, 4), 0..1."""
        part = self._part
        rows = self._order[index * self._batch : (index + 1) * self._batch]
        rows = rows[: len(rows) // part.devices * part.devices]
        seed = [self._seed, self._epoch, index]
        if part.count > 1:
            rows = np.split(rows, part.count)[part.index]
            seed.append(part.index)
        rng = np.random.default_rng(seed)
        return (self._augmentation(self._data.batch(self._places[rows]), rng),)

    def on_epoch_end(self) -> None:
        """Shuffle for the next epoch."""
        self._epoch += 1
        self._order = self._shuffled()

    @property
    def places(self) -> Index:
        """(n, 2), the windows that are learned from."""
        return self._places

    def plan(self) -> dict[str, Any]:
        """What another process needs besides data and places to make its part of the same batches,
        as plain JSON values."""
        return {
            "batch": self._batch,
            "augmentation": asdict(self._augmentation),
            "seed": self._seed,
            "epoch": self._epoch,
        }

    def _shuffled(self) -> Index:
        order: Index = np.random.default_rng((self._seed, self._epoch)).permutation(
            len(self._places)
        )
        return order


def steps_per_epoch(windows: int, batch: int) -> int:
    """How many batches an epoch has; large libraries take several epochs to go through.

    Args:
        windows: to train on.
        batch: windows in a batch.

    Returns:
        1 to `STEPS_PER_EPOCH`.
    """
    return max(1, min(windows // batch, STEPS_PER_EPOCH))


class TrainingSteps(Protocol):
    """Does the training steps of a `fit`."""

    def begin(self, model: SegmentVAE, batches: WindowBatches) -> None:
        """Get ready.

        Args:
            model: compiled.
            batches: what it will learn from.
        """

    def step(self, windows: Array) -> Mapping[str, float]:
        """Learn from one batch (n, 128, 128, 4); returns the metrics of the epoch."""

    def end_epoch(self) -> None:
        """From here until the next step the model has its weights."""


class LocalSteps:
    """Steps of this process alone, on the model itself."""

    def begin(self, model: SegmentVAE, batches: WindowBatches) -> None:
        self._model = model

    def step(self, windows: Array) -> Mapping[str, float]:
        logs: Mapping[str, float] = self._model.train_on_batch(windows, return_dict=True)
        return logs

    def end_epoch(self) -> None: ...


def fit(
    model: SegmentVAE,
    batches: WindowBatches,
    callbacks: Sequence[keras.callbacks.Callback],
    steps: TrainingSteps | None = None,
) -> None:
    """Train until a callback sets `model.stop_training`, which ends the epoch as well.

    Args:
        model: compiled.
        batches: what to learn from.
        callbacks: as for `keras.Model.fit`; called in this order.
        steps: does the steps; None: the model itself.
    """
    steps = steps or LocalSteps()
    listeners = keras.callbacks.CallbackList(list(callbacks), model=model)
    model.stop_training = False
    listeners.on_train_begin()
    steps.begin(model, batches)
    epoch = 0
    with ThreadPoolExecutor(1, thread_name_prefix="training-batches") as pool:
        while not model.stop_training:
            model.reset_metrics()
            listeners.on_epoch_begin(epoch)
            logs: Mapping[str, float] = {}
            for step, (windows,) in enumerate(prefetched(batches, pool)):
                listeners.on_train_batch_begin(step)
                logs = steps.step(windows)
                listeners.on_train_batch_end(step, logs)
                if model.stop_training:
                    break
            steps.end_epoch()
            batches.on_epoch_end()
            listeners.on_epoch_end(epoch, logs)
            epoch += 1
    listeners.on_train_end()


def prefetched(batches: WindowBatches, pool: ThreadPoolExecutor) -> Iterator[tuple[Array]]:
    """All batches of an epoch, each prepared while the one before is in use.

    Args:
        batches: the epoch's.
        pool: prepares them.

    Yields:
        As `WindowBatches` has them.
    """
    following = pool.submit(batches.__getitem__, 0)
    for index in range(1, len(batches) + 1):
        current = following.result()
        if index < len(batches):
            following = pool.submit(batches.__getitem__, index)
        yield current
