"""The commands of the timeline as actions: shortcuts, menus and the menu bar share them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from core.arrangement import edits
from core.arrangement.clip import LatentSource
from technovae_gui.document import Document
from technovae_gui.timeline.camera import Camera
from technovae_gui.timeline.clip_commands import ClipCommands
from technovae_gui.timeline.state import State

RENDERERS = {"guided": "Guided", "phase": "Phase", "griffin_lim": "Griffin-Lim"}
_ZOOM = 1.5


class Commands(QObject):
    """Holds the actions by name.

    Signals:
        rename_requested(str clip id)
        save_requested, audition_requested(list of clip ids)
    """

    rename_requested = Signal(str)
    save_requested = Signal(object)
    audition_requested = Signal(object)

    def __init__(self, document: Document, camera: Camera, state: State, parent: QWidget) -> None:
        super().__init__(parent)
        self._document, self._camera, self._state = document, camera, state
        self._widget = parent
        self.clips = ClipCommands(document, state)
        self.table: dict[str, QAction] = {}
        self._of_clips: list[QAction] = []
        self._of_latents: list[QAction] = []
        self._make_edits()
        self._make_sound()
        self._make_view()
        document.selection_changed.connect(self._refresh)
        document.changed.connect(self._refresh_marks)
        state.follow_changed.connect(self._refresh_marks)
        self._refresh()

    def _make_edits(self) -> None:
        clips, keys = self.clips, QKeySequence.StandardKey
        self._of("cut", "Cut", clips.cut, keys.Cut)
        self._of("copy", "Copy", clips.copy, keys.Copy)
        self._add("paste", "Paste at the playhead", clips.paste, keys.Paste)
        self._of("delete", "Delete", clips.delete, keys.Delete)
        self._of("duplicate", "Duplicate", clips.duplicate, "Ctrl+D")
        self._add("split", "Split at the playhead", clips.split, "S")
        self._add("select_all", "Select all", clips.select_all, keys.SelectAll)
        self._of("rename", "Rename…", self._rename, "F2")
        self._of("loop_selection", "Loop the selection", clips.loop_selection, "Ctrl+Shift+L")
        self._add("add_lane", "Add lane", self._add_lane, "Ctrl+T")

    def _make_sound(self) -> None:
        clips = self.clips
        self._of("audition", "Listen", self._audition, "Return")
        self._of("save_wav", "Save clip as WAV…", self._save)
        self._of("fade_in", "Fade in over one bar", clips.fade_in)
        self._of("fade_out", "Fade out over one bar", clips.fade_out)
        self._of("no_fades", "No fades", clips.no_fades)
        self._of("bass_swap", "Bass swap where it comes in", clips.set_bass_swap, on=True)
        self._of("bass_cut", "Leave out the bass", clips.set_bass_cut, on=True)
        for name, label in RENDERERS.items():
            action = self._of(f"renderer_{name}", label, lambda n=name: clips.set_renderer(n))
            action.setCheckable(True)
            self._of_latents.append(action)

    def _make_view(self) -> None:
        camera = self._camera
        self._add("zoom_in", "Zoom in", lambda: camera.zoom(_ZOOM), "+", "=")
        self._add("zoom_out", "Zoom out", lambda: camera.zoom(1.0 / _ZOOM), "-")
        self._add("zoom_fit", "Show everything", camera.fit, "Z")
        self._add("follow", "Follow the playhead", self._set_follow, on=True)

    def _add(
        self, name: str, text: str, run: Callable[..., Any], *keys: Any, on: bool = False
    ) -> QAction:
        """An action that calls `run`, with its new state if it is `on` or off."""
        action = QAction(text, self)
        action.setCheckable(on)
        action.setShortcuts([QKeySequence(key) for key in keys])
        # Letters are the timeline's only while it has the focus: elsewhere people type.
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(run if on else lambda _checked=False: run())
        self._widget.addAction(action)
        self.table[name] = action
        return action

    def _of(
        self, name: str, text: str, run: Callable[..., Any], *keys: Any, on: bool = False
    ) -> QAction:
        action = self._add(name, text, run, *keys, on=on)
        self._of_clips.append(action)
        return action

    def _refresh(self) -> None:
        for action in self._of_clips:
            action.setEnabled(bool(self._document.selection))
        self._refresh_marks()

    def _refresh_marks(self) -> None:
        self.table["follow"].setChecked(self._state.follow)
        if not self._document.selection:
            return
        clips = self._document.selected_clips()
        self.table["bass_swap"].setChecked(all(clip.bass_swap for clip in clips))
        self.table["bass_cut"].setChecked(all(clip.bass_cut for clip in clips))
        found = {c.source.renderer for c in clips if isinstance(c.source, LatentSource)}
        for name in RENDERERS:
            action = self.table[f"renderer_{name}"]
            action.setEnabled(bool(found))
            action.setChecked(found == {name})

    def _rename(self) -> None:
        clips = self._document.selected_clips()
        if clips:
            self.rename_requested.emit(clips[0].id)

    def _audition(self) -> None:
        self.audition_requested.emit([clip.id for clip in self._document.selected_clips()])

    def _save(self) -> None:
        self.save_requested.emit([clip.id for clip in self._document.selected_clips()])

    def _add_lane(self) -> None:
        self._document.edit("add lane", edits.add_lane)

    def _set_follow(self, follow: bool) -> None:
        self._state.follow = follow
