"""Compose a track and judge it by numbers: python -m benchmarks.composing --library L --model M.

Seconds of every stage; at each transition how far the level leaves that of the two clips it joins,
and how much sharper its edges are than theirs; loudness, true peak, tempo and onset regularity of
the file; how equal the steps of the walk are.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.ndimage
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.clip import Clip, LatentSource
from core.arrangement.compose import ComposeOptions, compose
from core.arrangement.export import export
from core.arrangement.material import load_material
from core.arrangement.mixdown import Mixdown
from core.arrangement.transitions import Transition
from core.audio import files
from core.latent.paths import spectral_distance
from core.render.workspace import open_workspace
from core.rhythm.fit import fit_grid
from core.rhythm.onsets import OnsetStream
from core.settings import SAMPLE_RATE, TARGET_LUFS, TICKS_PER_BEAT

Sound = NDArray[np.float32]
AudioOf = Callable[[Clip], Sound]


@dataclass(frozen=True)
class TransitionFigures:
    """What a transition does to the sound.

    dip_db:  most by which a beat of the mix falls below the quieter of the two clips bump_db: most
    by which a beat rises above whichever is louder at the moment (over 50 ms) click_db: sharpest
    bend of the wave at the transition's edges against the sharpest that either clip
             has there by itself
    """

    bar: float
    bars: float
    dip_db: float
    bump_db: float
    click_db: float


def main() -> None:
    """Parse the arguments, compose, print and write."""
    options = _arguments()
    seconds: dict[str, float] = {}
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        out = options.out or Path(folder) / "composed.wav"
        figures = run(options, out, seconds)
    figures["seconds"] = seconds
    figures["seconds_total"] = sum(seconds.values())
    _show(console, figures)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1))


def run(options: argparse.Namespace, out: Path, seconds: dict[str, float]) -> dict[str, Any]:
    """Compose into `out` as the command line's `options` say; figures by name, `seconds` filled."""
    with _timed(seconds, "open"):
        context = open_workspace(options.library, options.model)
        space = context.__enter__()
    try:
        with _timed(seconds, "material"):
            ids, latents = space.decoder.latents()
            material = load_material(
                space.library, ids, latents, space.decoder.decode, space.codec.hash
            )
        with _timed(seconds, "compose"):
            wanted = ComposeOptions(
                minutes=None if options.bars else options.minutes,
                bars=options.bars,
                bpm=options.bpm,
                morph=options.morph,
                renderer=options.renderer,
                seed=options.seed,
            )
            arrangement = compose(material, wanted, np.random.default_rng(options.seed))
        audio_of = space.decoder.clip_audio(arrangement.bpm, quality="export")
        with _timed(seconds, "render"):
            space.decoder.render_many(
                {clip.source: None for clip in arrangement.clips()},
                arrangement.bpm,
                quality="export",
                workers=2,
            )
        with _timed(seconds, "mix, master, write"):
            result = export(arrangement, audio_of, out)
        transitions = _transition_figures(arrangement, audio_of)
        steps = _steps(arrangement, space.decoder.decode)
    finally:
        context.__exit__(None, None, None)
    return {
        "segments": len(material),
        "bpm": arrangement.bpm,
        "frames": result.frames,
        "clips": len(list(arrangement.clips())),
        "transitions": [asdict(transition) for transition in transitions],
        "lufs_error": result.lufs - TARGET_LUFS,
        "true_peak_dbtp": result.true_peak_dbtp,
        **_rhythm(files.read(out), arrangement.bpm),
        **steps,
    }


def _transition_figures(arrangement: Arrangement, audio_of: AudioOf) -> list[TransitionFigures]:
    mix = Mixdown(arrangement, audio_of)
    return sorted(
        (_transition(mix, transition, audio_of) for transition in mix.transitions),
        key=lambda figures: figures.bar,
    )


def _transition(mix: Mixdown, transition: Transition, audio_of: AudioOf) -> TransitionFigures:
    bpm = mix.arrangement.bpm
    beat = round(mix.arrangement.seconds(TICKS_PER_BEAT) * SAMPLE_RATE)
    start, end = transition.frames(bpm)
    first = max(0, start - 2 * beat)
    span = (first, end + 2 * beat - first)
    both = _with_only(mix.arrangement, {transition.outgoing.id, transition.incoming.id})
    sound = Mixdown(both, audio_of).render(*span)
    alone = [
        _endless(mix.arrangement, c, audio_of).render(*span)
        for c in (transition.outgoing, transition.incoming)
    ]
    inside = slice(start - first, max(end - first, start - first + beat))
    levels = [_levels(part[inside], beat) for part in (sound, *alone)]
    loudest = _loudest(alone[0][inside], alone[1][inside], beat)
    edges = [start - first, end - first]
    if transition.swap is not None:
        edges.append(mix.arrangement.frame(transition.swap) - first)
    sharp = max(_sharpness(sound, e) - max(_sharpness(part, e) for part in alone) for e in edges)
    return TransitionFigures(
        bar=transition.start / TICKS_PER_BEAT / 4,
        bars=(transition.end - transition.start) / TICKS_PER_BEAT / 4,
        dip_db=float(np.maximum(np.minimum(levels[1], levels[2]) - levels[0], 0).max()),
        bump_db=float(np.maximum(levels[0] - loudest, 0).max()),
        click_db=float(sharp),
    )


def _with_only(arrangement: Arrangement, ids: set[str]) -> Arrangement:
    lanes = [
        lane.changed(clips=tuple(clip for clip in lane.clips if clip.id in ids))
        for lane in arrangement.lanes
    ]
    return arrangement.changed(lanes=tuple(lanes))


def _endless(arrangement: Arrangement, clip: Clip, audio_of: AudioOf) -> Mixdown:
    """The clip's loop on its own over its surroundings, without fades."""
    turns = 8
    start = max(clip.origin - turns * 15_360, clip.origin % 15_360)
    free = clip.changed(
        start=start, offset=0, length=2 * turns * 15_360 + clip.length, fade_in=0, fade_out=0
    )
    return Mixdown(Arrangement(arrangement.bpm, (Lane("l", clips=(free,)),)), audio_of)


def _levels(sound: Sound, window: int) -> NDArray[np.float64]:
    count = max(1, len(sound) // window)
    blocks = sound[: count * window].reshape(count, -1).astype(np.float64)
    return 10 * np.log10(np.mean(blocks**2, axis=1) + 1e-12)


def _loudest(a: Sound, b: Sound, beat: int) -> NDArray[np.float64]:
    """dB of each beat if the louder of the two sounded at every moment."""
    short = SAMPLE_RATE // 20
    power = np.maximum(_power(a, short), _power(b, short))
    places = (np.arange(len(a)) // short).clip(0, len(power) - 1)
    count = max(1, len(a) // beat)
    return 10 * np.log10(power[places][: count * beat].reshape(count, -1).mean(axis=1) + 1e-12)


def _power(sound: Sound, window: int) -> NDArray[np.float64]:
    edges = np.arange(0, len(sound), window)
    sums = np.add.reduceat((sound.astype(np.float64) ** 2).mean(axis=1), edges)
    return sums / np.diff([*edges, len(sound)])


def _sharpness(sound: Sound, at: int) -> float:
    """dB: the largest second difference within 5 ms of a frame."""
    near = sound[max(at - 220, 0) : at + 220]
    return float(20 * np.log10(np.abs(np.diff(near, 2, axis=0)).max() + 1e-6))


def _steps(arrangement: Arrangement, decode: Callable[[Sound], Sound]) -> dict[str, float]:
    """How equal the steps are, within parts and over the whole walk."""
    clips = sorted(arrangement.clips(), key=lambda clip: (clip.start, clip.id))
    latent: list[tuple[str, LatentSource]] = []
    for clip in clips:
        if isinstance(clip.source, LatentSource) and (not latent or latent[-1][1] != clip.source):
            latent.append((clip.name, clip.source))
    spectra = decode(np.concatenate([source.array for _, source in latent]))
    size = latent[0][1].array.shape[0]
    names = np.repeat([name for name, _ in latent], size)
    sizes = spectral_distance(spectra[1:], spectra[:-1])
    within = names[1:] == names[:-1]
    ratios = [
        sizes[within & (names[1:] == name)].max() / sizes[within & (names[1:] == name)].mean()
        for name in dict.fromkeys(names)
        if (within & (names[1:] == name)).any()
    ]
    return {
        "step_db_within": float(sizes[within].mean()) if within.any() else 0.0,
        "step_db_between": float(sizes[~within].mean()) if (~within).any() else 0.0,
        "step_ratio_within_parts": float(max(ratios, default=1.0)),
        "step_ratio": float(sizes.max() / sizes.mean()),
    }


def _rhythm(sound: Sound, bpm: float) -> dict[str, float]:
    stream = OnsetStream()
    for at in range(0, len(sound), 1 << 16):
        stream.feed(sound[at : at + (1 << 16)])
    grid = fit_grid(stream.finish())
    flux = _flux(sound)
    return {
        "tempo_error_bpm": grid.bpm - bpm,
        "downbeat_seconds": grid.downbeat,
        "grid_confidence": grid.confidence,
        "grid_sections": len(grid.sections),
        "beat_regularity": _regularity(flux, bpm),
    }


def _flux(sound: Sound, hop: int = 441) -> NDArray[np.float64]:
    """Rise of the log level of the sound, 100 a second."""
    mono = sound.mean(axis=1)
    power = np.add.reduceat(mono.astype(np.float64) ** 2, np.arange(0, len(mono), hop))
    return np.maximum(np.diff(np.log10(power + 1e-6)), 0.0)


def _regularity(flux: NDArray[np.float64], bpm: float) -> float:
    """Autocorrelation of the onsets one beat apart, 1 being perfectly regular."""
    smooth = scipy.ndimage.gaussian_filter1d(flux, 2.0)
    smooth -= smooth.mean()
    lag = 100.0 * 60.0 / bpm
    places = np.arange(len(smooth) - int(lag) - 2)
    moved = np.interp(places + lag, np.arange(len(smooth)), smooth)
    return float(np.corrcoef(smooth[: len(places)], moved)[0, 1])


@contextmanager
def _timed(seconds: dict[str, float], stage: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    seconds[stage] = time.perf_counter() - start


def _show(console: Console, figures: dict[str, Any]) -> None:
    table = Table("bar", "bars", "dip dB", "bump dB", "click dB", title="transitions", box=None)
    for transition in figures["transitions"]:
        table.add_row(
            *(f"{transition[k]:.2f}" for k in ("bar", "bars", "dip_db", "bump_db", "click_db"))
        )
    console.print(table)
    for name, value in figures.items():
        if name == "transitions":
            continue
        if isinstance(value, dict):
            value = ", ".join(f"{k} {v:.1f}" for k, v in value.items())
        console.print(f"{name}: {value:.4g}" if isinstance(value, float) else f"{name}: {value}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, help="default: the built-in demo")
    parser.add_argument("--model", type=Path)
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--bars", type=int)
    parser.add_argument("--bpm", type=float)
    parser.add_argument("--morph", choices=("segment", "bar"), default="segment")
    parser.add_argument("--renderer", default="guided")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="keep the file")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
