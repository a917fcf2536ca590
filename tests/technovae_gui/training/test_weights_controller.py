"""Training weights show at once, are written, and are taken back where they cannot be."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest
from pytestqt.qtbot import QtBot

from core.library.store import Library
from core.library.training_weights import TrainingWeights, WeightRequest, span_of
from core.session import Session
from technovae_gui.services import Services
from technovae_gui.session_controller import SessionController
from technovae_gui.training.weights_controller import WeightsController
from tests.core.library.building import make_library
from tests.technovae_gui.fakes import FakeServices, FakeSessions


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """A library of two tracks."""
    with make_library(tmp_path / "library") as library:
        return Session(library_path=library.path, tracks=tuple(library.tracks()))


@pytest.fixture
def controller(qtbot: QtBot, session: Session) -> WeightsController:
    sessions = FakeSessions(Session())
    made = WeightsController(cast(SessionController, sessions), cast(Services, FakeServices()))
    sessions.setParent(made)
    sessions.put_in_place(session)
    return made


def test_what_is_left_out_is_kept_in_the_library(
    qtbot: QtBot, controller: WeightsController, session: Session
) -> None:
    left_out = span_of(session.tracks[0])
    with qtbot.waitSignal(controller.changed):
        controller.weigh(WeightRequest((left_out,), 0.0))
    with Library.open(session.library_path) as library:
        assert library.training_weights() == controller.weights
    assert controller.weights == TrainingWeights().with_weight([left_out], 0.0)


def test_what_cannot_be_kept_is_taken_back(
    qtbot: QtBot, controller: WeightsController, session: Session
) -> None:
    (session.library_path / "library.sqlite").unlink()
    with qtbot.waitSignal(controller.problem):
        controller.weigh(WeightRequest((span_of(session.tracks[0]),), 0.0))


def test_the_weights_of_another_library_are_its_own(
    controller: WeightsController, session: Session, tmp_path: Path
) -> None:
    controller.weigh(WeightRequest((span_of(session.tracks[0]),), 3.0))
    sessions = cast(FakeSessions, controller._sessions)
    with make_library(tmp_path / "other") as other:
        sessions.put_in_place(Session(library_path=other.path, tracks=tuple(other.tracks())))
    assert controller.weights == TrainingWeights()
    sessions.put_in_place(session)
    assert controller.weights.by_track.keys() == {session.tracks[0].id}
