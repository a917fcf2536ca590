"""The latent map of a library as a snapshot: reading it, nearest segments, alignment."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core import resources
from core.errors import LibraryError, ModelError
from core.library import latent_map
from core.library.latent_map import LatentMap


@pytest.fixture(scope="module")
def demo() -> LatentMap:
    found = latent_map.load(resources.demo_library(), resources.demo_model())
    assert found is not None
    return found


def test_rows_belong_together(demo: LatentMap) -> None:
    count = len(demo)
    assert (demo.xy.shape, demo.latents.shape) == ((count, 2), (count, 64))
    assert [demo.rows[segment.id] for segment in demo.segments] == list(range(count))
    assert demo.values("kick")[5] == demo.segments[5].attributes.kick
    first = demo.segments[0]
    track = demo.tracks[first.track_id]
    assert demo.title(first) == f"{track.title}, bar {first.bar + 1}"


def test_nearest_segments_come_in_order_of_distance(demo: LatentMap) -> None:
    latents = demo.latents[[3, 90]] + np.float32(0.1)
    distances = np.linalg.norm(demo.latents - latents.mean(axis=0), axis=1)
    expected = [demo.segments[row].id for row in distances.argsort()[:5]]
    assert [segment.id for segment in demo.nearest(latents, 5)] == expected


def test_latents_are_aligned_to_another_model(demo: LatentMap) -> None:
    better = replace(demo, model_hash="better", latents=0.5 * demo.latents[::-1] + 1.0)
    better = replace(better, segments=demo.segments[::-1])
    aligned = better.align(demo, demo.latents[:4])
    assert aligned is not None
    np.testing.assert_allclose(aligned, 0.5 * demo.latents[:4] + 1.0, atol=0.01)
    np.testing.assert_array_equal(demo.align(demo, demo.latents[:2]), demo.latents[:2])


def test_maps_of_other_music_cannot_be_aligned(demo: LatentMap) -> None:
    others = tuple(replace(s, id=f"other-{n}") for n, s in enumerate(demo.segments))
    other = replace(demo, segments=others, model_hash="another")
    assert other.align(demo, demo.latents[:1]) is None


def test_dots_remain_as_long_as_their_bars_are_there(demo: LatentMap) -> None:
    first, *others = demo.tracks.values()
    (section,) = first.sections
    moved = replace(first, sections=(replace(section, downbeat=section.downbeat + 0.1),))
    assert demo.remaining([*others, moved, replace(first, id="new")]) is demo
    shorter = replace(first, sections=(replace(section, bars=8),))
    for tracks, bars in (([*others, shorter], range(5)), (others, range(0))):
        left = demo.remaining(tracks)
        assert left is not None
        rows = [
            row for row, it in enumerate(demo.segments) if it.track_id != first.id or it.bar in bars
        ]
        assert 0 < len(rows) < len(demo)
        assert left.segments == tuple(demo.segments[row] for row in rows)
        np.testing.assert_array_equal(left.xy, demo.xy[rows])
        np.testing.assert_array_equal(left.latents, demo.latents[rows])
        assert set(left.tracks) == {it.track_id for it in left.segments}
    assert demo.remaining([]) is None


def test_axes_and_posterior_are_of_the_latents(demo: LatentMap) -> None:
    moved = demo.axes.move(demo.latents[0], "kick", 1.0)
    assert np.linalg.norm(moved - demo.latents[0]) > 0.1
    drawn = demo.posterior.sample(2, np.random.default_rng(0))
    assert drawn.shape == (2, 64)
    np.testing.assert_allclose(demo.inverse.latent(demo.xy[:1])[0], demo.latents[0])


def test_what_is_gone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no such model"):
        latent_map.load(resources.demo_library(), tmp_path / "none.keras")
    with pytest.raises(LibraryError):
        latent_map.load(tmp_path / "none", resources.demo_model())


def test_reading_it_needs_no_keras() -> None:
    code = (
        "import sys; from core import resources; from core.library import latent_map;"
        "latent_map.load(resources.demo_library(), resources.demo_model());"
        "print({'keras', 'scipy', 'sklearn'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
