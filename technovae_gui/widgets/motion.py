"""Whether things may move on the screen that carry no information by moving."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSettings

REDUCED_MOTION: Final = "reduced_motion"
"""Name of the user's setting."""
_state = {"reduced": False}


def load() -> None:
    """Take over the user's setting; called once, when the program starts."""
    _state["reduced"] = bool(QSettings().value(REDUCED_MOTION, False, bool))


def is_reduced() -> bool:
    """Whether nothing glides, pulses or folds."""
    return _state["reduced"]


def set_reduced(reduced: bool) -> None:
    """Change and keep the user's setting."""
    _state["reduced"] = reduced
    QSettings().setValue(REDUCED_MOTION, reduced)
