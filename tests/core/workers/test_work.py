"""What children do for the window, done here; and that it comes back through a pipe."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from core import resources
from core.arrangement.clip import LatentSource, RealSource
from core.library.models import model_for
from core.library.store import Library
from core.settings import TICKS_PER_SEGMENT, segment_frames
from core.vae.history import Epoch
from core.workers import work
from core.workers.child_job import ChildJob, run_now
from core.workers.learning import Reconstructed, Trained
from tests.core.library.building import kicks
from tests.core.vae.conftest import TINY

PATIENCE = 120_000


def outcome(told: list[tuple[str, tuple[Any, ...]]]) -> tuple[str, Any]:
    """How a job ended, and with what; it always finishes last."""
    assert told[0][0] == "started"
    assert told[-1][0] == "finished"
    name, values = told[-2]
    return name, values[0] if values else None


@pytest.mark.slow
def test_training_tells_how_it_goes_and_leaves_a_model(library: Path, qtbot: Any) -> None:
    job = ChildJob(
        work.train,
        library=library,
        minutes=None,
        resume=False,
        seed=1,
        options={"epochs": 2, "batch": 4, "model": TINY},
    )
    events: list[Any] = []
    errors: list[str] = []
    job.emitted.connect(events.append)
    job.errored.connect(errors.append)
    results: list[Trained] = []
    job.returned.connect(results.append)
    with qtbot.waitSignal(job.finished, timeout=PATIENCE):
        job.start()
    assert errors == []
    (result,) = results
    assert result.path == library / "saved_models" / "vae_best.keras"
    assert result.path == model_for(library)
    assert result.model_hash == resources.digest(result.path)
    assert result.remembered
    assert result.lines()
    assert [event.number for event in events if isinstance(event, Epoch)] == [0, 1, 2]
    pictures = [event for event in events if isinstance(event, Reconstructed)]
    assert pictures
    assert {one.shape for one in pictures[0]} == {(512, 128)}
    assert pictures[0].real.max() <= 0.0
    assert np.abs(pictures[0].real - pictures[0].decoded).mean() < 30.0
    assert result.path in events


def test_the_model_of_the_demo_is_not_written_over(library: Path) -> None:
    told = run_now(
        work.train,
        library=library,
        minutes=0.01,
        resume=False,
        seed=0,
        model=resources.demo_model(),
    )
    name, message = outcome(told)
    assert name == "errored"
    assert "demo" in message


def test_importing_tells_of_each_file(tmp_path: Path) -> None:
    music = tmp_path / "music"
    music.mkdir()
    soundfile.write(music / "good.wav", kicks(20.0, 128.0), 44_100)
    (music / "bad.wav").write_bytes(b"no audio")
    told = run_now(work.import_audio, library=tmp_path / "library", audio=[music])
    name, report = outcome(told)
    assert name == "returned"
    assert len(report.files) == 2
    events = [values[0] for name, values in told if name == "emitted"]
    assert {event.path for event in events} == {file.path for file in report.files}
    assert pickle.loads(pickle.dumps(report)).counts() == report.counts()


def test_a_grid_is_corrected_and_fitted_again(library: Path) -> None:
    with Library.open(library) as opened:
        track = opened.tracks()[0]
    grid = track.grid.nudged(0.01)
    name, changed = outcome(run_now(work.set_grid, library=library, track_id=track.id, grid=grid))
    assert name == "returned"
    assert changed.grid.origin == "user"
    name, fitted = outcome(run_now(work.fit_grid, library=library, track_id=track.id))
    assert name == "returned"
    assert fitted.grid.origin != "user"
    name, line = outcome(run_now(work.fit_grid, library=library, track_id="nobody"))
    assert name == "errored"
    assert "\n" not in line


@pytest.mark.slow
def test_a_drawn_path_becomes_an_arrangement_that_can_be_exported(tmp_path: Path) -> None:
    demo = {"library": resources.demo_library(), "model": resources.demo_model()}
    points = np.random.default_rng(0).standard_normal((9, 64)).astype(np.float32)
    options = {"bars": 12, "bpm": 130.0, "seed": 3, "title": "path"}
    name, arrangement = outcome(run_now(work.compose, **demo, options=options, path_points=points))
    assert name == "returned"
    clips = list(arrangement.clips())
    assert arrangement.end == 3 * TICKS_PER_SEGMENT
    np.testing.assert_array_equal(clips[0].source.array[0], points[0])
    np.testing.assert_allclose(clips[-1].source.array[0], points[-1], atol=1e-6)
    path = tmp_path / "track.wav"
    name, result = outcome(
        run_now(
            work.export_audio,
            **demo,
            arrangement=arrangement,
            path=path,
            bit_depth=16,
            stems=False,
            span=(0, TICKS_PER_SEGMENT),
            lufs=None,
        )
    )
    assert name == "returned"
    assert result.frames == soundfile.info(path).frames == segment_frames(130.0)


@pytest.mark.slow
def test_a_composition_is_made_of_the_library(tmp_path: Path) -> None:
    told = run_now(
        work.compose,
        library=resources.demo_library(),
        model=resources.demo_model(),
        options={"bars": 16, "seed": 1},
    )
    name, arrangement = outcome(told)
    assert name == "returned"
    kinds = {type(clip.source) for clip in arrangement.clips()}
    assert kinds == {RealSource, LatentSource}


@pytest.mark.slow
def test_a_clip_is_written_as_a_loop(tmp_path: Path) -> None:
    with Library.open(resources.demo_library(), read_only=True) as library:
        segment = library.segments()[3]
    path = tmp_path / "loop.wav"
    told = run_now(
        work.clip_wav,
        library=resources.demo_library(),
        model=resources.demo_model(),
        source=RealSource(segment.id),
        bpm=131.0,
        path=path,
    )
    assert outcome(told) == ("returned", path)
    assert soundfile.info(path).frames == segment_frames(131.0)
