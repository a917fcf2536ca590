"""The library: SQLite, spectrogram shards, audio, and how tracks come into it."""
