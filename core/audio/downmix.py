"""More than two channels to stereo, by the usual weights."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
_M3 = 2.0**-0.5
"""-3 dB: the weight of centre and surrounds in ITU-R BS.775-3, annex 4."""

_LEFT, _RIGHT, _BOTH, _NONE = (1.0, 0.0), (0.0, 1.0), (_M3, _M3), (0.0, 0.0)
_LEFT_BACK, _RIGHT_BACK = (_M3, 0.0), (0.0, _M3)

# Channel orders of WAVE_FORMAT_EXTENSIBLE and FLAC (RFC 9639, 9.1.3) by number of channels.
_ORDERS: dict[int, tuple[tuple[float, float], ...]] = {
    3: (_LEFT, _RIGHT, _BOTH),
    4: (_LEFT, _RIGHT, _LEFT_BACK, _RIGHT_BACK),
    5: (_LEFT, _RIGHT, _BOTH, _LEFT_BACK, _RIGHT_BACK),
    6: (_LEFT, _RIGHT, _BOTH, _NONE, _LEFT_BACK, _RIGHT_BACK),
    7: (_LEFT, _RIGHT, _BOTH, _NONE, _BOTH, _LEFT_BACK, _RIGHT_BACK),
    8: (_LEFT, _RIGHT, _BOTH, _NONE, _LEFT_BACK, _RIGHT_BACK, _LEFT_BACK, _RIGHT_BACK),
}


def to_stereo(samples: Array) -> Array:
    """Mix (n, c) down to (n, 1) if c is 1, else to (n, 2).

    Centre and surrounds are added at -3 dB, the low-frequency channel is left out (ITU-R BS.775-3).
    More than eight channels: even ones left, odd ones right, averaged.
    """
    channels = samples.shape[1]
    if channels <= 2:
        return samples
    if channels not in _ORDERS:
        return np.stack([samples[:, 0::2].mean(axis=1), samples[:, 1::2].mean(axis=1)], axis=1)
    return samples @ np.array(_ORDERS[channels], dtype=np.float32)
