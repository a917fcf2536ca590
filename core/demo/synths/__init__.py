"""The synthesisers."""
