"""Songs drawn by chance, rendered apart, for the network that tells parts apart to learn from."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Final

import numpy as np

from core.atomic import output_folder
from core.demo.endless.hits import PARTS_OF_HITS
from core.errors import TrainingError
from core.parts.material import Material
from core.processes import ProcessExecutor
from core.progress import CancelFlag, Progress, check, silent

HELD_OUT: Final = ("breaks", "dub", "house")
"""Styles that are never learned; by them networks are judged."""
BARS: Final = 4
"""Of a song: many short songs have more sounds than a few long ones."""
HITS_IN_A_LOT: Final = 32
LOTS: Final = 40
"""Of hits of each part that is struck."""
_NICENESS: Final = 10
_POLL_SECONDS: Final = 0.5


def render_song(folder: Path, seed: int) -> Path:
    """Render song number `seed` into `folder`, if it is not there.

    Args:
        folder: of the material; it exists.
        seed: 0 or more.

    Returns:
        Its file.

    Raises:
        OutputError: it cannot be written.
    """
    from core.demo.endless.songs import random_song, style_of
    from core.demo.render import render_mastered_parts, stage_of
    from core.parts.material import song_path, spectrograms_of_parts, write_song

    style = style_of(seed)
    path = song_path(folder, style, str(seed))
    if path.exists():
        return path
    spec, song = random_song(seed, style, BARS)
    parts = render_mastered_parts(song, stage_of(spec, song))
    return write_song(folder, style, str(seed), spectrograms_of_parts(parts, spec.bpm))


def render_hits(folder: Path, part: str, number: int) -> Path:
    """Render the `number`-th lot of hits of a part into `folder`, if it is not there.

    Args:
        folder: of the material; it exists.
        part: of `endless.hits.PARTS_OF_HITS`.
        number: 0 or more.

    Returns:
        Its file.

    Raises:
        OutputError: it cannot be written.
    """
    from core.demo.endless.hits import random_hit
    from core.demo.render import render_parts, stage_of
    from core.parts.hits import hits_path, spectrogram_of_hit, write_hits

    path = hits_path(folder, part, number)
    if path.exists():
        return path
    spectrograms = []
    for seed in range(number * HITS_IN_A_LOT, (number + 1) * HITS_IN_A_LOT):
        spec, song = random_hit(seed, part)
        audio = render_parts(song, stage_of(spec, song)).sum(axis=0)
        early = float(np.random.default_rng([seed, 2]).random())
        spectrograms.append(spectrogram_of_hit(audio, spec.bpm, early))
    return write_hits(folder, part, number, spectrograms)


def learned(folder: Path) -> Material:
    """What there is to learn from in `folder` by now."""
    return Material.of_folder(folder, HELD_OUT)


def held_out(folder: Path) -> Material:
    """What there is to judge by in `folder` by now."""
    return Material.of_folder(folder, HELD_OUT, only=True)


@contextlib.contextmanager
def rendering(
    folder: Path, songs: int, workers: int = 1, lots: int = LOTS
) -> Iterator[list[Future[Path]]]:
    """Have songs rendered by other processes while the body runs; what is there is kept.

    Args:
        folder: of the material; made if missing.
        songs: how many there shall be in the end.
        workers: processes.
        lots: of hits of each part that is struck; they come first.

    Raises:
        OutputError: the folder cannot be written.
    """
    output_folder(folder)
    executor = ProcessExecutor(workers, niceness=_NICENESS)
    try:
        jobs = [
            executor.submit(render_hits, folder, part, number)
            for number in range(lots)
            for part in PARTS_OF_HITS
        ]
        jobs += [executor.submit(render_song, folder, seed) for seed in range(songs)]
        yield jobs
    finally:
        executor.shutdown(cancel_futures=True)


def wait_for(
    folder: Path,
    jobs: list[Future[Path]],
    count: int,
    progress: Progress = silent,
    cancel: CancelFlag | None = None,
) -> None:
    """Wait until so many songs of the styles that are learned are there, and one held out.

    Args:
        folder: of the material.
        jobs: that render it.
        count: songs to wait for; fewer if there are no more.
        progress: told how many there are.
        cancel: ends it.

    Raises:
        TrainingError: a song could not be rendered.
        Cancelled: as asked.
    """
    while True:
        check(cancel)
        failed = next((job for job in jobs if job.done() and job.exception()), None)
        if failed is not None:
            raise TrainingError(f"a song could not be rendered ({failed.exception()})")
        there = learned(folder).songs
        progress(there, count, "rendering music with known parts")
        enough = there >= count and held_out(folder).songs > 0
        if enough or all(job.done() for job in jobs):
            return
        time.sleep(_POLL_SECONDS)
