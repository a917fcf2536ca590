from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.errors import InputError, OutputError
from core.latent.picture import map_png


def _pixels(path: Path) -> np.ndarray:
    from matplotlib.image import imread

    return np.asarray(imread(path))[..., :3]


@pytest.mark.parametrize("size", [(1280, 800), (640, 400)])
def test_has_the_size_that_was_asked_for(tmp_path: Path, size: tuple[int, int]) -> None:
    xy = np.random.default_rng(0).uniform(size=(40, 2))
    map_png(xy, ["a"] * 40, tmp_path / "map.png", size=size)
    assert _pixels(tmp_path / "map.png").shape == (size[1], size[0], 3)


def test_each_track_has_a_colour_and_the_ground_is_dark(tmp_path: Path) -> None:
    xy = np.stack([np.linspace(0, 1, 30), np.tile([0.2, 0.5, 0.8], 10)], axis=1)
    map_png(xy, list("abc") * 10, tmp_path / "map.png", size=(640, 400))
    pixels = _pixels(tmp_path / "map.png")
    assert np.median(pixels) < 0.15
    bright = pixels[pixels.max(axis=2) > 0.8]
    for colour in ("#4cc9f0", "#f72585", "#ffd166"):
        wanted = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
        assert (np.abs(bright - wanted).max(axis=1) < 0.02).sum() > 100, colour


def test_many_odd_titles_and_values(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    labels = [f"_track $ {k % 40} with {'a very long title ' * 5}" for k in range(300)]
    labels[0] = ""
    xy = rng.uniform(size=(300, 2))
    map_png(xy, labels, tmp_path / "labels.png")
    map_png(xy, labels, tmp_path / "values.png", values=rng.uniform(size=300), value_name="kick")
    assert (_pixels(tmp_path / "labels.png") != _pixels(tmp_path / "values.png")).any()


@pytest.mark.parametrize("count", [1, 2])
def test_a_map_of_few_dots_is_drawn(tmp_path: Path, count: int) -> None:
    map_png(np.full((count, 2), 0.5), ["a"] * count, tmp_path / "map.png", values=[1.0] * count)
    assert (tmp_path / "map.png").stat().st_size > 1000


def test_leaves_nothing_behind_where_it_cannot_write(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="folder does not exist"):
        map_png(np.zeros((1, 2)), ["a"], tmp_path / "none" / "map.png")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("count", "labels", "values"), [(0, [], None), (2, ["a"], None), (2, ["a", "b"], [1.0])]
)
def test_refuses_what_does_not_match(
    tmp_path: Path, count: int, labels: list[str], values: list[float] | None
) -> None:
    with pytest.raises(InputError):
        map_png(np.zeros((count, 2)), labels, tmp_path / "map.png", values=values)
