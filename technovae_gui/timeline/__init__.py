"""The timeline: lanes of clips, arranged with the mouse and the keys."""

from technovae_gui.timeline.clip_style import ClipInfo
from technovae_gui.timeline.geometry import Snap
from technovae_gui.timeline.view import TimelineView

__all__ = ["ClipInfo", "Snap", "TimelineView"]
