"""Type, palette and style sheet of the whole program, made of the tokens in `theme`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from technovae_gui import fonts, theme
from technovae_gui.widgets import icons

_MARKS: Final = (Path(__file__).parent / "marks").as_posix()
"""Arrows and ticks: a style sheet that draws a frame loses those of the style."""
_COLOUR: Final = re.compile(r"#[0-9a-f]{6}\b")


def apply(app: QApplication) -> None:
    """Give `app` the type and the palette; `dress` adds the style sheet."""
    fonts.load()
    app.setStyle("Fusion")
    app.setFont(theme.font())
    app.setPalette(_palette())


def set_contrast(app: QApplication, *, high: bool) -> None:
    """Change the contrast of all that is on the screen, and of all that comes later.

    Args:
        app: whose widgets are shown anew.
        high: whether it is the high contrast.
    """
    before = theme.contrast_colours()
    theme.use_high_contrast(high)
    after, instead = theme.contrast_colours(), dict[str, str]()
    for name, colour in before.items():
        instead.setdefault(colour, after[name])
    for widget in app.allWidgets():
        sheet = widget.styleSheet()
        recoloured = _COLOUR.sub(lambda found: instead.get(found[0], found[0]), sheet)
        if recoloured != sheet:
            widget.setStyleSheet(recoloured)
    app.setPalette(_palette())
    app.setStyleSheet(text())
    icons.recolour(app)
    for widget in app.allWidgets():
        widget.update()


def _palette() -> QPalette:
    palette = QPalette()
    roles = QPalette.ColorRole
    for role, colour in {
        roles.Window: theme.PANEL, roles.WindowText: theme.TEXT, roles.Base: theme.GROUND, roles.Text: theme.TEXT,
        roles.AlternateBase: theme.RAISED, roles.Button: theme.RAISED, roles.ButtonText: theme.TEXT,
        roles.ToolTipBase: theme.RAISED, roles.ToolTipText: theme.TEXT, roles.Highlight: theme.ACCENT,
        roles.HighlightedText: theme.GROUND, roles.PlaceholderText: theme.DIM, roles.Link: theme.ACCENT,
        roles.Accent: theme.ACCENT,
    }.items():  # fmt: skip
        palette.setColor(role, QColor(colour))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.DISABLED))
    return palette


def dress(app: QApplication) -> None:
    """Give `app` the style sheet, if it has none.

    After the window was put together: each time that a widget is put into another one, Qt styles
    all of it anew, and while the panels are laid out that costs a third of the way to first paint.
    """
    if not app.styleSheet():
        app.setStyleSheet(text())


def text() -> str:
    """The style sheet in the colours that `theme` has now."""
    return f"""
QMainWindow, QDialog {{ background: {theme.GROUND}; }}
QToolTip {{ background: {theme.RAISED}; color: {theme.TEXT}; border: 1px solid {theme.LINE_STRONG}; padding: 4px 6px; }}
QPushButton, QToolButton {{
    background: {theme.RAISED}; border: 1px solid {theme.LINE}; border-radius: {theme.RADIUS}px; padding: 3px 10px; font-weight: 500; }}
QToolButton {{ padding: 3px 8px; }}
QPushButton, QToolButton, QComboBox, QAbstractSpinBox, QLineEdit {{ min-height: {theme.CONTROL_HEIGHT - 8}px; }}
QAbstractSpinBox QLineEdit {{ min-height: 0; }}
QPushButton:hover, QToolButton:hover {{ border-color: {theme.LINE_STRONG}; background: {theme.RAISED_HOVER}; }}
QPushButton:checked, QToolButton:checked {{ background: {theme.ACCENT_GROUND}; color: {theme.ACCENT}; border-color: {theme.ACCENT}; }}
QPushButton:checked:hover, QToolButton:checked:hover {{ color: {theme.BRIGHT}; border-color: {theme.ACCENT_HOVER}; }}
QPushButton:pressed, QToolButton:pressed {{ background: {theme.LINE}; }}
QPushButton:disabled, QToolButton:disabled {{ color: {theme.DISABLED}; border-color: {theme.LINE}; background: {theme.PANEL}; }}
QPushButton:focus, QToolButton:focus {{ border-color: {theme.ACCENT}; }}
QPushButton[primary="true"] {{ background: {theme.ACCENT}; color: {theme.GROUND}; border-color: {theme.ACCENT}; font-weight: 600; }}
QPushButton[primary="true"]:hover {{ background: {theme.ACCENT_HOVER}; border-color: {theme.ACCENT_HOVER}; }}
QPushButton[primary="true"]:pressed {{ background: {theme.ACCENT_GROUND}; color: {theme.ACCENT}; }}
QPushButton[primary="true"]:disabled {{ background: {theme.PANEL}; color: {theme.DISABLED}; border-color: {theme.LINE}; }}
QPushButton:checked:focus, QToolButton:checked:focus, QPushButton[primary="true"]:focus {{ border-color: {theme.BRIGHT}; }}
QToolButton[popupMode="2"] {{ padding-right: 20px; }}
QToolButton::menu-indicator {{ image: url("{_MARKS}/down.svg"); width: 9px; height: 7px;
    subcontrol-origin: padding; subcontrol-position: center right; right: 6px; }}
QComboBox, QAbstractSpinBox, QLineEdit {{
    background: {theme.GROUND}; border: 1px solid {theme.LINE}; border-radius: {theme.RADIUS}px; padding: 3px 6px;
    selection-background-color: {theme.ACCENT}; selection-color: {theme.GROUND}; }}
QLineEdit {{ lineedit-clear-button-icon: url("{_MARKS}/clear.svg"); }}
QLineEdit QToolButton {{ min-height: 0; padding: 0; border: 0; background: transparent; }}
QComboBox:hover, QAbstractSpinBox:hover, QLineEdit:hover {{ border-color: {theme.LINE_STRONG}; }}
QComboBox:focus, QAbstractSpinBox:focus, QLineEdit:focus {{ border-color: {theme.ACCENT}; }}
QComboBox QAbstractItemView {{ background: {theme.RAISED}; border: 1px solid {theme.LINE_STRONG}; }}
QComboBox:disabled, QAbstractSpinBox:disabled, QLineEdit:disabled {{ color: {theme.DISABLED}; }}
QComboBox {{ padding-right: 18px; }}
QComboBox::drop-down {{ subcontrol-origin: border; subcontrol-position: center right; width: 20px; border: 0; }}
QComboBox::down-arrow {{ image: url("{_MARKS}/down.svg"); width: 9px; height: 7px; }}
QComboBox::down-arrow:hover {{ image: url("{_MARKS}/down_bright.svg"); }}
QComboBox::down-arrow:disabled {{ image: url("{_MARKS}/down_off.svg"); }}
QAbstractSpinBox {{ padding: 1px 17px 1px 6px; min-height: {theme.CONTROL_HEIGHT - 7}px; }}
QAbstractSpinBox[plain="true"] {{ padding-right: 4px; }}
QAbstractSpinBox[plain="true"]::up-button, QAbstractSpinBox[plain="true"]::down-button {{ width: 0; border: 0; }}
QAbstractSpinBox[plain="true"]::up-arrow, QAbstractSpinBox[plain="true"]::down-arrow {{ image: none; width: 0; }}
QAbstractSpinBox QLineEdit {{ border: 0; padding: 0; background: transparent; }}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ subcontrol-origin: border; width: 17px; border: 0; border-left: 1px solid {theme.LINE}; }}
QAbstractSpinBox::up-button {{ subcontrol-position: top right; border-top-right-radius: {theme.RADIUS}px; }}
QAbstractSpinBox::down-button {{ subcontrol-position: bottom right; border-bottom-right-radius: {theme.RADIUS}px; }}
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover {{ background: {theme.RAISED}; }}
QAbstractSpinBox::up-button:pressed, QAbstractSpinBox::down-button:pressed {{ background: {theme.LINE}; }}
QAbstractSpinBox::up-arrow {{ image: url("{_MARKS}/up.svg"); width: 9px; height: 7px; }}
QAbstractSpinBox::down-arrow {{ image: url("{_MARKS}/down.svg"); width: 9px; height: 7px; }}
QAbstractSpinBox::up-arrow:hover {{ image: url("{_MARKS}/up_bright.svg"); }}
QAbstractSpinBox::down-arrow:hover {{ image: url("{_MARKS}/down_bright.svg"); }}
QAbstractSpinBox::up-arrow:disabled, QAbstractSpinBox::up-arrow:off {{ image: url("{_MARKS}/up_off.svg"); }}
QAbstractSpinBox::down-arrow:disabled, QAbstractSpinBox::down-arrow:off {{ image: url("{_MARKS}/down_off.svg"); }}
QCheckBox {{ spacing: 7px; }} QCheckBox:disabled {{ color: {theme.DISABLED}; }}
QCheckBox::indicator {{ width: 13px; height: 13px; border: 1px solid {theme.LINE_STRONG}; border-radius: {theme.RADIUS}px; background: {theme.GROUND}; }}
QCheckBox::indicator:hover, QCheckBox::indicator:focus {{ border-color: {theme.ACCENT}; }}
QCheckBox::indicator:checked {{ background: {theme.ACCENT}; border-color: {theme.ACCENT}; image: url("{_MARKS}/tick.svg"); }}
QCheckBox::indicator:checked:hover {{ background: {theme.ACCENT_HOVER}; }}
QCheckBox::indicator:checked:focus {{ border-color: {theme.BRIGHT}; }}
QCheckBox::indicator:indeterminate {{ background: {theme.LINE_STRONG}; image: url("{_MARKS}/partly.svg"); }}
QCheckBox::indicator:disabled {{ border-color: {theme.LINE}; }}
QCheckBox::indicator:checked:disabled {{ background: {theme.DISABLED}; border-color: {theme.DISABLED}; image: url("{_MARKS}/tick_off.svg"); }}
QSlider::groove:horizontal {{ height: 4px; background: {theme.LINE}; border-radius: 2px; }}
QSlider::sub-page:horizontal {{ background: {theme.ACCENT}; border-radius: 2px; }}
QSlider::handle:horizontal {{ width: 12px; margin: -5px 0; border-radius: 6px; background: {theme.TEXT}; }}
QSlider::handle:horizontal:hover {{ background: {theme.BRIGHT}; width: 14px; margin: -6px 0; border-radius: 7px; }}
QSlider::handle:horizontal:focus {{ background: {theme.ACCENT}; }}
QSlider::sub-page:horizontal:disabled {{ background: {theme.LINE}; }} QSlider::handle:horizontal:disabled {{ background: {theme.LINE_STRONG}; }}
QProgressBar {{ background: {theme.GROUND}; border: 1px solid {theme.LINE}; border-radius: {theme.RADIUS}px; text-align: center; }}
QProgressBar::chunk {{ background: {theme.ACCENT}; border-radius: {theme.RADIUS}px; }}
QTabWidget::pane {{ border: 0; background: {theme.PANEL}; }}
QTabBar::tab {{ padding: 6px 8px; font-weight: 500; color: {theme.DIM}; border: 0; border-bottom: 2px solid transparent; }}
QTabBar::tab:selected {{ color: {theme.TEXT}; border-bottom-color: {theme.ACCENT}; }}
QTabBar::tab:hover {{ color: {theme.TEXT}; }}
QHeaderView::section {{ background: {theme.RAISED}; color: {theme.DIM}; border: 0; padding: 4px 6px; }}
QHeaderView::section:hover {{ background: {theme.RAISED_HOVER}; color: {theme.TEXT}; }}
QTableView, QTreeView, QListView {{ outline: 0; background: {theme.GROUND}; border: 1px solid {theme.LINE}; gridline-color: {theme.LINE}; }}
QTableView::item:hover, QTreeView::item:hover, QListView::item:hover {{ background: {theme.RAISED_HOVER}; }}
QTableView::item:selected, QTreeView::item:selected, QListView::item:selected {{ background: {theme.ACCENT}; color: {theme.GROUND}; }}
QTableView::item:selected:hover, QTreeView::item:selected:hover, QListView::item:selected:hover {{ background: {theme.ACCENT_HOVER}; color: {theme.GROUND}; }}
QMenuBar {{ background: {theme.GROUND}; }} QMenuBar::item:selected {{ background: {theme.RAISED}; }}
QMenu {{ background: {theme.RAISED}; border: 1px solid {theme.LINE_STRONG}; padding: 4px; }}
QMenu::separator {{ height: 1px; background: {theme.LINE_STRONG}; margin: {theme.SPACE}px {2 * theme.SPACE}px; }}
QMenu::item {{ padding: 4px 22px 4px 12px; border-radius: {theme.RADIUS}px; }}
QMenu::item:selected {{ background: {theme.ACCENT}; color: {theme.GROUND}; }} QMenu::item:disabled {{ color: {theme.DISABLED}; }}
QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
QSplitter::handle {{ background: {theme.LINE}; }} QSplitter::handle:hover {{ background: {theme.ACCENT}; }}
QScrollBar {{ background: {theme.GROUND}; }} QScrollBar:vertical {{ width: 11px; }} QScrollBar:horizontal {{ height: 11px; }}
QScrollBar::handle {{ background: {theme.LINE_STRONG}; border-radius: 4px; margin: 1px; min-height: 24px; min-width: 24px; }}
QScrollBar::handle:hover {{ background: {theme.DIM}; }} QScrollBar::handle:pressed {{ background: {theme.TEXT}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }} QScrollBar::add-page, QScrollBar::sub-page {{ background: none; }}
QLabel[dim="true"] {{ color: {theme.DIM}; }} QLabel[bad="true"] {{ color: {theme.BAD}; }}
QLabel[heading="true"] {{ font-size: {theme.LARGE}px; font-weight: 600; }}
QLabel[display="true"] {{ font-size: {theme.DISPLAY}px; font-weight: 600; }}
QLabel[caption="true"] {{ color: {theme.DIM}; font-size: {theme.SMALL}px; font-weight: 500; }}
QLabel[section="true"] {{ color: {theme.TEXT}; font-size: {theme.SMALL}px; font-weight: 600; }}
QStatusBar {{ background: {theme.GROUND}; color: {theme.DIM}; }}
"""
