"""Spectrograms: pictures of four bars."""

from technovae_gui.spectrogram.panel import SpectrogramPanel

__all__ = ["SpectrogramPanel"]
