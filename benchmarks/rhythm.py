"""The beat grid against known answers: python -m benchmarks.rhythm [--set 2] [--family NAME].

Some hundred synthetic tracks, seeded: cuts of every size at every place, breaks, intros and endings
without a beat, pick-ups, cut openings, cross-rhythms, swing, tempo changes, channels in antiphase,
and noise. Per family: the share with the right tempo, number of sections and downbeat, how far off
the beats are, and whether the confidence knows: of grids of which more than an eighth is off by
over 20 ms, how many are above `STEADY` ("sure and wrong"). What is in no section, as nobody can
tell on which grid it lies, is not compared; "claimed" is the rest.

There are two sets of such tracks that share no tempo, cut, sound or pattern: what is tuned on one
is judged by the other. `--real DIR` takes the files of a folder instead, cut at 60 s, overloaded,
and in parts that are cut anywhere. `--features DIR` keeps the onset features of the tracks, so
that only the fit runs the next time.
"""

from __future__ import annotations

import argparse
import pickle
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks import report
from benchmarks.real_tracks import real_tracks
from core.rhythm.fit import fit_grid
from core.rhythm.grid import STEADY
from core.rhythm.onsets import OnsetFeatures, features_of
from tests.core.rhythm.known import CASES, DRUMS, Outcome, outcome
from tests.synthetic import (
    BASS_PATTERNS,
    HAT_PATTERNS,
    KICK_PATTERNS,
    KICK_SHAPES,
    LAYERS,
    OTHER_BASS_PATTERNS,
    OTHER_KICK_SHAPES,
    SAMPLE_RATE,
    Part,
    Spec,
    Stretch,
    Track,
    arrangement,
    bars_for,
    cut,
    joined,
    render,
)

FAR_SECONDS = 0.020
TECHNO = frozenset({"kick", "hats", "bass", "pad"})
STABS = frozenset({"kick", "hats", "bass", "stab"})
PLAIN = frozenset({"kick", "hats", "clap"})
SHORTEST_SECONDS = 16.0

Made = tuple[Track, bool]
"""A track, and whether it has a steady beat."""


@dataclass(frozen=True)
class Material:
    """What a set of tracks is made of.

    seed, specs: of where cuts and the like are, and of the first track
    tempi:   BPM
    cuts:    beats that are cut out
    changes: pairs of tempi
    kicks, basses, hats, stabs, backbeats: the sounds and patterns of `tests.synthetic.Spec`
    extra:   layers that play along with the drums, one of them at a time
    """

    seed: int
    tempi: tuple[float, ...]
    cuts: tuple[float, ...]
    changes: tuple[tuple[float, float], ...]
    kicks: tuple[str, ...]
    basses: tuple[str, ...]
    hats: tuple[str, ...] = HAT_PATTERNS[:1]
    stabs: tuple[tuple[int, ...], ...] = ((3, 6, 11),)
    backbeats: tuple[str, ...] = ("clap",)
    extra: tuple[frozenset[str], ...] = (frozenset(),)
    specs: int = 0

    def random(self, *seed: int) -> np.random.Generator:
        """A generator of its own for each purpose."""
        return np.random.default_rng([self.seed, *seed])


SETS = {
    1: Material(
        seed=20,
        tempi=(90.0, 97.3, 104.0, 113.0, 122.0, 128.0, 130.0, 136.0, 143.77, 150.0, 160.0, 170.0,
               175.0),
        cuts=(0.05, 0.1, 0.17, 0.25, 0.3333, 0.4, 0.5, 0.6, 0.6667, 0.75, 0.83, 0.9, 0.95),
        changes=((150, 200), (128, 140), (120, 90), (140, 105), (132, 99), (96, 144), (174, 130.5),
                 (125, 128), (138, 126), (100, 160)),
        kicks=KICK_SHAPES,
        basses=BASS_PATTERNS[:3],
    ),
    2: Material(
        seed=47,
        tempi=(93.0, 101.5, 108.0, 117.0, 119.37, 124.0, 126.5, 132.0, 139.0, 141.3, 147.0, 155.0,
               164.2),
        cuts=(0.07, 0.13, 0.21, 0.29, 0.36, 0.44, 0.47, 0.55, 0.63, 0.71, 0.79, 0.87, 0.93),
        changes=((145, 193.3), (126, 133), (160, 120), (110, 146.7), (135, 180), (98, 147),
                 (141.5, 106.1), (170, 127.5), (100, 112), (155, 124)),
        kicks=OTHER_KICK_SHAPES,
        basses=OTHER_BASS_PATTERNS,
        hats=HAT_PATTERNS[1:],
        stabs=((0, 3, 6, 12), (2, 5, 10, 13), (4, 7, 14), (0, 6, 9, 14)),
        backbeats=("clap", "snare"),
        extra=(frozenset(), frozenset({"rim"}), frozenset({"conga"})),
        specs=5000,
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One track with its true grid, made when asked for."""

    name: str
    family: str
    make: Callable[[], Made]


def main() -> None:
    """Parse the arguments, fit all, print and write."""
    options = _arguments()
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for case in cases(SETS[options.set]) if options.real is None else _real_cases(options.real):
        if options.family and not case.family.startswith(options.family):
            continue
        rows[case.family].append(_row(case, options.features))
        if options.verbose:
            print(_line(rows[case.family][-1]), flush=True)
    figures = {family: _figures(of_it) for family, of_it in rows.items()}
    everything = [row for of_it in rows.values() for row in of_it]
    figures["all"] = _figures(everything)
    _show(figures)
    report.finish({"families": figures, "tracks": everything}, options.json)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--set", type=int, choices=SETS, default=1, help="which tracks")
    parser.add_argument("--real", type=Path, metavar="DIR", help="tracks of this folder instead")
    parser.add_argument("--family", help="only families whose name begins so")
    parser.add_argument("--features", type=Path, help="where to keep onset features")
    parser.add_argument("--verbose", action="store_true", help="a line per track that is not right")
    report.add_option(parser)
    return parser.parse_args()


def cases(m: Material) -> Iterator[Case]:
    """All cases; a case is the same whichever others are asked for."""
    yield from _cut_cases(m)
    yield from _gap_cases(m)
    yield from _edge_cases(m)
    yield from _metre_cases(m)
    yield from _channel_cases(m)
    yield from _tempo_cases(m)
    specs = CASES if m is SETS[1] else {f"drawn {k}": _drawn_spec(m, k) for k in range(40)}
    for name, spec in specs.items():
        yield Case(name, "one tempo", lambda spec=spec: (render(spec), True))
    for seed in range(6):
        yield Case(f"noise {seed}", "no beat", lambda seed=seed: (_beatless(m, seed), False))


def _real_cases(folder: Path) -> Iterator[Case]:
    for name, family, make in real_tracks(folder):
        yield Case(name, family, lambda make=make: (make(), True))


def _steady_spec(
    m: Material, seed: int, bpm: float, layers: frozenset[str], seconds: float = 110.0
) -> Spec:
    """A loop that goes on: the same layers from beginning to end."""
    rng = m.random(1, seed)
    spec = Spec(
        bpm=bpm,
        start=float(rng.choice([0.0, 0.0, 0.3, 1.7])),
        kick=str(rng.choice(m.kicks)),
        bass=str(rng.choice(m.basses)),
        bar_chords=int(rng.choice([1, 2, 4])),
        hats=str(rng.choice(m.hats)),
        stab_steps=m.stabs[int(rng.integers(len(m.stabs)))],
        backbeat=str(rng.choice(m.backbeats)),
        seed=m.specs + seed,
    )
    along = m.extra[int(rng.integers(len(m.extra)))]
    return _with(spec, parts=(Part(bars_for(seconds, bpm), layers | along),))


def _arranged_spec(m: Material, seed: int, bpm: float, seconds: float = 140.0) -> Spec:
    """Intro, build, drop, breakdown, drop."""
    spec = _steady_spec(m, seed, bpm, LAYERS)
    return _with(spec, parts=arrangement(bars_for(seconds, bpm), intro=seed % 2 == 0))


def _drawn_spec(m: Material, seed: int) -> Spec:
    """Any pattern of kicks, any arrangement."""
    rng = m.random(8, seed)
    bpm = float(rng.uniform(98.0, 158.0))
    spec = _arranged_spec(m, 900 + seed, round(bpm, int(rng.integers(3))), 150.0)
    unit = bars_for(25.0, bpm)
    drums, still = DRUMS | {"ride"}, frozenset({"pad", "stab"})
    full = LAYERS - {"ride"}
    parts = (
        spec.parts,
        tuple(Part(unit, layers) for layers in (drums, full, drums | {"bass"}, full)),
        tuple(Part(unit, layers) for layers in (full, still, full, still, LAYERS)),
        tuple(Part(unit, layers) for layers in (frozenset({"pad"}), drums | {"pad"}, full, full)),
    )[seed % 4]
    return _with(
        spec,
        parts=parts,
        start=float(rng.choice([0.0, 0.013, 0.44, 2.2])),
        lead=str(rng.choice(["silence", "noise", "pad"])),
        kick_pattern=str(rng.choice([*KICK_PATTERNS, "four", "four", "four"])),
        kick_gain=float(rng.uniform(0.45, 0.9)),
        bass_gain=float(rng.uniform(0.25, 0.6)),
        hat_gain=float(rng.uniform(0.1, 0.5)),
        swing=float(rng.choice([0.5, 0.5, 0.5, 0.55, 0.6])),
        timing_ms=float(rng.choice([0.0, 0.0, 4.0])),
        channels=int(rng.choice([1, 2])),
    )


def _with(spec: Spec, **changes: object) -> Spec:
    return Spec(**{**spec.__dict__, **changes})  # type: ignore[arg-type]


def _cut_cases(m: Material) -> Iterator[Case]:
    for family, layers in (("cut techno", TECHNO), ("cut stabs", STABS), ("cut plain", PLAIN)):
        for k in range(39):
            bpm = m.tempi[(5 * k) % len(m.tempi)]
            beats = m.cuts[k % len(m.cuts)]
            yield Case(
                f"{family} {bpm:g} {beats:g} #{k}",
                family,
                lambda k=k, bpm=bpm, beats=beats, layers=layers: (
                    _cut(m, _steady_spec(m, k, bpm, layers), k, beats),
                    True,
                ),
            )
    for k in range(52):
        bpm = m.tempi[(7 * k) % len(m.tempi)]
        beats = m.cuts[k % len(m.cuts)]
        yield Case(
            f"cut arranged {bpm:g} {beats:g} #{k}",
            "cut arranged",
            lambda k=k, bpm=bpm, beats=beats: (_cut(m, _arranged_spec(m, k, bpm), k, beats), True),
        )
    for k in range(26):
        bpm = min(160.0, max(100.0, m.tempi[(4 * k + 1) % len(m.tempi)]))
        beats = m.cuts[k % len(m.cuts)]
        yield Case(
            f"cut at 60 s {bpm:g} {beats:g} #{k}",
            "cut at 60 s",
            lambda k=k, bpm=bpm, beats=beats: (
                cut(
                    render(_steady_spec(m, 200 + k, bpm, (TECHNO, PLAIN)[k // 13])),
                    60.0,
                    beats * 60.0 / bpm,
                ),
                True,
            ),
        )
    for k in range(13):
        bpm, beats = m.tempi[(3 * k + 2) % len(m.tempi)], m.cuts[(5 * k) % len(m.cuts)]
        yield Case(
            f"cut in breakdown {bpm:g} {beats:g} #{k}",
            "cut in breakdown",
            lambda k=k, bpm=bpm, beats=beats: (_cut_in_breakdown(m, k, bpm, beats), True),
        )
    for k in range(13):
        bpm, beats = m.tempi[k], m.cuts[(3 * k) % len(m.cuts)]
        yield Case(
            f"cut twice {bpm:g} {beats:g}", "cut twice", lambda k=k, bpm=bpm, beats=beats: (
                _cut_twice(m, _steady_spec(m, k, bpm, TECHNO, 150.0), k, beats),
                True,
            )
        )  # fmt: skip


def _cut(m: Material, spec: Spec, seed: int, beats: float) -> Track:
    track = render(spec)
    rng = m.random(2, seed)
    # Where a beat is: nobody can find a cut in a pad.
    first = spec.start + 240.0 / spec.bpm * (spec.parts[0].bars if len(spec.parts) > 1 else 0)
    at = float(rng.uniform(SHORTEST_SECONDS + first, track.seconds - SHORTEST_SECONDS))
    return cut(track, at, beats * 60.0 / spec.bpm)


def _cut_in_breakdown(m: Material, seed: int, bpm: float, beats: float) -> Track:
    spec = _steady_spec(m, 1000 + seed, bpm, LAYERS)
    bars = bars_for(30.0, bpm)
    still = (frozenset({"pad", "stab"}), frozenset({"hats", "pad"}), frozenset({"bass", "pad"}))
    parts = (Part(bars), Part(bars, still[seed % 3]), Part(bars))
    at = spec.start + 240.0 / bpm * bars * float(m.random(9, seed).uniform(1.15, 1.85))
    return cut(render(_with(spec, parts=parts)), at, beats * 60.0 / bpm)


def _cut_twice(m: Material, spec: Spec, seed: int, beats: float) -> Track:
    track = render(spec)
    rng = m.random(3, seed)
    for third in (0.65, 0.3):
        at = (third + 0.1 * float(rng.random())) * track.seconds
        track = cut(track, at, beats * 60.0 / spec.bpm)
    return track


def _gap_cases(m: Material) -> Iterator[Case]:
    """Two steady parts with a break without beat between them, the second out of step."""
    for k in range(26):
        bpm = m.tempi[(3 * k) % len(m.tempi)]
        beats = m.cuts[k % len(m.cuts)]
        layers = (TECHNO, PLAIN, LAYERS)[k % 3]
        yield Case(
            f"break {bpm:g} {beats:g} #{k}",
            "break",
            lambda k=k, bpm=bpm, beats=beats, layers=layers: (_gap(m, k, bpm, beats, layers), True),
        )


def _gap(m: Material, seed: int, bpm: float, beats: float, layers: frozenset[str]) -> Track:
    rng = m.random(4, seed)
    first = render(_with(_steady_spec(m, seed, bpm, layers, 55.0), start=0.0))
    bars = bars_for(float(rng.uniform(8.0, 25.0)), bpm)
    seconds = (4 * bars + beats) * 60.0 / bpm
    frames = round(seconds * SAMPLE_RATE)
    gap = 0.001 * rng.standard_normal((frames, 1)).astype(np.float32)
    if seed % 2:
        pads = Spec(bpm=bpm, parts=(Part(bars + 4, frozenset({"pad"})),), seed=seed)
        gap = render(pads).samples[:frames]
    return joined(first, gap, first)


def _edge_cases(m: Material) -> Iterator[Case]:
    """Beginnings and endings without a clear beat: one section, on the sure grid."""
    for k in range(26):
        bpm = m.tempi[(4 * k) % len(m.tempi)]
        yield Case(
            f"unsure intro {bpm:g} #{k}",
            "unsure intro",
            lambda k=k, bpm=bpm: (_unsure(m, k, bpm, at_start=True), True),
        )
        yield Case(
            f"unsure outro {bpm:g} #{k}",
            "unsure outro",
            lambda k=k, bpm=bpm: (_unsure(m, k, bpm, at_start=False), True),
        )
    for k in range(26):
        bpm = m.tempi[(6 * k) % len(m.tempi)]
        yield Case(
            f"arranged {bpm:g} #{k}",
            "no cut",
            lambda k=k, bpm=bpm: (render(_arranged_spec(m, 100 + k, bpm, 180.0)), True),
        )


def _unsure(m: Material, seed: int, bpm: float, *, at_start: bool) -> Track:
    """A third without drums whose players come some 20-45 ms late, all in the same way."""
    rng = m.random(5, seed)
    bars = bars_for(45.0, bpm)
    layers = (frozenset({"stab", "pad"}), frozenset({"bass", "stab"}), frozenset({"hats", "pad"}))
    spec = _steady_spec(m, seed, bpm, LAYERS)
    loose = _with(
        spec,
        parts=(Part(bars, layers[seed % 3]),),
        start=0.0,
        timing_ms=float(rng.uniform(2.0, 12.0)),
        hat_gain=0.05,
    )
    late = round(float(rng.uniform(0.020, 0.045)) * SAMPLE_RATE)
    vague = render(loose).samples
    vague = np.concatenate([np.zeros((late, 1), np.float32), vague[: len(vague) - late]])
    sure = render(_with(spec, parts=(Part(2 * bars, TECHNO | {"clap"}),), start=0.0))
    samples = np.concatenate([vague, sure.samples] if at_start else [sure.samples, vague])
    first = len(vague) / SAMPLE_RATE if at_start else 0.0
    beats = first + np.arange(8 * bars, dtype=np.float64) * 60.0 / bpm
    whole = Stretch(0.0, len(samples) / SAMPLE_RATE, bpm, first)
    return Track(samples, bpm, beats, edits=(whole,))


def _metre_cases(m: Material) -> Iterator[Case]:
    """Pick-ups, cut openings, cross-rhythms against a kick on every beat, swing."""
    for k in range(26):
        bpm = m.tempi[(5 * k) % len(m.tempi)]
        pickup = (0.5, 1.0, 1.5, 2.0, 2.5, 3.0)[k % 6]
        yield Case(
            f"pickup {bpm:g} {pickup:g} beats #{k}",
            "pickup",
            lambda k=k, bpm=bpm, pickup=pickup: (render(_pickup_spec(m, k, bpm, pickup)), True),
        )
        yield Case(
            f"cut opening {bpm:g} #{k}",
            "cut opening",
            lambda k=k, bpm=bpm: (_opened(m, k, bpm), True),
        )
    crossed = [("dotted", 13), ("triplets", 13), ("fives", 6)]
    for name, count in crossed:
        for k in range(count):
            bpm = m.tempi[k % len(m.tempi)]
            yield Case(
                f"{name} {bpm:g}",
                f"cross-rhythm {name}",
                lambda k=k, bpm=bpm, name=name: (render(_crossed_spec(m, k, bpm, name)), True),
            )
    for k in range(13):
        spec = _with(_arranged_spec(m, 300 + k, m.tempi[k]), swing=0.54 + 0.01 * k)
        yield Case(f"swing {m.tempi[k]:g}", "swing", lambda spec=spec: (render(spec), True))


def _pickup_spec(m: Material, seed: int, bpm: float, pickup: float) -> Spec:
    spec = _steady_spec(m, 400 + seed, bpm, LAYERS - {"stab"}, 80.0)
    start = pickup * 60.0 / bpm + (0.1 if seed % 2 else 0.0)
    return _with(spec, pickup=pickup, start=start)


def _opened(m: Material, seed: int, bpm: float) -> Track:
    """Recording began in the middle of a bar."""
    spec = _with(_steady_spec(m, 500 + seed, bpm, LAYERS - {"stab"}, 80.0), start=0.0)
    track = render(spec)
    lost = float(m.random(6, seed).uniform(0.3, 3.7)) * 60.0 / bpm
    lost = round(lost * SAMPLE_RATE) / SAMPLE_RATE
    samples = track.samples[round(lost * SAMPLE_RATE) :]
    whole = Stretch(0.0, len(samples) / SAMPLE_RATE, bpm, -lost)
    return Track(samples, bpm, track.beats[4:] - lost, edits=(whole,))


def _crossed_spec(m: Material, seed: int, bpm: float, name: str) -> Spec:
    layers = frozenset({"kick", name}) | (frozenset({"clap"}) if seed % 2 else frozenset({"pad"}))
    gain = (0.2, 0.4, 0.6)[seed % 3]
    return _with(_steady_spec(m, 600 + seed, bpm, layers, 80.0), stab_gain=gain)


def _channel_cases(m: Material) -> Iterator[Case]:
    for k in range(6):
        spec = _with(
            _arranged_spec(m, 700 + k, m.tempi[2 * k], 80.0),
            channels=2,
            antiphase=True,
            noise=0.0003,
        )
        yield Case(f"antiphase {m.tempi[2 * k]:g}", "antiphase", lambda spec=spec: (
            render(spec), True))  # fmt: skip


def _tempo_cases(m: Material) -> Iterator[Case]:
    changes = [(150, 200), (128, 140), (120, 90), (140, 105), (132, 99), (96, 144), (174, 130.5),
               (125, 128), (138, 126), (100, 160)]  # fmt: skip
    for k, (first, second) in enumerate(changes):
        yield Case(
            f"{first:g} then {second:g}",
            "tempo change",
            lambda k=k, tempi=(first, second): (_changed(m, k, *tempi), True),
        )


def _changed(m: Material, seed: int, first: float, second: float) -> Track:
    tracks = [
        render(_with(_steady_spec(m, 800 + seed, bpm, TECHNO | {"clap"}, 58.0), start=0.0))
        for bpm in (first, second)
    ]
    return joined(tracks[0], np.zeros((0, 1), np.float32), tracks[1])


def _beatless(m: Material, seed: int) -> Track:
    rng = m.random(7, seed)
    samples = 0.1 * rng.standard_normal((60 * SAMPLE_RATE, 1)).astype(np.float32)
    if seed % 2:
        times = np.sort(rng.uniform(0.0, 59.0, 150))
        for time_ in times:
            at = round(float(time_) * SAMPLE_RATE)
            samples[at : at + 3000] *= float(rng.uniform(2.0, 8.0))
    return Track(samples, 130.0, np.zeros(1))


def _row(case: Case, kept: Path | None) -> dict[str, Any]:
    features, stretches, steady = _features(case, kept)
    started = time.process_time()
    grid = fit_grid(features)
    seconds = time.process_time() - started
    found = outcome(grid, stretches)
    return {
        "name": case.name,
        "steady": steady,
        "sections": [(s.start, s.end, s.bpm, s.downbeat) for s in grid.sections],
        "truth": [(s.start, s.end, s.bpm, s.phrase) for s in stretches],
        "fit_seconds": seconds,
        "music_seconds": features.seconds,
        **_facts(found),
    }


def _facts(found: Outcome) -> dict[str, Any]:
    away = np.abs(found.offsets)
    far = bool(len(away)) and float(np.mean(away > FAR_SECONDS)) > 1 / 8
    return {
        "tempo_right": found.tempo_right,
        "sections_right": found.sections_right,
        "count": found.sections,
        "downbeat_right": found.downbeat_right,
        "p50": float(np.percentile(away, 50)) if len(away) else 0.0,
        "p95": float(np.percentile(away, 95)) if len(away) else 0.0,
        "worst": found.worst,
        "joint_error": found.joint_error,
        "confidence": found.confidence,
        "claimed": found.claimed,
        "far": far,
    }


def _features(case: Case, kept: Path | None) -> tuple[OnsetFeatures, tuple[Stretch, ...], bool]:
    path = kept / f"{case.name.replace(' ', '_').replace('/', '_')}.pickle" if kept else None
    if path is not None and path.exists():
        loaded: tuple[OnsetFeatures, tuple[Stretch, ...], bool] = pickle.loads(path.read_bytes())
        return loaded
    track, steady = case.make()
    made = (features_of(track.samples), track.stretches, steady)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pickle.dumps(made))
    return made


def _line(row: dict[str, Any]) -> str:
    if not row["steady"]:
        return f"{row['name']}: confidence {row['confidence']:.2f}"
    right = row["tempo_right"] and row["sections_right"] and row["downbeat_right"]
    if right and row["worst"] < 0.002:
        return f"{row['name']}: right"
    parts = ", ".join(f"{a:.2f}-{b:.2f} {bpm:.3f} {d:.3f}" for a, b, bpm, d in row["sections"])
    truth = ", ".join(f"{a:.2f}-{b:.2f} {bpm:.3f} {d:.3f}" for a, b, bpm, d in row["truth"])
    return (
        f"{row['name']}: c={row['confidence']:.2f} tempo={row['tempo_right']}"
        f" sections={row['count']} downbeat={row['downbeat_right']}"
        f" worst={1000 * row['worst']:.1f} ms\n    found {parts}\n    truth {truth}"
    )


def _figures(rows: list[dict[str, Any]]) -> dict[str, float]:
    steady = [row for row in rows if row["steady"]]
    far = [row for row in steady if row["far"]]
    near = [row for row in steady if not row["far"]]
    return {
        "tracks": len(rows),
        "tempo": _share(steady, "tempo_right"),
        "sections": _share(steady, "sections_right"),
        "downbeat": _share(steady, "downbeat_right"),
        "within 2 ms": float(np.mean([r["worst"] < 0.002 for r in steady])) if steady else 1.0,
        "p50 ms": 1000 * float(np.median([r["p50"] for r in steady])) if steady else 0.0,
        "p95 ms": 1000 * float(np.percentile([r["p95"] for r in steady], 95)) if steady else 0.0,
        "max ms": 1000 * max((r["worst"] for r in steady), default=0.0),
        "joint ms": 1000 * _median_joint(steady),
        "claimed": float(np.mean([row["claimed"] for row in steady])) if steady else 1.0,
        "sure and right": float(np.mean([r["confidence"] >= STEADY for r in near])) if near else 1,
        "sure and wrong": sum(r["confidence"] >= STEADY for r in far)
        + sum(r["confidence"] >= STEADY for r in rows if not r["steady"]),
        "fit ms/min": 60_000
        * sum(r["fit_seconds"] for r in rows)
        / sum(r["music_seconds"] for r in rows),
    }


def _median_joint(rows: list[dict[str, Any]]) -> float:
    errors = [r["joint_error"] for r in rows if r["count"][1] > 1]
    finite = [error for error in errors if np.isfinite(error)]
    return float(np.percentile(finite, 90)) if finite else 0.0


def _share(rows: list[dict[str, Any]], key: str) -> float:
    return float(np.mean([row[key] for row in rows])) if rows else 1.0


def _show(figures: dict[str, dict[str, float]]) -> None:
    columns = list(next(iter(figures.values())))
    table = Table(title="beat grids against known answers")
    for column in ("family", *columns):
        table.add_column(column)
    percent = {"tempo", "sections", "downbeat", "within 2 ms", "claimed", "sure and right"}
    for family, row in figures.items():
        cells = [f"{row[c]:.0%}" if c in percent else f"{row[c]:.4g}" for c in columns]
        table.add_row(family, *cells)
    Console(width=180).print(table)


if __name__ == "__main__":
    main()
