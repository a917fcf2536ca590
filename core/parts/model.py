"""A trained parts network, ready to use."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from core import settings
from core.errors import InputError
from core.keras_backend import compiled, ops
from core.parts import model_file
from core.parts.network import PartsNetwork, input_shape

Array = NDArray[np.float32]

_BATCH = 8
_SPECTRUM = (settings.FRAMES_PER_SEGMENT, settings.N_BANDS)


class PartsModel:
    """Says which part the power of each cell of a spectrogram belongs to. Compiled on first use.

    Example:
        >>> model = PartsModel.load(resources.parts_model())
        >>> shares = model.shares(of_segment(audio)[None])[0]
        >>> kick, bass, drums, rest = masking.separate(audio, shares)

    Attributes:
        info: facts about the training, plain JSON values.
    """

    def __init__(self, network: PartsNetwork) -> None:
        self._network = network
        self.info: dict[str, Any] = dict(network.info)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """The model in the file at `path`.

        Raises:
            ModelError: missing, damaged, of another program or version.
        """
        return cls(model_file.load(Path(path)))

    def shares(self, spectrograms_db: NDArray[np.floating[Any]]) -> Array:
        """The parts' shares of the power in every cell.

        Args:
            spectrograms_db: (n, 512, 128) dB, of audio or decoded; some 15 ms of CPU each.

        Returns:
            (n, 512, 128, 4), 0..1, in the order of `settings.PARTS`; they sum to 1.

        Raises:
            InputError: another shape.
        """
        if spectrograms_db.ndim != 3 or spectrograms_db.shape[1:] != _SPECTRUM:
            raise InputError(
                f"spectrograms have the shape (n, 512, 128), not {spectrograms_db.shape}"
            )
        found = np.zeros((*spectrograms_db.shape, len(settings.PARTS)), np.float32)
        for first in range(0, len(spectrograms_db), _BATCH):
            batch = np.asarray(spectrograms_db[first : first + _BATCH], np.float32)
            found[first : first + _BATCH] = self._shares(batch)
        return found

    @cached_property
    def _shares(self) -> Callable[..., Any]:
        network = self._network

        def softmax(spectrograms: Any) -> Any:
            return ops.softmax(network(spectrograms), axis=-1)

        return compiled(softmax, input_shape(), variables=network.variables)
