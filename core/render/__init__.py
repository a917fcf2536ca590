"""A latent or a real segment -> audio at a tempo.

Nothing is imported here: the segment reader needs this package without what decodes.
"""
