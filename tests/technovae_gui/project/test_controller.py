"""Work is never thrown away unasked, and nobody is asked without need."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtWidgets import QFileDialog, QWidget

from core.arrangement import edits, project_file
from technovae_gui.document import Document
from technovae_gui.project.controller import ProjectController
from technovae_gui.project.open_project import OpenProject
from technovae_gui.project.questions import Leaving, OtherLibrary
from technovae_gui.widgets.banners import Banners
from tests.technovae_gui.project.fakes import (
    DEMO,
    FakeBackground,
    FakeQuestions,
    FakeSessions,
    latent,
    place,
    real,
    session,
)


@pytest.fixture
def questions() -> FakeQuestions:
    return FakeQuestions()


@pytest.fixture
def controller(
    open_project: OpenProject,
    sessions: FakeSessions,
    questions: FakeQuestions,
    banners: Banners,
    qtbot: Any,
) -> ProjectController:
    window = QWidget()
    qtbot.addWidget(window)
    background: Any = FakeBackground()
    made = ProjectController(
        window, open_project, cast("Any", sessions), background, banners, questions
    )
    sessions.arrive(DEMO)
    return made


def unsaved_files(folder: Path) -> list[Path]:
    return list(folder.glob("[!.]*.technovae"))


def clips(document: Document) -> int:
    return sum(1 for _ in document.arrangement.clips())


def test_nobody_is_asked_about_nothing(
    controller: ProjectController, document: Document, questions: FakeQuestions
) -> None:
    place(document, real("d1"))
    document.undo_stack.undo()
    document.set_loop((0, 3840))
    document.apply(edits.set_tempo(document.arrangement, 131.0))
    controller.ask_new()
    assert controller.confirm_leaving()
    assert questions.asked == []


def test_cancelling_stays(
    controller: ProjectController, document: Document, questions: FakeQuestions, tmp_path: Path
) -> None:
    """Fault: the arrangement went without a question."""
    project_file.save(project_file.load(saved(tmp_path)), tmp_path / "b.technovae")
    place(document, real("d1"))
    controller.ask_new()
    assert not controller.open(tmp_path / "b.technovae")
    assert clips(document) == 1
    assert questions.asked == [("Untitled",), ("Untitled",)]


def saved(tmp_path: Path) -> Path:
    from core.arrangement.project import Project

    path = tmp_path / "a.technovae"
    project_file.save(Project(Document().arrangement), path)
    return path


def test_what_is_not_saved_is_gone(
    controller: ProjectController,
    open_project: OpenProject,
    document: Document,
    questions: FakeQuestions,
    folder: Path,
) -> None:
    place(document, real("d1"))
    open_project.keep_unsaved_work()
    questions.leaving = Leaving.DISCARD
    controller.ask_new()
    assert clips(document) == 0
    assert unsaved_files(folder) == []
    assert open_project.abandoned() == []


def test_what_is_saved_is_where_the_user_says(
    controller: ProjectController,
    document: Document,
    questions: FakeQuestions,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place(document, real("d1"))
    questions.leaving = Leaving.SAVE
    names = iter([("", ""), (str(tmp_path / "no" / "x.technovae"), ""), (str(tmp_path / "x"), "")])
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: next(names))
    controller.ask_new()  # the file dialog is cancelled
    assert clips(document) == 1
    controller.ask_new()  # the folder does not exist
    assert clips(document) == 1
    controller.ask_new()
    assert clips(document) == 0
    assert (tmp_path / "x.technovae").is_file()


def test_another_window_has_written_the_file_meanwhile(
    controller: ProjectController,
    document: Document,
    questions: FakeQuestions,
    banners: Banners,
    tmp_path: Path,
) -> None:
    path = saved(tmp_path)
    controller.open(path)
    place(document, real("d1"))
    path.write_text(path.read_text() + "\n")
    questions.leaving = Leaving.SAVE
    controller.ask_new()
    assert clips(document) == 1
    assert "another window" in banners.texts()["save"]


def test_the_system_is_not_held_up(
    controller: ProjectController,
    open_project: OpenProject,
    document: Document,
    questions: FakeQuestions,
    folder: Path,
) -> None:
    place(document, real("d1"))
    controller.leave_unasked()
    assert len(unsaved_files(folder)) == 1
    assert controller.confirm_leaving()
    assert questions.asked == []
    place(document, real("d1"))  # it did not end after all
    assert not controller.confirm_leaving()
    open_project.close()
    assert len(open_project.abandoned()) == 1


def test_unsaved_work_is_listed_and_restored_one_by_one(
    controller: ProjectController,
    open_project: OpenProject,
    document: Document,
    questions: FakeQuestions,
    banners: Banners,
    folder: Path,
) -> None:
    for number in range(2):
        other = Document()
        died = OpenProject(other, cast("Any", FakeBackground()), folder)
        place(other, *[real("d1")] * (number + 1))
        died.close()
    controller.offer_recovery()
    assert "(2)" in banners.texts()["recovery"]
    assert banners.texts()["recovery"].startswith("There is unsaved work from today")
    controller.show_recovery()
    assert controller.dialog is not None
    assert "recovery" not in banners.texts()
    one = next(row for row in controller.dialog.rows if row.work.clips == 1)
    one.restore.click()
    assert clips(document) == 1
    assert open_project.unsaved
    assert len(open_project.abandoned()) == 1
    controller.show_recovery()
    controller.dialog.rows[0].restore.click()  # the question is answered by Cancel
    assert clips(document) == 1
    questions.leaving = Leaving.DISCARD
    controller.show_recovery()
    controller.dialog.rows[0].restore.click()
    assert clips(document) == 2
    assert open_project.abandoned() == []


def test_a_damaged_one_is_offered_too(
    controller: ProjectController, banners: Banners, folder: Path
) -> None:
    (folder / "1-a.technovae").write_text("{")
    controller.offer_recovery()
    assert "(1)" in banners.texts()["recovery"]
    controller.show_recovery()
    assert controller.dialog is not None
    assert not controller.dialog.rows[0].restore.isEnabled()
    controller.dialog.close()
    assert (folder / "1-a.technovae").exists()


def test_without_unsaved_work_nothing_is_offered(
    controller: ProjectController, banners: Banners
) -> None:
    controller.offer_recovery()
    assert banners.texts() == {}
    controller.show_recovery()
    assert controller.dialog is not None
    assert controller.dialog.rows == []


# Another library


@pytest.mark.parametrize("answer", [OtherLibrary.CANCEL, OtherLibrary.KEEP])
def test_another_library_while_there_are_clips(
    controller: ProjectController,
    sessions: FakeSessions,
    open_project: OpenProject,
    document: Document,
    questions: FakeQuestions,
    tmp_path: Path,
    answer: OtherLibrary,
) -> None:
    place(document, real("d1"), latent("demo"))
    questions.other_library = answer
    controller.open_library(tmp_path / "mine")
    assert questions.asked == [("mine", "built-in demo")]
    assert len(sessions.opened) == (answer is OtherLibrary.KEEP)
    assert clips(document) == 2
    sessions.arrive(session(tmp_path / "mine", "t1"))
    kept = open_project.origins.main.library == tmp_path / "mine"
    assert kept == (answer is OtherLibrary.KEEP)
    found = open_project.origins.of(real("d1"))
    assert found is not None
    assert found.library is None


def test_a_new_project_for_another_library(
    controller: ProjectController,
    sessions: FakeSessions,
    document: Document,
    questions: FakeQuestions,
    tmp_path: Path,
) -> None:
    place(document, real("d1"))
    questions.other_library = OtherLibrary.NEW_PROJECT
    controller.open_library(tmp_path / "mine")
    assert sessions.opened == []  # leaving was cancelled
    assert clips(document) == 1
    questions.leaving = Leaving.DISCARD
    controller.open_library(tmp_path / "mine")
    assert sessions.opened == [(tmp_path / "mine", None)]
    assert clips(document) == 0


def test_no_question_without_clips_or_for_a_library_in_use(
    controller: ProjectController,
    sessions: FakeSessions,
    document: Document,
    questions: FakeQuestions,
    tmp_path: Path,
) -> None:
    controller.open_library(tmp_path / "mine")
    sessions.arrive(session(tmp_path / "mine", "t1"))
    place(document, real("t1"))
    controller.open_library(tmp_path / "mine")
    assert questions.asked == []
    questions.other_library = OtherLibrary.KEEP
    controller.open_library()
    sessions.arrive(DEMO)
    place(document, real("d1"))
    assert len(questions.asked) == 1
    controller.open_library(tmp_path / "mine")
    assert len(questions.asked) == 1


def test_a_library_for_files_dropped_on_the_arrangement_keeps_it(
    controller: ProjectController,
    sessions: FakeSessions,
    document: Document,
    questions: FakeQuestions,
    tmp_path: Path,
) -> None:
    place(document, real("d1"))
    assert not controller.create_library(tmp_path / "new")
    assert not (tmp_path / "new").exists()
    assert controller.create_library(tmp_path / "new", keep=True)
    assert sessions.opened == [(tmp_path / "new", None)]
    assert clips(document) == 1
    assert len(questions.asked) == 1


def test_the_version_of_a_project_is_offered_until_another_is_opened(
    controller: ProjectController, open_project: OpenProject, banners: Banners
) -> None:
    controller.missing.version_found.emit(Path("version.keras"))
    assert "earlier model" in banners.texts()["version"]
    open_project.new()
    assert "version" not in banners.texts()
