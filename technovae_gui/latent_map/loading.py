"""The rooms that bring scipy, imported once and by one thread at a time."""

from __future__ import annotations

import importlib
import threading

_ROOMS = ("inverse", "sampling", "axes", "paths")
_LOCK = threading.Lock()
_loaded = threading.Event()


def load() -> None:
    """Import what a map's inverse, posterior, axes and morphs need; later calls cost nothing.

    The thread behind the map does so first. Called again while it is at it, this waits: scipy's
    packages import each other in circles, and two threads in one circle see half a module.
    """
    if _loaded.is_set():
        return
    with _LOCK:
        for room in _ROOMS:
            importlib.import_module(f"core.latent.{room}")
        importlib.import_module("scipy.signal")  # the meters' thread will want it
        _loaded.set()
