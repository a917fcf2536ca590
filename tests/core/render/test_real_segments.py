"""Guides: only the bars that are needed are brought to the tempo."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core import settings
from core.audio import stretch
from core.audio.looping import passage
from core.errors import Cancelled
from core.library.store import Library
from core.render.guides import Guide, band_weights
from core.render.loops import SEAM_FRAMES, bar_edges
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


@pytest.mark.parametrize("bar", range(4))
def test_its_first_beats_are_the_beginning_of_the_bar(
    music: RealSegments, guide: Callable[..., Guide], stretched: list[int], bar: int
) -> None:
    """What is heard first goes over into what is rendered later, with the same phases."""
    some = music.guide_bar(guide(needs=(bar,)), BPM, bar, 2)
    all_of_it = music.guide_bar(guide(needs=(bar,)), BPM, bar)
    assert some.shape == (settings.bar_frames(BPM, 2), 2)
    inside = slice(len(some) - SEAM_FRAMES)  # after that it leads back to its own start
    np.testing.assert_allclose(some[inside], all_of_it[inside], atol=0.01)
    beats, whole = stretched
    assert beats < 0.7 * whole
    again = music.guide_bar(guide(needs=(bar,)), BPM, bar, 2)  # of what is in memory
    np.testing.assert_allclose(again, some, atol=0.01)
    assert len(stretched) == 2


def test_what_is_heard_first_has_treble_only_where_that_counts(
    music: RealSegments, guide: Callable[..., Guide], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    made = music.stretched_bar

    def noted(*what: Any, narrow: bool = False, wait: bool = False) -> Array:
        asked.append(narrow)
        return made(*what, narrow=narrow, wait=wait)

    monkeypatch.setattr(music, "stretched_bar", noted)
    for bands in (None, *band_weights()):
        music.guide_bar(guide(needs=(0,), bands=bands), BPM, 0, 2)
    assert asked == [False, True, True, False]
    music.guide_bar(guide(needs=(0,), bands=band_weights()[1]), BPM, 0)
    assert not asked[-1]  # the rest of the loop is made of it


def test_what_lies_across_the_seam_is_read_as_the_loop_repeats(
    music: RealSegments, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    segment = library.segments()[0]
    loop = music._unstretched(segment.id)
    read: list[int] = []
    audio = library.audio

    def noted(track_id: str, start_seconds: float, frames: int) -> Array:
        read.append(frames)
        return audio(track_id, start_seconds, frames)

    monkeypatch.setattr(library, "audio", noted)
    for first, count in ((-9_000, 30_000), (-SEAM_FRAMES, SEAM_FRAMES), (-20_000, 20_000)):
        read.clear()
        np.testing.assert_array_equal(
            music._passage(segment.id, first, count), passage(loop, first, count)
        )
        assert sum(read) <= count + SEAM_FRAMES
    for first, count in ((-500, 9_000), (-9_000, 5_000), (segment.frames - 9_000, 12_000)):
        np.testing.assert_array_equal(
            music._passage(segment.id, first, count), passage(loop, first, count)
        )


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
