"""What the trained network says of a spectrogram, worked out by numpy alone.

It does what `network.PartsNetwork` does, with the same weights: the difference is below 1e-5. It
needs neither keras nor what keras runs on, which take seconds to start and half a gigabyte. Each
segment is done by itself, however many are asked for: equal arguments give equal bits.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from core import settings
from core.numpy_layers import apply_silu, dense, layer_norm
from core.parts.convolution import Convolution, Enlargement, bordered, inside
from core.parts.dimensions import (
    BEAT_ROWS,
    DILATIONS,
    FEATURES,
    HEADROOM_DB,
    NEPERS,
    RANGE_DB,
    RISES,
    TAPS,
    UNIT_DB,
)

Array = NDArray[np.float32]
Layer = Sequence[Array]
Weights = Mapping[str, Layer]

_ROWS, _BANDS = settings.FRAMES_PER_SEGMENT, settings.N_BANDS
_PARTS = len(settings.PARTS)
_FINE = (_ROWS // 2, _BANDS // 2)
_MIDDLE = (_ROWS // 4, _BANDS // 4)
_COARSE = (_ROWS // 8, _BANDS // 16)
_STRIDES = {
    "entry": (1, 1),
    "at_fine": (1, 1),
    "down_middle": (2, 2),
    "at_middle": (1, 1),
    "down_coarse": (2, 4),
    "join_middle": (1, 1),
    "join_fine": (1, 1),
    "head": (1, 1),
}


class SharesNetwork:
    """The network with its weights and the room that it works in: for one thread at a time.

    Example:
        >>> file = model_file.read(resources.parts_model())
        >>> shares = SharesNetwork(file.weights)(of_segment(audio))
    """

    def __init__(self, weights: Weights) -> None:
        """
        Args:
            weights: of each layer of `weights.shapes`.
        """
        self._weights = weights
        self._convolutions = {
            name: Convolution(strides, *weights[name]) for name, strides in _STRIDES.items()
        }
        self._up_middle = Enlargement(*weights["up_middle"])
        self._up_fine = Enlargement(*weights["up_fine"])
        fine, middle, coarse = (
            len(weights[name][1]) for name in ("entry", "down_middle", "down_coarse")
        )
        self._read = bordered(*_FINE, 4 * FEATURES)
        self._entered, self._fine = (bordered(*_FINE, fine) for _ in range(2))
        self._halved, self._middle = (bordered(*_MIDDLE, middle) for _ in range(2))
        self._coarse = bordered(*_COARSE, coarse)
        self._both_fine = bordered(*_FINE, 2 * fine)
        self._both_middle = bordered(*_MIDDLE, 2 * middle)

    def __call__(self, spectrogram: Array) -> Array:
        """(512, 128) dB -> (512, 128, 4), 0..1, which sum to 1."""
        _read_features(spectrogram, inside(self._read))
        self._coded("entry", self._read, self._entered, "fine")
        _convolve_onto(self._convolutions["at_fine"], self._entered, self._fine)
        self._coded("down_middle", self._fine, self._halved, "middle")
        _convolve_onto(self._convolutions["at_middle"], self._halved, self._middle)
        self._coded("down_coarse", self._middle, self._coarse, "coarse")
        coarse = inside(self._coarse)
        time = _along_time(coarse.reshape(len(coarse), -1), self._weights)
        both = np.concatenate([coarse, time.reshape(coarse.shape)], axis=-1)
        enlarged = self._up_middle(both)
        _join(apply_silu(enlarged), self._middle, self._both_middle)
        self._joined("middle", self._both_middle, self._halved)
        enlarged = self._up_fine(inside(self._halved))
        _join(apply_silu(enlarged), self._fine, self._both_fine)
        self._joined("fine", self._both_fine, self._entered)
        return self._shares()

    def _coded(self, convolution: str, picture: Array, into: Array, scale: str) -> None:
        """Convolve; then each band's own gain and offset at `scale`."""
        gain, offset = self._weights[f"affine/{scale}"]
        for rows, y in self._convolutions[convolution].blocks(picture):
            np.add(apply_silu(y) * gain, offset, out=inside(into)[rows])

    def _joined(self, scale: str, both: Array, into: Array) -> None:
        """The way up: convolve; the gains and offsets come before the bend."""
        gain, offset = self._weights[f"affine/up_{scale}"]
        for rows, y in self._convolutions[f"join_{scale}"].blocks(both):
            y *= gain
            y += offset
            inside(into)[rows] = apply_silu(y)

    def _shares(self) -> Array:
        """(512, 128, 4), from the picture in `_entered`."""
        gain, offset = self._weights["bias"]
        shares = np.empty((_ROWS, _BANDS, _PARTS), np.float32)
        for rows, y in self._convolutions["head"].blocks(self._entered):
            y += dense(inside(self._read)[rows], *self._weights["detail"])
            squares = y.reshape(len(y), _FINE[1], 2, 2 * _PARTS).transpose(0, 2, 1, 3)
            logits = squares.reshape(2 * len(y), _BANDS, _PARTS)
            logits *= gain
            logits += offset
            shares[2 * rows.start : 2 * rows.stop] = _softmax(logits)
        return shares


def _read_features(spectrogram: Array, into: Array) -> None:
    """What the network reads, `network.LevelFeatures`, squares of four cells in one.

    Args:
        spectrogram: (512, 128) dB.
        into: (256, 64, 20), overwritten.
    """
    rows, bands = spectrogram.shape
    cells = into.reshape(rows // 2, bands // 2, 2, 2, FEATURES)

    def put(k: int, feature: Array) -> None:
        squares = feature.reshape(rows // 2, 2, bands // 2, 2)
        for down, along in np.ndindex(2, 2):
            cells[:, :, down, along, k] = squares[:, down, :, along]

    nepers = spectrogram * np.float32(NEPERS)
    most = nepers.max()
    mean = np.log(np.exp(nepers - most).sum()) + most
    level = (mean - math.log(rows * bands)) / NEPERS
    x = np.clip(spectrogram - np.float32(level), -RANGE_DB, HEADROOM_DB)
    x /= np.float32(UNIT_DB)
    put(0, x + 1.0)
    for k, shift in enumerate(RISES):
        put(1 + k, x - np.roll(x, shift, axis=0))
    beat, bar = (x.reshape(-1, n, bands).mean(axis=0) for n in (BEAT_ROWS, settings.FRAMES_PER_BAR))
    put(FEATURES - 2, np.tile(beat + 1.0, (rows // BEAT_ROWS, 1)))
    put(FEATURES - 1, x - np.tile(bar, (rows // settings.FRAMES_PER_BAR, 1)))


def _along_time(x: Array, weights: Weights) -> Array:
    """The stack along time, (64, channels), the same shape."""
    y = dense(x, *weights["floor_in"])
    k = 0
    while f"floor_blocks/{k}" in weights:
        name = f"floor_blocks/{k}"
        seen = layer_norm(y, *weights[f"{name}/norm"])
        (taps,) = weights[name]
        dilation = DILATIONS[k % len(DILATIONS)]
        rolled = [np.roll(seen, (tap - TAPS // 2) * dilation, axis=0) for tap in range(TAPS)]
        mixed = seen + sum(row * kernel for row, kernel in zip(rolled, taps, strict=True))
        y += dense(apply_silu(dense(mixed, *weights[f"{name}/inner"])), *weights[f"{name}/outer"])
        k += 1
    return apply_silu(dense(layer_norm(y, *weights["floor_norm"]), *weights["floor_out"]))


def _convolve_onto(convolution: Convolution, picture: Array, into: Array) -> None:
    """A picture and what a convolution makes of it, added."""
    for rows, y in convolution.blocks(picture):
        np.add(apply_silu(y), inside(picture)[rows], out=inside(into)[rows])


def _join(larger: Array, beside: Array, into: Array) -> None:
    """Put an enlarged picture and one of the same size side by side into `into`."""
    both = inside(into)
    rows, bands, channels = both.shape
    tall, wide, out = larger.shape[1], larger.shape[3], larger.shape[4]
    tiles = both.reshape(rows // tall, tall, bands // wide, wide, channels)
    tiles[..., :out] = larger
    both[..., out:] = inside(beside)


def _softmax(logits: Array) -> Array:
    """The softmax over the last axis."""
    first = np.ascontiguousarray(np.moveaxis(logits, -1, 0))
    first -= first.max(axis=0)
    np.exp(first, out=first)
    first /= first.sum(axis=0)
    return np.moveaxis(first, 0, -1)
