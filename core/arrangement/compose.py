"""A long track out of the latent space, as an arrangement that can be edited like any other.

It begins on a real segment and follows a form (`form`): each section walks from one anchor, which
is near real music, to the next (`anchors`) in steps that sound equally large (`core.latent.paths`).
The walk is the body of the music. The bass is that of the real segments which the walk passes, the
tops are those of others, and `layers` says when each of the three sounds. `sequencing` turns them
into clips, a lane for each layer.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from core.arrangement import anchors, form, harmony, levels
from core.arrangement.anchors import Anchors, AnchorSlot
from core.arrangement.arrangement import Arrangement, checked_tempo, frame_at
from core.arrangement.clip import LatentSource, RealSource
from core.arrangement.form import FormSection
from core.arrangement.layers import Block, LayerName, plan_layers
from core.arrangement.material import Array, Doubles, Material
from core.arrangement.sequencing import (
    LayerSound,
    SectionBlocks,
    SoundingBlock,
    sequence_lanes,
)
from core.errors import InputError
from core.latent import paths
from core.progress import Progress, silent
from core.settings import (
    BARS_PER_SEGMENT,
    LATENT_SIZE,
    SAMPLE_RATE,
    TICKS_PER_BAR,
    TICKS_PER_BEAT,
)

_DRIFT: Final = 0.35
_LEAST_KICK: Final = 0.35
"""Rank of kick under which a segment's bass does not carry a section."""
_BASS, _MID, _TREBLE = range(3)


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
        if self.energy is not None and self.form is not None:
            raise InputError("give a form or an energy curve, not both")


def compose(
    material: Material,
    options: ComposeOptions,
    rng: np.random.Generator,
    progress: Progress = silent,
) -> Arrangement:
    """Compose an arrangement; the same arguments give the same one.

    Args:
        material: the segments to compose from, and the decoder.
        options: length, tempo, form and so on.
        rng: chooses between anchors that fit equally well.
        progress: called after each of three stages.

    Returns:
        A lane each for tops, body and bass; clips are named after their section.

    Raises:
        InputError: no such start segment, or options out of range.
    """
    bpm = checked_tempo(options.bpm or _median_tempo(material))
    frames = None if options.bars else round((options.minutes or 3.0) * 60 * SAMPLE_RATE)
    bars = options.bars or _bars_for(frames or 1, bpm)
    curve = options.energy
    if curve is None:
        sections = form.plan(bars, options.form, options.seed, material.forms)
    else:
        sections = form.plan_curve(bars, curve)
    progress(0, 3, "choosing anchors")
    start = None if options.start is None else material.index(options.start)
    chosen = anchors.choose_anchors(material, sections, rng, bpm=bpm, start=start)
    progress(1, 3, "walking")
    walks = _walks(material, sections, chosen.rows, options.morph)
    progress(2, 3, "arranging")
    blocks = _layered(material, options, sections, chosen, walks, rng, bpm)
    lanes = sequence_lanes(blocks, _end_tick(bars, frames, bpm))
    progress(3, 3, "composed")
    return Arrangement(bpm, lanes, options.title, frames)


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
    material: Material, sections: Sequence[FormSection], chosen: NDArray[np.int64], morph: str
) -> list[Array]:
    """The latents of each section: (segments, 64), or (4 segments, 64) where each bar has one."""
    centre = material.latents.mean(axis=0)
    slots = anchors.anchor_slots(sections)
    rows = [chosen[[slot.section == number for slot in slots]] for number in range(len(sections))]
    walks = []
    for number, section in enumerate(sections):
        points = material.latents[rows[number]]
        if len(points) == 1:
            points = np.stack([points[0], _drifted(material, rows, number, centre)])
        steps = _segments(section) * (BARS_PER_SEGMENT if morph == "bar" else 1)
        walks.append(_walk(points, material, steps, centre))
    return walks


def _walk(points: Array, material: Material, steps: int, centre: Array) -> Array:
    if steps == 1:
        return points[:1]
    return paths.equal_steps(points, material.decode, steps, centre=centre).latents


def _drifted(
    material: Material, rows: list[NDArray[np.int64]], number: int, centre: Array
) -> Array:
    """Where a section with one anchor moves to: some of the way to the first of the next one."""
    latent = material.latents[rows[number][0]]
    after = rows[number + 1][0] if number + 1 < len(rows) else _nearest(material, latent)
    target = material.latents[after]
    return np.asarray(paths.slerp(latent, target, np.array([_DRIFT]), centre)[0])


def _nearest(material: Material, latent: Array) -> int:
    distance = np.linalg.norm(material.latents - latent, axis=1)
    return int(np.where(distance > 1e-6, distance, np.inf).argmin()) if len(distance) > 1 else 0


# The sounds


@dataclass(frozen=True, eq=False)
class _Palette:
    """What the layers of a composition are made of.

    Attributes:
        material: the segments.
        options: of the composition.
        rows: (slots,) rows of the anchors.
        slots: the places of the anchors.
        home: the key that all is brought near to.
        target: (3,) level in dB that bass, mids and treble have in a full drop.
        loudness: (3,) levels in dB of real segments, by row.
        width: (3,) side over mid of real segments, by row.
    """

    material: Material
    options: ComposeOptions
    rows: NDArray[np.int64]
    slots: list[AnchorSlot]
    home: int | None
    target: Doubles
    loudness: dict[int, Doubles]
    width: dict[int, Doubles]

    def anchors_of(self, section: int) -> list[int]:
        """Rows of a section's anchors, in order."""
        return [
            int(row)
            for row, slot in zip(self.rows, self.slots, strict=True)
            if slot.section == section
        ]

    def real(
        self, row: int, band: int, level_db: float, *, width: float, tonal: bool
    ) -> LayerSound:
        """A band of a real segment at a level, in the home key if its tones matter."""
        material = self.material
        key = material.keys([material.ids[row]])[0] if tonal else None
        source = RealSource(material.ids[row], harmony.transposition(key, self.home))
        gain = levels.band_gain_db(self.target[band] + level_db, self.loudness[row][band])
        return LayerSound(source, gain, width)

    def narrowed(self, rows: Sequence[int], band: int) -> float:
        """The width at which a band of the widest of some segments is safe in mono."""
        return levels.safe_width(max(float(self.width[row][band]) for row in rows))

    def kicking(self, row: int) -> int:
        """`row`, or the anchor with the most kick where `row` has hardly any."""
        kick = self.material.rank("kick")
        if kick[row] >= _LEAST_KICK:
            return row
        return int(max(self.rows.tolist(), key=lambda other: kick[other]))


def _layered(
    material: Material,
    options: ComposeOptions,
    sections: Sequence[FormSection],
    chosen: Anchors,
    walks: list[Array],
    rng: np.random.Generator,
    bpm: float,
) -> list[SectionBlocks]:
    """The blocks of every section, with the sounds of their layers."""
    tops = anchors.choose_tops(material, sections, chosen, rng, bpm=bpm)
    palette = _palette(material, options, sections, chosen, tops)
    found = []
    for number, section in enumerate(sections):
        after = sections[number + 1] if number + 1 < len(sections) else None
        whole = number == 0 and options.start is not None
        blocks = plan_layers(section, after, rng, whole_opening=whole)
        group = walks[number].reshape(len(blocks), -1, LATENT_SIZE)
        body = _body(palette, number, section, blocks, group)
        sounding = []
        tops_rows = [int(chosen.rows[0])] if whole else []
        tops_rows += tops[number]
        current = 0
        for place, block in enumerate(blocks):
            changes = block.tops_change or (whole and place == 1)
            current = min(current + changes, len(tops_rows) - 1)
            sounds: dict[LayerName, LayerSound] = {}
            middle = body[place]
            if middle is not None:
                sounds["body"] = middle
            if block.tops is not None:
                row = tops_rows[current]
                level = block.tops + _section_db(section)
                width = palette.narrowed([row], _TREBLE)
                sounds["tops"] = palette.real(row, _TREBLE, level, width=width, tonal=False)
            if block.bass is not None:
                row = _bass_row(palette, number, place, len(blocks))
                if whole and place == 0:
                    row = int(chosen.rows[0])
                level = block.bass + _section_db(section)
                sounds["bass"] = palette.real(row, _BASS, level, width=0.0, tonal=True)
            sounding.append(SoundingBlock(block, sounds))
        found.append(SectionBlocks(section, tuple(sounding)))
    return found


def _palette(
    material: Material,
    options: ComposeOptions,
    sections: Sequence[FormSection],
    chosen: Anchors,
    tops: list[list[int]],
) -> _Palette:
    rows = list(dict.fromkeys([*chosen.rows.tolist(), *itertools.chain(*tops)]))
    spectra = [material.decode(material.latents[[row]])[0] for row in rows]
    loudness = {
        row: levels.band_loudness_db(spectrum) for row, spectrum in zip(rows, spectra, strict=True)
    }
    read = material.read_audio
    width = {
        row: np.zeros(3) if read is None else levels.side_to_mid(read(material.ids[row]))
        for row in rows
    }
    target = np.median([loudness[row] for row in chosen.rows.tolist()], axis=0)
    slots = anchors.anchor_slots(sections)
    return _Palette(material, options, chosen.rows, slots, chosen.home, target, loudness, width)


def _body(
    palette: _Palette,
    number: int,
    section: FormSection,
    blocks: Sequence[Block],
    group: Array,
) -> list[LayerSound | None]:
    """The walk of a section as the sounds of its body; the very first one is real."""
    material, options = palette.material, palette.options
    width = palette.narrowed(palette.anchors_of(number), _MID)
    energy = np.linspace(*section.energy, len(blocks))
    transpositions = _transpositions(material, group[:, 0], palette.home)
    found: list[LayerSound | None] = []
    for place, block in enumerate(blocks):
        if block.body is None:
            found.append(None)
            continue
        level = block.body + levels.energy_db(float(energy[place]))
        if number == 0 and place == 0:
            opening = int(palette.rows[0])
            found.append(palette.real(opening, _MID, level, width=width, tonal=True))
            continue
        source = LatentSource.of(
            group[place],
            seed=(options.seed + block.start) % 2**32,
            renderer=options.renderer,
            model_hash=material.model_hash,
            transpose=transpositions[place],
        )
        spectrum = material.decode(np.ascontiguousarray(group[place][:1]))[0]
        loudness = levels.band_loudness_db(spectrum)[_MID]
        gain = levels.band_gain_db(palette.target[_MID] + level, loudness)
        found.append(LayerSound(source, gain, width))
    return found


def _transpositions(material: Material, latents: Array, home: int | None) -> list[int]:
    """Semitones for each latent, by the key of the segment that it is rendered from most."""
    if material.guide_of is None or home is None:
        return [0] * len(latents)
    guides = [material.guide_of(latent) for latent in latents]
    return [harmony.transposition(key, home) for key in material.keys(guides)]


def _bass_row(palette: _Palette, number: int, place: int, count: int) -> int:
    """The anchor that the bass of a block is taken from: each has an equal share of a section."""
    rows = palette.anchors_of(number)
    return palette.kicking(rows[min(len(rows) - 1, place * len(rows) // count)])


def _section_db(section: FormSection) -> float:
    return levels.energy_db(sum(section.energy) / 2)


def _segments(section: FormSection) -> int:
    return -(-section.bars // BARS_PER_SEGMENT)
