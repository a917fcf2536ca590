"""What `technovae train` learns from. Imports nothing heavy: training processes import it."""

from __future__ import annotations

from pathlib import Path

from core.errors import InputError
from core.library.training_weights import LearningChoice
from core.session import training_data, with_demo
from core.vae.data import TrainingData


def load(path: Path, choice: LearningChoice) -> TrainingData:
    """Read a library, or an array.

    Args:
        path: the library's folder, or a `spectrogram_dataset.npy`.
        choice: what of a library is learned; an array is learned whole.

    Raises:
        TechnoVAEError: there is nothing of the kind, or too little in it.
    """
    if path.is_dir():
        return training_data(path, choice)
    if path.suffix == ".npy":
        return with_demo(TrainingData.from_file(path))
    raise InputError(f"{path}: neither a library nor a spectrogram_dataset.npy")
