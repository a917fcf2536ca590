"""What children do for the window: each a function that reports, can be stopped, and returns.

All take `progress`, `cancel` and `emit` (events, picklable) and raise `TechnoVAEError`. Heavy
imports are inside: the window imports this module to name the work.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.progress import CancelFlag, Progress
from core.workers.learning import Emit, train

if TYPE_CHECKING:
    from core.arrangement.arrangement import Arrangement
    from core.arrangement.clip import ClipSource
    from core.arrangement.export import ExportResult
    from core.library.report import ImportReport
    from core.library.tracks import Track
    from core.rhythm.grid import BeatGrid

__all__ = [
    "clip_wav",
    "compose",
    "export_audio",
    "fit_grid",
    "import_audio",
    "place",
    "set_grid",
    "train",
]

Array = NDArray[np.float32]
_EXPORT = "export"


def import_audio(
    library: Path, audio: list[Path], progress: Progress, cancel: CancelFlag, emit: Emit
) -> ImportReport:
    """Import into `library`; emits a `FileReport` for each file."""
    from core.library.importing import import_audio as run

    return run(library, audio, progress, cancel, on_file=emit)


def set_grid(
    library: Path,
    track_id: str,
    grid: BeatGrid,
    progress: Progress,
    cancel: CancelFlag,
    emit: Emit,
) -> Track:
    """Put a track on the user's `grid`; returns the track as it is then."""
    from core.library.store import Library

    with Library.open(library) as opened:
        return opened.set_grid(track_id, grid, progress, cancel)


def fit_grid(
    library: Path, track_id: str, progress: Progress, cancel: CancelFlag, emit: Emit
) -> Track:
    """Forget the user's grid of a track and fit it again; returns the track as it is then."""
    from core.library.store import Library

    with Library.open(library) as opened:
        return opened.refit(track_id, progress, cancel)


def place(library: Path, model: Path, progress: Progress, cancel: CancelFlag, emit: Emit) -> None:
    """Encode the segments of `library` and place them on its map under `model`; kept there."""
    from core.render.workspace import open_workspace

    with open_workspace(library, model) as space:
        space.decoder.map(progress=progress, cancel=cancel)


def compose(
    library: Path,
    model: Path,
    options: Mapping[str, Any],
    progress: Progress,
    cancel: CancelFlag,
    emit: Emit,
    path_points: Array | None = None,
) -> Arrangement:
    """An arrangement as `ComposeOptions(**options)` has it; or, with `path_points` (n, 64), along
    these latents (`walking`)."""
    from core.arrangement.compose import ComposeOptions
    from core.arrangement.compose import compose as run
    from core.arrangement.material import load_material
    from core.render.workspace import open_workspace
    from core.workers import walking

    chosen = ComposeOptions(**options)
    with open_workspace(library, model) as space:
        decode, model_hash = space.decoder.decode, space.codec.hash
        if path_points is not None:
            bpm = chosen.bpm or space.library.tempo
            return walking.along(path_points, decode, model_hash, bpm, chosen)
        ids, latents = space.decoder.latents(progress=progress, cancel=cancel)
        material = load_material(space.library, ids, latents, decode, model_hash)
        return run(material, chosen, np.random.default_rng(chosen.seed), progress)


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
    from core.arrangement.export import export
    from core.render.workspace import open_workspace

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
    source: ClipSource,
    bpm: float,
    path: Path,
    progress: Progress,
    cancel: CancelFlag,
    emit: Emit,
) -> Path:
    """Write the four-bar loop of `source` as audio; returns `path`."""
    from core.audio import files
    from core.render.workspace import open_workspace

    with open_workspace(library, model) as space:
        samples = space.decoder.audio(source, bpm, quality=_EXPORT)
        files.write(path, samples, bit_depth=24, bpm=bpm, title=path.stem)
    return path
