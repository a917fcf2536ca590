"""Clips, lanes and arrangements, and how they become one sound."""
