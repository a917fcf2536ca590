"""A whole track, rendered, against what its score says."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from core.audio.loudness import integrated_lufs, true_peak_dbtp
from core.demo.catalogue import find
from core.demo.render import render, song_of
from core.rhythm.fit import fit_grid
from core.rhythm.onsets import OnsetStream

pytestmark = pytest.mark.slow


@cache
def rendered(name: str) -> NDArray[np.float32]:
    """A track of the demo, which takes seconds: once for all tests."""
    return render(find(name))


@pytest.mark.parametrize("name", ["Parallax", "Half Moon Street"])
def test_a_track_has_its_exact_tempo_and_its_downbeat_at_the_start(name: str) -> None:
    spec = find(name)
    sound = rendered(name)
    assert sound.shape == (spec.frames, 2)
    assert sound.dtype == np.float32
    stream = OnsetStream()
    stream.feed(sound)
    grid = fit_grid(stream.finish())
    bar = 240.0 / spec.bpm
    assert grid.bpm == pytest.approx(spec.bpm, abs=0.02)
    assert abs((grid.downbeat + bar / 2) % bar - bar / 2) < 0.010
    assert integrated_lufs(sound) == pytest.approx(song_of(spec).finish.lufs, abs=0.5)
    assert true_peak_dbtp(sound) <= -0.5


def test_a_track_is_the_same_in_every_rendering() -> None:
    np.testing.assert_array_equal(rendered("Parallax"), render(find("Parallax")))
