"""Training of both networks on the library's part of the music, and what it cost."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.progress import Progress

from benchmarks.quality import recipe
from benchmarks.quality.corpus import Corpus
from core.session import training_data
from core.vae import training

Array = NDArray[np.float32]
Cost = dict[str, Any]


def original(
    corpus: Corpus, folder: Path, options: argparse.Namespace
) -> tuple[recipe.Trained, dict[str, Array]]:
    """The original recipe's network, and the excerpts of both parts as it sees them."""
    excerpts = {
        name: np.stack([recipe.spectrum(one) for one in recipe.excerpts(part.library)])
        for name, part in corpus.parts.items()
    }
    path = folder / "original.npz"
    if path.exists():
        return recipe.read(path), excerpts
    trained = recipe.train(excerpts["library"], options.minutes_training, options.seed)
    trained.write(path)
    return trained, excerpts


def ours(corpus: Corpus, folder: Path, options: argparse.Namespace) -> Cost:
    """Train our model into `folder`, as `technovae train` does; seconds of its CPU and clock, and
    the error on the library at each epoch."""
    model, notes = folder / "model.keras", folder / "model.cost.json"
    if model.exists() and notes.exists():
        return dict(json.loads(notes.read_text(encoding="utf-8")))
    wanted = training.TrainOptions(path=model, minutes=options.minutes_training, seed=options.seed)
    began, cpu = time.monotonic(), time.process_time()
    with Progress() as bars:
        task = bars.add_task("training", total=100)
        result = training.train(
            training_data(corpus.library_path),
            wanted,
            lambda done, total, message="": bars.update(task, completed=done, description=message),
        )
    seconds, cpu_seconds = time.monotonic() - began, time.process_time() - cpu
    history = json.loads(model.with_suffix(".history.json").read_text(encoding="utf-8"))
    spent = {
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "epochs": result.epochs,
        "epoch_seconds": history["seconds"],
        "epoch_error_db": history["library_db"],
    }
    notes.write_text(json.dumps(spent), encoding="utf-8")
    return spent


def cost(trained: recipe.Trained, ours: Cost, reference: dict[str, float]) -> Cost:
    """CPU seconds of both, and ours until the original recipe's final error is reached.

    The two see the music on different scales, so an error counts as a share of what the mean
    spectrum, the same for every segment, would reach on the same scale.
    """
    final = trained.error_db / trained.mean_error_db
    errors = np.array(ours["epoch_error_db"]) / reference["mean spectrum, library dB"]
    reached = np.flatnonzero(errors <= final)
    per_second = ours["cpu_seconds"] / ours["seconds"]
    until = ours["epoch_seconds"][reached[0]] * per_second if len(reached) else float("inf")
    return {
        "original CPU seconds": trained.cpu_seconds,
        "original epochs": trained.epochs,
        "original share": final,
        "ours CPU seconds": ours["cpu_seconds"],
        "ours epochs": ours["epochs"],
        "ours share": float(errors[-1]),
        "CPU seconds until": until,
        "share": until / trained.cpu_seconds,
    }
