"""Compose with ten seeds and judge it by numbers: python -m benchmarks.composing --library L.

A table of what is to be reached: tracks heard, changes, levels of drops and breaks, keys, width,
steps of the bands at mixes, loudness, true peak and length of the file; and the forms. For one seed
(`--seeds 3`) all its figures: seconds of every stage, tempo and onset regularity of the file, how
equal the steps of the walk are; with `--transitions` at each transition how far the level leaves
that of the two clips it joins, and how much sharper its edges are than theirs.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import scipy.ndimage
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from benchmarks import composition_figures as figures
from benchmarks import report
from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.clip import (
    DEFAULT_RENDERER,
    Clip,
    ClipSource,
    LatentSource,
    RealSource,
    main_source,
)
from core.arrangement.compose import ComposeOptions, compose
from core.arrangement.export import export
from core.arrangement.marker_edits import section_at
from core.arrangement.mixdown import Mixdown
from core.arrangement.transitions import Transition
from core.audio import files
from core.dsp.key import Key
from core.latent.paths import spectral_distance
from core.library.key_analysis import analyse_keys
from core.render.composition import gather_material
from core.render.workspace import Workspace, open_workspace
from core.rhythm.fit import fit_grid
from core.rhythm.onsets import OnsetStream
from core.settings import SAMPLE_RATE, TARGET_LUFS, TICKS_PER_BAR, TICKS_PER_BEAT

Sound = NDArray[np.float32]
AudioOf = Callable[[Clip], Sound]

_SAMPLED_SEGMENTS: Final = 40
"""Of the library, for what difference between bars is noticeable."""


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
    """Parse the arguments, compose with every seed, print and write."""
    options = _arguments()
    console = Console()
    compositions = run(options)
    if len(compositions) == 1:
        _show(console, compositions[0])
    _show_summary(console, compositions)
    report.finish(compositions, options.json)


def run(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Compose with every seed as the command line's `options` say; figures by name for each."""
    seconds: dict[str, float] = {}
    compositions: list[dict[str, Any]] = []
    with contextlib.ExitStack() as stack:
        with _timed(seconds, "open"):
            space = stack.enter_context(open_workspace(options.library, options.model))
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        bench = Bench(space, options, Path(folder), seconds)
        for seed in options.seeds:
            compositions.append(bench.run(seed))
            if options.json:  # what is done stays, if the rest is stopped
                options.json.write_text(json.dumps(compositions, indent=1))
    return compositions


class Bench:
    """Composes from one library and measures what comes out."""

    def __init__(
        self,
        space: Workspace,
        options: argparse.Namespace,
        folder: Path,
        seconds: dict[str, float],
    ) -> None:
        self._space, self._options, self._folder = space, options, folder
        with _timed(seconds, "keys"):
            analyse_keys(space.library)
        self._keys = space.library.keys()
        with _timed(seconds, "material"):
            self._material = gather_material(space.library, space.decoder)
            space.decoder.decode(self._material.latents[:1])
        self._once = seconds
        self._noticeable = self._noticeable_difference(self._material.ids)

    def run(self, seed: int) -> dict[str, Any]:
        """Compose with a seed; figures by name."""
        options, space = self._options, self._space
        seconds: dict[str, float] = {}
        out = options.out or self._folder / f"composed-{seed}.wav"
        wanted = ComposeOptions(
            minutes=None if options.bars else options.minutes,
            bars=options.bars,
            bpm=options.bpm,
            morph=options.morph,
            renderer=options.renderer,
            seed=seed,
            hold_parts=options.hold_parts,
            effects=options.effects,
        )
        started = time.process_time()
        with _timed(seconds, "compose"):
            arrangement = compose(self._material, wanted, np.random.default_rng(seed))
        audio_of = space.decoder.clip_audio(arrangement.bpm, quality="export")
        with _timed(seconds, "render"):
            sources = {clip.source: None for clip in arrangement.clips()}
            for _ in space.decoder.render_many(sources, arrangement.bpm, quality="export"):
                pass
        with _timed(seconds, "mix, master, write"):
            result = export(arrangement, audio_of, out)
        cpu = time.process_time() - started
        sound = files.read(out)
        transitions = _transition_figures(arrangement, audio_of) if options.transitions else []
        return {
            "seed": seed,
            "segments": len(self._material),
            "bpm": arrangement.bpm,
            "frames": result.frames,
            "clips": len(list(arrangement.clips())),
            "sources": len({clip.source for clip in arrangement.clips()}),
            "transitions": [asdict(transition) for transition in transitions],
            "lufs_error": result.lufs - TARGET_LUFS,
            "true_peak_dbtp": result.true_peak_dbtp,
            "length_error": result.frames - arrangement.length_frames,
            **(_rhythm(sound, arrangement.bpm) if len(options.seeds) == 1 else {}),
            **_steps(arrangement, space.decoder.decode),
            **self._music(arrangement, sound, audio_of),
            "seconds": {**self._once, **seconds},
            "seconds_total": sum(seconds.values()),
            "cpu_seconds": cpu,
        }

    def _music(self, arrangement: Arrangement, sound: Sound, audio_of: AudioOf) -> dict[str, Any]:
        bars = round(arrangement.end / TICKS_PER_BAR)
        edges = [arrangement.frame(bar * TICKS_PER_BAR) for bar in range(bars + 1)]
        sections = figures.sections_of(arrangement)
        levels = figures.bar_levels(sound, edges)
        new = figures.novelty(figures.bar_spectra(sound, edges))
        library = self._space.library
        heard = figures.tracks_heard(
            {clip.source for clip in arrangement.clips()},
            self._segments_of,
            lambda segment_id: library.segment(segment_id).track_id,
        )
        fifths = figures.key_changes(arrangement, self._key_of)
        jumps = figures.band_jumps(arrangement, audio_of)
        return {
            "form": [f"{s.name} {s.end - s.start}" for s in sections],
            **figures.section_figures(sections, levels),
            "noticeable_db": self._noticeable,
            "bars_changed": float((new >= self._noticeable).mean()),
            "longest_unchanged_bars": figures.longest_unchanged(new, self._noticeable),
            "tracks_heard": len(heard),
            "tracks": len({segment.track_id for segment in library.segments()}),
            "key_changes": len(fifths),
            "keys_far_share": float(np.mean([d > 2 for d in fifths])) if fifths else 0.0,
            "band_jumps": jumps,
            "bar_novelty": np.minimum(new, 99.0).round(1).tolist(),
            "bar_loudness": figures.to_db(levels.loudness).round(1).tolist(),
        }

    def _segments_of(self, source: ClipSource) -> list[str]:
        assert isinstance(source, LatentSource)
        guides = [guide for row in source.array for guide in self._space.decoder.guides(row)]
        return list(dict.fromkeys(guide.segment_id for guide in guides))

    def _key_of(self, source: ClipSource) -> Key | None:
        """Of the segment, or of the one that guides a latent most, as it sounds."""
        source = main_source(source)
        if isinstance(source, RealSource):
            segment_id = source.segment_id
        else:
            guides = [guide for row in source.array for guide in self._space.decoder.guides(row)]
            segment_id = max(guides, key=lambda guide: guide.weight).segment_id
        key = self._keys.of_segment(self._space.library.segment(segment_id))
        return figures.transposed(key, getattr(source, "transpose", 0))

    def _noticeable_difference(self, ids: Sequence[str]) -> float:
        """Median difference of neighbouring bars of the library's segments, in dB."""
        library = self._space.library
        found: list[float] = []
        for segment_id in ids[:: max(1, len(ids) // _SAMPLED_SEGMENTS)]:
            sound = library.segment_audio(library.segment(segment_id))
            edges = np.linspace(0, len(sound), 5).round().astype(int).tolist()
            found += figures.neighbour_difference(figures.bar_spectra(sound, edges)).tolist()
        return float(np.median(found))


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
    """Some clips, without the filters and sends of their lanes, as they are heard alone."""
    lanes = [
        lane.changed(clips=tuple(clip for clip in lane.clips if clip.id in ids), automation=())
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
            section = section_at(arrangement, clip.start + clip.length / 2)
            latent.append((section[0].name if section else "", clip.source))
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


@contextlib.contextmanager
def _timed(seconds: dict[str, float], stage: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    seconds[stage] = time.perf_counter() - start


def _show(console: Console, composed: dict[str, Any]) -> None:
    table = Table("bar", "bars", "dip dB", "bump dB", "click dB", title="transitions", box=None)
    for transition in composed["transitions"]:
        table.add_row(
            *(f"{transition[k]:.2f}" for k in ("bar", "bars", "dip_db", "bump_db", "click_db"))
        )
    if composed["transitions"]:
        console.print(table)
    for name, value in composed.items():
        if name in ("transitions", "band_jumps"):
            continue
        if isinstance(value, dict):
            value = ", ".join(f"{k} {v:.1f}" for k, v in value.items())
        elif isinstance(value, list):
            value = ", ".join(f"{v:.1f}" if isinstance(v, float) else str(v) for v in value)
        console.print(f"{name}: {value:.4g}" if isinstance(value, float) else f"{name}: {value}")


def _show_summary(console: Console, compositions: Sequence[dict[str, Any]]) -> None:
    forms = {tuple(composed["form"]) for composed in compositions}
    title = f"{len(compositions)} compositions, {len(forms)} forms"
    table = Table("figure", "wanted", "worst", "median", "met", title=title, box=None)
    for name, wanted, upward, values_of in _GOALS:
        values = np.array([v for composed in compositions for v in values_of(composed)])
        if not len(values):
            continue
        met = values >= wanted if upward else values <= wanted
        worst = values.min() if upward else values.max()
        sign = ">=" if upward else "<="
        table.add_row(
            name,
            f"{sign} {wanted:g}",
            f"{worst:.2f}",
            f"{np.median(values):.2f}",
            f"{int(met.sum())} of {len(values)}",
        )
    console.print(table)
    for form in sorted(forms):
        console.print("  " + ", ".join(form))
    for name in ("seconds_total", "cpu_seconds"):
        times = [composed[name] for composed in compositions]
        console.print(f"{name}: median {np.median(times):.1f}, most {max(times):.1f}")


def _each_jump(band: str) -> Callable[[dict[str, Any]], list[float]]:
    return lambda composed: [jump[band] for jump in composed["band_jumps"]]


_GOALS: Final[tuple[tuple[str, float, bool, Callable[[dict[str, Any]], list[float]]], ...]] = (
    ("tracks heard, share", 1 / 3, True, lambda c: [c["tracks_heard"] / c["tracks"]]),
    ("longest unchanged, bars", 4, False, lambda c: [c["longest_unchanged_bars"]]),
    ("bars that change, share", 0.25, True, lambda c: [c["bars_changed"]]),
    ("drop over the bars before, LU", 2, True, lambda c: c["drop_rise_lu"]),
    ("break under its drop, LU", 3, True, lambda c: c["break_fall_lu"]),
    ("bass of a break under its drop's, dB", 3, True, lambda c: c["break_bass_fall_db"]),
    ("changes over 2 fifths, share", 0.1, False, lambda c: [c["keys_far_share"]]),
    ("side to mid, dB", -3, False, lambda c: c["side_to_mid_db"]),
    ("bass step at a mix, dB", 6, False, _each_jump("bass")),
    ("mid step at a mix, dB", 6, False, _each_jump("mid")),
    ("treble step at a mix, dB", 6, False, _each_jump("treble")),
    ("off -14 LUFS, LU", 0.2, False, lambda c: [abs(c["lufs_error"])]),
    ("true peak, dBTP", -0.9, False, lambda c: [c["true_peak_dbtp"]]),
    ("frames off the length", 0, False, lambda c: [abs(c["length_error"])]),
)
"""What is to be reached: name, bound, whether more is better, the values of one composition."""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, help="default: the built-in demo")
    parser.add_argument("--model", type=Path)
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--bars", type=int)
    parser.add_argument("--bpm", type=float)
    parser.add_argument("--morph", choices=("segment", "bar"), default="segment")
    parser.add_argument("--renderer", default=DEFAULT_RENDERER)
    parser.add_argument(
        "--hold-parts",
        action=argparse.BooleanOptionalAction,
        help="kicks held over and later basses: always, or never; default: by seed",
    )
    parser.add_argument(
        "--effects",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="filters that move, echo and reverb",
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(10)))
    parser.add_argument("--transitions", action="store_true", help="measure every transition")
    parser.add_argument("--out", type=Path, help="keep the file (of the last seed)")
    report.add_option(parser)
    return parser.parse_args()


if __name__ == "__main__":
    main()
