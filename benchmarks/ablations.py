"""What each part of the model is worth: python -m benchmarks.ablations LIBRARY --epochs 20.

Trains the model as it is and with one thing changed at a time, each as many epochs (so that a busy
machine favours none; "CPU" is the seconds of both cores that its training took), and judges on
tracks held out whole: some of LIBRARY's, or those of another library (`--held`). Errors in dB from
the latents' means ("drawn": from a latent drawn from its posterior); sharpness is the gradient
energy of what is decoded over the real one; "half-way" is the sharpness of what lies between two
segments. `--models` keeps what was trained, and judges it again where it is there.

`--rasters` trains nothing and tells what a coarser raster costs: bands or frames averaged in pairs
(their power, as wider bands or longer frames would measure it), each value standing for both
afterwards, so that errors are those on the raster of 512 x 128 that everybody hears. Rows: what
the raster itself loses, and 64 principal components of such spectrograms.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks import report, tables
from benchmarks.quality.spectra import error_db, sharpness
from benchmarks.training import drawn, of_tracks, segments_of
from benchmarks.variants import VARIANTS, coarse, exchanging
from core import settings
from core.session import training_data
from core.vae import pca, training
from core.vae.codec import Codec
from core.vae.data import TrainingData, unfold
from core.vae.evaluation import DEVIATION_RANGE

Array = NDArray[np.float32]
Figures = dict[str, float]
Options = training.TrainOptions
RASTERS: dict[str, tuple[str, ...]] = {
    "8 frames a sixteenth, 128 bands": (),
    "8 frames, 64 bands": ("bands",),
    "4 frames, 128 bands": ("frames",),
    "4 frames, 64 bands": ("frames", "bands"),
}


def main() -> None:
    """Print and write, after each variant that was trained."""
    options = _arguments()
    whole = training_data(options.library)
    if options.held:
        data, unseen = whole, training_data(options.held)
    else:
        held = drawn(len(whole.tracks), options.hold_out, options.seed)
        data = of_tracks(whole, [i for i in range(len(whole.tracks)) if i not in held])
        unseen = of_tracks(whole, held)
    parts = {"library": segments_of(data), "held out": segments_of(unseen)}
    if options.rasters:
        found = {name: _raster(data, parts, pairs) for name, pairs in RASTERS.items()}
        _show("a coarser raster, nothing trained", found, options.json)
        return
    found = {}
    title = f"{options.epochs} epochs each, {len(unseen.tracks)} tracks held out"
    for name in options.only or VARIANTS:
        found[name] = _measured(name, data, parts, options)
        _show(title, found, options.json)


def _show(title: str, found: dict[str, Figures], path: Path | None) -> None:
    tables.show(title, found, ".4g", width=180)
    report.finish(found, path)


def _seen(data: TrainingData, pairs: tuple[str, ...]) -> TrainingData:
    return TrainingData.of_tracks(
        (track.name, coarse(track.decibels, pairs), track.starts) for track in data.tracks
    )


def _measured(
    name: str, data: TrainingData, parts: dict[str, TrainingData], options: argparse.Namespace
) -> Figures:
    variant = VARIANTS[name]
    with tempfile.TemporaryDirectory() as folder, exchanging(variant):
        path = (options.models or Path(folder)) / f"{name}.keras"
        plain = Options(path=path, minutes=None, epochs=options.epochs, seed=options.seed)
        seen = _seen(data, variant.pairs) if variant.pairs else data
        trained = {} if path.exists() else _trained(seen, variant.change(plain))
        codec = Codec.load(path)
        figures: Figures = {}
        for part, windows in parts.items():
            figures |= {f"{part} {k}": v for k, v in _judged(codec, windows, variant.pairs).items()}
    return {**figures, **trained}


def _trained(data: TrainingData, options: Options) -> Figures:
    began = _cpu_seconds()
    result = training.train(data, options)
    deviations = result.library.deviations
    low, high = DEVIATION_RANGE
    return {
        "KL": result.library.kl,
        "active": result.library.active,
        "inside": float(((deviations >= low) & (deviations <= high)).mean()),
        "CPU": _cpu_seconds() - began,
    }


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _raster(data: TrainingData, parts: dict[str, TrainingData], pairs: tuple[str, ...]) -> Figures:
    seen = unfold(data.batch(data.places()))
    found = pca.fit(coarse(seen, pairs).reshape(len(seen), -1), settings.LATENT_SIZE)
    figures: Figures = {}
    for part, windows in parts.items():
        real = unfold(windows.batch(windows.places()))
        there = coarse(real, pairs)
        kept = found.decode(found.encode(there.reshape(len(real), -1))).reshape(real.shape)
        kept = np.clip(kept, settings.FLOOR_DB, settings.CEILING_DB)
        for name, made in (("raster", there), ("PCA", kept)):
            figures[f"{part} {name} dB"] = error_db(real, made)
            figures[f"{part} {name} sharpness"] = sharpness(real, made)
    return figures


def _judged(codec: Codec, windows: TrainingData, pairs: tuple[str, ...] = ()) -> Figures:
    real = unfold(windows.batch(windows.places()))
    means, log_variances = codec.encode(coarse(real, pairs))
    rng = np.random.default_rng(0)
    noise = rng.standard_normal(means.shape).astype(np.float32)
    made = codec.decode(means)
    ends = rng.integers(0, len(means), (100, 2))
    half = codec.decode(means[ends].mean(axis=1))
    return {
        "dB": error_db(real, made),
        "drawn dB": error_db(real, codec.decode(means + np.exp(0.5 * log_variances) * noise)),
        "sharpness": sharpness(real, made),
        "half-way": sharpness(real, half) * len(real) / len(half),
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("library", type=Path)
    parser.add_argument("--epochs", type=int, default=20, help="of every training")
    parser.add_argument("--held", type=Path, help="judge on this library's tracks instead")
    parser.add_argument("--models", type=Path, help="keep the trained models in this folder")
    parser.add_argument("--hold-out", type=int, default=5, help="how many whole tracks")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="+", choices=tuple(VARIANTS))
    parser.add_argument("--rasters", action="store_true", help="coarser rasters, no training")
    report.add_option(parser)
    return parser.parse_args()


if __name__ == "__main__":
    main()
