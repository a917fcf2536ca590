"""Pictures of loops and spectrograms, and the cache that scales them."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QImage

from core.arrangement.clip import RealSource
from technovae_gui.timeline import thumbnails
from technovae_gui.timeline.thumbnails import ThumbnailCache

A, B = RealSource("x-0-1"), RealSource("x-0-2")


def test_pictures_are_opaque_where_it_is_loud_and_clear_in_silence() -> None:
    loud = thumbnails.waveform_thumbnail(np.ones((4410, 2), np.float32))
    assert (loud.width(), loud.height()) == (thumbnails.COLUMNS, thumbnails.ROWS)
    assert loud.pixelColor(10, 2).alpha() > 200
    for loop in (np.zeros((4410, 1)), np.zeros((0, 2)), np.zeros((3, 2))):
        quiet = thumbnails.waveform_thumbnail(loop.astype(np.float32))
        assert quiet.pixelColor(100, 2).alpha() == 0
    picture = thumbnails.spectrogram_thumbnail(np.full((512, 128), -90.0, np.float32))
    assert (picture.width(), picture.height()) == (512, 128)
    assert picture.pixelColor(5, 5).alpha() == 0


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("frames", [1, 500, 4413])
def test_a_column_is_as_high_as_the_loudest_of_its_samples(frames: int, channels: int) -> None:
    """Either sign, either channel; a loop shorter than the picture fills it, too."""
    loop = np.random.default_rng(0).uniform(-1.2, 1.2, (frames, channels)).astype(np.float32)
    picture = thumbnails.waveform_thumbnail(loop)
    edges = np.linspace(0, frames, thumbnails.COLUMNS, endpoint=False).astype(int)
    ends = [max(end, start + 1) for start, end in zip(edges, [*edges[1:], frames], strict=True)]
    for column in range(0, thumbnails.COLUMNS, 7):
        peak = float(np.abs(loop[edges[column] : ends[column]]).max())
        opaque = sum(
            picture.pixelColor(column, row).alpha() > 127 for row in range(thumbnails.ROWS)
        )
        assert opaque == pytest.approx(min(peak, 1.0) * thumbnails.ROWS, abs=2.0)


def test_parts_are_drawn_in_four_shades_of_the_clip_s_colour(cache: ThumbnailCache) -> None:
    """Each has a quarter of the bands; the kick's is the lightest, the rest's the darkest."""
    parts = np.full((4, 512, 128), -90.0, np.float32)
    for part in range(4):
        parts[part, :, 32 * part : 32 * (part + 1)] = 0.0
    cache.put(A, thumbnails.parts_thumbnail(parts))
    pixmap = cache.scaled(A, "#4080a0", 256.0, 64)
    assert pixmap is not None
    picture = pixmap.toImage()
    colours = [picture.pixelColor(100, 56 - 16 * part) for part in range(4)]
    assert all(colour.alpha() > 200 for colour in colours)
    kick, bass, drums, rest = (colour.lightness() for colour in colours)
    assert kick > drums > bass > rest
    assert min(kick - drums, drums - bass, bass - rest) > 15
    silent = thumbnails.parts_thumbnail(np.full((4, 512, 128), -90.0, np.float32))
    cache.put(A, silent)
    pixmap = cache.scaled(A, "#4080a0", 256.0, 64)
    assert pixmap is not None
    assert pixmap.toImage().pixelColor(100, 30).alpha() == 0


@pytest.fixture
def cache(qapp: object) -> ThumbnailCache:
    return ThumbnailCache()


def filled(colour: str) -> QImage:
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(colour)
    return image


def test_scaled_copies_are_as_wide_as_the_next_power_of_two(cache: ThumbnailCache) -> None:
    cache.put(A, filled("#112233"))
    pixmap = cache.scaled(A, "#ffffff", 70.0, 20)
    assert pixmap is not None
    assert (pixmap.width(), pixmap.height()) == (128, 20)
    assert cache.scaled(A, "#ffffff", 128.0, 20) is pixmap


def test_a_new_picture_replaces_the_scaled_copies_of_the_old_one(cache: ThumbnailCache) -> None:
    cache.put(A, filled("#ff0000"))
    cache.scaled(A, "#ffffff", 16.0, 16)
    cache.put(A, filled("#00ff00"))
    pixmap = cache.scaled(A, "#ffffff", 16.0, 16)
    assert pixmap is not None
    assert pixmap.toImage().pixelColor(4, 4).name() == "#00ff00"


def test_clearing_forgets_scaled_copies_too(cache: ThumbnailCache) -> None:
    cache.put(A, filled("#ff0000"))
    cache.scaled(A, "#ffffff", 16.0, 16)
    cache.clear()
    assert A not in cache
    assert cache.scaled(A, "#ffffff", 16.0, 16) is None


def test_a_wanted_picture_that_is_not_there_is_noted(cache: ThumbnailCache) -> None:
    cache.put(A, filled("#ff0000"))
    cache.scaled(A, "#ffffff", 16.0, 16)
    assert not cache.missed
    cache.scaled(B, "#ffffff", 16.0, 16)
    assert cache.missed
