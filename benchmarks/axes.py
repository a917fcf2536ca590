"""Do attribute axes do what they say? python -m benchmarks.axes --library L --model M.

Fifty latents drawn from the library's density are moved from 2 standard deviations below to 2 above
along each axis, decoded and measured. For each axis: the rank correlation of its own attribute with
the way (mean, least, share of latents at .9 or more), and by how much every attribute changes per
step in deviations of the library, on average; `largest other` is a share of the axis's own.
To reach: .9 and a third.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from benchmarks import report
from benchmarks.tables import show
from core.dsp import attributes
from core.latent.axes import NAMES, AttributeAxes
from core.latent.sampling import AggregatePosterior
from core.render.workspace import open_workspace

Array = NDArray[np.float32]
Doubles = NDArray[np.float64]
Row = dict[str, float]
_AMOUNTS = np.linspace(-2.0, 2.0, 9)


def judge(
    axes: AttributeAxes,
    latents: Array,
    deviations: dict[str, float],
    measured: Callable[[Array], dict[str, Doubles]],
) -> dict[str, Row]:
    """A row for each axis, moving `latents` (m, d).

    deviations: of each attribute over the library; `measured`: latents (n, d) -> name -> (n,).
    """
    return {name: _axis(axes, name, latents, deviations, measured) for name in axes.names}


def _axis(
    axes: AttributeAxes,
    name: str,
    latents: Array,
    deviations: dict[str, float],
    measured: Callable[[Array], dict[str, Doubles]],
) -> Row:
    moved = np.stack([axes.move(latents, name, amount) for amount in _AMOUNTS], axis=1)
    flat = measured(moved.reshape(-1, latents.shape[1]))
    found = {n: flat[n].reshape(moved.shape[:2]) / deviations[n] for n in axes.names}
    ranks = np.array([spearmanr(line, _AMOUNTS).statistic for line in found[name]])
    steps = {n: float(np.polyfit(_AMOUNTS, found[n].T, 1)[0].mean()) for n in axes.names}
    others = [abs(step) for other, step in steps.items() if other != name]
    return {
        "rank correlation": float(np.nanmean(ranks)),
        "least": float(np.nanmin(ranks)),
        "at .9": float((ranks >= 0.9).mean()),
        **steps,
        "largest other": max(others, default=0.0) / abs(steps[name]),
    }


def main() -> None:
    """Measure axes from the segments, those of the model, and other regularisation."""
    options = _arguments()
    with open_workspace(options.library, options.model) as space:
        ids, latents = space.decoder.latents()
        segments = [space.library.segment(i) for i in ids]
        values = {n: np.array([getattr(s.attributes, n) for s in segments]) for n in NAMES}
        drawn = AggregatePosterior.fit(latents).sample(50, np.random.default_rng(options.seed))
        deviations = {n: float(values[n].std()) for n in NAMES}

        def measured(z: Array) -> dict[str, Doubles]:
            found = [attributes.measure(spectrum) for spectrum in space.decoder.decode(z)]
            return {n: np.array([getattr(one, n) for one in found]) for n in NAMES}

        kinds = {"fitted to the segments": AttributeAxes.fit(latents, values)}
        carried = AttributeAxes.of_model(space.model_path)
        if carried is not None:
            kinds["as the model carries them"] = carried
        for ridge in options.ridges:
            kinds[f"fitted, ridge {ridge:g}"] = AttributeAxes.fit(latents, values, ridge=ridge)
        tables = {n: judge(axes, drawn, deviations, measured) for n, axes in kinds.items()}
    for title, rows in tables.items():
        show(f"attribute axes, {title}", rows, ".2f")
    report.finish(tables, options.json)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--library", type=Path, help="default: the built-in demo")
    parser.add_argument("--model", type=Path, help="default: the one trained on the library")
    parser.add_argument("--ridges", nargs="*", type=float, default=[], help="e.g. .05 .2 .4")
    parser.add_argument("--seed", type=int, default=0)
    report.add_option(parser)
    return parser.parse_args()


if __name__ == "__main__":
    main()
