"""Versions are used and compared by requests for a session, and changed on disk."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from pytestqt.qtbot import QtBot

from core.library.model_versions import Figures, ModelVersion, keep_version, read_versions
from core.library.models import model_for
from core.session import Session
from technovae_gui.services import Services
from technovae_gui.session_controller import SessionController
from technovae_gui.training.versions_controller import VersionsController
from technovae_gui.training.versions_panel import VersionNote, VersionsPanel
from tests.technovae_gui.fakes import FakeServices, FakeSessions


@pytest.fixture
def versions(tmp_path: Path) -> list[ModelVersion]:
    """Two versions of a library's model, the newer first."""
    for number in range(2):
        model = tmp_path / "model.keras"
        model.write_bytes(b"model %d" % number)
        keep_version(tmp_path, model, Figures(), made_at=float(number))
    return read_versions(tmp_path)


@pytest.fixture
def sessions(tmp_path: Path, versions: list[ModelVersion]) -> FakeSessions:
    new = versions[0]
    return FakeSessions(
        Session(library_path=tmp_path, model_path=new.path, model_hash=new.model_hash)
    )


@pytest.fixture
def controller(qtbot: QtBot, sessions: FakeSessions) -> VersionsController:
    panel = VersionsPanel()
    qtbot.addWidget(panel)
    made = VersionsController(
        panel, cast(SessionController, sessions), cast(Services, FakeServices()), panel
    )
    sessions.put_in_place(sessions.session)
    return made


def switch(sessions: FakeSessions, version: ModelVersion) -> None:
    sessions.put_in_place(
        replace(sessions.session, model_path=version.path, model_hash=version.model_hash)
    )


def test_a_version_that_is_used_is_the_librarys_own(
    controller: VersionsController,
    sessions: FakeSessions,
    versions: list[ModelVersion],
    tmp_path: Path,
) -> None:
    _, old = versions
    controller.panel.use_requested.emit(old)
    assert sessions.requests == [("adopt", tmp_path, old.path)]
    assert model_for(tmp_path) == old.path


def test_a_and_b_take_turns_and_neither_becomes_the_librarys_own(
    qtbot: QtBot,
    controller: VersionsController,
    sessions: FakeSessions,
    versions: list[ModelVersion],
    tmp_path: Path,
) -> None:
    new, old = versions
    for sounding, wanted in ((new, old), (old, new), (new, old)):
        assert sessions.session.model_hash == sounding.model_hash
        with qtbot.waitSignal(controller.heard_with) as heard:
            controller.panel.compare_requested.emit(old)
        assert heard.args == [wanted.model_hash]
        assert sessions.requests[-1] == ("adopt", tmp_path, wanted.path)
        switch(sessions, wanted)
    assert not (tmp_path / "model.txt").exists()


def test_notes_and_deletions_are_on_disk_and_in_the_list(
    controller: VersionsController, versions: list[ModelVersion], tmp_path: Path
) -> None:
    new, old = versions
    controller.panel.note_requested.emit(VersionNote(old.model_hash, "more bass"))
    assert [it.note for it in read_versions(tmp_path)] == ["", "more bass"]
    controller.panel.delete_requested.emit(old)
    assert [it.model_hash for it in read_versions(tmp_path)] == [new.model_hash]
    assert controller.panel.list.topLevelItemCount() == 1
    controller.panel.delete_requested.emit(old)
    assert "no version" in controller.panel.message.text()
