"""The inspector: it shows the selection, and what is shared edits all of it as one step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from core import resources
from core.arrangement import edits, groups
from core.arrangement.clip import (
    Clip,
    LatentSource,
    RealSource,
    muted_parts,
    part_gains_db,
    single_sources,
    with_parts,
)
from core.settings import TICKS_PER_BAR, TICKS_PER_BEAT
from technovae_gui import theme
from technovae_gui.document import Document
from technovae_gui.inspector import ClipInspector
from technovae_gui.inspector.fields import NumberField
from tests.technovae_gui.map.mouse import drag

BAR = TICKS_PER_BAR
LEFT = Qt.MouseButton.LeftButton


def latent(seed: int, rng: np.random.Generator, model: str = "old") -> LatentSource:
    return LatentSource(rng.standard_normal(64), seed=seed, model_hash=model)


@pytest.fixture
def panel(document: Document, qtbot: Any, rng: np.random.Generator) -> ClipInspector:
    """An inspector of a document with two segments and two latents."""
    rows = [
        (0, Clip("a", RealSource("x-0-0"), 0, name="Intro")),
        (0, Clip("b", RealSource("x-0-4"), 8 * BAR, name="Drop", gain_db=-6.0)),
        (1, Clip("y", latent(3, rng), 0)),
        (1, Clip("z", latent(8, rng, "new"), 8 * BAR)),
    ]
    document.apply(edits.put(document.arrangement, rows))
    panel = ClipInspector(document)
    qtbot.addWidget(panel)
    panel.resize(320, 640)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel


def enter(field: QWidget, text: str) -> None:
    """Type into a field and press Return."""
    field.setFocus()
    edit = field if isinstance(field, QLineEdit) else field.findChild(QLineEdit)
    edit.selectAll()
    QTest.keyClicks(edit, text)
    QTest.keyClick(edit, Qt.Key.Key_Return)


def test_nothing_selected(panel: ClipInspector) -> None:
    assert panel.empty.isVisible()
    assert not panel.form.isVisible()


def test_one_clip_is_shown(panel: ClipInspector, document: Document) -> None:
    document.select(["b"])
    assert not panel.empty.isVisible()
    assert panel.form.name.text() == "Drop"
    # What is changed comes before what is known: on a laptop there is room for little more.
    assert panel.form.y() < panel.details.y() < panel.bars.y()
    assert not panel.heading.isVisible()
    assert panel.form.start.value() == 9
    assert panel.form.length.value() == 4
    assert panel.form.gain.value() == -6
    assert not panel.form.renderer.isVisible()
    assert not panel.redecode.isVisible()


def test_it_follows_the_document(panel: ClipInspector, document: Document) -> None:
    document.select(["a"])
    document.edit("move", lambda now: edits.move(now, ["a"], ticks=2 * BAR))
    assert panel.form.start.value() == 3
    document.undo_stack.undo()
    assert panel.form.start.value() == 1


def test_hidden_it_catches_up(panel: ClipInspector, document: Document) -> None:
    document.select(["a"])
    panel.hide()
    document.select(["b"])
    panel.show()
    assert panel.form.name.text() == "Drop"
    document.select(["a", "b"])
    assert (panel.heading.isVisible(), panel.heading.text()) == (True, "2 clips")


@pytest.mark.parametrize(
    ("field", "text", "attribute", "wanted"),
    [
        ("name", "Outro", "name", "Outro"),
        ("start", "3.5", "start", 2.5 * BAR),
        ("length", "6", "length", 6 * BAR),
        ("gain", "-4.5", "gain_db", -4.5),
        ("fade_in", "2", "fade_in", 2 * TICKS_PER_BEAT),
        ("fade_out", "99", "fade_out", 4 * BAR),
        ("stereo_width", "40", "width", 0.4),
    ],
)
def test_fields_edit(
    panel: ClipInspector, document: Document, field: str, text: str, attribute: str, wanted: object
) -> None:
    document.select(["a"])
    enter(getattr(panel.form, field), text)
    assert getattr(document.arrangement.clip("a"), attribute) == wanted
    assert document.undo_stack.count() == 1


def test_a_transposition_goes_to_the_source(panel: ClipInspector, document: Document) -> None:
    document.select(["a", "b"])
    enter(panel.form.transpose, "-2")
    assert [document.arrangement.clip(i).source.transpose for i in "ab"] == [-2, -2]
    assert document.undo_stack.count() == 1


@pytest.mark.parametrize("field", ["mid_cut", "treble_cut"])
def test_bands_can_be_left_out(panel: ClipInspector, document: Document, field: str) -> None:
    document.select(["a"])
    getattr(panel.form, field).click()
    assert getattr(document.arrangement.clip("a"), field)


def test_a_switch_sets_all_selected_clips_and_shows_where_they_differ(
    panel: ClipInspector, document: Document
) -> None:
    document.select(["a", "b"])
    document.edit("cut", lambda now: edits.set_clip(now, "a", bass_cut=True))
    assert panel.form.bass_cut.checkState() is Qt.CheckState.PartiallyChecked
    panel.form.bass_cut.click()
    assert all(document.arrangement.clip(i).bass_cut for i in "ab")
    panel.form.bass_swap.click()
    assert all(document.arrangement.clip(i).bass_swap for i in "ab")
    panel.form.bass_swap.click()
    assert not any(document.arrangement.clip(i).bass_swap for i in "ab")


def test_several_clips_are_one_step(panel: ClipInspector, document: Document) -> None:
    document.select(["a", "b"])
    assert panel.form.gain.mixed
    assert panel.form.gain.lineEdit().text() == "mixed"
    enter(panel.form.gain, "-3")
    assert [document.arrangement.clip(i).gain_db for i in "ab"] == [-3, -3]
    assert document.undo_stack.count() == 1
    enter(panel.form.start, "2")
    assert [document.arrangement.clip(i).start / BAR for i in "ab"] == [1, 9]
    enter(panel.form.length, "2")
    assert [document.arrangement.clip(i).length / BAR for i in "ab"] == [2, 2]
    assert document.undo_stack.count() == 3


def test_the_value_of_the_first_is_given_to_all(panel: ClipInspector, document: Document) -> None:
    document.select(["a", "b"])
    enter(panel.form.gain, "0")
    assert [document.arrangement.clip(i).gain_db for i in "ab"] == [0, 0]


def test_passing_through_mixed_fields_changes_nothing(
    panel: ClipInspector, document: Document
) -> None:
    document.select(["a", "b"])
    for field in (panel.form.name, panel.form.gain, panel.form.length, panel.form.fade_in):
        field.setFocus()
        QTest.keyClick(field, Qt.Key.Key_Tab)
    assert document.undo_stack.count() == 0
    assert panel.form.gain.lineEdit().text() == "mixed"


def test_steps_in_a_row_are_one(panel: ClipInspector, document: Document) -> None:
    document.select(["a"])
    for _ in range(4):
        panel.form.gain.stepBy(1)
    assert document.arrangement.clip("a").gain_db == 2.0
    assert document.undo_stack.count() == 1
    document.select(["b"])
    panel.form.gain.stepBy(1)
    assert document.undo_stack.count() == 2


def test_renderer_and_take_change_latents_and_leave_segments(
    panel: ClipInspector, document: Document
) -> None:
    document.select(["y", "z", "a"])
    assert panel.form.renderer.isVisible()
    phase = panel.form.renderer.findData("phase")
    panel.form.renderer.setCurrentIndex(phase)
    panel.form.renderer.activated.emit(phase)
    QTest.mouseClick(panel.form.take, LEFT)
    sources = [document.arrangement.clip(i).source for i in "yz"]
    assert [(s.renderer, s.seed) for s in sources if isinstance(s, LatentSource)] == [
        ("phase", 4),
        ("phase", 9),
    ]
    assert document.arrangement.clip("a").source == RealSource("x-0-0")
    assert document.undo_stack.count() == 2
    enter(panel.form.seed, "12")
    sources = [document.arrangement.clip(i).source for i in "yz"]
    assert {s.seed for s in sources if isinstance(s, LatentSource)} == {12}


def test_decoding_again(panel: ClipInspector, document: Document, qtbot: Any) -> None:
    document.select(["y", "z"])
    assert not panel.redecode.isEnabled()
    panel.set_model_hash("new")
    assert panel.redecode.isEnabled()
    with qtbot.waitSignal(panel.redecode_requested) as asked:
        QTest.mouseClick(panel.redecode, LEFT)
    assert asked.args == [["y"]]
    document.select(["z"])
    assert not panel.redecode.isEnabled()


def test_what_a_source_is(panel: ClipInspector, document: Document) -> None:
    panel.set_describe(lambda source: [("Track", "Hangar 9"), ("Bar", "17")])
    panel.set_attributes(lambda source: {"brightness": 0.5})
    document.select(["a"])
    assert panel.details.details == [("Track", "Hangar 9"), ("Bar", "17")]
    assert panel.bars.isVisible()
    assert panel.bars.accessibleDescription() == "brightness 50%"
    document.select(["a", "y"])
    assert panel.details.details == [("Of your tracks", "1"), ("Decoded", "1")]
    assert not panel.bars.isVisible()


def test_a_narrow_panel_shows_everything(
    panel: ClipInspector, document: Document, qtbot: Any
) -> None:
    document.select(["y"])
    panel.resize(260, 640)
    fields = (panel.form.take, panel.form.fade_out, panel.form.gain)
    qtbot.waitUntil(
        lambda: all(field.mapTo(panel, field.rect().topRight()).x() < 260 for field in fields)
    )


def test_parts_have_gains(
    panel: ClipInspector, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "has_parts_model", lambda: True)
    document.select(["a", "y"])
    bass = panel.form.part_gains[1]
    bass.stepBy(-2)
    bass.stepBy(-1)
    sources = [document.arrangement.clip(name).source for name in "ay"]
    assert [part_gains_db(source) for source in sources] == [(0.0, -1.5, 0.0, 0.0)] * 2
    assert document.undo_stack.count() == 1
    monkeypatch.setattr(resources, "has_parts_model", lambda: False)
    document.select(["a"])
    assert bass.isEnabled()  # what has a gain can lose it
    assert not panel.form.part_gains[0].isEnabled()
    assert panel.form.part_gains[0].toolTip() == resources.PARTS_MISSING


def test_parts_are_left_out_and_come_back(
    panel: ClipInspector, document: Document, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "has_parts_model", lambda: False)
    document.select(["a", "y"])
    assert not panel.form.parts[0].isEnabled()
    assert panel.form.parts[0].toolTip() == resources.PARTS_MISSING
    monkeypatch.setattr(resources, "has_parts_model", lambda: True)
    document.select(["a"])
    panel.form.parts[1].click()
    assert muted_parts(document.arrangement.clip("a").source) == (False, True, False, False)
    document.select(["a", "y"])
    assert panel.form.parts[1].checkState() is Qt.CheckState.PartiallyChecked
    panel.form.parts[1].click()
    assert document.arrangement.clip("a").source == RealSource("x-0-0")
    panel.form.renderer.setCurrentIndex(0)
    document.select(["y"])
    panel.form.parts[0].click()
    assert panel.form.renderer.isVisible()
    document.undo_stack.undo()
    assert isinstance(document.arrangement.clip("y").source, LatentSource)


def test_settings_of_latents_are_those_of_all_that_a_clip_is_made_from(
    panel: ClipInspector, document: Document
) -> None:
    one, other = (document.arrangement.clip(name).source for name in "yz")
    mixed = with_parts([one, other, other, RealSource("x-0-0")])
    document.apply(edits.set_clip(document.arrangement, "a", source=mixed))
    document.select(["a"])
    panel.form.take.click()
    enter(panel.form.transpose, "2")
    made = single_sources(document.arrangement.clip("a").source)
    assert [getattr(single, "seed", None) for single in made] == [4, 9, None]
    assert [single.transpose for single in made] == [2, 2, 2]


def test_clips_in_one_that_are_transposed_differently_say_mixed(
    panel: ClipInspector, document: Document
) -> None:
    document.apply(edits.set_clip(document.arrangement, "a", source=RealSource("x-0-0", 2)))
    made = groups.consolidate(document.arrangement, ["a", "b"])
    document.apply(made.arrangement)
    document.select([made.clip_id])
    assert panel.form.transpose.mixed


def test_a_number_is_dragged_and_its_line_goes_from_its_neutral(qtbot: Any) -> None:
    field = NumberField("Gain", -60.0, 12.0, 0.5, 1, " dB", neutral=0)
    qtbot.addWidget(field)
    field.resize(146, 24)
    field.show()
    field.clearFocus()
    chosen: list[float] = []
    field.chosen.connect(chosen.append)
    at = QPointF(field.lineEdit().rect().center())
    drag(field.lineEdit(), [at, at + QPointF(0, 24), at + QPointF(0, 48)])
    assert chosen == [-3.0, -6.0]
    image = field.grab().toImage()
    ratio, y = image.devicePixelRatio(), image.height() - 2
    accent = QColor(theme.ACCENT).name()
    lit = [x for x in range(image.width()) if image.pixelColor(x, y).name() == accent]
    # 142 pixels for 72 dB: from -6 to 0.
    assert lit[-1] / ratio == pytest.approx(2 + 142 * 60 / 72, abs=2)
    assert len(lit) / ratio == pytest.approx(142 * 6 / 72, abs=2)
