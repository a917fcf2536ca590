"""The key of music: a tonic and major or minor, estimated from its chroma."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

_MAJOR_NAMES = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_MINOR_NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B")

# How much of a piece lies on each pitch class, from the tonic up: medians over tracks of electronic
# dance music. Profile "edma" of Faraldo, Gomez, Jorda and Herrera, "Key estimation in electronic
# dance music" (ECIR 2016), scaled to 1 on the tonic.
# fmt: off
_MAJOR = (
    1.0, 0.2875, 0.502, 0.4048, 0.605, 0.5614, 0.3205, 0.7966, 0.3159, 0.4506, 0.4202, 0.3889,
)
_MINOR = (
    1.0, 0.3096, 0.4415, 0.5827, 0.3262, 0.4948, 0.2889, 0.7804, 0.4328, 0.2903, 0.5331, 0.3217,
)
# fmt: on

_LEAST_PITCH: Final = 0.02
"""Share of partials under which there is no pitch to speak of. Measured: drums alone have .01 (toms
.04), kicks .015 at most, techno .02-.2."""
_LEAST_CORRELATION: Final = 0.6
"""With the best profile; below, no key fits. Chroma of noise reaches .5 by chance."""


@dataclass(frozen=True)
class Key:
    """A key.

    Attributes:
        tonic: pitch class, 0 for C to 11 for B.
        minor: False for major.
        confidence: correlation of the music's chroma with the key's profile, .6 to 1. It says how
            well the key fits, not that a relative of it (its fifths, its parallel) does not.
    """

    tonic: int
    minor: bool
    confidence: float = 1.0

    @property
    def name(self) -> str:
        """As in "F# minor"."""
        names = _MINOR_NAMES if self.minor else _MAJOR_NAMES
        return f"{names[self.tonic]} {'minor' if self.minor else 'major'}"

    @property
    def short_name(self) -> str:
        """As in "F#m", and "C" for C major."""
        tonic = self.name.split()[0]
        return f"{tonic}m" if self.minor else tonic

    def transposed(self, semitones: int) -> Key:
        """The key of the same music when it is `semitones` higher; negative: lower."""
        return replace(self, tonic=(self.tonic + semitones) % 12)

    @property
    def camelot(self) -> str:
        """Its place on the wheel that DJs mix by, as in "8A": fifths are neighbours, A is minor."""
        return f"{self.wheel}{'A' if self.minor else 'B'}"

    @property
    def wheel(self) -> int:
        """The number of `camelot`, 1 to 12."""
        relative_minor = self.tonic if self.minor else self.tonic + 9
        return ((relative_minor - 9) * 7 + 7) % 12 + 1


def estimate(chroma: Array) -> Key | None:
    """Estimate the key of music from its chroma.

    The mean chroma is correlated with the profiles of all 24 keys, as Krumhansl does in "Cognitive
    foundations of musical pitch" (1990); the profiles are those of electronic dance music.

    Args:
        chroma: (frames, 12) as `core.dsp.chroma.ChromaStream` makes it: rows are shares of what
            sounds, so that noise and silence are near zero.

    Returns:
        The key; None where there is too little pitch (drums alone, noise, silence) or no key fits.
    """
    if not len(chroma):
        return None
    mean = np.asarray(chroma, np.float64).mean(axis=0)
    if mean.sum() < _LEAST_PITCH:
        return None
    fit = _PROFILES @ _standardised(mean)
    best = int(np.argmax(fit))
    if fit[best] < _LEAST_CORRELATION:
        return None
    return Key(best % 12, best >= 12, min(1.0, float(fit[best])))


def _standardised(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Without their mean, and of length 1, so that products are correlations."""
    centred = rows - rows.mean(axis=-1, keepdims=True)
    length = np.linalg.norm(centred, axis=-1, keepdims=True)
    result: NDArray[np.float64] = centred / np.maximum(length, 1e-12)
    return result


_PROFILES: Final = _standardised(
    np.array([np.roll(profile, tonic) for profile in (_MAJOR, _MINOR) for tonic in range(12)])
)
"""(24, 12): C major to B major, then C minor to B minor."""
