"""One model trained by several processes, each on its part of every batch.

`keras.distribution.DataParallel` on the JAX backend adds the gradients up. Process 0 leads: it
alone measures, decides and writes, with a model of its own as in any training. Before every step it
tells the others what comes next, and all of them do it on replicas that stay equal.

Only processes of `core.vae.training_processes` import this module: it needs JAX.
"""

from __future__ import annotations

import contextlib
import json
import logging
import platform
import zlib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from enum import IntEnum
from typing import Any, Final

import jax
import numpy as np
from jax.experimental import multihost_utils
from numpy.typing import NDArray

from core import user_folders
from core.errors import ProcessGone, TrainingError
from core.keras_backend import keras, values
from core.progress import CancelFlag, Progress
from core.vae.augmentation import Augmentation
from core.vae.data import Array, TrainingData
from core.vae.fitting import BatchShare, WindowBatches, prefetched
from core.vae.model import SegmentVAE, input_shape
from core.vae.options import TrainOptions, TrainResult
from core.vae.training import train

_MEETING_SECONDS: Final = 300
_SILENT_SECONDS: Final = 30
"""After which a machine that says nothing more counts as gone; of a process that ends its socket
tells at once."""
_CONNECTION = ("gloo", "nccl", "coordination", "unavailable", "deadline_exceeded")
_SAMPLE = 16
_log = logging.getLogger(__name__)


class _Order(IntEnum):
    END = 0
    BEGIN = 1
    STEP = 2
    EPOCH = 3


class Group:
    """All processes of a training, connected. Whatever one of them calls here, all call.

    Attributes:
        part: what this process does of every batch.
    """

    def __init__(self, coordinator: str, index: int, count: int) -> None:
        """Wait for all processes to come.

        Args:
            coordinator: "host:port" at which process 0 listens.
            index: of this process.
            count: of all.

        Raises:
            TrainingError: some did not come within five minutes.
        """
        _keep_compiled()
        # A leader whose follower dies would be aborted otherwise, and could not save its model.
        jax.config.update("jax_enable_recoverability", True)
        jax.config.update("jax_cpu_collectives_implementation", "gloo")
        if count > 1:
            try:
                jax.distributed.initialize(
                    coordinator,
                    count,
                    index,
                    cluster_detection_method="deactivate",
                    initialization_timeout=_MEETING_SECONDS,
                    heartbeat_timeout_seconds=_SILENT_SECONDS,
                )
            except (RuntimeError, ValueError) as error:
                _log.exception("no group of %d processes at %s", count, coordinator)
                raise TrainingError(
                    f"not all {count} processes of this training met at {coordinator}; start each "
                    "within five minutes, process 0 on that machine, and let its port through"
                ) from error
        self.part = BatchShare(index, count, jax.device_count())

    def gathered(self, numbers: NDArray[Any]) -> NDArray[Any]:
        """The numbers (k,) of every process: (processes, k). Raises `ProcessGone`."""
        if self.part.count == 1:
            return numbers[None]
        with _connection():
            return np.asarray(multihost_utils.process_allgather(numbers))

    def told(self, arrays: Any) -> Any:
        """What process 0 has.

        Args:
            arrays: an array or a list of them; the others' must have the same shapes and types.

        Returns:
            The same on every process.

        Raises:
            ProcessGone: one has ended.
        """
        if self.part.count == 1:
            return arrays
        with _connection():
            return multihost_utils.broadcast_one_to_all(arrays)

    def told_octets(self, octets: bytes) -> bytes:
        """Bytes of process 0; what the others give does not matter. Raises `ProcessGone`."""
        length = int(self.told(np.array([len(octets)], np.int32))[0])
        mine = np.zeros(length, np.uint8)
        if self.part.index == 0:
            mine = np.frombuffer(octets, np.uint8)
        return np.asarray(self.told(mine)).tobytes()

    def require_same(self, data: TrainingData) -> None:
        """Raise `TrainingError` on all processes unless all have the same windows, and as many
        devices."""
        here = np.array([*_fingerprint(data), jax.local_device_count()], np.uint32)
        everywhere = self.gathered(here)
        for index, there in enumerate(everywhere):
            if there[-1] != everywhere[0][-1]:
                raise TrainingError(
                    f"process {index} has {there[-1]} devices and process 0 {everywhere[0][-1]}; "
                    "use machines with as many graphics cards, or hide some of them"
                )
            if not np.array_equal(there, everywhere[0]):
                raise TrainingError(
                    f"process {index} has other music than process 0 ({there[0]:,} and "
                    f"{everywhere[0][0]:,} windows); give all the same library and the same tracks"
                )


class Leader:
    """The steps of process 0, which the others do along with it (`training.DistributedSteps`)."""

    def __init__(self, group: Group) -> None:
        self._group, self.part = group, group.part
        self._replica: _Replica | None = None
        self._connected = True
        self._asked = False

    def is_set(self) -> bool:
        """Whether the user asked another process to stop."""
        return self._asked

    def begin(self, model: SegmentVAE, batches: WindowBatches) -> None:
        self._order(_Order.BEGIN)
        self._model = model
        plan = {
            "model": model.get_config(),
            "optimizer": keras.optimizers.serialize(model.optimizer),
            "batches": batches.plan(),
        }
        with self._while_connected():
            self._group.told_octets(json.dumps(plan).encode())
            self._group.told_octets(batches.places.astype(np.int64).tobytes())
            if self._replica is None:
                self._replica = _Replica(self._group, plan)
            self._replica.take([*model.get_weights(), *values(model.optimizer.variables)])

    def step(self, windows: Array) -> Mapping[str, float]:
        assert self._replica is not None
        rate, kl_weight = float(self._model.optimizer.learning_rate), float(self._model.kl_weight)
        self._order(_Order.STEP, rate, kl_weight)
        with self._while_connected():
            return self._replica.step(windows, rate, kl_weight)

    def end_epoch(self) -> None:
        assert self._replica is not None
        self._order(_Order.EPOCH)
        self._replica.give(self._model)

    def end(self) -> None:
        if self._connected:
            # They may be gone by themselves, and need not be told then.
            with contextlib.suppress(ProcessGone):
                self._order(_Order.END)
        self._connected = False

    def _order(self, order: _Order, rate: float = 0.0, kl_weight: float = 0.0) -> None:
        with self._while_connected():
            wishes = self._group.gathered(np.array([order, rate, kl_weight, 0.0], np.float32))
        self._asked = self._asked or bool(wishes[:, -1].any())

    @contextlib.contextmanager
    def _while_connected(self) -> Iterator[None]:
        try:
            yield
        except ProcessGone:
            self._connected = False
            raise


def lead(
    group: Group,
    data: TrainingData,
    options: TrainOptions,
    progress: Progress,
    cancel: CancelFlag,
) -> TrainResult:
    """Train as process 0.

    Args:
        group: all processes.
        data, options, progress, cancel: as for `train`.

    Returns:
        What the model on disk can do.

    Raises:
        ProcessGone: another one has ended; the best model so far is on disk.
        TechnoVAEError: as `train`.
    """
    leader = Leader(group)
    group.require_same(data)
    return train(data, options, progress, _Either(cancel, leader), distributed=leader)


def follow(group: Group, data: TrainingData, cancel: CancelFlag) -> None:
    """Do the steps of every other process until process 0 says that it is over.

    Args:
        group: all processes.
        data: the same windows as process 0 has.
        cancel: set to ask process 0 to stop.

    Raises:
        ProcessGone: another one has ended.
        TrainingError: process 0 learns something else.
    """
    group.require_same(data)
    replica: _Replica | None = None
    batches: WindowBatches | None = None
    prepared: Iterator[tuple[Array]] = iter(())
    with ThreadPoolExecutor(1, thread_name_prefix="training-batches") as pool:
        while True:
            mine = np.array([0.0, 0.0, 0.0, cancel.is_set()], np.float32)
            order, rate, kl_weight, _ = group.gathered(mine)[0].tolist()
            if order == _Order.END:
                return
            if order == _Order.STEP:
                assert replica is not None
                replica.step(next(prepared)[0], rate, kl_weight)
                continue
            if order == _Order.BEGIN:
                plan = json.loads(group.told_octets(b""))
                batches = _part_of_batches(group, data, plan)
                replica = replica or _Replica(group, plan)
                replica.take(None)
            else:
                assert batches is not None
                batches.on_epoch_end()
            prepared = prefetched(batches, pool)


class _Replica:
    """The model as all processes train it: the same weights on each device, other windows."""

    def __init__(self, group: Group, plan: Mapping[str, Any]) -> None:
        self._group = group
        self._distribution = keras.distribution.DataParallel()
        # Variables are made equal everywhere, and JAX checks it.
        keras.utils.set_random_seed(plan["batches"]["seed"])
        with self._distribution.scope(), _connection():
            self._model: SegmentVAE = SegmentVAE.from_config(plan["model"])
            self._model.build(input_shape())
            self._model.compile(optimizer=keras.optimizers.deserialize(plan["optimizer"]))
            self._model.optimizer.build(self._model.trainable_variables)

    def take(self, state: list[NDArray[Any]] | None) -> None:
        """Continue from process 0's weights and moments; the others give None."""
        variables = [*self._model.weights, *self._model.optimizer.variables]
        if state is None:
            state = [np.zeros(v.shape, keras.backend.standardize_dtype(v.dtype)) for v in variables]
        state = [np.asarray(value) for value in self._group.told(state)]
        with self._distribution.scope(), _connection():
            for variable, value in zip(variables, state, strict=True):
                variable.assign(value)

    def give(self, model: SegmentVAE) -> None:
        """Copy weights and moments into `model`, of the same sizes and compiled."""
        model.set_weights(self._model.get_weights())
        mine = values(self._model.optimizer.variables)
        for variable, value in zip(model.optimizer.variables, mine, strict=True):
            variable.assign(value)

    def step(self, windows: Array, rate: float, kl_weight: float) -> Mapping[str, float]:
        """Learn together.

        Args:
            windows: (n, 128, 128, 4), this process's part of the batch.
            rate: the learning rate.
            kl_weight: of the KL term.

        Returns:
            The metrics over the whole batch.
        """
        with self._distribution.scope(), _connection():
            self._model.optimizer.learning_rate = rate
            self._model.kl_weight.assign(kl_weight)
            logs = self._model.train_on_batch(windows, return_dict=True)
            return {name: float(value) for name, value in logs.items()}


def _keep_compiled() -> None:
    """Let JAX keep what it compiles in the user's cache folder: the next training of these sizes
    starts in a third of the CPU time. By machine, as other processors may not know its code, and
    all of it, as there are a hundred small functions."""
    folder = user_folders.cache_folder() / "jax" / platform.node()
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)


class _Either:
    """Set when either flag is."""

    def __init__(self, *flags: CancelFlag) -> None:
        self._flags = flags

    def is_set(self) -> bool:
        return any(flag.is_set() for flag in self._flags)


def _part_of_batches(group: Group, data: TrainingData, plan: Mapping[str, Any]) -> WindowBatches:
    places = np.frombuffer(group.told_octets(b""), np.int64).reshape(-1, 2)
    told = dict(plan["batches"])
    told["augmentation"] = Augmentation(**told["augmentation"])
    return WindowBatches(data, places, **told, part=group.part)


def _fingerprint(data: TrainingData) -> tuple[int, int, int]:
    """How many windows, and checksums of what some of them hold and of where all are."""
    places = np.concatenate([data.places(), data.background_places()])
    some = places[np.linspace(0, len(places) - 1, min(len(places), _SAMPLE)).astype(np.int64)]
    held = zlib.crc32(data.batch(some).tobytes())
    return len(data), held, zlib.crc32(places.tobytes())


@contextlib.contextmanager
def _connection() -> Iterator[None]:
    """Raise `ProcessGone` for what JAX says when the connection to another process breaks."""
    try:
        yield
    except (RuntimeError, ValueError) as error:
        if not any(word in str(error).lower() for word in _CONNECTION):
            raise
        _log.warning("the connection broke: %s", error)
        raise ProcessGone(ProcessGone.MESSAGE) from error
