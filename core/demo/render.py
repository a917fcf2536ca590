"""From the written form of a track to its sound, as a mix or as its four parts."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray

from core.demo.mastering import finish, finish_parts
from core.demo.mixing import mix, mix_parts
from core.demo.song import Finish, Song
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
    return finish(mix(song, stage_of(spec, song)), song.finish or Finish())


def stage_of(spec: TrackSpec, song: Song) -> Stage:
    """Where a song is played: its tempo, length and randomness.

    Args:
        spec: of the track.
        song: gives swing and harmony.

    Returns:
        The stage.
    """
    return Stage(spec, song.swing, song.harmony)


def render_parts(song: Song, stage: Stage) -> Signal:
    """Render the parts of a song before mastering.

    Each has the echoes, rooms, side-chain and inserts of what it plays; they add up to `mix`.

    Args:
        song: what is played.
        stage: where.

    Returns:
        (4, stage.frames, 2) in the order of `settings.PARTS`.
    """
    return mix_parts(song, stage)


def render_mastered_parts(song: Song, stage: Stage) -> Signal:
    """Render the parts of the finished track.

    They add up to the mastered mix; `mastering.finish_parts` and `effects.masters` say how what
    depends on level is shared.

    Args:
        song: what is played.
        stage: where.

    Returns:
        (4, stage.frames, 2) in the order of `settings.PARTS`.
    """
    parts = mix_parts(song, stage)
    for effect in song.masters:
        parts = effect(parts, stage)
    return finish_parts(parts, song.finish) if song.finish else parts


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
