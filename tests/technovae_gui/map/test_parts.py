"""The parts that need no window: camera, strokes, lasso, blends, places."""

from __future__ import annotations

import numpy as np
import pytest

from core.library.latent_map import LatentMap
from technovae_gui.map import colouring, dots, picking, places
from technovae_gui.map.camera import SCALES, Camera
from technovae_gui.map.morph import End, Morph, blend
from technovae_gui.map.picking import Picker
from technovae_gui.map.strokes import smooth


def test_there_and_back() -> None:
    camera = Camera(0.2, 0.7, 350.0, 640, 480)
    x, y = camera.to_screen((0.31, 0.55))
    assert camera.to_map(x, y) == pytest.approx((0.31, 0.55))
    assert camera.to_screen((0.2, 0.9))[1] < 240


@pytest.mark.parametrize("factor", [1e-9, 1e9])
def test_zoom_has_ends(factor: float) -> None:
    assert Camera().zoomed(factor, 10, 10).scale in SCALES


def test_all_fits_beside_a_pane(rng: np.random.Generator) -> None:
    points = rng.normal(3.0, 0.2, (50, 2))
    camera = Camera(width=500, height=300).fitted(points, right=150)
    pixels = camera.to_screen(points)
    assert (pixels >= 30).all()
    assert (pixels <= (320, 270)).all()
    assert camera.fitted(np.zeros((0, 2))) == camera
    assert np.isfinite(camera.fitted([[1.0, 1.0]]).scale)


def test_a_lasso_may_be_concave() -> None:
    horseshoe = [(0, 0), (3, 0), (3, 3), (2, 3), (2, 1), (1, 1), (1, 3), (0, 3)]
    places_ = np.array([(0.5, 2.0), (1.5, 2.0), (2.5, 2.0), (1.5, 0.5), (4.0, 1.0)])
    assert picking.inside(horseshoe, places_).tolist() == [0, 2, 3]


@pytest.mark.parametrize("with_tree", [False, True])
def test_picking_with_and_without_the_tree(
    demo_map: LatentMap, rng: np.random.Generator, with_tree: bool
) -> None:
    picker = Picker(demo_map)
    if with_tree:
        picker.use_tree()
    for row in rng.integers(0, len(demo_map), 20):
        assert picker.nearest(tuple(demo_map.xy[row] + 1e-6), 0.01) == row
    assert picker.nearest((9.0, 9.0), 0.1) is None


def test_a_trembling_hand_is_smoothed(rng: np.random.Generator) -> None:
    straight = np.linspace((0.0, 0.0), (1.0, 0.5), 60)
    drawn = straight + rng.normal(0, 0.004, straight.shape)
    path = smooth(drawn)
    assert path[0] == pytest.approx(drawn[0])
    assert path[-1] == pytest.approx(drawn[-1])
    off = (path @ (-0.5, 1.0)) / np.hypot(1.0, 0.5)
    assert off.std() < 0.6 * ((drawn @ (-0.5, 1.0)) / np.hypot(1.0, 0.5)).std()


def test_a_blend_turns_around_the_centre() -> None:
    a, b = np.eye(4, dtype=np.float32)[:2] * 2.0
    half = blend(a, b, 0.5)
    assert np.linalg.norm(half) == pytest.approx(2.0, rel=1e-5)
    np.testing.assert_allclose(blend(a, a, 0.3), a)
    np.testing.assert_allclose(blend(a, -a, 0.5), 0 * a, atol=1e-6)


def test_the_amount_on_the_line() -> None:
    morph = Morph()
    latent = np.zeros(64, np.float32)
    morph.move(0.5)
    assert morph.amount == 0.0
    morph.set_end("A", End((0.0, 0.0), latent, "a"))
    morph.set_end("B", End((1.0, 1.0), latent, "b"))
    assert morph.amount_at((1.0, 0.0)) == pytest.approx(0.5)
    assert morph.amount_at((7.0, 7.0)) == 1.0
    assert morph.label == "a → b, 100 %"


def test_a_latent_lies_among_its_likes(demo_map: LatentMap) -> None:
    for row in (0, 100, 224):
        xy = places.whereabouts(demo_map, demo_map.latents[row])
        assert xy == pytest.approx(tuple(demo_map.xy[row]), abs=1e-3)


def test_values_are_read_out_with_units() -> None:
    shown = {name: colouring.read_out(name, 0.5) for name in colouring.CHOICES[1:]}
    assert shown["brightness"] == "1.4 kHz"
    assert colouring.read_out("brightness", -1.0) == "500 Hz"
    assert shown["energy"] == "50 %"
    assert shown["loudness"] == "0.5 dB"


def test_dots_shrink_with_their_number() -> None:
    sizes = [dots.radius(600.0, count) for count in (1, 200, 2000, 10_000, 100_000)]
    assert sizes == sorted(sizes, reverse=True)
    assert 1.5 <= sizes[-1] <= sizes[0] <= 8
