"""Where the playhead is, as a number that can be typed over."""

from __future__ import annotations

import re
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QMouseEvent
from PySide6.QtWidgets import QLineEdit

from core.settings import BEATS_PER_BAR, TICKS_PER_BAR, TICKS_PER_BEAT
from technovae_gui import theme

_SIXTEENTH: Final = TICKS_PER_BEAT // 4
_BARS: Final = re.compile(r"(\d{1,5})(?:[., ](\d))?(?:[., ](\d))?")
_TIME: Final = re.compile(r"(?:(\d{1,4}):)?(\d{1,5}(?:[.,]\d*)?)")


class PositionField(QLineEdit):
    """A readout like a label; a click edits it, Enter goes there, Escape leaves it.

    Args:
        tip: what it shows.
        width: in pixels.
        size: of its type.

    Signals:
        entered(str): what was typed.
    """

    entered = Signal(str)

    def __init__(self, tip: str, width: int, size: int = theme.BODY) -> None:
        super().__init__()
        self._shown = ""
        self._fresh = False
        self.setFont(theme.font(size, theme.MEDIUM))
        self.setFixedWidth(width)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setToolTip(f"{tip}; click to type another")
        self.setAccessibleName(tip)
        self.setStyleSheet(
            f"QLineEdit {{ background: transparent; border-color: transparent; padding: 3px 2px; }}"
            f" QLineEdit:hover {{ border-color: {theme.LINE_STRONG}; }}"
            f" QLineEdit:focus {{ background: {theme.GROUND}; border-color: {theme.ACCENT}; }}"
        )
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.returnPressed.connect(self._enter)

    def show_text(self, text: str) -> None:
        """Show a position, unless one is being typed."""
        if text != self._shown:
            self._shown = text
            if not self.hasFocus():
                self.setText(text)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        self._fresh = True
        self.selectAll()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        super().mouseReleaseEvent(event)
        # The press that brought the focus has put the cursor between the digits.
        if self._fresh and not self.hasSelectedText():
            self.selectAll()
        self._fresh = False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self.selectAll()  # a word, which Qt selects, would be a part of the position

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self.setText(self._shown)

    def _enter(self) -> None:
        self.entered.emit(self.text())


def parse_bars(text: str) -> int | None:
    """Read a position.

    Args:
        text: `bar`, `bar.beat` or `bar.beat.sixteenth`, each counted from 1.

    Returns:
        The tick; None if it is no such position.
    """
    found = _BARS.fullmatch(text.strip())
    if found is None:
        return None
    bar, beat, sixteenth = (int(part or 1) for part in found.groups())
    if not (bar >= 1 and 1 <= beat <= BEATS_PER_BAR and 1 <= sixteenth <= 4):
        return None
    return (bar - 1) * TICKS_PER_BAR + (beat - 1) * TICKS_PER_BEAT + (sixteenth - 1) * _SIXTEENTH


def parse_time(text: str) -> float | None:
    """Read a time.

    Args:
        text: `minutes:seconds` or `seconds`, with decimals if wanted.

    Returns:
        Seconds; None if it is no time.
    """
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    return 60.0 * int(found[1] or 0) + float(found[2].replace(",", "."))
