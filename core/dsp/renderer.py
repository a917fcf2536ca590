"""What every renderer takes and gives, and the checks that they share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core import settings
from core.errors import InputError

Array = NDArray[np.float32]
MIN_FRAMES = settings.N_FFT
"""Of one bar."""


@dataclass(frozen=True, eq=False)
class RenderSource:
    """Real audio to render from: a loop at the target's length and tempo, and its share.

    Attributes:
        samples: (frames, channels) float32.
        weight: its share in the mix; shares need not sum to 1.
        detail_db: (bars * 128, 128) or None: what the model loses of this source, that is its own
            spectrogram minus the model's reconstruction of it, in dB. Where given, its share is
            added to the target, so that on a dot the source itself is the target.
    """

    samples: Array
    weight: float = 1.0
    detail_db: Array | None = None


class Renderer(Protocol):
    """Turns a spectrogram into audio. Equal arguments give equal bits on the same machine."""

    @property
    def name(self) -> str:
        """The word that the screen shows and files keep."""

    def render(
        self, target_db: Array, frames: int, sources: Sequence[RenderSource] = (), seed: int = 0
    ) -> Array:
        """A seamless loop (frames, channels) float32 that sounds as `target_db` says.

        `target_db` is (bars * 128, 128) dB, one bar or more; `frames` is the length of all. Levels
        are the target's: nothing is normalised, so peaks may pass 1. `seed` fixes whatever is drawn
        by chance. Renderers that need no `sources` ignore them.

        Raises:
            InputError: another shape, NaN in the target, fewer than `MIN_FRAMES` frames a bar, or a
                source of another length.
        """


def bars_of(spectrogram: Array) -> int:
    """How many bars `spectrogram` (bars * 128, 128) is long."""
    return len(spectrogram) // settings.FRAMES_PER_BAR


def checked_target(target_db: Array, frames: int) -> Array:
    """`target_db` as float32 not below `FLOOR_DB`, or one clear `InputError`."""
    target = _checked_spectrogram(target_db)
    bars = bars_of(target)
    if frames < bars * MIN_FRAMES:
        raise InputError(
            f"{frames} frames are too few for {bars} bars; give at least {bars * MIN_FRAMES}"
        )
    return np.maximum(target, np.float32(settings.FLOOR_DB))


def mixed(sources: Sequence[RenderSource], frames: int) -> Array:
    """The weighted mean of `sources`: (frames, channels), as many channels as the widest has.

    Raises:
        InputError: a source of another length, NaN, or weights that are negative or all zero.
    """
    weights = [source.weight for source in sources]
    if min(weights) < 0 or not 0 < sum(weights) < float("inf"):
        raise InputError(f"source weights must be positive, got {weights}")
    channels = max(_checked(source.samples, frames).shape[1] for source in sources)
    mix = np.zeros((frames, channels), np.float32)
    for source in sources:
        mix += source.samples * np.float32(source.weight / sum(weights))
    return mix


def detailed(target_db: Array, sources: Sequence[RenderSource]) -> Array:
    """`target_db` plus the sources' shares of the detail that the model does not know."""
    total = sum(source.weight for source in sources)
    out = target_db.copy()
    for source in sources:
        if source.detail_db is not None:
            share = np.float32(source.weight / total)
            out += share * _checked_detail(source.detail_db, len(out))
    return np.maximum(out, np.float32(settings.FLOOR_DB))


def _checked_spectrogram(spectrogram: Array) -> Array:
    checked = np.asarray(spectrogram, np.float32)
    rows, bands = checked.shape if checked.ndim == 2 else (0, 0)
    if bands != settings.N_BANDS or rows == 0 or rows % settings.FRAMES_PER_BAR:
        raise InputError(
            f"a spectrogram of whole bars ({settings.FRAMES_PER_BAR} rows each, "
            f"{settings.N_BANDS} bands) is needed, got {checked.shape}"
        )
    if not np.isfinite(checked).all():
        raise InputError("the spectrogram holds NaN or infinity; decode or analyse it again")
    return checked


def _checked_detail(detail: Array, rows: int) -> Array:
    checked = _checked_spectrogram(detail)
    if len(checked) != rows:
        raise InputError(f"detail must be as long as the target, {rows} rows, not {len(checked)}")
    return checked


def _checked(samples: Array, frames: int) -> Array:
    if samples.ndim != 2 or len(samples) != frames or samples.shape[1] not in (1, 2):
        raise InputError(
            f"a source of shape {samples.shape} does not fit; ({frames}, 1 or 2) is needed"
        )
    if not np.isfinite(samples).all():
        raise InputError("a source holds NaN or infinity; read it again")
    return samples
