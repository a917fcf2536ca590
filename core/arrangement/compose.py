"""A long track out of the latent space, as an arrangement that can be edited like any other.

It begins on a real segment and follows a form (`form`): each section walks from one anchor, which
is near real music, to the next (`anchors`) in steps that sound equally large (`core.latent.paths`).
The walk is the body of the music; bass and tops are real (`palette`), and `layers` says when each
of the three sounds. `sequencing` turns them into clips, a lane for each layer, and `movement` moves
the filters and sends of these lanes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from core.arrangement import anchors, drawn_path, form, movement
from core.arrangement.arrangement import Arrangement, checked_tempo, frame_at
from core.arrangement.clip import DEFAULT_RENDERER, LatentSource
from core.arrangement.form import FormSection
from core.arrangement.form_catalogue import Form
from core.arrangement.held_parts import KickHolder, LowParts
from core.arrangement.layers import NO_FILL, plan_layers
from core.arrangement.marker import Marker
from core.arrangement.material import Array, Material
from core.arrangement.palette import Palette
from core.arrangement.sequencing import SectionBlocks, SoundingBlock, sequence_lanes
from core.errors import InputError
from core.latent import paths
from core.latent.sampling import AggregatePosterior
from core.progress import Progress, silent
from core.settings import (
    BARS_PER_SEGMENT,
    LATENT_SIZE,
    SAMPLE_RATE,
    TICKS_PER_BAR,
    TICKS_PER_BEAT,
)

_DRIFT: Final = 0.35
_HOLDING: Final = 0x4B1C
"""Keeps the chance that holds parts over apart from the others of a seed."""
_HOLD_SHARE: Final = 0.75
"""In how many compositions parts are held over."""
_NOVELTY: Final = 0.5
"""How far anchors are from the segments that they were chosen for, as a share of where the library
has its neighbours (`core.latent.sampling`)."""


@dataclass(frozen=True)
class ComposeOptions:
    """What a composition should be.

    Attributes:
        minutes: length, exact to the sample; None with `bars`, or for 3 minutes.
        bars: length; None with `minutes`.
        bpm: tempo; None for the median of the material.
        start: id of the real segment to begin on; None for a good opening.
        energy: curve of 0 .. 1, evenly spaced; None for a form.
        form: name of a form of `form_catalogue`, or "learned" for one of the user's own tracks;
            None: length and seed choose one. Not together with an energy curve.
        morph: how often the music changes: every "segment" of four bars or every "bar".
        renderer: of the latent clips.
        seed: of the latent clips.
        title: of the arrangement.
        hold_parts: whether kicks are held over and basses come in later, where parts can be told
            apart; None: the seed decides.
        effects: whether filters move and echoes sound (`movement`).

    Raises:
        InputError: a value out of range, or both lengths.
    """

    minutes: float | None = None
    bars: int | None = None
    bpm: float | None = None
    start: str | None = None
    energy: Sequence[float] | None = None
    form: str | None = None
    morph: Literal["segment", "bar"] = "segment"
    renderer: str = DEFAULT_RENDERER
    seed: int = 0
    title: str = ""
    hold_parts: bool | None = None
    effects: bool = True

    def __post_init__(self) -> None:
        if self.minutes is not None and self.bars is not None:
            raise InputError("give the length in minutes or in bars, not both")
        if self.minutes is not None and not 0 < self.minutes <= 24 * 60:
            raise InputError(
                f"a length of {self.minutes:g} minutes is not possible; give 0.05 to 180"
            )
        if self.bars is not None and self.bars < 1:
            raise InputError("a track needs at least one bar; make it longer")
        if self.morph not in ("segment", "bar"):
            raise InputError(f"the music moves on every bar or segment, not every {self.morph}")
        if self.energy is not None and self.form is not None:
            raise InputError("give a form or an energy curve, not both")


def compose(
    material: Material,
    options: ComposeOptions,
    rng: np.random.Generator,
    progress: Progress = silent,
    path: Array | None = None,
) -> Arrangement:
    """Compose an arrangement; the same arguments give the same one.

    Args:
        material: the segments to compose from, and the decoder.
        options: length, tempo, form and so on.
        rng: chooses between anchors that fit equally well.
        progress: called after each of three stages.
        path: (n, 64) latents that the walk goes along, from the first to the last; the form and
            all else stay, but for the segment to begin on. None: the walk finds its way.

    Returns:
        A lane each for tops, body and bass, with their automation, and a marker where each section
        begins.

    Raises:
        InputError: no such start segment, or options out of range.
    """
    bpm = checked_tempo(options.bpm or _median_tempo(material))
    frames = None if options.bars else round((options.minutes or 3.0) * 60 * SAMPLE_RATE)
    bars = options.bars or _bars_for(frames or 1, bpm)
    sections = plan_sections(bars, options, material.forms)
    progress(0, 3, "choosing anchors")
    if path is None:
        start = None if options.start is None else material.index(options.start)
        chosen = anchors.choose_anchors(material, sections, rng, bpm=bpm, start=start)
        progress(1, 3, "walking")
        near = _anchor_latents(material, chosen.rows, rng)
        walks = _walks(material, sections, near, _steps_per_segment(options))
    else:
        options = replace(options, start=None)
        steps = _steps_per_segment(options)
        walks = drawn_path.walk_along(path, material.decode, sections, steps)
        chosen = drawn_path.anchors_along(material, sections, walks, rng)
    progress(2, 3, "arranging")
    tops = anchors.choose_tops(material, sections, chosen, rng, bpm=bpm)
    palette = Palette.of(material, sections, chosen, tops)
    blocks = _layered(palette, options, sections, walks, rng)
    end = _end_tick(bars, frames, bpm)
    lanes = sequence_lanes(blocks, end)
    if options.effects:
        opening = options.start is not None
        lanes = movement.moved(lanes, sections, end, keep_opening=opening)
    progress(3, 3, "composed")
    return Arrangement(bpm, lanes, options.title, frames, section_markers(sections))


def plan_sections(bars: int, options: ComposeOptions, learned: Sequence[Form]) -> list[FormSection]:
    """The sections that a track has.

    Args:
        bars: its length.
        options: of these count the form, the energy curve and the seed.
        learned: forms of the user's own tracks.
    """
    if options.energy is None:
        return form.plan(bars, options.form, options.seed, learned)
    return form.plan_curve(bars, options.energy)


def section_markers(sections: Sequence[FormSection]) -> tuple[Marker, ...]:
    """A marker where each section begins, with its name."""
    return tuple(
        Marker(f"marker-{number}", section.start * TICKS_PER_BAR, section.name)
        for number, section in enumerate(sections, 1)
    )


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


def _anchor_latents(
    material: Material, chosen: NDArray[np.int64], rng: np.random.Generator
) -> Array:
    """(r, 64) near the segments that were chosen, (r,), so that what sounds is like them, not them.

    A segment that was chosen again gives the same latent again; the opening stays where it is.
    """
    rows, again = np.unique(chosen, return_inverse=True)
    posterior = AggregatePosterior.fit(material.latents)
    near: Array = posterior.around(material.latents[rows], rng, spread=_NOVELTY)[again]
    near[0] = material.latents[chosen[0]]
    return near


def _walks(
    material: Material,
    sections: Sequence[FormSection],
    anchor_latents: Array,
    steps_per_segment: int,
) -> list[Array]:
    """The latents of each section: (segments, 64), or (4 segments, 64) where each bar has one."""
    centre = material.latents.mean(axis=0)
    slots = anchors.anchor_slots(sections)
    places = [
        anchor_latents[[slot.section == number for slot in slots]]
        for number in range(len(sections))
    ]
    walks = []
    for number, section in enumerate(sections):
        points = places[number]
        if len(points) == 1:
            points = np.stack([points[0], _drifted(material, places, number, centre)])
        steps = _segments(section) * steps_per_segment
        walks.append(_walk(points, material, steps, centre))
    return walks


def _steps_per_segment(options: ComposeOptions) -> int:
    return BARS_PER_SEGMENT if options.morph == "bar" else 1


def _walk(points: Array, material: Material, steps: int, centre: Array) -> Array:
    if steps == 1:
        return points[:1]
    return paths.equal_steps(points, material.decode, steps, centre=centre).latents


def _drifted(material: Material, places: list[Array], number: int, centre: Array) -> Array:
    """Where a section with one anchor moves to: some of the way to the first of the next one."""
    latent = places[number][0]
    last = number + 1 == len(places)
    target = material.latents[_nearest(material, latent)] if last else places[number + 1][0]
    return np.asarray(paths.slerp(latent, target, np.array([_DRIFT]), centre)[0])


def _nearest(material: Material, latent: Array) -> int:
    distance = np.linalg.norm(material.latents - latent, axis=1)
    return int(np.where(distance > 1e-6, distance, np.inf).argmin()) if len(distance) > 1 else 0


# The layers


def _layered(
    palette: Palette,
    options: ComposeOptions,
    sections: Sequence[FormSection],
    walks: Sequence[Array],
    rng: np.random.Generator,
) -> list[SectionBlocks]:
    """The blocks of every section, with the sounds of their layers."""
    found: list[SectionBlocks] = []
    fill = NO_FILL
    holder = _kick_holder(palette.material, options)
    for number, section in enumerate(sections):
        after = sections[number + 1] if number + 1 < len(sections) else None
        own_opening = number == 0 and options.start is not None
        blocks = plan_layers(section, after, rng, whole_opening=own_opening, before=fill)
        fill = blocks[-1].fill
        groups = walks[number].reshape(len(blocks), -1, LATENT_SIZE)
        walk = [
            LatentSource.of(
                group,
                seed=(options.seed + block.start) % 2**32,
                renderer=options.renderer,
                model_hash=palette.material.model_hash,
            )
            for group, block in zip(groups, blocks, strict=True)
        ]
        lows: list[LowParts | None] = [None] * len(blocks)
        if holder is not None:
            rows = palette.low_rows(number, blocks, own_opening=own_opening)
            fits = palette.is_steady
            lows = holder.plan(section, rows, keep_first=own_opening, fits=fits)
        sounds = palette.sounds(number, section, blocks, walk, lows, own_opening=own_opening)
        sounding = [SoundingBlock(*pair) for pair in zip(blocks, sounds, strict=True)]
        found.append(SectionBlocks(section, tuple(sounding)))
    return found


def _kick_holder(material: Material, options: ComposeOptions) -> KickHolder | None:
    """Decides which parts are held over, by a chance of its own; None where none are."""
    rng = np.random.default_rng([options.seed % 2**32, _HOLDING])
    wanted = rng.random() < _HOLD_SHARE
    if options.hold_parts is not None:
        wanted = options.hold_parts
    return KickHolder(rng) if wanted and material.shares_of is not None else None


def _segments(section: FormSection) -> int:
    return -(-section.bars // BARS_PER_SEGMENT)
