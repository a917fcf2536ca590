"""The map's view as a whole: messages, search, tracks, what is kept between two starts."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt

from core.library.latent_map import LatentMap
from core.library.training_weights import TrainingWeights, span_of
from technovae_gui.map import LatentMapView
from tests.technovae_gui.map.mouse import drag, wheel


def test_it_shows_a_message_without_a_map(qtbot: Any) -> None:
    view = LatentMapView()
    qtbot.addWidget(view)
    view.show()
    assert view.scene.message == "Loading the library…"
    view.set_message("No model yet", "Train one…")
    with qtbot.waitSignal(view.message_button_clicked):
        view.overlays.button.click()
    view.set_message("Wait")
    assert not view.overlays.button.isVisible()
    qtbot.keyClick(view.canvas, Qt.Key.Key_R)
    drag(view.canvas, [QPointF(50, 50), QPointF(90, 90)])
    assert not view.grab().isNull()
    view.shutdown()


def test_searching_dims_the_others_and_enter_shows_the_matches(
    view: LatentMapView, demo_map: LatentMap, qtbot: Any
) -> None:
    qtbot.keyClick(view.canvas, Qt.Key.Key_Slash)
    assert view.tools.search.hasFocus()
    scale = view.viewport.camera.scale
    qtbot.keyClicks(view.tools.search, "half moon")
    titles = np.array([demo_map.tracks[s.track_id].title for s in demo_map.segments])
    np.testing.assert_array_equal(view.scene.opacity() == 1.0, titles == "Half Moon Street")
    qtbot.keyClick(view.tools.search, Qt.Key.Key_Return)
    assert view.viewport.camera.scale > scale
    assert view.canvas.hasFocus()
    view.tools.search.setFocus()
    qtbot.keyClick(view.tools.search, Qt.Key.Key_Escape)
    assert (view.scene.opacity() == 1.0).all()
    assert view.canvas.hasFocus()


def test_what_no_training_learns_is_dimmed_and_explained(
    view: LatentMapView, demo_map: LatentMap
) -> None:
    legend, first = view.overlays.legend, demo_map.segments[0].track_id
    assert legend.weights.isHidden()
    weights = TrainingWeights().with_weight([span_of(demo_map.tracks[first])], 0.0)
    weights = weights.with_weight([span_of(demo_map.segments[-1])], 3.0)
    view.set_training_weights(weights)
    of_first = np.array([segment.track_id == first for segment in demo_map.segments])
    np.testing.assert_array_equal(view.scene.opacity() < 1.0, of_first)
    assert view.scene.learned_more_often().tolist() == [len(demo_map) - 1]
    assert legend.weights.text() == "Faint: never learned\nRinged: learned more"
    assert not legend.weights.isHidden()
    before = view.canvas.grab().toImage()
    view.set_training_weights(TrainingWeights())
    assert legend.weights.isHidden()
    assert view.canvas.grab().toImage() != before


def test_a_track_is_shown(view: LatentMapView, demo_map: LatentMap) -> None:
    track = list(demo_map.tracks)[5]
    view.tools.search.setText("something else")
    view.show_tracks([track])
    assert view.tools.search.text() == ""
    assert view.scene.highlighted == frozenset([track])
    pixels = view.viewport.camera.to_screen(view.scene.xy[view.scene.opacity() == 1.0])
    assert view.canvas.rect().contains(*map(int, pixels.min(axis=0)))
    assert view.canvas.rect().contains(*map(int, pixels.max(axis=0)))


def test_what_it_showed_is_restored(view: LatentMapView) -> None:
    wheel(view.canvas, QPointF(200, 300), 4)
    view.colouring.choose("kick")
    view.tools.attributes.click()
    state, camera = view.state(), view.viewport.camera
    view.colouring.choose("track")
    view.tools.attributes.click()
    view.viewport.fit()
    view.restore({name: str(v) if isinstance(v, int) else v for name, v in state.items()})
    assert view.state() == state
    shown = view.viewport.camera
    assert (shown.x, shown.scale) == pytest.approx((camera.x, camera.scale))
    view.restore({"view": ["a"], "legend": "?", "colour_by": "nonsense"})
    assert view.state() == state


def test_nothing_heavy_is_imported_with_the_widgets() -> None:
    code = (
        "import sys, technovae_gui.map, technovae_gui.spectrogram;"
        "print({'scipy', 'numba', 'librosa', 'pyqtgraph', 'keras'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_enter_in_an_empty_search_shows_the_whole_map(view: LatentMapView, qtbot: Any) -> None:
    """It zoomed out, to half of the pane."""
    view.viewport.fit()
    whole = view.viewport.camera
    view.viewport.zoom(2.0)
    qtbot.keyClick(view.tools.search, Qt.Key.Key_Return)
    assert view.viewport.camera == whole
    assert view.viewport.fitted
