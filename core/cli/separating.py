"""`technovae parts`: audio taken apart into kick, bass, drums and rest."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core import resources, settings
from core.atomic import output_folder
from core.audio import files
from core.audio.writing import AudioWriter
from core.cli.console import progress_bar, say
from core.cli.interrupts import cancel_on_interrupt
from core.cli.reconstructing import safe_name
from core.errors import AudioError, InputError, LibraryError, ModelError
from core.library.store import Library
from core.parts.model import PartsModel
from core.parts.separation import separate_blocks, windows
from core.progress import CancelFlag, Progress, check
from core.rhythm.grid import BeatGrid

Array = NDArray[np.float32]

_BIT_DEPTH = 32
"""Floating point: a part may go over full scale where the mix does not, and clipped parts do not
sum to it."""
_ANALYSIS_SHARE = 0.2


def run(options: Namespace) -> int:
    """Write `kick.wav`, `bass.wav`, `drums.wav` and `rest.wav`; of a library a folder per track."""
    if not options.source.exists():
        raise InputError(f"{options.source}: no such file or folder; give audio or a library")
    model = _model(options.model)
    output_folder(options.out)
    with cancel_on_interrupt() as cancel:
        if (options.source / "library.sqlite").is_file():
            return _library(options.source, options.out, model, cancel)
        if options.source.is_dir():
            raise InputError(f"{options.source}: not a library; give one, or a file of audio")
        with progress_bar("separating") as progress:
            grid = _file(options.source, options.out, model, progress, cancel)
    how = f"on its beat, {grid.bpm:.2f} BPM" if grid.is_steady else "it has no steady beat"
    say(f"{options.out}: {', '.join(settings.PARTS)} of {options.source.name}; {how}")
    return 0


def _model(path: Path | None) -> PartsModel:
    if path is None and not resources.parts_model().is_file():
        raise ModelError(
            "this install has no network that tells parts apart; "
            "train one (technovae demo --train-parts) and name it with --model"
        )
    return PartsModel.load(path or resources.parts_model())


def _library(source: Path, out: Path, model: PartsModel, cancel: CancelFlag) -> int:
    with Library.open(source, read_only=True) as library, progress_bar("separating") as progress:
        tracks = library.tracks()
        if not tracks:
            raise LibraryError(f"{source}: this library has no tracks; import some first")
        for number, track in enumerate(tracks):
            folder = output_folder(out / f"{number + 1:03d}_{safe_name(track.title)}")
            progress(number, len(tracks), track.title)
            _write(library.blocks(track), track.frames, track.grid, folder, model, cancel)
    say(f"{out}: {', '.join(settings.PARTS)} of {len(tracks)} tracks")
    return 0


def _file(
    path: Path, out: Path, model: PartsModel, progress: Progress, cancel: CancelFlag
) -> BeatGrid:
    """Separate a file, which is decoded twice: for its beat grid, and to be taken apart."""
    from core.rhythm.fit import fit_grid
    from core.rhythm.onsets import OnsetStream

    stream, frames = OnsetStream(), 0
    for block in files.read_blocks(path, cancel=cancel):
        stream.feed(block)
        frames += len(block)
        progress(0.0, 1.0, "finding the beat")
    if not frames:
        raise AudioError(f"{path}: holds no sound")
    grid = fit_grid(stream.finish())

    def report(done: float, total: float, message: str = "") -> None:
        progress(_ANALYSIS_SHARE + (1.0 - _ANALYSIS_SHARE) * done / total, 1.0, message)

    blocks = files.read_blocks(path, cancel=cancel)
    _write(blocks, frames, grid, out, model, cancel, report)
    return grid


def _write(
    blocks: Iterable[Array],
    frames: int,
    grid: BeatGrid,
    folder: Path,
    model: PartsModel,
    cancel: CancelFlag,
    progress: Callable[[float, float, str], None] | None = None,
) -> None:
    channels, blocks = _with_channels(blocks)
    done = 0
    with ExitStack() as stack:
        writers = [
            stack.enter_context(
                AudioWriter(
                    folder / f"{name}.wav",
                    channels,
                    bit_depth=_BIT_DEPTH,
                    bpm=grid.bpm if grid.is_steady and not grid.moves else None,
                    title=name,
                )
            )
            for name in settings.PARTS
        ]
        for parts in separate_blocks(blocks, frames, windows(grid.sections, frames), model):
            check(cancel)
            for writer, part in zip(writers, parts, strict=True):
                writer.write(part)
            done += parts.shape[1]
            if progress is not None:
                progress(done, frames, "taking apart")


def _with_channels(blocks: Iterable[Array]) -> tuple[int, Iterator[Array]]:
    """How many channels the first block has, and the blocks, all with as many."""
    iterator = iter(blocks)
    first = next(iterator)
    channels = first.shape[1]

    def fitted(block: Array) -> Array:
        if block.shape[1] == channels:
            return block
        return np.repeat(block.mean(axis=1, keepdims=True), channels, axis=1)

    return channels, (fitted(block) for block in chain([first], iterator))
