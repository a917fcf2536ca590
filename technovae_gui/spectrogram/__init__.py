"""Spectrograms as pictures: the panel of three, and thumbnails for everybody."""
