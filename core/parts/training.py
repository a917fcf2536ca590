"""Training of the parts network, from music whose parts are known."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import settings
from core.dsp.spectrogram import db_to_power
from core.errors import TrainingError
from core.keras_backend import compiled, keras, ops, values
from core.parts import network_file
from core.parts.losses import distortion_db
from core.parts.material import Material
from core.parts.network import PartsNetwork, input_shape
from core.parts.remix import Remix
from core.parts.training_state import TrainingState, read_state
from core.progress import CancelFlag, Progress, silent

Array = NDArray[np.float32]

_WARM_UP_STEPS = 100
_RATE_FROM_WEIGHTS = 0.5
"""Of the rate, where training goes on from weights that are good already."""
_LAST_RATE = 0.02
_CLIP_NORM = 1.0
_AVERAGED_STEPS = 500
"""Over about so many steps the weights that are judged and kept are averaged."""
_AVERAGE_EVERY = 5
_PRESENT = 10.0 * math.log10(2e-3)
"""dB below its mix from which on a part counts as there."""


@dataclass(frozen=True)
class TrainOptions:
    """What to do.

    Attributes:
        path: of the model file; its state lies beside it.
        minutes: how long.
        steps: at most so many; None: no limit.
        batch: examples in each step; fewer if they are longer.
        rate: learning rate at its highest.
        judged: validation segments.
        judge_seconds: time between two judgements.
        seed: of everything that is drawn.
        resume: go on from the state beside `path`.
        start: model file whose weights training begins with, unless it resumes; they are judged
            first, so that what is kept is never worse. Its rate is half as high.
        remix: how examples are drawn.
        network: arguments of `PartsNetwork`.
    """

    path: Path
    minutes: float = 60.0
    steps: int | None = None
    batch: int = 8
    rate: float = 2e-3
    judged: int = 40
    judge_seconds: float = 120.0
    seed: int = 0
    resume: bool = False
    start: Path | None = None
    remix: Remix = field(default_factory=Remix)
    network: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TrainResult:
    """What came of it.

    Attributes:
        path: of the model file.
        steps: in all, of earlier runs too.
        history: a row for every judgement: step, loss, score, and the SDR of each part in dB.
        best: the row whose weights are in the file.
    """

    path: Path
    steps: int
    history: list[dict[str, float]]
    best: dict[str, float]

    def lines(self) -> list[str]:
        """What to tell the user."""
        found = ", ".join(f"{name} {self.best[name]:.1f}" for name in settings.PARTS)
        return [f"{self.path}: {self.steps} steps; SDR on styles held out, dB: {found}"]


def train(
    learned: Callable[[], Material],
    held_out: Callable[[], Material],
    options: TrainOptions,
    progress: Progress = silent,
    cancel: CancelFlag | None = None,
) -> TrainResult:
    """Train until the time is up; the best so far, on music held out, is always on disk.

    It may be killed at any time and resumed: model and state are written at every judgement.

    Args:
        learned: the material as it is now; asked again at every judgement, as it may grow.
        held_out: material to judge by; asked once.
        options: what to do.
        progress: told after every few steps.
        cancel: ends it early, with what there is by then.

    Raises:
        TrainingError: there is no material, or the loss is not a number.
        ModelError: the model to start from cannot be used.
        OutputError: the model or its state cannot be written.
    """
    run = _Run(learned, held_out(), options)
    return run.until_done(progress, cancel)


class _Run:
    def __init__(
        self, learned: Callable[[], Material], held_out: Material, options: TrainOptions
    ) -> None:
        self._learned, self._options = learned, options
        self._material = learned()
        if not len(self._material) or not len(held_out):
            raise TrainingError("no music with known parts to learn from; render some first")
        keras.utils.set_random_seed(options.seed)
        self._network = _begun(options)
        self._network.compile(
            optimizer=keras.optimizers.Adam(options.rate, clipnorm=_CLIP_NORM), jit_compile=False
        )
        self._network.optimizer.build(self._network.trainable_variables)
        done = int(self._network.info.get("step", 0))
        self._state = self._resumed() or TrainingState(done, averages=self._weights())
        self._judge = Judge(held_out, options.judged, self._network)
        self._rate = options.rate * (_RATE_FROM_WEIGHTS if options.start else 1.0)
        self._began = time.monotonic()
        self._first_step = self._state.step
        self._losses: list[float] = []

    def until_done(self, progress: Progress, cancel: CancelFlag | None) -> TrainResult:
        options, judged_at = self._options, time.monotonic()
        if options.start and not self._state.history:
            self._judge_and_keep()
        with ThreadPoolExecutor(1, thread_name_prefix="parts-batches") as pool:
            for mixes, powers in self._batches(pool):
                self._step(mixes, powers)
                over = self._fraction() >= 1.0 or (cancel is not None and cancel.is_set())
                if over or time.monotonic() - judged_at > options.judge_seconds:
                    self._judge_and_keep()
                    self._material = self._learned()
                    judged_at = time.monotonic()
                progress(self._fraction(), 1.0, self._message())
                if over:
                    break
        best = min(self._state.history, key=lambda row: row["score"])
        return TrainResult(options.path, self._state.step, self._state.history, best)

    def _step(self, mixes: Array, powers: Array) -> None:
        state = self._state
        done = state.step - self._first_step
        warm = min(1.0, (done + 1) / _WARM_UP_STEPS)
        down = 0.5 * (1.0 + math.cos(math.pi * min(1.0, self._fraction())))
        rate = self._rate * warm * (_LAST_RATE + (1.0 - _LAST_RATE) * down)
        self._network.optimizer.learning_rate.assign(rate)
        loss = float(self._network.train_on_batch(mixes, powers))
        if not math.isfinite(loss):
            raise TrainingError("the loss is not a number; resume, or train with another seed")
        self._losses.append(loss)
        state.step += 1
        if state.step % _AVERAGE_EVERY == 0:
            horizon = min(_AVERAGED_STEPS, 10 + state.step / 4)
            share = _AVERAGE_EVERY / max(horizon, _AVERAGE_EVERY)
            for average, now in zip(state.averages, self._weights(), strict=True):
                average += np.float32(share) * (now - average)

    def _judge_and_keep(self) -> None:
        state, network = self._state, self._network
        state.weights = self._weights()
        state.optimizer = values(network.optimizer.variables)
        network.set_weights(state.averages)
        row = {"step": float(state.step), "loss": float(np.mean(self._losses or [0.0]))}
        row |= {"songs": float(self._material.songs), "minutes": self._minutes()}
        row |= self._judge()
        state.history.append(row)
        self._losses.clear()
        if row["score"] < state.best:
            state.best = row["score"]
            facts = {name: row[name] for name in ("step", *settings.PARTS)}
            network_file.save(network, self._options.path, facts)
        network.set_weights(state.weights)
        state.write(self._options.path)

    def _resumed(self) -> TrainingState | None:
        state = read_state(self._options.path) if self._options.resume else None
        variables = self._network.optimizer.variables
        if state is None or not state.fits(self._weights(), values(variables)):
            return None
        self._network.set_weights(state.weights)
        for variable, value in zip(variables, state.optimizer, strict=True):
            variable.assign(value)
        return state

    def _weights(self) -> list[NDArray[Any]]:
        return values(self._network.weights)

    def _minutes(self) -> float:
        return (time.monotonic() - self._began) / 60.0

    def _fraction(self) -> float:
        by_time = self._minutes() / self._options.minutes
        steps = self._options.steps
        done = self._state.step - self._first_step
        return max(by_time, done / steps if steps else 0.0)

    def _message(self) -> str:
        history = self._state.history
        if not history:
            return f"step {self._state.step}, loss {self._losses[-1]:.3f}"
        row = history[-1]
        found = " ".join(f"{name} {row[name]:.1f}" for name in settings.PARTS)
        return f"step {self._state.step}, loss {row['loss']:.3f}, SDR {found} dB"

    def _batches(self, pool: ThreadPoolExecutor) -> Iterator[tuple[Array, Array]]:
        """Batches without end, each prepared while the one before is learned."""
        following = pool.submit(self._batch, self._state.step)
        while True:
            current = following.result()
            following = pool.submit(self._batch, self._state.step + 1)
            yield current

    def _batch(self, step: int) -> tuple[Array, Array]:
        rng = np.random.default_rng((self._options.seed, step))
        material, remix, count = self._material, self._options.remix, self._options.batch
        if rng.random() < remix.entire:
            whole = settings.BARS_PER_SEGMENT
            remix, count = replace(remix, bars=whole), max(1, count * remix.bars // whole)
        drawn = [remix.example(material, rng) for _ in range(count)]
        return np.stack([mix for mix, _ in drawn]), np.stack([parts for _, parts in drawn])


def _begun(options: TrainOptions) -> PartsNetwork:
    """The network as it is before the first step."""
    if options.start:
        return network_file.load(options.start)
    network = PartsNetwork(**options.network)
    network.build(input_shape())
    return network


class Judge:
    """Says how well a network separates the true mixes of music that it does not learn."""

    def __init__(self, material: Material, count: int, network: PartsNetwork) -> None:
        """
        Args:
            material: held out.
            count: segments, spread over it.
            network: to judge, with the weights that it has when called.
        """
        places = np.unique(np.linspace(0, len(material) - 1, count).astype(int))
        layers = np.stack([material.segment(int(k)) for k in places])
        self._mixes = layers[:, -1]
        self._powers = np.moveaxis(db_to_power(layers[:, :-1]), 1, -1)

        def judged(mixes: Any, powers: Any) -> Any:
            return distortion_db(powers, ops.softmax(network(mixes), axis=-1))

        shape = input_shape()
        self._judged = compiled(
            judged, shape, (*shape, len(settings.PARTS)), variables=network.variables
        )

    def __call__(self) -> dict[str, float]:
        """`score`, the mean distortion in dB of all parts (the lower, the better), and for each
        part by its name the median SDR in dB where it is there."""
        found = np.concatenate(
            [
                np.asarray(self._judged(self._mixes[k : k + 4], self._powers[k : k + 4]))
                for k in range(0, len(self._mixes), 4)
            ]
        )
        energy = self._powers.sum(axis=(1, 2))
        shares = 10.0 * np.log10(energy / energy.sum(axis=1, keepdims=True) + 1e-12)
        row = {"score": float(found[:, 0].mean() + 0.3 * found[:, 1:].mean())}
        for part, name in enumerate(settings.PARTS):
            there = shares[:, part] > _PRESENT
            row[name] = -float(np.median(found[there, 0, part])) if there.any() else 0.0
        return row
