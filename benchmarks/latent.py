"""The latent room on a real library: python -m benchmarks.latent --library L --model M.

Map: seconds, how well neighbourhoods of the decoded sound survive (trustworthiness, Venna and
Kaski 2001), how far dots move when the model is trained again. Inverse: query time, error of
segments left out. Samples: precision and recall (Kynkaanniemi et al. 2019) and a nearest-neighbour
two-sample test on decoded sound. Paths: density and contrast half-way, seconds and step ratio of a
walk. Axes: rank correlation of what is decoded with how far a latent was moved.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist
from scipy.stats import spearmanr

from benchmarks import report
from core.dsp import attributes
from core.latent.axes import NAMES, AttributeAxes
from core.latent.embedding import PreviousMap, embed
from core.latent.inverse import MapInverse
from core.latent.metric import PerceptualMetric, fingerprints
from core.latent.paths import slerp, walk
from core.latent.sampling import AggregatePosterior, prior_sample
from core.render.workspace import open_workspace

Array = NDArray[np.float32]
Decode = Callable[[Array], Array]
Figures = dict[str, dict[str, float]]


def main() -> None:
    """Parse the arguments, measure, print and write."""
    options = _arguments()
    with open_workspace(options.library, options.model) as space:
        ids, latents = space.decoder.latents()
        segments = [space.library.segment(i) for i in ids]
        tracks = np.unique([s.track_id for s in segments], return_inverse=True)[1]
        values = {n: np.array([getattr(s.attributes, n) for s in segments]) for n in NAMES}
        decode = space.decoder.decode
        figures: Figures = {
            **_maps(latents, tracks, decode),
            **_large(options.large),
            **_inverse(latents, decode),
            **_samples(latents, decode),
            **_paths(latents, decode),
            **_axes(latents, values, decode),
        }
    _show(figures)
    report.finish(figures, options.json)


def _maps(latents: Array, tracks: NDArray[np.int64], decode: Decode) -> Figures:
    from sklearn.manifold import trustworthiness

    prints = fingerprints(latents, decode)
    perceived = cdist(prints, prints, "cityblock")
    figures: Figures = {}
    for weight in (0.0, 0.5, 1.0):
        metric = PerceptualMetric.fit(latents, decode, weight=weight)
        features = metric.transform(latents)
        started = time.perf_counter()
        xy = embed(features)
        seconds = time.perf_counter() - started
        near = cKDTree(xy).query(xy, k=6)[1][:, 1:]
        figures[f"map, perceptual weight {weight:g}"] = {
            "segments": len(latents),
            "seconds": seconds,
            "trustworthiness": trustworthiness(perceived, xy, n_neighbors=10, metric="precomputed"),
            "same track": float((tracks[near] == tracks[:, None]).mean()),
            **_stability(features, xy),
        }
    return figures


def _stability(features: NDArray[np.float64], xy: Array) -> dict[str, float]:
    """How far dots move for turned, 15% noisy features, with and without the last map."""
    rng = np.random.default_rng(0)
    turn = np.linalg.qr(rng.standard_normal((features.shape[1],) * 2))[0]
    noise = 0.15 * features.std(axis=0) * rng.standard_normal(features.shape)
    ids = [str(k) for k in range(len(features))]
    again = embed((features + noise) @ turn, ids, PreviousMap(ids, xy))
    fresh = embed((features + noise) @ turn)
    moves = (np.linalg.norm(new - xy, axis=1) for new in (again, fresh))
    return dict(
        zip(("moved", "moved unaligned"), (float(np.median(m)) for m in moves), strict=True)
    )


def _large(count: int) -> Figures:
    if not count:
        return {}
    rng = np.random.default_rng(0)
    latents = rng.standard_normal((count // 50, 64))[rng.integers(0, count // 50, count)]
    started = time.perf_counter()
    embed(latents + 0.4 * rng.standard_normal(latents.shape))
    return {f"map of {count} synthetic segments": {"seconds": time.perf_counter() - started}}


def _inverse(latents: Array, decode: Decode) -> Figures:
    rng = np.random.default_rng(0)
    dots, zs = rng.uniform(size=(10_000, 2)), rng.standard_normal((10_000, 64))
    started = time.perf_counter()
    large = MapInverse(dots, zs)
    built = time.perf_counter() - started
    queries = rng.uniform(size=(500, 2))
    started = time.perf_counter()
    for query in queries:
        large.latent(query)
    each = (time.perf_counter() - started) / len(queries)
    started = time.perf_counter()
    for query in queries:
        large.nearest(query, 0.01)
    picked = (time.perf_counter() - started) / len(queries)
    timing = {"build ms": 1e3 * built, "query ms": 1e3 * each, "pick ms": 1e3 * picked}
    return {
        "inverse, 10,000 dots": timing,
        "inverse, segments left out": _left_out(latents, decode),
    }


def _left_out(latents: Array, decode: Decode) -> dict[str, float]:
    """Error in dB of segments decoded from their place on the map without their own dot."""
    xy = embed(PerceptualMetric.fit(latents, decode).transform(latents))
    rows = np.random.default_rng(0).choice(len(latents), min(100, len(latents)), replace=False)
    blended, nearest, effective = [], [], []
    for row in rows:
        rest = np.arange(len(latents)) != row
        inverse = MapInverse(xy[rest], latents[rest])
        blended.append(inverse.latent(xy[row])[0])
        nearest.append(latents[rest][inverse.nearest(xy[row])])
        effective.append(1.0 / (inverse.weights(xy[row])[1] ** 2).sum())
    real = decode(latents[rows])
    return {
        "blend dB": float(np.abs(decode(np.array(blended)) - real).mean()),
        "nearest dot dB": float(np.abs(decode(np.array(nearest)) - real).mean()),
        "dots in a blend": float(np.mean(effective)),
    }


def _samples(latents: Array, decode: Decode) -> Figures:
    rng = np.random.default_rng(0)
    posterior = AggregatePosterior.fit(latents)
    count = len(latents)
    kinds = {"library": latents, "N(0, I)": prior_sample(count, rng)}
    for spread in (0.5, 0.7, 0.9):
        kinds[f"posterior, spread {spread}"] = posterior.sample(count, rng, spread=spread)
    real = fingerprints(latents, decode)
    return {
        f"samples, {name}": {
            **_realism(real, fingerprints(z, decode)),
            "contrast dB": _contrast(z, decode),
            "log density": float(np.median(posterior.log_density(z))),
        }
        for name, z in kinds.items()
    }


def _realism(real: Array, made: Array, k: int = 5) -> dict[str, float]:
    within, among = _apart(real), _apart(made)
    across = cdist(real, made, "cityblock") / real.shape[1]
    if np.array_equal(real, made):
        across = within
    both = np.block([[within, across], [across.T, among]])
    np.fill_diagonal(both, np.inf)
    kind = np.repeat([0, 1], [len(real), len(made)])
    return {
        "to nearest real dB": float(across.min(axis=0).mean()),
        "precision": float((across <= np.sort(within, 1)[:, k - 1 : k]).any(axis=0).mean()),
        "recall": float((np.sort(among, 1)[:, k - 1 : k] >= across.T).any(axis=0).mean()),
        "distinguished": float((kind[both.argmin(axis=1)] == kind).mean()),
    }


def _apart(prints: Array) -> NDArray[np.float64]:
    distances = cdist(prints, prints, "cityblock") / prints.shape[1]
    np.fill_diagonal(distances, np.inf)
    return distances


def _contrast(latents: Array, decode: Decode) -> float:
    """Mean standard deviation over time of the decoded bands: what averaging washes out."""
    return float(np.mean([decode(z[None])[0].std(axis=0).mean() for z in latents[:100]]))


def _paths(latents: Array, decode: Decode) -> Figures:
    rng = np.random.default_rng(0)
    posterior = AggregatePosterior.fit(latents)
    centre = latents.mean(axis=0)
    pairs = _pairs(latents, rng)
    half = np.array([0.5])
    kinds = {
        "ends": latents[pairs.ravel()],
        "straight, half-way": latents[pairs].mean(axis=1),
        "arc, half-way": np.concatenate(
            [slerp(latents[a], latents[b], half, centre) for a, b in pairs]
        ),
    }
    figures: Figures = {
        f"paths, {name}": {
            "log density": float(np.median(posterior.log_density(z))),
            "contrast dB": _contrast(z, decode),
        }
        for name, z in kinds.items()
    }
    started = time.perf_counter()
    found = walk(latents, decode, steps=98, anchors=25, rng=rng)
    seconds = time.perf_counter() - started
    perceived = np.abs(np.diff(decode(found.latents), axis=0)).mean(axis=(1, 2))
    figures["walk of 98 bars, 25 anchors"] = {
        "seconds": seconds,
        "largest / mean step": float(perceived.max() / perceived.mean()),
        "step dB": float(perceived.mean()),
        "log density": float(np.median(posterior.log_density(found.latents))),
    }
    return figures


def _pairs(latents: Array, rng: np.random.Generator) -> NDArray[np.int64]:
    """Pairs as a tour joins them: neither repeats nor strangers."""
    order = np.argsort(cdist(latents, latents), axis=1)
    starts = rng.integers(0, len(latents), 50)
    most = min(40, len(latents) - 1)
    return np.stack([starts, order[starts, rng.integers(most // 4, most, 50)]], axis=1)


def _axes(latents: Array, values: dict[str, NDArray[Any]], decode: Decode) -> Figures:
    axes = AttributeAxes.fit(latents, values)
    amounts = np.linspace(-2.0, 2.0, 9)
    rows = np.random.default_rng(0).choice(len(latents), min(12, len(latents)), replace=False)
    figures: Figures = {}
    for name in NAMES:
        moved = np.stack([axes.move(latents[rows], name, amount) for amount in amounts])
        found = _measured(moved, decode)
        ranks = [spearmanr(found[name][:, k], amounts).statistic for k in range(len(rows))]
        slopes = {n: np.polyfit(amounts, found[n] / values[n].std(), 1)[0].mean() for n in NAMES}
        figures[f"axis {name}"] = {
            "rank correlation": float(np.nanmean(ranks)),
            **{f"{other} per step": float(slope) for other, slope in slopes.items()},
        }
    return figures


def _measured(latents: Array, decode: Decode) -> dict[str, NDArray[np.float64]]:
    flat = [attributes.measure(decode(z[None])[0]) for z in latents.reshape(-1, 64)]
    shape = latents.shape[:2]
    return {n: np.array([getattr(a, n) for a in flat]).reshape(shape) for n in NAMES}


def _show(figures: Figures) -> None:
    table = Table("what", "figures", title="latent space")
    for name, row in figures.items():
        table.add_row(name, "  ".join(f"{key} {value:.4g}" for key, value in row.items()))
    Console(width=200).print(table)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, help="default: the built-in demo")
    parser.add_argument("--model", type=Path, help="default: the one trained on the library")
    parser.add_argument("--large", type=int, default=0, help="also map so many made-up segments")
    report.add_option(parser)
    return parser.parse_args()


if __name__ == "__main__":
    main()
