"""The interface of renderers, and what they share: checks of the target, mixing of the sources."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core import settings
from core.errors import InputError
from core.progress import CancelFlag

Array = NDArray[np.float32]
MIN_FRAMES = settings.N_FFT
"""Length in samples that a bar must have at least."""
_ROWS_PER_BEAT = settings.FRAMES_PER_BAR // settings.BEATS_PER_BAR


@dataclass(frozen=True, eq=False)
class RenderSource:
    """Real audio to render from: a loop of the target's length and tempo.

    Attributes:
        samples: (frames, channels) float32, 1 or 2 channels.
        weight: in the mix, 0 or more; weights need not sum to 1.
        detail_db: (beats * 32, 128) or None: what the model loses of this source, which is its
            spectrogram minus the model's reconstruction of it, in dB. Its share is added to the
            target, so that at a segment's own dot the target is the source itself.
    """

    samples: Array
    weight: float = 1.0
    detail_db: Array | None = None


class Renderer(Protocol):
    """Renders audio from a spectrogram. On one machine, equal arguments give bit-equal audio."""

    @property
    def name(self) -> str:
        """Name of the renderer, as projects store it and the window shows it."""

    def render(
        self,
        target_db: Array,
        frames: int,
        sources: Sequence[RenderSource] = (),
        seed: int = 0,
        cancel: CancelFlag | None = None,
    ) -> Array:
        """Render a seamless loop.

        Args:
            target_db: (beats * 32, 128) dB, one beat or more.
            frames: length of the whole loop in samples.
            sources: real audio to render from, for renderers that use any.
            seed: of everything random.
            cancel: polled between steps.

        Returns:
            (frames, channels) float32, 1 or 2 channels. Nothing is normalised: levels are those of
            the target, and peaks may exceed 1.

        Raises:
            InputError: another shape, NaN in the target, fewer than `MIN_FRAMES` frames a bar, or a
                source of another length.
            Cancelled: as asked.
        """


def bars_of(spectrogram: Array) -> float:
    """Number of bars of a spectrogram (bars * 128, 128), a fraction where it ends on a beat."""
    return len(spectrogram) / settings.FRAMES_PER_BAR


def check_target(target_db: Array, frames: int) -> Array:
    """Check a target.

    Args:
        target_db: (beats * 32, 128) dB.
        frames: length of the loop in samples.

    Returns:
        The target as float32, clipped to `FLOOR_DB`.

    Raises:
        InputError: another shape, NaN or infinity, or fewer than `MIN_FRAMES` frames a bar.
    """
    target = _checked_spectrogram(target_db)
    bars = bars_of(target)
    if frames < bars * MIN_FRAMES:
        raise InputError(
            f"{frames} frames are too few for {bars:g} bars; "
            f"give at least {math.ceil(bars * MIN_FRAMES)}"
        )
    return np.maximum(target, np.float32(settings.FLOOR_DB))


def mix_sources(sources: Sequence[RenderSource], frames: int) -> Array:
    """Mix sources to their weighted mean.

    Args:
        sources: one or more.
        frames: length that each of them must have.

    Returns:
        (frames, channels) float32 with as many channels as the widest source.

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


def add_detail(target_db: Array, sources: Sequence[RenderSource]) -> Array:
    """Add to a target the detail of the sources that the model does not reproduce.

    Args:
        target_db: (beats * 32, 128) dB.
        sources: one or more; their details are weighted like their samples.

    Returns:
        As `target_db`, clipped to `FLOOR_DB`.

    Raises:
        InputError: a detail of another shape than the target.
    """
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
    if bands != settings.N_BANDS or rows == 0 or rows % _ROWS_PER_BEAT:
        raise InputError(
            f"a spectrogram of whole beats ({_ROWS_PER_BEAT} rows each, "
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
