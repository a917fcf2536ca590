"""Training: it learns, keeps the best, can be stopped and goes on where it was."""

from __future__ import annotations

import threading
from functools import partialmethod
from pathlib import Path

import numpy as np
import pytest

from core.errors import ModelError, TrainingError
from core.parts import training
from core.parts.material import Material
from core.parts.model import PartsModel
from core.parts.network import PartsNetwork, input_shape
from core.parts.remix import Remix
from core.parts.training import Judge, TrainOptions, TrainResult, train
from core.parts.training_state import read_state, state_path
from core.settings import PARTS
from tests.core.parts.conftest import TINY

pytestmark = pytest.mark.slow


def options(folder: Path, **changes: object) -> TrainOptions:
    base = {"steps": 12, "batch": 2, "judged": 2, "remix": Remix(bars=1), "network": TINY}
    return TrainOptions(folder / "parts.keras", **{**base, **changes})  # type: ignore[arg-type]


def run(songs: Path, chosen: TrainOptions, **more: object) -> TrainResult:
    return train(
        lambda: Material.of_folder(songs, ("other",)),
        lambda: Material.of_folder(songs, ("other",), only=True),
        chosen,
        **more,  # type: ignore[arg-type]
    )


@pytest.fixture
def uncompiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps that are done one by one, as two are sooner than they are compiled."""
    monkeypatch.setattr(
        PartsNetwork, "compile", partialmethod(PartsNetwork.compile, run_eagerly=True)
    )
    monkeypatch.setattr(training, "compiled", lambda function, *_, **__: function)


brief = pytest.mark.usefixtures("uncompiled")


@pytest.fixture(scope="module")
def trained(songs: Path, tmp_path_factory: pytest.TempPathFactory) -> TrainResult:
    return run(songs, options(tmp_path_factory.mktemp("trained"), steps=40, rate=0.01))


def test_a_training_makes_the_separation_better(trained: TrainResult, songs: Path) -> None:
    network = PartsNetwork(**TINY)
    network.build(input_shape())
    untrained = Judge(Material.of_folder(songs, ("other",), only=True), 2, network)()
    assert trained.best["score"] < untrained["score"] - 0.5
    assert [name in trained.best for name in PARTS] == [True] * 4
    assert "40 steps" in trained.lines()[0]


def test_the_best_is_on_disk_and_loads(trained: TrainResult) -> None:
    model = PartsModel.load(trained.path)
    assert model.info["step"] == trained.best["step"]
    assert model.shares(np.full((1, 512, 128), -40.0, np.float32)).shape == (1, 512, 128, 4)


@brief
def test_it_goes_on_where_it_was(trained: TrainResult, songs: Path, tmp_path: Path) -> None:
    for path in (trained.path, state_path(trained.path)):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    more = run(songs, options(tmp_path, steps=2, resume=True))
    assert more.steps == 42
    assert more.history[: len(trained.history)] == trained.history


@brief
def test_a_state_of_another_network_is_not_resumed(
    trained: TrainResult, songs: Path, tmp_path: Path
) -> None:
    state_path(tmp_path / "parts.keras").write_bytes(state_path(trained.path).read_bytes())
    other = {**TINY, "floor": 16}
    assert run(songs, options(tmp_path, steps=1, network=other, resume=True)).steps == 1
    state_path(tmp_path / "parts.keras").write_bytes(b"half a file")
    assert read_state(tmp_path / "parts.keras") is None


@brief
def test_stopping_keeps_what_there_is(songs: Path, tmp_path: Path) -> None:
    cancel = threading.Event()
    told: list[str] = []

    def progress(done: float, total: float, message: str = "") -> None:
        told.append(message)
        cancel.set()

    result = run(songs, options(tmp_path, steps=1000), progress=progress, cancel=cancel)
    assert result.steps == 2
    assert "step 1" in told[0]
    PartsModel.load(result.path)


@brief
def test_it_begins_with_weights_that_are_good_already(
    trained: TrainResult, songs: Path, tmp_path: Path
) -> None:
    more = run(songs, options(tmp_path, steps=1, start=trained.path))
    first = more.history[0]
    assert first["step"] == trained.best["step"]
    assert first["score"] == pytest.approx(trained.best["score"], abs=0.05)  # weights are rounded
    assert more.steps == trained.best["step"] + 1
    assert PartsModel.load(more.path).info["step"] == more.best["step"]
    again = run(songs, options(tmp_path, steps=1, start=trained.path, resume=True))
    assert again.history[: len(more.history)] == more.history
    assert again.steps == more.steps + 1


def test_what_is_no_model_is_not_begun_with(songs: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"none\.keras"):
        run(songs, options(tmp_path, start=tmp_path / "none.keras"))


@brief
def test_some_batches_are_of_whole_segments(songs: Path, tmp_path: Path) -> None:
    entire = Remix(bars=2, entire=1.0)
    assert run(songs, options(tmp_path, steps=1, remix=entire)).steps == 1
    mixed = Remix(bars=2, entire=0.5)
    assert run(songs, options(tmp_path, steps=3, remix=mixed)).steps == 3  # the third


def test_it_wants_material(songs: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="no music"):
        train(lambda: Material([]), lambda: Material([]), options(tmp_path))
