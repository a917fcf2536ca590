"""The compose panel: what it asks for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.arrangement import form
from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.compose import ComposeOptions
from core.arrangement.form_catalogue import Form, usual_part
from technovae_gui.compose import ComposePanel, ComposeRequest
from technovae_gui.compose.energy_form import DRAWN, LEARNED, preset_curve

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(qtbot: QtBot) -> ComposePanel:
    made = ComposePanel()
    qtbot.addWidget(made)
    made.resize(420, 760)
    made.set_project_tempo(132.0)
    made.set_library_tempo(128.5)
    made.show()
    return made


def asked(qtbot: QtBot, panel: ComposePanel) -> ComposeRequest:
    with qtbot.waitSignal(panel.compose_requested) as signal:
        qtbot.mouseClick(panel.compose, LEFT)
    request: ComposeRequest = signal.args[0]
    ComposeOptions(**request.options)
    return request


def test_what_it_asks_for_at_first(qtbot: QtBot, panel: ComposePanel) -> None:
    request = asked(qtbot, panel)
    assert request.options == {
        "minutes": 3.0,
        "bpm": 132.0,
        "start": None,
        "morph": "segment",
        "renderer": "mosaic",
        "seed": 0,
        "title": "",
        "energy": None,
        "form": None,
    }
    assert request.path is None
    assert request.replace is True


def test_compose_stays_in_sight_however_low_the_panel(panel: ComposePanel) -> None:
    panel.resize(400, 380)
    QApplication.processEvents()
    low = panel.compose.mapTo(panel, panel.compose.rect().bottomLeft()).y()
    assert panel.compose.isVisible()
    assert low < 380


def test_compose_stays_under_the_mouse_while_it_works_and_says_what_it_did(
    panel: ComposePanel,
) -> None:
    def place() -> QPoint:
        QApplication.processEvents()
        return panel.compose.mapTo(panel, QPoint(0, 0))

    before = place()
    panel.composing_started()
    assert place() == before
    panel.composed(Arrangement(132.0))
    assert panel.message.isVisible()
    assert place() == before


def test_everything_that_can_be_chosen(qtbot: QtBot, panel: ComposePanel) -> None:
    settings = panel.settings
    qtbot.keyClicks(settings.title, "Night Shift")
    settings.length.unit.setCurrentText("Bars")
    settings.length.amount.setValue(64)
    settings.tempo.choice.setCurrentText("Another")
    settings.tempo.box.setValue(140.5)
    settings.morph.setCurrentText("Every bar")
    settings.renderer.setCurrentIndex(settings.renderer.findData("phase"))
    settings.seed.setValue(12)
    panel.destination.setCurrentIndex(1)
    panel.energy.preset.setCurrentText("Ambient")
    request = asked(qtbot, panel)
    assert request.options["title"] == "Night Shift"
    assert request.options["bars"] == 64
    assert "minutes" not in request.options
    assert request.options["bpm"] == 140.5
    assert request.options["morph"] == "bar"
    assert request.options["renderer"] == "phase"
    assert request.options["seed"] == 12
    assert request.options["energy"] == pytest.approx(preset_curve("Ambient", 64), abs=1e-4)
    assert request.options["form"] is None
    assert request.replace is False


def test_minutes_become_bars_and_back(panel: ComposePanel) -> None:
    length = panel.settings.length
    length.unit.setCurrentText("Bars")
    assert length.options() == {"bars": 100}
    length.unit.setCurrentText("Minutes")
    assert length.options()["minutes"] == pytest.approx(100 * 4 / 132, abs=0.01)


def test_the_tempo_follows_project_and_library(panel: ComposePanel) -> None:
    tempo = panel.settings.tempo
    assert not tempo.box.isEnabled()
    panel.set_project_tempo(126.0)
    assert tempo.bpm == 126.0
    tempo.choice.setCurrentText("As the library")
    assert tempo.bpm == 128.5
    tempo.choice.setCurrentText("Another")
    assert tempo.box.isEnabled()
    panel.set_project_tempo(150.0)
    assert tempo.bpm == 128.5


def test_another_seed(qtbot: QtBot, panel: ComposePanel) -> None:
    qtbot.mouseClick(panel.settings.new_seed, LEFT)
    first = panel.settings.seed.value()
    qtbot.mouseClick(panel.settings.new_seed, LEFT)
    assert panel.settings.seed.value() != first


def test_the_segment_chosen_on_the_map(qtbot: QtBot, panel: ComposePanel) -> None:
    box = panel.settings.start
    assert not box.isEnabled()
    panel.set_start("t1-0-8", "Knuckle, bar 9")
    assert box.text() == "Knuckle, bar 9"
    assert asked(qtbot, panel).options["start"] is None
    qtbot.keyClick(box, Qt.Key.Key_Space)
    assert asked(qtbot, panel).options["start"] == "t1-0-8"
    panel.set_start(None)
    assert asked(qtbot, panel).options["start"] is None
    assert not box.isEnabled()


def test_the_path_drawn_on_the_map(qtbot: QtBot, panel: ComposePanel) -> None:
    points = np.zeros((5, 2))
    panel.set_path(points)
    assert asked(qtbot, panel).path is points
    panel.set_start("t1-0-8", "Knuckle, bar 9")
    assert not panel.settings.start.isEnabled()
    panel.settings.path.setChecked(False)
    assert panel.settings.start.isEnabled()
    assert asked(qtbot, panel).path is None
    panel.set_path(points)
    panel.set_path(None)
    assert asked(qtbot, panel).path is None
    assert not panel.settings.path.isEnabled()


def test_drawing_makes_the_curve_ones_own(qtbot: QtBot, panel: ComposePanel) -> None:
    curve = panel.energy.curve
    qtbot.mouseClick(curve, LEFT, pos=QPointF(*curve.position(3, 1.0)).toPoint())
    assert panel.energy.name == DRAWN
    energy = asked(qtbot, panel).options["energy"]
    assert energy[3] == pytest.approx(1.0, abs=0.02)
    panel.settings.length.amount.setValue(6.0)
    assert asked(qtbot, panel).options["energy"] == energy


def test_a_preset_can_be_taken_back(qtbot: QtBot, panel: ComposePanel) -> None:
    curve = panel.energy.curve
    qtbot.mouseClick(curve, LEFT, pos=QPointF(*curve.position(3, 1.0)).toPoint())
    drawn = list(curve.heights)
    panel.energy.preset.setCurrentText("Warm-up")
    curve.setFocus()
    qtbot.keyClick(curve, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert curve.heights == drawn


def names_shown(panel: ComposePanel) -> list[str]:
    return [section.name for section in panel.energy.curve.sections]


def test_a_form_can_be_chosen(qtbot: QtBot, panel: ComposePanel) -> None:
    panel.energy.preset.setCurrentText("Hypnotic")
    request = asked(qtbot, panel)
    assert (request.options["form"], request.options["energy"]) == ("hypnotic", None)
    assert names_shown(panel) == ["intro", "groove", "build", "drop", "outro"]


def test_what_is_shown_is_what_the_seed_will_make(panel: ComposePanel) -> None:
    own = Form("own", tuple(usual_part(name, 1.0) for name in ("break", "drop", "groove")))
    panel.set_learned_forms([own])
    bars, shown = panel.settings.length.bars(), set()
    for seed in range(8):
        panel.settings.seed.setValue(seed)
        wanted = [section.name for section in form.plan(bars, seed=seed, learned=[own])]
        assert names_shown(panel) == wanted
        shown.add(tuple(wanted))
    assert ("break", "drop", "groove") in shown
    panel.energy.preset.setCurrentText(LEARNED)
    assert names_shown(panel) == ["break", "drop", "groove"]
    panel.set_learned_forms([])
    assert len(names_shown(panel)) > 3


def test_the_sections_are_those_of_the_form(panel: ComposePanel) -> None:
    panel.energy.preset.setCurrentText("Classic")
    assert names_shown(panel) == ["intro", "build", "drop", "break", "rise", "drop", "outro"]
    panel.energy.preset.setCurrentText("Ambient")
    assert "drop" not in [section.name for section in panel.energy.curve.sections]


def test_progress_result_and_errors(qtbot: QtBot, panel: ComposePanel) -> None:
    panel.composing_started()
    assert panel.busy
    panel.progress(1, 4, "walking")
    assert panel.job.bar.value() == 250
    with qtbot.waitSignal(panel.cancel_requested):
        qtbot.mouseClick(panel.job.cancel, LEFT)
    panel.cancelled()
    assert not panel.busy
    panel.failed("no such start segment; choose another")
    assert panel.message.property("bad") is True
    panel.composing_started()
    panel.composed(Arrangement(130.0, (Lane("a", "A"),)))
    assert panel.message.property("bad") is False
    assert "undo" in panel.message.text()


def test_the_wheel_changes_a_number_only_with_the_focus(panel: ComposePanel) -> None:
    seed: Any = panel.settings.seed
    panel.settings.title.setFocus()
    QApplication.sendEvent(seed, _wheel())
    assert seed.value() == 0
    seed.setFocus()
    QApplication.sendEvent(seed, _wheel())
    assert seed.value() == 1


def test_every_control_is_reached_by_tab(qtbot: QtBot, panel: ComposePanel) -> None:
    panel.set_start("a", "A, bar 1")
    panel.set_path(np.zeros((3, 2)))
    panel.settings.path.setChecked(False)
    panel.energy.preset.setFocus()
    seen = []
    for _ in range(14):
        seen.append(panel.focusWidget().accessibleName())
        qtbot.keyClick(panel.focusWidget(), Qt.Key.Key_Tab)
    assert seen == [
        *("Form", "Energy curve", "Title", "Length", "Unit of the length", "Tempo"),
        *("Moves on", "Sound", "Begin on the segment chosen on the map"),
        *("Go along the path drawn on the map", "Seed", "Another seed", "Result", "Compose"),
    ]


def _wheel() -> QWheelEvent:
    return QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
