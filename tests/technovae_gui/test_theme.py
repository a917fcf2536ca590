"""The look: marks that the style sheet names are there and are drawn."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QCheckBox, QDoubleSpinBox

from technovae_gui import theme


@pytest.fixture
def dressed(qapp: QApplication) -> Any:
    before = qapp.styleSheet()
    theme.apply(qapp)
    yield qapp
    qapp.setStyleSheet(before)


def colours(image: QImage, left: int, width: int) -> set[str]:
    return {
        image.pixelColor(x, y).name()
        for x in range(left, left + width)
        for y in range(image.height())
    }


def test_every_mark_is_a_file(dressed: QApplication) -> None:
    named = re.findall(r'url\("([^"]+)"\)', dressed.styleSheet())
    assert len(set(named)) == 9
    for name in named:
        assert Path(name).is_file()
        assert not QImage(name).isNull()


def test_a_ticked_box_has_a_tick(dressed: QApplication, qtbot: Any) -> None:
    box = QCheckBox("x")
    qtbot.addWidget(box)
    box.setChecked(True)
    box.show()
    seen = colours(box.grab().toImage(), 2, 12)
    assert theme.ACCENT in seen
    darkest = min(seen, key=lambda name: QColor(name).lightness())
    assert QColor(darkest).lightness() < 40


def test_a_number_has_arrows_and_room_before_it(dressed: QApplication, qtbot: Any) -> None:
    box = QDoubleSpinBox()
    qtbot.addWidget(box)
    theme.indent(box)
    box.setValue(5)
    box.resize(120, 28)
    box.show()
    image = box.grab().toImage()
    arrows = colours(image, 104, 14)
    assert max(QColor(name).lightness() for name in arrows) > 120
    before = colours(image, 2, 3)
    assert max(QColor(name).lightness() for name in before) < 120
