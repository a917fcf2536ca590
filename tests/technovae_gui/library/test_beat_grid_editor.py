"""The beat grid editor: every correction is one of `BeatGrid`, by the right amount."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from core.library.tracks import Track
from core.rhythm.grid import BeatGrid
from technovae_gui.library import BeatGridEditor
from technovae_gui.library.beat_grid_editor import ClickPreview, GridCorrection

Press = Callable[..., None]
SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton


def moved(editor: BeatGridEditor, track: Track) -> float:
    """Milliseconds from the library's grid to the editor's."""
    assert editor.grid is not None
    phrases = (editor.grid.sections[0].phrase, track.grid.sections[0].phrase)
    return (phrases[0] - phrases[1]) * 1000.0  # type: ignore[operator]


def drag(qtbot: QtBot, editor: BeatGridEditor, pixels: int) -> None:
    wave, start = editor.wave, QPoint(100, 60)
    qtbot.mousePress(wave, LEFT, pos=start)
    for step in (pixels // 2, pixels):
        qtbot.mouseMove(wave, start + QPoint(step, 0))
    qtbot.mouseRelease(wave, LEFT, pos=start + QPoint(pixels, 0))


def test_a_drag_nudges_by_what_the_pixels_mean(
    qtbot: QtBot, editor: BeatGridEditor, tracks: list[Track]
) -> None:
    editor.wave.zoom(14, 100)
    expected = 40 * editor.wave.span.seconds_per_pixel * 1000
    drag(qtbot, editor, 40)
    assert moved(editor, tracks[0]) == pytest.approx(expected)
    assert 0 < expected < 1000 * 4 * 60 / tracks[0].bpm


def test_a_long_drag_ends_after_a_bar(
    qtbot: QtBot, editor: BeatGridEditor, tracks: list[Track]
) -> None:
    drag(qtbot, editor, -90)
    bar = tracks[0].grid.sections[0].bar_seconds
    assert moved(editor, tracks[0]) == pytest.approx(-1000 * bar)


def test_a_drag_is_one_step_back(
    qtbot: QtBot, editor: BeatGridEditor, tracks: list[Track], press: Press
) -> None:
    editor.wave.zoom(14, 100)
    drag(qtbot, editor, 30)
    press(Qt.Key.Key_Z, CONTROL)
    assert editor.grid == tracks[0].grid
    assert not editor.buttons.apply.isEnabled()


@pytest.mark.parametrize(
    ("key", "held", "milliseconds"),
    [
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, 1),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier, -1),
        (Qt.Key.Key_Right, SHIFT, 10),
        (Qt.Key.Key_Left, SHIFT, -10),
    ],
)
def test_keys_nudge(
    editor: BeatGridEditor,
    tracks: list[Track],
    press: Press,
    key: Qt.Key,
    held: Qt.KeyboardModifier,
    milliseconds: float,
) -> None:
    press(key, held)
    assert moved(editor, tracks[0]) == pytest.approx(milliseconds)


@pytest.mark.parametrize(
    ("key", "change"),
    [
        (Qt.Key.Key_BracketRight, lambda grid: grid.shifted(1)),
        (Qt.Key.Key_BracketLeft, lambda grid: grid.shifted(-1)),
        (Qt.Key.Key_H, BeatGrid.halved),
        (Qt.Key.Key_D, BeatGrid.doubled),
    ],
)
def test_keys_change_the_grid_as_its_methods_do(
    editor: BeatGridEditor,
    tracks: list[Track],
    press: Press,
    key: Qt.Key,
    change: Callable[[BeatGrid], BeatGrid],
) -> None:
    press(key)
    assert editor.grid == change(tracks[0].grid)


def test_what_cannot_be_is_reported_and_changes_nothing(
    editor: BeatGridEditor, press: Press
) -> None:
    press(Qt.Key.Key_D)
    press(Qt.Key.Key_D)
    before = editor.grid
    press(Qt.Key.Key_D)
    assert editor.grid == before
    assert editor.message.property("bad") is True
    assert "BPM" in editor.message.text()


def test_taps_give_the_tempo_of_the_median_interval(
    editor: BeatGridEditor, press: Press, now: list[float]
) -> None:
    for wait in (0.0, 0.5, 0.5, 0.9):
        now[0] += wait
        press(Qt.Key.Key_T)
    assert editor.grid is not None
    assert editor.grid.bpm == pytest.approx(120.0)
    assert editor.buttons.bpm.value() == pytest.approx(120.0)
    now[0] += 10.0
    press(Qt.Key.Key_T)
    assert editor.message.text() == "keep tapping… 1 of 4"


def test_the_tempo_field_keeps_the_first_phrase(
    editor: BeatGridEditor, tracks: list[Track]
) -> None:
    editor.buttons.bpm.setValue(tracks[0].bpm + 0.01)
    assert editor.grid is not None
    assert editor.grid.bpm == pytest.approx(tracks[0].bpm + 0.01)
    section = tracks[0].grid.sections[0]
    assert editor.grid.sections[0].phrase == pytest.approx(section.bar_start(section.phrase_bar))


def test_apply_and_revert(
    qtbot: QtBot, editor: BeatGridEditor, tracks: list[Track], press: Press
) -> None:
    press(Qt.Key.Key_Right)
    with qtbot.waitSignal(editor.correction_requested) as applied:
        press(Qt.Key.Key_Return)
    assert applied.args == [GridCorrection(tracks[0].id, tracks[0].grid.nudged(0.001))]
    assert not editor.buttons.later_1.isEnabled()
    editor.failed("the disk is full; free some space")
    assert editor.message.property("bad") is True
    assert editor.buttons.apply.isEnabled()
    press(Qt.Key.Key_Backspace)
    assert editor.grid is not None
    assert editor.grid.sections == tracks[0].grid.sections
    assert not editor.buttons.apply.isEnabled()


def test_what_was_applied_is_the_new_base(
    editor: BeatGridEditor, tracks: list[Track], press: Press
) -> None:
    press(Qt.Key.Key_Right)
    press(Qt.Key.Key_Return)
    assert editor.grid is not None
    editor.update_track(replace(tracks[0], grid=editor.grid))
    assert editor.buttons.later_1.isEnabled()
    assert not editor.buttons.apply.isEnabled()
    assert "set by you" in editor.facts.toolTip()


def test_the_button_asks_for_a_new_fit_and_waits_for_it(
    qtbot: QtBot, editor: BeatGridEditor, tracks: list[Track]
) -> None:
    with qtbot.waitSignal(editor.refit_requested) as asked:
        qtbot.mouseClick(editor.buttons.refit, LEFT)
    assert asked.args == [tracks[0].id]
    editor.update_track(tracks[0])
    assert editor.buttons.refit.isEnabled()


def test_corrections_wait_for_their_track(
    editor: BeatGridEditor, tracks: list[Track], press: Press
) -> None:
    press(Qt.Key.Key_Right, SHIFT)
    corrected = editor.grid
    editor.wait_for(tracks[1])
    assert editor.grid == tracks[1].grid
    editor.wait_for(tracks[0])
    assert editor.grid == corrected
    assert editor.buttons.apply.isEnabled()


def test_peaks_that_come_too_late_are_left(editor: BeatGridEditor, tracks: list[Track]) -> None:
    editor.wait_for(tracks[1])
    editor.set_track(tracks[0], editor.wave.peaks, tracks[0].seconds)
    assert editor.track_id == tracks[1].id


def test_the_click_follows_the_grid(
    qtbot: QtBot, editor: BeatGridEditor, tracks: list[Track], press: Press
) -> None:
    with qtbot.waitSignal(editor.click_preview_requested) as asked:
        press(Qt.Key.Key_C)
    assert asked.args == [ClickPreview(tracks[0].id, tracks[0].grid, 0.0)]
    with qtbot.waitSignal(editor.click_preview_requested) as asked:
        press(Qt.Key.Key_Right)
    assert asked.args[0].grid == tracks[0].grid.nudged(0.001)
    with qtbot.waitSignal(editor.click_preview_stopped):
        press(Qt.Key.Key_C)


def test_another_track_silences_the_click(
    qtbot: QtBot, editor: BeatGridEditor, tracks: list[Track], press: Press
) -> None:
    press(Qt.Key.Key_C)
    with qtbot.waitSignal(editor.click_preview_stopped):
        editor.wait_for(tracks[1])


def test_the_demo_can_be_looked_at_only(
    qtbot: QtBot, editor: BeatGridEditor, tracks: list[Track], press: Press
) -> None:
    editor.set_writable(False, demo=True)
    press(Qt.Key.Key_Right)
    drag(qtbot, editor, 30)
    assert editor.grid == tracks[0].grid
    assert editor.read_only.isVisible()
    assert editor.buttons.click.isEnabled()
