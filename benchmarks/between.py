"""How guided sound behaves between dots: python -m benchmarks.between --library L --model M.

Latents half-way between segments of different tracks, drawn from the library's density, and drawn
from N(0, I), far from all music, are rendered by `guided` with one thing changed at a time. In dB
of the spectrogram, means over latents: how far the sound is from what the decoder asks for (`to
target`) and from the plain mix of its sources (`to mix`); the mix itself lies `mix to target` away.
Gradient energy is a share of the library's (`sharpness`), onsets per bar are the sound's own,
`realism` is the kernel distance of `benchmarks.quality` to the library (0: alike).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import numpy as np
from numpy.typing import NDArray

from benchmarks import report
from benchmarks.quality import realism
from benchmarks.quality.spectra import error_db, sharpness
from benchmarks.tables import show
from core.dsp import attributes, guided, renderers
from core.dsp.guided import GuidedRenderer
from core.dsp.renderers import RenderSource
from core.dsp.spectrogram import of_segment
from core.latent.sampling import AggregatePosterior, prior_sample
from core.render.decoder import Decoder
from core.render.guides import Guides
from core.render.workspace import open_workspace
from core.settings import segment_frames

Array = NDArray[np.float32]
Row = dict[str, float]
_BPM = 128.0


@dataclass(frozen=True)
class Choice:
    """One way to render: sources, passes, limits and blur of the gains, and detail put back."""

    neighbours: int = 2
    passes: int = 2
    deepest: float = guided._DEEPEST_DB
    highest: float = guided._HIGHEST_DB
    smoothing: tuple[float, float] = guided._SMOOTHING
    detail: float = 1.0
    missing: float = guided._MISSING_SHARE


CHOICES = {
    "as it is": Choice(),
    "no detail": Choice(detail=0.0),
    "1 source": Choice(neighbours=1),
    "3 sources": Choice(neighbours=3),
    "4 sources": Choice(neighbours=4),
    "1 pass": Choice(passes=1),
    "3 passes": Choice(passes=3),
    "gains to +12 dB": Choice(highest=12.0),
    "gains to +36 dB": Choice(highest=36.0),
    "gains from -30 dB": Choice(deepest=-30.0),
    "no fill": Choice(missing=2.0),
    "fill from 1%": Choice(missing=0.01),
    "no blur": Choice(smoothing=(0.0, 0.0)),
    "blur 2": Choice(smoothing=(2.0, 2.0)),
}


class Trial:
    """One library's decoder, and the latents to render."""

    def __init__(self, decoder: Decoder, count: int, seed: int) -> None:
        self.decoder = decoder
        self.ids, self.latents = decoder.latents()
        rng = np.random.default_rng(seed)
        segments = [decoder.library.segment(i) for i in self.ids]
        self.real = np.stack([decoder.library.segment_spectrogram(s) for s in segments[::4]])
        self.features = realism.features(self.real)
        self.kinds = {
            "half-way": self._halfway([s.track_id for s in segments], count, rng),
            "drawn": AggregatePosterior.fit(self.latents).sample(count, rng),
            "far": prior_sample(count, rng),
        }

    def _halfway(self, tracks: list[str], count: int, rng: np.random.Generator) -> Array:
        found: list[Array] = []
        while len(found) < count:
            a, b = rng.integers(0, len(tracks), 2)
            if tracks[a] != tracks[b]:
                found.append((self.latents[a] + self.latents[b]) / 2)
        return np.stack(found)

    def row(self, kind: str, choice: Choice) -> Row:
        """Means over the latents of `kind`."""
        guides = Guides(self.ids, self.latents, self.decoder.decode, neighbours=choice.neighbours)
        engine = GuidedRenderer(passes=choice.passes, smoothing=choice.smoothing)
        with _limits(choice):
            return self._means(
                kind,
                lambda latent, target: engine.render(
                    target,
                    segment_frames(_BPM),
                    self._sources(guides, latent, target, choice.detail),
                ),
                guides,
            )

    def phase(self, kind: str) -> Row:
        """The same latents by `phase`."""
        guides = Guides(self.ids, self.latents, self.decoder.decode)
        engine = renderers.get("phase")
        return self._means(kind, lambda _, t: engine.render(t, segment_frames(_BPM)), guides)

    def mix(self, kind: str) -> Row:
        """The plain mix of the sources."""
        guides = Guides(self.ids, self.latents, self.decoder.decode)
        return self._means(
            kind, lambda z, t: self._sources(guides, z, t, 0.0)[0].samples.copy(), guides
        )

    def _sources(
        self, guides: Guides, latent: Array, target: Array, share: float
    ) -> tuple[RenderSource]:
        around, real = guides.around(latent), self.decoder.real
        mix = self.decoder.renderer.mix(around, lambda guide: real.loop(guide.segment_id, _BPM))
        detail = self.decoder.renderer.detail(around, target)
        return (RenderSource(mix, 1.0, np.float32(share) * detail),)

    def _means(self, kind: str, render: Callable[[Array, Array], Array], guides: Guides) -> Row:
        rows, rendered = [], []
        for latent in self.kinds[kind]:
            target = self.decoder.decode(latent[None])[0]
            mix = of_segment(self._sources(guides, latent, target, 0.0)[0].samples)
            begun = time.perf_counter()
            made = of_segment(render(latent, target))
            seconds = time.perf_counter() - begun
            rendered.append(made)
            rows.append(
                {
                    "to target": error_db(made, target),
                    "to mix": error_db(made, mix),
                    "mix to target": error_db(mix, target),
                    "onsets": attributes.measure(made).density,
                    "seconds": seconds,
                }
            )
        sounds = np.stack(rendered)
        return {
            **{name: float(np.mean([row[name] for row in rows])) for name in rows[0]},
            "sharpness": sharpness(self.real, sounds) * len(self.real) / len(sounds),
            "realism": realism.kernel_distance(
                realism.features(sounds), self.features, self.features
            ),
        }


@contextmanager
def _limits(choice: Choice) -> Iterator[None]:
    with (
        mock.patch.object(guided, "_DEEPEST_DB", choice.deepest),
        mock.patch.object(guided, "_HIGHEST_DB", choice.highest),
        mock.patch.object(guided, "_MISSING_SHARE", choice.missing),
    ):
        yield


def main() -> None:
    """Parse the arguments, measure, print and write."""
    options = _arguments()
    tables: dict[str, dict[str, Row]] = {}
    with open_workspace(options.library, options.model) as space:
        trial = Trial(space.decoder, options.count, options.seed)
        for kind in trial.kinds:
            rows = {"plain mix": trial.mix(kind), "phase": trial.phase(kind)}
            rows |= {name: trial.row(kind, CHOICES[name]) for name in options.only or CHOICES}
            tables[kind] = rows
            show(f"{kind} latents", rows)
    report.finish(tables, options.json)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--library", type=Path, help="default: the built-in demo")
    parser.add_argument("--model", type=Path, help="default: the one trained on the library")
    parser.add_argument("--count", type=int, default=24, help="latents of each kind")
    parser.add_argument("--only", nargs="+", choices=tuple(CHOICES))
    parser.add_argument("--seed", type=int, default=0)
    report.add_option(parser)
    return parser.parse_args()


if __name__ == "__main__":
    main()
