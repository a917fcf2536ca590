"""The first-start hint: three steps over the window, gone with a click and for good."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from technovae_gui import theme

_STEPS = (
    ("Click", "a dot, or anywhere between the dots: you hear that place, looped on the beat."),
    ("Drag", "dots and places down onto a lane. Clips that overlap crossfade by themselves."),
    ("Export", "with Ctrl+E when it is music: WAV, FLAC, OGG or MP3."),
)


class Hint(QFrame):
    """A card in the middle of its parent. Signals: dismissed()."""

    dismissed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("hint")
        self.setAccessibleName("How to begin")
        self.setStyleSheet(
            f"#hint {{ background: {theme.RAISED}; border: 1px solid {theme.LINE_STRONG};"
            f" border-radius: 8px; }}"
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 18)
        column.setSpacing(12)
        column.addWidget(_heading("Make music out of your own techno"))
        for number, (verb, rest) in enumerate(_STEPS, 1):
            column.addWidget(_step(number, verb, rest))
        self.button = QPushButton("Start playing")
        self.button.setProperty("primary", True)
        self.button.clicked.connect(self.dismiss)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignRight)
        self.setFixedWidth(460)
        parent.installEventFilter(self)
        self.adjustSize()
        self._centre()

    def dismiss(self) -> None:
        """Close the card."""
        self.hide()
        self.dismissed.emit()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self._centre()
        return False

    def _centre(self) -> None:
        place = self.parentWidget().rect().center()
        self.move(place.x() - self.width() // 2, place.y() - self.height() // 2)
        self.raise_()


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("heading", True)
    font = label.font()
    font.setPointSizeF(font.pointSizeF() * 1.35)
    label.setFont(font)
    return label


def _step(number: int, verb: str, rest: str) -> QWidget:
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(12)
    badge = QLabel(str(number))
    badge.setFixedSize(26, 26)
    badge.setAlignment(Qt.AlignmentFlag.AlignCenter)
    badge.setStyleSheet(
        f"background: {theme.ACCENT}; color: {theme.GROUND}; border-radius: 13px; font-weight: 600;"
    )
    text = QLabel(f"<b>{verb}</b> {rest}")
    text.setWordWrap(True)
    line.addWidget(badge)
    line.addWidget(text, 1)
    return row
