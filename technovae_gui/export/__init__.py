"""Exporting the arrangement as audio files."""

from technovae_gui.export.panel import ExportPanel
from technovae_gui.export.request import ExportRequest

__all__ = ["ExportPanel", "ExportRequest"]
