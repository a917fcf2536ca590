"""From a spec to sound."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray

from core.demo.mastering import finish
from core.demo.mixing import mix
from core.demo.song import Song
from core.demo.spec import TrackSpec
from core.demo.stage import Stage

Signal = NDArray[np.float32]


def song_of(spec: TrackSpec) -> Song:
    """The score of `spec`, from its style's module."""
    songs = importlib.import_module(f"core.demo.styles.{spec.style}")
    song: Song = songs.SONGS[spec.name]()
    return song


def render(spec: TrackSpec) -> Signal:
    """The track, (spec.frames, 2): downbeat at sample 0, exact tempo, always the same bits."""
    song = song_of(spec)
    stage = Stage(spec, song.swing, song.harmony)
    return finish(mix(song, stage), song.finish)


def render_many(specs: Sequence[TrackSpec], workers: int = 1) -> Iterator[tuple[TrackSpec, Signal]]:
    """Render several tracks.

    Args:
        specs: which.
        workers: processes that render.

    Returns:
        Each of `specs` with its sound, in order, as they are finished.
    """
    if workers <= 1:
        yield from ((spec, render(spec)) for spec in specs)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from zip(specs, pool.map(render, specs), strict=True)
