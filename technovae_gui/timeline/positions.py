"""Positions and levels as text: bars count from one."""

from __future__ import annotations

from core.arrangement.clip import GAIN_MIN_DB
from core.settings import TICKS_PER_BAR, TICKS_PER_BEAT


def bar_text(tick: float) -> str:
    """`bar.beat.sixteenth` of a tick, each from one."""
    sixteenth = TICKS_PER_BEAT // 4
    whole = int(tick)
    beats, rest = divmod(whole % TICKS_PER_BAR, TICKS_PER_BEAT)
    return f"{whole // TICKS_PER_BAR + 1}.{beats + 1}.{rest // sixteenth + 1}"


def length_text(ticks: float) -> str:
    """A length in bars, or in beats below one bar."""
    if abs(ticks) >= TICKS_PER_BAR:
        return _counted(ticks / TICKS_PER_BAR, "bar")
    return _counted(ticks / TICKS_PER_BEAT, "beat")


def decibel_text(gain_db: float) -> str:
    """A gain with its sign; the lowest one is silence."""
    if gain_db <= GAIN_MIN_DB:
        return "-∞ dB"
    return f"{gain_db:+.1f} dB" if abs(gain_db) >= 0.05 else "0.0 dB"


def time_text(seconds: float) -> str:
    """Minutes and whole seconds."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


def _counted(number: float, noun: str) -> str:
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return f"{text} {noun}" if text in ("1", "-1") else f"{text} {noun}s"
