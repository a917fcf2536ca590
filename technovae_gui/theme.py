"""Colours, sizes and the style sheet of the whole program: dark, calm, high contrast."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QAbstractSpinBox, QApplication

GROUND = "#0e1014"
"""Behind everything."""
PANEL = "#15181e"
RAISED = "#1d2129"
"""Buttons, fields, lane headers."""
LINE = "#2b313c"
"""Borders and grid lines; bars are drawn in `LINE_STRONG`."""
LINE_STRONG = "#465063"
TEXT = "#e8eaf0"
DIM = "#9aa2b1"
"""Secondary text: 4.5:1 and more on every ground above."""
DISABLED = "#5b6372"
"""Text and icons of what cannot be used now."""
BRIGHT = "#ffffff"
"""Icons under the mouse."""
ACCENT = "#4cc9f0"
"""What is selected, focused or playing."""
WARM = "#ffb454"
"""The playhead and what sounds now."""
GOOD = "#06d6a0"
BAD = "#ff6b6b"

TRACK_COLOURS = (
    *("#4cc9f0", "#f72585", "#ffd166", "#06d6a0", "#b388ff", "#ff8a3d", "#e6f25a"),
    *("#ff9ecb", "#5c7cfa", "#2ec4b6", "#d4a373", "#ef476f", "#a0e8af", "#c77dff"),
)
LATENT_COLOUR = "#cfd6e4"
"""Clips that have no track's colour."""

SPACE = 6
"""Pixels between widgets of a group; twice that between groups."""
RADIUS = 4
_MARKS = (Path(__file__).parent / "marks").as_posix()
"""Arrows and ticks: a style sheet that draws a frame loses those of the style."""


def track_colour(index: int) -> str:
    """The colour of the track at `index` in the library; colours repeat after 14."""
    return TRACK_COLOURS[index % len(TRACK_COLOURS)]


def mono() -> QFont:
    """The font of numbers that change all the time: every digit is equally wide."""
    return QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)


def indent(box: QAbstractSpinBox) -> None:
    """Leave a margin left of the number in `box`, which a style sheet cannot do."""
    box.lineEdit().setTextMargins(SPACE - 1, 0, 0, 0)


def apply(app: QApplication) -> None:
    """Give `app` the palette and style sheet."""
    app.setStyle("Fusion")
    palette = QPalette()
    roles = QPalette.ColorRole
    for role, colour in {
        roles.Window: PANEL, roles.WindowText: TEXT, roles.Base: GROUND, roles.Text: TEXT,
        roles.AlternateBase: RAISED, roles.Button: RAISED, roles.ButtonText: TEXT,
        roles.ToolTipBase: RAISED, roles.ToolTipText: TEXT, roles.Highlight: ACCENT,
        roles.HighlightedText: GROUND, roles.PlaceholderText: DIM, roles.Link: ACCENT,
        roles.Accent: ACCENT,
    }.items():  # fmt: skip
        palette.setColor(role, QColor(colour))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(DISABLED))
    app.setPalette(palette)
    app.setStyleSheet(_SHEET)


_SHEET = f"""
QMainWindow, QDialog {{ background: {GROUND}; }}
QToolTip {{ background: {RAISED}; color: {TEXT}; border: 1px solid {LINE_STRONG}; padding: 4px; }}
QPushButton, QToolButton {{
    background: {RAISED}; border: 1px solid {LINE}; border-radius: {RADIUS}px; padding: 4px 9px; }}
QPushButton:hover, QToolButton:hover {{ border-color: {LINE_STRONG}; background: #262c37; }}
QPushButton:pressed, QToolButton:pressed {{ background: {LINE}; }}
QPushButton:checked, QToolButton:checked {{ background: {ACCENT}; color: {GROUND}; border-color: {ACCENT}; }}
QPushButton:disabled, QToolButton:disabled {{ color: {DISABLED}; }}
QPushButton:focus, QToolButton:focus, QComboBox:focus, QAbstractSpinBox:focus, QLineEdit:focus {{
    border-color: {ACCENT}; }}
QPushButton[primary="true"] {{ background: {ACCENT}; color: {GROUND}; border-color: {ACCENT}; font-weight: 600; }}
QPushButton[primary="true"]:disabled {{ background: {RAISED}; color: {DISABLED}; border-color: {LINE}; }}
QComboBox, QAbstractSpinBox, QLineEdit {{
    background: {GROUND}; border: 1px solid {LINE}; border-radius: {RADIUS}px; padding: 3px 6px;
    selection-background-color: {ACCENT}; selection-color: {GROUND}; }}
QComboBox QAbstractItemView {{ background: {RAISED}; border: 1px solid {LINE_STRONG}; }}
QComboBox:disabled, QAbstractSpinBox:disabled, QLineEdit:disabled {{ color: {DISABLED}; }}
QComboBox {{ padding-right: 18px; }}
QComboBox::drop-down {{ subcontrol-origin: border; subcontrol-position: center right; width: 20px; border: 0; }}
QComboBox::down-arrow {{ image: url("{_MARKS}/down.svg"); width: 9px; height: 7px; }}
QComboBox::down-arrow:hover {{ image: url("{_MARKS}/down_bright.svg"); }}
QComboBox::down-arrow:disabled {{ image: url("{_MARKS}/down_off.svg"); }}
QAbstractSpinBox {{ padding-right: 17px; }}
QAbstractSpinBox QLineEdit {{ border: 0; padding: 0; background: transparent; }}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ subcontrol-origin: border; width: 17px; border: 0; border-left: 1px solid {LINE}; }}
QAbstractSpinBox::up-button {{ subcontrol-position: top right; border-top-right-radius: {RADIUS}px; }}
QAbstractSpinBox::down-button {{ subcontrol-position: bottom right; border-bottom-right-radius: {RADIUS}px; }}
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover {{ background: {RAISED}; }}
QAbstractSpinBox::up-button:pressed, QAbstractSpinBox::down-button:pressed {{ background: {LINE}; }}
QAbstractSpinBox::up-arrow {{ image: url("{_MARKS}/up.svg"); width: 9px; height: 7px; }}
QAbstractSpinBox::down-arrow {{ image: url("{_MARKS}/down.svg"); width: 9px; height: 7px; }}
QAbstractSpinBox::up-arrow:hover {{ image: url("{_MARKS}/up_bright.svg"); }}
QAbstractSpinBox::down-arrow:hover {{ image: url("{_MARKS}/down_bright.svg"); }}
QAbstractSpinBox::up-arrow:disabled, QAbstractSpinBox::up-arrow:off {{ image: url("{_MARKS}/up_off.svg"); }}
QAbstractSpinBox::down-arrow:disabled, QAbstractSpinBox::down-arrow:off {{ image: url("{_MARKS}/down_off.svg"); }}
QCheckBox {{ spacing: 7px; }} QCheckBox:disabled {{ color: {DISABLED}; }}
QCheckBox::indicator {{ width: 13px; height: 13px; border: 1px solid {LINE_STRONG}; border-radius: 3px; background: {GROUND}; }}
QCheckBox::indicator:hover, QCheckBox::indicator:focus {{ border-color: {ACCENT}; }}
QCheckBox::indicator:checked {{ background: {ACCENT}; border-color: {ACCENT}; image: url("{_MARKS}/tick.svg"); }}
QCheckBox::indicator:indeterminate {{ background: {LINE_STRONG}; image: url("{_MARKS}/partly.svg"); }}
QCheckBox::indicator:disabled {{ border-color: {LINE}; }}
QCheckBox::indicator:checked:disabled {{ background: {DISABLED}; border-color: {DISABLED}; image: url("{_MARKS}/tick_off.svg"); }}
QSlider::groove:horizontal {{ height: 4px; background: {LINE}; border-radius: 2px; }}
QSlider::sub-page:horizontal {{ background: {ACCENT}; border-radius: 2px; }}
QSlider::handle:horizontal {{ width: 12px; margin: -5px 0; border-radius: 6px; background: {TEXT}; }}
QSlider::handle:horizontal:focus {{ background: {ACCENT}; }}
QSlider::sub-page:horizontal:disabled {{ background: {LINE}; }} QSlider::handle:horizontal:disabled {{ background: {LINE_STRONG}; }}
QProgressBar {{ background: {GROUND}; border: 1px solid {LINE}; border-radius: {RADIUS}px; text-align: center; }}
QProgressBar::chunk {{ background: {ACCENT}; border-radius: 3px; }}
QTabWidget::pane {{ border: 0; background: {PANEL}; }}
QTabBar::tab {{ padding: 6px 12px; color: {DIM}; border: 0; border-bottom: 2px solid transparent; }}
QTabBar::tab:selected {{ color: {TEXT}; border-bottom-color: {ACCENT}; }}
QTabBar::tab:hover {{ color: {TEXT}; }}
QHeaderView::section {{ background: {RAISED}; color: {DIM}; border: 0; padding: 4px 6px; }}
QTableView, QTreeView, QListView {{ background: {GROUND}; border: 1px solid {LINE}; gridline-color: {LINE}; }}
QMenuBar {{ background: {GROUND}; }} QMenuBar::item:selected {{ background: {RAISED}; }}
QMenu {{ background: {RAISED}; border: 1px solid {LINE_STRONG}; padding: 4px; }}
QMenu::item {{ padding: 4px 22px 4px 12px; border-radius: 3px; }}
QMenu::item:selected {{ background: {ACCENT}; color: {GROUND}; }} QMenu::item:disabled {{ color: {DISABLED}; }}
QSplitter::handle {{ background: {LINE}; }} QSplitter::handle:hover {{ background: {ACCENT}; }}
QScrollBar {{ background: {GROUND}; }} QScrollBar:vertical {{ width: 11px; }} QScrollBar:horizontal {{ height: 11px; }}
QScrollBar::handle {{ background: {LINE_STRONG}; border-radius: 4px; margin: 1px; min-height: 24px; min-width: 24px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }} QScrollBar::add-page, QScrollBar::sub-page {{ background: none; }}
QLabel[dim="true"] {{ color: {DIM}; }} QLabel[heading="true"] {{ font-weight: 600; }}
QLabel[bad="true"] {{ color: {BAD}; }}
QStatusBar {{ background: {GROUND}; color: {DIM}; }}
"""
