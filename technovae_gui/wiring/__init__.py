"""Connects panels that do not know each other: one module for each thing that people do."""
