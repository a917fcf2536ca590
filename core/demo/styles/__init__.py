"""The scores, one module per style: each has SONGS, from a track's name to what makes its song."""
