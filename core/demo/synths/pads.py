"""Pads whose partials are bands of noise, and choirs made of them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.demo.signal import add, faded, single
from core.demo.stage import Event, Stage
from core.demo.synths.envelopes import Envelope
from core.demo.theory import hertz
from core.settings import SAMPLE_RATE

Signal = NDArray[np.float32]
_SIZE = 1 << 18
VOWELS: dict[str, tuple[tuple[float, float, float], ...]] = {
    "ah": ((700, 1.0, 110), (1220, 0.5, 120), (2600, 0.25, 160)),
    "oh": ((400, 1.0, 90), (800, 0.5, 100), (2600, 0.1, 160)),
    "eh": ((530, 1.0, 100), (1840, 0.4, 130), (2480, 0.3, 160)),
    "oo": ((320, 1.0, 80), (700, 0.25, 100), (2400, 0.05, 160)),
}


@dataclass(frozen=True)
class Pad:
    """A pad: every partial is a Gaussian band (Nasca's PADsynth, 2005), looped without a seam.

    Attributes:
        partials: how many.
        tilt: dB an octave.
        blur: cents of a partial's width.
        even: level of the even partials.
        vowel: formants laid over.
        level: envelope.
        shine: an octave above, its level.
    """

    partials: int = 40
    tilt: float = -6.0
    blur: float = 28.0
    even: float = 1.0
    vowel: str = ""
    shine: float = 0.0
    level: Envelope = field(default_factory=lambda: Envelope(0.8, 1.0, 1.0, 0.9))
    gate: float = 1.0

    def __call__(self, events: list[Event], stage: Stage, rng: np.random.Generator) -> Signal:
        """All notes, (stage.frames, 2)."""
        out = np.zeros((stage.frames, 2), np.float32)
        loops: dict[int, Signal] = {}
        for event in events:
            scale = event.velocity / max(len(event.pitches), 1) ** 0.5
            for pitch in event.pitches:
                if pitch not in loops:
                    loops[pitch] = self._loop(pitch, rng)
                add(out, self._note(event, loops[pitch], rng), event.start, scale)
        return out

    def _note(self, event: Event, loop: Signal, rng: np.random.Generator) -> Signal:
        level = self.level(round(event.frames * self.gate))
        places = (int(rng.integers(_SIZE)) + np.arange(len(level))) % _SIZE
        return faded(loop[places] * level[:, None], 0.002, 0.01)

    def _loop(self, pitch: int, rng: np.random.Generator) -> Signal:
        strength = self._spectrum(hertz(pitch))
        if self.shine:
            strength += self.shine * self._spectrum(2 * hertz(pitch))
        phases = rng.uniform(0, 2 * np.pi, (2, len(strength)))
        waves = np.fft.irfft(strength * np.exp(1j * phases), axis=1).T
        return single(waves * (0.2 / waves.std()))

    def _spectrum(self, hz: float) -> NDArray[np.float64]:
        grid = np.fft.rfftfreq(_SIZE, 1 / SAMPLE_RATE)
        out = np.zeros(len(grid))
        for k in range(1, self.partials + 1):
            centre = hz * k
            if centre > 16_000:
                break
            width = (2 ** (self.blur / 1200) - 1) * centre**0.9 * hz**0.1
            strength = 10 ** (self.tilt * np.log2(k) / 20) * (self.even if k % 2 == 0 else 1.0)
            low, high = np.searchsorted(grid, (centre - 5 * width, centre + 5 * width))
            near = (grid[low:high] - centre) / width
            out[low:high] += (
                strength * self._formant(centre) * np.exp(-near * near) / np.sqrt(width)
            )
        return out

    def _formant(self, hz: float) -> float:
        if not self.vowel:
            return 1.0
        peaks = VOWELS[self.vowel]
        return 0.04 + sum(a / (1 + ((hz - f) / (1.4 * w)) ** 2) for f, a, w in peaks)
