"""Which guides suit guided rendering: python -m benchmarks.guides --library L --model M.

Real segments are rendered from their own latents, but with OTHER segments as guides: any other, or
only those of other tracks, as a latent between two styles has them. What comes out is compared with
the real segment. So the number of guides, the distance that chooses them and the detail that is put
back (`core.render`) were set.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks import metrics, report
from core.dsp import renderers
from core.dsp.renderers import RenderSource
from core.dsp.spectrogram import of_segment
from core.latent.metric import PerceptualMetric
from core.render.decoder import Decoder
from core.render.latent_renderer import likeness
from core.render.workspace import open_workspace

Array = NDArray[np.float32]
Row = dict[str, float]
_FIGURES = ("mr_stft", "lsd_db", "onset_corr", "attack_ratio", "pre_echo_db", "crest_db")
_CHOICES = (("plain", 1), ("plain", 2), ("perceptual", 1), ("perceptual", 2), ("perceptual", 4))
_DETAILS = ("none", "all", "alike")


class Trial:
    """One library, its latents in both spaces, and what the model decodes of them."""

    def __init__(self, decoder: Decoder) -> None:
        self.decoder = decoder
        self.ids, self.latents = decoder.latents()
        self.segments = [decoder.library.segment(i) for i in self.ids]
        self.tracks = np.array([segment.track_id for segment in self.segments])
        perceptual = PerceptualMetric.fit(self.latents, decoder.decode).transform(self.latents)
        self.spaces = {"plain": self.latents.astype(np.float64), "perceptual": perceptual}
        self.renderer = renderers.get("guided")

    def rows(self, row: int) -> Iterator[tuple[tuple[str, ...], Row]]:
        """Figures of every choice for one segment."""
        segment = self.segments[row]
        original = self.decoder.real.loop(segment.id, segment.bpm)
        own, target = self.decoder.real.spectra(segment.id, self.latents[row])
        for scope in ("any other", "other tracks"):
            for space, count in _CHOICES:
                near, shares = self._guides(row, scope, space, count)
                for detail in _DETAILS:
                    mixes = self._sounding(near, shares, segment.bpm, detail, target)
                    begun = time.perf_counter()
                    made = self.renderer.render(target, len(original), mixes)
                    seconds = time.perf_counter() - begun
                    figures = {name: metrics.ALL[name](original, made) for name in _FIGURES}
                    level = float(np.abs(of_segment(made) - own).mean())
                    yield (
                        (scope, space, str(count), detail),
                        {
                            **figures,
                            "error_db": level,
                            "seconds": seconds,
                        },
                    )

    def _guides(
        self, row: int, scope: str, space: str, count: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        points = self.spaces[space]
        distances = np.linalg.norm(points - points[row], axis=1)
        left_out = self.tracks == self.tracks[row] if scope == "other tracks" else [row]
        distances[left_out] = np.inf
        order = np.argsort(distances)[: count + 1]
        near = np.maximum(distances[order], 1e-9)
        raw = ((near[-1] - near[:-1]) / (near[-1] * near[:-1])) ** 2
        raw[0] = max(raw[0], 1e-12)
        return order[:-1], raw / raw.sum()

    def _sounding(
        self,
        near: NDArray[np.int64],
        shares: NDArray[np.float64],
        bpm: float,
        detail: str,
        target: Array,
    ) -> list[RenderSource]:
        mixes = []
        for row, share in zip(near, shares, strict=True):
            own, decoded = self.decoder.real.spectra(self.ids[row], self.latents[row])
            amount = {"none": 0.0, "all": 1.0, "alike": likeness(target, decoded)}[detail]
            loop = self.decoder.real.loop(self.ids[row], bpm)
            mixes.append(RenderSource(loop, float(share), np.float32(amount) * (own - decoded)))
        return mixes


def main() -> None:
    """Parse the arguments, measure, print and write."""
    options = _arguments()
    found: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    with open_workspace(options.library, options.model) as space:
        trial = Trial(space.decoder)
        count = min(options.segments, len(trial.ids))
        for row in track(np.linspace(0, len(trial.ids) - 1, count).astype(int)):
            for choice, figures in trial.rows(int(row)):
                found[choice].append(figures)
    means = {
        " | ".join(choice): {k: float(np.nanmean([r[k] for r in rows])) for k in rows[0]}
        for choice, rows in found.items()
    }
    _show(means)
    report.finish(means, options.json)


def _show(means: dict[str, Row]) -> None:
    names = next(iter(means.values()))
    table = Table("guides | distance | number | detail", *names, title="guided rendering")
    for choice, row in means.items():
        table.add_row(choice, *(f"{row[name]:.3f}" for name in names))
    Console(width=180).print(table)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, help="default: the built-in demo")
    parser.add_argument("--model", type=Path, help="default: the one trained on the library")
    parser.add_argument("--segments", type=int, default=12)
    report.add_option(parser)
    return parser.parse_args()


if __name__ == "__main__":
    main()
