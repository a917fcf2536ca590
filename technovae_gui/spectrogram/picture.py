"""A spectrogram as a small picture, for hover cards and clips."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from technovae_gui.spectrogram import colours

LOW_DB = -80.0
HIGH_DB = -8.0
"""Narrower than a spectrogram's range: in a small picture the contrast counts."""


def thumbnail(spectrogram_db: ArrayLike, width: int, height: int) -> QImage:
    """`spectrogram_db` (rows, 128) dB as a picture of `width` x `height` pixels (at least 1 x 1).

    Time runs left to right, low frequencies are at the bottom, a band is as high as any other.
    """
    bands = np.asarray(spectrogram_db, np.float32).T[::-1]
    whole = colours.image(bands, LOW_DB, HIGH_DB)
    stretch = Qt.AspectRatioMode.IgnoreAspectRatio
    smooth = Qt.TransformationMode.SmoothTransformation
    return whole.scaled(max(1, width), max(1, height), stretch, smooth)
