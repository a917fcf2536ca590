"""The library: what is open, its tracks, importing, and their beat grids."""

from technovae_gui.library.grid_editor import GridEditor
from technovae_gui.library.panel import LibraryPanel

__all__ = ["GridEditor", "LibraryPanel"]
