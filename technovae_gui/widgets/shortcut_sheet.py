"""The sheet of shortcuts: what F1 shows, and what the tests hold against the window's actions."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

from technovae_gui import theme

SHEET: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Transport",
        (
            ("Space", "Play / pause"),
            ("Esc", "Stop, silence the map"),
            ("Home", "Back to the first bar"),
            ("Ctrl+L", "Repeat the loop region"),
        ),
    ),
    (
        "Map",
        (
            ("Click", "Hear a dot or any place between"),
            ("Drag", "Place it on the timeline"),
            ("Wheel", "Zoom; middle button or Space+drag pans"),
            ("F", "Fit the map"),
            ("R", "A random point"),
            ("L", "Lasso; drag what it holds, or compose along it"),
            ("A / B", "Set the ends of a morph"),
            ("P", "Draw a path to compose along"),
            ("M, 1 to 8", "Less or more of an attribute"),
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
            ("Alt", "Without snapping"),
            ("S", "Split at the playhead"),
            ("Ctrl+D", "Duplicate"),
            ("Ctrl+C / X / V", "Copy, cut, paste"),
            ("Del", "Delete"),
            ("Z", "Show everything"),
            ("Arrows", "Nudge by the snap"),
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
            ("F11", "Full screen"),
        ),
    ),
)


class ShortcutSheet(QFrame):
    """A card over the window; any key or a click closes it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("sheet")
        self.setAccessibleName("Shortcuts")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setStyleSheet(
            f"#sheet {{ background: {theme.RAISED}; border: 1px solid {theme.LINE_STRONG};"
            f" border-radius: 8px; }}"
        )
        grid = QGridLayout(self)
        grid.setContentsMargins(24, 18, 24, 18)
        grid.setHorizontalSpacing(36)
        grid.setVerticalSpacing(16)
        for number in range(2):
            column = QVBoxLayout()
            column.setSpacing(16)
            for title, rows in SHEET[number::2]:
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
        place = self.parentWidget().rect().center()
        self.move(place.x() - self.width() // 2, max(0, place.y() - self.height() // 2))
        self.show()
        self.raise_()
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        self.hide()

    def mousePressEvent(self, event: object) -> None:  # noqa: N802
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
        label.setStyleSheet(f"color: {theme.ACCENT};")
        table.addWidget(label, row, 0)
        table.addWidget(QLabel(what), row, 1)
    table.setColumnStretch(1, 1)
    column.addLayout(table)
    column.addStretch(1)
    return section
