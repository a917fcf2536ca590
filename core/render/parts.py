"""Loops taken apart into kick, bass, drums and rest.

Parts are cut from the loop that has been rendered: its cells, multiplied by the masks. For guided
rendering that is the same as multiplying its gains, for its last step is such a filter; for every
other renderer it is what keeps the phases, without which parts would not sum to the loop. So one
way serves segments and latents, transposed or not, and nothing is rendered twice.
"""

from __future__ import annotations

import functools
import threading
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core import resources, settings
from core.dsp.spectrogram import of_segment
from core.errors import ModelError

Array = NDArray[np.float32]


class PartsModel(Protocol):
    """What `core.parts.model.PartsModel` can do."""

    def shares(self, spectrograms_db: Array) -> Array:
        """(n, 512, 128) dB -> (n, 512, 128, 4)."""


class PartsSeparator:
    """Takes loops apart. The network is loaded when it is first needed; threads may share it."""

    def __init__(self, path: Path | None = None, model: PartsModel | None = None) -> None:
        """
        Args:
            path: of the network; default the one that is shipped.
            model: the network itself, where there is one already.
        """
        self._path, self._model = path, model
        self._lock = threading.Lock()

    @property
    def available(self) -> bool:
        """There is a network, or a file of one."""
        return self._model is not None or (self._path or resources.parts_model()).is_file()

    def prepare(self) -> None:
        """Load the network and use it once.

        Raises:
            ModelError: it is missing or damaged.
        """
        silence = np.full((settings.FRAMES_PER_SEGMENT, settings.N_BANDS), settings.FLOOR_DB)
        self.shares(silence.astype(np.float32))

    def shares(self, spectrogram: Array) -> Array:
        """The parts' shares in every cell.

        Args:
            spectrogram: (512, 128) dB.

        Returns:
            (512, 128, 4), 0..1, in the order of `settings.PARTS`.

        Raises:
            ModelError: the network is missing or damaged.
        """
        found: Array = self.shares_of_many(spectrogram[None])[0]
        return found

    def shares_of_many(self, spectrograms: Array) -> Array:
        """As `shares`: (n, 512, 128) dB -> (n, 512, 128, 4)."""
        return self._loaded().shares(spectrograms)

    def separate(self, loop: Array, spectrogram: Array | None = None) -> Array:
        """Take a loop apart.

        Args:
            loop: (frames, channels), four bars.
            spectrogram: (512, 128) dB of it, if it is known.

        Returns:
            (4, frames, channels) in the order of `settings.PARTS`; they sum to the loop.

        Raises:
            ModelError: as `shares`.
        """
        model = self._loaded()
        from core.parts import masking

        if not loop.any():
            return np.zeros((len(settings.PARTS), *loop.shape), np.float32)
        seen = of_segment(loop) if spectrogram is None else spectrogram
        return masking.separate(loop, model.shares(seen[None])[0])

    def _loaded(self) -> PartsModel:
        with self._lock:
            if self._model is None:
                path = self._path or resources.parts_model()
                if not path.is_file():
                    raise ModelError(resources.PARTS_MISSING)
                from core.parts.model import PartsModel as Network

                self._model = Network.load(path)
            return self._model


def require_parts() -> None:
    """Raise `ModelError` where the network that tells parts apart is missing."""
    if not resources.has_parts_model():
        raise ModelError(resources.PARTS_MISSING)


@functools.cache
def shared_separator() -> PartsSeparator:
    """The separator of everything in this process, so that the network is loaded once."""
    return PartsSeparator()
