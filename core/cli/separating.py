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
from core.cli.console import progress_bar, quiet_libraries, say
from core.cli.interrupts import cancel_on_interrupt
from core.cli.reconstructing import safe_name
from core.errors import AudioError, InputError, LibraryError, ModelError
from core.library.store import Library
from core.parts.model import PartsModel
from core.parts.separation import separate_blocks, separate_loop, windows
from core.progress import CancelFlag, Progress, check
from core.rhythm.grid import BeatGrid
from core.rhythm.loops import LoopTiming, loop_at

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
            how = _file(options.source, options.out, model, progress, cancel)
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
            loop = loop_at(track.seconds, [track.bpm] if track.grid.is_steady else [])
            _separate(
                library.blocks(track), track.frames, loop or track.grid, folder, model, cancel
            )
    say(f"{out}: {', '.join(settings.PARTS)} of {len(tracks)} tracks")
    return 0


def _file(path: Path, out: Path, model: PartsModel, progress: Progress, cancel: CancelFlag) -> str:
    """Separate a file, which is decoded twice: for its beat, and to be taken apart. Returns by
    which beat it was done, and what had to be mended."""
    from core.library import gridding

    def heard(blocks: Iterable[Array]) -> Iterator[Array]:
        for block in blocks:
            progress(0.0, 1.0, "finding the beat")
            yield block

    with quiet_libraries():
        reader = files.AudioReader(path, cancel=cancel)
    features = gridding.onset_features(heard(_quietly(reader)), cancel)
    warnings = tuple(reader.warnings)
    if not features.frames:
        raise AudioError(f"{path}: holds no sound; choose another file")
    found = gridding.of_file(path, features)
    if isinstance(found, str):
        found = BeatGrid.default(features.seconds)

    def report(done: float, total: float, message: str = "") -> None:
        progress(_ANALYSIS_SHARE + (1.0 - _ANALYSIS_SHARE) * done / total, 1.0, message)

    _separate(_quietly(reader), features.frames, found, out, model, cancel, report)
    return "; ".join((_by_which_beat(found), *warnings))


def _by_which_beat(found: BeatGrid | LoopTiming) -> str:
    if isinstance(found, LoopTiming):
        return f"as a loop, {found.bpm:.2f} BPM"
    return f"on its beat, {found.bpm:.2f} BPM" if found.is_steady else "it has no steady beat"


def _quietly(reader: files.AudioReader) -> Iterator[Array]:
    """Its blocks, without the remarks that decoders in C write to the terminal meanwhile."""
    with quiet_libraries():
        blocks = iter(reader)
        block = next(blocks, None)
    while block is not None:
        yield block
        with quiet_libraries():
            block = next(blocks, None)


def _separate(
    blocks: Iterable[Array],
    frames: int,
    beat: BeatGrid | LoopTiming,
    folder: Path,
    model: PartsModel,
    cancel: CancelFlag,
    progress: Callable[[float, float, str], None] | None = None,
) -> None:
    channels, blocks = _with_channels(blocks)
    if isinstance(beat, LoopTiming):
        bpm: float | None = beat.bpm
        parts = iter([separate_loop(np.concatenate(list(blocks)), beat, model)])
    else:
        bpm = beat.bpm if beat.is_steady and not beat.moves else None
        parts = separate_blocks(blocks, frames, windows(beat.sections, frames), model)
    done = 0
    with ExitStack() as stack:
        writers = [
            stack.enter_context(
                AudioWriter(
                    folder / f"{name}.wav", channels, bit_depth=_BIT_DEPTH, bpm=bpm, title=name
                )
            )
            for name in settings.PARTS
        ]
        for block in parts:
            check(cancel)
            for writer, part in zip(writers, block, strict=True):
                writer.write(part)
            done += block.shape[1]
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
