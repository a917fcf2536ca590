"""Forms that techno tracks have: which sections follow each other, and how long they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Entry = Literal["open", "mix", "cut"]


@dataclass(frozen=True)
class FormPart:
    """A section of a form whose length is not known yet.

    Attributes:
        name: intro, groove, build, drop, break, rise or outro.
        weight: its share of the track, against those of the other parts.
        energy: wanted at its start and at its end, 0 (the library's calmest) .. 1 (its fullest).
        kick: weight of the kick that is wanted, 0 .. 1 likewise.
    """

    name: str
    weight: float
    energy: tuple[float, float]
    kick: float

    @property
    def entry(self) -> Entry:
        """How it follows the part before: a drop is cut in, all others are mixed in."""
        return "cut" if self.name == "drop" else "mix"


@dataclass(frozen=True)
class Form:
    """A sequence of sections."""

    name: str
    parts: tuple[FormPart, ...]


USUAL: Final = {
    part.name: part
    for part in (
        FormPart("intro", 2.0, (0.33, 0.42), 0.5),
        FormPart("groove", 3.0, (0.52, 0.56), 0.7),
        FormPart("build", 2.0, (0.48, 0.60), 0.65),
        FormPart("drop", 3.0, (0.95, 1.00), 0.9),
        FormPart("break", 1.5, (0.38, 0.33), 0.0),
        FormPart("rise", 1.0, (0.40, 0.50), 0.35),
        FormPart("outro", 2.0, (0.45, 0.25), 0.5),
    )
}
"""What a section of each name is like."""


def usual_part(name: str, weight: float) -> FormPart:
    """A section as usual, with its share of a track.

    Args:
        name: one of `USUAL`.
        weight: its share, against those of the other parts.

    Returns:
        The section.

    Raises:
        KeyError: no section has this name.
    """
    usual = USUAL[name]
    return FormPart(name, weight, usual.energy, usual.kick)


def _form(name: str, *parts: tuple[str, float]) -> Form:
    return Form(name, tuple(usual_part(part, weight) for part, weight in parts))


CATALOGUE: Final = (
    _form(
        "classic",
        *(("intro", 2), ("build", 2), ("drop", 3), ("break", 1.5), ("rise", 1), ("drop", 3)),
        ("outro", 2),
    ),
    _form(
        "long mix",
        *(("intro", 3.5), ("groove", 2), ("build", 1), ("drop", 3), ("break", 1.5), ("drop", 2)),
        ("outro", 3.5),
    ),
    _form(
        "double drop",
        *(("intro", 1), ("rise", 1), ("drop", 3), ("break", 2), ("rise", 1), ("drop", 3)),
        *(("break", 1), ("drop", 2), ("outro", 1)),
    ),
    _form(
        "breakdown",
        *(("intro", 2), ("groove", 3), ("break", 3), ("rise", 1), ("drop", 4), ("outro", 2)),
    ),
    _form(
        "peak time",
        *(("intro", 1), ("drop", 3), ("break", 1), ("drop", 3), ("groove", 1.5), ("break", 1)),
        *(("drop", 3), ("outro", 1)),
    ),
    _form(
        "hypnotic",
        *(("intro", 2), ("groove", 4), ("build", 3), ("drop", 4), ("outro", 2)),
    ),
    _form(
        "tool",
        *(("groove", 4), ("drop", 3), ("groove", 3), ("drop", 2), ("groove", 2)),
    ),
)
"""Forms of the genre. "long mix" leaves a DJ time at both ends, "double drop" comes back at once,
"breakdown" has its break in the middle, "peak time" is nearly all drops, "hypnotic" builds up
slowly without a break, and "tool" is a steady groove to mix with."""
