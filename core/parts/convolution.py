"""Convolutions over time and frequency by matrix products, on the processor alone.

What a kernel sees of a place is one row of a matrix, and the kernel another matrix: their product
is what BLAS is fastest at. A spectrogram is done some rows at a time, so that what is copied for it
stays in the processor's own memory.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from core.numpy_layers import dense

Array = NDArray[np.float32]

_BLOCK = 1 << 18
"""Numbers of the matrix that is made at a time: a megabyte."""


def bordered(rows: int, bands: int, channels: int) -> Array:
    """Zeros (rows + 2, bands + 2, channels): room for a picture and the border that `Convolution`
    reads beyond it.

    Args:
        rows: of the picture.
        bands: of it.
        channels: of each cell.
    """
    return np.zeros((rows + 2, bands + 2, channels), np.float32)


def inside(picture: Array) -> Array:
    """A view of a bordered picture without its border."""
    return picture[1:-1, 1:-1]


class Convolution:
    """A kernel that goes over a picture with a border of one cell, in steps."""

    def __init__(self, strides: tuple[int, int], kernel: Array, bias: Array) -> None:
        """
        Args:
            strides: rows and bands from one place to the next.
            kernel: (rows, bands, channels in, channels out); larger by 2 than `strides`.
            bias: (channels out,).
        """
        self._strides, self._seen = strides, kernel.shape[:3]
        self._matrix = kernel.reshape(-1, kernel.shape[-1])
        self._bias = bias

    def blocks(self, picture: Array) -> Iterator[tuple[slice, Array]]:
        """Go over a picture.

        Args:
            picture: (rows + 2, bands + 2, channels in), C-contiguous, with its border.

        Yields:
            Rows of the result and what they are, (n, bands out, channels out). The array is the
            caller's until the next is asked for.
        """
        down, along = self._strides
        seen = np.lib.stride_tricks.sliding_window_view(picture, self._seen)[::down, ::along, 0]
        rows, bands = seen.shape[:2]
        step = min(rows, max(1, _BLOCK // (bands * len(self._matrix))))
        matrix = np.empty((step, *seen.shape[1:]), np.float32)
        result = np.empty((step * bands, len(self._bias)), np.float32)
        for first in range(0, rows, step):
            count = min(step, rows - first)
            np.copyto(matrix[:count], seen[first : first + count])
            y = result[: count * bands]
            np.matmul(matrix[:count].reshape(count * bands, -1), self._matrix, out=y)
            y += self._bias
            yield slice(first, first + count), y.reshape(count, bands, -1)


class Enlargement:
    """A transposed convolution whose kernel is as large as its steps: each cell becomes a tile."""

    def __init__(self, kernel: Array, bias: Array) -> None:
        """
        Args:
            kernel: (rows, bands, channels out, channels in), as keras has it.
            bias: (channels out,).
        """
        self._tile = kernel.shape[:3]
        self._matrix = np.ascontiguousarray(kernel.reshape(-1, kernel.shape[-1]).T)
        self._bias = np.tile(bias, kernel.shape[0] * kernel.shape[1])

    def __call__(self, picture: Array) -> Array:
        """(rows, bands, channels in) -> (rows, tile's rows, bands, tile's bands, channels out), a
        view whose first two and next two axes belong together."""
        made = dense(picture, self._matrix, self._bias)
        return made.reshape(*picture.shape[:2], *self._tile).transpose(0, 2, 1, 3, 4)
