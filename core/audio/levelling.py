"""Single loops at one loudness: for what is heard of them alone, and for what is saved.

Every loop sounds at -14 LUFS with true peaks of at most -1 dBTP, like a mastered mix. What plays on
the timeline keeps the level that it has in its track.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.audio import loudness
from core.audio.k_weighting import KWeighting
from core.audio.limiter import STEP, Limiter, limited_gains, loop_peak, peak_envelope
from core.audio.looping import extended
from core.audio.loudness import StepEnergies
from core.audio.mastering import gain_before_limiter, limiter_ceiling
from core.settings import CEILING_DBTP, SAMPLE_RATE, TARGET_LUFS

Array = NDArray[np.float32]

MOST_LIMITED_DB: Final = 6.0
"""Peaks are turned down by no more than this; a loop that asks for more stays quieter."""
_MOST_GAIN_DB: Final = 20.0
"""A passage of mere hiss is not brought to the loudness of music."""
_CLOSE_ENOUGH_LU: Final = 0.1
_LEAD_STEPS: Final = SAMPLE_RATE // STEP
"""A second before the loop's start, in which the limiter comes to what it does at its end."""
_TAIL_FRAMES: Final = 32 * STEP
_UNHEARD_DB: Final = 0.5
"""Limiting by so little took .02 LU of loops."""
_ROOM_DB: Final = 1.0
"""Samples that stay so far below the ceiling are taken to have no true peak above it, at least none
whose limiting could be heard in the loudness."""


@dataclass(frozen=True)
class LevelledLoop:
    """A loop brought to the common loudness.

    Attributes:
        samples: (n, c) float32, still a loop.
        gain_db: what it was amplified by before the limiter.
        lufs: its integrated loudness now; minus infinity for silence.
    """

    samples: Array
    gain_db: float
    lufs: float

    @property
    def missing_db(self) -> float:
        """By how much it is quieter than it should be, where its peaks left no room; else 0."""
        missing = TARGET_LUFS - self.lufs
        return missing if math.isfinite(missing) and missing > 2 * _CLOSE_ENOUGH_LU else 0.0


def level_loop(samples: Array, ceiling_dbtp: float = CEILING_DBTP) -> LevelledLoop:
    """Bring a loop to -14 LUFS, its true peaks kept under a ceiling by the limiter.

    Args:
        samples: (n, 1 or 2) at 44.1 kHz, whose end leads into its start.
        ceiling_dbtp: largest true peak of the result, in dBTP.

    Returns:
        The loop as it is heard when it is repeated with `loop_gain_db` through the player's
        limiter. Peaks are turned down by at most `MOST_LIMITED_DB`; what cannot be so loud then
        stays quieter, as does what is nearly silent.
    """
    return _Levelling(samples, ceiling_dbtp).result()


def loop_gain_db(samples: Array) -> float:
    """The gain of `level_loop`, in dB, before the limiter; 0 for silence."""
    return _Levelling(samples, CEILING_DBTP).gain_db()


def rough_gain_db(samples: Array, louder_db: float = 0.0) -> float:
    """`loop_gain_db` but for the loudness that limiting takes away, in a sixth of the time.

    For what sounds for a moment: where peaks have to be limited it is up to about 2 dB too low.

    Args:
        samples: (n, 1 or 2), a loop or a passage of one.
        louder_db: by how much the loop is louder than that passage.

    Returns:
        dB; for silence 0.
    """
    return _Levelling(samples, CEILING_DBTP, louder_db).first_guess()[0]


class _Levelling:
    def __init__(self, samples: Array, ceiling_dbtp: float, louder_db: float = 0.0) -> None:
        self._samples = np.asarray(samples, np.float32)
        self._louder_db = louder_db
        self._ceiling_dbtp = ceiling_dbtp
        self._ceiling = limiter_ceiling(ceiling_dbtp)
        self._around: tuple[Array, Array] | None = None
        self._energies: StepEnergies | None = None

    def gain_db(self) -> float:
        """Tuned so that the limited loop is as loud as it should be."""
        gain, target, room = self.first_guess()
        if gain <= room + _UNHEARD_DB:
            return gain
        return gain_before_limiter(
            self._limited_lufs, target, gain, room + MOST_LIMITED_DB, _CLOSE_ENOUGH_LU
        )

    def first_guess(self) -> tuple[float, float, float]:
        """The gain without a limiter; the loudness it is for; and what there is room for, all in
        dB."""
        loud = self._lufs() + self._louder_db
        if not math.isfinite(loud):
            return 0.0, loud, math.inf
        wanted = min(TARGET_LUFS - loud, _MOST_GAIN_DB)
        target = min(TARGET_LUFS, loud + wanted)
        highest = loudness.decibels(float(np.abs(self._samples).max()))
        if highest + wanted <= self._ceiling_dbtp - _ROOM_DB:
            return wanted, target, math.inf
        room = self._ceiling_dbtp - loudness.decibels(loop_peak(self._samples))
        return min(wanted, room + MOST_LIMITED_DB), target, room

    def result(self) -> LevelledLoop:
        gain = self.gain_db()
        made = self._limited(gain)
        over = loudness.true_peak_dbtp(made) - self._ceiling_dbtp
        if over > 0:
            made = made * np.float32(10.0 ** (-over / 20.0))
        return LevelledLoop(made, gain, loudness.integrated_lufs(made))

    def _repeated(self) -> tuple[Array, Array]:
        """The loop with what precedes and follows it, and the true peaks of that."""
        if self._around is None:
            around = extended(self._samples, _LEAD_STEPS * STEP, _TAIL_FRAMES)
            self._around = around, peak_envelope(around)
        return self._around

    def _lufs(self, gains: Array | None = None) -> float:
        """Loudness of the loop, each of its steps multiplied by one of `gains` (n,)."""
        if self._energies is None:
            self._energies = StepEnergies()
            weighted = KWeighting(self._samples.shape[1]).filter(self._samples)
            self._energies.feed(np.einsum("ij,ij->i", weighted, weighted))
        return self._energies.lufs(gains)

    def _limited_lufs(self, gain_db: float) -> float:
        _, envelope = self._repeated()
        gains = limited_gains(envelope, 10.0 ** (gain_db / 20.0), self._ceiling)
        return self._lufs(gains[_LEAD_STEPS : _LEAD_STEPS + -(-len(self._samples) // STEP)])

    def _limited(self, gain_db: float) -> Array:
        around, envelope = self._repeated()
        limiter = Limiter(envelope, 10.0 ** (gain_db / 20.0), self._ceiling)
        lead = _LEAD_STEPS * STEP
        return limiter.process(around)[lead : lead + len(self._samples)]
