"""The beat grid against known answers: python -m benchmarks.rhythm [--family NAME] [--json FILE].

Some hundred synthetic tracks, seeded: cuts of every size at every place, breaks, intros and endings
without a beat, pick-ups, cut openings, cross-rhythms, swing, tempo changes, channels in antiphase,
and noise. Per family: the share with the right tempo, number of sections and downbeat, how far off
the beats are, and whether the confidence knows: of grids of which more than an eighth is off by
over 20 ms, how many are above `STEADY` ("sure and wrong").

`--features DIR` keeps the onset features of the tracks, so that only the fit runs the next time.
"""

from __future__ import annotations

import argparse
import json
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

from core.rhythm.fit import fit_grid
from core.rhythm.grid import STEADY
from core.rhythm.onsets import OnsetFeatures, features_of
from tests.core.rhythm.known import CASES, Outcome, outcome
from tests.synthetic import (
    KICK_SHAPES,
    LAYERS,
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
TEMPI = (90.0, 97.3, 104.0, 113.0, 122.0, 128.0, 130.0, 136.0, 143.77, 150.0, 160.0, 170.0, 175.0)
CUTS = (0.05, 0.1, 0.17, 0.25, 0.3333, 0.4, 0.5, 0.6, 0.6667, 0.75, 0.83, 0.9, 0.95)
TECHNO = frozenset({"kick", "hats", "bass", "pad"})
STABS = frozenset({"kick", "hats", "bass", "stab"})
PLAIN = frozenset({"kick", "hats", "clap"})
SHORTEST_SECONDS = 16.0

Made = tuple[Track, bool]
"""A track, and whether it has a steady beat."""


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
    for case in cases():
        if options.family and not case.family.startswith(options.family):
            continue
        rows[case.family].append(_row(case, options.features))
        if options.verbose:
            print(_line(rows[case.family][-1]), flush=True)
    figures = {family: _figures(of_it) for family, of_it in rows.items()}
    everything = [row for of_it in rows.values() for row in of_it]
    figures["all"] = _figures(everything)
    _show(figures)
    if options.json:
        written = {"families": figures, "tracks": everything}
        options.json.write_text(json.dumps(written, indent=1) + "\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--family", help="only families whose name begins so")
    parser.add_argument("--features", type=Path, help="where to keep onset features")
    parser.add_argument("--verbose", action="store_true", help="a line per track that is not right")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def cases() -> Iterator[Case]:
    """All cases; a case is the same whichever others are asked for."""
    yield from _cut_cases()
    yield from _gap_cases()
    yield from _edge_cases()
    yield from _metre_cases()
    yield from _channel_cases()
    yield from _tempo_cases()
    for name, spec in CASES.items():
        yield Case(name, "one tempo", lambda spec=spec: (render(spec), True))
    for seed in range(6):
        yield Case(f"noise {seed}", "no beat", lambda seed=seed: (_beatless(seed), False))


def _random(*seed: int) -> np.random.Generator:
    return np.random.default_rng([20, *seed])


def _steady_spec(seed: int, bpm: float, layers: frozenset[str], seconds: float = 110.0) -> Spec:
    """A loop that goes on: the same layers from beginning to end."""
    rng = _random(1, seed)
    return Spec(
        bpm=bpm,
        parts=(Part(bars_for(seconds, bpm), layers),),
        start=float(rng.choice([0.0, 0.0, 0.3, 1.7])),
        kick=str(rng.choice(KICK_SHAPES)),
        bass=str(rng.choice(["offbeat", "rolling", "acid"])),
        bar_chords=int(rng.choice([1, 2, 4])),
        seed=seed,
    )


def _arranged_spec(seed: int, bpm: float, seconds: float = 140.0) -> Spec:
    """Intro, build, drop, breakdown, drop."""
    spec = _steady_spec(seed, bpm, LAYERS)
    return _with(spec, parts=arrangement(bars_for(seconds, bpm), intro=seed % 2 == 0))


def _with(spec: Spec, **changes: object) -> Spec:
    return Spec(**{**spec.__dict__, **changes})  # type: ignore[arg-type]


def _cut_cases() -> Iterator[Case]:
    for family, layers in (("cut techno", TECHNO), ("cut stabs", STABS), ("cut plain", PLAIN)):
        for k in range(39):
            bpm = TEMPI[(5 * k) % len(TEMPI)]
            beats = CUTS[k % len(CUTS)]
            yield Case(
                f"{family} {bpm:g} {beats:g} #{k}",
                family,
                lambda k=k, bpm=bpm, beats=beats, layers=layers: (
                    _cut(_steady_spec(k, bpm, layers), k, beats),
                    True,
                ),
            )
    for k in range(52):
        bpm = TEMPI[(7 * k) % len(TEMPI)]
        beats = CUTS[k % len(CUTS)]
        yield Case(
            f"cut arranged {bpm:g} {beats:g} #{k}",
            "cut arranged",
            lambda k=k, bpm=bpm, beats=beats: (_cut(_arranged_spec(k, bpm), k, beats), True),
        )
    for k in range(13):
        bpm, beats = TEMPI[k], CUTS[(3 * k) % len(CUTS)]
        yield Case(
            f"cut twice {bpm:g} {beats:g}", "cut twice", lambda k=k, bpm=bpm, beats=beats: (
                _cut_twice(_steady_spec(k, bpm, TECHNO, 150.0), k, beats),
                True,
            )
        )  # fmt: skip


def _cut(spec: Spec, seed: int, beats: float) -> Track:
    track = render(spec)
    rng = _random(2, seed)
    # Where a beat is: nobody can find a cut in a pad.
    first = spec.start + 240.0 / spec.bpm * (spec.parts[0].bars if len(spec.parts) > 1 else 0)
    at = float(rng.uniform(SHORTEST_SECONDS + first, track.seconds - SHORTEST_SECONDS))
    return cut(track, at, beats * 60.0 / spec.bpm)


def _cut_twice(spec: Spec, seed: int, beats: float) -> Track:
    track = render(spec)
    rng = _random(3, seed)
    for third in (0.65, 0.3):
        at = (third + 0.1 * float(rng.random())) * track.seconds
        track = cut(track, at, beats * 60.0 / spec.bpm)
    return track


def _gap_cases() -> Iterator[Case]:
    """Two steady parts with a break without beat between them, the second out of step."""
    for k in range(26):
        bpm = TEMPI[(3 * k) % len(TEMPI)]
        beats = CUTS[k % len(CUTS)]
        layers = (TECHNO, PLAIN, LAYERS)[k % 3]
        yield Case(
            f"break {bpm:g} {beats:g} #{k}",
            "break",
            lambda k=k, bpm=bpm, beats=beats, layers=layers: (_gap(k, bpm, beats, layers), True),
        )


def _gap(seed: int, bpm: float, beats: float, layers: frozenset[str]) -> Track:
    rng = _random(4, seed)
    first = render(_with(_steady_spec(seed, bpm, layers, 55.0), start=0.0))
    bars = bars_for(float(rng.uniform(8.0, 25.0)), bpm)
    seconds = (4 * bars + beats) * 60.0 / bpm
    frames = round(seconds * SAMPLE_RATE)
    gap = 0.001 * rng.standard_normal((frames, 1)).astype(np.float32)
    if seed % 2:
        pads = Spec(bpm=bpm, parts=(Part(bars + 4, frozenset({"pad"})),), seed=seed)
        gap = render(pads).samples[:frames]
    return joined(first, gap, first)


def _edge_cases() -> Iterator[Case]:
    """Beginnings and endings without a clear beat: one section, on the sure grid."""
    for k in range(26):
        bpm = TEMPI[(4 * k) % len(TEMPI)]
        yield Case(
            f"unsure intro {bpm:g} #{k}",
            "unsure intro",
            lambda k=k, bpm=bpm: (_unsure(k, bpm, at_start=True), True),
        )
        yield Case(
            f"unsure outro {bpm:g} #{k}",
            "unsure outro",
            lambda k=k, bpm=bpm: (_unsure(k, bpm, at_start=False), True),
        )
    for k in range(26):
        bpm = TEMPI[(6 * k) % len(TEMPI)]
        yield Case(
            f"arranged {bpm:g} #{k}",
            "no cut",
            lambda k=k, bpm=bpm: (render(_arranged_spec(100 + k, bpm, 180.0)), True),
        )


def _unsure(seed: int, bpm: float, *, at_start: bool) -> Track:
    """A third without drums whose players come some 20-45 ms late, all in the same way."""
    rng = _random(5, seed)
    bars = bars_for(45.0, bpm)
    layers = (frozenset({"stab", "pad"}), frozenset({"bass", "stab"}), frozenset({"hats", "pad"}))
    spec = _steady_spec(seed, bpm, LAYERS)
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
    beats = first + np.arange(8 * bars) * 60.0 / bpm
    whole = Stretch(0.0, len(samples) / SAMPLE_RATE, bpm, first)
    return Track(samples, bpm, beats, edits=(whole,))


def _metre_cases() -> Iterator[Case]:
    """Pick-ups, cut openings, cross-rhythms against a kick on every beat, swing."""
    for k in range(26):
        bpm = TEMPI[(5 * k) % len(TEMPI)]
        pickup = (0.5, 1.0, 1.5, 2.0, 2.5, 3.0)[k % 6]
        yield Case(
            f"pickup {bpm:g} {pickup:g} beats #{k}",
            "pickup",
            lambda k=k, bpm=bpm, pickup=pickup: (render(_pickup_spec(k, bpm, pickup)), True),
        )
        yield Case(
            f"cut opening {bpm:g} #{k}", "cut opening", lambda k=k, bpm=bpm: (_opened(k, bpm), True)
        )
    crossed = [("dotted", 13), ("triplets", 13), ("fives", 6)]
    for name, count in crossed:
        for k in range(count):
            bpm = TEMPI[k % len(TEMPI)]
            yield Case(
                f"{name} {bpm:g}",
                f"cross-rhythm {name}",
                lambda k=k, bpm=bpm, name=name: (render(_crossed_spec(k, bpm, name)), True),
            )
    for k in range(13):
        spec = _with(_arranged_spec(300 + k, TEMPI[k]), swing=0.54 + 0.01 * k)
        yield Case(f"swing {TEMPI[k]:g}", "swing", lambda spec=spec: (render(spec), True))


def _pickup_spec(seed: int, bpm: float, pickup: float) -> Spec:
    spec = _steady_spec(400 + seed, bpm, LAYERS - {"stab"}, 80.0)
    start = pickup * 60.0 / bpm + (0.1 if seed % 2 else 0.0)
    return _with(spec, pickup=pickup, start=start)


def _opened(seed: int, bpm: float) -> Track:
    """Recording began in the middle of a bar."""
    spec = _with(_steady_spec(500 + seed, bpm, LAYERS - {"stab"}, 80.0), start=0.0)
    track = render(spec)
    lost = float(_random(6, seed).uniform(0.3, 3.7)) * 60.0 / bpm
    lost = round(lost * SAMPLE_RATE) / SAMPLE_RATE
    samples = track.samples[round(lost * SAMPLE_RATE) :]
    whole = Stretch(0.0, len(samples) / SAMPLE_RATE, bpm, -lost)
    return Track(samples, bpm, track.beats[4:] - lost, edits=(whole,))


def _crossed_spec(seed: int, bpm: float, name: str) -> Spec:
    layers = frozenset({"kick", name}) | (frozenset({"clap"}) if seed % 2 else frozenset({"pad"}))
    gain = (0.2, 0.4, 0.6)[seed % 3]
    return _with(_steady_spec(600 + seed, bpm, layers, 80.0), stab_gain=gain)


def _channel_cases() -> Iterator[Case]:
    for k in range(6):
        spec = _with(
            _arranged_spec(700 + k, TEMPI[2 * k], 80.0), channels=2, antiphase=True, noise=0.0003
        )
        yield Case(f"antiphase {TEMPI[2 * k]:g}", "antiphase", lambda spec=spec: (
            render(spec), True))  # fmt: skip


def _tempo_cases() -> Iterator[Case]:
    changes = [(150, 200), (128, 140), (120, 90), (140, 105), (132, 99), (96, 144), (174, 130.5),
               (125, 128), (138, 126), (100, 160)]  # fmt: skip
    for k, (first, second) in enumerate(changes):
        yield Case(
            f"{first:g} then {second:g}",
            "tempo change",
            lambda k=k, tempi=(first, second): (_changed(k, *tempi), True),
        )


def _changed(seed: int, first: float, second: float) -> Track:
    tracks = [
        render(_with(_steady_spec(800 + seed, bpm, TECHNO | {"clap"}, 58.0), start=0.0))
        for bpm in (first, second)
    ]
    return joined(tracks[0], np.zeros((0, 1), np.float32), tracks[1])


def _beatless(seed: int) -> Track:
    rng = _random(7, seed)
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
    percent = {"tempo", "sections", "downbeat", "within 2 ms", "sure and right"}
    for family, row in figures.items():
        cells = [f"{row[c]:.0%}" if c in percent else f"{row[c]:.4g}" for c in columns]
        table.add_row(family, *cells)
    Console(width=180).print(table)


if __name__ == "__main__":
    main()
