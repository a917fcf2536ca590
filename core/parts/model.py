"""A trained parts network, ready to use."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from core import settings
from core.errors import InputError, ModelError
from core.parts import model_file
from core.parts.inference import SharesNetwork
from core.parts.low_rank import of_few_spectra
from core.parts.repetition import agreed
from core.processes import usable_cores

Array = NDArray[np.float32]

_SPECTRUM = (settings.FRAMES_PER_SEGMENT, settings.N_BANDS)


class PartsModel:
    """Says which part the power of each cell of a spectrogram belongs to. Thread-safe.

    Example:
        >>> model = PartsModel.load(resources.parts_model())
        >>> shares = model.shares(of_segment(audio)[None])[0]
        >>> kick, bass, drums, rest = masking.separate(audio, shares)

    Attributes:
        info: facts about the training, plain JSON values.
    """

    def __init__(self, file: model_file.ModelFile) -> None:
        self._weights = file.weights
        self._idle: deque[SharesNetwork] = deque()
        self.info: dict[str, Any] = dict(file.info)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """The model in the file at `path`.

        Raises:
            ModelError: missing, damaged, of another program or version.
        """
        return cls(model_file.read(Path(path)))

    def shares(self, spectrograms_db: NDArray[np.floating[Any]]) -> Array:
        """The parts' shares of the power in every cell.

        Args:
            spectrograms_db: (n, 512, 128) dB, of audio or decoded; some 30 ms of CPU each.

        Returns:
            (n, 512, 128, 4), 0..1, in the order of `settings.PARTS`; they sum to 1.

        Raises:
            InputError: another shape.
            ModelError: the network's answers are no numbers.
        """
        if spectrograms_db.ndim != 3 or spectrograms_db.shape[1:] != _SPECTRUM:
            raise InputError(
                f"spectrograms have the shape (n, 512, 128), not {spectrograms_db.shape}"
            )
        found = np.zeros((*spectrograms_db.shape, len(settings.PARTS)), np.float32)
        threads = min(len(found), usable_cores())
        if threads > 1:  # numpy lets others work meanwhile
            with ThreadPoolExecutor(threads, thread_name_prefix="parts") as pool:
                list(pool.map(self._answer, spectrograms_db, found))
        else:
            for spectrogram, into in zip(spectrograms_db, found, strict=True):
                self._answer(spectrogram, into)
        return found

    def _answer(self, spectrogram: NDArray[np.floating[Any]], into: Array) -> None:
        try:
            network = self._idle.pop()
        except IndexError:  # all are at work; as many stay as ever worked at once
            network = SharesNetwork(self._weights)
        seen = np.asarray(spectrogram, np.float32)
        with np.errstate(over="ignore", invalid="ignore"):
            shares = network(seen)
        self._idle.append(network)
        if not np.isfinite(shares).all():
            raise ModelError(
                "the network that tells parts apart gives values that are not numbers; "
                "train it again"
            )
        into[...] = of_few_spectra(agreed(shares, seen), seen)
