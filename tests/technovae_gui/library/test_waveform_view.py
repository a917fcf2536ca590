"""The waveform and the overview: seeing another part of the track."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.library.tracks import Track
from technovae_gui.library import BeatGridEditor

LEFT = Qt.MouseButton.LeftButton


def test_the_wheel_zooms_around_the_mouse(editor: BeatGridEditor) -> None:
    wave = editor.wave
    before = wave.span.seconds_at(200)
    QApplication.sendEvent(wave, _wheel(wave.mapToGlobal(QPoint(200, 50)), QPointF(200, 50), 240))
    assert wave.span.length < wave.span.track_length
    assert wave.span.seconds_at(200) == pytest.approx(before)


def test_the_overview_scrolls_the_view(
    qtbot: QtBot, editor: BeatGridEditor, tracks: list[Track]
) -> None:
    editor.wave.zoom(10)
    middle = QPoint(editor.overview.width() * 3 // 4, 10)
    qtbot.mouseClick(editor.overview, LEFT, pos=middle)
    span = editor.wave.span
    assert span.start + span.length / 2 == pytest.approx(0.75 * tracks[0].seconds, abs=0.3)


def _wheel(place: QPoint, local: QPointF, turn: int) -> QWheelEvent:
    return QWheelEvent(
        local,
        QPointF(place),
        QPoint(),
        QPoint(0, turn),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
