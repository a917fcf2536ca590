"""Folders are shown by a program of the system, with the libraries of the system."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from technovae_gui.widgets.file_manager import open_folder


@pytest.mark.parametrize(
    ("frozen", "before", "inside"),
    [(False, None, "/ours"), (True, None, None), (True, "/theirs", "/theirs")],
)
def test_what_is_started_does_not_get_the_bundles_libraries(
    frozen: bool,
    before: str | None,
    inside: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[tuple[str, str | None]] = []

    def opened(url: QUrl) -> bool:
        seen.append((url.toLocalFile(), os.environ.get("LD_LIBRARY_PATH")))
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", opened)
    monkeypatch.setattr(sys, "frozen", frozen, raising=False)
    monkeypatch.setenv("LD_LIBRARY_PATH", "/ours")
    monkeypatch.delenv("LD_LIBRARY_PATH_ORIG", raising=False)
    if before is not None:
        monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", before)
    assert open_folder(tmp_path)
    assert [(Path(folder), libraries) for folder, libraries in seen] == [(tmp_path, inside)]
    assert os.environ["LD_LIBRARY_PATH"] == "/ours"
