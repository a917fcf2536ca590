"""What children do for the window: each a function that reports, can be stopped, and returns.

All take `progress`, `cancel` and `emit` (events, picklable) and raise `TechnoVAEError`. Heavy
imports are inside: the window imports this module to name the work.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.progress import CancelFlag, Progress

if TYPE_CHECKING:
    from core.library.report import ImportReport
    from core.rhythm.grid import BeatGrid
    from core.timeline.arrangement import Arrangement
    from core.timeline.clip import Source
    from core.timeline.export import ExportResult
    from core.vae.history import Epoch
    from core.vae.options import Spectra, TrainResult

Array = NDArray[np.float32]
Emit = Callable[[Any], None]
_PICTURE_EVERY = 3.0
"""Seconds between two live reconstructions."""
_EXPORT = "export"


@dataclass(frozen=True)
class EpochDone:
    """A row of the training's history."""

    epoch: Epoch


@dataclass(frozen=True, eq=False)
class Reconstructed:
    """A window of the library and its reconstruction, (512, 128) dB each."""

    real: Array
    decoded: Array


@dataclass(frozen=True)
class ModelSaved:
    """`path` holds a better model, that of `epoch`."""

    path: Path
    epoch: int


def import_audio(
    library: Path, audio: list[Path], progress: Progress, cancel: CancelFlag, emit: Emit
) -> ImportReport:
    """Import into `library`; emits a `FileReport` for each file."""
    from core.library.importing import import_audio as run

    return run(library, audio, progress, cancel, on_file=emit)


def set_grid(
    library: Path,
    track_id: str,
    grid: BeatGrid | None,
    progress: Progress,
    cancel: CancelFlag,
    emit: Emit,
) -> None:
    """Put a track on the user's `grid`; None: fit it again."""
    from core.library.store import Library

    with Library.open(library) as opened:
        if grid is None:
            opened.refit(track_id, progress, cancel)
        else:
            opened.set_grid(track_id, grid, progress, cancel)


def train(
    library: Path,
    model: Path,
    minutes: float,
    resume: bool,
    seed: int,
    progress: Progress,
    cancel: CancelFlag,
    emit: Emit,
) -> TrainResult:
    """Train on `library`, the best model going to `model`; emits `EpochDone`, `Reconstructed` and
    `ModelSaved`."""
    from core import resources
    from core.vae import training
    from core.workspace import remember_model, training_data

    model.parent.mkdir(parents=True, exist_ok=True)
    data = training_data(library)
    options = training.TrainOptions(model, minutes=minutes, seed=seed, resume=resume)
    result = training.train(data, options, progress, cancel, _Watching(model, emit))
    if library.resolve() != resources.demo_library().resolve():
        remember_model(library, model)
    return result


class _Watching:
    def __init__(self, path: Path, emit: Emit) -> None:
        self._path, self._emit = path, emit
        self._pictured = 0.0

    def epoch(self, epoch: Epoch, picture: Callable[[], Spectra]) -> None:
        self._emit(EpochDone(epoch))
        now = time.monotonic()
        if now - self._pictured >= _PICTURE_EVERY:
            self._pictured = now
            self._emit(Reconstructed(*picture()))

    def saved(self, epoch: int) -> None:
        self._emit(ModelSaved(self._path, epoch))


def compose(
    library: Path,
    model: Path,
    options: Mapping[str, Any],
    progress: Progress,
    cancel: CancelFlag,
    emit: Emit,
    path_points: Array | None = None,
) -> Arrangement:
    """An arrangement as `ComposeOptions(**options)` has it; `path_points` (n, 64): only music
    near these latents is used."""
    from core.timeline.compose import ComposeOptions
    from core.timeline.compose import compose as run
    from core.timeline.material import gather
    from core.workspace import open_workspace

    chosen = ComposeOptions(**options)
    with open_workspace(library, model) as space:
        ids, latents = space.decoder.latents(progress=progress, cancel=cancel)
        if path_points is not None:
            kept = _near(latents, path_points)
            ids, latents = [ids[row] for row in kept], latents[kept]
        material = gather(space.library, ids, latents, space.decoder.decode, space.codec.hash)
        return run(material, chosen, np.random.default_rng(chosen.seed), progress)


_NEAR = 24


def _near(latents: Array, points: Array) -> NDArray[np.int64]:
    """Rows of the `_NEAR` latents that lie nearest to any of `points`."""
    distances = np.linalg.norm(latents[:, None] - points[None], axis=2).min(axis=1)
    return np.sort(np.argsort(distances, kind="stable")[:_NEAR])


def export_audio(
    library: Path,
    model: Path,
    arrangement: Arrangement,
    path: Path,
    bit_depth: int,
    stems: bool,
    span: tuple[int, int] | None,
    lufs: float | None,
    progress: Progress,
    cancel: CancelFlag,
    emit: Emit,
    quality: str = _EXPORT,
) -> ExportResult:
    """Write the sound of `arrangement`; `lufs` None: as it is played, in the same quality."""
    from core.timeline.export import export
    from core.workspace import open_workspace

    with open_workspace(library, model) as space:
        audio_of = space.decoder.clip_audio(
            arrangement.bpm, quality="interactive" if lufs is None else quality
        )
        return export(
            arrangement,
            audio_of,
            path,
            bit_depth=bit_depth,
            stems=stems,
            span=span,
            lufs=lufs,
            progress=progress,
            cancel=cancel,
        )


def clip_wav(
    library: Path,
    model: Path,
    source: Source,
    bpm: float,
    path: Path,
    progress: Progress,
    cancel: CancelFlag,
    emit: Emit,
) -> Path:
    """Write the four-bar loop of `source` as audio; returns `path`."""
    from core.audio import files
    from core.workspace import open_workspace

    with open_workspace(library, model) as space:
        samples = space.decoder.audio(source, bpm, quality=_EXPORT)
        files.write(path, samples, bit_depth=24, bpm=bpm, title=path.stem)
    return path
