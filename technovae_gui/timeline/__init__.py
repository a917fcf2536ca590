"""The timeline: lanes of clips, arranged with the mouse and the keys."""

from technovae_gui.timeline.looks import ClipInfo
from technovae_gui.timeline.snapping import Snap
from technovae_gui.timeline.view import TimelineView

__all__ = ["ClipInfo", "Snap", "TimelineView"]
