"""The echo and the reverb that all lanes send to."""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from core.arrangement.returns import (
    LONGEST_ECHO,
    LONGEST_REVERB,
    MOST_FEEDBACK,
    RETURN_MAX_DB,
    RETURN_MIN_DB,
    SHORTEST_REVERB,
    Returns,
)
from technovae_gui import theme
from technovae_gui.document import Document
from technovae_gui.timeline.controls import Dial
from technovae_gui.timeline.labels import signed_db

_WIDTH: Final = 250
_NOTES: Final = {1: "1/16", 2: "1/8", 3: "1/8 dotted", 4: "beat", 6: "1/4 dotted", 8: "1/2"}


class ReturnsPopup(QWidget):
    """Shows `Arrangement.returns` and edits them; a click outside closes it, a drag is one step.

    Args:
        document: what is edited.
        parent: of the popup.
    """

    def __init__(self, document: Document, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._document = document
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setObjectName("returns")
        self.setStyleSheet(
            f"#returns {{ background: {theme.RAISED}; border: 1px solid {theme.LINE_STRONG};"
            f" border-radius: {theme.RADIUS}px; }}"
        )
        start = Returns()
        octaves = (math.log2(SHORTEST_REVERB), math.log2(LONGEST_REVERB))
        self.numbers = {
            "echo_sixteenths": Dial(
                "Time",
                "Echo time",
                (1.0, float(LONGEST_ECHO)),
                _note,
                step=1.0,
                per_pixel=0.1,
                default=float(start.echo_sixteenths),
            ),
            "echo_feedback": Dial(
                "Feedback",
                "Echo feedback",
                (0.0, MOST_FEEDBACK),
                lambda it: f"{100 * it:.0f} %",
                step=0.05,
                per_pixel=0.01,
                default=start.echo_feedback,
            ),
            "echo_db": _level("Echo level"),
            "reverb_seconds": Dial(
                "Time",
                "Reverb time",
                octaves,
                lambda it: f"{2.0**it:.1f} s",
                step=0.25,
                per_pixel=0.03,
                default=math.log2(start.reverb_seconds),
            ),
            "reverb_db": _level("Reverb level"),
        }
        self._lay_out()
        for name, number in self.numbers.items():
            number.changed.connect(lambda value, serial, it=name: self._set(it, value, serial))
        document.changed.connect(self._show)
        self._show()

    def open_at(self, point: QPoint) -> None:
        """Show it below a point of the screen, and on the screen."""
        self.adjustSize()
        screen = self.screen().availableGeometry()
        x = min(point.x(), screen.right() - self.width())
        self.move(x, min(point.y(), screen.bottom() - self.height()))
        self.show()

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(*[3 * theme.SPACE] * 4)
        grid.setSpacing(theme.SPACE)
        rows = (
            ("Echo", ("echo_sixteenths", "echo_feedback", "echo_db")),
            ("Reverb", ("reverb_seconds", "reverb_db")),
        )
        for row, (title, names) in enumerate(rows):
            heading = QLabel(title)
            heading.setProperty("heading", True)
            grid.addWidget(heading, 2 * row, 0, 1, 3)
            for column, name in enumerate(names):
                grid.addWidget(self.numbers[name], 2 * row + 1, column)
        self.setFixedWidth(_WIDTH)

    def _show(self) -> None:
        returns = self._document.arrangement.returns
        for name, number in self.numbers.items():
            value = float(getattr(returns, name))
            number.show_value(math.log2(value) if name == "reverb_seconds" else value)

    def _set(self, name: str, value: float, serial: int) -> None:
        setting: float = round(value, 2)
        if name == "echo_sixteenths":
            setting = round(value)
        elif name == "reverb_seconds":
            setting = min(max(round(2.0**value, 1), SHORTEST_REVERB), LONGEST_REVERB)
        self._document.edit(
            "returns",
            lambda now: now.changed(returns=now.returns.changed(**{name: setting})),
            merge=("returns", name, id(self), serial),
        )
        self._show()


def _level(name: str) -> Dial:
    def text(db: float) -> str:
        if db <= RETURN_MIN_DB:
            return "off"
        return f"{signed_db(db)} dB"

    return Dial("Level", name, (RETURN_MIN_DB, RETURN_MAX_DB), text, step=1.0, per_pixel=0.3)


def _note(sixteenths: float) -> str:
    count = round(sixteenths)
    return _NOTES.get(count, f"{count}/16")
