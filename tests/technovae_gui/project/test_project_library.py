"""A project keeps its own library and model, whatever else is open, and asks where they are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSettings

from core import resources
from core.arrangement import project_file
from core.arrangement.project import Origin, Project
from core.library.model_versions import Figures, keep_version
from core.library.models import MODEL_NAME
from core.library.store import Library
from technovae_gui.document import Document
from technovae_gui.project import missing_files
from technovae_gui.project.missing_files import MissingFiles
from technovae_gui.project.open_project import OpenProject
from technovae_gui.project.project_library import ProjectLibrary
from technovae_gui.project.relink_banner import FileChoosers, RelinkBanner
from technovae_gui.widgets.banners import Banners
from tests.technovae_gui.project.fakes import (
    DEMO,
    FakeBackground,
    FakeSessions,
    latent,
    place,
    real,
    session,
)


@pytest.fixture
def library(open_project: OpenProject, sessions: FakeSessions, banners: Banners) -> ProjectLibrary:
    background: Any = FakeBackground()
    fake: Any = sessions
    missing = MissingFiles(open_project, fake, background, RelinkBanner(banners, banners))
    return ProjectLibrary(open_project, fake, background, missing)


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    folder.mkdir()
    return folder


def saved(tmp_path: Path, library: Path, *sources: Any, **fields: Any) -> Path:
    """A project of `library` with clips of these sources."""
    document = Document()
    place(document, *sources)
    fields = {"library_id": library.name, **fields}
    path = tmp_path / f"of {library.name}.technovae"
    project_file.save(Project(document.arrangement, library, **fields), path)
    return path


def press(banners: Banners, text: str) -> None:
    from PySide6.QtWidgets import QPushButton

    buttons = [it for it in banners.findChildren(QPushButton) if it.text() == text]
    buttons[-1].click()  # those of earlier banners are still to be deleted


def test_a_project_opens_with_its_own_library(
    library: ProjectLibrary,
    open_project: OpenProject,
    sessions: FakeSessions,
    tmp_path: Path,
    mine: Path,
) -> None:
    """Fault: at the start the demo was opened as well, and what came last stayed and was saved."""
    path = saved(tmp_path, mine, real("t1"))
    assert open_project.open(path)
    assert sessions.opened == [(mine, None)]
    sessions.arrive(DEMO)
    sessions.arrive(session(mine, "t1"))
    assert not open_project.unsaved
    assert library.missing.banner.missing == {}
    place(open_project._document, real("t1"))
    assert open_project.save()
    assert project_file.load(path).library == mine


def test_of_two_projects_the_last_one_asked_for_is_open(
    library: ProjectLibrary,
    open_project: OpenProject,
    sessions: FakeSessions,
    tmp_path: Path,
    mine: Path,
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    open_project.open(saved(tmp_path, mine, real("t1")))
    open_project.open(saved(tmp_path, other, real("t2")))
    assert sessions.requested_library == other
    sessions.arrive(session(mine, "t1"))  # as if it came after all
    sessions.arrive(session(other, "t2"))
    assert open_project.snapshot().library == other


def test_the_library_that_is_open_is_not_opened_again(
    library: ProjectLibrary,
    open_project: OpenProject,
    sessions: FakeSessions,
    tmp_path: Path,
    mine: Path,
) -> None:
    sessions.open(mine)
    sessions.arrive(session(mine, "t1", model="m"))
    open_project.open(saved(tmp_path, mine, real("t1"), model_hash="m"))
    assert len(sessions.opened) == 1


def test_but_again_if_another_one_is_asked_for_by_then(
    library: ProjectLibrary,
    open_project: OpenProject,
    sessions: FakeSessions,
    tmp_path: Path,
    mine: Path,
) -> None:
    sessions.open(mine)
    sessions.arrive(session(mine, "t1"))
    sessions.open(tmp_path / "other")
    open_project.open(saved(tmp_path, mine, real("t1")))
    assert sessions.requested_library == mine


def test_the_last_library_stays_when_a_project_is_opened(
    library: ProjectLibrary,
    open_project: OpenProject,
    sessions: FakeSessions,
    tmp_path: Path,
    mine: Path,
) -> None:
    QSettings().setValue("library", "/music/last")
    open_project.open(saved(tmp_path, mine, real("t1")))
    sessions.arrive(session(mine, "t1"))
    sessions.arrive(DEMO)
    assert QSettings().value("library") == "/music/last"
    library.use(mine)
    sessions.arrive(session(mine, "t1"))
    assert QSettings().value("library") == str(mine)
    library.use(resources.demo_library())
    sessions.arrive(DEMO)
    assert not QSettings().contains("library")


def test_a_project_of_a_library_without_a_model_opens_without_one(
    library: ProjectLibrary,
    open_project: OpenProject,
    sessions: FakeSessions,
    tmp_path: Path,
    mine: Path,
) -> None:
    """Not with the demo's, which knows nothing of this music."""
    open_project.open(saved(tmp_path, mine, real("t1")))
    assert sessions.opened == [(mine, None)]


def test_a_model_of_the_users_choice_is_opened_with_it(
    library: ProjectLibrary,
    open_project: OpenProject,
    sessions: FakeSessions,
    tmp_path: Path,
    mine: Path,
) -> None:
    model = tmp_path / "other.keras"
    model.touch()
    path = saved(tmp_path, mine, latent("m"), model=model, model_hash="m")
    open_project.open(path)
    assert sessions.opened == [(mine, model)]


def test_the_librarys_own_model_is_not_a_choice(
    library: ProjectLibrary,
    open_project: OpenProject,
    sessions: FakeSessions,
    tmp_path: Path,
    mine: Path,
) -> None:
    """So that a better one takes its place."""
    model = mine / "saved_models" / "vae_best.keras"
    model.parent.mkdir()
    model.touch()
    open_project.open(saved(tmp_path, mine, latent("m"), model=model, model_hash="m"))
    assert sessions.opened == [(mine, None)]


def test_a_library_that_is_gone_is_asked_for_until_it_is_found(
    library: ProjectLibrary,
    open_project: OpenProject,
    sessions: FakeSessions,
    banners: Banners,
    tmp_path: Path,
    mine: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = saved(tmp_path, tmp_path / "gone", real("t1"), library_id="mine")
    open_project.open(path)
    assert "gone" in banners.texts()["relink"]
    sessions.arrive(DEMO)
    assert "relink" in banners.texts()
    answers = iter([None, resources.demo_library(), mine])
    monkeypatch.setattr(FileChoosers, "library", lambda _: next(answers))
    press(banners, "Find the library…")  # the dialog is closed without an answer
    assert "relink" in banners.texts()
    press(banners, "Find the library…")
    sessions.arrive(DEMO)
    assert "none of this project's tracks" in banners.texts()["relink"]
    assert open_project.snapshot().library == tmp_path / "gone"
    press(banners, "Find the library…")
    sessions.arrive(session(mine, "t1"))
    assert "relink" not in banners.texts()
    assert open_project.unsaved
    assert open_project.save()
    assert project_file.load(path).library == mine


def test_library_and_model_are_asked_for_until_both_are_found(
    library: ProjectLibrary,
    open_project: OpenProject,
    sessions: FakeSessions,
    banners: Banners,
    tmp_path: Path,
    mine: Path,
) -> None:
    lost = {"model": tmp_path / "lost.keras", "model_hash": "m", "library_id": "mine"}
    open_project.open(saved(tmp_path, tmp_path / "gone", real("t1"), latent("m"), **lost))
    assert set(library.missing.banner.missing) == {"library", "model"}
    model = tmp_path / "found.keras"
    model.touch()
    library.missing.banner.model_chosen.emit(model)
    assert set(library.missing.banner.missing) == {"library"}
    library.missing.banner.library_chosen.emit(mine)
    assert sessions.opened == [(mine, model)]
    sessions.arrive(session(mine, "t1", model="m", model_path=model))
    assert library.missing.banner.missing == {}
    assert open_project.snapshot().model == model


@pytest.mark.parametrize("remembered", [True, False])
def test_a_model_that_the_library_remembers_is_not_missed(
    library: ProjectLibrary,
    open_project: OpenProject,
    sessions: FakeSessions,
    banners: Banners,
    tmp_path: Path,
    mine: Path,
    monkeypatch: pytest.MonkeyPatch,
    remembered: bool,
) -> None:
    """Fault: the model's file was gone or replaced by a better one, and the banner asked for it,
    though its latents could be decoded."""
    unknown: frozenset[str] = frozenset() if remembered else frozenset({"before"})
    monkeypatch.setattr(missing_files, "unknown_models", lambda *_: unknown)
    lost = {"model": tmp_path / "lost.keras", "model_hash": "before"}
    open_project.open(saved(tmp_path, mine, latent("before"), **lost))
    assert sessions.opened == [(mine, None)]
    assert library.missing.banner.missing == {}
    sessions.arrive(session(mine, "t1", model="now"))
    assert set(library.missing.banner.missing) == (set() if remembered else {"model"})
    assert open_project.snapshot().model_hash == ("now" if remembered else "before")


def test_a_model_is_asked_for_until_one_makes_the_clips(
    library: ProjectLibrary,
    open_project: OpenProject,
    sessions: FakeSessions,
    tmp_path: Path,
    mine: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(missing_files, "unknown_models", lambda _, hashes: hashes)
    lost = {"model": tmp_path / "lost.keras", "model_hash": "m"}
    open_project.open(saved(tmp_path, mine, latent("m"), **lost))
    sessions.arrive(session(mine, "t1", model="own"))
    for number, model_hash in enumerate(("wrong", "m")):
        assert set(library.missing.banner.missing) == {"model"}
        model = tmp_path / f"{number}.keras"
        library.missing.banner.model_chosen.emit(model)
        assert sessions.opened[-1] == (mine, model)
        sessions.arrive(session(mine, "t1", model=model_hash, model_path=model))
    assert library.missing.banner.missing == {}
    assert open_project.snapshot().model == tmp_path / "1.keras"


def test_the_version_that_a_project_was_made_with_is_offered_once(
    library: ProjectLibrary,
    open_project: OpenProject,
    sessions: FakeSessions,
    tmp_path: Path,
    mine: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Fault: a newer model under the same name took its place without a word."""
    monkeypatch.setattr(missing_files, "unknown_models", lambda *_: frozenset())
    model = mine / MODEL_NAME
    model.parent.mkdir()
    model.write_bytes(b"then")
    version = keep_version(mine, model, Figures())
    model.write_bytes(b"now")
    offered: list[Path] = []
    library.missing.version_found.connect(offered.append)
    made = {"model": model, "model_hash": version.model_hash}
    open_project.open(saved(tmp_path, mine, latent(version.model_hash), **made))
    for _ in range(2):
        sessions.arrive(session(mine, "t1", model="now", model_path=model))
    assert offered == [version.path]
    library.use_version(version.path)
    assert sessions.opened[-1] == (mine, version.path)
    sessions.arrive(session(mine, "t1", model=version.model_hash, model_path=version.path))
    assert open_project.unsaved
    assert open_project.snapshot().model == version.path
    assert offered == [version.path]


def test_a_library_that_cannot_be_read_is_asked_for(
    library: ProjectLibrary,
    open_project: OpenProject,
    sessions: FakeSessions,
    tmp_path: Path,
    mine: Path,
) -> None:
    open_project.open(saved(tmp_path, mine, real("t1")))
    sessions.problem.emit("library", "this library is damaged")
    assert library.missing.banner.missing == {"library": "This library is damaged."}


def test_another_library_of_the_clips_is_asked_for_until_it_is_found(
    library: ProjectLibrary,
    open_project: OpenProject,
    sessions: FakeSessions,
    banners: Banners,
    tmp_path: Path,
    mine: Path,
) -> None:
    other = Origin(tmp_path / "gone", None, "other", tracks=frozenset({"t2"}))
    path = saved(tmp_path, mine, real("t1"), real("t2"), origins=(other,))
    open_project.open(path)
    sessions.arrive(session(mine, "t1"))
    assert "“gone”, which is gone" in banners.texts()["relink"]
    Library.create(tmp_path / "wrong").close()
    library.missing.banner.other_chosen.emit(tmp_path / "wrong")
    assert "has none of the tracks" in banners.texts()["relink"]
    with Library.create(tmp_path / "moved") as made:
        moved_id = made.id
    open_project.origins._known[-1] = replace(open_project.origins._known[-1], library_id=moved_id)
    library.missing.banner.other_chosen.emit(tmp_path / "moved")
    assert "relink" not in banners.texts()
    found = open_project.origins.of(real("t2"))
    assert found is not None
    assert found.library == tmp_path / "moved"
    assert open_project.save()
    assert project_file.load(path).origins[0].library == tmp_path / "moved"


def test_a_project_whose_model_cannot_be_read_opens_without_it(
    library: ProjectLibrary,
    open_project: OpenProject,
    sessions: FakeSessions,
    tmp_path: Path,
    mine: Path,
) -> None:
    model = tmp_path / "other.keras"
    model.touch()
    open_project.open(saved(tmp_path, mine, latent("m"), model=model, model_hash="m"))
    sessions.problem.emit("model", "it cannot be read")
    assert sessions.opened == [(mine, model), (mine, None)]
    assert set(library.missing.banner.missing) == {"model"}


def test_another_project_settles_the_questions_of_the_last_one(
    library: ProjectLibrary,
    open_project: OpenProject,
    sessions: FakeSessions,
    tmp_path: Path,
    mine: Path,
) -> None:
    open_project.open(saved(tmp_path, tmp_path / "gone", real("t1")))
    assert library.missing.banner.missing
    open_project.new()
    assert not library.missing.banner.missing


def test_a_chosen_library_that_is_refused_is_not_the_projects(
    library: ProjectLibrary,
    open_project: OpenProject,
    sessions: FakeSessions,
    document: Document,
    mine: Path,
) -> None:
    sessions.arrive(DEMO)
    place(document, real("d1"))
    library.use(mine)
    sessions.problem.emit("library", "no")
    sessions.arrive(session(mine, "t1"))  # a reload of something else, say
    assert open_project.snapshot().library is None


def test_keeping_an_arrangement_with_another_library_is_saved(
    library: ProjectLibrary,
    open_project: OpenProject,
    sessions: FakeSessions,
    document: Document,
    tmp_path: Path,
    mine: Path,
) -> None:
    sessions.arrive(DEMO)
    place(document, real("d1"))
    assert open_project.save(tmp_path / "both.technovae")
    library.use(mine)
    sessions.arrive(session(mine, "t1"))
    assert open_project.unsaved
    assert open_project.save()
    loaded = project_file.load(tmp_path / "both.technovae")
    assert loaded.library == mine
    (demo,) = loaded.origins
    assert (demo.library, demo.library_id, demo.tracks) == (None, "demo", {"d1"})


def test_a_new_library_is_made_and_used(
    library: ProjectLibrary, sessions: FakeSessions, tmp_path: Path, qtbot: Any
) -> None:
    library.create(tmp_path / "new")
    assert sessions.opened == [(tmp_path / "new", None)]
    assert (tmp_path / "new" / "library.sqlite").is_file()
    with qtbot.waitSignal(library.problem) as reported:
        library.create(tmp_path / "new")
    assert reported.args[0] == "library"
