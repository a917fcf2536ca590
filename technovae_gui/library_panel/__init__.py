"""The library: what is open, its tracks, importing, and their beat grids."""

from technovae_gui.library_panel.grid_editor import GridEditor
from technovae_gui.library_panel.panel import LibraryPanel

__all__ = ["GridEditor", "LibraryPanel"]
