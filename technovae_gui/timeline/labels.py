"""Positions, lengths and levels as text. Bars, beats and sixteenths count from one."""

from __future__ import annotations

from core.arrangement.automation import PAN, SILENCE_DB, Parameter
from core.arrangement.clip import (
    ClipSource,
    GroupSource,
    muted_parts,
    part_gains_db,
    single_sources,
)
from core.arrangement.values import GAIN_MIN_DB
from core.settings import PARTS, TICKS_PER_BAR, TICKS_PER_BEAT

_SIXTEENTH = TICKS_PER_BEAT // 4
_SHOWN_DB = 0.05
"""What rounds to less is 0, without a sign."""


def position_label(tick: float) -> str:
    """`bar.beat.sixteenth` of a tick; 0 is "1.1.1"."""
    bar, rest = divmod(round(tick), TICKS_PER_BAR)
    beat, rest = divmod(rest, TICKS_PER_BEAT)
    return f"{bar + 1}.{beat + 1}.{rest // _SIXTEENTH + 1}"


def short_position_label(tick: int) -> str:
    """The same without what is 1 at the end: "5" for a bar, "5.2" for a beat."""
    bar, rest = divmod(tick, TICKS_PER_BAR)
    beat, rest = divmod(rest, TICKS_PER_BEAT)
    if rest:
        return f"{bar + 1}.{beat + 1}.{rest // _SIXTEENTH + 1}"
    return f"{bar + 1}.{beat + 1}" if beat else str(bar + 1)


def length_label(ticks: float) -> str:
    """A length in bars; below one bar, in beats."""
    if abs(ticks) >= TICKS_PER_BAR:
        return _counted(ticks / TICKS_PER_BAR, "bar")
    return _counted(ticks / TICKS_PER_BEAT, "beat")


def gain_label(gain_db: float) -> str:
    """A gain in dB with its sign; the lowest gain is silence."""
    if gain_db <= GAIN_MIN_DB:
        return "-∞ dB"
    return f"{gain_db:+.1f} dB" if abs(gain_db) >= _SHOWN_DB else "0.0 dB"


def signed_db(db: float) -> str:
    """A level in dB with its sign and without the unit, as dials show it: "+1.5", "0"."""
    return f"{db:+.1f}" if abs(db) >= _SHOWN_DB else "0"


def pan_label(pan: float) -> str:
    """A pan of -1 (left) to 1 (right) in percent: "20L", "C", "100R"."""
    percent = round(abs(pan) * 100)
    if not percent:
        return "C"
    return f"{percent}{'L' if pan < 0 else 'R'}"


def parameter_label(parameter: Parameter, value: float) -> str:
    """Write a value of an automated parameter with its unit.

    Args:
        parameter: one of `PARAMETERS`.
        value: in the parameter's range.

    Returns:
        For example "1.20 kHz".
    """
    if parameter is PAN:
        return pan_label(value)
    if parameter.octaves:
        return f"{value / 1000:.2f} kHz" if value >= 1000.0 else f"{value:.0f} Hz"
    if parameter.low == SILENCE_DB:
        return "-∞ dB" if value <= SILENCE_DB else gain_label(value)
    return f"{100 * value:.0f} %"


def time_label(seconds: float) -> str:
    """`minutes:seconds`, rounded to whole seconds."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


def parts_label(source: ClipSource) -> str:
    """Which parts are not heard or have gains, and of how many segments and latents they are; empty
    where all are of one, as they are."""
    parts = list(zip(PARTS, muted_parts(source), part_gains_db(source), strict=True))
    muted = [part for part, off, _ in parts if off]
    gains = [f"{part} {gain_label(gain)}" for part, off, gain in parts if gain and not off]
    count = 1 if isinstance(source, GroupSource) else len(single_sources(source))
    words = (
        f"parts of {count}" if count > 1 else "",
        f"without {', '.join(muted)}" if muted else "",
        ", ".join(gains),
    )
    return " · ".join(word for word in words if word)


def clip_names(name: str) -> tuple[str, ...]:
    """Ever shorter ways to write the name of a clip, beginning with all of it.

    "Near Iron Parish, bar 33", "Iron Parish, bar 33", "Iron Parish 33".
    """
    plain = name.removeprefix("Near ")
    music, found, bar = plain.rpartition(", bar ")
    brief = f"{music} {bar}" if found and bar.isdecimal() else plain
    return tuple(dict.fromkeys((name, plain, brief)))


def _counted(number: float, noun: str) -> str:
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return f"{text} {noun}" if text in ("1", "-1") else f"{text} {noun}s"
