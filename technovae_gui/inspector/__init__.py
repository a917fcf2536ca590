"""The clip inspector and the panel of spectrograms around it."""

from technovae_gui.inspector.panel import ClipInspector

__all__ = ["ClipInspector"]
