"""The library: what is open, its tracks, importing, and their beat grids."""

from technovae_gui.library.beat_grid_editor import BeatGridEditor
from technovae_gui.library.library_panel import LibraryPanel

__all__ = ["BeatGridEditor", "LibraryPanel"]
