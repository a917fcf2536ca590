"""The window's end of the decoder child."""

from __future__ import annotations

from PySide6.QtCore import QObject

from core.jobs import decoding
from core.jobs.link import Link

_NICENESS = 5
"""What the window itself and the sound card need comes first; training comes after."""


class DecoderLink(Link):
    """The child that holds the model: latents as sounds and pictures, and the map.

    Real segments work too, but `Sounds` has them made by `RealLink`, which is up much earlier.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(decoding.body, name="the decoder", niceness=_NICENESS, parent=parent)
