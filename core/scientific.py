"""scipy, imported late and by one thread at a time."""

from __future__ import annotations

import importlib
import threading
from typing import Final

_PACKAGES: Final = ("fft", "linalg", "ndimage", "sparse", "spatial.distance", "special")
_LOCK = threading.Lock()
_loaded: set[str] = set()


def load(*packages: str, signal: bool = False) -> None:
    """Import the parts of scipy that `core` uses; later calls cost nothing.

    For threads of a program that must show something before scipy is there. Whoever of them comes
    first imports, the others wait: scipy's packages import each other in circles, and two threads
    in one circle see half a module.

    Args:
        packages: of scipy, such as "sparse"; all that `core` uses by default.
        signal: also scipy.signal, which brings scipy.stats and needs as much memory as the others.
    """
    missing = [package for package in packages or _PACKAGES if package not in _loaded]
    if missing:
        with _LOCK:
            for package in missing:
                importlib.import_module(f"scipy.{package}")
                _loaded.add(package)
    if signal:
        with _LOCK:
            importlib.import_module("scipy.signal")
