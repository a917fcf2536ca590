"""Spectrograms as pictures: the panel of three, and thumbnails for everybody."""

from technovae_gui.spectrogram.panel import SpectrogramPanel

__all__ = ["SpectrogramPanel"]
