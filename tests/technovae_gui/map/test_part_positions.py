"""Positions by part: read where they are kept, else made, one part after the other."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core.library import latent_map as latent_maps
from core.library.latent_map import LatentMap
from core.workers import tasks
from technovae_gui.map.part_positions import PartPositions
from tests.technovae_gui.conftest import PATIENCE
from tests.technovae_gui.fakes import FakeJob


@dataclass
class Bench:
    """The demo's map, what its library keeps, and what is reported."""

    positions: PartPositions
    map: LatentMap
    kept: dict[str, NDArray[np.float64]]
    jobs: list[FakeJob]
    qtbot: Any
    said: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.positions.status.connect(self.said.append)
        self.positions.problem.connect(lambda _topic, line: self.told.append(line))
        self.positions.found.connect(self.found.append)
        self.positions.failed.connect(self.failed.append)
        self.positions.set_map(self.map)

    def job(self, number: int) -> FakeJob:
        """The job with this number, from 0, once it is there; no other is by then."""
        self.qtbot.waitUntil(lambda: len(self.jobs) == number + 1, timeout=PATIENCE)
        return self.jobs[number]


@pytest.fixture
def bench(
    positions: PartPositions,
    demo_map: LatentMap,
    kept: dict[str, NDArray[np.float64]],
    fake_jobs: list[FakeJob],
    qtbot: Any,
) -> Bench:
    return Bench(positions, demo_map, kept, fake_jobs, qtbot)


def test_they_are_made_once_and_known_then(bench: Bench) -> None:
    assert bench.positions.want("layout", "kick") is None
    assert bench.positions.want("colour", "kick") is None
    job = bench.job(0)
    assert job.function is tasks.place_by_part
    assert job.arguments["part"] == "kick"
    assert job.arguments["library"] == bench.map.library_path
    job.progress.emit(3, 4, "listening to the kick")
    assert "75 %" in bench.said[-1]
    bench.kept["kick"] = 1.0 - bench.map.xy
    with bench.qtbot.waitSignal(bench.positions.found):
        job.end(None)
    assert bench.said[-1] == ""
    assert bench.positions.want("layout", "kick") is bench.kept["kick"]
    assert len(bench.jobs) == 1


def test_one_job_after_the_other_and_none_that_nobody_wants(bench: Bench) -> None:
    bench.positions.want("layout", "kick")
    bench.positions.want("colour", "bass")
    first = bench.job(0)
    bench.kept["kick"] = bench.map.xy
    first.end(None)
    second = bench.job(1)
    assert second.arguments["part"] == "bass"
    bench.positions.want("layout", None)
    assert second.log == []  # it is for the colours
    bench.positions.want("colour", None)
    assert second.log == ["cancel"]


def test_those_of_another_map_are_found_and_late_ones_dropped(bench: Bench) -> None:
    bench.positions.want("layout", "rest")
    late = bench.job(0)
    bench.kept["rest"] = bench.map.xy
    bench.positions.set_map(replace(bench.map, model_hash="better"))
    assert late.log == ["cancel"]
    late.end(None)
    bench.qtbot.waitUntil(lambda: bool(bench.found), timeout=PATIENCE)
    assert bench.found == ["rest"]
    assert bench.positions.want("layout", "rest") is bench.kept["rest"]


def test_a_failure_is_told_once_and_the_next_is_found(bench: Bench) -> None:
    bench.positions.want("layout", "drums")
    bench.positions.want("colour", "bass")
    bench.kept["bass"] = bench.map.xy
    bench.job(0).fail("it cannot be")
    bench.qtbot.waitUntil(lambda: bool(bench.found), timeout=PATIENCE)
    assert bench.failed == ["drums"]
    assert bench.told == ["it cannot be"]
    assert bench.found == ["bass"]
    assert len(bench.jobs) == 1


def test_what_was_made_but_not_kept_is_told(bench: Bench) -> None:
    bench.positions.want("layout", "kick")
    bench.job(0).end(None)
    bench.qtbot.waitUntil(lambda: bool(bench.failed), timeout=PATIENCE)
    assert bench.told[0].startswith("it could not be kept")
    assert len(bench.jobs) == 1


def test_of_a_map_that_lost_dots_none_are_asked_for_until_the_next_one_is_there(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[LatentMap] = []
    monkeypatch.setattr(latent_maps, "part_positions", lambda of, _part: asked.append(of))
    left = bench.map.remaining(list(bench.map.tracks.values())[1:])
    assert left is not None
    bench.positions.set_map(left)
    assert bench.positions.want("layout", "kick") is None
    bench.positions.set_map(bench.map)
    assert bench.job(0).arguments["part"] == "kick"
    assert [it is bench.map for it in asked] == [True]  # one thread reads, one after the other
    assert bench.told == bench.failed == []
