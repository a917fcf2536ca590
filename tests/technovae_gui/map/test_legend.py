"""The legend: it names tracks, highlights them, and shows the scale of an attribute."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPointF, Qt

from core.library.latent_map import ATTRIBUTES, LatentMap
from technovae_gui.map import LatentMapView
from technovae_gui.map.colouring import colour_alike, format_attribute
from tests.technovae_gui.map.mouse import wheel_in_window


def test_it_names_the_tracks_and_highlights_them(
    view: LatentMapView, demo_map: LatentMap, qtbot: Any
) -> None:
    names = view.overlays.legend.names
    titles = [track.title for track in demo_map.tracks.values()]
    assert [names.item(row).text() for row in range(names.count())] == titles
    assert names.textElideMode() == Qt.TextElideMode.ElideMiddle  # titles differ at their ends
    for expected in (frozenset([list(demo_map.tracks)[2]]), frozenset()):
        pos = names.visualItemRect(names.item(2)).center()
        qtbot.mouseClick(names.viewport(), Qt.MouseButton.LeftButton, pos=pos)
        assert view.scene.highlighted == expected
    qtbot.mouseClick(names.viewport(), Qt.MouseButton.LeftButton, pos=pos)
    qtbot.keyClick(view.canvas, Qt.Key.Key_Escape)
    assert view.scene.highlighted == frozenset()
    assert names.selectedItems() == []


def test_wheel_and_letters_over_it_do_not_reach_the_wrong_place(
    view: LatentMapView, qtbot: Any
) -> None:
    legend, before = view.overlays.legend, view.viewport.camera
    for notches in (-9.0, 9.0):
        wheel_in_window(legend.names.viewport(), QPointF(20, 20), notches)
        assert view.viewport.camera == before
        wheel_in_window(legend.hint, QPointF(5, 5), notches)
        assert view.viewport.camera == before
    names = legend.names
    pos = names.visualItemRect(names.item(1)).center()
    qtbot.mouseClick(names.viewport(), Qt.MouseButton.LeftButton, pos=pos)
    view.viewport.zoom(3.0)
    qtbot.keyClick(names, Qt.Key.Key_F)
    assert names.currentRow() == 1, "letters do not search the list"
    assert view.viewport.camera == before, "F fits the map"


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_it_shows_the_scale_of_an_attribute(view: LatentMapView, name: str) -> None:
    view.tools.colour_by.setCurrentIndex(view.tools.colour_by.findData(name))
    view.tools.colour_by.activated.emit(view.tools.colour_by.currentIndex())
    colours, legend = view.scene.colours, view.overlays.legend
    assert colours.name == name
    assert legend.pages.currentWidget() is legend.bar
    assert legend.bar.labels()[0] == format_attribute(name, colours.high)
    assert legend.bar.labels()[-1] == format_attribute(name, colours.low)


def test_it_says_what_like_colours_mean(view: LatentMapView, demo_map: LatentMap) -> None:
    legend = view.overlays.legend
    legend.show_colours(colour_alike("bass alike", demo_map.xy))
    assert legend.header.text() == "Bass alike"
    assert legend.pages.currentWidget() is legend.words
    assert "alike in their bass" in legend.words.text()
    assert legend.words.height() >= legend.words.heightForWidth(legend.words.width())


def test_it_is_collapsed_and_hides_where_there_is_no_room(view: LatentMapView) -> None:
    height = view.overlays.legend.height()
    view.overlays.legend.header.click()
    assert view.overlays.legend.height() < height
    view.canvas.resize(300, 300)
    assert not view.overlays.legend.isVisible()
