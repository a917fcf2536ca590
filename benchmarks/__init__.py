"""Measurements of the engine and the window; each is a program of its own."""

import core  # noqa: F401  # before numpy, which then multiplies matrices on one thread
