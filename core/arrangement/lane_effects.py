"""What a lane's sound passes through: a three-band equaliser with kill switches, and filters."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Final

from core.arrangement.values import db_to_gain
from core.errors import InputError

EQ_MIN_DB: Final = -30.0
EQ_MAX_DB: Final = 6.0
CUTOFF_MIN_HZ: Final = 20.0
CUTOFF_MAX_HZ: Final = 20_000.0
SEND_MIN_DB: Final = -60.0
"""Nothing is sent."""
SEND_MAX_DB: Final = 0.0
LEAST_Q: Final = 0.5**0.5
MOST_Q: Final = 10.0


@dataclass(frozen=True)
class LaneEffects:
    """The settings; as they are at first, the sound goes through bit for bit.

    Attributes:
        bass_db: gain below 200 Hz, -30 .. 6.
        mid_db: between.
        treble_db: above 2.5 kHz.
        bass_kill: nothing of the bass is left.
        mid_kill: nothing of the mids.
        treble_kill: nothing of the treble.
        low_pass_hz: cutoff, 20 .. 20,000; 20,000 is off.
        high_pass_hz: cutoff, 20 .. 20,000; 20 is off.
        resonance: of both filters, 0 (none) .. 1.
        echo_db: what is sent to the echo, after gain and pan, -60 (nothing) .. 0.
        reverb_db: what is sent to the reverb.

    Raises:
        InputError: a value out of range.
    """

    bass_db: float = 0.0
    mid_db: float = 0.0
    treble_db: float = 0.0
    bass_kill: bool = False
    mid_kill: bool = False
    treble_kill: bool = False
    low_pass_hz: float = CUTOFF_MAX_HZ
    high_pass_hz: float = CUTOFF_MIN_HZ
    resonance: float = 0.0
    echo_db: float = SEND_MIN_DB
    reverb_db: float = SEND_MIN_DB

    def __post_init__(self) -> None:
        for name in ("bass_db", "mid_db", "treble_db"):
            _check(self, name, EQ_MIN_DB, EQ_MAX_DB, "dB")
        for name in ("low_pass_hz", "high_pass_hz"):
            _check(self, name, CUTOFF_MIN_HZ, CUTOFF_MAX_HZ, "Hz")
        _check(self, "resonance", 0.0, 1.0, "")
        for name in ("echo_db", "reverb_db"):
            _check(self, name, SEND_MIN_DB, SEND_MAX_DB, "dB")

    @property
    def gains(self) -> tuple[float, float, float]:
        """Factors of bass, mids and treble."""
        settings = (
            (self.bass_db, self.bass_kill),
            (self.mid_db, self.mid_kill),
            (self.treble_db, self.treble_kill),
        )
        bass, mid, treble = (0.0 if kill else db_to_gain(db) for db, kill in settings)
        return bass, mid, treble

    @property
    def equalises(self) -> bool:
        """Whether a band is louder or softer than it was."""
        return self.gains != (1.0, 1.0, 1.0)

    @property
    def cuts_highs(self) -> bool:
        """Whether the low-pass is on."""
        return self.low_pass_hz < CUTOFF_MAX_HZ

    @property
    def cuts_lows(self) -> bool:
        """Whether the high-pass is on."""
        return self.high_pass_hz > CUTOFF_MIN_HZ

    @property
    def sends(self) -> bool:
        """Whether echo or reverb get something."""
        return max(self.echo_db, self.reverb_db) > SEND_MIN_DB

    @property
    def is_on(self) -> bool:
        """Whether the sound is changed at all, or sent anywhere."""
        return self.equalises or self.cuts_highs or self.cuts_lows or self.sends

    @property
    def damping(self) -> float:
        """1 / Q of the filters."""
        return float(1.0 / (LEAST_Q * (MOST_Q / LEAST_Q) ** self.resonance))

    def changed(self, **fields: object) -> LaneEffects:
        """A copy with `fields` replaced. Raises `InputError` as the constructor does."""
        return dataclasses.replace(self, **fields)  # type: ignore[arg-type]


def _check(effects: LaneEffects, name: str, low: float, high: float, unit: str) -> None:
    value = getattr(effects, name)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        what = name.rpartition("_")[0].replace("_", "-") or name
        raise InputError(f"a lane's {what} must lie between {low:g} and {high:g} {unit}".rstrip())
    object.__setattr__(effects, name, float(value))


NO_EFFECTS: Final = LaneEffects()
