"""Train on most tracks of a library and judge on the rest: python -m benchmarks.training LIBRARY.

Prints, for principal components, our model and the original recipe's network: mean absolute error
on the library's own segments and on tracks that nobody saw (with the ratio to the components),
active latents, their standard deviation over the library, and seconds.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks import original_recipe, report
from core import settings
from core.session import training_data
from core.vae import network_file, pca, training
from core.vae.data import TrainingData
from core.vae.evaluation import ACTIVE_VARIANCE, DEVIATION_RANGE, Evaluator
from core.vae.layers import CELLS

Array = NDArray[np.float32]

_SPAN_DB = settings.CEILING_DB - settings.FLOOR_DB


@dataclass(frozen=True)
class Row:
    """What one method reaches. Errors in dB."""

    name: str
    library_db: float
    held_out_db: float
    active: int
    deviation: float
    inside: float
    seconds: float
    note: str = ""


def main() -> None:
    """Run it."""
    options = _arguments()
    whole = training_data(options.library)
    held = (
        [int(number) for number in options.tracks.split(",")]
        if options.tracks
        else drawn(len(whole.tracks), options.hold_out, options.seed)
    )
    data = of_tracks(whole, [i for i in range(len(whole.tracks)) if i not in held])
    unseen = of_tracks(whole, held)
    rows = [_components(data, unseen)]
    rows.append(_ours(data, unseen, options))
    if options.original_minutes >= 0:
        rows.append(_original(data, unseen, options))
    names = ", ".join(track.name for track in unseen.tracks)
    segments = len(segments_of(data).places())
    title = f"{segments} segments, {data.describe()}; held out: {names}"
    _print(title, rows)
    figures = {"title": title, "rows": [asdict(row) for row in rows]}
    report.finish(figures, options.json)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("library", type=Path)
    parser.add_argument("--minutes", type=float, default=10.0, help="for our model, all included")
    parser.add_argument(
        "--original-minutes", type=float, default=0.0, help="0: one epoch; negative: leave it out"
    )
    parser.add_argument("--hold-out", type=int, default=5, help="how many whole tracks")
    parser.add_argument("--tracks", help="hold out these instead: numbers, comma-separated")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--model", type=Path, help="keep the model here")
    report.add_option(parser)
    return parser.parse_args()


def drawn(count: int, hold_out: int, seed: int) -> list[int]:
    """Numbers of `hold_out` of `count` tracks, drawn by `seed`, in order."""
    order = np.random.default_rng(seed).permutation(count)
    return sorted(int(i) for i in order[:hold_out])


def of_tracks(data: TrainingData, numbers: Sequence[int]) -> TrainingData:
    """Those tracks of `data` alone."""
    return TrainingData(tuple(data.tracks[i] for i in numbers))


def segments_of(data: TrainingData) -> TrainingData:
    """The windows that are dots on the map: every fourth."""
    return TrainingData.of_tracks(
        (track.name, track.decibels, track.starts[:: settings.BARS_PER_SEGMENT])
        for track in data.tracks
    )


def _components(data: TrainingData, unseen: TrainingData) -> Row:
    began = time.monotonic()
    windows = data.batch(data.places()).reshape(-1, CELLS)
    found = pca.fit(windows, settings.LATENT_SIZE)
    seconds = time.monotonic() - began

    def error(of: TrainingData) -> float:
        rows = of.batch(of.places()).reshape(-1, CELLS)
        kept = np.clip(found.decode(found.encode(rows)), 0.0, 1.0)
        return float(np.abs(kept - rows).mean()) * _SPAN_DB

    means = found.encode(windows[:: settings.BARS_PER_SEGMENT])
    return _row("components, 64", error(segments_of(data)), error(unseen), means, seconds, "")


def _ours(data: TrainingData, unseen: TrainingData, options: argparse.Namespace) -> Row:
    with tempfile.TemporaryDirectory() as folder, Progress() as bars:
        task = bars.add_task("training", total=100)
        path = options.model or Path(folder) / "vae_best.keras"
        result = training.train(
            data,
            training.TrainOptions(path=path, minutes=options.minutes, seed=options.seed),
            lambda done, total, message="": bars.update(task, completed=done, description=message),
        )
        meter = Evaluator(network_file.load(path))
        library, held = (meter(d, d.places()) for d in (segments_of(data), unseen))
        note = f"{path.stat().st_size / 1e6:.1f} MB, epoch {result.best_epoch} of {result.epochs}"
    print(*result.lines(), sep="\n")
    return _row("ours", library.error_db, held.error_db, library.means, result.seconds, note)


def _original(data: TrainingData, unseen: TrainingData, options: argparse.Namespace) -> Row:
    made = original_recipe.train(data, options.original_minutes, options.seed)
    segments = segments_of(data)
    library, means = made.measure(segments, segments.places())
    held, _ = made.measure(unseen, unseen.places())
    note = f"{made.epochs} epochs of {made.seconds_per_epoch:.1f} s"
    seconds = made.epochs * made.seconds_per_epoch
    return _row("original recipe", library, held, means, seconds, note)


def _row(name: str, library: float, held: float, means: Array, seconds: float, note: str) -> Row:
    deviation = means.std(axis=0)
    low, high = DEVIATION_RANGE
    return Row(
        name=name,
        library_db=library,
        held_out_db=held,
        active=int((deviation**2 > ACTIVE_VARIANCE).sum()),
        deviation=float(deviation.mean()),
        inside=float(((deviation >= low) & (deviation <= high)).mean()),
        seconds=seconds,
        note=note,
    )


def _print(title: str, rows: Sequence[Row]) -> None:
    table = Table(title=title)
    columns = ("library dB", "ratio", "held out dB", "ratio", "active", "std", "in .7-1.3", "s", "")
    for column in ("", *columns):
        table.add_column(column)
    first = rows[0]
    for row in rows:
        table.add_row(
            row.name,
            f"{row.library_db:.3f}",
            f"{row.library_db / first.library_db:.3f}",
            f"{row.held_out_db:.3f}",
            f"{row.held_out_db / first.held_out_db:.3f}",
            f"{row.active}",
            f"{row.deviation:.2f}",
            f"{row.inside:.0%}",
            f"{row.seconds:.0f}",
            row.note,
        )
    Console(width=160).print(table)


if __name__ == "__main__":
    main()
