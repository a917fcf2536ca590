"""What part of a track is seen, and how seconds become pixels."""

from __future__ import annotations

from dataclasses import dataclass

_CLOSEST = 0.05
"""Seconds across the whole width at the closest."""


@dataclass(frozen=True)
class Span:
    """`start` and `length` in seconds of a track of `whole` seconds, over `width` pixels."""

    start: float
    length: float
    whole: float
    width: int

    @classmethod
    def all(cls, whole: float, width: int) -> Span:
        """The whole track."""
        return cls(0.0, max(whole, _CLOSEST), whole, max(width, 1))

    @property
    def end(self) -> float:
        """Seconds at the right edge."""
        return self.start + self.length

    @property
    def per_pixel(self) -> float:
        """Seconds."""
        return self.length / self.width

    def x(self, seconds: float) -> float:
        """Pixels from the left edge."""
        return (seconds - self.start) / self.per_pixel

    def seconds(self, x: float) -> float:
        """Time at pixel `x`."""
        return self.start + x * self.per_pixel

    def zoomed(self, factor: float, x: float) -> Span:
        """`factor` times closer, what is at pixel `x` staying there."""
        length = min(max(self.length / factor, _CLOSEST), max(self.whole, _CLOSEST))
        start = self.seconds(x) - x * length / self.width
        return self._within(start, length)

    def moved(self, seconds: float) -> Span:
        """Scrolled, to the ends of the track at most."""
        return self._within(self.start + seconds, self.length)

    def centred(self, seconds: float) -> Span:
        """With `seconds` in the middle."""
        return self._within(seconds - self.length / 2, self.length)

    def wide(self, width: int) -> Span:
        """The same part over another width."""
        return Span(self.start, self.length, self.whole, max(width, 1))

    def _within(self, start: float, length: float) -> Span:
        last = max(0.0, self.whole - length)
        return Span(min(max(start, 0.0), last), length, self.whole, self.width)
