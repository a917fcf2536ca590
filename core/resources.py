"""Where the built-in demo lies: in the checkout, or where the installed program put it."""

from __future__ import annotations

import sys
from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parents[1]
_INSTALLED = Path(sys.prefix) / "share" / "technovae"


def demo_library() -> Path:
    """Folder of the built-in demo library."""
    return _root() / "resources" / "demo"


def demo_model() -> Path:
    """The model trained on the built-in demo library."""
    return _root() / "saved_models" / "vae_best.keras"


def _root() -> Path:
    return _CHECKOUT if (_CHECKOUT / "resources").is_dir() else _INSTALLED
