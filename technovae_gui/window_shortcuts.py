"""Enters every command of the window into the table of shortcuts."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QWidget

from core.settings import PARTS
from technovae_gui.compose.compose_panel import ComposePanel
from technovae_gui.map import LatentMapView
from technovae_gui.shortcuts import Command, Scope, Shortcuts
from technovae_gui.timeline import TimelineView
from technovae_gui.transport import TransportBar

_FIXED: Final = {
    "play-stop-what-sounds": "Space also pans the map, and plays from number fields",
    "stop-back-to-where-playing-began": "Esc also ends drags and closes sheets",
}
_NUDGES: Final = ("Left", "Right", "Up", "Down")


def enter_commands(
    window: QMainWindow,
    timeline: TimelineView,
    view: LatentMapView,
    bar: TransportBar,
    import_button: QWidget,
    compose: ComposePanel,
) -> Shortcuts:
    """Make the table; the commands take over the keys that the user has chosen for them.

    Args:
        window: with all its menus; its own actions work everywhere.
        timeline: has actions of its own.
        view: the map, which has keys of its own.
        bar: the transport; its tool tips name keys, as those of the timeline and the map do.
        import_button: its tool tip, too.
        compose: tells how a composition is taken back.
    """
    shortcuts = Shortcuts(window)
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    for action in window.findChildren(QAction, options=direct):
        name = action.objectName()
        if name in _FIXED:
            keys = tuple(key.toString() for key in action.shortcuts())
            shortcuts.add(Command(name, action.text(), Scope.WINDOW, keys, _FIXED[name]))
        elif name:
            shortcuts.add_action(name, action, Scope.WINDOW)
    for name, action in timeline.actions_by_name.items():
        shortcuts.add_action(f"timeline-{name}", action, Scope.TIMELINE)
    for key in _NUDGES:
        text, reason = f"Nudge {key.lower()}", "the arrow keys move clips"
        shortcuts.add(Command(f"nudge-{key.lower()}", text, Scope.TIMELINE, (key,), reason))
    for command in view.keys.commands:
        shortcuts.add(
            Command(f"map-{command.name}", command.text, Scope.MAP, command.keys),
            partial(view.keys.set_keys, command.name),
        )
    _show_in_tips(shortcuts, timeline, view, bar)
    shortcuts.show_in_tip(import_button, ["import-audio"])
    shortcuts.show_in_tip(compose.destination, ["undo"])
    return shortcuts


def _show_in_tips(
    shortcuts: Shortcuts, timeline: TimelineView, view: LatentMapView, bar: TransportBar
) -> None:
    tools, toolbar = view.tools, timeline.toolbar
    for name, widget in (
        ("back-to-the-first-bar", bar.start),
        ("repeat-the-loop-region", bar.loop),
        ("tap-the-tempo", bar.tap),
        ("tap-the-tempo", bar.tempo),
        ("metronome", bar.metronome),
        ("timeline-add_lane", timeline.headers.add_button),
        ("timeline-add_lane", toolbar.add_lane),
        ("timeline-split", toolbar.split),
        ("timeline-zoom_in", toolbar.zoom_in),
        ("timeline-zoom_out", toolbar.zoom_out),
        ("timeline-zoom_fit", toolbar.zoom_fit),
        ("map-fit", tools.fit),
        ("map-random", tools.random),
        ("map-lasso", tools.lasso),
        ("map-path", tools.path),
        ("map-search", tools.search),
        ("map-attributes", tools.attributes),
        ("map-a", tools.a),
        ("map-b", tools.b),
    ):
        shortcuts.show_in_tip(widget, [name])
    for part, button in zip(PARTS, tools.parts.buttons, strict=True):
        shortcuts.show_in_tip(
            button, *([f"map-{does}-{part}"] for does in ("part", "solo", "lock"))
        )
    for name, slider in view.attributes.sliders.items():
        shortcuts.show_in_tip(slider, [f"map-less-{name}", f"map-more-{name}"])


def shown_in_menu(text: str, keys: str) -> str:
    """Write a menu's text with keys that are not an action's own.

    Args:
        text: of the menu's entry.
        keys: as `QKeySequence` reads them; empty for none.

    Returns:
        The text, and behind a tab the keys as this system writes them.
    """
    shown = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
    return f"{text}\t{shown}" if shown else text
