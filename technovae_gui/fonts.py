"""The bundled typeface, Inter, in three weights (SIL Open Font License: `fonts/OFL.txt`)."""

from __future__ import annotations

import logging
from functools import cache
from pathlib import Path
from typing import Final

from PySide6.QtGui import QFontDatabase

_FOLDER: Final = Path(__file__).parent / "fonts"
_FILES: Final = ("Inter-Regular.otf", "Inter-Medium.otf", "Inter-SemiBold.otf")
_LOG = logging.getLogger(__name__)


@cache
def load() -> None:
    """Make the typeface known to Qt, once. Without its files text is in the system's typeface.

    A `QApplication` has to exist.
    """
    for name in _FILES:
        if QFontDatabase.addApplicationFont(str(_FOLDER / name)) < 0:
            _LOG.warning("%s cannot be loaded; the system's typeface is used", _FOLDER / name)
