"""What lanes send to: one echo in the tempo and one reverb, the same for all lanes."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Final

from core.arrangement.values import whole_number
from core.errors import InputError

RETURN_MIN_DB: Final = -60.0
"""Silence."""
RETURN_MAX_DB: Final = 6.0
LONGEST_ECHO: Final = 16
SHORTEST_REVERB: Final = 0.3
LONGEST_REVERB: Final = 12.0
MOST_FEEDBACK: Final = 0.95


@dataclass(frozen=True)
class Returns:
    """Settings of echo and reverb.

    Attributes:
        echo_sixteenths: from one echo to the next, 1 .. 16; 3 is a dotted eighth.
        echo_feedback: of one echo into the next, 0 .. 0.95.
        echo_db: level of the echoes, -60 (silence) .. 6.
        reverb_seconds: until the reverb has fallen by 60 dB, 0.3 .. 12.
        reverb_db: its level.

    Raises:
        InputError: a value out of range.
    """

    echo_sixteenths: int = 3
    echo_feedback: float = 0.5
    echo_db: float = 0.0
    reverb_seconds: float = 2.2
    reverb_db: float = 0.0

    def __post_init__(self) -> None:
        sixteenths = whole_number(self.echo_sixteenths, "an echo's time")
        object.__setattr__(self, "echo_sixteenths", sixteenths)
        for name, low, high in (
            ("echo_sixteenths", 1, LONGEST_ECHO),
            ("echo_feedback", 0.0, MOST_FEEDBACK),
            ("echo_db", RETURN_MIN_DB, RETURN_MAX_DB),
            ("reverb_seconds", SHORTEST_REVERB, LONGEST_REVERB),
            ("reverb_db", RETURN_MIN_DB, RETURN_MAX_DB),
        ):
            value = getattr(self, name)
            if isinstance(value, bool) or not low <= value <= high:
                what = name.replace("_", " ")
                raise InputError(f"{what} must lie between {low:g} and {high:g}, not {value!r}")

    def changed(self, **fields: object) -> Returns:
        """A copy with `fields` replaced. Raises `InputError` as the constructor does."""
        return dataclasses.replace(self, **fields)  # type: ignore[arg-type]


DEFAULT_RETURNS: Final = Returns()
