"""Convolutions against their definition, cell by cell."""

from __future__ import annotations

import numpy as np
import pytest

from core.parts import convolution
from core.parts.convolution import Convolution, Enlargement, bordered, inside


@pytest.mark.parametrize(
    ("size", "strides"), [((3, 3), (1, 1)), ((4, 4), (2, 2)), ((4, 6), (2, 4))]
)
@pytest.mark.parametrize("block", [1, 1 << 18])
def test_a_cell_is_the_sum_over_what_the_kernel_sees(
    size: tuple[int, int],
    strides: tuple[int, int],
    block: int,
    rng: np.random.Generator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(convolution, "_BLOCK", block)
    picture = bordered(8, 16, 3)
    inside(picture)[...] = rng.standard_normal((8, 16, 3))
    kernel = rng.standard_normal((*size, 3, 5)).astype(np.float32)
    bias = rng.standard_normal(5).astype(np.float32)
    expected = np.empty((8 // strides[0], 16 // strides[1], 5))
    for row, band in np.ndindex(expected.shape[:2]):
        top, left = row * strides[0], band * strides[1]
        seen = picture[top : top + size[0], left : left + size[1]]
        expected[row, band] = np.einsum("rbi,rbio->o", seen, kernel) + bias
    found = np.zeros(expected.shape)
    for rows, y in Convolution(strides, kernel, bias).blocks(picture):
        found[rows] = y
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


def test_an_enlargement_makes_a_tile_of_each_cell(rng: np.random.Generator) -> None:
    picture = rng.standard_normal((2, 3, 4)).astype(np.float32)
    kernel = rng.standard_normal((2, 5, 6, 4)).astype(np.float32)
    bias = rng.standard_normal(6).astype(np.float32)
    found = Enlargement(kernel, bias)(picture)
    expected = np.einsum("rbi,tuoi->rtbuo", picture, kernel) + bias
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
