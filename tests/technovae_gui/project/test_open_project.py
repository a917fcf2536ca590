"""Projects: saved, reopened, recent; unsaved work survives whatever happens to the window."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.arrangement import edits, project_file
from core.arrangement.clip import Clip, RealSource
from core.arrangement.project import Playback, Project
from core.errors import OutputError, ProjectError
from core.session import Session
from core.workers.background import Background
from technovae_gui.document import Document
from technovae_gui.project import recovery
from technovae_gui.project.open_project import OpenProject


@pytest.fixture
def background(qapp: object) -> Iterator[Background]:
    made = Background()
    yield made
    made.close()


@pytest.fixture
def open_project(
    document: Document, background: Background, tmp_path: Path
) -> Iterator[OpenProject]:
    made = OpenProject(document, background, tmp_path / "sessions")
    yield made
    made.close()


def place(document: Document, clip_id: str = "a", start: int = 0) -> None:
    lane = document.arrangement.lanes[0].id
    clip = Clip(clip_id, RealSource("x-0-0"), start)
    document.edit("place", lambda a: edits.add(a, lane, clip))


def test_what_is_saved_opens_again(
    open_project: OpenProject, document: Document, tmp_path: Path
) -> None:
    place(document)
    assert open_project.unsaved
    assert open_project.save(tmp_path / "night")
    assert not open_project.unsaved
    assert open_project.path == tmp_path / "night.technovae"
    saved = document.arrangement
    open_project.new()
    assert not any(True for _ in document.arrangement.clips())
    assert open_project.open(tmp_path / "night.technovae")
    assert document.arrangement == saved
    assert open_project.recent() == [tmp_path / "night.technovae"]
    assert open_project.name == "night"


def test_a_file_that_is_no_project_changes_nothing(
    open_project: OpenProject, document: Document, tmp_path: Path, qtbot: Any
) -> None:
    place(document)
    before = document.arrangement
    bad = tmp_path / "bad.technovae"
    bad.write_text("{")
    with qtbot.waitSignal(open_project.problem) as reported:
        assert not open_project.open(bad)
    assert "bad.technovae" in reported.args[1]
    assert document.arrangement is before


@pytest.mark.skipif(
    getattr(os, "geteuid", int)() == 0, reason="root may write into read-only folders"
)
def test_a_read_only_folder_is_reported(
    open_project: OpenProject, document: Document, tmp_path: Path, qtbot: Any
) -> None:
    place(document)
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    with qtbot.waitSignal(open_project.problem) as reported:
        assert not open_project.save(folder / "a.technovae")
    assert "read-only" in reported.args[1]
    assert open_project.unsaved


def test_a_missing_folder_is_reported_and_nothing_is_lost(
    open_project: OpenProject, document: Document, tmp_path: Path, qtbot: Any
) -> None:
    place(document)
    with qtbot.waitSignal(open_project.problem) as reported:
        assert not open_project.save(tmp_path / "gone" / "a.technovae")
    assert "does not exist" in reported.args[1]
    assert open_project.unsaved


def test_unsaved_work_of_a_closed_window_is_offered(
    document: Document, background: Background, tmp_path: Path
) -> None:
    first = OpenProject(document, background, tmp_path / "sessions")
    place(document)
    first.close()
    other = Document()
    second = OpenProject(other, background, tmp_path / "sessions")
    (found,) = second.abandoned()
    assert second.restore(found)
    assert other.arrangement == document.arrangement
    assert second.unsaved
    second.close()


def test_work_of_a_living_window_is_not_offered(
    open_project: OpenProject,
    document: Document,
    background: Background,
    qtbot: Any,
    tmp_path: Path,
) -> None:
    place(document)
    open_project.autosave()
    qtbot.waitUntil(lambda: any((tmp_path / "sessions").glob("[!.]*.technovae")))
    assert open_project.abandoned() == []


def test_a_saved_project_leaves_no_session(
    open_project: OpenProject, document: Document, qtbot: Any, tmp_path: Path
) -> None:
    place(document)
    open_project.autosave()
    qtbot.waitUntil(lambda: any((tmp_path / "sessions").glob("[!.]*.technovae")))
    open_project.save(tmp_path / "a.technovae")
    assert not any((tmp_path / "sessions").glob("*.technovae"))


_EDITOR = """
    import sys
    from pathlib import Path
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication
    from core.arrangement import edits
    from core.arrangement.clip import Clip, RealSource
    from technovae_gui.document import Document
    from core.workers.background import Background
    from technovae_gui.project.open_project import OpenProject
    app = QApplication([])
    document = Document()
    open_project = OpenProject(document, Background(), Path(sys.argv[1]))
    lane = document.arrangement.lanes[0].id
    count = [0]
    def edit():
        clip = Clip(f"c{count[0]}", RealSource("x-0-0"), count[0] * 20000)
        document.edit("place", lambda a: edits.add(a, lane, clip))
        count[0] += 1
        print(count[0], flush=True)
    timer = QTimer(interval=100)
    timer.timeout.connect(edit)
    timer.start()
    app.exec()
"""


@pytest.mark.slow
def test_a_killed_window_loses_less_than_five_seconds(tmp_path: Path, qapp: object) -> None:
    """kill -9 in the middle of an edit ten times a second; 50 edits are five seconds."""
    folder = tmp_path / "sessions"
    editor = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(_EDITOR), str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    assert editor.stdout is not None
    edits_made = [int(line) for _, line in zip(range(75), editor.stdout, strict=False)][-1]
    editor.kill()
    # It may have gone on until the kill came.
    edits_made = max([edits_made, *map(int, editor.stdout)])
    editor.wait()
    editor.stdout.close()
    (found,) = recovery.abandoned(folder)
    document, original = recovery.restore(found)
    kept = sum(1 for _ in document.arrangement.clips())
    assert original is None
    assert edits_made - 50 <= kept <= edits_made + 1


def test_a_damaged_autosave_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "x.technovae"
    project_file.save(Project(Document().arrangement), path)
    content = json.loads(path.read_text())
    content["autosave_of"] = 3
    path.write_text(json.dumps(content))
    with pytest.raises(ProjectError, match="damaged"):
        recovery.restore(path)


def test_an_untitled_project_without_a_clip_is_never_unsaved(
    open_project: OpenProject, document: Document
) -> None:
    assert not open_project.unsaved
    place(document)
    assert open_project.unsaved
    document.edit("remove", lambda a: edits.delete(a, ["a"]))
    assert not document.undo_stack.isClean()
    assert not open_project.unsaved
    document.undo_stack.undo()
    assert open_project.unsaved
    document.undo_stack.undo()
    document.edit("tempo", lambda a: edits.set_tempo(a, 140.0))
    document.apply(edits.set_tempo(document.arrangement, 120.0))
    open_project.set_playback(Playback((0, 3840), False, -6.0))
    assert not open_project.unsaved


def test_work_that_was_undone_leaves_no_file(
    open_project: OpenProject, document: Document, qtbot: Any, tmp_path: Path
) -> None:
    place(document)
    open_project.autosave()
    qtbot.waitUntil(lambda: any((tmp_path / "sessions").glob("[!.]*.technovae")))
    document.undo_stack.undo()
    open_project.autosave()
    assert not any((tmp_path / "sessions").glob("*.technovae"))


@pytest.mark.parametrize("leave", ["new", "close"])
def test_what_the_user_discards_is_gone(
    open_project: OpenProject, document: Document, qtbot: Any, tmp_path: Path, leave: str
) -> None:
    place(document)
    open_project.autosave()
    qtbot.waitUntil(lambda: any((tmp_path / "sessions").glob("[!.]*.technovae")))
    open_project.discard_when_left()
    getattr(open_project, leave)()
    assert not any((tmp_path / "sessions").glob("*.technovae"))


def test_a_project_that_cannot_be_opened_discards_nothing(
    open_project: OpenProject, document: Document, tmp_path: Path
) -> None:
    place(document)
    open_project.discard_when_left()
    assert not open_project.open(tmp_path / "none.technovae")
    open_project.close()
    assert any((tmp_path / "sessions").glob("*.technovae"))


def test_an_edit_after_that_is_kept(
    open_project: OpenProject, document: Document, tmp_path: Path
) -> None:
    place(document)
    open_project.discard_when_left()
    place(document, "b", 20000)
    open_project.close()
    assert any((tmp_path / "sessions").glob("*.technovae"))


def test_unsaved_work_is_kept_at_once_when_the_system_ends(
    open_project: OpenProject, document: Document, tmp_path: Path
) -> None:
    place(document)
    open_project.keep_unsaved_work()
    (kept,) = (tmp_path / "sessions").glob("[!.]*.technovae")
    assert recovery.restore(kept)[0].arrangement == document.arrangement


def test_recovered_work_is_on_disk_before_its_file_goes(
    document: Document, background: Background, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fault: the file went at once, the copy of this window was still to be written."""
    first = OpenProject(document, background, tmp_path / "sessions")
    place(document)
    first.close()
    second = OpenProject(Document(), background, tmp_path / "sessions")
    (found,) = second.abandoned()
    monkeypatch.setattr(recovery.RecoveryFile, "write", full_disk)
    assert second.restore(found)
    assert found.exists()
    monkeypatch.undo()
    second.discard_when_left()
    assert second.restore(found)
    assert not found.exists()
    second.keep_unsaved_work()
    (copy,) = (tmp_path / "sessions").glob("[!.]*.technovae")
    assert recovery.restore(copy)[0].arrangement == document.arrangement
    second.close()


def full_disk(*_: object) -> None:
    raise OutputError("the disk is full")


def test_a_damaged_autosave_is_not_deleted_by_trying(
    open_project: OpenProject, tmp_path: Path, qtbot: Any
) -> None:
    damaged = tmp_path / "sessions" / "1-a.technovae"
    damaged.write_text("{")
    with qtbot.waitSignal(open_project.problem) as reported:
        assert not open_project.restore(damaged)
    assert reported.args[0] == "recovery"
    assert damaged.exists()


def test_a_project_is_saved_with_the_library_that_it_was_opened_with(
    open_project: OpenProject, document: Document, tmp_path: Path
) -> None:
    """Fault: whatever library was open by then was written into the file."""
    (tmp_path / "mine").mkdir()
    place(document)
    path = tmp_path / "night.technovae"
    mine = Project(document.arrangement, tmp_path / "mine", library_id="mine")
    project_file.save(mine, path)
    assert open_project.open(path)
    demo = Session(generation=1, library_id="demo")
    open_project.origins.put_session(demo)
    assert open_project.save()
    saved = project_file.load(path)
    assert (saved.library, saved.library_id) == (tmp_path / "mine", "mine")


def test_unknown_fields_of_the_file_are_saved_again(
    open_project: OpenProject, tmp_path: Path
) -> None:
    path = tmp_path / "night.technovae"
    project_file.save(Project(Document().arrangement, extra={"later": 1}), path)
    open_project.open(path)
    open_project.save()
    assert project_file.load(path).extra == {"later": 1}
    open_project.new()
    open_project.save(tmp_path / "other.technovae")
    assert project_file.load(tmp_path / "other.technovae").extra == {}


def test_relinking_is_saved(open_project: OpenProject, tmp_path: Path) -> None:
    path = tmp_path / "night.technovae"
    project_file.save(Project(Document().arrangement), path)
    open_project.open(path)
    assert not open_project.unsaved
    open_project.note_relinked()
    assert open_project.unsaved
    open_project.save()
    assert not open_project.unsaved
