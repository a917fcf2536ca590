"""Better models are adopted while they are trained, each once, by the library they are of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import pytest
from pytestqt.qtbot import QtBot

from core import resources
from core.library.latent_map import LatentMap
from core.library.training_weights import LearningChoice, TrainingWeights, span_of
from core.session import Session
from core.vae.history import History
from technovae_gui.services import Services
from technovae_gui.session_controller import SessionController
from technovae_gui.training import TrainingRequest, versions_controller
from technovae_gui.training.controller import TrainingController
from technovae_gui.training.verdict import NOTHING, UNKNOWN
from technovae_gui.training.weights_controller import WeightsController
from tests.technovae_gui.fakes import FakeJob, FakeServices, FakeSessions

MODEL = Path("vae_best.keras")


@dataclass
class Result:
    """As a training returns it."""

    path: Path = MODEL
    best_epoch: int = 1

    def lines(self) -> tuple[str, ...]:
        return ("done",)


@pytest.fixture
def sessions(demo_map: LatentMap, tmp_path: Path) -> FakeSessions:
    tracks = tuple(demo_map.tracks.values())
    return FakeSessions(Session(library_path=tmp_path, tracks=tracks))


@pytest.fixture
def controller(
    qtbot: QtBot, sessions: FakeSessions, fake_jobs: list[FakeJob]
) -> TrainingController:
    as_sessions, services = cast(SessionController, sessions), cast(Services, FakeServices())
    weights = WeightsController(as_sessions, services)
    made = TrainingController(as_sessions, services, weights)
    weights.setParent(made)
    qtbot.addWidget(made.panel)
    sessions.put_in_place(sessions.session)
    return made


def start(controller: TrainingController) -> None:
    controller.panel.start_requested.emit(TrainingRequest(2.0, False, 7))


def test_a_training_is_of_the_open_library(
    controller: TrainingController, fake_jobs: list[FakeJob], tmp_path: Path
) -> None:
    start(controller)
    expected = {
        "library": tmp_path,
        "minutes": 2.0,
        "resume": False,
        "seed": 7,
        "choice": LearningChoice(),
    }
    assert fake_jobs[0].arguments == expected
    assert controller.panel.busy


def test_a_model_that_was_adopted_is_not_adopted_again_in_the_end(
    controller: TrainingController,
    sessions: FakeSessions,
    fake_jobs: list[FakeJob],
    tmp_path: Path,
) -> None:
    start(controller)
    for _ in range(2):
        fake_jobs[0].emitted.emit(MODEL)
    fake_jobs[0].end(Result())
    assert sessions.requests == [("adopt", tmp_path, MODEL)] * 2


def test_a_model_that_was_on_disk_before_is_adopted_in_the_end(
    controller: TrainingController,
    sessions: FakeSessions,
    fake_jobs: list[FakeJob],
    tmp_path: Path,
) -> None:
    start(controller)
    fake_jobs[0].end(Result())
    assert sessions.requests == [("adopt", tmp_path, MODEL)]


def test_what_a_training_had_saved_when_it_was_ended_is_told_and_listed(
    controller: TrainingController,
    sessions: FakeSessions,
    fake_jobs: list[FakeJob],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Fault: one that did not stop in time "was stopped before there was a new model", and the
    version before it was in no list."""
    read: list[Path] = []
    monkeypatch.setattr(versions_controller, "_read", lambda library: read.append(library) or [])
    start(controller)
    fake_jobs[0].emitted.emit(MODEL)
    sessions.put_in_place(Session(3, tmp_path, model_path=tmp_path / MODEL, model_hash="better"))
    read.clear()
    fake_jobs[0].cancelled.emit()
    fake_jobs[0].finished.emit()
    assert "is kept" in controller.panel.message.text()
    assert "before there was" not in controller.panel.message.text()
    assert read == [tmp_path]
    assert controller.panel.headline.text() == UNKNOWN.headline
    start(controller)
    fake_jobs[1].cancelled.emit()
    fake_jobs[1].finished.emit()
    assert "before there was a new model" in controller.panel.message.text()


def test_a_model_is_adopted_for_the_library_that_it_was_trained_on(
    controller: TrainingController,
    sessions: FakeSessions,
    fake_jobs: list[FakeJob],
    tmp_path: Path,
) -> None:
    start(controller)
    sessions.put_in_place(Session(library_path=tmp_path / "other"))
    fake_jobs[0].emitted.emit(MODEL)
    assert sessions.requests == [("adopt", tmp_path, MODEL)]


def test_the_panel_shows_the_open_library_once_a_training_of_another_is_over(
    controller: TrainingController,
    sessions: FakeSessions,
    fake_jobs: list[FakeJob],
    demo_map: LatentMap,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Fault: it went on naming the other one, and Start trained the open one."""
    start(controller)
    other = replace(sessions.session, library_path=tmp_path / "other", map=demo_map)
    shown: list[tuple[object, ...]] = []
    monkeypatch.setattr(controller.panel, "set_library", lambda *facts: shown.append(facts))
    sessions.put_in_place(replace(sessions.session, library_path=tmp_path / "new", map=None))
    assert not controller.panel.listen.isEnabled(), "nothing of it was learned"
    sessions.put_in_place(other)
    assert shown == []
    fake_jobs[0].end(Result())
    assert shown[-1][0] == "other"
    assert controller.panel.listen.isEnabled()
    models: list[bool] = []
    monkeypatch.setattr(controller.panel, "set_model", models.append)
    start(controller)
    fake_jobs[1].end(Result())
    assert models == []  # it has told its history itself


def test_a_training_that_is_asked_for_while_one_stops_waits_for_it(
    qtbot: QtBot,
    controller: TrainingController,
    fake_jobs: list[FakeJob],
) -> None:
    start(controller)
    controller.panel.stop_requested.emit()
    fake_jobs[0].cancelled.emit()
    assert not controller.panel.busy
    with qtbot.waitSignal(controller.job.waiting):
        start(controller)
    fake_jobs[0].finished.emit()
    assert len(fake_jobs) == 2
    assert controller.panel.busy


def test_the_history_shown_is_that_of_the_open_model(
    controller: TrainingController, sessions: FakeSessions, tmp_path: Path
) -> None:

    text = resources.demo_model().with_suffix(".history.json").read_text()
    (tmp_path / "vae_best.history.json").write_text(text)
    session = Session(generation=3, library_path=tmp_path, model_path=tmp_path / MODEL)
    sessions.put_in_place(session)
    epochs = controller.panel.curves.epochs
    assert epochs == History.from_json(text).epochs
    (tmp_path / "vae_best.history.json").write_text("{")
    sessions.put_in_place(Session(generation=4, library_path=tmp_path, model_path=tmp_path / MODEL))
    assert controller.panel.curves.epochs == []
    sessions.session = session
    controller._show_history(2, epochs)
    assert controller.panel.curves.epochs == []


def test_a_model_of_unknown_history_is_no_library_without_a_model(
    controller: TrainingController, sessions: FakeSessions, tmp_path: Path
) -> None:
    """Fault: where a training had been killed, the panel said "Not learned yet" beside its map, and
    of a new library that it was ready, as the one before."""
    panel, begin = controller.panel, controller.panel.controls.begin
    sessions.put_in_place(Session(generation=3, library_path=tmp_path, model_path=tmp_path / MODEL))
    assert panel.headline.text() == UNKNOWN.headline
    assert begin.model().item(1).isEnabled(), "a training can go on from it"
    text = resources.demo_model().with_suffix(".history.json").read_text()
    (tmp_path / "vae_best.history.json").write_text(text)
    sessions.put_in_place(Session(generation=4, library_path=tmp_path, model_path=tmp_path / MODEL))
    assert panel.headline.text() not in (UNKNOWN.headline, NOTHING.headline)
    sessions.put_in_place(Session(generation=5, library_path=tmp_path / "new"))
    assert panel.headline.text() == NOTHING.headline
    assert panel.curves.epochs == []
    assert not begin.model().item(1).isEnabled()


def test_a_training_learns_the_chosen_music_until_all_of_it_is_wanted_again(
    controller: TrainingController, sessions: FakeSessions, fake_jobs: list[FakeJob]
) -> None:
    panel, tracks = controller.panel, sessions.session.tracks
    assert panel.learning.isHidden()
    only = (span_of(tracks[0]),)
    controller.learn_only(only)
    whole = sum(track.windows() for track in tracks)
    expected = f"learns from {tracks[0].windows()} of {whole} segments."
    assert panel.learning_text.text().endswith(expected)
    panel.controls.start.click()
    assert fake_jobs[0].arguments["choice"] == LearningChoice(only=only)
    panel.everything.click()
    assert panel.learning.isHidden()
    controller.learn_only(only)
    sessions.put_in_place(Session(library_path=Path("elsewhere"), tracks=tracks))
    assert panel.learning.isHidden()


def test_the_panel_says_what_is_left_out_and_starts_nothing_without_music(
    controller: TrainingController, sessions: FakeSessions
) -> None:
    panel, (first, *others) = controller.panel, sessions.session.tracks
    weights = TrainingWeights().with_weight([span_of(first)], 0.0)
    controller._weights.changed.emit(weights)
    controller._weights.weights = weights.with_weight([span_of(others[0])], 2.0)
    controller._weights.changed.emit(controller._weights.weights)
    assert f"{others[0].windows()} of them more often" in panel.learning_text.text()
    assert panel.controls.start.isEnabled()
    everything = [span_of(track) for track in sessions.session.tracks]
    controller._weights.weights = weights.with_weight(everything, 0.0)
    controller._weights.changed.emit(controller._weights.weights)
    assert "left out" in panel.learning_text.text()
    assert not panel.controls.start.isEnabled()
