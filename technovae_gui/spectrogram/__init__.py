"""Spectrograms as pictures: the panel of three plots, and thumbnails for other rooms."""

from technovae_gui.spectrogram.panel import SpectrogramPanel

__all__ = ["SpectrogramPanel"]
