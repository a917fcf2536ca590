"""The training panel: what it asks for, and what it shows of a training."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from core import resources
from core.vae.history import Epoch, History
from technovae_gui.training import TrainingPanel, TrainingRequest
from technovae_gui.widgets.job_panel import JobProgressBar

LEFT = Qt.MouseButton.LeftButton


@dataclass(frozen=True)
class Result:
    """As a training returns it."""

    path: Path = Path("vae_best.keras")
    best_epoch: int = 3

    def lines(self) -> tuple[str, ...]:
        return ("the model of epoch 3", "error on the library 2.58 dB (principal components: 3.62)")


@pytest.fixture
def epochs() -> list[Epoch]:
    """The history of the demo's model."""
    text = resources.demo_model().with_suffix(".history.json").read_text()
    return History.from_json(text).epochs


@pytest.fixture
def panel(qtbot: QtBot) -> TrainingPanel:
    made = TrainingPanel()
    qtbot.addWidget(made)
    made.resize(420, 700)
    made.set_library("My techno", 2300)
    made.show()
    return made


def test_it_asks_for_a_training(qtbot: QtBot, panel: TrainingPanel) -> None:
    panel.controls.minutes.setValue(2.5)
    panel.controls.seed.setValue(7)
    with qtbot.waitSignal(panel.start_requested) as asked:
        qtbot.mouseClick(panel.controls.start, LEFT)
    assert asked.args == [TrainingRequest(2.5, False, 7)]
    with qtbot.waitSignal(panel.start_requested):
        panel.start_job()
    panel.training_started()
    with qtbot.assertNotEmitted(panel.start_requested):
        panel.start_job()


def test_it_goes_on_from_an_earlier_one(
    qtbot: QtBot, panel: TrainingPanel, epochs: list[Epoch]
) -> None:
    begin = panel.controls.begin
    assert not begin.model().item(1).isEnabled()
    panel.set_history(epochs)
    assert begin.model().item(1).isEnabled()
    begin.setCurrentIndex(1)
    with qtbot.waitSignal(panel.start_requested) as asked:
        qtbot.mouseClick(panel.controls.start, LEFT)
    assert asked.args[0].resume
    panel.training_started()
    assert len(panel.curves.epochs) == len(epochs)


def test_a_new_training_begins_with_empty_curves(panel: TrainingPanel, epochs: list[Epoch]) -> None:
    panel.set_history(epochs)
    panel.training_started()
    assert panel.curves.epochs == []
    panel.set_history(epochs)
    assert panel.curves.epochs == []


def test_figures_and_curves_follow_the_epochs(panel: TrainingPanel, epochs: list[Epoch]) -> None:
    panel.figures_section.set_open(True)
    panel.training_started()
    for epoch in epochs[:4]:
        panel.show_event(epoch)
    last = epochs[3]
    numbers = {name: label.text() for name, label in panel.figures.numbers.items()}
    assert numbers["library"] == f"{last.library_db:.2f}"
    assert numbers["held_out"] == f"{last.held_out_db:.2f}"
    assert numbers["active"] == str(last.active)
    assert panel.curves.values("kl") == [epoch.kl for epoch in epochs[:4]]
    assert panel.curves.values("rate")[3] == pytest.approx(math.log10(last.rate))
    plots = panel.curves._plots
    assert plots is not None
    x, y = plots.curves["library_db"].getData()
    assert x.tolist() == [0, 1, 2, 3]
    assert y.tolist() == pytest.approx([epoch.library_db for epoch in epochs[:4]])


def test_nothing_held_out_is_a_gap(panel: TrainingPanel, epochs: list[Epoch]) -> None:
    panel.show_event(replace(epochs[0], held_out_db=None))
    assert math.isnan(panel.curves.values("held_out_db")[0])
    assert panel.figures.numbers["held_out"].text() == "\N{EN DASH}"


def test_a_reconstruction_is_shown_below_the_real_segment(panel: TrainingPanel) -> None:
    real = np.full((512, 128), -20.0, np.float32)
    panel.show_event((real, np.full((512, 128), -80.0, np.float32)))
    assert panel.reconstruction.pictures is not None
    above, below = panel.reconstruction.pictures
    assert above.pixelColor(5, 5).lightness() > below.pixelColor(5, 5).lightness()
    panel.grab()


def test_a_better_model_is_reported(panel: TrainingPanel, epochs: list[Epoch]) -> None:
    panel.training_started()
    panel.show_event(epochs[0])
    panel.show_event(epochs[1])
    panel.show_event(Path("/m/vae_best.keras"))
    assert panel.saved_message.text() == "A better version is kept; the map takes it over."
    assert panel.curves.saved == 1


def test_progress_and_stop(qtbot: QtBot, panel: TrainingPanel) -> None:
    panel.training_started()
    assert not panel.controls.start.isVisible()
    assert not panel.controls.minutes.isEnabled()
    panel.progress(40, 100, "epoch 3, about 2 min left")
    assert panel.job.bar.value() == 400
    assert panel.job.message.full_text == "epoch 3, about 2 min left"
    with qtbot.waitSignal(panel.stop_requested):
        qtbot.mouseClick(panel.controls.stop, LEFT)
    assert not panel.controls.stop.isEnabled()
    panel.finished(Result())
    assert panel.controls.start.isVisible()
    assert not panel.job.isVisible()


def test_a_training_that_is_stopped_says_so_until_it_is_over(
    qtbot: QtBot, panel: TrainingPanel
) -> None:
    """Fault: on a busy machine it went on for minutes, and Stop came back with the first model."""
    panel.training_started()
    panel.progress(40, 100, "epoch 3, about 2 min left")
    qtbot.mouseClick(panel.controls.stop, LEFT)
    said = panel.job.message.full_text
    panel.show_event(Path("/m/vae_best.keras"))
    panel.set_model(True)
    panel.set_library("mine", 100)
    panel.progress(41, 100, "epoch 3, about 1 min left")
    assert not panel.controls.stop.isEnabled()
    assert panel.controls.stop.text() == "Stopping…"
    assert panel.job.message.full_text == said
    assert "measured" in said
    panel.finished(Result())
    panel.training_started()
    assert panel.controls.stop.isEnabled()
    assert panel.controls.stop.text() == "Stop"


def test_the_result_compares_with_principal_components(panel: TrainingPanel) -> None:
    panel.training_started()
    panel.finished(Result())
    assert "principal components: 3.62" in panel.report.text()
    assert not panel.message.text()
    assert panel.curves.saved == 3


def test_the_second_press_of_a_double_click_on_start_stops_nothing(
    qtbot: QtBot, panel: TrainingPanel
) -> None:
    """Fault: Stop comes where Start was, and had it. So has Cancel in other panels."""
    panel.training_started()
    bar = JobProgressBar()
    qtbot.addWidget(bar)
    bar.start("rendering")
    for button in (panel.controls.stop, bar.cancel):
        clicks: list[bool] = []
        button.clicked.connect(lambda *_, seen=clicks: seen.append(True))
        for kind in (QEvent.Type.MouseButtonDblClick, QEvent.Type.MouseButtonRelease):
            at, none = QPointF(5, 5), Qt.KeyboardModifier.NoModifier
            QApplication.sendEvent(button, QMouseEvent(kind, at, at, LEFT, LEFT, none))
        assert not clicks
        qtbot.mouseClick(button, LEFT)
        assert len(clicks) == 1


def test_an_error_is_one_line(panel: TrainingPanel) -> None:
    panel.training_started()
    panel.failed("too little data; import more music")
    assert panel.message.property("bad") is True
    assert panel.message.isVisible()
    assert panel.controls.start.isVisible()
    panel.training_started()
    panel.cancelled()
    assert panel.message.property("bad") is False


def test_an_empty_library_cannot_be_trained(panel: TrainingPanel) -> None:
    panel.set_library("Nothing", 0)
    assert not panel.controls.start.isEnabled()
    assert "import music" in panel.about.text()


def test_the_demo_is_explained(panel: TrainingPanel) -> None:
    panel.set_library("demo", 800, True)
    assert panel.controls.start.isEnabled()
    assert "into your own folder" in panel.about.text()


def test_every_control_is_reached_by_tab(qtbot: QtBot, panel: TrainingPanel) -> None:
    panel.controls.advanced.set_open(True)
    panel.controls.minutes.setFocus()
    seen = []
    for _ in range(5):
        seen.append(panel.focusWidget().accessibleName())
        qtbot.keyClick(panel.focusWidget(), Qt.Key.Key_Tab)
    assert seen == ["Time at most", "Begin", "Start training", "Advanced", "Seed"]


def test_making_the_panel_imports_neither_pyqtgraph_nor_keras() -> None:
    code = (
        "import sys, json; from PySide6.QtWidgets import QApplication; app = QApplication([]);"
        "from technovae_gui.training import TrainingPanel; TrainingPanel();"
        "print(json.dumps([n for n in ('pyqtgraph', 'keras', 'scipy') if n in sys.modules]))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(ran.stdout) == []


def test_a_musician_reads_whether_it_is_ready(panel: TrainingPanel, epochs: list[Epoch]) -> None:
    assert panel.headline.text() == "Not learned yet"
    panel.training_started()
    assert panel.headline.text() == "Listening…"
    for epoch in epochs[:9]:
        panel.show_event(epoch)
    assert panel.headline.text() == "Getting better"
    panel.finished(Result())
    assert panel.headline.text() == "Better with five more minutes"
    panel.set_history(epochs)
    assert panel.headline.text() == "Ready"
    shown = " ".join(label.text() for label in panel.findChildren(QLabel) if label.isVisible())
    for jargon in ("KL", "nats", "active", "epoch", "latent", ".keras"):
        assert jargon not in shown


def test_it_asks_to_listen(qtbot: QtBot, panel: TrainingPanel) -> None:
    panel.set_listening(False)
    assert not panel.listen.isEnabled()
    panel.set_listening(True)
    with qtbot.waitSignal(panel.listen_requested):
        qtbot.mouseClick(panel.listen, LEFT)


def test_what_a_training_shows_takes_no_room_before_it(panel: TrainingPanel) -> None:
    assert panel.reconstruction.isHidden()
    assert panel.controls.advanced.isVisible()
    panel.training_started()
    assert panel.reconstruction.isVisible()
    assert panel.controls.advanced.isHidden()
    panel.show_event((np.zeros((512, 128)), np.zeros((512, 128))))
    panel.finished(Result())
    assert panel.reconstruction.isVisible()  # what came of it stays
