"""Cards over the window: the first steps at the first start, and the keyboard shortcuts."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

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
from shiboken6 import isValid

from technovae_gui import theme
from technovae_gui.widgets.escape_key import EscapeKey

_STEPS = (
    ("Click", "a dot, or anywhere between the dots: you hear that place, looped on the beat."),
    ("Drag", "dots and places down onto a lane. Clips that overlap crossfade by themselves."),
    ("Export", "{export} when it is music: WAV, FLAC, OGG or MP3."),
)


class WelcomeCard(QFrame):
    """Three steps to the first music, in the middle of the window at its first start.

    Signals:
        dismissed(): the user closed it.
    """

    dismissed = Signal()

    def __init__(self, parent: QWidget, text_of: Callable[[str], str]) -> None:
        """`text_of` gives the keys of a command by its id, as the user reads them."""
        super().__init__(parent)
        self._window = parent
        _style_as_overlay(self)
        self.setAccessibleName("First steps")
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 18)
        column.setSpacing(12)
        column.addWidget(_heading("Make music out of your own techno"))
        for number, (verb, rest) in enumerate(_STEPS, 1):
            keys = text_of("export")
            told = rest.format(export=f"with {keys}" if keys else "from the File menu")
            column.addWidget(_step(number, verb, told))
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
    text = QLabel(f'<span style="font-weight: {theme.SEMIBOLD.value}">{verb}</span> {rest}')
    text.setWordWrap(True)
    line.addWidget(badge)
    line.addWidget(text, 1)
    return row


_NAMES = re.compile(r"\{([^}]+)\}")
"""Of commands, in the rows of the sheet."""
SHORTCUTS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Transport",
        (
            ("{play-stop-what-sounds}", "Play; stop what sounds"),
            ("{stop-back-to-where-playing-began}", "Stop, back to where playing began"),
            ("{back-to-the-first-bar} / {to-the-end}", "To the first bar, to the end"),
            ("{repeat-the-loop-region}", "Repeat the loop region"),
            ("{tap-the-tempo}, {metronome}", "Tap the tempo, metronome"),
        ),
    ),
    (
        "Map",
        (
            ("Click", "Play a dot or any place between"),
            ("Drag", "Place it on the timeline"),
            ("Wheel", "Zoom; middle button or Space+drag pans"),
            ("{map-fit}", "Fit the map"),
            ("{map-random}", "A random point"),
            ("{map-lasso}", "Lasso; drag what it holds, or compose along it"),
            ("{map-a} / {map-b}", "Set the ends of a morph"),
            ("{map-path}", "Draw a path to compose along"),
            (
                "{map-attributes}, {map-less-brightness} to {map-more-energy}",
                "Less or more of an attribute",
            ),
            (
                "{map-part-kick} {map-part-bass} {map-part-drums} {map-part-rest}",
                "Kick, bass, drums, rest: heard or not; Alt: alone; Shift: locked",
            ),
            ("{map-search}", "Search"),
            ("Ctrl+drag", "The dot as the model decodes it"),
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
            (
                "{timeline-split}, {timeline-mute_clip}, {timeline-reverse}",
                "Split at the playhead, mute, reverse",
            ),
            ("{timeline-duplicate}", "Duplicate"),
            ("{timeline-consolidate}, {timeline-take_apart}", "Make into one clip, take apart"),
            (
                "{timeline-automation}, {timeline-automation_follows}",
                "Automation of the lane; whether it follows clips",
            ),
            ("{timeline-copy}, {timeline-cut}, {timeline-paste}", "Copy, cut, paste"),
            ("{timeline-delete}", "Delete"),
            ("{timeline-zoom_fit}", "Show all"),
            ("Arrows", "Nudge by the snap"),
            ("{timeline-add_marker}", "Add a marker at the playhead"),
            (
                "{timeline-previous_marker} / {timeline-next_marker}",
                "To the marker before, to the next",
            ),
            ("{timeline-marker_1} … {timeline-marker_9}", "To that marker"),
        ),
    ),
    (
        "Project",
        (
            ("{undo} / {redo}", "Undo / redo"),
            ("{new-project}, {open-project}, {save}", "New, open, save"),
            ("{import-audio}", "Import audio"),
            ("{export}", "Export"),
            ("{panel-sound} … {panel-history}", "The panels at the right"),
            ("{start-what-the-panel-does}", "Start what the panel does"),
            ("{shortcuts}", "This sheet"),
            ("{panels-at-the-right}", "Hide or show the panels"),
            ("{preferences}", "Preferences"),
            ("{timeline}", "Hide or show the timeline"),
            ("{full-screen}", "Full screen"),
        ),
    ),
)


class ShortcutSheet(QFrame):
    """The shortcuts as they are now, opened with F1; any key or a click closes it.

    Attributes:
        text_of: gives the keys of a command by its id, as the user reads them.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self.text_of: Callable[[str], str] = str
        self._focused_before: QWidget | None = None
        _style_as_overlay(self)
        self.setAccessibleName("Shortcuts")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(24, 18, 24, 18)
        self._page = QWidget()
        self._grid.addWidget(self._page)
        self.hide()

    def _fill(self) -> None:
        """Build the page anew, since keys may have changed."""
        page = QWidget()
        grid = QGridLayout(page)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(36)
        for number in range(2):
            column = QVBoxLayout()
            column.setSpacing(16)
            for title, rows in SHORTCUTS[number::2]:
                named = [(_with_keys(keys, self.text_of), what) for keys, what in rows]
                column.addWidget(_section(title, [row for row in named if row[0]]))
            column.addStretch(1)
            grid.addLayout(column, 0, number)
        self._grid.replaceWidget(self._page, page)
        self._page.deleteLater()
        self._page = page

    def toggle(self) -> None:
        """Show or hide, in the middle of the window."""
        if self.isVisible():
            self._close()
            return
        self._fill()
        self._focused_before = self.window().focusWidget()
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
        self._close()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._close()

    def _close(self) -> None:
        """The keys go back to where they were; Qt would give them to any button."""
        self.hide()
        if self._focused_before is not None and isValid(self._focused_before):
            self._focused_before.setFocus()


def _with_keys(template: str, text_of: Callable[[str], str]) -> str:
    """A row's keys: those of the commands that it names, without the ones that have none."""
    found = [text_of(name) for name in _NAMES.findall(template)]
    if len(found) > 1 and not all(found):
        return ", ".join(filter(None, found))
    keys = iter(found)
    return _NAMES.sub(lambda _: next(keys), template)


def _section(title: str, rows: Sequence[tuple[str, str]]) -> QWidget:
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
