"""A named place of the timeline; the section that it names goes on to the next marker."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from core.arrangement.values import LONGEST_NAME, check_colour, check_place, whole_number
from core.errors import InputError


@dataclass(frozen=True)
class Marker:
    """A marker on the ruler. It changes nothing that sounds.

    Attributes:
        id: no other marker of the arrangement has it.
        tick: where it is, 0 or later.
        name: what the user calls it, such as intro, build or drop; may be empty.
        colour: `#rrggbb`; empty for the one that goes with its name.

    Raises:
        InputError: no id, a place before the first bar or after the last, or a colour of another
            form.
    """

    id: str
    tick: int
    name: str = ""
    colour: str = ""

    def __post_init__(self) -> None:
        if not self.id:
            raise InputError("a marker needs an id; give it one")
        object.__setattr__(self, "tick", whole_number(self.tick, "a marker's place"))
        if self.tick < 0:
            raise InputError(f"a marker cannot be before the first bar (tick {self.tick})")
        check_place(self.tick, "a marker")
        object.__setattr__(self, "name", self.name[:LONGEST_NAME])
        check_colour(self.colour, "a marker's colour")

    def changed(self, **fields: object) -> Marker:
        """A copy with `fields` replaced. Raises `InputError` as the constructor does."""
        return dataclasses.replace(self, **fields)  # type: ignore[arg-type]
