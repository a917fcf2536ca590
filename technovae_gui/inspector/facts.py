"""What a clip's source is, as lines of label and value."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QLabel, QWidget

from core.arrangement.clip import ClipSource, LatentSource

Facts = list[tuple[str, str]]
Describe = Callable[[ClipSource], Facts]


class FactList(QWidget):
    """Mirrors a list of facts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts: Facts = []
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setVerticalSpacing(3)
        self._form.setHorizontalSpacing(12)

    @property
    def facts(self) -> Facts:
        """What is shown."""
        return list(self._facts)

    def show_facts(self, facts: Facts) -> None:
        """Mirror `facts`."""
        if facts == self._facts:
            return
        self._facts = list(facts)
        while self._form.rowCount():
            self._form.removeRow(0)
        for label, value in facts:
            self._form.addRow(_dim(label), _value(value))


def plain(source: ClipSource) -> Facts:
    """What is known without a library."""
    if isinstance(source, LatentSource):
        points = len(source.latents)
        return [("Source", "a point of the map" if points == 1 else f"{points} points, one a bar")]
    return [("Source", "a segment"), ("Segment", source.segment_id)]


def _dim(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("dim", True)
    return label


def _value(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
