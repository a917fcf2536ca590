"""Exporting the arrangement as audio files."""

from technovae_gui.export.export_panel import ExportPanel, ExportRequest

__all__ = ["ExportPanel", "ExportRequest"]
