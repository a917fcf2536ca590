"""Kick, bass, drums and rest of any segment: soft masks over its spectrogram.

A small network (`network`) reads a spectrogram and says for each cell which share of its power each
part has; `repetition` and `low_rank` make that agree with how music is made.
`model.PartsModel` applies all three, `masking` filters audio by what it says, `separation` does
so for whole files, `training` learns it from music whose parts are known.
"""
