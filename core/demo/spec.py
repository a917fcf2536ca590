"""What identifies a demo track."""

from __future__ import annotations

from dataclasses import dataclass

from core.settings import BEATS_PER_BAR, SAMPLE_RATE


@dataclass(frozen=True)
class TrackSpec:
    """One track of the catalogue; the same spec always renders to the same samples.

    bpm is exact, and the first downbeat is at sample 0: bar k starts at k * 240 / bpm seconds.
    key is a tonic and a mode, as in "A phrygian"; seed feeds every random choice of the rendering.
    """

    name: str
    style: str
    bpm: float
    key: str
    seed: int
    bars: int

    @property
    def frames(self) -> int:
        """Length in samples at 44.1 kHz: `bars` bars, rounded to the nearest sample."""
        return round(self.seconds * SAMPLE_RATE)

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return self.bars * BEATS_PER_BAR * 60.0 / self.bpm
