"""Places of the map that were heard: a list to play, to star and to drag from."""

from technovae_gui.history.history_panel import HistoryPanel

__all__ = ["HistoryPanel"]
