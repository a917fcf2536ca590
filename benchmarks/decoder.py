"""Seconds from a source to its sound: python -m benchmarks.decoder --library L --model M.

Every figure is of one segment of four bars: cold (nothing cached, guides read and stretched), warm
(other latents amid the same guides) and cached. `many` renders the sources of a walk on one and on
two threads, each with empty caches, and compares with their length as music.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks import report
from core import settings
from core.arrangement.clip import ClipSource, LatentSource, RealSource
from core.latent.paths import walk
from core.render.decoder import Decoder
from core.render.workspace import Workspace, open_workspace

Figures = dict[str, float]


def main() -> None:
    """Parse the arguments, measure, print and write."""
    options = _arguments()
    begun = time.perf_counter()
    with open_workspace(options.library, options.model) as space:
        figures = {"open library and model": time.perf_counter() - begun}
        figures |= _firsts(space)
        figures |= _each(space, options.bpm)
        figures |= _many(space, options.bpm)
    _show(figures)
    report.finish(figures, options.json)


def _firsts(space: Workspace) -> Figures:
    latents = space.decoder.latents()[1]
    figures = {
        "first decode": _seconds(lambda: space.decoder.decode(latents[:1])),
        "decode one": _seconds(lambda: space.decoder.decode(latents[:1]), 50),
        "decode 64, each": _seconds(lambda: space.decoder.decode(latents[:64]), 3) / 64,
        "first guides": _seconds(lambda: space.decoder.guides(latents[0])),
        "guides": _seconds(lambda: space.decoder.guides(latents[0]), 100),
    }
    warm = LatentSource(latents[0], renderer="guided")  # type: ignore[arg-type]
    figures["first guided sound"] = _seconds(lambda: space.decoder.audio(warm, 130.0))
    return figures


def _each(space: Workspace, bpm: float) -> Figures:
    decoder = Decoder(space.library, space.codec)
    ids, latents = decoder.latents()
    decoder.guides(latents[0])
    rng = np.random.default_rng(0)
    rows = rng.choice(len(ids), 8, replace=False)
    figures = {
        "real segment at another tempo, cold": _mean(
            decoder, [RealSource(ids[row]) for row in rows], bpm
        )
    }
    nudged = latents[rows] + 0.05 * rng.standard_normal(latents[rows].shape)
    for quality in ("interactive", "export"):
        for name in ("guided", "phase", "griffin_lim"):
            fresh = Decoder(space.library, space.codec)
            fresh.guides(latents[0])
            for state, points in (("cold", latents[rows]), ("warm", nudged)):
                sources = [LatentSource(z, renderer=name) for z in points]
                figures[f"{name}, {quality}, {state}"] = _mean(fresh, sources, bpm, quality)
    figures["cached"] = _mean(decoder, [RealSource(ids[row]) for row in rows], bpm)
    return figures


def _many(space: Workspace, bpm: float) -> Figures:
    latents = space.decoder.latents()[1]
    found = walk(latents, space.decoder.decode, steps=96, rng=np.random.default_rng(0))
    bars = found.latents.reshape(24, 4, -1)
    figures: Figures = {}
    for morph, groups in (("segment", bars[:, 0]), ("bar", bars)):
        sources = [LatentSource(group, model_hash=space.codec.hash) for group in groups]
        for workers in (1, 2):
            fresh = Decoder(space.library, space.codec)
            figures[f"24 segments, morph by {morph}, {workers} threads"] = _seconds(
                lambda f=fresh, s=sources, w=workers: list(
                    f.render_many(s, bpm, quality="export", workers=w)
                )
            )
    figures["24 segments as music"] = 24 * settings.segment_seconds(bpm)
    return figures


def _mean(
    decoder: Decoder, sources: Sequence[ClipSource], bpm: float, quality: str = "interactive"
) -> float:
    return float(
        np.mean([_seconds(lambda s=s: decoder.audio(s, bpm, quality=quality)) for s in sources])
    )


def _seconds(work: Callable[[], object], times: int = 1) -> float:
    begun = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - begun) / times


def _show(figures: Figures) -> None:
    table = Table("what", "seconds", title="decoder")
    for name, seconds in figures.items():
        table.add_row(name, f"{seconds:.4f}")
    Console(width=100).print(table)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, help="default: the built-in demo")
    parser.add_argument("--model", type=Path, help="default: the one trained on the library")
    parser.add_argument("--bpm", type=float, default=127.0, help="unlike the tracks' own")
    report.add_option(parser)
    return parser.parse_args()


if __name__ == "__main__":
    main()
