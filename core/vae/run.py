"""One run of training. First it learns, judged on windows held out; then it settles: the learning
rate goes to nothing, and the windows that judged are learned as well."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from core.errors import TrainingError
from core.progress import CancelFlag, Progress
from core.vae import checkpoint, resuming, schedule
from core.vae.backend import keras
from core.vae.data import Index, TrainingData, unfold
from core.vae.history import Epoch, History
from core.vae.keeping import Keeper
from core.vae.measure import Measure, Meter
from core.vae.model import SegmentVAE
from core.vae.options import Spectra, TrainOptions, TrainResult, Watcher
from core.vae.preparing import Ground
from core.vae.refitting import carried
from core.vae.split import split

_STEPS_PER_EPOCH = 200
"""At most; an epoch of a large library is a random part of it."""
_JUDGED_ON = 256
_REPORT_EVERY = 0.2
_CLIP_NORM = 1.0
_NOT_A_NUMBER = (
    "training stopped because the loss is no longer a number; the best model so far is kept: "
    "train again with another --seed"
)


class Run:
    """Everything that changes while a model is trained.

    Attributes:
        stopped: why it ended; "" while it goes on.
    """

    def __init__(
        self,
        data: TrainingData,
        options: TrainOptions,
        progress: Progress,
        cancel: CancelFlag | None,
        watcher: Watcher | None = None,
    ) -> None:
        self.watcher = watcher
        self.data, self.options, self.progress, self.cancel = data, options, progress, cancel
        self.pace = schedule.Pace(options.minutes)
        self.rng = np.random.default_rng(options.seed)
        parts = split(data, options.validation, options.seed)
        self.learning, self.judging = parts.training, _evenly(parts.validation, _JUDGED_ON)
        self.watched = _evenly(self.learning, _JUDGED_ON)
        self.joining = parts.validation if options.settle else parts.validation[:0]
        if options.epochs is not None:
            self.pace.steps = self._steps() * options.epochs
        self.notes = [*data.notes, parts.note]
        self.plateau, self.history = schedule.Plateau(), History()
        self.state: resuming.State | None = None
        self.held_out_db: float | None = None
        self.waited, self.reported_at, self.first_epoch = 0, 0.0, 0
        self.stopped, self.gave_up = "", False
        self._begin()

    def _begin(self) -> None:
        self.progress(0, 100, "principal components")
        ground = Ground(self.data, self.learning, self.rng)
        self.baseline = ground.baseline()
        self.model = self._model(ground)
        self.pca_library_db = self.baseline.error_db(self.data, self.watched)
        self.pca_held_out_db = self.baseline.error_db(self.data, self.judging)
        self.model.compile(
            optimizer=keras.optimizers.Adam(self.options.rate, global_clipnorm=_CLIP_NORM)
        )
        self.model.optimizer.build(self.model.trainable_variables)
        self.meter = Meter(self.model)
        self.keeper = Keeper(self.model, self.options.path)
        if self.options.resume:
            self._take_up()
        self._judge()

    def _model(self, ground: Ground) -> SegmentVAE:
        if self.options.resume:
            return checkpoint.load_model(self.options.path)
        sizes = {**self.options.model, "seed": self.options.seed}
        return ground.model(self.options.augmentation, sizes)

    def _take_up(self) -> None:
        """Go on from where learning stopped, or else from the model on disk."""
        state = resuming.read(self.options.path)
        if state is None or not state.restore(self.model):
            self.first_epoch = int(self.model.info.get("epoch", 0))
            self.notes.append(
                "what learning left behind is missing: resumed from the best model, which knows "
                "the judging windows already, so their error is flattering"
            )
            return
        self.history, self.plateau = state.history, state.plateau
        self.notes.append(f"resumed after epoch {self.history.last}")

    def loop(self) -> None:
        """Epochs until time, number, patience, the user or the numbers themselves say stop."""
        if not self.options.resume:
            self._show()
        while not self.stopped:
            self._epoch()
            self._judge()
            self._show()
            self._save(now=False)
            self._decide()

    def _decide(self) -> None:
        patience = self.options.patience
        if self.stopped:
            return
        if self.pace.by_steps() >= 1.0:
            self.stopped = self._reason()
        elif self.pace.settling_from is not None:
            return
        elif patience is not None and self.waited >= patience:
            self._settle(early=True)
        elif self.pace.fraction() >= schedule.LEARNING_SHARE:
            self._settle(early=False)

    def _reason(self) -> str:
        if self.gave_up:
            return "no longer improving"
        return "time" if self.options.epochs is None else "epochs"

    def _settle(self, *, early: bool) -> None:
        """Begin the last part, from the best weights so far."""
        self.gave_up = early
        self.state = resuming.State.of(self.model, self.history, self.plateau)
        self.pace.settle(max(2, self.history.last // 2) * self._steps())
        if early:
            self.keeper.put_back()
        if not len(self.joining):
            return
        self.learning = np.concatenate([self.learning, self.joining])
        self.watched = _evenly(self.learning, _JUDGED_ON)
        self.judging = self.judging[:0]
        self.keeper.score = self._score(self._on_library(), self._held_out())
        self.notes.append(f"their {len(self.joining)} windows were learned as well in the end")

    def _epoch(self) -> None:
        """One pass over the learning windows in a new order."""
        self.model.reset_metrics()
        for places in self._batches():
            if self.cancel is not None and self.cancel.is_set():
                self.stopped = "as asked"
                return
            if self.pace.by_time() >= 1.0:
                self.stopped = "time"
                return
            self._step(places)

    def _steps(self) -> int:
        return max(1, min(len(self.learning) // self.options.batch, _STEPS_PER_EPOCH))

    def _batches(self) -> Iterator[Index]:
        order = self.rng.permutation(len(self.learning))
        size = self.options.batch
        for i in range(self._steps()):
            yield self.learning[order[i * size : (i + 1) * size]]

    def _step(self, places: Index) -> None:
        factor = schedule.rate_factor(self.pace.step, self.pace.settled()) * self.plateau.rate
        kl_factor = schedule.kl_factor(self.pace.step, self.pace.fraction())
        self.model.optimizer.learning_rate = self.options.rate * factor
        self.model.kl_weight.assign(self.options.kl_weight * kl_factor)
        windows = self.options.augmentation(self.data.batch(places), self.rng)
        logs = self.model.train_on_batch(windows, windows, return_dict=True)
        self.pace.step += 1
        if not all(math.isfinite(value) for value in logs.values()):
            raise TrainingError(_NOT_A_NUMBER)
        self._report(logs)

    def _report(self, logs: dict[str, float]) -> None:
        now = time.monotonic()
        if now - self.reported_at < _REPORT_EVERY:
            return
        self.reported_at = now
        self.progress(
            100 * min(1.0, self.pace.fraction()),
            100,
            f"epoch {self.history.last + 1}: error {logs['error_db']:.2f} dB, KL {logs['kl']:.0f} "
            f"nats, {self.history.epochs[-1].active} active{self.pace.left()}",
        )

    def _judge(self) -> None:
        """Measure the model, write it down and offer it to the keeper."""
        held, library = self._held_out(), self._on_library()
        score = self._score(library, held)
        number = self.history.last + 1 if self.history.epochs else self.first_epoch
        on_disk = self.pace.step == 0 and self.options.resume
        if not (on_disk and self.history.epochs):
            self.history.epochs.append(self._row(number, held, library))
            self.plateau.feed(score)
        if self.keeper.offer(score, self.history.last, saved=on_disk):
            self.waited = 0
            self.held_out_db = held.error_db if held.windows else self.held_out_db
        else:
            self.waited += 1

    def _row(self, number: int, held: Measure, library: Measure) -> Epoch:
        return Epoch(
            number=number,
            seconds=round(self.pace.seconds(), 2),
            held_out_db=round(held.error_db, 4) if held.windows else None,
            library_db=round(library.error_db, 4),
            kl=round(library.kl, 2),
            active=library.active,
            deviation=round(library.deviation, 4),
            rate=float(self.model.optimizer.learning_rate),
            kl_weight=float(self.model.kl_weight),
        )

    def _score(self, library: Measure, held: Measure) -> float:
        """Mean of the errors on library and held-out windows, as shares of the components'.

        Held-out windows alone would keep the untrained model: it describes unheard music about
        as well as any later one, and the user's own a quarter worse.
        """
        score = library.error_db / max(self.pca_library_db, 1e-6)
        if held.windows:
            score = (score + held.error_db / max(self.pca_held_out_db, 1e-6)) / 2
        if not math.isfinite(score):
            raise TrainingError(_NOT_A_NUMBER)
        return score

    def _held_out(self) -> Measure:
        return self.meter(self.data, self.judging)

    def _on_library(self) -> Measure:
        return self.meter(self.data, self.watched)

    def _aggregate(self) -> Measure:
        """Over enough windows for 64 standard deviations."""
        return self.meter(self.data, _evenly(self.learning, 4 * _JUDGED_ON))

    def _info(self) -> dict[str, Any]:
        held = None if self.held_out_db is None else round(self.held_out_db, 3)
        return {
            "tracks": len(self.data.tracks),
            "windows": len(self.data),
            "held_out_db": held,
            "seed": self.options.seed,
        }

    def _last_info(self) -> dict[str, Any]:
        """With what takes seconds to measure, so only once."""
        return {**self._info(), **carried(self.model, self.meter, self.data, self.learning)}

    def picture(self) -> Spectra:
        """A window (512, 128) dB and what the model as it is now makes of it."""
        window = self.data.batch(self.watched[len(self.watched) // 2 :][:1])
        decoded, _, _ = self.model(window, training=False)
        return unfold(window)[0], unfold(np.asarray(decoded))[0]

    def _show(self) -> None:
        if self.watcher is not None:
            self.watcher.epoch(self.history.epochs[-1], self.picture)

    def _save(self, *, now: bool) -> None:
        info = self._last_info if now else self._info
        saved = self.keeper.save(info, self._aggregate, now=now)
        if saved and self.watcher is not None:
            self.watcher.saved(self.keeper.epoch)

    def keep(self) -> None:
        """Write the best model, what a resume needs, and the history."""
        self._save(now=True)
        state = self.state or resuming.State.of(self.model, self.history, self.plateau)
        if state.finite:
            state.write(self.options.path)
        self.history.write(self.options.path)

    def result(self) -> TrainResult:
        """What the model on disk can do."""
        meter = Meter(checkpoint.load_model(self.options.path))
        held = self.held_out_db
        return TrainResult(
            path=self.options.path,
            stopped=self.stopped,
            epochs=self.history.last,
            best_epoch=self.keeper.epoch,
            seconds=self.pace.seconds(),
            library=meter(self.data, self.watched),
            held_out_db=held,
            pca_library_db=self.baseline.error_db(self.data, self.watched),
            pca_held_out_db=None if held is None else self.pca_held_out_db,
            notes=tuple(self.notes),
        )


def _evenly(places: Index, most: int) -> Index:
    """At most `most` of `places`, evenly spread."""
    if len(places) <= most:
        return places
    chosen: Index = places[np.linspace(0, len(places) - 1, most).astype(np.int64)]
    return chosen
