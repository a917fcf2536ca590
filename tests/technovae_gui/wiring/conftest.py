"""The window on the demo, as the wiring sees it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSettings

from technovae_gui.main_window import MainWindow

PATIENCE = 90_000


@pytest.fixture
def window(qtbot: Any, tmp_path: Path) -> Iterator[MainWindow]:
    """On the screen, the demo's map there."""
    QSettings().setValue("hint_seen", True)
    made = MainWindow(tmp_path / "sessions")
    made.show()
    made.begin()
    qtbot.waitUntil(lambda: made.studio.map is not None, timeout=PATIENCE)
    yield made
    made.close()
    made.deleteLater()
