"""A latent or a real segment -> audio at a tempo."""

from core.decoder.decoder import Decoder

__all__ = ["Decoder"]
