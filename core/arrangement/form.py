"""The form of a track: which sections it has, how long each is, and how much energy."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from core.arrangement.form_catalogue import CATALOGUE, Entry, Form, FormPart, usual_part
from core.errors import InputError
from core.settings import BARS_PER_SEGMENT

LEARNED: Final = "learned"
"""Asks for a form of the user's own tracks."""
_ONE_FORM_BARS: Final = 192
"""Longer tracks have several forms, each of about `_MOVEMENT_BARS`."""
_MOVEMENT_BARS: Final = 128
_FIRST_PEAK: Final = 0.9
_LONGEST_DROP: Final = 40
"""Bars after which a drop is no longer heard as one."""
_LONGEST_PAUSE: Final = 32
"""Bars that a floor waits for the kick at most, in a break and the rise after it."""
_LEAST_OUTRO: Final = 16
"""Bars that the next record needs to be mixed in, at the end of a track of several forms."""
_KICKLESS: Final = ("break", "rise")
_SPARE: Final = ("rise", "build", "groove", "break", "outro", "intro")
"""What a short track leaves out, first to last."""
_SUDDEN: Final = 0.25
_HIGH: Final = 0.65


@dataclass(frozen=True)
class FormSection:
    """A section of a track: intro, groove, build, drop, break, rise, outro.

    Attributes:
        name: which of them.
        start: first bar, from 0.
        bars: length.
        energy: wanted at its start and at its end, 0 (the library's calmest) .. 1 (its fullest).
        kick: weight of the kick that is wanted, 0 .. 1 likewise.
        entry: "open" for the first section; "mix": it fades in over the end of the one before, the
            lows changing over on the downbeat; "cut": all of it comes in on the downbeat.
    """

    name: str
    start: int
    bars: int
    energy: tuple[float, float]
    kick: float
    entry: Entry

    @property
    def end(self) -> int:
        """The first bar after it."""
        return self.start + self.bars


def energy_at(sections: Sequence[FormSection], bar: float) -> float:
    """The energy that a form wants at a place.

    Args:
        sections: in order, without gaps.
        bar: from 0; fractions are places within a bar.

    Returns:
        0 .. 1.
    """
    section = next(it for it in reversed(sections) if it.start <= bar)
    first, last = section.energy
    return first + min(1.0, (bar - section.start) / section.bars) * (last - first)


def choose_form(bars: int, seed: int, learned: Sequence[Form] = ()) -> Form:
    """The form of a track where none is asked for: seeds and lengths take turns through all.

    Args:
        bars: length of the track.
        seed: of the composition.
        learned: forms of the user's own tracks, which come as often as those of the catalogue.
    """
    options = [
        form
        for pair in itertools.zip_longest(CATALOGUE, learned[: len(CATALOGUE)])
        for form in pair
        if form is not None
    ]
    return options[(seed + bars // 16) % len(options)]


def named_form(name: str, bars: int, seed: int, learned: Sequence[Form] = ()) -> Form:
    """The form of that name.

    Args:
        name: of a form in the catalogue, or `LEARNED` for one of the user's own tracks.
        bars: length of the track.
        seed: of the composition, which chooses among the learned ones.
        learned: forms of the user's own tracks.

    Raises:
        InputError: there is none of that name, or none was learned.
    """
    if name == LEARNED:
        if not learned:
            raise InputError(
                "no track of this library has a form to learn from; choose another form"
            )
        return learned[(seed + bars // 16) % len(learned)]
    for form in CATALOGUE:
        if form.name == name:
            return form
    names = ", ".join([*(form.name for form in CATALOGUE), LEARNED])
    raise InputError(f"there is no form {name!r}; choose one of: {names}")


def plan(
    bars: int, form: str | None = None, seed: int = 0, learned: Sequence[Form] = ()
) -> list[FormSection]:
    """Plan the sections of a track of `bars` bars.

    Sections are multiples of eight bars, of four where the track is short; the last one takes what
    remains. A drop of more than forty bars is broken by grooves. Short tracks leave sections out,
    those over six minutes have several forms one after the other, each louder than the one before;
    there no pause of the kick is longer than 32 bars, and the last section takes 16 at least.

    Args:
        bars: length of the track.
        form: its name, as for `named_form`; None: by length and seed.
        seed: varies lengths a little, too.
        learned: forms of the user's own tracks.

    Returns:
        The sections, in order, without gaps.

    Raises:
        InputError: less than one bar, or no such form.
    """
    if bars < 1:
        raise InputError("a track needs at least one bar; make it longer")
    rng = np.random.default_rng([seed % 2**32, bars])
    movements = max(1, round(bars / _MOVEMENT_BARS)) if bars > _ONE_FORM_BARS else 1
    chosen = [
        choose_form(bars, seed + number, learned)
        if form is None
        else named_form(form, bars, seed + number, learned)
        for number in range(movements)
    ]
    unit = 8 if bars >= 64 else BARS_PER_SEGMENT
    units = max(bars // unit, 1)
    parts = _joined([one.parts for one in chosen])
    parts = _shortened(parts, max(1, units if unit == 8 else 5 * units // 8))
    parts = _relieved(parts, bars) if unit == 8 else parts
    weights = [part.weight * rng.uniform(0.8, 1.25) for part in parts]
    counts = _shared(units, weights)
    if bars > _ONE_FORM_BARS:
        counts = _balanced([part.name for part in parts], counts, unit)
    lengths = [unit * count for count in counts]
    lengths[-1] += bars - sum(lengths)
    starts = [0, *itertools.accumulate(lengths)]
    sections = [
        FormSection(part.name, start, length, part.energy, part.kick, part.entry)
        for part, start, length in zip(parts, starts, lengths, strict=False)
    ]
    return _opened(sections)


def plan_curve(bars: int, curve: Sequence[float]) -> list[FormSection]:
    """Plan a form whose energy follows a curve.

    A new section begins where the curve has moved by a quarter, or after 32 bars. One that rises
    suddenly to a high energy is cut in on the downbeat, all others are mixed.

    Args:
        bars: length of the track.
        curve: 0 .. 1, points that are evenly spaced from its start to its end.

    Returns:
        The sections, in order, without gaps.

    Raises:
        InputError: less than one bar, or points that are not within 0..1.
    """
    heights = np.asarray(curve, np.float64)
    if bars < 1:
        raise InputError("a track needs at least one bar; make it longer")
    if heights.ndim != 1 or len(heights) == 0 or not ((heights >= 0) & (heights <= 1)).all():
        raise InputError("an energy curve is made of numbers from 0 to 1; give one or more")
    block = 8 if bars >= 32 else BARS_PER_SEGMENT
    edges = [*range(0, max(bars - block // 2, 1), block), bars]
    spans = list(itertools.pairwise(edges))
    levels = [_mean_height(heights, a / bars, b / bars) for a, b in spans]
    groups = list(_grouped(levels, 32 // block))
    sections = []
    for first, last in groups:
        before = levels[first - 1] if first else levels[0]
        start, end = spans[first][0], spans[last][1]
        energy = (levels[first], levels[last])
        sections.append(_section_at(start, end - start, energy, energy[0] - before))
    return _opened(sections)


def _joined(forms: Sequence[Sequence[FormPart]]) -> list[FormPart]:
    """Forms one after the other: a break takes the place of the outro and the next intro."""
    parts: list[FormPart] = []
    for number, form in enumerate(forms):
        inner = [
            part
            for part in form
            if not (part.name == "intro" and number)
            and not (part.name == "outro" and number + 1 < len(forms))
        ]
        if parts and parts[-1].name != "break" and inner[0].name != "break":
            parts.append(usual_part("break", 1.5))
        share = _FIRST_PEAK + (1.0 - _FIRST_PEAK) * (number + 1) / len(forms)
        parts += [
            replace(part, energy=(share * part.energy[0], share * part.energy[1]))
            if part.name == "drop"
            else part
            for part in inner
        ]
    return _merged(parts)


def _shortened(parts: list[FormPart], most: int) -> list[FormPart]:
    """At most so many parts: what a short track can do without is left out, drops never."""
    while len(parts) > most:
        names = [part.name for part in parts]
        spare = next((name for name in _SPARE if name in names), None)
        at = len(parts) - 1 - names[::-1].index(names[-1] if spare is None else spare)
        parts = _merged(parts[:at] + parts[at + 1 :])
    return parts


def _merged(parts: Sequence[FormPart]) -> list[FormPart]:
    """Neighbours of one name are one part."""
    merged: list[FormPart] = []
    for part in parts:
        if merged and merged[-1].name == part.name:
            merged[-1] = replace(part, weight=merged[-1].weight + part.weight)
        else:
            merged.append(part)
    return merged


def _relieved(parts: Sequence[FormPart], bars: int) -> list[FormPart]:
    """A drop that would be too long gives way to a groove now and then, and comes back."""
    whole = sum(part.weight for part in parts)
    found: list[FormPart] = []
    for part in parts:
        count = math.ceil(bars * part.weight / whole / _LONGEST_DROP) if part.name == "drop" else 1
        piece = replace(part, weight=part.weight / count)
        groove = usual_part("groove", piece.weight / 2)
        found += [piece, *(count - 1) * (groove, piece)]
    return found


def _shared(units: int, weights: Sequence[float]) -> list[int]:
    """`units` shared out by weight, each at least one."""
    counts = [1] * len(weights)
    for _ in range(units - len(weights)):
        need = [weight / count for weight, count in zip(weights, counts, strict=True)]
        counts[need.index(max(need))] += 1
    return counts


def _balanced(names: Sequence[str], counts: Sequence[int], unit: int) -> list[int]:
    """Lengths in units of `unit` bars: long pauses of the kick give to the shortest of the others,
    and the longest of these to a short last section."""
    found = list(counts)
    others = [at for at, name in enumerate(names) if name not in _KICKLESS]
    for at in range(len(names) - 1):
        pause = [at, at + 1] if names[at] == "break" and names[at + 1] == "rise" else [at]
        if names[at] not in _KICKLESS:
            continue
        while unit * sum(found[it] for it in pause) > _LONGEST_PAUSE and others:
            found[max(pause, key=found.__getitem__)] -= 1
            found[min(others, key=found.__getitem__)] += 1
    while names[-1] == "outro" and unit * found[-1] < _LEAST_OUTRO:
        longest = max(others, key=found.__getitem__)
        if found[longest] < 2 or longest == len(found) - 1:
            break  # there is no room
        found[longest] -= 1
        found[-1] += 1
    return found


def _opened(sections: list[FormSection]) -> list[FormSection]:
    first = sections[0]
    opening = FormSection(first.name, first.start, first.bars, first.energy, first.kick, "open")
    return [opening, *sections[1:]]


def _mean_height(heights: np.ndarray, start: float, end: float) -> float:
    places = np.linspace(start, end, 9)
    return float(np.interp(places, np.linspace(0.0, 1.0, len(heights)), heights).mean())


def _grouped(levels: list[float], most: int) -> Iterator[tuple[int, int]]:
    """First and last block of each section."""
    first = 0
    for at in range(1, len(levels) + 1):
        if at == len(levels) or abs(levels[at] - levels[first]) >= _SUDDEN or at - first >= most:
            yield first, at - 1
            first = at


def _section_at(start: int, bars: int, energy: tuple[float, float], rise: float) -> FormSection:
    drop = rise >= _SUDDEN and energy[0] >= _HIGH
    name = "drop" if energy[0] >= _HIGH else "break" if energy[0] < 0.3 else "build"
    kick = float(np.clip(1.4 * energy[0] - 0.3, 0.0, 1.0))
    return FormSection(name, start, bars, energy, kick, "cut" if drop else "mix")
