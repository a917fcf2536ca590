"""Composing a whole track along an energy curve."""

from technovae_gui.compose.panel import ComposePanel
from technovae_gui.compose.request import ComposeRequest

__all__ = ["ComposePanel", "ComposeRequest"]
