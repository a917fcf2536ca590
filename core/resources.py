"""Where the built-in demo lies, in the checkout or installed; what a model file is known by."""

from __future__ import annotations

import hashlib
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


def digest(path: Path) -> str:
    """The hash by which a model file is known, from its bytes. Raises `OSError`."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


def _root() -> Path:
    return _CHECKOUT if (_CHECKOUT / "resources").is_dir() else _INSTALLED
