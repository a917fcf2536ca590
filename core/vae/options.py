"""What can be asked of a training, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from core import resources
from core.atomic import require_writable
from core.errors import OutputError
from core.file_names import as_text
from core.vae.augmentation import Augmentation
from core.vae.history import Epoch

if TYPE_CHECKING:
    from core.vae.evaluation import Evaluation

MODEL_SUFFIX = ".keras"
"""keras writes no other kind of file whole."""

_LEAST_WINDOWS = 8
"""Standard deviations over fewer windows say nothing."""

Spectra = tuple[NDArray[np.float32], NDArray[np.float32]]


class Watcher(Protocol):
    """Follows a training; called from the thread that trains."""

    def epoch(self, epoch: Epoch, picture: Callable[[], Spectra]) -> None:
        """Called after every epoch.

        Args:
            epoch: its row of the history.
            picture: gives a window and its reconstruction, (512, 128) dB each.
        """

    def saved(self, epoch: int) -> None:
        """The file holds a better model, that of this epoch."""


def require_model_path(path: Path) -> None:
    """Make sure, before any training, that a model can be written to `path`; make its folder.

    Raises:
        OutputError: the name does not end in `.keras`, or the place cannot be written.
    """
    if path.suffix != MODEL_SUFFIX:
        raise OutputError(f"{as_text(path)}: a model's name ends in {MODEL_SUFFIX}; name it so")
    require_writable(path, make_folder=True)


@dataclass(frozen=True)
class TrainOptions:
    """How to train.

    Attributes:
        path: the model file; history (`.history.json`, `.history.png`) and what `resume` needs
            (`.state.npz`) lie next to it.
        epochs: at most so many in this run; None: as many as the time allows.
        minutes: at most so long, all included; None: no limit.
        seed: of everything random.
        resume: go on from the model at `path`.
        batch: windows per step.
        rate: Adam's learning rate.
        validation: share of the windows that judge.
        learn_held_out: whether those are learned as well in the last part of the run, when there
            is nothing left to judge.
        patience: epochs without a better score before that last part; None: no early stop.
        kl_weight: of the KL term after warm-up. 1 would count every cell of a spectrogram as
            evidence of its own; neighbouring cells say almost the same, so a sixteenth of it is
            nearer the truth, and the latents stay wide enough to walk between.
        augmentation: how windows are varied.
        model: sizes, as `SegmentVAE` takes them.
        pretrained: file of what music varies along in general (`core.vae.pretrained`), to start
            from; None: start from the library alone.
    """

    path: Path
    epochs: int | None = None
    minutes: float | None = 10.0
    seed: int = 0
    resume: bool = False
    batch: int = 32
    rate: float = 2e-3
    validation: float = 0.1
    learn_held_out: bool = True
    patience: int | None = 25
    kl_weight: float = 16.0
    augmentation: Augmentation = field(default_factory=Augmentation)
    model: dict[str, Any] = field(default_factory=dict)
    pretrained: Path | None = field(default_factory=resources.pretrained)


@dataclass(frozen=True)
class TrainResult:
    """What came of it.

    Attributes:
        path: the best model.
        stopped: why: "time", "epochs", "no longer improving" or "as asked".
        epochs: done in all, those of earlier runs included.
        best_epoch: whose model is on disk.
        seconds: of this run.
        library: of the model on disk, over the windows it learned from.
        held_out_db: error on the windows that judged, before they were learned from; None where
            there were none.
        pca_library_db, pca_held_out_db: errors of as many principal components of the same
            training windows.
        notes: what was decided on the way, one sentence each.
        sharpness: of decoded windows beside real ones, 1: as sharp; None where not measured.
    """

    path: Path
    stopped: str
    epochs: int
    best_epoch: int
    seconds: float
    library: Evaluation
    held_out_db: float | None
    pca_library_db: float
    pca_held_out_db: float | None
    notes: tuple[str, ...]
    sharpness: float | None = None

    def figures(self) -> dict[str, Any]:
        """What a version of the model is kept with: see `core.library.model_versions.Figures`."""
        return {
            "seconds": self.seconds,
            "epochs": self.epochs,
            "library_db": self.library.error_db,
            "held_out_db": self.held_out_db,
            "sharpness": self.sharpness,
        }

    def lines(self) -> tuple[str, ...]:
        """The result in plain sentences."""
        library = self.library
        held = ""
        if self.held_out_db is not None:
            held = f"; held out {self.held_out_db:.2f} dB ({self.pca_held_out_db:.2f})"
        latents = (
            f"{library.active} of {library.latents} latents active, standard deviation "
            f"{library.deviation:.2f} on average, {library.share_inside:.0%} within 0.7 to 1.3"
        )
        return (
            f"error on the library {library.error_db:.2f} dB "
            f"(principal components: {self.pca_library_db:.2f}){held}",
            *([latents] if library.windows >= _LEAST_WINDOWS else []),
            *self.notes,
            f"the model of epoch {self.best_epoch} of {self.epochs}, {self.seconds:.0f} s, "
            f"stopped: {self.stopped}; it is in {self.path}",
        )
