"""Play, stop, loop, tempo, position, level and device."""

from technovae_gui.transport_bar.bar import TransportBar

__all__ = ["TransportBar"]
