"""Zooming, panning, fitting, searching, colours, legend, hover, what is kept."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QApplication

from core.library.latent_map import ATTRIBUTES, LatentMap
from technovae_gui.map import LatentMapView, colouring
from tests.technovae_gui.map.mouse import MIDDLE, NONE, SHIFT, at, drag, move, wheel


def shown_share(view: LatentMapView) -> float:
    pixels = view.canvas.camera.to_screen(view.scene.xy)
    size = view.canvas.width(), view.canvas.height()
    return float(((pixels >= 0) & (pixels <= size)).all(axis=1).mean())


def test_it_says_what_is_going_on_without_a_map(qtbot: Any) -> None:
    view = LatentMapView()
    qtbot.addWidget(view)
    view.show()
    assert view.scene.message == "Loading the library…"
    view.set_message("No model yet")
    qtbot.keyClick(view.canvas, Qt.Key.Key_R)
    drag(view.canvas, [QPointF(50, 50), QPointF(90, 90)])
    assert not view.grab().isNull()
    view.shutdown()


def test_the_wheel_zooms_at_the_cursor(view: LatentMapView) -> None:
    pos = QPointF(300, 200)
    before, scale = view.canvas.camera.to_map(300, 200), view.canvas.camera.scale
    wheel(view.canvas, pos, 3)
    assert view.canvas.camera.scale == pytest.approx(scale * 1.2**3)
    assert view.canvas.camera.to_map(300, 200) == pytest.approx(before)


def test_shift_and_wheel_or_the_middle_button_pan(view: LatentMapView) -> None:
    scale = view.canvas.camera.scale
    start = view.canvas.camera
    wheel(view.canvas, QPointF(300, 200), 1, SHIFT)
    assert view.canvas.camera.y > start.y
    assert view.canvas.camera.scale == scale
    start = view.canvas.camera
    drag(view.canvas, [QPointF(300, 200), QPointF(320, 190), QPointF(340, 180)], MIDDLE)
    assert (view.canvas.camera.x - start.x) * scale == pytest.approx(-40)
    assert (view.canvas.camera.y - start.y) * scale == pytest.approx(-20)


def test_space_and_drag_pan_without_playing(view: LatentMapView, qtbot: Any) -> None:
    start = view.canvas.camera
    with qtbot.assertNotEmitted(view.play_requested):
        qtbot.keyPress(view.canvas, Qt.Key.Key_Space)
        assert view.canvas.cursor().shape() == Qt.CursorShape.OpenHandCursor
        drag(view.canvas, [QPointF(300, 200), QPointF(340, 200)])
        qtbot.keyRelease(view.canvas, Qt.Key.Key_Space)
    assert view.canvas.camera.x < start.x
    assert view.scene.place is None
    assert view.canvas.cursor().shape() == Qt.CursorShape.ArrowCursor


def test_space_alone_plays_when_it_comes_up(view: LatentMapView, qtbot: Any) -> None:
    with qtbot.assertNotEmitted(view.play_requested):
        qtbot.keyPress(view.canvas, Qt.Key.Key_Space)
    with qtbot.waitSignal(view.play_requested):
        qtbot.keyRelease(view.canvas, Qt.Key.Key_Space)


def test_space_that_comes_up_elsewhere_does_not_play(view: LatentMapView, qtbot: Any) -> None:
    qtbot.keyPress(view.canvas, Qt.Key.Key_Space)
    QApplication.sendEvent(view.canvas, QFocusEvent(QEvent.Type.FocusOut))
    with qtbot.assertNotEmitted(view.play_requested):
        qtbot.keyRelease(view.canvas, Qt.Key.Key_Space)


def test_it_stays_fitted_until_the_user_looks_elsewhere(view: LatentMapView, qtbot: Any) -> None:
    assert shown_share(view) == 1.0
    view.resize(700, 480)
    assert shown_share(view) == 1.0
    wheel(view.canvas, QPointF(100, 100), 8)
    assert shown_share(view) < 0.5
    view.resize(800, 500)
    assert shown_share(view) < 0.5
    qtbot.keyClick(view.canvas, Qt.Key.Key_F)
    assert shown_share(view) == 1.0


def test_searching_dims_the_others_and_enter_shows_the_matches(
    view: LatentMapView, demo_map: LatentMap, qtbot: Any
) -> None:
    qtbot.keyClick(view.canvas, Qt.Key.Key_Slash)
    assert view.tools.search.hasFocus()
    scale = view.canvas.camera.scale
    qtbot.keyClicks(view.tools.search, "half moon")
    titles = np.array([demo_map.tracks[s.track_id].title for s in demo_map.segments])
    np.testing.assert_array_equal(view.scene.opacity() == 1.0, titles == "Half Moon Street")
    qtbot.keyClick(view.tools.search, Qt.Key.Key_Return)
    assert view.canvas.camera.scale > scale
    assert view.canvas.hasFocus()
    view.tools.search.setFocus()
    qtbot.keyClick(view.tools.search, Qt.Key.Key_Escape)
    assert (view.scene.opacity() == 1.0).all()
    assert view.canvas.hasFocus()


def test_the_legend_names_tracks_and_highlights_them(
    view: LatentMapView, demo_map: LatentMap, qtbot: Any
) -> None:
    names = view.panes.legend.names
    titles = [track.title for track in demo_map.tracks.values()]
    assert [names.item(row).text() for row in range(names.count())] == titles
    for expected in (frozenset([list(demo_map.tracks)[2]]), frozenset()):
        pos = names.visualItemRect(names.item(2)).center()
        qtbot.mouseClick(names.viewport(), Qt.MouseButton.LeftButton, pos=pos)
        assert view.scene.tracks == expected
    qtbot.mouseClick(names.viewport(), Qt.MouseButton.LeftButton, pos=pos)
    qtbot.keyClick(view.canvas, Qt.Key.Key_Escape)
    assert view.scene.tracks == frozenset()
    assert names.selectedItems() == []


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_colours_follow_an_attribute(view: LatentMapView, demo_map: LatentMap, name: str) -> None:
    view.tools.colour_by.setCurrentIndex(view.tools.colour_by.findData(name))
    view.tools.colour_by.activated.emit(view.tools.colour_by.currentIndex())
    colours, values = view.scene.colours, demo_map.values(name)
    assert colours.name == name
    assert (np.diff(colours.index[values.argsort()]) >= 0).all()
    assert view.panes.legend.pages.currentWidget() is view.panes.legend.bar
    labels = view.panes.legend.bar.labels()
    assert labels[0] == colouring.read_out(name, colours.high)
    assert labels[-1] == colouring.read_out(name, colours.low)


def test_the_legend_closes_and_leaves_where_there_is_no_room(view: LatentMapView) -> None:
    height = view.panes.legend.height()
    view.panes.legend.header.click()
    assert view.panes.legend.height() < height
    view.canvas.resize(300, 300)
    assert not view.panes.legend.isVisible()


def test_hovering_names_the_dot(
    view: LatentMapView, demo_map: LatentMap, qtbot: Any, lonely: int
) -> None:
    told: list[str] = []
    view.hovered.connect(told.append)
    segment = demo_map.segments[lonely]
    move(view.canvas, at(view, demo_map.xy[lonely]), NONE)
    qtbot.waitUntil(lambda: told == [segment.id])
    assert view.panes.card.isVisible()
    assert view.panes.card.title == demo_map.tracks[segment.track_id].title
    assert f"{segment.bpm:.1f} BPM" in view.panes.card.detail
    assert [name for name, _, _ in view.panes.card.rows] == [
        name.capitalize() for name in ATTRIBUTES
    ]
    view.set_hover_picture(segment.id, np.full((512, 128), -20.0, np.float32))
    assert view.panes.card.has_picture(segment.id)
    assert not view.panes.card.grab().isNull()
    assert not view.panes.card.geometry().contains(at(view, demo_map.xy[lonely]).toPoint())
    move(view.canvas, QPointF(3, 3), NONE)
    qtbot.waitUntil(lambda: told == [segment.id, ""])
    assert not view.panes.card.isVisible()


def test_the_ground_is_lit_where_the_music_is(
    prepared: LatentMapView, demo_map: LatentMap, lonely: int
) -> None:
    shade = prepared.scene.shade
    assert shade.confidence.max() > 0.95
    assert shade.confidence[0].max() < 0.02
    prepared.scene.set_dots(xy=demo_map.xy + 99.0)
    picture = prepared.canvas.grab().toImage()
    lit = picture.pixelColor(at(prepared, demo_map.xy[lonely]).toPoint())
    assert lit.lightness() > picture.pixelColor(4, 4).lightness() + 10


def test_a_track_is_shown(view: LatentMapView, demo_map: LatentMap) -> None:
    track = list(demo_map.tracks)[5]
    view.show_track(track)
    assert view.scene.tracks == frozenset([track])
    pixels = view.canvas.camera.to_screen(view.scene.xy[view.scene.opacity() == 1.0])
    assert view.canvas.rect().contains(*map(int, pixels.min(axis=0)))
    assert view.canvas.rect().contains(*map(int, pixels.max(axis=0)))


def test_what_it_showed_is_shown_again(view: LatentMapView, demo_map: LatentMap) -> None:
    wheel(view.canvas, QPointF(200, 300), 4)
    view.set_colour_by("kick")
    view.tools.attributes.click()
    state, camera = view.state(), view.canvas.camera
    view.set_colour_by("track")
    view.tools.attributes.click()
    view.framing.fit()
    view.restore({name: str(v) if isinstance(v, int) else v for name, v in state.items()})
    assert view.state() == state
    shown = view.canvas.camera
    assert (shown.x, shown.scale) == pytest.approx((camera.x, camera.scale))
    view.restore({"view": ["a"], "legend": "?", "colour_by": "nonsense"})
    assert view.state() == state


def test_a_view_is_restored_before_it_is_shown(demo_map: LatentMap, qtbot: Any) -> None:
    view = LatentMapView()
    qtbot.addWidget(view)
    view.restore({"view": [0.4, 0.6, 0.25]})
    view.resize(1000, 700)
    view.show()
    view.set_map(demo_map)
    assert view.state()["view"] == pytest.approx([0.4, 0.6, 0.25])
    view.shutdown()


def test_nothing_heavy_is_imported_with_the_widgets() -> None:
    code = (
        "import sys, technovae_gui.map, technovae_gui.spectrogram;"
        "print({'scipy', 'numba', 'librosa', 'pyqtgraph', 'keras'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
