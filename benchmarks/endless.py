"""How endless music compares with released music: `python -m benchmarks.endless AUDIO_DIR`.

Draws songs, renders and measures them in windows of eight seconds, measures every file of AUDIO_DIR
in the same way, and prints median and 10-90 % of each figure side by side. With --stems DIR (files
NAME_kick.flac, NAME_bass.flac, ...) the levels and spectra of parts are compared, too.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import scipy.signal
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from benchmarks.demo import CENTRES, onsets_per_second, third_octaves
from core.audio import files
from core.audio.loudness import integrated_lufs
from core.demo.endless.songs import random_song
from core.demo.endless.styles import STYLES
from core.demo.render import render_mastered_parts, stage_of
from core.errors import AudioError
from core.settings import PARTS, SAMPLE_RATE

Signal = NDArray[np.float32]
_WINDOW = 8 * SAMPLE_RATE
_STEP = SAMPLE_RATE // 20
_BANDS = {"low": (25.0, 150.0), "middle": (150.0, 2500.0), "high": (2500.0, 16_000.0)}
_SILENCE = 1e-3


def measure(samples: Signal) -> dict[str, float]:
    """All figures of a window (n, 1 or 2) that is not silent."""
    both = np.repeat(samples, 2, axis=1) if samples.shape[1] == 1 else samples
    mono = both.mean(axis=1)
    octaves = third_octaves(both)
    power = 10 ** (octaves / 10)
    middle, side = both.sum(axis=1).std(), np.diff(both, axis=1).std()
    audible = octaves > octaves.max() - 60
    steady = (CENTRES > 60) & (CENTRES < 10_000)
    rms = float(np.sqrt((both**2).mean())) + 1e-9
    figures = {
        "loudness, LUFS": integrated_lufs(both),
        "crest, dB": float(20 * np.log10(np.abs(both).max() / rms)),
        "tilt, dB/octave": float(np.polyfit(np.log2(CENTRES[steady]), octaves[steady], 1)[0]),
        "below 150 Hz, dB": float(10 * np.log10(power[CENTRES < 150].sum() / power.sum() + 1e-9)),
        "above 4 kHz, dB": float(10 * np.log10(power[CENTRES > 4000].sum() / power.sum() + 1e-9)),
        "bandwidth, kHz": _bandwidth(mono),
        "audible third octaves": float(audible.sum()),
        "width, S/M dB": float(20 * np.log10(side / (middle + 1e-9) + 1e-4)),
        "onsets/s": onsets_per_second(both),
    }
    for name, (low, high) in _BANDS.items():
        sections = scipy.signal.butter(2, (low, high), "bandpass", fs=SAMPLE_RATE, output="sos")
        levels = _levels(scipy.signal.sosfilt(sections, mono))
        figures[f"{name} band, 95-10 %, dB"] = float(np.diff(np.percentile(levels, (10, 95)))[0])
        figures[f"{name} band, flux, dB"] = float(np.abs(np.diff(levels)).mean())
    return figures


def _levels(signal: Signal) -> NDArray[np.float64]:
    """dB of each 50 ms, at least 60 dB under the loudest."""
    whole = signal[: len(signal) // _STEP * _STEP].reshape(-1, _STEP)
    levels = 10 * np.log10((whole**2).mean(axis=1) + 1e-12)
    return np.asarray(np.maximum(levels, levels.max() - 60))


def _bandwidth(mono: Signal) -> float:
    """kHz up to which the spectrum stays within 75 dB of its loudest kHz."""
    hertz, power = scipy.signal.welch(mono, SAMPLE_RATE, nperseg=2048)
    levels = 10 * np.log10(power + 1e-16)
    loud = np.flatnonzero(levels > levels.max() - 75)
    return float(hertz[loud[-1]] / 1000)


def windows(samples: Signal, most: int) -> Iterator[Signal]:
    """Up to `most` windows spread over a sound, silent ones left out."""
    count = len(samples) // _WINDOW
    for k in sorted(set(np.linspace(0, count - 1, min(most, count)).astype(int))):
        window = samples[k * _WINDOW : (k + 1) * _WINDOW]
        if window.std() > _SILENCE:
            yield window


def real(folder: Path, console: Console, most: int) -> list[dict[str, float]]:
    """Figures of every file of `folder`."""
    found = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        try:
            found += [measure(window) for window in windows(files.read(path), most)]
        except AudioError as error:
            if path.suffix not in (".md", ".csv"):
                console.print(f"left out: {error}")
    return found


def endless(
    seeds: range, console: Console
) -> tuple[list[dict[str, float]], list[dict[str, float]]]:
    """Figures of the mixes, and of the parts, of songs; prints what rendering costs."""
    mixes, parts = [], []
    audio = spent = 0.0
    names = list(STYLES)
    for seed in seeds:
        spec, song = random_song(seed, names[seed % len(names)])
        start = time.process_time()
        made = render_mastered_parts(song, stage_of(spec, song))
        spent += time.process_time() - start
        audio += spec.seconds
        for at in range(0, made.shape[1] - _WINDOW + 1, _WINDOW):
            window = made[:, at : at + _WINDOW]
            mix = window.sum(axis=0)
            if mix.std() > _SILENCE:
                mixes.append(measure(mix))
                parts.append(part_figures(window))
    console.print(f"{audio:.0f} s of four parts in {spent:.0f} CPU s: {audio / spent:.1f} times")
    return mixes, parts


def part_figures(window: Signal) -> dict[str, float]:
    """Level and spectrum of each part that sounds in a window (4, n, 2)."""
    total = (window.sum(axis=0) ** 2).mean()
    figures = {}
    for name, part in zip(PARTS, window, strict=True):
        share = 10 * np.log10((part**2).mean() / total + 1e-9)
        if share < -50:
            continue
        power = 10 ** (third_octaves(part) / 10)
        figures[f"{name}, dB to the mix"] = float(share)
        figures[f"{name}, centroid Hz"] = float(
            2 ** ((np.log2(CENTRES) * power).sum() / power.sum())
        )
        low = power[CENTRES < 150].sum() / power.sum()
        figures[f"{name}, below 150 Hz dB"] = float(10 * np.log10(low + 1e-6))
    return figures


def stems(folder: Path) -> list[dict[str, float]]:
    """Figures of the parts of known mixes."""
    found = []
    for kick in sorted(folder.glob("*_kick.*")):
        own = [files.read(kick.with_name(kick.name.replace("_kick", f"_{p}"))) for p in PARTS]
        frames = min(len(each) for each in own)
        found.append(part_figures(np.stack([each[:frames] for each in own])))
    return found


def print_table(
    console: Console, theirs: list[dict[str, float]], ours: list[dict[str, float]], title: str
) -> None:
    """Median and 10-90 % of each figure on both sides."""
    table = Table(
        title, "real 10 %", "median", "90 %", "endless 10 %", "median", "90 %", "real inside"
    )
    for name in dict.fromkeys(name for each in [*ours, *theirs] for name in each):
        sides = [np.array([e[name] for e in side if name in e]) for side in (theirs, ours)]
        cells = [f"{v:.1f}" for side in sides for v in _spread(side)]
        low, high = _spread(sides[1])[[0, 2]]
        inside = float(((sides[0] >= low) & (sides[0] <= high)).mean()) if len(sides[0]) else np.nan
        table.add_row(name, *cells, f"{100 * inside:.0f} %")
    console.print(table)


def _spread(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.percentile(values, (10, 50, 90)) if len(values) else np.full(3, np.nan)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("audio", type=Path, metavar="AUDIO_DIR")
    parser.add_argument("--stems", type=Path)
    parser.add_argument("--songs", type=int, default=54)
    parser.add_argument("--windows", type=int, default=6, help="of each real file")
    options = parser.parse_args()
    console = Console(width=130)
    mixes, parts = endless(range(options.songs), console)
    print_table(console, real(options.audio, console, options.windows), mixes, "mixes")
    if options.stems:
        print_table(console, stems(options.stems), parts, "parts")


if __name__ == "__main__":
    main()
