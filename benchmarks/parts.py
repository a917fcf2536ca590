"""How well parts are told apart, beside what is known and what is simple.

python -m benchmarks.parts [--model FILE] [--stems DIR] [--songs N] [--json FILE]

Segments whose parts are known are mixed, separated, and compared with their parts: real ones, as
files `NAME_NUMBER_PART.flac` of four bars each in DIR (in a checkout beside `shared`, that one is
taken), and N songs drawn by chance of each style that is never learned. Per part the median SDR in
dB, |part|^2 / |part - found|^2, of the segments in which the part is less than 40 dB below the mix:

    exact        the true shares of the spectrogram as masks: what the raster allows
    model        the network's shares
    band-split   below 150 Hz (kick and bass), above 5 kHz (drums), between (rest)
    hpss         librosa's harmonic-percussive separation, each half split at 150 Hz

and for the model: how far the parts are from summing to the mix, how much of a kick alone leaks
into the other parts, and CPU milliseconds a segment on one thread.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import scipy.signal
from numpy.typing import NDArray

from benchmarks import report
from benchmarks.tables import show
from core import resources
from core.audio import files
from core.demo.parts_material import BARS, HELD_OUT
from core.dsp.spectrogram import db_to_power, of_segment
from core.parts import masking
from core.parts.model import PartsModel
from core.settings import PARTS, SAMPLE_RATE

Array = NDArray[np.float32]
Method = Callable[[Array, Array], Array]
"""From the parts (4, frames, 2), which only `exact` looks at, and their mix to parts found."""

_STEMS = Path(__file__).resolve().parents[2] / "shared" / "audio" / "stems"
_LOW_HZ, _HIGH_HZ = 150.0, 5000.0
_QUIETEST = 1e-4
_FIRST_SEED = 1 << 20
"""Songs from this number on are never rendered for training."""
_TIMED = 8


def main() -> None:
    """Parse the arguments, measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, default=resources.parts_model())
    parser.add_argument("--stems", type=Path, default=_STEMS)
    parser.add_argument("--songs", type=int, default=8, help="of each style held out")
    report.add_option(parser)
    options = parser.parse_args()
    model = PartsModel.load(options.model)
    sets = {
        "real stems": list(_stems(options.stems)),
        f"songs of {', '.join(HELD_OUT)}": _generated(options.songs),
    }
    results: dict[str, Any] = {}
    for name, segments in sets.items():
        if segments:
            results[name] = _measured(segments, _methods(model))
            show(f"{name}, {len(segments)} segments: SDR, dB", results[name], form=".1f")
    results["model"] = _facts(model, [segment for found in sets.values() for segment in found])
    show("the model", {"": results["model"]}, form=".1f")
    report.finish(results, options.json)


# Segments


def _stems(folder: Path) -> Iterator[Array]:
    """(4, frames, channels) of each segment in `folder`."""
    for path in sorted(folder.glob(f"*_{PARTS[0]}.flac")):
        name = path.stem.removesuffix(PARTS[0])
        yield np.stack([files.read(folder / f"{name}{part}.flac") for part in PARTS])


def _generated(count: int) -> list[Array]:
    from core.demo.endless.songs import random_song
    from core.demo.render import render_mastered_parts, stage_of

    drawn = (random_song(_FIRST_SEED + k, style, BARS) for style in HELD_OUT for k in range(count))
    return [render_mastered_parts(song, stage_of(spec, song)) for spec, song in drawn]


# Methods


def _methods(model: PartsModel) -> dict[str, Method]:
    return {
        "exact": _exact,
        "model": lambda parts, mix: masking.separate(mix, model.shares(of_segment(mix)[None])[0]),
        "band-split": lambda parts, mix: _split(mix),
        "hpss": lambda parts, mix: _hpss(mix),
    }


def _exact(parts: Array, mix: Array) -> Array:
    powers = np.stack([db_to_power(of_segment(part)) for part in parts], axis=-1)
    shares = powers / np.maximum(powers.sum(axis=-1, keepdims=True), 1e-20)
    return masking.separate(mix, shares)


def _split(mix: Array) -> Array:
    low, high = _filtered(mix, _LOW_HZ, "lowpass"), _filtered(mix, _HIGH_HZ, "highpass")
    return np.stack([low, low, high, mix - low - high])


def _hpss(mix: Array) -> Array:
    from librosa.effects import hpss

    halves = hpss(mix.T)
    harmonic, percussive = (np.ascontiguousarray(half.T) for half in halves)
    lows = [_filtered(half, _LOW_HZ, "lowpass") for half in (percussive, harmonic)]
    return np.stack([lows[0], lows[1], percussive - lows[0], harmonic - lows[1]])


def _filtered(samples: Array, hertz: float, kind: str) -> Array:
    """Zero-phase, fourth order each way."""
    sections = scipy.signal.butter(4, hertz, kind, fs=SAMPLE_RATE, output="sos")
    return np.asarray(scipy.signal.sosfiltfilt(sections, samples, axis=0), np.float32)


# Measuring


def _measured(segments: list[Array], methods: dict[str, Method]) -> dict[str, dict[str, float]]:
    rows: dict[str, dict[str, float]] = {}
    for name, method in methods.items():
        found: dict[str, list[float]] = {part: [] for part in PARTS}
        for parts in segments:
            mix = parts.sum(axis=0)
            for part, true, estimate in zip(PARTS, parts, method(parts, mix), strict=True):
                if (true**2).mean() > _QUIETEST * (mix**2).mean():
                    found[part].append(sdr(true, estimate))
        rows[name] = {part: _median(values) for part, values in found.items()}
    return rows


def sdr(true: Array, found: Array) -> float:
    """Signal to distortion ratio, dB."""
    wrong = float(((true - found) ** 2).sum(dtype=np.float64))
    return 10.0 * float(np.log10((true**2).sum(dtype=np.float64) / max(wrong, 1e-20)))


def _median(values: list[float]) -> float:
    return float(np.median(values)) if values else float("nan")


def _facts(model: PartsModel, segments: list[Array]) -> dict[str, float]:
    sums, leaks = [], []
    for parts in segments:
        mix = parts.sum(axis=0)
        found = masking.separate(mix, model.shares(of_segment(mix)[None])[0])
        sums.append(-sdr(mix, found.sum(axis=0)))
        kick = parts[0]
        if (kick**2).mean() > _QUIETEST * (mix**2).mean():
            alone = masking.separate(kick, model.shares(of_segment(kick)[None])[0])
            leaks.append(-sdr(kick, kick - alone[1:].sum(axis=0)) if alone[1:].any() else -120.0)
    return {
        "sum to mix, worst dB": max(sums),
        "kick alone leaks, median dB": _median(leaks),
        "ms a segment": _milliseconds(model),
    }


def _milliseconds(model: PartsModel) -> float:
    one = np.random.default_rng(0).uniform(-70.0, -20.0, (1, 512, 128)).astype(np.float32)
    model.shares(one)
    spent = []
    for _ in range(_TIMED):
        start = time.process_time()
        model.shares(one)
        spent.append((time.process_time() - start) * 1e3)
    return _median(spent)


if __name__ == "__main__":
    main()
