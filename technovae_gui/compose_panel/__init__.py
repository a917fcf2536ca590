"""Composing a whole track along an energy curve."""

from technovae_gui.compose_panel.panel import ComposePanel
from technovae_gui.compose_panel.request import ComposeRequest

__all__ = ["ComposePanel", "ComposeRequest"]
