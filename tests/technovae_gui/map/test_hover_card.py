"""The card of the dot under the mouse."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QPointF

from core.library.latent_map import ATTRIBUTES, LatentMap
from technovae_gui.map import LatentMapView
from tests.technovae_gui.map.mouse import NONE, at, move


def test_it_describes_the_dot_under_the_mouse(
    view: LatentMapView, demo_map: LatentMap, qtbot: Any, lonely: int
) -> None:
    hovered: list[str] = []
    view.hovered.connect(hovered.append)
    segment, card = demo_map.segments[lonely], view.overlays.card
    move(view.canvas, at(view, demo_map.xy[lonely]), NONE)
    qtbot.waitUntil(lambda: hovered == [segment.id])
    assert card.isVisible()
    assert card.title == demo_map.tracks[segment.track_id].title
    assert f"{segment.bpm:.1f} BPM" in card.detail
    names = [*(name.capitalize() for name in ATTRIBUTES), "Learned"]
    assert [name for name, _, _ in card.rows] == names
    assert card.rows[-1][1] == "as usual"
    view.set_hover_picture(segment.id, np.full((512, 128), -20.0, np.float32))
    assert card.has_picture(segment.id)
    assert not card.grab().isNull()
    assert not card.geometry().contains(at(view, demo_map.xy[lonely]).toPoint())
    move(view.canvas, QPointF(3, 3), NONE)
    qtbot.waitUntil(lambda: hovered == [segment.id, ""])
    assert not card.isVisible()
