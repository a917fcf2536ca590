"""Composing a whole track along an energy curve."""

from technovae_gui.compose.compose_panel import ComposePanel, ComposeRequest

__all__ = ["ComposePanel", "ComposeRequest"]
