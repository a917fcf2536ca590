"""Do latents keep their sound under another model? python -m benchmarks.alignment LIBRARY A B.

A and B are models (.keras). Eighty segments that the fit never saw, and eighty places half-way
between near segments, are brought from A to B (`core.latent.alignment`), decoded by B, and compared
with what A makes of them: mean absolute error in dB. `own latents` is B's own view of the same
segments and places, the least that can be expected; `same numbers` takes A's latents as B's.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from benchmarks import report
from benchmarks.quality.spectra import error_db
from benchmarks.tables import show
from core.latent.alignment import LatentAlignment
from core.library.store import Library
from core.vae.codec import Codec

Array = NDArray[np.float32]
_COUNT = 80
_NEAR = 4


@dataclass(frozen=True, eq=False)
class Task:
    """Latents of A, those of B that are the same music, and what A decodes to."""

    older: Array
    own: Array
    spectra: Array


def main() -> None:
    """Measure left-out segments and places between segments."""
    options = _arguments()
    a, b = Codec.load(options.a), Codec.load(options.b)
    with Library.open(options.library, read_only=True) as library:
        older, newer = _encoded(library, a), _encoded(library, b)
    rng = np.random.default_rng(options.seed)
    out = rng.permutation(len(older))[: min(_COUNT, len(older) // 3)]
    known = np.setdiff1d(np.arange(len(older)), out)
    pairs = _pairs(older, out, rng)
    tasks = {
        "segments left out": (Task(older[out], newer[out], a.decode(older[out])), known),
        "half-way": (_between(older, newer, pairs, a), np.arange(len(older))),
    }
    rows = {
        name: _row(task, LatentAlignment.fit(older[fitted], newer[fitted]), b)
        for name, (task, fitted) in tasks.items()
    }
    show("latents of A under B, dB from what A makes of them", rows, ".2f")
    report.finish(rows, options.json)


def _row(task: Task, alignment: LatentAlignment, b: Codec) -> dict[str, float]:
    kinds = {
        "aligned": alignment.transform(task.older),
        "own latents": task.own,
        "same numbers": task.older,
    }
    return {name: error_db(task.spectra, b.decode(latents)) for name, latents in kinds.items()}


def _pairs(latents: Array, rows: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """(m, 2): each of `rows` and one of its nearest four."""
    order = np.argsort(cdist(latents[rows], latents), axis=1)[:, 1 : _NEAR + 1]
    return np.stack([rows, [rng.choice(near) for near in order]], axis=1)


def _between(older: Array, newer: Array, pairs: NDArray[np.int64], a: Codec) -> Task:
    first, last = pairs.T
    old = 0.5 * (older[first] + older[last])
    return Task(old, 0.5 * (newer[first] + newer[last]), a.decode(old))


def _encoded(library: Library, codec: Codec) -> Array:
    segments = library.segments()
    spectra = np.stack([library.segment_spectrogram(segment) for segment in segments])
    return codec.encode(spectra)[0]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("library", type=Path)
    parser.add_argument("a", type=Path, help="the older model")
    parser.add_argument("b", type=Path, help="the newer one")
    parser.add_argument("--seed", type=int, default=0)
    report.add_option(parser)
    return parser.parse_args()


if __name__ == "__main__":
    main()
