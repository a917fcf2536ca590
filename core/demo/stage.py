"""The time, key and seeds of a track, and the events that its instruments play."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.demo import notation
from core.demo.spec import TrackSpec
from core.demo.theory import Key
from core.settings import BEATS_PER_BAR, SAMPLE_RATE

Signal = NDArray[np.float32]
_EIGHTHS = 8


@dataclass(frozen=True)
class Event:
    """Something to be played. start and frames in samples; velocity 0..1."""

    start: int
    frames: int
    velocity: float
    pitches: tuple[int, ...] = ()
    accent: bool = False
    slide: bool = False


@dataclass(frozen=True)
class Stage:
    """Time, key and chance of one track.

    Attributes:
        swing: where in an eighth its second sixteenth falls; .5 is straight.
        harmony: degrees that following voices are shifted by, one a bar, repeated.
    """

    spec: TrackSpec
    swing: float = 0.5
    harmony: tuple[int, ...] = (0,)
    key: Key = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", Key(self.spec.key))

    @property
    def frames(self) -> int:
        """Length of the track in samples."""
        return self.spec.frames

    @property
    def beat(self) -> float:
        """Samples of a beat; not whole."""
        return 60.0 / self.spec.bpm * SAMPLE_RATE

    @property
    def bar(self) -> float:
        """Samples of a bar; not whole."""
        return self.beat * BEATS_PER_BAR

    def sample(self, bars: float) -> int:
        """The sample on which musical position `bars` falls, swing applied."""
        eighths = bars * _EIGHTHS
        whole = np.floor(eighths + 1e-9)
        part = max(eighths - whole, 0.0)
        early = part < 0.5 - 1e-9
        warped = 2 * part * self.swing if early else self.swing + (2 * part - 1) * (1 - self.swing)
        return round(float(whole + warped) / _EIGHTHS * self.bar)

    def rng(self, name: str) -> np.random.Generator:
        """Chance that depends on the track's seed and on `name` alone."""
        return np.random.default_rng([self.spec.seed, zlib.crc32(name.encode())])

    def curve(self, text: str) -> Signal:
        """An automation such as "0:.2 16:.9", one value a sample, (frames,)."""
        bars, values = notation.curve(text)
        at = np.arange(self.frames, dtype=np.float32)
        return np.interp(at, bars * self.bar, values).astype(np.float32)

    def hertz(self, text: str | float) -> Signal:
        """As `curve`, in Hz: even in octaves. A number stays where it is."""
        if not isinstance(text, str):
            return np.full(self.frames, text, np.float32)
        bars, values = notation.curve(text)
        at = np.arange(self.frames, dtype=np.float32)
        return np.exp2(np.interp(at, bars * self.bar, np.log2(values))).astype(np.float32)

    def level(self, text: str | float) -> Signal:
        """As `curve`, but a number is taken as it is."""
        if isinstance(text, str):
            return self.curve(text)
        return np.full(self.frames, text, np.float32)
