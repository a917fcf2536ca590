"""What the tests of the project room share: no library is opened, no process is started."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from technovae_gui.document import Document
from technovae_gui.project.open_project import OpenProject
from technovae_gui.widgets.banners import Banners
from tests.technovae_gui.project.fakes import FakeBackground, FakeSessions


@pytest.fixture
def sessions(qapp: object) -> FakeSessions:
    return FakeSessions()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where unsaved work is kept."""
    return tmp_path / "recovery"


@pytest.fixture
def open_project(document: Document, folder: Path) -> Iterator[OpenProject]:
    made = OpenProject(document, cast("Any", FakeBackground()), folder)
    yield made
    made.close()


@pytest.fixture
def banners(qtbot: Any) -> Banners:
    made = Banners()
    qtbot.addWidget(made)
    return made
