"""What each part of the model is worth: python -m benchmarks.ablations LIBRARY --epochs 20.

Trains the model as it is and with one thing changed at a time, each as many epochs (so that a busy
machine favours none) on the same tracks, and judges on tracks held out whole. Errors in dB from
the latents' means ("drawn": from a latent drawn from its posterior); sharpness is the gradient
energy of what is decoded over the real one; "half-way" is the sharpness of what lies between two
segments.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from unittest import mock

import numpy as np
from numpy.typing import NDArray

from benchmarks import tables
from benchmarks.quality.spectra import error_db, sharpness
from benchmarks.training import drawn, of_tracks, segments_of
from core.vae import checkpoint, pca, preparing, training
from core.vae.augment import Augmentation
from core.vae.contrast import Contrast
from core.vae.data import TrainingData, unfold
from core.vae.measure import DEVIATION_RANGE
from core.workspace import training_data

Array = NDArray[np.float32]
Options = training.TrainOptions
Change = Callable[[Options], Options]


def _model(**sizes: object) -> Change:
    return lambda options: replace(options, model=sizes)


def _augmented(**how: float) -> Change:
    return lambda options: replace(options, augmentation=Augmentation(**how))


VARIANTS: dict[str, Change] = {
    "as it is": lambda options: options,
    "KL weight 4": lambda options: replace(options, kl_weight=4.0),
    "KL weight 64": lambda options: replace(options, kl_weight=64.0),
    "no PCA path": lambda options: options,
    "no contrast": lambda options: options,
    "no augmentation": _augmented(share=0.0),
    "no band swaps": _augmented(swap=0.0),
    "augmentation .8": _augmented(share=0.8),
    "no free bits": _model(minimum_nats=0.0),
    "width 384": _model(width=384),
    "patch 96": _model(patch=96),
    "dropout .1": _model(dropout=0.1),
}


def main() -> None:
    """Train every variant, print and write after each."""
    options = _arguments()
    whole = training_data(options.library)
    held = drawn(len(whole.tracks), options.hold_out, options.seed)
    data = of_tracks(whole, [i for i in range(len(whole.tracks)) if i not in held])
    parts = {"library": segments_of(data), "held out": segments_of(of_tracks(whole, held))}
    found = {}
    for name in options.only or VARIANTS:
        found[name] = _measured(name, data, parts, options)
        title = f"{options.epochs} epochs each, {options.hold_out} tracks held out"
        tables.show(title, found, ".4g", width=180)
        if options.json:
            options.json.write_text(json.dumps(found, indent=1))


def _measured(
    name: str, data: TrainingData, parts: dict[str, TrainingData], options: argparse.Namespace
) -> dict[str, float]:
    with (
        tempfile.TemporaryDirectory() as folder,
        _without_path(name == "no PCA path"),
        _without_contrast(name == "no contrast"),
    ):
        path = Path(folder) / "model.keras"
        plain = Options(path=path, minutes=None, epochs=options.epochs, seed=options.seed)
        result = training.train(data, VARIANTS[name](plain))
        codec = checkpoint.load(path)
        figures: dict[str, float] = {}
        for part, windows in parts.items():
            figures |= {f"{part} {k}": v for k, v in _judged(codec, windows).items()}
    deviations = result.library.deviations
    low, high = DEVIATION_RANGE
    inside = ((deviations >= low) & (deviations <= high)).mean()
    return {
        **figures,
        "KL": result.library.kl,
        "active": result.library.active,
        "inside": float(inside),
        "seconds": result.seconds,
    }


def _judged(codec: checkpoint.Codec, windows: TrainingData) -> dict[str, float]:
    real = unfold(windows.batch(windows.places()))
    means, log_variances = codec.encode(real)
    rng = np.random.default_rng(0)
    noise = rng.standard_normal(means.shape).astype(np.float32)
    made = codec.decode(means)
    pairs = rng.integers(0, len(means), (100, 2))
    half = codec.decode(means[pairs].mean(axis=1))
    return {
        "dB": error_db(real, made),
        "drawn dB": error_db(real, codec.decode(means + np.exp(0.5 * log_variances) * noise)),
        "sharpness": sharpness(real, made),
        "half-way": sharpness(real, half) * len(real) / len(half),
    }


@contextmanager
def _without_path(wanted: bool) -> Iterator[None]:
    """The linear path knows the mean spectrogram only."""
    if not wanted:
        yield
        return
    fitted = preparing.Ground._components

    def mean_only(
        ground: preparing.Ground, augmentation: Augmentation, count: int
    ) -> pca.Components:
        found = fitted(ground, augmentation, count)
        return pca.Components(
            found.mean, np.zeros_like(found.directions), np.ones_like(found.scale)
        )

    with mock.patch.object(preparing.Ground, "_components", mean_only):
        yield


@contextmanager
def _without_contrast(wanted: bool) -> Iterator[None]:
    """Spectrograms as the network decodes them."""
    if not wanted:
        yield
        return
    with mock.patch.object(Contrast, "fit", return_value=None):
        yield


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("library", type=Path)
    parser.add_argument("--epochs", type=int, default=20, help="of every training")
    parser.add_argument("--hold-out", type=int, default=5, help="how many whole tracks")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="+", choices=tuple(VARIANTS))
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
