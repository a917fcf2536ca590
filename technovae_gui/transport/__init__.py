"""Play, stop, loop, tempo, position, level and device."""

from technovae_gui.transport.transport_bar import TransportBar

__all__ = ["TransportBar"]
