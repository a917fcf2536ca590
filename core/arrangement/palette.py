"""The sounds of a composition's layers: which source, how loud, how wide, in which key.

The body is the walk through the latents. The bass is that of the real segments which the walk
passes, the tops are those of others. Each band is brought to the level that it has in full music
(calm music is darker), plus what its section and its block ask for.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.arrangement import harmony, levels
from core.arrangement.anchors import Anchors, AnchorSlot, anchor_slots
from core.arrangement.clip import NO_PARTS_MUTED, LatentSource, RealSource, with_parts
from core.arrangement.form import FormSection
from core.arrangement.held_parts import LowParts
from core.arrangement.layers import Block, LayerName
from core.arrangement.material import Doubles, Material
from core.arrangement.sequencing import LayerSound
from core.dsp.attributes import kick_range_power, kick_steadiness, steadiness
from core.settings import PARTS

_LEAST_KICK: Final = 0.35
"""Rank of kick under which a segment's bass does not carry a section."""
_UNEVEN_DB: Final = 5.0
"""A bar whose lows differ by more from those of the others is a fill or a gap, music only once."""
_BROKEN: Final = 0.5
"""A kick is broken if so little of it is on the beats, of what is usual for the anchors."""
_FULL: Final = 0.7
"""Quantile of how driving segments are: from here on they are full music."""
_SAMPLED: Final = 40
_AS_STEADY: Final = 0.85
"""A kick that is held over may be less steady than the one that it replaces, by this factor."""
_TEASER_DB: Final = -3.0
_BASS, _BODY, _TOPS = range(3)
_KICK: Final = PARTS.index("kick")
_KICK_ALONE: Final = tuple(part != "kick" for part in PARTS)


@dataclass(frozen=True, eq=False)
class Palette:
    """What the layers of a composition are made of.

    Attributes:
        material: the segments.
        slots: the places of the anchors.
        rows: (slots,) rows of the anchors.
        tops: two rows for the tops of each section.
        home: the key that all is brought near to, as a place on the wheel; None: no key is wanted.
        target_db: (3,) levels that bass, body and tops have in a full drop: between those of the
            anchors of the fuller sections and those of the library's full music.
        loudness_db: (3,) levels of real segments, by row.
        unevenness_db: (3,) by how much a bar of theirs leaves these levels, by row.
        steadiness: of their kicks, 0 .. 1 (`attributes.kick_steadiness`), by row.
        width: (3,) side over mid of real segments, by row.
        low_powers: of the kick and of the others in the lows of real segments, in mono, by row, as
            far as they were needed.
        low_courses: (512,) power below 150 Hz of the same two, likewise.
    """

    material: Material
    slots: list[AnchorSlot]
    rows: NDArray[np.int64]
    tops: list[list[int]]
    home: int | None
    target_db: Doubles
    loudness_db: dict[int, Doubles]
    unevenness_db: dict[int, Doubles]
    steadiness: dict[int, float]
    width: dict[int, Doubles]
    low_powers: dict[int, tuple[float, float]] = field(default_factory=dict)
    low_courses: dict[int, tuple[Doubles, Doubles]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        material: Material,
        sections: Sequence[FormSection],
        chosen: Anchors,
        tops: list[list[int]],
    ) -> Palette:
        """Measure the segments that were chosen.

        Args:
            material: the segments.
            sections: the form.
            chosen: its anchors.
            tops: rows for the tops of each section.
        """
        rows = list(dict.fromkeys([*chosen.rows.tolist(), *itertools.chain(*tops)]))
        spectra = {row: material.spectrogram(row) for row in rows}
        bars = {row: levels.bar_loudness_db(spectrum) for row, spectrum in spectra.items()}
        loudness = {row: levels.usual_loudness_db(bars[row]) for row in rows}
        read = material.read_audio
        width = {
            row: np.zeros(3) if read is None else levels.side_to_mid(read(material.ids[row]))
            for row in rows
        }
        slots = anchor_slots(sections)
        fuller = np.median([slot.energy for slot in slots])
        passed = [
            loudness[row]
            for row, slot in zip(chosen.rows.tolist(), slots, strict=True)
            if slot.energy >= fuller
        ]
        target = 0.5 * (np.median(passed, axis=0) + _full_loudness_db(material))
        return cls(
            material,
            slots,
            chosen.rows,
            tops,
            chosen.home,
            target,
            loudness,
            {row: levels.unevenness_db(bars[row]) for row in rows},
            {row: kick_steadiness(spectrum) for row, spectrum in spectra.items()},
            width,
        )

    def sounds(
        self,
        number: int,
        section: FormSection,
        blocks: Sequence[Block],
        walk: Sequence[LatentSource],
        lows: Sequence[LowParts | None],
        *,
        own_opening: bool,
    ) -> list[dict[LayerName, LayerSound]]:
        """The sounds of a section's layers.

        Args:
            number: of the section.
            section: it.
            blocks: its blocks.
            walk: a latent for each.
            lows: of which parts the bass of each is made; None: it is that of `low_rows`.
            own_opening: in the first block of all, the tops are those of the opening segment, too.

        Returns:
            For each block the layers that are heard in it.
        """
        energy = np.linspace(*section.energy, len(blocks))
        level = levels.energy_db(sum(section.energy) / 2)
        rows = self.low_rows(number, blocks, own_opening=own_opening)
        moved = self._transposed(walk)
        top, found = 0, []
        for place, block in enumerate(blocks):
            opening = number == 0 and place == 0
            top = min(1, top + block.tops_change)
            heard: dict[LayerName, LayerSound] = {}
            if (db := _level(block, "tops")) is not None:
                row = int(self.rows[0]) if opening and own_opening else self.tops[number][top]
                heard["tops"] = self._real(row, _TOPS, db + level, self._safe_width([row], _TOPS))
            if (db := _level(block, "body")) is not None:
                db += levels.energy_db(float(energy[place]))
                width = self._safe_width(self._anchors_of(number), _BODY)
                heard["body"] = (
                    self._real(int(self.rows[0]), _BODY, db, width)
                    if opening
                    else self._latent(moved[place], db, width)
                )
            db, low, bass_row = _level(block, "bass"), lows[place], rows[place]
            if db is not None and low is not None:
                heard["bass"] = self._low_parts(low, db + level)
            elif db is not None and bass_row is not None:
                heard["bass"] = self._real(bass_row, _BASS, db + level, 0.0)
            found.append(heard)
        return found

    def low_rows(
        self, number: int, blocks: Sequence[Block], *, own_opening: bool
    ) -> list[int | None]:
        """The segments that the bass of a section's blocks is from; None where it is not heard.

        Args:
            number: of the section.
            blocks: its blocks.
            own_opening: the first block of all has the lows of the opening segment.
        """
        found: list[int | None] = []
        for place, block in enumerate(blocks):
            own = own_opening and number == 0 and place == 0
            row = int(self.rows[0]) if own else self._bass_row(number, place, len(blocks))
            found.append(None if _level(block, "bass") is None else row)
        return found

    def is_steady(self, low: LowParts) -> bool:
        """Whether the kick of lows that are made of parts is about as steady as that of the segment
        whose bass they have."""
        kick, bass = (self._low_source(row, 0.0)[1] for row in (low.kick, low.bass))
        course = self._low_course(low.kick)[0] * 10.0 ** (kick / 10.0)
        if not low.alone:
            course = course + self._low_course(low.bass)[1] * 10.0 ** (bass / 10.0)
        return steadiness(course) >= _AS_STEADY * self.steadiness[low.bass]

    def _real(self, row: int, band: int, level_db: float, width: float) -> LayerSound:
        """A band of a real segment at a level, bass and body in the home key."""
        segment_id = self.material.ids[row]
        key = None if band == _TOPS else self.material.keys([segment_id])[0]
        source = RealSource(segment_id, harmony.transposition(key, self.home))
        loudness = self._loudness_db(row, band, width)
        gain = levels.band_gain_db(self.target_db[band] + level_db, loudness)
        return LayerSound(source, gain, width)

    def _loudness_db(self, row: int, band: int, width: float) -> float:
        """The level of a band of a real segment, as it is at a width."""
        narrowed = levels.narrowing_db(float(self.width[row][band]), width)
        return float(self.loudness_db[row][band]) + narrowed

    def _low_parts(self, low: LowParts, level_db: float) -> LayerSound:
        """The kick of one segment and the other lows of another at a level: each as loud as in its
        own segment, both together as loud as one. A kick alone is as loud as it is with them."""
        kick, bass = (self._low_source(row, level_db) for row in (low.kick, low.bass))
        powers = (
            self._low_powers(low.kick)[0] * 10.0 ** (kick[1] / 10.0),
            self._low_powers(low.bass)[1] * 10.0 ** (bass[1] / 10.0),
        )
        reached = float(10.0 * np.log10(max(sum(powers), 1e-12)))
        gain = levels.band_gain_db(self.target_db[_BASS] + level_db, reached - bass[1])
        muted = _KICK_ALONE if low.alone else NO_PARTS_MUTED
        sources = [kick[0] if part == _KICK else bass[0] for part in range(len(PARTS))]
        gains = [round(kick[1] - bass[1], 2) * (part == _KICK) for part in range(len(PARTS))]
        return LayerSound(with_parts(sources, muted, gains), gain, 0.0)

    def _low_source(self, row: int, level_db: float) -> tuple[RealSource, float]:
        """The lows of a segment in the home key, and the gain that brings them to a level."""
        segment_id = self.material.ids[row]
        key = self.material.keys([segment_id])[0]
        source = RealSource(segment_id, harmony.transposition(key, self.home))
        wanted = self.target_db[_BASS] + level_db
        return source, levels.band_gain_db(wanted, self._loudness_db(row, _BASS, 0.0))

    def _low_powers(self, row: int) -> tuple[float, float]:
        self._take_apart(row)
        return self.low_powers[row]

    def _low_course(self, row: int) -> tuple[Doubles, Doubles]:
        self._take_apart(row)
        return self.low_courses[row]

    def _take_apart(self, row: int) -> None:
        """Measure kick and other lows of a real segment, once."""
        if row in self.low_powers:
            return
        shares_of = self.material.shares_of
        assert shares_of is not None
        spectrum = self.material.spectrogram(row)
        kick, others = levels.low_parts_db(spectrum, shares_of(spectrum)[..., _KICK])
        mono = 10.0 ** (levels.narrowing_db(float(self.width[row][_BASS]), 0.0) / 10.0)
        of_kick, of_others = levels.low_part_powers(kick, others)
        self.low_powers[row] = (of_kick * mono, of_others * mono)
        self.low_courses[row] = (
            mono * kick_range_power(kick),
            mono * kick_range_power(others),
        )

    def _latent(self, source: LatentSource, level_db: float, width: float) -> LayerSound:
        """The body of a latent at a level."""
        spectrum = self.material.decode(np.ascontiguousarray(source.array[:1]))[0]
        loudness = levels.band_loudness_db(spectrum)[_BODY]
        gain = levels.band_gain_db(self.target_db[_BODY] + level_db, loudness)
        return LayerSound(source, gain, width)

    def _transposed(self, walk: Sequence[LatentSource]) -> list[LatentSource]:
        """Each latent in the home key, by the key of the segment it is rendered from most."""
        guide_of = self.material.guide_of
        if guide_of is None or self.home is None:
            return list(walk)
        keys = self.material.keys([guide_of(source.array[0]) for source in walk])
        return [
            LatentSource(
                source.latents,
                source.seed,
                source.renderer,
                source.model_hash,
                harmony.transposition(key, self.home),
            )
            for source, key in zip(walk, keys, strict=True)
        ]

    def _anchors_of(self, number: int) -> list[int]:
        """Rows of a section's anchors, in order."""
        pairs = zip(self.rows.tolist(), self.slots, strict=True)
        return [row for row, slot in pairs if slot.section == number]

    def _bass_row(self, number: int, place: int, count: int) -> int:
        """The anchor that the bass of a block is from: each has an equal share of the section.

        One with hardly any kick, whose lows are away or alone in some of its bars, or whose kick is
        broken where those of the others are steady, gives way to the one with the most kick of
        those without such faults.
        """
        rows = self._anchors_of(number)
        row = rows[min(len(rows) - 1, place * len(rows) // count)]
        kick = self.material.rank("kick")
        if kick[row] >= _LEAST_KICK and self._is_regular(row):
            return row
        anchors: list[int] = self.rows.tolist()
        return max(anchors, key=lambda it: (self._is_regular(it), kick[it]))

    def _is_regular(self, row: int) -> bool:
        usual = float(np.median([self.steadiness[it] for it in self.rows.tolist()]))
        even = self.unevenness_db[row][_BASS] <= _UNEVEN_DB
        return bool(even and self.steadiness[row] >= _BROKEN * usual)

    def _safe_width(self, rows: Sequence[int], band: int) -> float:
        """The width at which a band of the widest of some segments is safe in mono."""
        return levels.safe_width(max(float(self.width[row][band]) for row in rows))


def _full_loudness_db(material: Material) -> Doubles:
    """The usual levels (3,) of the library's full music: how its makers balanced it."""
    drive = material.drive()
    full = np.flatnonzero(drive >= np.quantile(drive, _FULL))
    places = np.linspace(0, len(full) - 1, min(len(full), _SAMPLED)).round().astype(np.int64)
    found = [levels.band_loudness_db(material.spectrogram(row)) for row in full[places].tolist()]
    return np.asarray(np.median(found, axis=0))


def _level(block: Block, layer: LayerName) -> float | None:
    """The level of a layer in a block, or in its last bar; None where it is not heard at all."""
    return _TEASER_DB if block.fill.teaser == layer else block.level(layer)
