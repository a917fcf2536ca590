"""How the demo compares with released music: `python -m benchmarks.demo AUDIO_DIR`.

Renders the demo (or reads --rendered DIR of NAME.wav), measures it and every file of AUDIO_DIR, and
prints spectrum, loudness, crest factor, width, clicks and variety side by side.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import scipy.ndimage
import scipy.signal
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from benchmarks import report
from core.audio import files
from core.audio.loudness import integrated_lufs
from core.demo.catalogue import catalogue
from core.demo.render import render
from core.errors import AudioError
from core.settings import SAMPLE_RATE

Signal = NDArray[np.float32]
CENTRES = 1000.0 * 2.0 ** (np.arange(-14, 12) / 3.0)
"""Hz of the third octaves from 40 Hz to 12.7 kHz."""
_MOST_SECONDS = 300
_WINDOW = 3 * SAMPLE_RATE


@dataclass(frozen=True)
class Measured:
    """One track. spectrum: dB per third octave, loudness taken away; crest in dB; width: S/M."""

    name: str
    seconds: float
    lufs: float
    crest: float
    crest_3s: float
    loudness_range: float
    width: float
    onsets: float
    clicks: float
    spectrum: list[float]

    def features(self) -> NDArray[np.float64]:
        """What the distance between two tracks is taken over."""
        own = [self.crest_3s, self.loudness_range, 2.0 * self.onsets, 10.0 * self.width]
        return np.array([*self.spectrum, *own])


def measure(name: str, samples: Signal) -> Measured:
    """All figures of `samples` (n, 1 or 2)."""
    loudness = integrated_lufs(_both(samples))
    windows = [samples[k : k + _WINDOW] for k in range(0, len(samples) - _WINDOW + 1, _WINDOW)]
    sounding = [w for w in windows if float((w**2).mean()) > 1e-6]
    levels = np.array([integrated_lufs(_both(w)) for w in sounding])
    return Measured(
        name,
        len(samples) / SAMPLE_RATE,
        loudness,
        _crest(samples),
        float(np.median([_crest(w) for w in sounding])),
        float(np.percentile(levels, 95) - np.percentile(levels, 10)),
        _width(samples),
        onsets_per_second(samples),
        clicks_per_minute(samples),
        [float(v) for v in third_octaves(samples) - loudness],
    )


def third_octaves(samples: Signal) -> NDArray[np.float64]:
    """Power in dB in each third octave, channels averaged."""
    hertz, power = scipy.signal.welch(samples, SAMPLE_RATE, nperseg=16384, axis=0)
    power = power.mean(axis=1) * (hertz[1] - hertz[0])
    edges = np.concatenate([CENTRES / 2 ** (1 / 6), CENTRES[-1:] * 2 ** (1 / 6)])
    bands = np.split(power, np.searchsorted(hertz, edges))[1:-1]
    return np.array([10 * np.log10(band.sum() + 1e-14) for band in bands])


def clicks_per_minute(samples: Signal) -> float:
    """Isolated steps: the second difference leaps far above what it is within 3 ms around."""
    bend = np.abs(np.diff(samples.mean(axis=1), 2))
    around = scipy.ndimage.maximum_filter1d(scipy.ndimage.uniform_filter1d(bend, 5), 9)
    local = np.sqrt(scipy.ndimage.uniform_filter1d(bend**2, 257)) + 1e-5
    suspects = (bend > 12.0 * local) & (bend > 0.02) & (bend > 2.0 * around)
    return float(suspects.sum() / (len(samples) / SAMPLE_RATE / 60.0))


def _both(samples: Signal) -> Signal:
    return np.repeat(samples, 2, axis=1) if samples.shape[1] == 1 else samples


def _crest(samples: Signal) -> float:
    return float(20 * np.log10(np.abs(samples).max() / (np.sqrt((samples**2).mean()) + 1e-9)))


def _width(samples: Signal) -> float:
    if samples.shape[1] == 1:
        return 0.0
    middle, side = samples.sum(axis=1), samples[:, 0] - samples[:, 1]
    return float(side.std() / (middle.std() + 1e-9))


def onsets_per_second(samples: Signal) -> float:
    """Peaks of the spectral flux, 2048/512, above its local mean."""
    _, _, spectrum = scipy.signal.stft(
        samples.mean(axis=1), SAMPLE_RATE, nperseg=2048, noverlap=1536
    )
    logs = np.log1p(1000.0 * np.abs(spectrum[:800]))
    flux = np.maximum(np.diff(logs, axis=1), 0.0).sum(axis=0)
    floor = scipy.ndimage.uniform_filter1d(flux, 43) * 1.3
    peaks = scipy.signal.find_peaks(flux - floor, height=0.0, distance=4)[0]
    return float(len(peaks) / (len(samples) / SAMPLE_RATE))


def variety(tracks: list[Measured]) -> tuple[float, float, float]:
    """Mean, least and largest distance between two tracks, a feature, in dB."""
    points = np.array([t.features() for t in tracks])
    apart = np.sqrt(((points[:, None] - points[None]) ** 2).mean(axis=2))
    pairs = apart[np.triu_indices(len(points), 1)]
    return float(pairs.mean()), float(pairs.min()), float(pairs.max())


def read_folder(folder: Path, console: Console) -> list[Measured]:
    """Everything in `folder` that can be read."""
    found = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        try:
            found.append(measure(path.stem, files.read(path)[: _MOST_SECONDS * SAMPLE_RATE]))
        except AudioError as error:
            console.print(f"left out: {error}")
    return found


def render_demo(rendered: Path | None) -> tuple[list[Measured], dict[str, float]]:
    """Every track of the demo measured, and the CPU seconds each took to render."""
    measured, seconds = [], {}
    for spec in catalogue():
        start = time.process_time()
        sound = files.read(rendered / f"{spec.name}.wav") if rendered else render(spec)
        seconds[spec.name] = time.process_time() - start
        measured.append(measure(spec.name, sound))
    return measured, seconds


def _spectra(console: Console, real: list[Measured], demo: list[Measured]) -> float:
    ours, theirs = (np.array([t.spectrum for t in side]) for side in (demo, real))
    difference = ours.mean(axis=0) - theirs.mean(axis=0)
    table = Table("Hz", "real", "demo", "difference", "spread real", "spread demo")
    for k, hz in enumerate(CENTRES):
        cells = theirs[:, k].mean(), ours[:, k].mean(), difference[k], theirs[:, k].std()
        table.add_row(f"{hz:.0f}", *(f"{v:.1f}" for v in (*cells, ours[:, k].std())))
    console.print(table)
    return float(np.abs(difference).max())


def _figures(console: Console, real: list[Measured], demo: list[Measured]) -> None:
    names = ("lufs", "crest", "crest_3s", "loudness_range", "width", "onsets", "clicks")
    table = Table("mean ± spread", "real", "demo", "demo least", "demo most")
    for name in names:
        theirs, ours = (np.array([getattr(t, name) for t in side]) for side in (real, demo))
        table.add_row(
            name,
            f"{theirs.mean():.2f} ± {theirs.std():.2f}",
            f"{ours.mean():.2f} ± {ours.std():.2f}",
            f"{ours.min():.2f}",
            f"{ours.max():.2f}",
        )
    console.print(table)


def _tracks(console: Console, demo: list[Measured], seconds: dict[str, float]) -> None:
    table = Table("track", "s", "LUFS", "crest", "range", "width", "onsets/s", "clicks", "render s")
    for t in demo:
        cells = t.seconds, t.lufs, t.crest, t.loudness_range, t.width, t.onsets, t.clicks
        table.add_row(t.name, *(f"{v:.1f}" for v in cells), f"{seconds[t.name]:.1f}")
    console.print(table)


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("audio", type=Path, metavar="AUDIO_DIR")
    parser.add_argument("--rendered", type=Path, help="folder of NAME.wav instead of rendering")
    report.add_option(parser)
    options = parser.parse_args()
    console = Console()
    demo, seconds = render_demo(options.rendered)
    real = read_folder(options.audio, console)
    _tracks(console, demo, seconds)
    worst = _spectra(console, real, demo)
    _figures(console, real, demo)
    console.print(f"largest difference of the mean spectra: {worst:.2f} dB (to reach: 4)")
    apart = {"real": variety(real), "demo": variety(demo)}
    for side, (mean, least, most) in apart.items():
        console.print(f"distance between {side} tracks: {mean:.2f} ({least:.2f} to {most:.2f}) dB")
    console.print(f"rendered {len(demo)} tracks in {sum(seconds.values()):.0f} s of one core")
    result = {"worst_db": worst, "variety": apart, "render_seconds": seconds}
    sides = {"demo": [asdict(t) for t in demo], "real": [asdict(t) for t in real]}
    report.finish(result | sides, options.json)


if __name__ == "__main__":
    main()
