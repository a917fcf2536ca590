"""Named paths: found again on the same map, on one made anew, and in their file."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from core.errors import InputError
from core.library import path_presets
from core.library.latent_map import LatentMap
from core.library.path_presets import PathPreset


@pytest.fixture
def grid_map() -> LatentMap:
    """Nine dots on a grid."""
    segments: Any = tuple(SimpleNamespace(id=f"s{n}") for n in range(9))
    xy = np.stack(np.divmod(np.arange(9.0), 3), axis=1)
    latents = np.zeros((9, 64), np.float32)
    return LatentMap(Path(), Path(), "library", "hash", 130.0, {}, segments, xy, latents)


@pytest.fixture
def path(grid_map: LatentMap) -> np.ndarray:
    return grid_map.xy[:5] + 0.01


def test_a_path_is_found_again_on_its_map_and_follows_its_dots(
    grid_map: LatentMap, path: np.ndarray, tmp_path: Path
) -> None:
    file = tmp_path / "paths" / "a.json"
    assert path_presets.load(file) == ()
    path_presets.save((PathPreset.of("Dark", grid_map, path),), file)
    (found,) = path_presets.load(file)
    assert found.name == "Dark"
    positions = found.positions(grid_map)
    assert positions is not None
    np.testing.assert_allclose(positions, path)
    moved = dataclasses.replace(grid_map, xy=grid_map.xy * 2.0)
    nearest = [moved.rows[it.segment_id] for it in found.points]
    elsewhere = found.positions(moved)
    assert elsewhere is not None
    np.testing.assert_allclose(elsewhere - moved.xy[nearest], path - grid_map.xy[nearest])
    for left, count in ((2, 2), (1, None), (0, None)):
        fewer = dataclasses.replace(
            moved, segments=moved.segments[:left], xy=moved.xy[:left], latents=moved.latents[:left]
        )
        positions = found.positions(fewer)
        assert (None if positions is None else len(positions)) == count


@pytest.mark.parametrize(
    "content", [b"", b"[]", b'{"format": "else"}', b'{"presets": [1]}', b"\xff"]
)
def test_what_is_no_list_of_paths_is_refused_and_left(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(content)
    with pytest.raises(InputError, match="not a list of paths"):
        path_presets.load(file)
    assert file.read_bytes() == content


def test_there_is_an_end_to_them(tmp_path: Path) -> None:
    many = tuple(PathPreset(str(n), ()) for n in range(path_presets.MOST_PRESETS + 1))
    with pytest.raises(InputError, match="delete one"):
        path_presets.save(many, tmp_path / "a.json")
