"""The master's level meter."""

from __future__ import annotations

from itertools import pairwise

import pytest
from pytestqt.qtbot import QtBot

from technovae_gui.transport.level_meter import FLOOR_DB, LevelMeter, decibels


def test_the_meter_rises_at_once_and_falls_slowly(qtbot: QtBot) -> None:
    meter = LevelMeter()
    qtbot.addWidget(meter)
    meter.feed((1.0, 0.5))
    assert meter.levels == (pytest.approx(0.0), pytest.approx(decibels(0.5)))
    meter.feed((0.0, 0.0))
    assert -3 < meter.levels[0] < 0
    for _ in range(100):
        meter.feed((0.0, 0.0))
    assert meter.levels == (FLOOR_DB, FLOOR_DB)


def test_silence_and_overs_stay_on_the_scale(qtbot: QtBot) -> None:
    meter = LevelMeter()
    qtbot.addWidget(meter)
    meter.feed((0.0, 100.0))
    assert decibels(0.0) == FLOOR_DB
    assert meter.levels[0] == FLOOR_DB
    assert 0 < meter.levels[1] <= 6.0
    meter.grab()


@pytest.mark.parametrize(("width", "step"), [(108, 24), (190, 12), (600, 6)])
def test_the_scale_has_even_steps_as_fine_as_there_is_room(
    qtbot: QtBot, width: int, step: int
) -> None:
    meter = LevelMeter()
    qtbot.addWidget(meter)
    meter.resize(width, 26)
    labels = meter.labels
    assert [tick for tick, _ in labels] == list(range(0, -60, -step))
    boxes = [box for _, box in labels]
    assert not any(a.intersects(b) for a, b in pairwise(boxes))
