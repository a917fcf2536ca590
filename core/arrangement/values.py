"""Checks of the numbers, colours and places that clips, lanes and markers are made of."""

from __future__ import annotations

import math
import re
from typing import Final

import numpy as np

from core.errors import InputError
from core.settings import LAST_BAR, LAST_TICK

GAIN_MIN_DB: Final = -96.0
"""Silence."""
GAIN_MAX_DB: Final = 24.0
LONGEST_NAME: Final = 500
"""Characters of what the user calls a thing; the rest is cut off, since no label shows it."""
_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")


def whole_number(value: object, what: str) -> int:
    """Check a number of ticks.

    Args:
        value: anything.
        what: what it is, for the message.

    Raises:
        InputError: it is no whole number.
    """
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise InputError(f"{what} must be a whole number of ticks, not {value!r}")
    return int(value)


def check_place(tick: int, what: str) -> None:
    """Check that a place is on the timeline.

    Args:
        tick: not before its beginning.
        what: what is there, for the message.

    Raises:
        InputError: it lies after the last bar.
    """
    if tick > LAST_TICK:
        raise InputError(f"{what} must lie within the {LAST_BAR:,} bars of the timeline")


def checked_gain_db(value: object, what: str) -> float:
    """Check a gain.

    Args:
        value: anything.
        what: what it is, for the message.

    Raises:
        InputError: it is no number of -96 .. 24 dB.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, np.number)):
        raise InputError(f"{what} must be a number of dB, not {value!r}")
    number = float(value)
    if not GAIN_MIN_DB <= number <= GAIN_MAX_DB:  # false for NaN, too
        raise InputError(f"{what} must lie between {GAIN_MIN_DB:g} and {GAIN_MAX_DB:g} dB")
    return number


def check_colour(colour: str, what: str) -> None:
    """Check a colour.

    Args:
        colour: anything.
        what: what it is the colour of, for the message.

    Raises:
        InputError: it is neither empty nor of the form `#rrggbb`.
    """
    if colour and not _COLOUR.fullmatch(colour):
        raise InputError(f"{what} must be like #4cc9f0, not {colour[:20]!r}")


def db_to_gain(gain_db: float) -> float:
    """The factor of a gain in dB; -96 dB and less is 0."""
    return 0.0 if gain_db <= GAIN_MIN_DB else math.pow(10.0, gain_db / 20.0)
