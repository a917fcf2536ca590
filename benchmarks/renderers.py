"""Compare the renderers with the original recipe on real tracks.

python -m benchmarks.renderers INPUT [--targets exact pca model] [--model FILE] [--json FILE]

INPUT is a library, or a folder of audio that is imported into a temporary one. One segment from the
middle of every track is rendered by each renderer from

    exact   its own spectrogram
    pca     what 64 principal components of the library's windows keep of it (a stand-in model)
    model   what a trained model (--model) keeps of it

and compared with its own sound. `guided` is run with the segment itself as source ("own"),
and with the two nearest segments that share no bar with it ("others"), each also with the detail
that the model loses of the sources put back ("+ detail"), as the program itself does it. The
original recipe gets its own mel spectrogram for "exact", and the same decoded spectrogram as the
others, brought to its mels, for the rest. Seconds are medians on one thread, best compared as the
ratio to the recipe in the same run; all else are means over segments (benchmarks.metrics).
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track as progress_over
from rich.table import Table

from benchmarks import mel_recipe, metrics, report
from core.audio.stretch import stretch
from core.dsp import renderers
from core.dsp.renderers import RenderSource
from core.dsp.spectrogram import of_segment
from core.library.importing import import_audio
from core.library.segments import Segment
from core.library.store import Library
from core.settings import BARS_PER_SEGMENT, FLOOR_DB, LATENT_SIZE
from core.vae import pca
from core.vae.codec import Codec

Array = NDArray[np.float32]
Kept = tuple[Callable[[Array], Array], Callable[[Array], Array]]
RECIPE = "original recipe"


@dataclass(frozen=True, eq=False)
class Case:
    """One segment, what it is rendered from, and what it should sound like."""

    samples: Array
    exact_db: Array
    target_db: Array
    others: tuple[RenderSource, ...]
    decoded: bool

    @property
    def own(self) -> RenderSource:
        return RenderSource(
            self.samples, 1.0, self.exact_db - self.target_db if self.decoded else None
        )


def main() -> None:
    """Parse the arguments, measure, print and write."""
    options = _arguments()
    results: dict[str, Any] = {}
    with _library(options.input) as library:
        for targets in options.targets:
            cases = _cases(library, targets, options)
            results[targets] = _measured(cases, targets)
            _show(targets, results[targets], len(cases))
    report.finish(results, options.json)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("input", type=Path, help="a library, or a folder of audio")
    parser.add_argument(
        "--targets", nargs="+", choices=("exact", "pca", "model"), default=["exact"]
    )
    parser.add_argument("--model", type=Path, help="a trained model, for --targets model")
    parser.add_argument("--limit", type=int, help="use only this many tracks")
    report.add_option(parser)
    options = parser.parse_args()
    if "model" in options.targets and options.model is None:
        parser.error("--targets model needs --model FILE")
    return options


@contextmanager
def _library(path: Path) -> Iterator[Library]:
    if (path / "library.sqlite").is_file():
        with Library.open(path, read_only=True) as library:
            yield library
        return
    with tempfile.TemporaryDirectory() as folder:
        import_audio(Path(folder) / "library", [path])
        with Library.open(Path(folder) / "library") as library:
            yield library


# Cases


def _cases(library: Library, targets: str, options: argparse.Namespace) -> list[Case]:
    segments = library.segments(1)
    middles = _middles(library, segments)[: options.limit]
    if targets == "exact":
        return [_exact(library, segments[k]) for k in middles]
    rows = np.stack([library.segment_spectrogram(segment) for segment in segments])
    encode, decode = _stand_in(targets, rows, options)
    latents = encode(rows)
    return [_decoded(library, segments, rows, latents, decode, k) for k in middles]


def _middles(library: Library, segments: list[Segment]) -> list[int]:
    """Of every track the segment in the middle."""
    by_track = [
        [k for k, segment in enumerate(segments) if segment.track_id == track.id]
        for track in library.tracks()
    ]
    return [own[len(own) // 2] for own in by_track if own]


def _exact(library: Library, segment: Segment) -> Case:
    exact = library.segment_spectrogram(segment)
    return Case(library.segment_audio(segment), exact, exact, (), decoded=False)


def _stand_in(targets: str, rows: Array, options: argparse.Namespace) -> Kept:
    """The (encode, decode) that targets go through."""
    if targets == "model":
        codec = Codec.load(options.model)
        return lambda spectra: codec.encode(spectra)[0], codec.decode
    components = pca.fit(rows.reshape(len(rows), -1), LATENT_SIZE)
    return (
        lambda spectra: components.encode(spectra.reshape(len(spectra), -1)),
        lambda z: np.clip(components.decode(z).reshape(-1, *rows.shape[1:]), FLOOR_DB, 0.0),
    )


def _decoded(
    library: Library,
    segments: list[Segment],
    rows: Array,
    latents: Array,
    decode: Callable[[Array], Array],
    at: int,
) -> Case:
    near, shares = _nearest(segments, latents, at)
    target, *kept = decode(latents[[at, *near]])
    frames = segments[at].frames
    others = tuple(
        RenderSource(
            stretch(library.segment_audio(segments[k]), frames), float(share), rows[k] - back
        )
        for k, share, back in zip(near, shares, kept, strict=True)
    )
    samples = library.segment_audio(segments[at])
    return Case(samples, rows[at], target, others, decoded=True)


def _nearest(segments: list[Segment], latents: Array, at: int) -> tuple[list[int], Array]:
    """The two nearest segments that share no bar with segment `at` or each other, and shares."""
    distances = np.linalg.norm(latents - latents[at], axis=1)
    found: list[int] = []
    for k in np.argsort(distances).tolist():
        if all(_apart(segments[k], segments[j]) for j in (at, *found)):
            found.append(k)
        if len(found) == 2:
            break
    inverse = 1.0 / np.maximum(distances[found], 1e-3)
    return found, inverse / inverse.sum()


def _apart(a: Segment, b: Segment) -> bool:
    same = a.track_id == b.track_id and a.section == b.section
    return not same or abs(a.bar - b.bar) >= BARS_PER_SEGMENT


# Measuring


def _runs(case: Case) -> dict[str, Callable[[], Array]]:
    """Name -> what makes the sound; what is prepared here is not timed."""
    target, frames = case.target_db, len(case.samples)
    get = renderers.get
    if case.decoded:
        mel = mel_recipe.mel_of_spectrogram(target, frames)
    else:
        mel = mel_recipe.mel_of_audio(case.samples)
    runs: dict[str, Callable[[], Array]] = {
        RECIPE: lambda: mel_recipe.render(mel, frames),
        "griffin_lim": lambda: get("griffin_lim").render(target, frames),
        "phase": lambda: get("phase").render(target, frames),
        "phase, export": lambda: get("phase", "export").render(target, frames),
    }
    for words, sources in (("own", (case.own,)), ("others", case.others)):
        plain = [RenderSource(source.samples, source.weight) for source in sources]
        if sources:
            runs[f"guided, {words}"] = lambda s=plain: get("guided").render(target, frames, s)
        if sources and case.decoded:
            runs[f"guided, {words} + detail"] = lambda s=sources: get("guided").render(
                target, frames, s
            )
    return runs


def _measured(cases: list[Case], targets: str) -> dict[str, dict[str, float]]:
    figures: dict[str, list[dict[str, float]]] = {}
    for run in _runs(cases[0]).values():
        run()
    for case in progress_over(cases, description=targets, console=Console(stderr=True)):
        for name, run in _runs(case).items():
            start = time.perf_counter()
            made = run()
            seconds = time.perf_counter() - start
            if name == RECIPE and case.decoded:
                made = mel_recipe.levelled(made, case.target_db)
            figures.setdefault(name, []).append(_figures(case, made, seconds))
    return {name: _summary(rows, figures[RECIPE]) for name, rows in figures.items()}


def _figures(case: Case, made: Array, seconds: float) -> dict[str, float]:
    reached = np.abs(of_segment(made) - case.target_db).mean()
    return {
        "seconds": seconds,
        **metrics.compare(case.samples, made),
        "target_error_db": float(reached),
    }


def _summary(rows: list[dict[str, float]], recipe: list[dict[str, float]]) -> dict[str, float]:
    ratios = [a["seconds"] / b["seconds"] for a, b in zip(rows, recipe, strict=True)]
    means = {key: float(np.nanmean([row[key] for row in rows])) for key in rows[0]}
    median = float(np.median([row["seconds"] for row in rows]))
    return {**means, "seconds": median, "of_recipe": float(np.median(ratios))}


def _show(targets: str, results: dict[str, dict[str, float]], count: int) -> None:
    keys = ["seconds", "of_recipe", *metrics.ALL, "target_error_db"]
    table = Table(title=f"{targets} spectrograms, {count} segments")
    table.add_column("renderer", no_wrap=True)
    for key in keys:
        table.add_column(key.replace("_", " "), justify="right")
    for name, row in results.items():
        table.add_row(name, *(f"{row[key]:.3f}" for key in keys))
    Console(width=160).print(table)


if __name__ == "__main__":
    main()
