"""Exporting the arrangement as audio files."""

from technovae_gui.export_panel.panel import ExportPanel
from technovae_gui.export_panel.request import ExportRequest

__all__ = ["ExportPanel", "ExportRequest"]
