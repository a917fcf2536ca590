"""A library and the model that belongs to it, opened together."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core import resources
from core.errors import ModelError, OutputError

if TYPE_CHECKING:
    from core.decoder import Decoder
    from core.library.store import Library
    from core.library.tracks import Track
    from core.vae.checkpoint import Codec
    from core.vae.data import TrainingData

MODEL_NAME = Path("saved_models") / "vae_best.keras"


@dataclass(frozen=True)
class Workspace:
    """What a job needs to make sound: a library, its model, and the decoder over both."""

    library_path: Path
    model_path: Path
    library: Library
    codec: Codec
    decoder: Decoder


@contextlib.contextmanager
def open_workspace(
    library: Path | None = None,
    model: Path | None = None,
    load: Callable[[Path], Codec] | None = None,
) -> Iterator[Workspace]:
    """Open `library` (default: the built-in demo) with `model` (default: `model_for`).

    load: reads the model; default `core.vae.checkpoint.load`

    Raises:
        LibraryError, ModelError: one of them is missing or cannot be used.
    """
    from core.decoder import Decoder
    from core.library.store import Library
    from core.vae import checkpoint

    library_path = library or resources.demo_library()
    with Library.open(library_path, read_only=_is_demo(library_path)) as opened:
        model_path = model or model_for(library_path)
        codec = (load or checkpoint.load)(model_path)
        yield Workspace(library_path, model_path, opened, codec, Decoder(opened, codec))


def model_for(library: Path) -> Path:
    """The model to use with `library` where none is named.

    The demo library has the built-in one. Others: the last one trained on it (`remember_model`),
    or one in a folder `saved_models` inside the library.

    Raises:
        ModelError: none was trained yet.
    """
    if _is_demo(library):
        return resources.demo_model()
    for candidate in (_remembered(library), library / MODEL_NAME):
        if candidate is not None and candidate.is_file():
            return candidate
    raise ModelError(
        f"{library}: no model was trained on this library yet; run: technovae train {library}"
    )


def model_target(library: Path) -> Path:
    """Where training on `library` puts its model unless told otherwise: inside it.

    What is trained on the built-in demo goes into the user's data folder; the demo's own model
    stays as it is.
    """
    if _is_demo(library):
        import platformdirs

        return platformdirs.user_data_path("technovae", appauthor=False) / MODEL_NAME
    return library / MODEL_NAME


def training_data(library: Path) -> TrainingData:
    """All windows of `library`, one on every bar, by reference into its spectrograms.

    Raises:
        LibraryError: no such library, or its spectrograms and audio are gone.
    """
    from core.library.store import Library
    from core.vae.data import TrainingData

    with Library.open(library, read_only=_is_demo(library)) as opened:
        return TrainingData.of_tracks(
            (_name(track), opened.track_spectrogram(track.id), opened.segment_rows(track.id))
            for track in opened.tracks()
        )


def remember_model(library: Path, model: Path) -> None:
    """Note in `library` that `model` was trained on it.

    Raises:
        OutputError: the library is read-only; the model has to be named then.
    """
    from core.atomic import write_text

    if _is_demo(library):
        raise OutputError("the built-in demo keeps its own model; name the new one with --model")
    write_text(library / _NOTE, str(model.resolve()) + "\n")


_NOTE = "model.txt"


def _is_demo(library: Path) -> bool:
    """The built-in demo is never written to, also where it could be."""
    return library.resolve() == resources.demo_library().resolve()


def _name(track: Track) -> str:
    """For people, and its own even where two tracks have the same title."""
    return f"{track.title} [{track.id[:6]}]"


def _remembered(library: Path) -> Path | None:
    try:
        return Path((library / _NOTE).read_text(encoding="utf-8").strip())
    except OSError:
        return None
