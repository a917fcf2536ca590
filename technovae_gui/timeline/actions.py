"""The timeline's commands as actions; shortcuts, context menus and the menu bar share them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from core import resources
from core.arrangement import automation_edits, edits
from core.arrangement.arrangement import Arrangement
from core.arrangement.clip import Clip, GroupSource, latent_sources, muted_parts
from core.arrangement.lane_effects import NO_EFFECTS
from core.settings import PARTS
from technovae_gui.document import Document
from technovae_gui.timeline.clip_commands import ClipCommands
from technovae_gui.timeline.colour_menu import add_colours
from technovae_gui.timeline.key_commands import KeyCommands, key_label
from technovae_gui.timeline.lane_headers import LaneHeaders
from technovae_gui.timeline.marker_commands import MarkerCommands
from technovae_gui.timeline.viewport import TimelineState, Viewport
from technovae_gui.widgets.renderer_names import RENDERER_NAMES

_ZOOM = 1.5
VIEW_ACTIONS = ("zoom_in", "zoom_out", "zoom_fit", "follow", "automation")
"""Names of those that change what is seen and not the arrangement."""
_LOCATORS = 9
MARKER_ACTIONS = (
    *("add_marker", "previous_marker", "next_marker"),
    *(f"marker_{number}" for number in range(1, _LOCATORS + 1)),
)
"""Names of those that add markers and go to them."""

_GAIN_TIP = (
    "A double click on the line through a clip adds a point, one on a point removes it;\n"
    "a drag moves it, Ctrl+drag bends the line"
)
_CONSOLIDATE_TIP = (
    "One clip that sounds like those selected, with their gains, fades and parts;\n"
    "it keeps them, and “Take apart” gives them back"
)
_CLIP_MENU = (
    ("audition", "loop_selection", "save_wav"),
    ("split", "duplicate", "cut", "copy", "paste", "delete", "rename"),
    ("bass_swap", "bass_cut", "reverse", "mute_clip"),
    ("gain_point", "clear_gain_curve"),
    ("consolidate", "take_apart"),
)
_FADES = ("fade_in", "fade_out", "no_fades")
_PARTS = (*(f"part_{part}" for part in PARTS), "split_parts")
_EMPTY_MENU = (
    ("paste", "select_all"),
    ("add_lane",),
    ("repeat_time", "insert_time", "delete_time"),
    ("automation_follows",),
    ("zoom_fit", "follow"),
)
_EDIT_MENU = (
    ("cut", "copy", "paste", "duplicate", "delete"),
    ("select_all", "rename"),
    ("split", "consolidate", "take_apart"),
)
_EDIT_SUBMENUS = (
    (
        "Clip",
        (
            ("audition", "loop_selection", "save_wav"),
            ("mute_clip", "reverse", "bring_to_key"),
            ("bass_swap", "bass_cut"),
        ),
    ),
    ("Fades and gain", (_FADES, ("gain_point", "clear_gain_curve"))),
    ("Parts", (_PARTS,)),
    ("Renderer", (tuple(f"renderer_{name}" for name in RENDERER_NAMES),)),
    ("Time", (("repeat_time", "insert_time", "delete_time"), ("automation_follows",))),
)
"""All but what is seen and markers, in pieces that fit on a low screen."""


@dataclass(frozen=True)
class ClipRequest:
    """The ids of the clips that something is asked for, lane by lane; at least one."""

    clip_ids: tuple[str, ...]

    @classmethod
    def of_selection(cls, document: Document) -> ClipRequest:
        """Ask for what is selected."""
        return cls(tuple(clip.id for clip in document.selected_clips()))


class TimelineActions(QObject):
    """Holds the actions by name, enabled and checked as the selection says.

    Signals:
        rename_requested(str): id of the clip to rename.
        save_requested(ClipRequest): write these clips as WAV.
        audition_requested(ClipRequest): listen to these clips.
        seek_requested(int): move the playhead to this tick.
        automation_toggled(str, bool): id of the lane whose automation is to be shown or hidden.
        status(str): one line about what was done.
    """

    automation_toggled = Signal(str, bool)
    rename_requested = Signal(str)
    save_requested = Signal(object)
    audition_requested = Signal(object)
    seek_requested = Signal(int)
    status = Signal(str)

    def __init__(
        self, document: Document, viewport: Viewport, state: TimelineState, widget: QWidget
    ) -> None:
        super().__init__(widget)
        self._document, self._viewport, self._state = document, viewport, state
        self._widget = widget
        self._commands = ClipCommands(document, state, self.status.emit)
        self.key_commands = KeyCommands(document, self.status.emit)
        self.markers = MarkerCommands(document, state, self.seek_requested.emit)
        self.by_name: dict[str, QAction] = {}
        self._of_clips: list[QAction] = []
        self._of_loop: list[QAction] = []
        self._add_edits()
        self._add_sound()
        self._add_view()
        self._add_markers()
        document.selection_changed.connect(self._refresh)
        document.loop_changed.connect(self._refresh)
        document.changed.connect(self._refresh_checks)
        state.follow_changed.connect(self._refresh_checks)
        document.automation_follows_changed.connect(self._refresh_checks)
        self._refresh()

    def clip_menu(self, clip_id: str) -> QMenu:
        """A context menu for the selected clips; it deletes itself once it is closed.

        Args:
            clip_id: of the clip under the mouse, whose key the others can be brought to.
        """
        menu = self._menu(_CLIP_MENU)
        menu.setToolTipsVisible(True)
        self._add_key(menu, clip_id)
        clips = self._document.selected_clips()
        shown = {clip.colour for clip in clips}
        add_colours(
            menu.addMenu("Colour"),
            "Of its music",
            shown.pop() if len(shown) == 1 else None,
            self._commands.set_colour,
        )
        fades = menu.addMenu("Fades")
        fades.addActions([self.by_name[name] for name in _FADES])
        parts = menu.addMenu("Parts")
        parts.setToolTipsVisible(True)
        parts.addActions([self.by_name[name] for name in _PARTS])
        renderers = menu.addMenu("Renderer")
        renderers.addActions([self.by_name[f"renderer_{name}"] for name in RENDERER_NAMES])
        renderers.setEnabled(any(action.isEnabled() for action in renderers.actions()))
        return menu

    def empty_menu(self, tick: int, row: int) -> QMenu:
        """A context menu for empty space; it deletes itself once it is closed.

        Args:
            tick: of the mouse, on the grid: clips are pasted there.
            row: of the mouse; below the last lane, clips are pasted on a new one.
        """
        menu = self._menu(_EMPTY_MENU)
        here = QAction("Paste here", menu)
        here.triggered.connect(lambda: self._commands.paste_at(tick, row))
        here.setEnabled(self._commands.can_paste)
        menu.insertAction(menu.actions()[0], here)
        return menu

    def fill_edit_menu(self, menu: QMenu) -> None:
        """Add all that edits the arrangement to the menu bar's menu."""
        self._fill(menu, (*_EDIT_MENU, ("add_lane",)))
        for title, groups in _EDIT_SUBMENUS:
            submenu = menu.addMenu(title)
            submenu.setToolTipsVisible(True)
            self._fill(submenu, groups)

    def refresh_key(self) -> None:
        """Say whether clips can be brought to a key; it takes the keys of all that are selected,
        so it is for menus that open."""
        plan, action = self.key_commands.plan(), self.by_name["bring_to_key"]
        action.setEnabled(plan.brought is not None)
        action.setToolTip(plan.tip)

    def _add_key(self, menu: QMenu, clip_id: str) -> None:
        plan = self.key_commands.plan(clip_id)
        name = "" if plan.target is None else f": {key_label(plan.target)}"
        bring = menu.addAction(f"Bring to this key{name}")
        bring.setToolTip(plan.tip)
        bring.setEnabled(plan.brought is not None)
        bring.triggered.connect(lambda: self.key_commands.bring(clip_id))

    def _menu(self, groups: tuple[tuple[str, ...], ...]) -> QMenu:
        menu = _self_deleting_menu(self._widget)
        self._fill(menu, groups)
        return menu

    def _fill(self, menu: QMenu, groups: tuple[tuple[str, ...], ...]) -> None:
        for number, group in enumerate(groups):
            if number:
                menu.addSeparator()
            menu.addActions([self.by_name[name] for name in group])

    def _add_edits(self) -> None:
        clips, keys = self._commands, QKeySequence.StandardKey
        self._add_for_clips("cut", "Cut", clips.cut, keys.Cut)
        self._add_for_clips("copy", "Copy", clips.copy, keys.Copy)
        self._add("paste", "Paste at the playhead", clips.paste, keys.Paste)
        self._add_for_clips("delete", "Delete", clips.delete, keys.Delete)
        self._add_for_clips("duplicate", "Duplicate", clips.duplicate, "Ctrl+D")
        self._add("split", "Split at the playhead", clips.split, "S")
        self._add("select_all", "Select all", clips.select_all, keys.SelectAll)
        self._add_for_clips("rename", "Rename…", self._rename, "F2")
        self._add_for_clips(
            "loop_selection", "Loop the selection", clips.loop_selection, "Ctrl+Shift+L"
        )
        one = self._add_for_clips("consolidate", "Make into one clip", clips.consolidate, "Ctrl+J")
        one.setToolTip(_CONSOLIDATE_TIP)
        self._add_for_clips("take_apart", "Take apart", clips.take_apart, "Ctrl+Shift+J")
        self._add("add_lane", "Add lane", self._add_lane, "Ctrl+T")
        for name, text, run, key in (
            (
                "repeat_time",
                "Repeat the time of the loop region",
                clips.repeat_time,
                "Ctrl+Shift+D",
            ),
            (
                "insert_time",
                "Insert the time of the loop region",
                clips.insert_time,
                "Ctrl+Shift+I",
            ),
            (
                "delete_time",
                "Delete the time of the loop region",
                clips.delete_time,
                "Ctrl+Shift+Del",
            ),
        ):
            self._of_loop.append(self._add(name, text, run, key))
        follows = self._add(
            "automation_follows",
            "Automation follows clips",
            lambda on: setattr(self._document, "automation_follows", on),
            "Ctrl+Shift+A",
            toggle=True,
        )
        follows.setToolTip(
            "What is drawn over clips is moved, copied and deleted with them, and with time;\n"
            "off: it stays where it is"
        )

    def _add_sound(self) -> None:
        clips = self._commands
        self._add_for_clips("audition", "Listen", self._audition, "Return")
        self._add_for_clips("save_wav", "Save clip as WAV…", self._save)
        self._add_for_clips("fade_in", "Fade in over one bar", clips.fade_in)
        self._add_for_clips("fade_out", "Fade out over one bar", clips.fade_out)
        self._add_for_clips("no_fades", "No fades", clips.no_fades)
        point = self._add_for_clips(
            "gain_point", "Gain point at the playhead", clips.add_gain_point, "G"
        )
        point.setToolTip(_GAIN_TIP)
        self._add_for_clips("clear_gain_curve", "Clear the gain curve", clips.clear_gain_curve)
        self._add_for_clips(
            "bass_swap", "Bass swap where it comes in", clips.set_bass_swap, toggle=True
        )
        self._add_for_clips("bass_cut", "Leave out the bass", clips.set_bass_cut, toggle=True)
        self._add_for_clips("reverse", "Play backwards", clips.set_reverse, "Ctrl+R", toggle=True)
        self._add_for_clips("mute_clip", "Mute clip", clips.set_mute, "0", toggle=True)
        self._add("bring_to_key", "Bring to the first clip's key", self.key_commands.bring)
        for number, part in enumerate(PARTS):
            self._add_for_clips(
                f"part_{part}",
                f"Hear the {part}",
                lambda on, n=number: clips.set_part(n, on),
                toggle=True,
            )
        self._add_for_clips("split_parts", "Split into parts", clips.split_into_parts)
        for name, label in RENDERER_NAMES.items():
            action = self._add_for_clips(
                f"renderer_{name}", label, lambda n=name: clips.set_renderer(n)
            )
            action.setCheckable(True)

    def _add_view(self) -> None:
        viewport = self._viewport
        self._add("zoom_in", "Zoom into the timeline", lambda: viewport.zoom(_ZOOM), "+", "=")
        self._add("zoom_out", "Zoom out of the timeline", lambda: viewport.zoom(1.0 / _ZOOM), "-")
        self._add("zoom_fit", "Show all of the timeline", viewport.fit, "Z")
        self._add("follow", "Follow the playhead", self._set_follow, toggle=True)
        self._add("automation", "Automation of the lane", self._toggle_automation, "A")

    def _add_markers(self) -> None:
        markers = self.markers
        self._add("add_marker", "Add marker at the playhead", markers.add_at_playhead, "M")
        self._add("previous_marker", "To the marker before", markers.go_to_previous, "Ctrl+Left")
        self._add("next_marker", "To the next marker", markers.go_to_next, "Ctrl+Right")
        for number in range(1, _LOCATORS + 1):
            go = partial(markers.go_to, number)
            self._add(f"marker_{number}", f"To marker {number}", go, str(number))

    def _add(
        self, name: str, text: str, run: Callable[..., object], *keys: Any, toggle: bool = False
    ) -> QAction:
        """Add an action that calls `run`; one to `toggle` passes its new state."""
        action = QAction(text, self)
        action.setCheckable(toggle)
        action.setShortcuts([QKeySequence(key) for key in keys])
        # Letters are the timeline's only while it has the focus: elsewhere people type.
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(run if toggle else lambda _checked=False: run())
        self._widget.addAction(action)
        self.by_name[name] = action
        return action

    def _add_for_clips(
        self, name: str, text: str, run: Callable[..., object], *keys: Any, toggle: bool = False
    ) -> QAction:
        """Add an action that needs a selection."""
        action = self._add(name, text, run, *keys, toggle=toggle)
        self._of_clips.append(action)
        return action

    def _refresh(self) -> None:
        for action in self._of_clips:
            action.setEnabled(bool(self._document.selection))
        for action in self._of_loop:
            action.setEnabled(self._document.loop is not None)
        self._refresh_checks()

    def _refresh_parts(self, clips: list[Clip]) -> None:
        """Without a network that tells parts apart, those that are left out can still come back."""
        available = resources.has_parts_model()
        for number, name in enumerate(_PARTS):
            action, part = self.by_name[name], number < len(PARTS)
            muted = part and any(muted_parts(clip.source)[number] for clip in clips)
            if part:
                action.setChecked(not muted)
            action.setEnabled(available or muted)
            action.setToolTip(action.text() if available else resources.PARTS_MISSING)

    def _refresh_checks(self) -> None:
        self.by_name["follow"].setChecked(self._state.follow)
        self.by_name["automation_follows"].setChecked(self._document.automation_follows)
        self.by_name["bring_to_key"].setEnabled(len(self._document.selection) > 1)
        self.by_name["bring_to_key"].setToolTip(self.key_commands.tip)
        if not self._document.selection:
            return
        clips = self._document.selected_clips()
        grouped = any(isinstance(clip.source, GroupSource) for clip in clips)
        self.by_name["take_apart"].setEnabled(grouped)
        drawn = any(clip.gain_curve for clip in clips)
        self.by_name["clear_gain_curve"].setEnabled(drawn)
        self.by_name["bass_swap"].setChecked(all(clip.bass_swap for clip in clips))
        self.by_name["bass_cut"].setChecked(all(clip.bass_cut for clip in clips))
        self.by_name["reverse"].setChecked(all(clip.reverse for clip in clips))
        self.by_name["mute_clip"].setChecked(all(clip.mute for clip in clips))
        self._refresh_parts(clips)
        found = {latent.renderer for c in clips for latent in latent_sources(c.source)}
        for name in RENDERER_NAMES:
            action = self.by_name[f"renderer_{name}"]
            action.setEnabled(bool(found))
            action.setChecked(found == {name})

    def _rename(self) -> None:
        clips = self._document.selected_clips()
        if clips:
            self.rename_requested.emit(clips[0].id)

    def _audition(self) -> None:
        self.audition_requested.emit(ClipRequest.of_selection(self._document))

    def _save(self) -> None:
        self.save_requested.emit(ClipRequest.of_selection(self._document))

    def _add_lane(self) -> None:
        self._document.edit("add lane", edits.add_lane)

    def _toggle_automation(self) -> None:
        """Of the lane that was clicked last."""
        lanes = self._document.arrangement.lanes
        if lanes:
            lane_id = lanes[min(self._state.row, len(lanes) - 1)].id
            self.automation_toggled.emit(lane_id, lane_id not in self._state.automation)

    def _set_follow(self, follow: bool) -> None:
        self._state.follow = follow


def lane_menu(document: Document, lane_id: str, headers: LaneHeaders) -> QMenu:
    """Make the context menu of a lane; it deletes itself once it is closed.

    Args:
        document: what its actions edit.
        lane_id: the lane.
        headers: the parent of the menu; its header of the lane is renamed in place.

    Raises:
        InputError: there is no such lane.
    """
    menu = _self_deleting_menu(headers)
    lanes = document.arrangement.lanes
    lane = document.arrangement.lane(lane_id)
    row = lanes.index(lane)

    def add(text: str, name: str, change: Callable[[Arrangement], Arrangement]) -> QAction:
        action = menu.addAction(text)
        action.triggered.connect(lambda: document.edit(name, change))
        return action

    menu.addAction("Rename…").triggered.connect(headers.header(lane_id).rename)
    add(
        "Unmute" if lane.mute else "Mute",
        "mute lane",
        lambda now: edits.set_lane(now, lane_id, mute=not lane.mute),
    )
    add(
        "No solo" if lane.solo else "Solo",
        "solo lane",
        lambda now: edits.set_lane(now, lane_id, solo=not lane.solo),
    )
    menu.addAction("Equaliser, filters, sends…").triggered.connect(
        headers.header(lane_id).open_effects
    )
    header = headers.header(lane_id)
    shown = menu.addAction("Automation")
    shown.setCheckable(True)
    shown.setChecked(header.automation.isChecked())
    shown.triggered.connect(lambda on: header.automation_toggled.emit(lane_id, on))
    clear = add(
        "Clear all automation",
        "clear automation",
        lambda now: automation_edits.clear(now, lane_id),
    )
    clear.setEnabled(bool(lane.automation))
    flat = add(
        "No effects",
        "lane effects",
        lambda now: edits.set_lane(now, lane_id, effects=NO_EFFECTS),
    )
    flat.setEnabled(lane.effects != NO_EFFECTS)
    menu.addAction("Select its clips").triggered.connect(
        lambda: document.select(clip.id for clip in lane.clips)
    )
    menu.addSeparator()
    up = add("Move up", "move lane", lambda now: edits.reorder_lane(now, lane_id, row - 1))
    up.setEnabled(row > 0)
    down = add("Move down", "move lane", lambda now: edits.reorder_lane(now, lane_id, row + 1))
    down.setEnabled(row < len(lanes) - 1)
    add("Add lane below", "add lane", lambda now: edits.add_lane(now, index=row + 1))
    menu.addSeparator()
    add("Remove lane", "remove lane", lambda now: edits.remove_lane(now, lane_id))
    return menu


def _self_deleting_menu(parent: QWidget) -> QMenu:
    menu = QMenu(parent)
    menu.aboutToHide.connect(menu.deleteLater)
    return menu
