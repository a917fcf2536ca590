"""Sessions are put in place once, in the order they were asked for, whatever answers first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtCore import QObject, Signal

from core.errors import LibraryError, ModelError
from core.library.models import remember_model
from core.library.store import Library
from core.session import Session
from core.vae import network_file
from core.workers import tasks
from core.workers.segment_service import Opened
from technovae_gui import session_controller
from technovae_gui.main_window import MainWindow
from technovae_gui.map_placement import MapPlacement
from technovae_gui.services import Services
from technovae_gui.session_controller import SessionController
from tests.core.library.building import add_track
from tests.core.vae.conftest import TINY
from tests.technovae_gui.conftest import PATIENCE

ONE, OTHER = Path("one"), Path("other")


class FakeDecoder(QObject):
    ready = Signal(object)
    refused = Signal(str)
    died = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.started: list[Path] = []

    def start(self, library: Path) -> None:
        self.started.append(library)


@dataclass
class FakeLoops:
    sessions: list[Session] = field(default_factory=list)

    def set_session(self, session: Session) -> None:
        self.sessions.append(session)


@dataclass
class FakeBackground:
    """Answers when the test says so, in any order."""

    waiting: list[tuple[Callable[[], Any], Callable[[Any], None]]] = field(default_factory=list)

    def submit(
        self,
        work: Callable[[], Any],
        then: Callable[[Any], None],
        failed: Callable[[str], None] | None = None,
    ) -> None:
        self.waiting.append((work, then))

    def answer(self, number: int = 0) -> None:
        work, then = self.waiting.pop(number)
        then(work())


class FakeServices:
    def __init__(self) -> None:
        self.background, self.loops, self.decoder = FakeBackground(), FakeLoops(), FakeDecoder()


@dataclass
class Bench:
    """A controller on a disk of made-up sessions; what came of it."""

    controller: SessionController
    services: FakeServices
    disk: dict[Path, Session | Exception]
    requests: list[tuple[Path, Path | None]]
    placements: list[tuple[Path, Path]] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)
    changes: list[Session] = field(default_factory=list)

    def answer(self, number: int = 0) -> None:
        self.services.background.answer(number)

    def opened(self, library: Path, model: Path | None = None) -> Session:
        self.controller.open(library, model)
        self.answer()
        return self.controller.session


def session(library: Path, tracks: tuple[str, ...] = ("track",), model: str = "m") -> Session:
    return Session(
        library_path=library,
        library_id=str(library),
        tracks=cast(Any, tuple(Named(name) for name in tracks)),
        model_path=Path(f"{model}.keras"),
        model_hash=model,
        map=cast(Any, FakeMap(library, Path(f"{model}.keras"))),
    )


@dataclass(frozen=True)
class FakeMap:
    library: Path
    model_path: Path
    refined: bool = True
    tracks: frozenset[str] = frozenset({"track"})

    def remaining(self, tracks: tuple[Named, ...]) -> FakeMap | None:
        left = self.tracks & {track.id for track in tracks}
        return replace(self, tracks=left) if left < self.tracks else self


@dataclass(frozen=True)
class Named:
    id: str
    grid: str = ""


@pytest.fixture
def bench(qapp: object, monkeypatch: pytest.MonkeyPatch) -> Bench:
    disk: dict[Path, Session | Exception] = {ONE: session(ONE), OTHER: session(OTHER)}
    requests: list[tuple[Path, Path | None]] = []

    def open_session(library: Path, model: Path | None, *, generation: int) -> Session:
        requests.append((library, model))
        found = disk[library]
        if isinstance(found, Exception):
            raise found
        return replace(found, generation=generation, model_path=model or found.model_path)

    monkeypatch.setattr(session_controller, "open_session", open_session)
    services = FakeServices()
    controller = SessionController(cast(Services, services))
    made = Bench(controller, services, disk, requests)
    placement = controller._placement
    monkeypatch.setattr(placement, "request", lambda *where: made.placements.append(where))
    controller.problem.connect(lambda *line: made.problems.append(line))
    controller.session_changed.connect(made.changes.append)
    return made


def test_the_decoder_is_started_while_the_first_library_is_read(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_controller, "model_for", lambda library: Path("m.keras"))
    bench.controller.open(ONE)
    bench.controller.open(OTHER)
    assert bench.services.decoder.started == [ONE]


def test_it_is_not_started_for_a_library_without_a_model(bench: Bench) -> None:
    bench.controller.open(ONE)
    assert bench.services.decoder.started == []


def test_of_two_opens_the_second_wins_whichever_is_read_first(bench: Bench) -> None:
    bench.controller.open(ONE)
    bench.controller.open(OTHER)
    bench.answer(1)
    bench.answer(0)
    assert bench.controller.session.library_path == OTHER
    assert [it.library_path for it in bench.changes] == [OTHER]


def test_the_second_wins_when_the_first_is_refused_late(bench: Bench) -> None:
    bench.disk[ONE] = LibraryError("one: no such library")
    bench.controller.open(ONE)
    bench.controller.open(OTHER)
    bench.answer(1)
    bench.answer(0)
    assert bench.controller.session.library_path == OTHER
    assert bench.problems == []


def test_a_chosen_model_survives_every_reload(bench: Bench) -> None:
    chosen = Path("chosen.keras")
    bench.opened(ONE, chosen)
    bench.disk[ONE] = session(ONE, ("track", "new"))
    bench.controller.reload(ONE)
    bench.answer()
    assert bench.controller.session.model_path == chosen
    assert bench.requests[-1] == (ONE, chosen)
    assert bench.controller.session.map is not None


def test_a_change_of_a_library_that_was_left_reloads_nothing(bench: Bench) -> None:
    bench.opened(ONE)
    bench.controller.open(OTHER)
    bench.controller.reload(ONE)
    bench.answer()
    assert bench.controller.session.library_path == OTHER
    assert bench.services.background.waiting == []


@pytest.mark.parametrize(
    ("error", "topic"), [(LibraryError("gone"), "library"), (ModelError("gone"), "model")]
)
def test_a_refused_open_leaves_everything_as_it_is(
    bench: Bench, error: Exception, topic: str
) -> None:
    before = bench.opened(ONE)
    bench.disk[OTHER] = error
    assert bench.opened(OTHER) is before
    assert bench.problems == [(topic, "gone")]
    bench.controller.reload()
    bench.answer()
    assert bench.controller.session.library_path == ONE


def test_an_error_inside_is_one_line_too(bench: Bench) -> None:
    bench.disk[ONE] = LibraryError("damaged")
    bench.opened(ONE)
    assert bench.problems == [("library", "damaged")]
    assert bench.controller.session.generation == 0


def test_generations_count_up(bench: Bench) -> None:
    numbers = [bench.opened(path).generation for path in (ONE, OTHER, ONE)]
    assert numbers == [1, 2, 3]


def test_the_services_get_each_session_that_is_put_in_place(bench: Bench) -> None:
    opened = [bench.opened(library) for library in (ONE, OTHER)]
    assert bench.services.loops.sessions == opened == bench.changes


def test_a_better_model_waits_for_its_map(bench: Bench) -> None:
    before = bench.opened(ONE)
    better = Path("better.keras")
    bench.disk[ONE] = replace(session(ONE, model="better"), map=None)
    bench.controller.adopt_model(ONE, better)
    bench.answer()
    assert bench.controller.session is before
    assert bench.placements == [(ONE, better)]
    bench.disk[ONE] = session(ONE, model="better")
    bench.controller._placement.placed.emit(ONE, better)
    bench.answer()
    assert bench.controller.session.model_hash == "better"


def test_a_model_of_a_library_that_was_left_is_not_adopted(bench: Bench) -> None:
    bench.opened(ONE)
    bench.controller.open(OTHER)
    bench.controller.adopt_model(ONE, Path("better.keras"))
    bench.answer()
    assert bench.controller.session.library_path == OTHER


def test_the_first_map_is_placed_and_one_that_is_never_kept_is_no_endless_loop(
    bench: Bench,
) -> None:
    bench.disk[ONE] = replace(session(ONE), map=None)
    bench.opened(ONE)
    assert bench.controller.session.map is None
    assert len(bench.placements) == 1
    bench.controller._placement.placed.emit(*bench.placements[0])
    bench.answer()
    assert len(bench.placements) == 1
    assert bench.problems[-1][0] == "model"


def test_a_map_that_is_not_refined_is_shown_and_refined(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted: list[tuple[Path, Path]] = []
    monkeypatch.setattr(bench.controller._placement, "refine", lambda *it: wanted.append(it))
    coarse = cast(Any, FakeMap(ONE, Path("m.keras"), refined=False))
    bench.disk[ONE] = replace(session(ONE), map=coarse)
    assert bench.opened(ONE).map is coarse
    assert wanted == [(ONE, Path("m.keras"))]
    bench.disk[ONE] = session(ONE)
    bench.controller._placement.refined.emit(ONE)
    bench.answer()
    refined = bench.controller.session.map
    assert refined is not None
    assert refined.refined
    assert len(wanted) == 1
    assert bench.placements == []


def test_a_map_that_cannot_be_refined_stays(bench: Bench) -> None:
    lines: list[str] = []
    bench.controller.status.connect(lines.append)
    before = bench.opened(ONE)
    bench.controller._placement.unrefined.emit("the disk is full")
    assert bench.controller.session is before
    assert "the disk is full" in lines[-1]
    assert bench.problems == []


def test_an_import_keeps_the_map_until_the_larger_one_is_there(bench: Bench) -> None:
    before = bench.opened(ONE)
    bench.disk[ONE] = replace(session(ONE, ("track", "new")), map=None)
    after = bench.opened(ONE)
    assert after.map is before.map
    assert len(after.tracks) == 2
    assert len(bench.placements) == 1


def test_a_corrected_grid_keeps_the_map_until_the_next_one_is_there(bench: Bench) -> None:
    before = bench.opened(ONE)
    corrected = cast(Any, (Named("track", "corrected"),))
    bench.disk[ONE] = replace(before, tracks=corrected, map=None)
    after = bench.opened(ONE)
    assert after.map is before.map
    assert after.tracks == corrected
    assert len(bench.placements) == 1
    bench.disk[ONE] = replace(session(ONE), tracks=corrected)
    bench.controller._placement.placed.emit(*bench.placements[0])
    bench.answer()
    assert bench.controller.session.map is not before.map


def test_a_removed_track_takes_its_dots_with_it(bench: Bench) -> None:
    whole = FakeMap(ONE, Path("m.keras"), tracks=frozenset({"track", "other"}))
    bench.disk[ONE] = replace(session(ONE, ("track", "other")), map=cast(Any, whole))
    bench.opened(ONE)
    bench.disk[ONE] = replace(session(ONE, ("track",)), map=None)
    assert cast(Any, bench.opened(ONE).map).tracks == {"track"}


def test_another_model_takes_its_map_with_it(bench: Bench) -> None:
    bench.opened(ONE)
    bench.disk[ONE] = replace(session(ONE, ("track", "new"), model="better"), map=None)
    assert bench.opened(ONE).map is None


def test_a_model_that_the_decoder_refuses_gives_way_to_the_last_usable_one(bench: Bench) -> None:
    good = bench.opened(ONE).model_path
    bench.services.decoder.ready.emit(Opened("m", "one", 0.0))
    bench.opened(ONE, Path("broken.keras"))
    bench.services.decoder.refused.emit("broken.keras: not a model")
    bench.answer()
    assert bench.controller.session.model_path == good
    assert bench.problems == [("model", "broken.keras: not a model")]


def test_nothing_is_put_in_place_after_closing(bench: Bench) -> None:
    bench.controller.open(ONE)
    bench.controller.close()
    bench.answer()
    assert bench.changes == []


# With the real window


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Two tracks and a model that knows nothing."""
    path = tmp_path / "library"
    with Library.create(path) as made:
        for k in range(2):
            add_track(made, f"Track {k}", seconds=17.0, bpm=124.0 + 2 * k, seed=k)
    remember_model(path, model(tmp_path / "first.keras", seed=1))
    return path


def model(path: Path, seed: int) -> Path:
    """Untrained; each seed another."""
    from core.vae.model import SegmentVAE, input_shape

    made = SegmentVAE(**{**TINY, "seed": seed})
    made.build(input_shape())
    network_file.save(made, path, {"seed": seed})
    return path


@pytest.fixture
def own(window: MainWindow, qtbot: Any, library: Path) -> Iterator[MainWindow]:
    window.sessions.open(library)
    qtbot.waitUntil(lambda: shown(window) == library, timeout=PATIENCE)
    yield window
    window.transport.stop()


def shown(window: MainWindow) -> Path | None:
    """Whose map is on the screen."""
    found = window.map_view.scene.map
    return None if found is None else found.library_path


@pytest.mark.slow
def test_the_map_stays_until_the_next_is_there(
    own: MainWindow, qtbot: Any, library: Path, tmp_path: Path
) -> None:
    before = own.session.map
    sessions: list[Session] = []
    own.sessions.session_changed.connect(sessions.append)
    # However quick it is, the next map is not taken before a place on this one has sounded.
    placed: list[tuple[Path, Path]] = []
    placement, take = own.sessions._placement, own.sessions._map_placed
    placement.placed.disconnect(take)
    placement.placed.connect(lambda *request: placed.append(request))
    own.sessions.open(library, model(tmp_path / "second.keras", seed=2))
    qtbot.waitUntil(lambda: own.sessions.placing or bool(placed), timeout=PATIENCE)
    with qtbot.waitSignal(own.services.loops.auditioned, timeout=PATIENCE) as arrived:
        own.map_view.choose_xy((0.4, 0.6))
    assert own.session.map is before
    assert np.isfinite(arrived.args[0].loop).all()
    qtbot.waitUntil(lambda: bool(placed), timeout=PATIENCE)
    take(*placed[0])
    qtbot.waitUntil(lambda: bool(sessions), timeout=PATIENCE)
    assert own.session is sessions[0]
    assert own.session.map is not None
    assert before is not None
    assert own.session.model_hash != before.model_hash
    assert len(own.session.map) == len(before)


@pytest.mark.slow
def test_a_model_that_cannot_be_used_leaves_the_map_as_it_is(
    own: MainWindow, qtbot: Any, library: Path, tmp_path: Path
) -> None:
    before = own.session.map
    broken = tmp_path / "broken.keras"
    broken.write_bytes(b"not one")
    own.sessions.open(library, broken)
    qtbot.waitUntil(lambda: "model" in own.banners.texts(), timeout=PATIENCE)
    assert "broken.keras" in own.banners.texts()["model"]
    assert own.session.map is before
    assert own.session.model_path == tmp_path / "first.keras"


def test_a_placement_does_not_wait_for_latents_to_be_refined(
    qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    placing = MapPlacement()
    started: list[object] = []
    cancelled: list[bool] = []
    busy = [False]
    monkeypatch.setattr(type(placing.job), "busy", property(lambda _: busy[0]))

    def start(task: object, library: Path, model: Path) -> bool:
        busy[0] = True
        started.append(task)
        return True

    monkeypatch.setattr(placing.job, "start", start)
    monkeypatch.setattr(placing.job, "cancel", lambda: cancelled.append(True))
    placing.refine(Path("library"), Path("model"))
    assert not placing.placing
    placing.request(Path("library"), Path("better"))
    assert cancelled == [True]
    assert started == [tasks.refine]
    busy[0] = False
    placing.job.finished.emit()
    assert started == [tasks.refine, tasks.place]
    assert placing.placing


def test_the_newest_placement_counts(qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    placing = MapPlacement()
    started: list[Path] = []
    placed: list[tuple[Path, Path]] = []
    placing.placed.connect(lambda *where: placed.append(where))
    busy = [False]
    monkeypatch.setattr(type(placing.job), "busy", property(lambda _: busy[0]))

    def start(work: object, library: Path, model: Path) -> bool:
        busy[0] = True
        started.append(model)
        return True

    def end() -> None:
        placing.job.returned.emit(None)
        busy[0] = False
        placing.job.finished.emit()

    monkeypatch.setattr(placing.job, "start", start)
    for name in ("first", "second", "third"):
        placing.request(Path("library"), Path(name))
    assert started == [Path("first")]
    end()
    assert placed == []
    assert started == [Path("first"), Path("third")]
    end()
    assert placed == [(Path("library"), Path("third"))]
    placing.request(Path("library"), Path("fourth"))
    placing.cancel()
    end()
    assert len(placed) == 1
