"""Kick, bass, drums and rest of any segment: soft masks over its spectrogram.

A small network (`network`) reads a spectrogram and says for each cell which share of its power each
part has. `model.PartsModel` applies it, `masking` filters audio by what it says, `separation` does
so for whole files, `training` learns it from music whose parts are known.
"""
