"""Cards over the window: the first steps at the first start, and the keyboard shortcuts."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from technovae_gui import theme
from technovae_gui.widgets.escape_key import EscapeKey

_STEPS = (
    ("Click", "a dot, or anywhere between the dots: you hear that place, looped on the beat."),
    ("Drag", "dots and places down onto a lane. Clips that overlap crossfade by themselves."),
    ("Export", "with Ctrl+E when it is music: WAV, FLAC, OGG or MP3."),
)


class WelcomeCard(QFrame):
    """Three steps to the first music, in the middle of the window at its first start.

    Signals:
        dismissed(): the user closed it.
    """

    dismissed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        _style_as_overlay(self)
        self.setAccessibleName("First steps")
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
        EscapeKey(self, self.dismiss)
        self.setFocusProxy(self.button)
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
        centre = self._window.rect().center()
        self.move(centre.x() - self.width() // 2, centre.y() - self.height() // 2)
        self.raise_()


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("display", True)
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
        f"background: {theme.LINE}; color: {theme.TEXT}; border-radius: 13px; font-weight: 600;"
    )
    text = QLabel(f"<b>{verb}</b> {rest}")
    text.setWordWrap(True)
    line.addWidget(badge)
    line.addWidget(text, 1)
    return row


SHORTCUTS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Transport",
        (
            ("Space", "Play; stop what sounds"),
            ("Esc", "Stop, back to where playing began"),
            ("Home / End", "To the first bar, to the end"),
            ("Ctrl+L", "Repeat the loop region"),
            ("T, Ctrl+M", "Tap the tempo, metronome"),
        ),
    ),
    (
        "Map",
        (
            ("Click", "Play a dot or any place between"),
            ("Drag", "Place it on the timeline"),
            ("Wheel", "Zoom; middle button or Space+drag pans"),
            ("F", "Fit the map"),
            ("R", "A random point"),
            ("L", "Lasso; drag what it holds, or compose along it"),
            ("A / B", "Set the ends of a morph"),
            ("P", "Draw a path to compose along"),
            ("M, 1 to 8", "Less or more of an attribute"),
            ("Z X C V", "Kick, bass, drums, rest: heard or not; Shift locks"),
            ("/", "Search"),
            ("Alt+drag", "The dot as the model decodes it"),
            ("Arrows", "Next dot in that direction"),
        ),
    ),
    (
        "Timeline",
        (
            ("Drag", "Move; at the edges trim and loop"),
            ("Ctrl+drag", "Copy"),
            ("Drag out", "Of the window: a WAV file"),
            ("Alt or Shift", "While dragging: without snapping"),
            ("Double-click", "Rename; on the gain line: a point; middle button pans"),
            ("Ctrl+Shift+drag", "Move the music inside a clip"),
            ("S, 0, Ctrl+R", "Split at the playhead, mute, reverse"),
            ("Ctrl+D", "Duplicate"),
            ("A, Ctrl+Shift+A", "Automation of the lane; whether it follows clips"),
            ("Ctrl+C / X / V", "Copy, cut, paste"),
            ("Del", "Delete"),
            ("Z", "Show all"),
            ("Arrows", "Nudge by the snap"),
            ("M", "Add a marker at the playhead"),
            ("Ctrl+Left / Right", "To the marker before, to the next"),
            ("1 … 9", "To that marker"),
        ),
    ),
    (
        "Project",
        (
            ("Ctrl+Z / Ctrl+Shift+Z", "Undo / redo"),
            ("Ctrl+N / O / S", "New, open, save"),
            ("Ctrl+I", "Import audio"),
            ("Ctrl+E", "Export"),
            ("Ctrl+1 … 5", "The panels at the right"),
            ("F1", "This sheet"),
            ("Ctrl+B", "Hide or show the panels"),
            ("Ctrl+,", "Preferences"),
            ("Ctrl+Shift+T", "Hide or show the timeline"),
            ("F11", "Full screen"),
        ),
    ),
)


class ShortcutSheet(QFrame):
    """All keyboard shortcuts, opened with F1; any key or a click closes it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        _style_as_overlay(self)
        self.setAccessibleName("Shortcuts")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        grid = QGridLayout(self)
        grid.setContentsMargins(24, 18, 24, 18)
        grid.setHorizontalSpacing(36)
        grid.setVerticalSpacing(16)
        for number in range(2):
            column = QVBoxLayout()
            column.setSpacing(16)
            for title, rows in SHORTCUTS[number::2]:
                column.addWidget(_section(title, rows))
            column.addStretch(1)
            grid.addLayout(column, 0, number)
        self.hide()

    def toggle(self) -> None:
        """Show or hide, in the middle of the window."""
        if self.isVisible():
            self.hide()
            return
        self.adjustSize()
        centre = self._window.rect().center()
        self.move(centre.x() - self.width() // 2, max(0, centre.y() - self.height() // 2))
        self.show()
        self.raise_()
        self.setFocus()

    def event(self, event: QEvent) -> bool:
        """Take every key before the window's shortcuts do: it only closes the sheet."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        self.hide()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self.hide()


def _section(title: str, rows: tuple[tuple[str, str], ...]) -> QWidget:
    section = QWidget()
    column = QVBoxLayout(section)
    column.setContentsMargins(0, 0, 0, 0)
    heading = QLabel(title)
    heading.setProperty("heading", True)
    column.addWidget(heading)
    table = QGridLayout()
    table.setHorizontalSpacing(14)
    table.setVerticalSpacing(3)
    for row, (keys, what) in enumerate(rows):
        label = QLabel(keys)
        label.setStyleSheet(f"color: {theme.TEXT}; font-weight: 500;")
        table.addWidget(label, row, 0)
        table.addWidget(QLabel(what), row, 1)
    table.setColumnStretch(1, 1)
    column.addLayout(table)
    column.addStretch(1)
    return section


def _style_as_overlay(frame: QFrame) -> None:
    frame.setObjectName("overlay")
    frame.setStyleSheet(
        f"#overlay {{ background: {theme.RAISED}; border: 1px solid {theme.LINE_STRONG};"
        f" border-radius: {theme.RADIUS}px; }}"
    )
