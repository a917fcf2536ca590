"""Decoded spectrograms made as rich in contrast as the music: averaging flattens them.

A decoder that is judged by its mean error says the median of what could be there, so hits come out
lower and gaps higher than in any real segment, the more so between dots. Speech synthesis meets the
same ("over-smoothing") and scales the trajectories to the variance of natural speech (Toda and
Tokuda 2007). Here the part of a spectrogram that changes within a few rows and bands is scaled, by
a gain that brings its power to what the library's has at such latents, and that of the library as a
whole to what it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from core.keras_backend import compiled, ops
from core.settings import LATENT_SIZE
from core.vae.data import FOLDED, Array, Index, TrainingData
from core.vae.model import SegmentVAE

Tensor = Any
Doubles = NDArray[np.float64]
MOST = 1.35
"""The largest gain: beyond, what is wrong in a spectrogram is scaled more than what is right."""
_MOST_LIFT = 0.2
"""Of the wanted power, as a logarithm: 10 % of gain."""
_HALVINGS = 16

_BOX = 5
_REACH = _BOX - 1
_RIDGE = 0.1
_MOST_WINDOWS = 400
_LEAST_WINDOWS = 8
_BATCH = 64
_SILENT = 1e-8


@dataclass(frozen=True, eq=False)
class Contrast:
    """Natural logarithm of the power of the fast part (in units squared): bias + z . slopes.

    Attributes:
        slopes: (64,).
        bias: of the library's mean latent, 0; lifted, see `fit`.
    """

    slopes: Array
    bias: float

    @classmethod
    def fit(cls, model: SegmentVAE, data: TrainingData, places: Index) -> Self | None:
        """Measure the contrast of a library.

        A regression of logarithms says the geometric mean, and the largest gain holds some windows
        down; so all are lifted until these windows, decoded, have their power in total.

        Args:
            model: the model.
            data: the library's windows.
            places: (n, 2), which of them; at most 400 are used.

        Returns:
            None for a handful of windows, which say nothing.
        """
        if len(places) < _LEAST_WINDOWS:
            return None
        some = places[
            np.linspace(0, len(places) - 1, min(len(places), _MOST_WINDOWS)).astype(np.int64)
        ]

        def run(windows: Tensor) -> tuple[Tensor, Tensor, Tensor]:
            mean = model.encode(windows)[0]
            return mean, _power(fast_part(windows)), _power(fast_part(model.decode(mean)))

        fast = compiled(run, (None, *FOLDED), variables=model.variables)
        parts = [fast(data.batch(some[i : i + _BATCH])) for i in range(0, len(some), _BATCH)]
        latents, power, decoded = (
            np.concatenate([np.asarray(part[k], np.float64) for part in parts]) for k in range(3)
        )
        level = np.log(power + _SILENT)
        covariance = latents.T @ latents / len(latents) + _RIDGE * np.eye(latents.shape[1])
        slopes = np.linalg.solve(covariance, latents.T @ (level - level.mean()) / len(latents))
        lift = _lift(latents @ slopes + level.mean(), decoded, float(power.sum()))
        return cls(slopes.astype(np.float32), float(level.mean()) + lift)

    @classmethod
    def of(cls, info: Mapping[str, Any]) -> Self | None:
        """That of a model file's `info`; None where it has none."""
        kept = info.get("contrast")
        if not isinstance(kept, Mapping):
            return None
        try:
            slopes, bias = np.asarray(kept["slopes"], np.float32), float(kept["bias"])
        except (KeyError, TypeError, ValueError, OverflowError):
            return None
        whole = slopes.shape == (LATENT_SIZE,) and np.isfinite([*slopes, bias]).all()
        return cls(slopes, bias) if whole else None

    def info(self) -> dict[str, Any]:
        """For a model file."""
        return {"slopes": self.slopes.round(5).tolist(), "bias": round(self.bias, 5)}

    def restored(self, windows: Tensor, z: Tensor) -> Tensor:
        """Scale the fast part of decoded windows, by 1 to `MOST`.

        Args:
            windows: (n, 128, 128, 4), as decoded.
            z: (n, 64), their latents.

        Returns:
            (n, 128, 128, 4).
        """
        fast = fast_part(windows)
        wanted = ops.sum(z * self.slopes, axis=1) + self.bias
        gain = _gain(wanted, _power(fast))
        return windows + ops.reshape(gain - 1.0, (-1, 1, 1, 1)) * fast


def decoding(model: SegmentVAE, contrast: Contrast | None) -> Callable[[Tensor], Tensor]:
    """What decodes latents for the ear: the model, with contrast where there is one.

    Args:
        model: decodes them.
        contrast: puts back what averaging washed out; None: nothing does.

    Returns:
        A function: latents (n, 64) -> windows (n, 128, 128, 4), about 0..1.
    """
    if contrast is None:
        return model.decode
    return lambda z: contrast.restored(model.decode(z), z)


def _gain(wanted: Tensor, power: Tensor) -> Tensor:
    """What brings `power` (n,) to the logarithm `wanted` (n,), within 1 and `MOST`."""
    return ops.clip(ops.exp(0.5 * (wanted - ops.log(power + _SILENT))), 1.0, MOST)


def _lift(wanted: Doubles, power: Doubles, total: float) -> float:
    """What `wanted` lacks, 0 to `_MOST_LIFT`, until `power` with its gains sums to `total`."""
    low, high = 0.0, _MOST_LIFT
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        gain = np.asarray(_gain(wanted + middle, power))
        low, high = (middle, high) if (gain**2 * power).sum() < total else (low, middle)
    return low


def fast_part(windows: Tensor) -> Tensor:
    """`windows` (n, 128, 128, 4) less their mean over about five rows (half a sixteenth) and five
    bands around each cell, in the same folding; the four bars are a loop."""
    bands, bars = FOLDED[1], FOLDED[2]
    rows = ops.reshape(ops.transpose(windows, (0, 3, 1, 2)), (-1, FOLDED[0] * bars, bands))
    smooth = ops.concatenate([rows[:, -_REACH:], rows, rows[:, :_REACH]], axis=1)
    for _ in range(2):
        smooth = ops.average_pool(smooth, _BOX, strides=1, padding="valid")
    fast = rows - ops.matmul(smooth, _across_bands(bands))
    return ops.transpose(ops.reshape(fast, (-1, bars, FOLDED[0], bands)), (0, 2, 3, 1))


def _across_bands(bands: int) -> Array:
    """(bands, bands): rows @ it averages over five bands twice; the outermost bands go on."""
    box = np.full(_BOX, 1.0 / _BOX)
    weights = np.convolve(box, box)
    out = np.zeros((bands, bands), np.float32)
    for band in range(bands):
        for offset, weight in enumerate(weights, -_REACH):
            out[min(max(band + offset, 0), bands - 1), band] += weight
    return out


def _power(windows: Tensor) -> Tensor:
    return ops.mean(ops.square(windows), axis=(1, 2, 3))
