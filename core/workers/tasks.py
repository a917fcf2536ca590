"""What worker processes do for the window: functions that report, can be stopped, and return.

They take what they need of `progress`, `cancel` and `emit` (which sends events, anything that can
be pickled; see `process.perform`) and raise `TechnoVAEError`. Heavy imports are inside: the window
imports this module to name the functions.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core import memory
from core.atomic import require_writable
from core.errors import InputError, LibraryError
from core.mapped_arrays import ArrayFile
from core.progress import CancelFlag, Progress, check
from core.workers.training_task import Emit, train

if TYPE_CHECKING:
    from core.arrangement.arrangement import Arrangement
    from core.arrangement.clip import Clip, ClipSource
    from core.arrangement.export import ExportResult
    from core.arrangement.export_options import ExportOptions
    from core.arrangement.project import Origin
    from core.library.grid_change import GridChange
    from core.library.report import ImportReport
    from core.library.tracks import Track
    from core.render.decoder import Decoder
    from core.rhythm.grid import BeatGrid

__all__ = [
    "analyse_tracks",
    "change_grids",
    "compose",
    "export_audio",
    "export_loops",
    "find_audio",
    "fit_grid",
    "import_audio",
    "levelled_clip",
    "place",
    "save_clips",
    "save_loops",
    "set_grid",
    "train",
]

Array = NDArray[np.float32]
_CLIP_BIT_DEPTH = 24
_LOG = logging.getLogger(__name__)


def import_audio(
    library: Path,
    audio: list[Path],
    progress: Progress,
    cancel: CancelFlag,
    emit: Emit,
    scheduler: str | None = None,
) -> ImportReport:
    """Import music; emits a `FileReport` for each file.

    Args:
        library: folder of the library, which is made if it is not there.
        audio: files, folders and patterns.
        scheduler: address of a Dask cluster's; None for processes of this machine.
        progress, cancel, emit: see above.

    Returns:
        What became of each file.

    Raises:
        InputError, LibraryError, OutputError: as `core.library.importing.import_audio`.
    """
    from core.library.importing import import_audio as run

    return run(library, audio, progress, cancel, on_file=emit, scheduler=scheduler)


def find_audio(
    library: Path, folder: Path, progress: Progress, cancel: CancelFlag, emit: Emit
) -> ImportReport:
    """Put missing audio of a library back; emits a `FileReport` for each file that did.

    Args:
        library: folder of the library.
        folder: where the files may be.
        progress, cancel, emit: see above.

    Returns:
        What became of each file.

    Raises:
        InputError, LibraryError, OutputError: as `core.library.missing_audio.find_again`.
    """
    from core.library.missing_audio import find_again

    return find_again(library, folder, progress, cancel, on_file=emit)


def set_grid(
    library: Path, track_id: str, grid: BeatGrid, progress: Progress, cancel: CancelFlag
) -> Track:
    """Put a track on the user's beat grid.

    Args:
        library: folder of the library.
        track_id: of the track.
        grid: the corrected grid.
        progress, cancel: see above.

    Returns:
        The track as it is then.

    Raises:
        LibraryError: no such track, or no segment fits the grid.
    """
    from core.library.store import Library

    with Library.open(library) as opened:
        return opened.set_grid(track_id, grid, progress, cancel)


def change_grids(
    library: Path,
    track_ids: Sequence[str],
    change: GridChange,
    progress: Progress,
    cancel: CancelFlag,
) -> tuple[str, ...]:
    """Correct the beat grids of several tracks in the same way.

    Args:
        library: folder of the library.
        track_ids: of the tracks.
        change: what to do with each grid.
        progress, cancel: see above.

    Returns:
        A line for each track that could not be corrected.

    Raises:
        LibraryError: the library is read-only.
    """
    from core.library import grid_change
    from core.library.store import Library

    with Library.open(library) as opened:
        return grid_change.change_grids(opened, track_ids, change, progress, cancel)


def fit_grid(library: Path, track_id: str, progress: Progress, cancel: CancelFlag) -> Track:
    """Forget the user's beat grid of a track and fit it again.

    Args:
        library: folder of the library.
        track_id: of the track.
        progress, cancel: see above.

    Returns:
        The track as it is then.

    Raises:
        LibraryError: no such track, or its audio is gone.
    """
    from core.library.store import Library

    with Library.open(library) as opened:
        return opened.refit(track_id, progress, cancel)


def analyse_tracks(library: Path, progress: Progress, cancel: CancelFlag, emit: Emit) -> None:
    """Make the spectrograms and find the keys that are missing; emits a `TrackChroma` for each key.

    Args:
        library: folder of the library.
        progress, cancel, emit: see above.

    Raises:
        LibraryError: the keys of some tracks cannot be found, for their audio cannot be read; the
            others are done.
        OutputError: what was found cannot be kept.
    """
    from core.library.key_analysis import analyse_keys
    from core.library.models import is_demo
    from core.library.store import Library

    with Library.open(library, read_only=is_demo(library)) as opened:
        for track in opened.tracks_without_spectrogram():
            check(cancel)
            try:
                opened.track_spectrogram(track.id)
            except LibraryError as error:  # told when somebody wants to hear the track
                _LOG.warning("no spectrogram of %s: %s", track.title, error)
        analyse_keys(opened, progress, cancel, emit)


def place(library: Path, model: Path, progress: Progress, cancel: CancelFlag) -> None:
    """Encode the segments of a library and place them on its map; both are kept in the library.

    Args:
        library: folder of the library.
        model: under which the map is made.
        progress, cancel: see above.

    Raises:
        LibraryError, ModelError: one of them cannot be used.
    """
    from core.render.workspace import open_workspace

    with open_workspace(library, model, refined=False) as space:
        space.decoder.map(progress=progress, cancel=cancel)


def refine(library: Path, model: Path, progress: Progress, cancel: CancelFlag) -> None:
    """Refine the latents that are kept as the encoder gave them; the map stays as it is.

    Args:
        library: folder of the library.
        model: under which they are refined.
        progress, cancel: see above; what is refined stays so.

    Raises:
        LibraryError, ModelError: one of them cannot be used.
    """
    from core.render.workspace import open_workspace

    with open_workspace(library, model) as space:
        space.decoder.latents(progress=progress, cancel=cancel)


def place_by_part(
    library: Path, model: Path, part: str, progress: Progress, cancel: CancelFlag
) -> None:
    """Place the segments of a library on a map by one part of their sound, kept in the library.

    Args:
        library: folder of the library.
        model: of the map.
        part: one of `settings.PARTS`.
        progress, cancel: see above.

    Raises:
        LibraryError, ModelError: one of them cannot be used, or there is no network for parts.
    """
    from core.render.workspace import open_workspace
    from core.settings import PARTS

    with open_workspace(library, model, refined=False) as space:
        space.decoder.part_map(PARTS.index(part), progress=progress, cancel=cancel)


def compose(
    library: Path,
    model: Path,
    options: Mapping[str, Any],
    progress: Progress,
    cancel: CancelFlag,
    path_points: Array | None = None,
) -> Arrangement:
    """Make a whole arrangement.

    Args:
        library: folder of the library.
        model: that decodes.
        options: fields of `ComposeOptions`.
        progress, cancel: see above.
        path_points: (n, 64) latents that the arrangement goes along; None: it finds its way.

    Returns:
        The arrangement.

    Raises:
        LibraryError, ModelError: one of them cannot be used.
        InputError: options that cannot be.
    """
    from core.arrangement.compose import ComposeOptions
    from core.arrangement.compose import compose as run
    from core.render.composition import gather_material
    from core.render.workspace import open_workspace

    chosen = ComposeOptions(**options)
    with open_workspace(library, model, refined=False) as space:
        material = gather_material(space.library, space.decoder, progress, cancel)
        return run(material, chosen, np.random.default_rng(chosen.seed), progress, path_points)


def export_audio(
    library: Path,
    model: Path | None,
    arrangement: Arrangement,
    path: Path,
    options: ExportOptions,
    progress: Progress,
    cancel: CancelFlag,
    quality: str = "export",
    origins: Sequence[Origin] = (),
) -> ExportResult:
    """Render all clips, and write the arrangement as audio.

    Loops that are kept on disk as they are played are not made again: those of segments are the
    same in every quality, and one of a latent is where its better one begins.

    Args:
        library: folder of the library.
        model: that decodes; None where the library has none, so that only its segments can be
            rendered, and what `origins` make.
        arrangement: what to write.
        path: the file; its extension says which kind.
        options: what is written.
        progress, cancel: see above.
        quality: of the renderers; what is written as it is played is rendered as for playing.
        origins: other libraries and models that clips are made from.

    Returns:
        What was written, and what was measured of it.

    Raises:
        TechnoVAEError: a clip cannot be rendered, or the file not be written.
    """
    require_writable(path)  # first: what is imported next takes a second
    from core.arrangement.export import export
    from core.arrangement.project import Origin
    from core.render.other_libraries import OtherLibraries
    from core.render.parts import require_parts
    from core.render.workspace import EXPORT_CACHE_BYTES, open_workspace
    from core.session import open_session
    from core.workers.kept_loops import KeptLoops

    memory.share_arenas()
    if options.part_stems:
        require_parts()
    with contextlib.ExitStack() as stack:
        others = stack.enter_context(OtherLibraries(origins))
        main: Decoder | Origin = Origin(library)
        if model is not None:
            space = open_workspace(library, model, cache_bytes=EXPORT_CACHE_BYTES, refined=False)
            main = stack.enter_context(space).decoder
            main.kept_loop = KeptLoops(open_session(library, model, generation=0)).get
        rendered = "interactive" if options.lufs is None else quality
        return export(
            arrangement,
            others.clip_audio(main, arrangement.bpm, rendered),
            path,
            options,
            parts_of=others.clip_parts(main, arrangement.bpm, rendered),
            progress=progress,
            cancel=cancel,
        )


def export_loops(
    arrangement: Arrangement,
    loops: Mapping[ClipSource, Array | ArrayFile],
    path: Path,
    options: ExportOptions,
    progress: Progress,
    cancel: CancelFlag,
) -> ExportResult:
    """Write the arrangement from the loops that it is played from.

    Args:
        arrangement: what to write.
        loops: (settings.segment_frames(arrangement.bpm), 2) float32 for each clip's source, or its
            parts, as a mixdown takes them; or where that lies.
        path, options: as in `export_audio`; without part stems, for which loops are not enough.
        progress, cancel: see above.

    Returns:
        What was written, and what was measured of it.

    Raises:
        InputError: a loop that is needed is missing, or its file is.
        OutputError: the file cannot be written.
    """
    from core.arrangement.export import export

    def audio_of(clip: Clip) -> Array:
        if clip.source not in loops:
            raise InputError("some clips are still being decoded; export again once they are")
        loop = loops[clip.source]
        try:
            return loop.open() if isinstance(loop, ArrayFile) else loop
        except (OSError, ValueError) as error:
            raise InputError(f"a kept loop is gone ({error}); open the project again") from error

    return export(arrangement, audio_of, path, options, progress=progress, cancel=cancel)


def save_loops(
    loops: Mapping[Path, Array],
    bpm: float,
    progress: Progress,
    cancel: CancelFlag | None = None,
) -> tuple[Path, ...]:
    """Write loops as audio files of four bars, all at one loudness (`levelling.level_loop`).

    Args:
        loops: (frames, 2) float32 at 44.1 kHz by the file that each becomes; files that are there
            are replaced.
        bpm: their tempo.
        progress, cancel: see above.

    Returns:
        The files.

    Raises:
        OutputError: a file cannot be written; those before it are.
    """
    from core.audio import files
    from core.audio.levelling import level_loop

    for number, (path, samples) in enumerate(loops.items()):
        check(cancel)
        progress(number, len(loops), path.name)
        files.write(
            path, level_loop(samples).samples, bit_depth=_CLIP_BIT_DEPTH, bpm=bpm, title=path.stem
        )
    return tuple(loops)


def save_clips(
    clips: Mapping[Path, Clip],
    loops: Mapping[ClipSource, Array],
    bpm: float,
    progress: Progress,
    cancel: CancelFlag | None = None,
) -> tuple[Path, ...]:
    """Write what clips repeat, see `save_loops`: four bars, or all of a group.

    Args:
        clips: by the file that each becomes.
        loops: (frames, 2) float32 for each source of `Clip.loops`.
        bpm, progress, cancel: as for `save_loops`.

    Returns:
        The files.

    Raises:
        OutputError: as `save_loops`.
    """
    from core.arrangement.mixdown import clip_loop

    sounds = {path: clip_loop(clip, bpm, loops) for path, clip in clips.items()}
    return save_loops(sounds, bpm, progress, cancel)


def levelled_clip(clip: Clip, bpm: float, loops: Mapping[ClipSource, Array]) -> tuple[Array, float]:
    """What a clip repeats, and how loud it is heard by itself.

    Args:
        clip: the clip.
        bpm: the tempo.
        loops: (frames, 2) float32 for each source of `Clip.loops`.

    Returns:
        (frames, 2), four bars or all of a group, and the gain in dB that it is heard with.
    """
    from core.arrangement.mixdown import clip_loop
    from core.audio.levelling import rough_gain_db

    loop = clip_loop(clip, bpm, loops)
    return loop, rough_gain_db(loop)
