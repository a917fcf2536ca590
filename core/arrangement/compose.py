"""A long track out of the latent space, as an arrangement that can be edited like any other.

It begins on a real segment and follows a form (`form`): each part walks from one anchor near real
music to the next (`anchors`) in steps that sound equally large (`core.latent.paths`). Parts take
turns on two lanes; where one is mixed into the next, they overlap around a downbeat on which the
lows change over, and a drop is cut in on the downbeat after bars without lows.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from core.arrangement import anchors, form, levels
from core.arrangement.arrangement import Arrangement, Lane, checked_tempo, frame_at
from core.arrangement.clip import Clip, ClipSource, LatentSource, RealSource
from core.arrangement.form import FormSection
from core.arrangement.material import Array, Material
from core.dsp import attributes
from core.errors import InputError
from core.latent import paths
from core.progress import Progress, silent
from core.settings import (
    BARS_PER_SEGMENT,
    LATENT_SIZE,
    SAMPLE_RATE,
    TICKS_PER_BAR,
    TICKS_PER_BEAT,
    TICKS_PER_SEGMENT,
)

_LANES: Final = ("A", "B")
_MIX_BARS: Final = 8
_BLEND: Final = TICKS_PER_BEAT
_FADE_BARS: Final = 4
_FILL_BARS: Final = 2
_DRIFT: Final = 0.35
_BEATLESS: Final = 0.5


@dataclass(frozen=True)
class ComposeOptions:
    """What a composition should be.

    minutes | bars: length, one of them; minutes are exact to the sample (default 3 minutes)
    bpm:     None: the median of the material
    start:   id of the real segment to begin on; None: a good opening is chosen
    energy:  curve of 0..1, evenly spaced; None: intro, build, drop, break, rise, drop, outro
    morph:   how often the music moves on, every "segment" of four bars or every "bar"
    """

    minutes: float | None = None
    bars: int | None = None
    bpm: float | None = None
    start: str | None = None
    energy: Sequence[float] | None = None
    morph: Literal["segment", "bar"] = "segment"
    renderer: str = "guided"
    seed: int = 0
    title: str = ""

    def __post_init__(self) -> None:
        if self.minutes is not None and self.bars is not None:
            raise InputError("give the length in minutes or in bars, not both")
        if self.minutes is not None and not 0 < self.minutes <= 24 * 60:
            raise InputError(f"a length of {self.minutes:g} minutes cannot be; give 0.05 to 180")
        if self.bars is not None and self.bars < 1:
            raise InputError("a track needs at least one bar; make it longer")
        if self.morph not in ("segment", "bar"):
            raise InputError(f"the music moves on every bar or segment, not every {self.morph}")


def compose(
    material: Material,
    options: ComposeOptions,
    rng: np.random.Generator,
    progress: Progress = silent,
) -> Arrangement:
    """An arrangement made of `material`; the same arguments give the same.

    Raises:
        InputError: no such start segment, or options out of range.
    """
    bpm = checked_tempo(options.bpm or _median_tempo(material))
    frames = None if options.bars else round((options.minutes or 3.0) * 60 * SAMPLE_RATE)
    bars = options.bars or _bars_for(frames or 1, bpm)
    parts = form.plan(bars) if options.energy is None else form.plan_curve(bars, options.energy)
    progress(0, 3, "choosing anchors")
    start = None if options.start is None else material.index(options.start)
    chosen = anchors.choose_anchors(material, parts, rng, bpm=bpm, start=start)
    progress(1, 3, "walking")
    walks = _walks(material, parts, chosen, options.morph)
    progress(2, 3, "arranging")
    stages = _stages(material, options, parts, chosen, walks)
    lanes = _lanes(stages, _end_tick(bars, frames, bpm))
    progress(3, 3, "composed")
    return Arrangement(bpm, lanes, options.title, frames)


@dataclass(frozen=True)
class _Step:
    """What sounds for four bars (or the rest of a part) of the form."""

    source: ClipSource
    start: int
    bars: int
    gain_db: float
    bass_cut: bool


@dataclass(frozen=True)
class _Stage:
    """A part with its steps."""

    part: FormSection
    steps: tuple[_Step, ...]


def _median_tempo(material: Material) -> float:
    sure = np.ones(len(material)) if material.confidence is None else material.confidence
    steady = material.bpm[sure > 0] if (sure > 0).any() else material.bpm
    return float(np.median(steady))


def _bars_for(frames: int, bpm: float) -> int:
    """Bars that cover `frames`: a whole number, the last one cut where it has to be."""
    exact = frames * bpm / (60.0 * SAMPLE_RATE * TICKS_PER_BAR / TICKS_PER_BEAT)
    return max(1, math.ceil(exact - 1e-6))


def _end_tick(bars: int, frames: int | None, bpm: float) -> int:
    """The tick where the last clip ends: the first at or after the last sample."""
    end = bars * TICKS_PER_BAR
    if frames is None:
        return end
    tick = math.floor(frames * bpm * TICKS_PER_BEAT / (60.0 * SAMPLE_RATE))
    while frame_at(tick, bpm) < frames:
        tick += 1
    return tick


# The walk


def _walks(
    material: Material, parts: Sequence[FormSection], chosen: NDArray[np.int64], morph: str
) -> list[Array]:
    """For each part its latents: (segments, 64), or (4 segments, 64) where each bar has its own."""
    centre = material.latents.mean(axis=0)
    slots = anchors.anchor_slots(parts)
    rows = [chosen[[slot.part == number for slot in slots]] for number in range(len(parts))]
    walks = []
    for number, part in enumerate(parts):
        points = material.latents[rows[number]]
        if len(points) == 1:
            points = np.stack([points[0], _drifted(material, rows, number, centre)])
        steps = _segments(part) * (BARS_PER_SEGMENT if morph == "bar" else 1)
        walks.append(_walk(points, material, steps, centre))
    return walks


def _walk(points: Array, material: Material, steps: int, centre: Array) -> Array:
    if steps == 1:
        return points[:1]
    return paths.equal_steps(points, material.decode, steps, centre=centre).latents


def _drifted(
    material: Material, rows: list[NDArray[np.int64]], number: int, centre: Array
) -> Array:
    """Where a part with one anchor moves to: some of the way to the next part's first."""
    here = material.latents[rows[number][0]]
    after = rows[number + 1][0] if number + 1 < len(rows) else _nearest(material, here)
    there = material.latents[after]
    return np.asarray(paths.slerp(here, there, np.array([_DRIFT]), centre)[0])


def _nearest(material: Material, latent: Array) -> int:
    distance = np.linalg.norm(material.latents - latent, axis=1)
    return int(np.where(distance > 1e-6, distance, np.inf).argmin()) if len(distance) > 1 else 0


# What sounds when


def _stages(
    material: Material,
    options: ComposeOptions,
    parts: Sequence[FormSection],
    chosen: NDArray[np.int64],
    walks: list[Array],
) -> list[_Stage]:
    groups = [
        walk.reshape(_segments(part), -1, LATENT_SIZE)
        for part, walk in zip(parts, walks, strict=True)
    ]
    spectra = [material.decode(np.ascontiguousarray(group[:, 0])) for group in groups]
    gains = iter(_gains(parts, spectra))
    stages = []
    for part, group, heard in zip(parts, groups, spectra, strict=True):
        steps = [
            _Step(
                _latent_source(latents, material, options, part.start + 4 * number),
                part.start + BARS_PER_SEGMENT * number,
                min(BARS_PER_SEGMENT, part.bars - BARS_PER_SEGMENT * number),
                next(gains),
                part.kick == 0.0 and attributes.measure(spectrum).kick > _BEATLESS,
            )
            for number, (latents, spectrum) in enumerate(zip(group, heard, strict=True))
        ]
        stages.append(_Stage(part, tuple(steps)))
    return _begun_with(stages, RealSource(material.ids[int(chosen[0])]))


def _segments(part: FormSection) -> int:
    return -(-part.bars // BARS_PER_SEGMENT)


def _gains(parts: Sequence[FormSection], spectra: Sequence[Array]) -> list[float]:
    """For every step of every part."""
    energy = [np.linspace(*part.energy, _segments(part)) for part in parts]
    loudness = [levels.loudness_db(spectrum) for heard in spectra for spectrum in heard]
    return levels.gains_db(loudness, np.concatenate(energy).tolist())


def _latent_source(
    group: Array, material: Material, options: ComposeOptions, bar: int
) -> LatentSource:
    return LatentSource(
        group,  # type: ignore[arg-type]  # any array of that shape is taken
        seed=(options.seed + bar) % 2**32,
        renderer=options.renderer,
        model_hash=material.model_hash,
    )


def _begun_with(stages: list[_Stage], opening: ClipSource) -> list[_Stage]:
    """The first four bars are the real segment itself; the walk leaves from its latent."""
    first = stages[0]
    real = _Step(opening, first.steps[0].start, first.steps[0].bars, first.steps[0].gain_db, False)
    return [_Stage(first.part, (real, *first.steps[1:])), *stages[1:]]


# Clips


def _lanes(stages: list[_Stage], end: int) -> tuple[Lane, ...]:
    clips: list[list[Clip]] = [[] for _ in _LANES]
    around = [None, *stages, None]
    numbers = itertools.count(1)
    for index, (before, stage, after) in enumerate(zip(around, stages, around[2:], strict=False)):
        lead = _overlap_bars(before, stage)
        tail = _overlap_bars(stage, after)
        placed = _placed(stage, lead * TICKS_PER_BAR, tail * TICKS_PER_BAR, numbers)
        if after is not None and after.part.entry == "cut":
            placed = _with_fill(placed, numbers)
        clips[index % len(_LANES)] += placed
    lanes = tuple(
        Lane(f"lane-{name.lower()}", name, tuple(_ended(row, end)))
        for name, row in zip(_LANES, clips, strict=True)
    )
    return tuple(lane for lane in lanes if lane.clips) or lanes[:1]


def _overlap_bars(before: _Stage | None, after: _Stage | None) -> int:
    """Half the bars over which two parts overlap: they do so on both sides of the downbeat."""
    if before is None or after is None or after.part.entry != "mix":
        return 0
    return min(_MIX_BARS, before.part.bars // 2, after.part.bars // 2) // 2


def _placed(stage: _Stage, lead: int, tail: int, numbers: Iterator[int]) -> list[Clip]:
    """The clips of a part, from `lead` ticks before it to `tail` after it."""
    clips = []
    for number, step in enumerate(stage.steps):
        first, last = number == 0, number == len(stage.steps) - 1
        early = lead if first else _BLEND
        late = tail if last else 0
        bass_swap = first and lead > 0
        start = step.start * TICKS_PER_BAR - early
        clips.append(
            Clip(
                id=f"clip-{next(numbers)}",
                source=step.source,
                start=start,
                length=step.bars * TICKS_PER_BAR + early + late,
                offset=-early % TICKS_PER_SEGMENT,
                gain_db=step.gain_db,
                fade_in=2 * lead if first else 0,
                fade_out=2 * tail if last else 0,
                bass_swap=bass_swap,
                bass_cut=step.bass_cut,
                name=stage.part.name,
            )
        )
    return clips


def _with_fill(clips: list[Clip], numbers: Iterator[int]) -> list[Clip]:
    """Take the lows out of the last bars before a drop."""
    last = clips[-1]
    cut = last.end - _FILL_BARS * TICKS_PER_BAR
    if last.bass_cut or cut <= last.start + _BLEND or last.fade_out:
        return clips
    head = last.changed(length=cut - last.start)
    fill = last.changed(
        id=f"clip-{next(numbers)}",
        start=cut,
        length=last.end - cut,
        offset=(cut - last.origin) % TICKS_PER_SEGMENT,
        fade_in=0,
        bass_swap=False,
        bass_cut=True,
    )
    return [*clips[:-1], head, fill]


def _ended(clips: list[Clip], end: int) -> Iterator[Clip]:
    """`clips` up to the end of the track, which fades out over the last bars."""
    for clip in clips:
        if clip.start >= end:
            continue
        if clip.end < end:
            yield clip
            continue
        length = end - clip.start
        fade = min(_FADE_BARS * TICKS_PER_BAR, length - min(clip.fade_in, length))
        yield clip.changed(length=length, fade_in=min(clip.fade_in, length), fade_out=fade)
