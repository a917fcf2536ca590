"""Progress of a job, and the time left."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from technovae_gui.widgets.job_panel import JobProgressBar, RemainingTime, remaining_text


@pytest.fixture
def now() -> list[float]:
    """The time of the clock, to be moved."""
    return [0.0]


def test_the_time_left_comes_once_it_is_no_guess(qtbot: QtBot, now: list[float]) -> None:
    bar = JobProgressBar(clock=lambda: now[0])
    qtbot.addWidget(bar)
    bar.start("…")
    bar.show_progress(10, 100, "a")
    now[0] = 1.0
    bar.show_progress(20, 100, "a")
    assert bar.remaining.text() == ""
    now[0] = 10.0
    bar.show_progress(30, 100, "a")
    assert bar.remaining.text() == "about 35 s left"


def test_what_a_resumed_job_had_done_is_no_speed(now: list[float]) -> None:
    remaining = RemainingTime(lambda: now[0])
    now[0] = 100.0
    assert remaining.seconds(0.8) is None
    now[0] = 110.0
    assert remaining.seconds(0.9) == pytest.approx(10.0)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, ""),
        (3, "a few seconds left"),
        (200, "about 3 min left"),
        (7000, "about 1 h 57 min left"),
    ],
)
def test_the_time_left_in_words(seconds: float | None, text: str) -> None:
    assert remaining_text(seconds) == text


def test_cancelling_is_asked_for_once_and_stays_on_screen(qtbot: QtBot) -> None:
    bar = JobProgressBar()
    qtbot.addWidget(bar)
    bar.start("rendering…")
    with qtbot.waitSignal(bar.cancel_requested):
        qtbot.mouseClick(bar.cancel, Qt.MouseButton.LeftButton)
    assert not bar.cancel.isEnabled()
    bar.show_progress(1, 2, "another step")
    assert bar.message.full_text == "stopping…"
    bar.finish()
    assert bar.isHidden()


def test_what_is_below_stays_where_it_is_whatever_the_step_is_called(qtbot: QtBot) -> None:
    bar = JobProgressBar()
    qtbot.addWidget(bar)
    bar.resize(240, 60)
    bar.start("a.wav")
    height = bar.sizeHint().height()
    bar.show_progress(1, 2, 20 * "a long name of a file " + ".wav")
    assert bar.heightForWidth(bar.width()) in (-1, height)
    assert bar.sizeHint().height() == height
    assert bar.sizeHint().width() < 2 * bar.width()
