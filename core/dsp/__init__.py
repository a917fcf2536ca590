"""Spectrograms and the way back to sound: pure numpy in, numpy out."""
