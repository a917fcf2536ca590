"""Sketches of lanes: clips as plain rectangles."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from core.arrangement.arrangement import Lane
from core.settings import TICKS_PER_BAR
from technovae_gui.timeline.clip_style import ClipInfo, ClipStyle
from technovae_gui.timeline.geometry import MARGIN, TITLE, Geometry
from technovae_gui.timeline.lane_sketches import LaneSketches
from tests.technovae_gui.timeline.mouse_driver import clip

_GEOMETRY = Geometry(ticks_per_pixel=TICKS_PER_BAR / 10)


@pytest.fixture
def style(qapp: object) -> ClipStyle:
    """Clips are red."""
    style = ClipStyle()
    style.set_info(lambda _: ClipInfo("", "#ff0000"))
    return style


def sketched(sketches: LaneSketches, lane: Lane, *, silent: bool = False) -> QImage:
    """A lane on black; a bar is ten pixels wide."""
    image = QImage(200, 80, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    sketches.paint(painter, _GEOMETRY, QRectF(image.rect()), 0, lane, silent=silent)
    painter.end()
    return image


def reds(image: QImage, x: int) -> tuple[int, int]:
    """Of title and body."""
    return image.pixelColor(x, MARGIN + 2).red(), image.pixelColor(x, MARGIN + TITLE + 2).red()


def test_clips_lie_where_they_are(style: ClipStyle) -> None:
    lane = Lane("l", "Lane", (clip("a", 2), clip("b", 6)))
    image = sketched(LaneSketches(style), lane)
    shown = [x for x in range(200) if reds(image, x)[1]]
    assert shown == [*range(20, 59), *range(60, 99)]
    title, body = reds(image, 30)
    assert title > 2 * body


def test_what_is_silent_is_darker(style: ClipStyle) -> None:
    lane, sketches = Lane("l", "Lane", (clip("a", 2),)), LaneSketches(style)
    loud, silent = (reds(sketched(sketches, lane, silent=it), 30) for it in (False, True))
    assert silent < loud
    muted = dataclasses.replace(lane, clips=(dataclasses.replace(lane.clips[0], mute=True),))
    assert reds(sketched(sketches, muted), 30) == silent


def test_other_colours_are_seen(style: ClipStyle) -> None:
    lane, sketches = Lane("l", "Lane", (clip("a", 2),)), LaneSketches(style)
    before = reds(sketched(sketches, lane), 30)
    style.set_info(lambda _: ClipInfo("", "#00ff00"))
    assert reds(sketched(sketches, lane), 30) < before


def test_an_empty_lane_has_nothing(style: ClipStyle) -> None:
    image = sketched(LaneSketches(style), Lane("l", "Lane", ()))
    assert not any(reds(image, x)[1] for x in range(200))
