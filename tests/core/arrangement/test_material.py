from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.arrangement.material import Material, load_material, ranked
from core.dsp.attributes import Attributes
from core.errors import InputError
from core.library.segments import Segment
from core.settings import LATENT_SIZE
from tests.core.arrangement.fakes import linear_decoder, material


class FakeLibrary:
    """Two tracks, the second with no steady beat."""

    def __init__(self) -> None:
        self.listened: list[str] = []
        self._segments = [
            Segment(f"{track}{bar}", track, 0, bar, 2.0 * bar, bpm, Attributes(bar, 2, 3, 4, 5))
            for track, bpm in (("a", 130.0), ("b", 120.0))
            for bar in range(2, 40, 4)
        ]

    def segments(self, hop_bars: int = 4, track_id: str | None = None) -> list[Segment]:
        assert hop_bars == 4
        return self._segments

    def tracks(self) -> list[Any]:
        return [
            SimpleNamespace(
                id=name,
                aligned=name == "a",
                grid=SimpleNamespace(confidence=0.9),
                sections=(SimpleNamespace(phrase_bar=2),),
            )
            for name in "ab"
        ]

    def segment(self, segment_id: str) -> Segment:
        return next(s for s in self._segments if s.id == segment_id)

    def segment_audio(self, segment: Segment, preroll_frames: int = 0) -> np.ndarray:
        self.listened.append(segment.id)
        return np.ones((10, 2), np.float32)

    def segment_spectrogram(self, segment: Segment) -> np.ndarray:
        return np.full((512, 128), -segment.bar, np.float32)


def test_gathering_takes_the_segments_that_have_latents() -> None:
    library = FakeLibrary()
    ids = ["b6", "a2", "unknown", "a18"]
    latents = np.arange(4, dtype=np.float32)[:, None].repeat(LATENT_SIZE, 1)
    found = load_material(library, ids, latents, linear_decoder(), "hash")
    assert found.ids == ("a2", "a18", "b6")
    assert found.track_ids == ("a", "a", "b")
    np.testing.assert_array_equal(found.latents[:, 0], [1, 3, 0])
    np.testing.assert_array_equal(found.bars, [2, 18, 6])
    np.testing.assert_array_equal(found.bpm, [130, 130, 120])
    np.testing.assert_array_equal(found.attributes["brightness"], [2, 18, 6])
    np.testing.assert_array_equal(found.confidence, [0.9, 0.9, 0.0])
    np.testing.assert_array_equal(found.phrase, [True, True, False])
    assert found.read_audio is not None
    assert found.read_audio("a18").shape == (10, 2)
    assert library.listened == ["a18"]
    assert found.spectrogram(1).max() == -18.0
    assert found.keys(["a2", "a18"]) == [None, None]
    np.testing.assert_array_equal(found.track_numbers(), [0, 0, 1])


def test_spectrograms_that_are_not_kept_are_decoded() -> None:
    music = material(count=8)
    np.testing.assert_array_equal(music.spectrogram(3), music.decode(music.latents[[3]])[0])


def test_no_segment_with_latents() -> None:
    with pytest.raises(InputError, match="import some music"):
        load_material(
            FakeLibrary(), [], np.zeros((0, LATENT_SIZE), np.float32), linear_decoder(), ""
        )


def test_columns_that_do_not_match() -> None:
    whole = material(count=8)
    with pytest.raises(InputError, match="do not match"):
        Material(
            whole.ids, whole.track_ids[1:], whole.bars, whole.latents, {}, whole.bpm, whole.decode
        )


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=40))
def test_ranks_go_from_nought_to_one_in_order(values: list[float]) -> None:
    ranks = ranked(np.array(values))
    order = np.argsort(values)
    assert (np.diff(ranks[order]) >= 0).all()
    assert ranks.min() >= 0
    assert ranks.max() <= 1
    assert ranks.mean() == pytest.approx(0.5)
    for a, b in itertools.pairwise(order):
        assert (values[a] == values[b]) == (ranks[a] == ranks[b])
