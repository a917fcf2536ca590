"""Clips and arrangements are written from the loops that they are played from."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import soundfile
from PySide6.QtWidgets import QFileDialog

from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.clip import Clip, ClipSource, RealSource
from core.arrangement.export_options import ExportOptions
from core.arrangement.project import Origin
from core.session import Session
from core.settings import TICKS_PER_SEGMENT, segment_frames
from core.workers import tasks
from core.workers.background import Background
from technovae_gui.document import Document
from technovae_gui.export.controller import ExportController
from technovae_gui.export.export_panel import ExportRequest
from technovae_gui.services import Services
from technovae_gui.session_controller import SessionController
from technovae_gui.timeline import ClipRequest
from technovae_gui.widgets.file_dialogs import unused_files
from tests.technovae_gui.fakes import FakeSessions

BPM = 131.0


@dataclass
class FakeLoops:
    kept: dict[ClipSource, np.ndarray] = field(default_factory=dict)

    def loop(self, source: ClipSource, bpm: float) -> np.ndarray | None:
        return self.kept.get(source)

    def sounds(self, arrangement: Arrangement) -> dict[ClipSource, np.ndarray] | None:
        sources = {clip.source for clip in arrangement.clips()}
        return {it: self.kept[it] for it in sources} if sources <= set(self.kept) else None


class FakeServices:
    def __init__(self) -> None:
        self.loops, self.background = FakeLoops(), Background()


@dataclass
class Bench:
    controller: ExportController
    services: FakeServices
    jobs: list[tuple[Any, dict[str, Any]]]


@pytest.fixture
def bench(qtbot: Any, demo_map: object, monkeypatch: pytest.MonkeyPatch) -> Any:
    document, services = Document(), FakeServices()
    for number in range(3):
        source = RealSource(str(number))
        level = np.full((segment_frames(BPM), 2), 0.1 * (number + 1), np.float32)
        services.loops.kept[source] = level
    clips = tuple(
        Clip(
            f"clip-{number}",
            RealSource(str(number)),
            number * TICKS_PER_SEGMENT,
            TICKS_PER_SEGMENT,
            name=name,
        )
        for number, name in enumerate(("kick", "kick", "pad/1"))
    )
    document.apply(Arrangement(BPM, (Lane("lane-a", "A", clips),)))
    controller = ExportController(
        cast(SessionController, FakeSessions(Session(library_id="demo", map=cast(Any, demo_map)))),
        cast(Services, services),
        document,
    )
    qtbot.addWidget(controller.panel)
    jobs: list[tuple[Any, dict[str, Any]]] = []
    monkeypatch.setattr(
        controller.job, "start", lambda function, **arguments: jobs.append((function, arguments))
    )
    yield Bench(controller, services, jobs)
    services.background.close()


def test_several_clips_are_all_saved_and_no_file_is_replaced(
    bench: Bench, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "kick.wav").write_text("mine")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    with qtbot.waitSignal(bench.controller.status) as status:
        bench.controller.save_clips(
            ClipRequest(
                (
                    "clip-0",
                    "clip-1",
                    "clip-2",
                )
            )
        )
    assert "3 clips saved" in status.args[0]
    assert (tmp_path / "kick.wav").read_text() == "mine"
    levels = {
        path.name: soundfile.read(path)[0].max()
        for path in tmp_path.glob("*.wav")
        if path.name != "kick.wav"
    }
    assert set(levels) == {"kick 2.wav", "kick 3.wav", "pad 1.wav"}
    assert min(levels.values()) > 0


def test_one_clip_is_saved_where_the_user_says(
    bench: Bench, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = str(tmp_path / "my 1.2")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (chosen, ""))
    with qtbot.waitSignal(bench.controller.status):
        bench.controller.save_clips(ClipRequest(("clip-2",)))
    assert soundfile.info(f"{chosen}.wav").frames == segment_frames(BPM)


def test_clips_that_are_not_decoded_yet_are_not_saved_without_a_word(
    bench: Bench, qtbot: Any
) -> None:
    bench.services.loops.kept.clear()
    with qtbot.waitSignal(bench.controller.problem) as problem:
        bench.controller.save_clips(ClipRequest(("clip-0",)))
    assert "still being rendered" in problem.args[1]


def export(bench: Bench, lufs: float | None) -> tuple[Any, dict[str, Any]]:
    bench.controller.panel.export_requested.emit(
        ExportRequest(Path("track.wav"), 24, "whole", False, lufs)
    )
    return bench.jobs[-1]


def test_as_it_is_played_is_written_from_the_loops_that_are_ready(bench: Bench) -> None:
    function, arguments = export(bench, None)
    assert function is tasks.export_loops
    assert arguments["options"] == ExportOptions(lufs=None)
    assert set(arguments["loops"]) == set(bench.services.loops.kept)
    bench.services.loops.kept.popitem()
    assert export(bench, None)[0] is tasks.export_audio


def test_a_master_is_rendered_anew(bench: Bench) -> None:
    function, arguments = export(bench, -14.0)
    assert function is tasks.export_audio
    assert arguments["options"] == ExportOptions(lufs=-14.0)


def test_files_get_names_that_file_systems_take(tmp_path: Path) -> None:
    names = [' a/b:c*"d" ', "", "...", "x" * 300]
    assert [path.name for path in unused_files(tmp_path, names)] == [
        "a b c d.wav",
        "clip.wav",
        "clip 2.wav",
        f"{'x' * 80}.wav",
    ]


def test_an_export_knows_the_other_libraries_of_its_clips(bench: Bench) -> None:
    other = Origin(Path("/music/other"))
    bench.controller._other_origins = lambda: (other,)
    request = ExportRequest(Path("a.wav"), 24, "whole", False, -14.0)
    bench.controller.panel.export_requested.emit(request)
    ((_, arguments),) = bench.jobs
    assert arguments["origins"] == (other,)


def test_an_arrangement_is_exported_without_a_map(bench: Bench) -> None:
    """A new library has none; the clips are from another one."""
    sessions = cast(Any, bench.controller._sessions)
    sessions.session = Session(library_id="new", library_path=Path("/music/new"))
    request = ExportRequest(Path("a.wav"), 24, "whole", False, -14.0)
    bench.controller.panel.export_requested.emit(request)
    ((_, arguments),) = bench.jobs
    assert (arguments["library"], arguments["model"]) == (Path("/music/new"), None)


def test_without_a_library_nothing_is_exported(bench: Bench) -> None:
    cast(Any, bench.controller._sessions).session = Session()
    request = ExportRequest(Path("a.wav"), 24, "whole", False, -14.0)
    bench.controller.panel.export_requested.emit(request)
    assert bench.jobs == []
    assert "no library open" in bench.controller.panel.message.text()
