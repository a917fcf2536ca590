"""What the timeline's parts share beside document and camera: snap, playhead, follow."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from technovae_gui.timeline.snapping import Snap


class State(QObject):
    """Plain values. Signals: snap_changed(), follow_changed()."""

    snap_changed = Signal()
    follow_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.playhead = 0.0
        self.playing = False
        self.row = 0
        """The lane that was clicked last: where things are pasted."""
        self._snap = Snap.BAR
        self._follow = True

    @property
    def snap(self) -> Snap:
        """The grid."""
        return self._snap

    @snap.setter
    def snap(self, snap: Snap) -> None:
        if snap is not self._snap:
            self._snap = snap
            self.snap_changed.emit()

    @property
    def follow(self) -> bool:
        """Whether the view goes along with the playhead."""
        return self._follow

    @follow.setter
    def follow(self, follow: bool) -> None:
        if follow != self._follow:
            self._follow = follow
            self.follow_changed.emit()

    @property
    def cursor(self) -> int:
        """The tick where "at the playhead" is: on the grid while it moves, exact at rest."""
        return self._snap.near(self.playhead, free=not self.playing)
