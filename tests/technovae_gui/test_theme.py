"""The look: type, colours with one meaning each, marks that the style sheet names."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QColor, QFontInfo, QFontMetrics, QImage
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QTableWidget,
    QToolButton,
)

from technovae_gui import style_sheet, theme, track_colours
from technovae_gui.inspector.settings_form import SettingsForm
from technovae_gui.spectrogram import SpectrogramPanel
from technovae_gui.timeline import paint_cache
from technovae_gui.training.curve_plots import CurvePlots
from technovae_gui.widgets import icons


@pytest.fixture
def dressed(qapp: QApplication) -> Any:
    sheet, font, palette = qapp.styleSheet(), qapp.font(), qapp.palette()
    style_sheet.apply(qapp)
    style_sheet.dress(qapp)
    yield qapp
    qapp.setStyleSheet(sheet)
    qapp.setFont(font)
    qapp.setPalette(palette)


def contrast(first: str, second: str) -> float:
    """WCAG's ratio of contrast, 1 to 21."""

    def light(name: str) -> float:
        colour = QColor(name)
        channels = (colour.redF(), colour.greenF(), colour.blueF())
        return sum(w * c**2.2 for w, c in zip((0.2126, 0.7152, 0.0722), channels, strict=True))

    high, low = sorted((light(first), light(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def colours(image: QImage, left: int, width: int) -> set[str]:
    return {
        image.pixelColor(x, y).name()
        for x in range(left, left + width)
        for y in range(image.height())
    }


def test_every_mark_is_a_file(dressed: QApplication) -> None:
    named = re.findall(r'url\("([^"]+)"\)', dressed.styleSheet())
    assert len(set(named)) == 10
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


MEANINGS = ("ACCENT", "WARM", "MEASURED", "MEASURED_APART", "GOOD", "CAUTION", "BAD", "TEXT")


def test_every_meaning_has_a_colour_of_its_own_in_the_table() -> None:
    assert theme.__doc__ is not None
    for name in MEANINGS[:-1]:
        assert f"| `{name}` |" in theme.__doc__
    for first, second in itertools.combinations(MEANINGS, 2):
        pair = getattr(theme, first), getattr(theme, second)
        assert track_colours.difference(*pair) > 0.06, (first, second)


def test_texts_can_be_read_on_every_ground() -> None:
    for ground in (theme.GROUND, theme.PANEL, theme.RAISED):
        assert contrast(theme.TEXT, ground) >= 12
        assert contrast(theme.DIM, ground) >= 4.5
    assert contrast(theme.ACCENT, theme.ACCENT_GROUND) >= 4.5
    assert contrast(theme.GROUND, theme.ACCENT_HOVER) >= 7


def test_the_typeface_is_the_bundled_one_and_its_figures_are_equally_wide(
    dressed: QApplication,
) -> None:
    for weight in (theme.REGULAR, theme.MEDIUM, theme.SEMIBOLD):
        found = QFontInfo(theme.font(theme.BODY, weight))
        assert (found.family(), found.weight()) == (theme.FAMILY, weight)
    metrics = QFontMetrics(theme.font())
    assert len({metrics.horizontalAdvance(figure * 10) for figure in "0123456789"}) == 1


def test_figures_stay_equally_wide_where_the_style_sheet_sets_the_size(
    dressed: QApplication, qtbot: Any
) -> None:
    label = QLabel("1111111111")
    qtbot.addWidget(label)
    label.setProperty("heading", True)
    label.ensurePolished()
    width = label.sizeHint().width()
    label.setText("8888888888")
    assert label.sizeHint().width() == width


def test_a_clip_title_is_dark_on_light_and_light_on_dark() -> None:
    assert paint_cache.text_on("#ffd166", theme.GROUND, 0.74) == theme.GROUND
    assert paint_cache.text_on("#2a3fa0", theme.GROUND, 0.74) == theme.TEXT
    assert paint_cache.text_on("#ffd166", theme.GROUND, 0.25) == theme.TEXT


def test_the_part_of_a_name_that_differs_is_not_cut(dressed: QApplication) -> None:
    assert paint_cache.elided("A very long name of a track, bar 17", 90).endswith("17")


def test_high_contrast_is_the_users_setting(tmp_path: Path) -> None:
    script = (
        "import sys; from PySide6.QtCore import QSettings;"
        "QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, sys.argv[1]);"
        "from technovae_gui import theme; kept = QSettings(QSettings.Format.IniFormat,"
        "QSettings.Scope.UserScope, theme.PROGRAM, theme.PROGRAM);"
        "kept.setValue(theme.HIGH_CONTRAST, True); kept.sync(); theme.load(); print(theme.GROUND)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "#000000"


def test_buttons_and_fields_of_a_row_are_equally_high(dressed: QApplication, qtbot: Any) -> None:
    row = (QPushButton("x"), QComboBox(), QDoubleSpinBox(), QSpinBox(), QLineEdit())
    for widget in row:
        qtbot.addWidget(widget)
        widget.ensurePolished()
    assert {widget.sizeHint().height() for widget in row} == {theme.CONTROL_HEIGHT}


def test_contrast_changes_what_is_on_the_screen(dressed: QApplication, qtbot: Any) -> None:
    button = QToolButton()
    qtbot.addWidget(button)
    button.setIcon(icons.icon("play"))
    button.setStyleSheet(f"background: {theme.RAISED}; color: {theme.GROUND};")
    usual = theme.contrast_colours(), button.styleSheet(), dressed.styleSheet()
    key = button.icon().cacheKey()
    try:
        style_sheet.set_contrast(dressed, high=True)
        assert contrast(theme.GROUND, theme.DIM) >= 14
        assert button.styleSheet() == f"background: {theme.RAISED}; color: #000000;"
        assert button.icon().cacheKey() != key
        assert usual[0]["LINE"] not in dressed.styleSheet()
        assert dressed.palette().window().color() == QColor(theme.PANEL)
    finally:
        style_sheet.set_contrast(dressed, high=False)
    assert (theme.contrast_colours(), button.styleSheet(), dressed.styleSheet()) == usual


def test_contrast_changes_what_plots_have_painted(dressed: QApplication, qtbot: Any) -> None:
    spectrograms, curves = SpectrogramPanel(), CurvePlots()
    for widget in (spectrograms, curves):
        qtbot.addWidget(widget)
        widget.resize(420, 400)
        widget.show()

    def grounds() -> list[str]:
        images = (spectrograms.real.grab().toImage(), curves.grab().toImage())
        return [image.pixelColor(image.width() - 8, 60).name() for image in images]

    usual = grounds()
    try:
        style_sheet.set_contrast(dressed, high=True)
        assert grounds() == [theme.PANEL, theme.GROUND]
    finally:
        style_sheet.set_contrast(dressed, high=False)
    assert grounds() == usual == [theme.PANEL, theme.GROUND]


def test_numbers_have_the_room_of_their_box(dressed: QApplication, qtbot: Any) -> None:
    fields = SettingsForm(), QDoubleSpinBox()
    for widget in fields:
        qtbot.addWidget(widget)
        widget.resize(336, 400)
        widget.show()
    gain = fields[0].gain
    assert gain.lineEdit().width() > gain.width() - 12
    assert 0 < fields[1].lineEdit().width() <= fields[1].width() - 17


def test_the_button_that_clears_a_field_is_in_its_middle(dressed: QApplication, qtbot: Any) -> None:
    field = QLineEdit("words")
    field.setClearButtonEnabled(True)
    qtbot.addWidget(field)
    field.show()
    button = field.findChild(QToolButton)
    assert isinstance(button, QToolButton)
    assert abs(button.geometry().center().y() - field.rect().center().y()) <= 1


def test_a_selected_row_is_of_one_colour(dressed: QApplication, qtbot: Any) -> None:
    """The cell with the keys was paler than the others, its words hardly legible."""
    table = QTableWidget(1, 2)
    table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
    qtbot.addWidget(table)
    table.show()
    table.activateWindow()
    table.setFocus()
    qtbot.waitUntil(table.hasFocus)
    table.setCurrentCell(0, 0)
    cells = [table.visualRect(table.model().index(0, column)).center() for column in (0, 1)]
    picture = table.viewport().grab().toImage()
    assert [picture.pixelColor(cell).name() for cell in cells] == [theme.ACCENT] * 2
