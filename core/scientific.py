"""scipy, imported late and by one thread at a time."""

from __future__ import annotations

import importlib
import threading
from typing import Final

_PACKAGES: Final = ("fft", "linalg", "ndimage", "signal", "sparse", "spatial.distance", "special")
_LOCK = threading.Lock()
_loaded = threading.Event()


def load() -> None:
    """Import every part of scipy that `core` uses; later calls cost nothing.

    For threads of a program that must show something before scipy is there. Whoever of them comes
    first imports, the others wait: scipy's packages import each other in circles, and two threads
    in one circle see half a module.
    """
    if _loaded.is_set():
        return
    with _LOCK:
        for package in _PACKAGES:
            importlib.import_module(f"scipy.{package}")
        _loaded.set()
