"""One opened library with one model and its map: an immutable value, replaced whole.

A change on disk (an import, a corrected beat grid, a removed track, a better model) is never
written into a session: it is read again, as a session of the next generation. Whoever waits for
something that was asked of an older one can tell by the generation.
"""

from __future__ import annotations

import contextlib
import logging
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from core import resources
from core.errors import ModelError, TechnoVAEError, TrainingError

if TYPE_CHECKING:
    from core.library.latent_map import LatentMap
    from core.library.store import Library
    from core.library.tracks import Track
    from core.library.training_weights import LearningChoice
    from core.vae.data import TrainingData

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Session:
    """A library, its model, and the map of the one under the other.

    Attributes:
        generation: counts up with every session of a window; 0 is the one before any was opened.
        library_path: the library's folder.
        library_id: the library's own id, by which projects know it.
        writable: whether tracks may be imported, corrected and removed.
        tempo: median tempo of the tracks, in BPM.
        tracks: all tracks, in the library's order.
        model_path: the model's file; None where none was trained yet.
        model_hash: by which clips know the model; empty without one.
        map: the latent map; None while it has to be made.
    """

    generation: int = 0
    library_path: Path = field(default_factory=resources.demo_library)
    library_id: str = ""
    writable: bool = False
    tempo: float = 0.0
    tracks: tuple[Track, ...] = ()
    model_path: Path | None = None
    model_hash: str = ""
    map: LatentMap | None = None

    @property
    def is_demo(self) -> bool:
        """Whether this is the built-in demo library."""
        from core.library.models import is_demo

        return is_demo(self.library_path)

    @property
    def missing_map(self) -> str:
        """Why there is no map, and what brings one, in one line; empty where there is one."""
        if self.map is not None:
            return ""
        if not self.generation:
            return "there is no map yet; wait until the library is open"
        if self.model_path is not None and self.tracks:
            return "there is no map yet; it is being made"
        first = "train a model" if self.tracks else "import music and train a model"
        return f"there is no map yet; {first} first"

    def same_music(self, other: Session) -> bool:
        """Whether `other` is the same library with the same tracks on the same beat grids, so that
        whatever was made of real segments alone still holds."""
        return self.library_path == other.library_path and self.tracks == other.tracks


def open_session(library: Path, model: Path | None = None, *, generation: int) -> Session:
    """Read what is on disk now as a session. Takes up to a second; for any thread.

    Args:
        library: the library's folder.
        model: the model that the user named; None for the one that belongs to the library.
        generation: of the new session.

    Returns:
        The session. It has no model where the library has none yet, and no map where one must be
        made first.

    Raises:
        LibraryError: no such library, or it cannot be read.
        ModelError: the model that was named is gone or cannot be read.
    """
    from core.library import latent_map
    from core.library.models import is_demo
    from core.library.store import Library

    path = model or _model_of(library)
    # The model's hash is computed beside reading the library; neither needs Python's lock for long.
    with ThreadPoolExecutor(1) as thread:
        hashing = None if path is None else thread.submit(latent_map.model_hash, path)
        with Library.open(library, read_only=is_demo(library)) as opened:
            tracks = tuple(opened.tracks())
            found, model_hash = None, ""
            if path is not None and hashing is not None:
                model_hash = hashing.result()
                found = latent_map.read(opened, tracks, path, model_hash)
            return Session(
                generation=generation,
                library_path=library,
                library_id=opened.id,
                writable=not is_demo(library) and os.access(library, os.W_OK),
                tempo=opened.tempo,
                tracks=tracks,
                model_path=path,
                model_hash=model_hash,
                map=found,
            )


def _model_of(library: Path) -> Path | None:
    """The model that belongs to a library, if there is one yet."""
    from core.library.models import model_for

    with contextlib.suppress(ModelError):
        return model_for(library)
    return None


def training_data(library: Path, choice: LearningChoice | None = None) -> TrainingData:
    """The windows of `library`, one on every bar, by reference into its spectrograms.

    What the library says is to be left out is not among them. A small library gets the built-in
    demo as background, see `with_demo`.

    Args:
        library: its folder.
        choice: what of it is learned; None: all that the library does not leave out.

    Raises:
        LibraryError: no such library, or its spectrograms and audio are gone.
        TrainingError: nothing is left to learn.
    """
    from core.library.models import is_demo
    from core.library.training_weights import LearningChoice

    data = _windows_of(library, choice or LearningChoice())
    return data if is_demo(library) else with_demo(data)


def describe_learning(library: Path, choice: LearningChoice | None = None) -> str:
    """Say what a training learns of a library, e.g. "212 of 240 segments, 12 of them more often".

    Args:
        library: its folder.
        choice: what of it is learned; None: all that the library does not leave out.

    Raises:
        LibraryError: no such library, or it cannot be read.
    """
    from core.library.models import is_demo
    from core.library.store import Library
    from core.library.training_weights import LearningChoice

    with Library.open(library, read_only=is_demo(library)) as opened:
        summary = (choice or LearningChoice()).summary(opened.training_weights(), opened.tracks())
    return summary.text


def with_demo(data: TrainingData) -> TrainingData:
    """`data`; with the built-in demo as background where it has few windows."""
    from core.vae.data import ENOUGH_WINDOWS

    if not 0 < len(data) < ENOUGH_WINDOWS:
        return data
    try:
        mixed = data.with_background(_windows_of(resources.demo_library()))
    except (TechnoVAEError, OSError):
        _log.exception("the built-in demo cannot be read; training goes on without it")
        return data
    count = data.segments()
    note = (
        f"only {count} segment{'s' * (count != 1)}: learned together with the built-in demo; "
        "import more for a map of your own"
    )
    return replace(mixed, notes=(*data.notes, note))


def _windows_of(library: Path, choice: LearningChoice | None = None) -> TrainingData:
    """Those that are to be learned; without a choice all, whatever the library says of them."""
    from core.library.models import is_demo
    from core.library.store import Library
    from core.vae.data import TrainingData

    with Library.open(library, read_only=is_demo(library)) as opened:
        data = TrainingData.of_tracks(
            (_name(track), opened.track_spectrogram(track.id), opened.segment_rows(track.id))
            for track in opened.tracks()
        )
        return data if choice is None or not len(data) else _chosen(data, opened, choice)


def _chosen(data: TrainingData, library: Library, choice: LearningChoice) -> TrainingData:
    kept, all_tracks = library.training_weights(), library.tracks()
    weights = choice.weights_of(kept)
    by_name = {_name(track): weights(track, 1) for track in all_tracks}
    weighed = (track.weighed(by_name[track.name]) for track in data.tracks)
    tracks = tuple(track for track in weighed if len(track.starts))
    if not tracks:
        raise TrainingError("all music is left out; choose some segments to learn from")
    learned = choice.summary(kept, all_tracks)
    notes = data.notes if learned.is_plain else (*data.notes, f"learned from {learned.text}")
    return replace(data, tracks=tracks, notes=notes)


def _name(track: Track) -> str:
    """For people, and its own even where two tracks have the same title."""
    return f"{track.title} [{track.id[:6]}]"
