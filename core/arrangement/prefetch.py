"""Sounds of clips rendered ahead of the mixdown, on several threads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from core.arrangement.clip import Clip, ClipSource

FloatArray = NDArray[np.float32]

_AHEAD: Final = 2
"""Sounds that each worker may be ahead of what is asked for; more would only fill memory."""


class Prefetch:
    """An `audio_of` for a mixdown that works ahead through the clips in order of their start.

    A context manager: leaving it cancels what has not started yet, and waits for the rest.

    Args:
        audio_of: gives the sound of a clip, (frames, 1 or 2); called from several threads, once
            for every source.
        clips: what the mixdown will ask for.
        workers: number of threads.
    """

    def __init__(
        self, audio_of: Callable[[Clip], FloatArray], clips: Iterable[Clip], *, workers: int = 2
    ) -> None:
        ordered = sorted(clips, key=lambda clip: (clip.start, clip.end))
        self._audio_of = audio_of
        self._waiting = list({clip.source: clip for clip in ordered}.values())[::-1]
        self._started: dict[ClipSource, Future[FloatArray]] = {}
        self._ahead = _AHEAD * workers
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="prefetch")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def __call__(self, clip: Clip) -> FloatArray:
        """The clip's sound, as `audio_of` gives it. What that raises is passed on."""
        while self._waiting and len(self._started) < self._ahead:
            self._start(self._waiting.pop())
        if clip.source not in self._started:
            self._start(clip)
        return self._started.pop(clip.source).result()

    def _start(self, clip: Clip) -> None:
        if clip.source not in self._started:
            self._started[clip.source] = self._pool.submit(self._audio_of, clip)
