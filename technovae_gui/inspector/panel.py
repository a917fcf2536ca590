"""The inspector: what the selected clips are, and their settings."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from core.arrangement.clip import Clip, ClipSource, LatentSource
from technovae_gui import theme
from technovae_gui.document import Document
from technovae_gui.inspector.bars import AttributeBars
from technovae_gui.inspector.facts import Describe, FactList, plain
from technovae_gui.inspector.settings_form import Change, SettingsForm

AttributesOf = Callable[[ClipSource], dict[str, float]]


class ClipInspector(QWidget):
    """Mirrors the selection and edits it.

    Signals:
        redecode_requested(list of clip ids): latents of another model, to be decoded by this one
    """

    redecode_requested = Signal(object)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._describe: Describe = plain
        self._attributes_of: AttributesOf = _none
        self._model_hash = ""
        self._shown: list[Clip] = []
        self._step = 0
        self.heading = QLabel()
        self.heading.setProperty("heading", True)
        self.facts = FactList()
        self.bars = AttributeBars()
        self.form = SettingsForm()
        self.redecode = QPushButton("Decode again with the current model")
        self.empty = QLabel("Select a clip")
        self.setAccessibleName("Clip inspector")
        self._lay_out()
        self.form.asked.connect(self._asked)
        self.redecode.clicked.connect(self._redecode)
        document.changed.connect(self._mirror)
        document.selection_changed.connect(self._selected)
        self._refresh()

    def set_describe(self, describe: Describe) -> None:
        """What to say about a source: lines of label and value."""
        self._describe = describe
        self._refresh()

    def set_attributes(self, attributes_of: AttributesOf) -> None:
        """Attributes of a source by name, 0..1; none where they are not known."""
        self._attributes_of = attributes_of
        self._refresh()

    def set_model_hash(self, model_hash: str) -> None:
        """The model that decodes now; clips of another one can be decoded again."""
        self._model_hash = model_hash
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        self._mirror()
        super().showEvent(event)

    def _selected(self) -> None:
        self._step += 1
        self._mirror()

    def _mirror(self) -> None:
        """Follow the document; while hidden there is nothing to follow."""
        if self.isVisible() and not _same(self._shown, self._document.selected_clips()):
            self._refresh()

    def _refresh(self) -> None:
        clips = self._shown = self._document.selected_clips()
        self._scroll.setVisible(bool(clips))
        self.empty.setVisible(not clips)
        if not clips:
            return
        self.heading.setText(clips[0].name or "Clip" if len(clips) == 1 else f"{len(clips)} clips")
        self.form.show_clips(clips)
        self._show_source(clips)

    def _show_source(self, clips: Sequence[Clip]) -> None:
        sources = {clip.source: None for clip in clips}
        one = next(iter(sources)) if len(sources) == 1 else None
        self.facts.show_facts(self._describe(one) if one is not None else _kinds(clips))
        self.bars.show_values(self._attributes_of(one) if one is not None else {})
        stale = self._stale()
        latent = any(isinstance(clip.source, LatentSource) for clip in clips)
        self.redecode.setVisible(latent)
        self.redecode.setEnabled(bool(stale))
        self.redecode.setToolTip(
            "Made with an earlier model and brought along; write it down as this one's"
            if stale
            else "These latents belong to the current model"
        )

    def _stale(self) -> list[str]:
        """Ids of the selected latents that belong to another model than the current one."""
        return [
            clip.id
            for clip in self._shown
            if isinstance(clip.source, LatentSource)
            and self._model_hash
            and clip.source.model_hash != self._model_hash
        ]

    def _redecode(self) -> None:
        self.redecode_requested.emit(self._stale())

    def _asked(self, name: str, field: str, change: Change) -> None:
        """One step of history; changes of the same field in a row are one."""
        ids = [clip.id for clip in self._shown]
        if not ids:
            return
        if not field:
            self._step += 1
        merge = ("inspector", id(self), field, self._step) if field else None
        self._document.edit(name, lambda now: change(now, ids), merge=merge)
        self._refresh()

    def _lay_out(self) -> None:
        self._content = QWidget()
        column = QVBoxLayout(self._content)
        column.setContentsMargins(*(2 * theme.SPACE,) * 4)
        column.setSpacing(2 * theme.SPACE)
        for widget in (self.heading, self.facts, self.bars, _line(), self.form, self.redecode):
            column.addWidget(widget)
        column.addStretch(1)
        self.empty.setProperty("dim", True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self._content)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.empty, 1)
        whole.addWidget(scroll, 1)
        self._scroll = scroll


def _same(shown: Sequence[Clip], clips: Sequence[Clip]) -> bool:
    return len(shown) == len(clips) and all(a is b for a, b in zip(shown, clips, strict=True))


def _kinds(clips: Sequence[Clip]) -> list[tuple[str, str]]:
    latents = sum(isinstance(clip.source, LatentSource) for clip in clips)
    return [("Segments", str(len(clips) - latents)), ("Latents", str(latents))]


def _none(_source: ClipSource) -> dict[str, float]:
    return {}


def _line() -> QFrame:
    line = QFrame()
    line.setFixedHeight(1)
    line.setStyleSheet(f"background: {theme.LINE};")
    return line
