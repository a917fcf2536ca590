"""Guides: only the bars that are needed are brought to the tempo."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from core import settings
from core.audio import stretch
from core.errors import Cancelled
from core.library.store import Library
from core.render.guides import Guide
from core.render.loops import bar_edges
from core.render.real_segments import RealSegments

Array = NDArray[np.float32]
BPM = 131.0
FRAMES = settings.segment_frames(BPM)
BAR = settings.bar_frames(BPM)
SIXTEENTH = FRAMES // 64


@pytest.fixture
def music(library: Library) -> RealSegments:
    return RealSegments(library, lambda z: np.zeros((len(z), 512, 128), np.float32), 1 << 28)


@pytest.fixture
def guide(library: Library) -> Callable[..., Guide]:
    first = library.segments()[0].id
    return lambda **more: Guide(first, np.zeros(64, np.float32), 0.5, **more)


@pytest.fixture
def stretched(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many samples were stretched, each time."""
    counts: list[int] = []
    process = stretch._process

    def noted(samples: Array, frames: int, semitones: int) -> Array:
        counts.append(frames)
        return process(samples, frames, semitones)

    monkeypatch.setattr(stretch, "_process", noted)
    return counts


def levels(sound: Array) -> NDArray[np.float64]:
    count = len(sound) // 441
    return np.sqrt((sound[: count * 441].astype(float) ** 2).reshape(count, -1).mean(axis=1))


@pytest.mark.parametrize("bars", [(0, 2), (1, 3), (0,), (3,)])
def test_its_bars_are_there_with_what_leads_to_them_and_the_others_are_silent(
    music: RealSegments, guide: Callable[..., Guide], bars: tuple[int, ...]
) -> None:
    found = music.guide_loop(guide(bars=bars), BPM)
    whole = music.guide_loop(guide(), BPM)
    assert found.shape == whole.shape
    heard = np.zeros(FRAMES, bool)
    for bar in bars:
        first, last = bar_edges(FRAMES, 4)[bar]
        place = np.arange(first - SIXTEENTH, last) % FRAMES
        assert np.corrcoef(levels(found[place]), levels(whole[place]))[0, 1] > 0.9
        heard[np.arange(first - SIXTEENTH - 4096, last + 4096) % FRAMES] = True
    assert np.abs(found[~heard]).max() == 0.0


def test_half_of_the_bars_take_less_than_all(
    music: RealSegments, guide: Callable[..., Guide], stretched: list[int]
) -> None:
    music.guide_loop(guide(bars=(0, 2)), BPM)
    half = sum(stretched)
    stretched.clear()
    music.guide_loop(guide(), BPM)
    assert half < 0.8 * sum(stretched)


def test_the_bar_that_is_heard_first_is_not_stretched_again(
    music: RealSegments, guide: Callable[..., Guide], stretched: list[int]
) -> None:
    first = music.guide_bar(guide(needs=(2,)), BPM, 2)
    assert first.shape == (BAR, 2)
    assert len(stretched) == 1
    music.guide_loop(guide(bars=(0, 2)), BPM)
    assert len(stretched) == 2


def test_neighbouring_bars_are_stretched_as_one(
    music: RealSegments, guide: Callable[..., Guide]
) -> None:
    """Two passages have different phases: one would jump to the other in the middle of a bar."""
    whole = music.guide_loop(guide(), BPM)
    for bars in ((1, 2), (0, 3), (0, 1, 2, 3)):
        assert music.guide_loop(guide(bars=bars), BPM) is whole


def test_loading_stops_between_guides(music: RealSegments, guide: Callable[..., Guide]) -> None:
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        music.load([guide()], BPM, cancel=cancel)
    music.load([guide()], BPM, cancel=threading.Event())
    assert len(music.guide_loop(guide(), BPM)) == FRAMES


def test_guides_are_decoded_at_once_and_none_of_them_twice(library: Library) -> None:
    decoded: list[int] = []

    def decode(latents: Array) -> Array:
        decoded.append(len(latents))
        return np.ones((1, 512, 128), np.float32) * latents[:, :1, None]

    music = RealSegments(library, decode, 1 << 28)
    guides = [
        Guide(segment.id, np.full(64, number, np.float32), 0.5)
        for number, segment in enumerate(library.segments()[:3])
    ]
    together = music.decoded_together([*guides, guides[0]])
    assert [seen[0, 0] for seen in together] == [0.0, 1.0, 2.0, 0.0]
    assert decoded == [3]
    for guide in guides:
        music.decoded(guide.segment_id, guide.latent)
        assert music.spectra(guide.segment_id, guide.latent)[1, 0, 0] == guide.latent[0]
    assert decoded == [3, 1, 1, 1]
    music.decoded_together(guides)
    assert decoded == [3, 1, 1, 1]
