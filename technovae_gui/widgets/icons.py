"""The icons of tools and transport: SVG files in `technovae_gui/icons`, in the theme's colours."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QAction, QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QApplication

from technovae_gui import theme

SIZE: Final = QSize(18, 18)
"""Of an icon, in pixels of the screen's scale."""
_PIXEL_RATIO: Final = 3
"""Pixels rendered per pixel of `SIZE`, so that icons are crisp on screens of any density."""
_FOLDER: Final = Path(__file__).parents[1] / "icons"
_PROGRAM: Final = Path(__file__).parents[1] / "marks" / "technovae.svg"
_PROGRAM_SIDES: Final = (16, 24, 32, 48, 64, 128)
_COLOURS: Final = (
    (QIcon.Mode.Normal, QIcon.State.Off, "TEXT"),
    (QIcon.Mode.Active, QIcon.State.Off, "BRIGHT"),
    (QIcon.Mode.Normal, QIcon.State.On, "ACCENT"),
    (QIcon.Mode.Active, QIcon.State.On, "BRIGHT"),
    (QIcon.Mode.Disabled, QIcon.State.Off, "DISABLED"),
    (QIcon.Mode.Disabled, QIcon.State.On, "DISABLED"),
)
_QUIET_COLOURS: Final = (
    (QIcon.Mode.Normal, QIcon.State.Off, "DIM"),
    (QIcon.Mode.Active, QIcon.State.Off, "TEXT"),
    (QIcon.Mode.Normal, QIcon.State.On, "DIM"),
    (QIcon.Mode.Active, QIcon.State.On, "TEXT"),
    (QIcon.Mode.Disabled, QIcon.State.Off, "DISABLED"),
)
_made: Final[dict[int, tuple[str, bool]]] = {}
"""What icons were made of, by Qt's keys, which their copies in buttons share."""


def icon(name: str, *, quiet: bool = False) -> QIcon:
    """An icon for a tool button: bright under the mouse, in the accent colour where its
    button is switched on.

    Args:
        name: a file of `technovae_gui/icons` without its suffix: automation, close, closed,
            drag_out, fit, lasso, lock, loop, metronome, minus, opened, path, pause, play, plus,
            random, sliders, star, star_full, start or stop.
        quiet: whether it is in the colour of secondary text, for a button that has no ground of its
            own, whether it is checked or not.

    Raises:
        OSError: there is no such file.
    """
    svg = (_FOLDER / f"{name}.svg").read_text(encoding="ascii")
    shape = _drawn(svg, SIZE * _PIXEL_RATIO)
    made = QIcon()
    for mode, state, colour in _QUIET_COLOURS if quiet else _COLOURS:
        made.addPixmap(_filled(shape, getattr(theme, colour)), mode, state)
    _made[made.cacheKey()] = (name, quiet)
    return made


def recolour(app: QApplication) -> None:
    """Give the buttons and actions of an application their icons in the theme's colours of now."""
    for widget in app.allWidgets():
        holders: list[QAbstractButton | QAction] = [*widget.actions()]
        if isinstance(widget, QAbstractButton):
            holders.append(widget)
        for holder in holders:
            found = _made.get(holder.icon().cacheKey())
            if found is not None:
                name, quiet = found
                holder.setIcon(icon(name, quiet=quiet))


def program_icon() -> QIcon:
    """The program's own icon, for the title bar, the task bar and the dock."""
    svg = _PROGRAM.read_text(encoding="ascii")
    made = QIcon()
    for side in _PROGRAM_SIDES:
        made.addPixmap(_drawn(svg, QSize(side, side)))
    return made


def _filled(shape: QPixmap, colour: str) -> QPixmap:
    """A shape in one colour. To draw the file once for each takes four times as long, and the
    window has a hundred before it is first seen."""
    pixmap = shape.copy()
    painter = QPainter(pixmap)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(pixmap.rect(), QColor(colour))
    painter.end()
    pixmap.setDevicePixelRatio(_PIXEL_RATIO)
    return pixmap


def _drawn(svg: str, size: QSize) -> QPixmap:
    pixmap = QPixmap(size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(svg.encode())).render(painter)
    painter.end()
    return pixmap
