from __future__ import annotations

import threading

import numpy as np
import pytest
from numpy.typing import NDArray

from core.arrangement.clip import Clip, RealSource
from core.arrangement.prefetch import Prefetch

CLIPS = [Clip(f"c{i}", RealSource(f"s{i % 20}"), 10 * i) for i in range(40)]


class Counting:
    def __init__(self) -> None:
        self.asked: list[str] = []
        self.lock = threading.Lock()

    def __call__(self, clip: Clip) -> NDArray[np.float32]:
        with self.lock:
            self.asked.append(clip.source.segment_id)  # type: ignore[union-attr]
        if clip.source == RealSource("s13"):
            raise OSError("gone")
        return np.full(3, int(clip.id[1:]) % 20, np.float32)


def test_each_source_once_and_the_right_one() -> None:
    audio = Counting()
    with Prefetch(audio, CLIPS) as ahead:
        for clip in CLIPS[:13]:
            assert ahead(clip)[0] == int(clip.id[1:])
    assert len(audio.asked) == len(set(audio.asked))


def test_it_does_not_run_far_ahead() -> None:
    audio = Counting()
    with Prefetch(audio, CLIPS, workers=1) as ahead:
        ahead(CLIPS[0])
    assert len(audio.asked) <= 4


def test_what_was_not_foreseen_is_rendered_too() -> None:
    with Prefetch(Counting(), CLIPS[:3]) as ahead:
        assert ahead(CLIPS[7])[0] == 7
        assert ahead(CLIPS[7])[0] == 7


def test_errors_come_where_the_sound_is_asked_for() -> None:
    with Prefetch(Counting(), CLIPS) as ahead:
        ahead(CLIPS[0])
        with pytest.raises(OSError, match="gone"):
            ahead(CLIPS[13])
