"""Endless music with known parts: songs drawn by chance from the demo's instruments."""
