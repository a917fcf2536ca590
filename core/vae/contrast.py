"""Decoded spectrograms made as rich in contrast as the music: averaging flattens them.

A decoder that is judged by its mean error says the median of what could be there, so hits come out
lower and gaps higher than in any real segment, the more so between dots. Speech synthesis meets the
same ("over-smoothing") and scales the trajectories to the variance of natural speech (Toda and
Tokuda 2007). Here the part of a spectrogram that changes within a few rows and bands is scaled, by
a gain that brings its power to what the library's has at such latents, and that of the library as a
whole to what it was.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from core.settings import LATENT_SIZE, N_BANDS

Array = NDArray[np.float32]
Doubles = NDArray[np.float64]
MOST = 1.35
"""The largest gain: beyond, what is wrong in a spectrogram is scaled more than what is right."""
_MOST_LIFT = 0.2
"""Of the wanted power, as a logarithm: 10 % of gain."""
_HALVINGS = 16

_BOX = 5
_REACH = _BOX - 1
_RIDGE = 0.1
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
    def fit(cls, latents: Doubles, power: Doubles, decoded: Doubles) -> Self:
        """Learn the contrast of a library.

        A regression of logarithms says the geometric mean, and the largest gain holds some windows
        down; so all are lifted until these windows, decoded, have their power in total.

        Args:
            latents: (n, 64) of windows of the library.
            power: (n,), `fast_power` of the windows.
            decoded: (n,), that of what the latents decode to.
        """
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

    def restored(self, windows: Array, z: Array) -> Array:
        """Scale the fast part of decoded windows, by 1 to `MOST`.

        Args:
            windows: (n, 512, 128), as decoded, 0..1 between floor and ceiling.
            z: (n, 64), their latents.

        Returns:
            (n, 512, 128).
        """
        fast = fast_part(windows)
        wanted = (z * self.slopes).sum(axis=1) + np.float32(self.bias)
        gain = _gain(wanted, _power(fast)).astype(np.float32)
        fast *= (gain - np.float32(1.0))[:, None, None]
        fast += windows
        return fast


def fast_power(windows: Array) -> Array:
    """(n,) mean power of the fast part of `windows` (n, 512, 128)."""
    return _power(fast_part(windows))


def fast_part(windows: Array) -> Array:
    """`windows` (n, 512, 128) less their mean over about five rows (half a sixteenth) and five
    bands around each cell; the four bars are a loop."""
    rows = np.concatenate([windows[:, -_REACH:], windows, windows[:, :_REACH]], axis=1)
    smooth = rows.reshape(-1, rows.shape[2]) @ _across_bands()
    smooth = smooth.reshape(rows.shape)
    for _ in range(2):
        pairs = smooth[:, :-1] + smooth[:, 1:]
        smooth = pairs[:, :-3] + pairs[:, 2:-1] + smooth[:, _BOX - 1 :]
    out: Array = windows - smooth
    return out


def _gain(wanted: NDArray[Any], power: NDArray[Any]) -> NDArray[Any]:
    """What brings `power` (n,) to the logarithm `wanted` (n,), within 1 and `MOST`."""
    with np.errstate(over="ignore"):
        gain = np.exp(0.5 * (wanted - np.log(power + _SILENT)))
    found: NDArray[Any] = np.clip(gain, 1.0, MOST)
    return found


def _lift(wanted: Doubles, power: Doubles, total: float) -> float:
    """What `wanted` lacks, 0 to `_MOST_LIFT`, until `power` with its gains sums to `total`."""
    low, high = 0.0, _MOST_LIFT
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        gain = _gain(wanted + middle, power)
        low, high = (middle, high) if (gain**2 * power).sum() < total else (low, middle)
    return low


@functools.cache
def _across_bands() -> Array:
    """(bands, bands): rows @ it averages over five bands twice, and over as many rows, which are
    summed afterwards; the outermost bands go on."""
    box = np.full(_BOX, 1.0 / _BOX)
    weights = np.convolve(box, box) / _BOX**2
    out = np.zeros((N_BANDS, N_BANDS), np.float32)
    for band in range(N_BANDS):
        for offset, weight in enumerate(weights, -_REACH):
            out[min(max(band + offset, 0), N_BANDS - 1), band] += weight
    return out


def _power(windows: Array) -> Array:
    flat = windows.reshape(len(windows), -1)
    power: Array = np.einsum("nc,nc->n", flat, flat) / np.float32(flat.shape[1])
    return power
