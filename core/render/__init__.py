"""A latent or a real segment -> audio at a tempo."""

from core.render.decoder import Decoder

__all__ = ["Decoder"]
