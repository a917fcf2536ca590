"""All figures of one method: what a row of the table is made of."""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from benchmarks import composing, metrics
from benchmarks.quality import realism, spectra, timing
from benchmarks.quality.corpus import Corpus
from benchmarks.quality.methods import Made, Method
from core.dsp.spectrogram import of_segment
from core.vae.evaluation import ACTIVE_VARIANCE

Array = NDArray[np.float32]
Figures = dict[str, float]


@dataclass(frozen=True)
class Amounts:
    """How much is measured.

    Attributes:
        rendered: segments of each part that are rendered and compared.
        generated: loops made from nothing; `timed` of these are put on a grid.
        steps: of a path.
        compose_bars: length of the track that is composed.
    """

    rendered: int = 24
    generated: int = 64
    timed: int = 16
    steps: int = 33
    compose_bars: int = 64
    seed: int = 0


QUICK = Amounts(rendered=2, generated=4, timed=2, steps=4, compose_bars=12)


def row(method: Method, corpus: Corpus, amounts: Amounts, model: Path) -> Figures:
    """Every figure of `method` by name; those that it cannot have are left out.

    model: of the library, to compose with.
    """
    rng = np.random.default_rng(amounts.seed)
    figures = _errors(method) | _latents(method) | _sounds(method, corpus)
    made = method.generated(amounts.generated, rng)
    if made:
        figures |= _timing(made[: amounts.timed]) | _drawn(made, corpus)
    path = method.path(amounts.steps, rng)
    if path:
        figures["smoothness"] = spectra.step_ratio(np.stack([of_segment(loop) for loop in path]))
    if method.composes:
        figures |= _composed(corpus, model, method.composes, amounts)
    return figures


def reference(corpus: Corpus) -> Figures:
    """What real music is to itself: held-out against library."""
    library, held = corpus.library.spectra, corpus.held.spectra
    features = realism.features(library)
    halves = [
        np.array([s.track_id in chosen for s in corpus.library.segments])
        for chosen in _halves([track.id for track in corpus.library.library.tracks()])
    ]
    return {
        "realism": realism.kernel_distance(realism.features(held), features, features),
        "realism of half the library against the other": realism.kernel_distance(
            features[halves[0]], features[halves[1]], features
        ),
        "to nearest dB": float(spectra.to_nearest(held, library).mean()),
        "mean spectrum, library dB": spectra.error_db(library, library.mean(axis=0)),
        "mean spectrum, held dB": spectra.error_db(held, library.mean(axis=0)),
    }


def _errors(method: Method) -> Figures:
    figures: Figures = {}
    for part in ("library", "held"):
        real, made = method.reconstructed(part)
        figures[f"{part} error"] = spectra.error_db(real, made)
        figures[f"{part} sharpness"] = spectra.sharpness(real, made)
    return figures


def _latents(method: Method) -> Figures:
    means = method.latents()
    if means is None:
        return {}
    deviations = means.std(axis=0)
    return {
        "active": int((deviations**2 > ACTIVE_VARIANCE).sum()),
        "deviation": float(deviations.mean()),
        "least deviation": float(deviations.min()),
        "largest deviation": float(deviations.max()),
    }


@threadpool_limits.wrap(limits=1)
def _sounds(method: Method, corpus: Corpus) -> Figures:
    """Means over segments; seconds are medians, of CPU, which other programs hardly change.

    Matrices are multiplied on one thread, as in the program's workers: a second one mostly waits,
    also for a while after the product is there, and its waiting counts as work.
    """
    figures: Figures = {}
    seconds = []
    method.sound("library", corpus.library.rendered[0])
    for name, part in corpus.parts.items():
        rows = []
        for number in part.rendered:
            started = time.process_time()
            made = method.sound(name, number)
            seconds.append(time.process_time() - started)
            rows.append(_compared(part.loop(number), made, part.spectra[number]))
        figures |= {f"{name} {k}": float(np.mean([r[k] for r in rows])) for k in rows[0]}
    return {**figures, "seconds": float(np.median(seconds))}


def _compared(original: Array, made: Array, real: Array) -> Figures:
    rendered = of_segment(made)
    return {
        "punch": metrics.onset_correlation(original, made),
        "MR-STFT": metrics.mr_stft_distance(original, made),
        "audio error": spectra.error_db(real, rendered),
        "audio sharpness": spectra.sharpness(real[None], rendered[None]),
    }


def _timing(made: list[Made]) -> Figures:
    """Of the loops that have a steady beat; their share too."""
    asked = [timing.timing(loop.samples, loop.bpm) for loop in made if loop.bpm is not None]
    steady = [one for one in asked if one.steady]
    if not steady:
        return {}
    return {
        "steady": len(steady) / len(asked),
        "tempo error": float(np.median([abs(one.tempo_error_bpm) for one in steady])),
        "largest tempo error": float(np.max([abs(one.tempo_error_bpm) for one in steady])),
        "phase ms": float(np.median([abs(one.offset_ms) for one in steady])),
    }


def _drawn(made: list[Made], corpus: Corpus) -> Figures:
    """Realism and novelty of generated loops, by their sound."""
    rendered = np.stack([of_segment(loop.samples) for loop in made])
    library = realism.features(corpus.library.spectra)
    return {
        "realism": realism.kernel_distance(realism.features(rendered), library, library),
        "novelty": spectra.novelty(rendered, corpus.held.spectra, corpus.library.spectra),
    }


def _composed(corpus: Corpus, model: Path, renderer: str, amounts: Amounts) -> Figures:
    wanted = argparse.Namespace(
        library=corpus.library_path,
        model=model,
        minutes=None,
        bars=amounts.compose_bars,
        bpm=None,
        morph="segment",
        renderer=renderer,
        seeds=[amounts.seed],
        transitions=True,
        out=None,
        hold_parts=None,
        effects=True,
        json=None,
    )
    (found,) = composing.run(wanted)
    transitions = found["transitions"]
    return {
        "transitions": len(transitions),
        "dip dB": max((transition["dip_db"] for transition in transitions), default=0.0),
        "bump dB": max((transition["bump_db"] for transition in transitions), default=0.0),
        "click dB": max((transition["click_db"] for transition in transitions), default=0.0),
        "LUFS error": abs(found["lufs_error"]),
        "true peak": found["true_peak_dbtp"],
        "composed tempo error": abs(found["tempo_error_bpm"]),
        "composed downbeat ms": 1000.0 * _from_grid(found["downbeat_seconds"], found["bpm"]),
    }


def _from_grid(seconds: float, bpm: float) -> float:
    beat = 60.0 / bpm
    return abs((seconds + beat / 2) % beat - beat / 2)


def _halves(ids: list[str]) -> tuple[set[str], set[str]]:
    return set(ids[::2]), set(ids[1::2])
