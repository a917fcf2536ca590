"""How new loops are: python -m benchmarks.newness [--library L --model M].

A loop is compared with every segment of the library, brought to the same tempo, by the correlation
of their waveforms (both channels averaged). It counts in three bands (below 150 Hz, to 2.5 kHz,
above), so that the loud bass does not speak for all, and as the mean over the bands with ONE
segment: high only where a single segment is heard in all of them. What is shown is the largest over
the library: 1 is a copy. `shifted` also tries every rotation of the segment by sixteenths. Real
segments against the others of their track and of other tracks show what music has in common anyway.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import scipy.fft
from numpy.typing import NDArray
from rich.progress import track
from scipy.spatial import cKDTree

from benchmarks import report
from benchmarks.tables import show
from core import settings
from core.arrangement.clip import DEFAULT_RENDERER, LatentSource
from core.arrangement.compose import ComposeOptions, compose
from core.arrangement.material import load_material
from core.latent.inverse import MapInverse
from core.latent.sampling import AggregatePosterior
from core.library.segments import Segment
from core.render.workspace import Workspace, open_workspace
from core.settings import RENDERERS

Array = NDArray[np.float32]
Spectrum = NDArray[np.complex64]
Row = dict[str, float]
CROSSOVERS_HZ: Final = (150.0, 2500.0)
ROTATIONS: Final = settings.SIXTEENTHS_PER_BAR * settings.BARS_PER_SEGMENT
SHOWN: Final = ("three bands", "shifted", "waveform", "lows", "mids", "highs")
_SILENT_SHARE = 1e-7
"""A band with less than this share of the loop's power is silent and correlates with nothing."""
_NEAR_DOTS = 6


@dataclass(frozen=True, eq=False)
class Correlations:
    """Of m loops with n segments.

    Attributes:
        bands: (m, n, 3) at the same place in the bar.
        shifted: (m, n) mean of the three bands at the best rotation by sixteenths.
        whole: (m, n) of the waveforms without bands.
    """

    bands: NDArray[np.float64]
    shifted: NDArray[np.float64]
    whole: NDArray[np.float64]

    def largest(self, allowed: NDArray[np.bool_] | None = None) -> dict[str, NDArray[np.float64]]:
        """By name (m,) the largest over the segments that `allowed` (m, n) leaves.

        Loops for which it leaves none are left out.
        """
        figures = {
            "three bands": self.bands.mean(axis=2),
            "shifted": self.shifted,
            "waveform": self.whole,
            **{name: self.bands[:, :, k] for k, name in enumerate(("lows", "mids", "highs"))},
        }
        if allowed is None:
            return {name: figure.max(axis=1) for name, figure in figures.items()}
        some = allowed.any(axis=1)
        return {
            name: np.where(allowed, figure, -np.inf).max(axis=1)[some]
            for name, figure in figures.items()
        }


def correlations(
    loops: Sequence[Array], count: int, segment_of: Callable[[int], Array]
) -> Correlations:
    """Correlate loops with segments, one segment in memory at a time.

    Args:
        loops: (frames, channels) each, of equal length.
        count: of segments.
        segment_of: number of a segment -> (frames, channels), of the loops' length.
    """
    made = np.stack([_spectrum(loop) for loop in loops])
    bands = _bands(len(loops[0]))
    energies = _energies(made, bands)
    found = np.zeros((len(made), count, 3))
    shifted, whole = np.zeros(found.shape[:2]), np.zeros(found.shape[:2])
    for number in range(count):
        segment = _spectrum(segment_of(number))
        own = _energies(segment[None], bands)[0]
        rotated = np.stack([_products(made[:, b], segment[b], b.start) for b in bands], axis=1)
        scale = np.sqrt(energies * own)
        silent = (own < _SILENT_SHARE * own.sum()) | (
            energies < _SILENT_SHARE * energies.sum(axis=1, keepdims=True)
        )
        each = np.where(silent[:, :, None], 0.0, rotated / np.maximum(scale, 1e-30)[:, :, None])
        found[:, number] = each[:, :, 0]
        shifted[:, number] = each.mean(axis=1).max(axis=1)
        total = np.sqrt(energies.sum(axis=1) * own.sum())
        whole[:, number] = rotated[:, :, 0].sum(axis=1) / np.maximum(total, 1e-30)
    return Correlations(found, shifted, whole)


def _spectrum(loop: Array) -> Spectrum:
    spectrum: Spectrum = scipy.fft.rfft(loop.mean(axis=1))
    return spectrum


def _bands(frames: int) -> list[slice]:
    """Ranges of the bins of a loop's transform, without its constant."""
    edges = [round(hertz * frames / settings.SAMPLE_RATE) for hertz in CROSSOVERS_HZ]
    return [slice(a, b) for a, b in zip([1, *edges], [*edges, frames // 2 + 1], strict=True)]


def _energies(spectra: Spectrum, bands: Sequence[slice]) -> NDArray[np.float64]:
    """(m, 3)."""
    return np.stack(
        [(np.abs(spectra[:, band]) ** 2).sum(axis=1, dtype=np.float64) for band in bands], axis=1
    )


def _products(made: Spectrum, segment: Spectrum, first: int) -> NDArray[np.float64]:
    """Inner products (m, 64) of `made` (m, bins) with a segment's rotations by sixteenths.

    A rotation by one of 64 parts turns bin k by k / 64 of a circle, so bins can be summed modulo 64
    before the transform over rotations.

    first: number of the first bin.
    """
    lead = first % ROTATIONS
    cross = made.conj() * segment
    wide = np.zeros((len(made), -(-(lead + cross.shape[1]) // ROTATIONS) * ROTATIONS), np.complex64)
    wide[:, lead : lead + cross.shape[1]] = cross
    folded = wide.reshape(len(made), -1, ROTATIONS).sum(axis=1, dtype=np.complex128)
    return np.asarray(np.fft.fft(folded, axis=1).real)


def tempo(bpm: float) -> float:
    """The tempo nearest to `bpm` at which 64 sixteenths are a whole number of samples each."""
    frames = round(settings.segment_frames(bpm) / ROTATIONS) * ROTATIONS
    return settings.BARS_PER_SEGMENT * settings.BEATS_PER_BAR * 60.0 * settings.SAMPLE_RATE / frames


def summary(values: NDArray[np.float64]) -> Row:
    """Median, nine tenths, largest."""
    if len(values) == 0:
        return {}
    return {
        "median": float(np.median(values)),
        "p90": float(np.percentile(values, 90)),
        "max": float(values.max()),
    }


def latents_of(space: Workspace, count: int, seed: int) -> dict[str, Array]:
    """What is measured, by kind: latents (count, 64)."""
    rng = np.random.default_rng(seed)
    _, latents = space.decoder.latents()
    return {
        "generated": AggregatePosterior.fit(latents).sample(count, rng),
        "between dots": _between(space, count, rng),
        "composed": _composed(space, count, seed),
    }


def _between(space: Workspace, count: int, rng: np.random.Generator) -> Array:
    """Places of the map between a dot and one of the six nearest, from .3 to .7 of the way."""
    ids, xy = space.decoder.map()
    order, latents = space.decoder.latents()
    rows = {segment: row for row, segment in enumerate(order)}
    inverse = MapInverse(xy, latents[[rows[i] for i in ids]])
    dots = rng.integers(0, len(xy), count)
    near = cKDTree(xy).query(xy[dots], k=min(_NEAR_DOTS + 1, len(xy)))[1]
    other = near[np.arange(count), rng.integers(1, near.shape[1], count)]
    share = rng.uniform(0.3, 0.7, count)[:, None]
    return inverse.latent(xy[dots] + share * (xy[other] - xy[dots]))


def _composed(space: Workspace, count: int, seed: int) -> Array:
    """Latents of the clips of compositions, evenly thinned."""
    ids, latents = space.decoder.latents()
    material = load_material(space.library, ids, latents, space.decoder.decode, space.codec.hash)
    found: dict[tuple[float, ...], None] = {}
    for number in range(4):
        options = ComposeOptions(minutes=3, seed=seed + number)
        clips = compose(material, options, np.random.default_rng(seed + number)).clips()
        sources = [clip.source for clip in clips if isinstance(clip.source, LatentSource)]
        found |= {source.latents[0]: None for source in sources}
        if len(found) >= count:
            break
    rows: Array = np.array(list(found), np.float32)
    kept: Array = rows[np.unique(np.linspace(0, len(rows) - 1, count).astype(int))]
    return kept


def measured(space: Workspace, renderer: str, count: int, seed: int) -> dict[str, dict[str, Row]]:
    """By kind of loop, by figure: `summary`."""
    bpm = tempo(space.library.tempo)
    segments = space.library.segments()
    kinds = latents_of(space, count, seed)
    loops: list[Array] = []
    for kind, latents in kinds.items():
        for number, latent in enumerate(track(latents, f"rendering: {kind}")):
            source = LatentSource.of(latent, seed=number, renderer=renderer)
            loops.append(space.decoder.audio(source, bpm).copy())
    rows = np.unique(np.linspace(0, len(segments) - 1, count).astype(int))
    loops += [space.decoder.real.loop(segments[row].id, bpm).copy() for row in rows]
    steps = iter(track(range(len(segments)), "comparing"))

    def segment_of(number: int) -> Array:
        next(steps)
        return space.decoder.real.loop(segments[number].id, bpm)

    found = correlations(loops, len(segments), segment_of)
    report: dict[str, dict[str, Row]] = {}
    first = 0
    for kind, latents in kinds.items():
        report[kind] = _figures(_some(found, slice(first, first + len(latents))).largest())
        first += len(latents)
    real = _some(found, slice(first, None))
    same = _same_track(segments, rows)
    alone = np.arange(len(segments)) == rows[:, None]
    report["real, same track"] = _figures(real.largest(same & ~alone))
    report["real, other tracks"] = _figures(real.largest(~same))
    return report


def _some(found: Correlations, rows: slice) -> Correlations:
    return Correlations(found.bands[rows], found.shifted[rows], found.whole[rows])


def _figures(largest: dict[str, NDArray[np.float64]]) -> dict[str, Row]:
    return {name: summary(values) for name, values in largest.items()}


def _same_track(segments: Sequence[Segment], rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    tracks = np.array([segment.track_id for segment in segments])
    same: NDArray[np.bool_] = tracks[rows][:, None] == tracks
    return same


def main() -> None:
    """Parse the arguments, measure, print and write."""
    options = _arguments()
    with open_workspace(options.library, options.model) as space:
        found = measured(space, options.renderer, options.count, options.seed)
    for name in SHOWN:
        show(
            f"largest correlation with one segment of the library, {name}, `{options.renderer}`",
            {kind: figures[name] for kind, figures in found.items() if figures[name]},
            ".2f",
        )
    report.finish(found, options.json)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--library", type=Path, help="default: the built-in demo")
    parser.add_argument("--model", type=Path, help="default: the one trained on the library")
    parser.add_argument("--renderer", choices=RENDERERS, default=DEFAULT_RENDERER)
    parser.add_argument("--count", type=int, default=48, help="loops of each kind")
    parser.add_argument("--seed", type=int, default=0)
    report.add_option(parser)
    return parser.parse_args()


if __name__ == "__main__":
    main()
