"""The timeline: lanes of clips, arranged with the mouse and the keys."""

from technovae_gui.timeline.actions import ClipRequest
from technovae_gui.timeline.clip_style import ClipInfo
from technovae_gui.timeline.drop_target import FileDrop
from technovae_gui.timeline.geometry import Snap
from technovae_gui.timeline.thumbnails import ThumbnailRequest
from technovae_gui.timeline.view import TimelineView

__all__ = ["ClipInfo", "ClipRequest", "FileDrop", "Snap", "ThumbnailRequest", "TimelineView"]
