"""What the waveform view shows of a track: the span of time that is in sight."""

from __future__ import annotations

from dataclasses import dataclass

_MIN_SECONDS = 0.05
"""Across the whole width, when zoomed in as far as it goes."""


@dataclass(frozen=True)
class VisibleSpan:
    """A stretch of a track over the width of a widget, and how seconds become pixels.

    Attributes:
        start: seconds of the track at the left edge.
        length: seconds from the left edge to the right one.
        track_length: seconds of the whole track.
        width: of the widget, in pixels.
    """

    start: float
    length: float
    track_length: float
    width: int

    @classmethod
    def whole_track(cls, track_length: float, width: int) -> VisibleSpan:
        """All of a track.

        Args:
            track_length: seconds.
            width: of the widget, in pixels.
        """
        return cls(0.0, max(track_length, _MIN_SECONDS), track_length, max(width, 1))

    @property
    def end(self) -> float:
        """Seconds at the right edge."""
        return self.start + self.length

    @property
    def seconds_per_pixel(self) -> float:
        """Seconds of one pixel."""
        return self.length / self.width

    def x_at(self, seconds: float) -> float:
        """Pixels from the left edge to a time of the track."""
        return (seconds - self.start) / self.seconds_per_pixel

    def seconds_at(self, x: float) -> float:
        """The time of the track at pixel `x`."""
        return self.start + x * self.seconds_per_pixel

    def zoomed(self, factor: float, x: float) -> VisibleSpan:
        """Zoomed in.

        Args:
            factor: 2 shows half as many seconds.
            x: pixel at which the same time stays.
        """
        length = min(max(self.length / factor, _MIN_SECONDS), max(self.track_length, _MIN_SECONDS))
        start = self.seconds_at(x) - x * length / self.width
        return self._limited(start, length)

    def scrolled(self, seconds: float) -> VisibleSpan:
        """Moved later by `seconds`, to the ends of the track at most."""
        return self._limited(self.start + seconds, self.length)

    def centred(self, seconds: float) -> VisibleSpan:
        """Moved so that `seconds` of the track is in the middle."""
        return self._limited(seconds - self.length / 2, self.length)

    def resized(self, width: int) -> VisibleSpan:
        """The same stretch over another width in pixels."""
        return VisibleSpan(self.start, self.length, self.track_length, max(width, 1))

    def _limited(self, start: float, length: float) -> VisibleSpan:
        last = max(0.0, self.track_length - length)
        return VisibleSpan(min(max(start, 0.0), last), length, self.track_length, self.width)
