"""Positions as people read them."""

from __future__ import annotations

from core.settings import BEATS_PER_BAR, TICKS_PER_BAR, TICKS_PER_BEAT

_SIXTEENTH = TICKS_PER_BEAT // 4


def bars_text(tick: float) -> str:
    """`bar.beat.sixteenth`, each counted from 1: 0 is "1.1.1"."""
    whole = max(0, int(tick))
    bar, rest = divmod(whole, TICKS_PER_BAR)
    beat, rest = divmod(rest, TICKS_PER_BEAT)
    return f"{bar + 1}.{beat % BEATS_PER_BAR + 1}.{rest // _SIXTEENTH + 1}"


def time_text(seconds: float) -> str:
    """`minutes:seconds.tenths`."""
    tenths = max(0, int(seconds * 10))
    minutes, rest = divmod(tenths, 600)
    return f"{minutes}:{rest // 10:02d}.{rest % 10}"
