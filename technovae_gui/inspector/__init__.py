"""What the selected clips are, and their settings."""

from technovae_gui.inspector.panel import ClipInspector

__all__ = ["ClipInspector"]
