"""How many dots should a place on the map blend? python -m benchmarks.inverse --library L --model M

Segments are left out, one by one, and decoded from their place on the map alone: mean error in dB
to the left-out segment as the model knows it, sharpness of what is decoded (gradient energy over
that of the left-out segments as decoded), and the largest step over the mean one along straight
lines across the map, in 64 steps, as decoded.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks import report
from benchmarks.quality.spectra import error_db, sharpness, step_ratio
from benchmarks.tables import show
from core.latent.inverse import MapInverse
from core.render.decoder import Decoder
from core.render.workspace import open_workspace

Array = NDArray[np.float32]
Row = dict[str, float]
NEIGHBOURS = (1, 2, 3, 4, 6, 8, 12, 16)
_LINES = 6
_STEPS = 64


def row(decoder: Decoder, neighbours: int, count: int, seed: int) -> Row:
    """Figures of an inverse that blends about so many dots."""
    _, latents = decoder.latents()
    xy = decoder.map()[1]
    rng = np.random.default_rng(seed)
    left_out = rng.choice(len(latents), min(count, len(latents)), replace=False)
    places = []
    for one in left_out:
        rest = np.arange(len(latents)) != one
        inverse = MapInverse(xy[rest], latents[rest], neighbours=neighbours)
        places.append(inverse.latent(xy[one])[0])
    real, made = decoder.decode(latents[left_out]), decoder.decode(np.array(places))
    whole = MapInverse(xy, latents, neighbours=neighbours)
    shares = np.linspace(0.0, 1.0, _STEPS)[:, None]
    ratios = []
    for _ in range(_LINES):
        a, b = xy[rng.choice(len(xy), 2, replace=False)]
        ratios.append(step_ratio(decoder.decode(whole.latent(a + shares * (b - a)))))
    return {
        "error dB": error_db(real, made),
        "sharpness": sharpness(real, made),
        "largest step / mean": float(np.mean(ratios)),
    }


def main() -> None:
    """Parse the arguments, measure, print and write."""
    options = _arguments()
    with open_workspace(options.library, options.model) as space:
        rows = {
            k: row(space.decoder, k, options.segments, options.seed) for k in options.neighbours
        }
    show("dots in a blend", {str(k): found for k, found in rows.items()}, width=100)
    report.finish(rows, options.json)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--library", type=Path, help="default: the built-in demo")
    parser.add_argument("--model", type=Path, help="default: the one trained on the library")
    parser.add_argument("--neighbours", nargs="+", type=int, default=list(NEIGHBOURS))
    parser.add_argument("--segments", type=int, default=100, help="left out, at most")
    parser.add_argument("--seed", type=int, default=0)
    report.add_option(parser)
    return parser.parse_args()


if __name__ == "__main__":
    main()
