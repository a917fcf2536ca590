"""The clip inspector: details and settings of the selected clips."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from core.arrangement.arrangement import Arrangement
from core.arrangement.automation_edits import with_curves_moved
from core.arrangement.clip import (
    Clip,
    ClipSource,
    LatentSource,
    latent_sources,
    main_source,
)
from technovae_gui import theme
from technovae_gui.document import Document
from technovae_gui.inspector.readouts import AttributeBars, DetailList, Details
from technovae_gui.inspector.settings_form import EditRequest, SettingsForm
from technovae_gui.widgets import forms

DescribeSource: TypeAlias = Callable[[ClipSource], Details]
MeasureSource: TypeAlias = Callable[[ClipSource], dict[str, float]]


class ClipInspector(QWidget):
    """Shows the clips that are selected in the document, and edits them.

    Signals:
        redecode_requested(list[str]): ids of the selected latent clips that belong to another
            model, to be decoded by the current one.
    """

    redecode_requested = Signal(object)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._describe: DescribeSource = _describe_without_library
        self._attributes_of: MeasureSource = _no_attributes
        self._model_hash = ""
        self._shown: list[Clip] = []
        self._step = 0
        self.heading = QLabel()
        self.heading.setProperty("heading", True)
        self.details = DetailList()
        self.bars = AttributeBars()
        self.form = SettingsForm()
        self.redecode = QPushButton("Decode again with the current model")
        self.empty = QLabel("Select a clip")
        self.setAccessibleName("Clip inspector")
        self._lay_out()
        self.form.edit_requested.connect(self._edit)
        self.redecode.clicked.connect(self._redecode)
        document.changed.connect(self._update)
        document.selection_changed.connect(self._selection_changed)
        self._refresh()

    def set_describe(self, describe: DescribeSource) -> None:
        """Set the function that describes a source in lines of label and value."""
        self._describe = describe
        self._refresh()

    def set_attributes(self, attributes_of: MeasureSource) -> None:
        """Set the function that gives the attributes of a source by name, 0..1.

        It returns an empty dictionary where they are not known.
        """
        self._attributes_of = attributes_of
        self._refresh()

    def set_model_hash(self, model_hash: str) -> None:
        """Set the hash of the current model; clips of another one can be decoded again."""
        self._model_hash = model_hash
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        self._update()
        super().showEvent(event)

    @Slot()
    def _selection_changed(self) -> None:
        self._step += 1
        self._update()

    @Slot()
    def _update(self) -> None:
        """Show what the document has now; while hidden, showing waits for `showEvent`."""
        if self.isVisible() and not _same(self._shown, self._document.selected_clips()):
            self._refresh()

    def _refresh(self) -> None:
        clips = self._shown = self._document.selected_clips()
        self._scroll.setVisible(bool(clips))
        self.empty.setVisible(not clips)
        if not clips:
            return
        self.heading.setText(f"{len(clips)} clips")
        self.heading.setVisible(len(clips) > 1)  # of one, the field below has the name
        self.form.show_clips(clips)
        self._show_source(clips)

    def _show_source(self, clips: Sequence[Clip]) -> None:
        sources = {clip.source: None for clip in clips}
        one = next(iter(sources)) if len(sources) == 1 else None
        self.details.show_details(self._describe(one) if one is not None else _counts(clips))
        self.bars.show_values(self._attributes_of(one) if one is not None else {})
        outdated = self._outdated_ids()
        latent = any(latent_sources(clip.source) for clip in clips)
        self.redecode.setVisible(latent)
        self.redecode.setEnabled(bool(outdated))
        self.redecode.setToolTip(
            "Made with an earlier model; sounds a little different with the current one"
            if outdated
            else "Made with the current model"
        )

    def _outdated_ids(self) -> list[str]:
        """Ids of the selected latents that belong to another model than the current one."""
        return [
            clip.id
            for clip in self._shown
            if self._model_hash
            and any(it.model_hash != self._model_hash for it in latent_sources(clip.source))
        ]

    @Slot()
    def _redecode(self) -> None:
        self.redecode_requested.emit(self._outdated_ids())

    @Slot(object)
    def _edit(self, request: EditRequest) -> None:
        """Make the edit one undo step; edits of the same field in a row are one."""
        ids = [clip.id for clip in self._shown]
        if not ids:
            return
        field = request.field
        if not field:
            self._step += 1
        merge = ("inspector", id(self), field, self._step) if field else None
        carries = request.moves and self._document.automation_follows

        def edited(now: Arrangement) -> Arrangement:
            after = request.edit(now, ids)
            return (
                with_curves_moved(now, after, {clip_id: clip_id for clip_id in ids})
                if carries
                else after
            )

        self._document.edit(request.name, edited, merge=merge)
        self._refresh()

    def _lay_out(self) -> None:
        self._content = QWidget()
        column = QVBoxLayout(self._content)
        column.setContentsMargins(*(3 * theme.SPACE,) * 4)
        column.setSpacing(2 * theme.SPACE)
        parts = (self.heading, self.form, self.redecode, forms.rule(), self.details, self.bars)
        for widget in parts:
            column.addWidget(widget)
        column.addStretch(1)
        self.empty.setProperty("dim", True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        scroll = forms.ScrollArea()
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


def _counts(clips: Sequence[Clip]) -> Details:
    latents = sum(isinstance(main_source(clip.source), LatentSource) for clip in clips)
    return [("Of your tracks", str(len(clips) - latents)), ("Decoded", str(latents))]


def _describe_without_library(source: ClipSource) -> Details:
    source = main_source(source)
    if isinstance(source, LatentSource):
        points = len(source.latents)
        return [("Source", "a point of the map" if points == 1 else f"{points} points, one a bar")]
    return [("Source", "a segment"), ("Segment", source.segment_id)]


def _no_attributes(_source: ClipSource) -> dict[str, float]:
    return {}
