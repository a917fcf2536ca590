"""What training minimises: the error that masked parts will have, as the ear and SDR weigh it."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.dsp.bank import bank
from core.keras_backend import ops

Tensor = Any

QUIETEST = 5e-4
"""Share of a segment's power, -33 dB, below which neither a part nor what leaks into it counts."""
_ZONE_EDGES_HZ = (150.0, 1200.0, 5000.0)
_ZONE_WEIGHT = 0.3
_SHARE_WEIGHT = 0.3
_ABSENT_WEIGHT = 0.4
"""Of what leaks into a part that is silent: else a part that is often missing is never dared."""
_COMPRESSION = 0.3
_TO_DB = 4.342944819
"""10 / ln 10."""


def zones() -> np.ndarray[Any, np.dtype[np.float32]]:
    """(128, 5): bins that each band stands for, in the whole spectrum and in each of four zones."""
    areas = bank().areas
    zone = np.searchsorted(_ZONE_EDGES_HZ, bank().centres_hz)
    columns = [areas] + [areas * (zone == k) for k in range(len(_ZONE_EDGES_HZ) + 1)]
    return np.stack(columns, axis=1).astype(np.float32)


def distortion_db(powers: Tensor, shares: Tensor) -> Tensor:
    """How large the errors are, in dB against the parts, when shares are gains of the mix.

    Parts do not know each other's phases, so their powers add: what a gain g takes away of a part
    is (1 - g)^2 of it, and what it lets through of the others is g^2 of those.

    Args:
        powers: (n, rows, 128, 4) of the parts.
        shares: the same shape, 0..1.

    Returns:
        (n, 5, 4): over the whole spectrum and in each of the four zones. The lower, the better;
        the first row is minus the expected SDR of parts that are there. `QUIETEST` of the
        segment's power is added to part and error.
    """
    total = ops.sum(powers, axis=-1, keepdims=True)
    # (1 - g)^2 p + g^2 (total - p), summed over time
    error = ops.sum(powers + shares * (shares * total - 2.0 * powers), axis=1)
    weights = ops.transpose(ops.convert_to_tensor(zones()))
    wrong = ops.maximum(ops.matmul(weights, error), 0.0)
    right = ops.matmul(weights, ops.sum(powers, axis=1))
    floor = QUIETEST * ops.sum(right[:, :1], axis=-1, keepdims=True) + 1e-12
    return _TO_DB * (ops.log(wrong + floor) - ops.log(right + floor))


def presence(powers: Tensor) -> Tensor:
    """How far each part is there, (n, 4): near 1 where it is, down to 0 where it is silent.

    Args:
        powers: (n, rows, 128, 4) of the parts.
    """
    weights = ops.convert_to_tensor(zones()[:, 0])
    right = ops.sum(ops.sum(powers, axis=1) * weights[:, None], axis=1)
    floor = QUIETEST * ops.sum(right, axis=-1, keepdims=True) + 1e-12
    return right / (right + floor)


def separation_loss(powers: Tensor, logits: Tensor) -> Tensor:
    """The scalar that training minimises.

    The distortion of the parts, whole and by zones, so that highs count beside the loud lows, and
    the cross entropy of the shares in every cell, weighted by its compressed level.

    Args:
        powers: (n, rows, 128, 4) of the parts.
        logits: the same shape; their softmax are the shares.
    """
    shares = ops.softmax(logits, axis=-1)
    distortion = distortion_db(powers, shares) / 10.0
    counted = _ABSENT_WEIGHT + (1.0 - _ABSENT_WEIGHT) * presence(powers)
    distortion = distortion * ops.expand_dims(counted, 1)
    whole, zoned = ops.mean(distortion[:, 0]), ops.mean(distortion[:, 1:])
    total = ops.sum(powers, axis=-1) + 1e-9
    weights = ops.power(total, _COMPRESSION)
    weights = ops.expand_dims(weights / (ops.sum(weights) * total), -1)
    crossed = -ops.sum(weights * powers * ops.log(shares + 1e-4))
    return whole + _ZONE_WEIGHT * zoned + _SHARE_WEIGHT * crossed
