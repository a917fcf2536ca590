"""Processes that work for the window, and the threads that carry their answers to it."""
