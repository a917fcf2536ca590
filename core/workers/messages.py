"""What the window's process and a child that makes sound say to each other, and what comes of it.

Importing this imports nothing heavy: both sides do.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.arrangement.clip import ClipSource

Array = NDArray[np.float32]

OPENING = "opening"
MAPPING = "mapping"
"""Keys of failures that belong to no source."""
AUDITION = "audition"
CLIP = "clip"
"""What a sound is for."""

# From the window


@dataclass(frozen=True)
class Open:
    """Work with this library and model from now on."""

    library: Path
    model: Path | None


@dataclass(frozen=True)
class Sound:
    """A loop of `source` at `bpm`; `renderer` None: the source's own. With `bar` (0..3) somebody is
    waiting to hear that bar, before the others are there."""

    source: ClipSource
    bpm: float
    renderer: str | None = None
    bar: int | None = None


@dataclass(frozen=True)
class Picture:
    """The spectrogram of `source`."""

    source: ClipSource


@dataclass(frozen=True)
class Map:
    """Latents and map positions, computed and kept where the library lacks them."""


Order = Sound | Picture | Map | Open

# From the child


@dataclass(frozen=True)
class Ready:
    """A library and its model are open. `seconds`: what that took; the hash is "" without model."""

    model_hash: str
    library_id: str
    seconds: float


@dataclass(frozen=True, eq=False)
class Heard:
    """What became of a `Sound`: loop (frames, 2), spectrogram (512, 128) dB or None, and the
    renderer that sounded."""

    loop: Array
    spectrogram: Array | None
    renderer: str


@dataclass(frozen=True, eq=False)
class Begun:
    """What will become of a `Sound` with a bar, as far as it is: its loop holds that bar four times
    over. The `Heard` of all four follows."""

    heard: Heard


@dataclass(frozen=True)
class Refused:
    """An order that cannot be met, and why, in one line."""

    message: str


@dataclass(frozen=True)
class Underway:
    """How far a long order is: `done` of `total`."""

    done: float
    total: float
    message: str


# To the rest of the window


@dataclass(frozen=True, eq=False)
class Sounded:
    """A loop is there.

    loop: (settings.segment_frames(bpm), 2) float32 at 44.1 kHz, read-only, seamless
    spectrogram: (512, 128) dB; None for a real segment
    renderer: the one that sounded; "original" for a real segment
    purpose: "audition" or "clip"
    """

    key: Hashable
    source: ClipSource
    bpm: float
    loop: Array
    spectrogram: Array | None
    renderer: str
    purpose: str


@dataclass(frozen=True, eq=False)
class Seen:
    """The spectrogram (512, 128) dB of `source`."""

    key: Hashable
    source: ClipSource
    spectrogram: Array


@dataclass(frozen=True)
class Failed:
    """What was asked under `key` cannot be; `message` is the line to show."""

    key: Hashable
    message: str
