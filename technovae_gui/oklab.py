"""OKLab: colours as lightness, green to red, and blue to yellow; equal steps look equally far.

After Björn Ottosson, https://bottosson.github.io/posts/oklab/.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
_TO_LMS: Final = np.array([[1.0, 0.3963377774, 0.2158037573],
                           [1.0, -0.1055613458, -0.0638541728],
                           [1.0, -0.0894841775, -1.2914855480]])  # fmt: skip
_TO_RGB: Final = np.array([[4.0767416621, -3.3077115913, 0.2309699292],
                           [-1.2684380046, 2.6097574011, -0.3413193965],
                           [-0.0041960863, -0.7034186147, 1.7076147010]])  # fmt: skip


def shows(lab: Array) -> NDArray[np.bool_]:
    """Which colours, (n, 3) in OKLab, a screen can show: (n,)."""
    linear = _linear(lab)
    shown: NDArray[np.bool_] = np.all((linear >= 0.0) & (linear <= 1.0), axis=1)
    return shown


def to_hex(lab: Array) -> tuple[str, ...]:
    """Colours (n, 3) in OKLab as `#rrggbb`; what a screen cannot show is clipped."""
    linear = np.clip(_linear(lab), 0.0, 1.0)
    srgb = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return tuple(f"#{r:02x}{g:02x}{b:02x}" for r, g, b in np.round(255 * srgb).astype(int))


def from_hex(colour: str) -> Array:
    """The colour `#rrggbb` in OKLab: (3,)."""
    rgb = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255.0
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    lms = np.cbrt(linear @ np.linalg.inv(_TO_RGB).T)
    lab: Array = lms @ np.linalg.inv(_TO_LMS).T
    return lab


def _linear(lab: Array) -> Array:
    """OKLab (n, 3) -> linear light (n, 3); beyond 0..1 where no screen can show it."""
    rgb: Array = (lab @ _TO_LMS.T) ** 3 @ _TO_RGB.T
    return rgb
