"""What workers do for the window, done here; and that it comes back through a pipe."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
import soundfile

from core import resources
from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.clip import Clip, LatentSource, RealSource, with_parts
from core.arrangement.export_options import ExportOptions
from core.arrangement.project import Origin
from core.audio.loudness import integrated_lufs, true_peak_dbtp
from core.errors import InputError
from core.library.model_versions import Figures, keep_version, read_versions
from core.library.models import MODEL_NAME, model_for, remember_model
from core.library.store import Library
from core.mapped_arrays import ArrayFile
from core.parts import network_file
from core.parts.network import PartsNetwork, input_shape
from core.settings import CEILING_DBTP, PARTS, TARGET_LUFS, TICKS_PER_SEGMENT, segment_frames
from core.vae.history import Epoch
from core.vae.options import TrainOptions
from core.vae.training_state import state_path
from core.workers import tasks
from core.workers.training_task import Reconstruction
from tests.core.library.building import kicks
from tests.core.parts.conftest import TINY as TINY_PARTS
from tests.core.vae.conftest import TINY, learn_without_the_demo, train_uncompiled
from tests.core.workers.run_now import run_now


@pytest.mark.slow
def test_training_reports_how_it_goes_and_leaves_a_model(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train_uncompiled(monkeypatch)
    learn_without_the_demo(monkeypatch)
    name, result, events = run_now(
        tasks.train,
        library=library,
        minutes=None,
        resume=False,
        seed=1,
        options={"epochs": 1, "batch": 16, "model": TINY},
    )
    assert name == "returned"
    events = pickle.loads(pickle.dumps(events))
    assert result.path == library / "saved_models" / "vae_best.keras"
    assert result.path == model_for(library)
    assert result.model_hash == resources.digest(result.path)
    assert result.remembered
    assert result.lines()
    assert [event.number for event in events if isinstance(event, Epoch)] == [0, 1]
    pictures = [event for event in events if isinstance(event, Reconstruction)]
    assert pictures
    assert {one.shape for one in pictures[0]} == {(512, 128)}
    assert pictures[0].real.max() <= 0.0
    assert np.abs(pictures[0].real - pictures[0].decoded).mean() < 30.0
    assert result.path in events
    (version,) = read_versions(library)
    assert version.model_hash == result.model_hash
    assert version.figures.library_db == result.library_db
    assert version.figures.learned.endswith("segments")


def test_going_on_begins_with_the_version_that_is_used(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = library / MODEL_NAME
    target.parent.mkdir()
    target.write_bytes(b"model 1")
    used = keep_version(library, target, Figures())
    target.write_bytes(b"model 2")
    state_path(target).write_bytes(b"of model 2")
    remember_model(library, used.path)
    learn_without_the_demo(monkeypatch)
    begun: list[tuple[bytes, bool]] = []

    def train(data: object, options: TrainOptions, *_: object) -> None:
        begun.append((options.path.read_bytes(), state_path(options.path).exists()))
        raise InputError("seen")

    monkeypatch.setattr("core.vae.training.train", train)
    run_now(tasks.train, library=library, minutes=None, resume=True, seed=0)
    assert begun == [(b"model 1", False)]


def test_the_model_of_the_demo_is_not_written_over(library: Path) -> None:
    name, message, _ = run_now(
        tasks.train,
        library=library,
        minutes=0.01,
        resume=False,
        seed=0,
        model=resources.demo_model(),
    )
    assert name == "errored"
    assert "demo" in message


def test_importing_tells_of_each_file(tmp_path: Path) -> None:
    music = tmp_path / "music"
    music.mkdir()
    soundfile.write(music / "good.wav", kicks(20.0, 128.0), 44_100)
    (music / "bad.wav").write_bytes(b"no audio")
    name, report, events = run_now(tasks.import_audio, library=tmp_path / "library", audio=[music])
    assert name == "returned"
    assert len(report.files) == 2
    assert {event.path for event in events} == {file.path for file in report.files}
    assert pickle.loads(pickle.dumps(report)).counts() == report.counts()


def test_a_grid_is_corrected_and_fitted_again(library: Path) -> None:
    with Library.open(library) as opened:
        track = opened.tracks()[0]
    grid = track.grid.nudged(0.01)
    name, changed, _ = run_now(tasks.set_grid, library=library, track_id=track.id, grid=grid)
    assert name == "returned"
    assert changed.grid.origin == "user"
    name, fitted, _ = run_now(tasks.fit_grid, library=library, track_id=track.id)
    assert name == "returned"
    assert fitted.grid.origin != "user"
    name, line, _ = run_now(tasks.fit_grid, library=library, track_id="nobody")
    assert name == "errored"
    assert "\n" not in line


@pytest.mark.slow
def test_a_drawn_path_becomes_an_arrangement_that_can_be_exported(tmp_path: Path) -> None:
    demo = {"library": resources.demo_library(), "model": resources.demo_model()}
    points = np.random.default_rng(0).standard_normal((9, 64)).astype(np.float32)
    options = {"bars": 12, "bpm": 130.0, "seed": 3, "title": "path"}
    name, arrangement, _ = run_now(tasks.compose, **demo, options=options, path_points=points)
    assert name == "returned"
    assert arrangement.end == 3 * TICKS_PER_SEGMENT
    assert {lane.name for lane in arrangement.lanes} == {"Tops", "Body", "Bass"}
    latents = [clip.source for clip in arrangement.clips() if hasattr(clip.source, "array")]
    np.testing.assert_allclose(latents[-1].array[0], points[-1], atol=1e-6)
    path = tmp_path / "track.wav"
    name, result, _ = run_now(
        tasks.export_audio,
        **demo,
        arrangement=arrangement,
        path=path,
        options=ExportOptions(bit_depth=16, span=(0, TICKS_PER_SEGMENT), lufs=None),
    )
    assert name == "returned"
    assert result.frames == soundfile.info(path).frames == segment_frames(130.0)


def test_a_place_that_cannot_be_written_is_told_before_anything_is_opened(tmp_path: Path) -> None:
    name, line, _ = run_now(
        tasks.export_audio,
        library=tmp_path / "no library",
        model=None,
        arrangement=Arrangement(130.0),
        path=tmp_path / "no folder" / "a.wav",
        options=ExportOptions(),
    )
    assert name == "errored"
    assert "no folder" in line
    assert "no library" not in line


@pytest.mark.slow
def test_parts_become_files_that_sum_to_the_mix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Library.open(resources.demo_library(), read_only=True) as demo:
        segment = demo.segments()[0]
    source = with_parts([RealSource(segment.id)] * 4, (False, True, False, False))
    clip = Clip("c", source, 0, gain_db=-12.0)  # the limiter has nothing to do
    wanted = {
        "library": resources.demo_library(),
        "model": resources.demo_model(),
        "arrangement": Arrangement(130.0, (Lane("l", clips=(clip,)),)),
        "path": tmp_path / "a.wav",
        "options": ExportOptions(bit_depth=32, part_stems=True, lufs=None),
    }
    monkeypatch.setattr(resources, "parts_model", lambda: tmp_path / "parts.keras")
    name, line, _ = run_now(tasks.export_audio, **wanted)
    assert (name, line) == ("errored", resources.PARTS_MISSING)
    untrained = PartsNetwork(**TINY_PARTS)
    untrained.build(input_shape())
    network_file.save(untrained, tmp_path / "parts.keras", {})
    name, result, _ = run_now(tasks.export_audio, **wanted)
    assert name == "returned", result
    assert [path.name for path in result.stems] == [f"a-{part}.wav" for part in PARTS]
    mix, *parts = (soundfile.read(path)[0] for path in (result.path, *result.stems))
    assert not parts[1].any()
    gain = 10 ** (result.stems_db / 20)
    level = float(np.sqrt(np.mean(mix**2)))
    assert level > 0.01
    assert float(np.sqrt(np.mean((sum(parts) / gain - mix) ** 2))) < 1e-3 * level


def test_an_arrangement_of_another_library_is_exported_without_a_model(tmp_path: Path) -> None:
    """From a library that was just made, while the clips are still those of the demo."""
    with Library.open(resources.demo_library(), read_only=True) as demo:
        segment = demo.segments()[0]
    Library.create(tmp_path / "new").close()
    clip = Clip("c", RealSource(segment.id), 0)
    origin = Origin(None, None, tracks=frozenset({segment.track_id}))
    name, result, _ = run_now(
        tasks.export_audio,
        library=tmp_path / "new",
        model=None,
        arrangement=Arrangement(130.0, (Lane("l", clips=(clip,)),)),
        path=tmp_path / "a.wav",
        options=ExportOptions(bit_depth=16, lufs=-14.0),
        origins=(origin,),
    )
    assert name == "returned", result
    assert result.frames == segment_frames(130.0)
    assert np.abs(soundfile.read(tmp_path / "a.wav")[0]).max() > 0.01


@pytest.mark.slow
def test_a_composition_is_made_of_the_library(tmp_path: Path) -> None:
    name, arrangement, _ = run_now(
        tasks.compose,
        library=resources.demo_library(),
        model=resources.demo_model(),
        options={"bars": 16, "seed": 1},
    )
    assert name == "returned"
    kinds = {type(clip.source) for clip in arrangement.clips()}
    assert kinds >= {RealSource, LatentSource}  # and parts, where some are held


def test_loops_that_are_there_are_exported_and_saved_as_they_are(tmp_path: Path) -> None:
    bpm, rng = 131.0, np.random.default_rng(3)
    loops = {
        RealSource(name): rng.uniform(-0.3, 0.3, (segment_frames(bpm), 2)).astype(np.float32)
        for name in "ab"
    }
    clips = tuple(
        Clip(f"clip-{number}", source, number * TICKS_PER_SEGMENT, TICKS_PER_SEGMENT)
        for number, source in enumerate(loops)
    )
    arrangement = Arrangement(bpm, (Lane("lane-a", "A", clips),))
    wanted = {"options": ExportOptions(bit_depth=32, lufs=None)}
    path, file = tmp_path / "track.wav", tmp_path / "b.loop"
    loops[RealSource("b")].tofile(file)  # that is where the window has what a project plays
    given = {**loops, RealSource("b"): ArrayFile(file, 0, loops[RealSource("b")].shape)}
    name, result, _ = run_now(
        tasks.export_loops, arrangement=arrangement, loops=given, path=path, **wanted
    )
    assert name == "returned"
    written, _ = soundfile.read(result.path, dtype="float32")
    assert len(written) == result.frames == arrangement.frame(2 * TICKS_PER_SEGMENT)
    middle = slice(5_000, segment_frames(bpm) - 5_000)  # without the fades between clips
    np.testing.assert_allclose(written[middle], loops[RealSource("a")][middle], atol=1e-6)
    second = written[arrangement.frame(TICKS_PER_SEGMENT) :]
    np.testing.assert_allclose(second[middle], loops[RealSource("b")][middle], atol=1e-6)

    file.unlink()
    name, line, _ = run_now(
        tasks.export_loops, arrangement=arrangement, loops=given, path=path, **wanted
    )
    assert name == "errored"
    assert "open the project again" in line

    name, line, _ = run_now(
        tasks.export_loops, arrangement=arrangement, loops={}, path=tmp_path / "no.wav", **wanted
    )
    assert name == "errored"
    assert "still being decoded" in line

    files = {tmp_path / f"{source.segment_id}.wav": loop for source, loop in loops.items()}
    name, saved, _ = run_now(tasks.save_loops, loops=files, bpm=bpm)
    assert (name, saved) == ("returned", tuple(files))
    assert [soundfile.info(file).frames for file in saved] == [segment_frames(bpm)] * 2


def test_saved_loops_are_equally_loud_and_nothing_is_clipped(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    hot = rng.normal(0.0, 0.4, (segment_frames(130.0), 2)).astype(np.float32)
    loops = {tmp_path / "hot.wav": 4.0 * hot, tmp_path / "soft.wav": 0.1 * hot}
    name, saved, _ = run_now(tasks.save_loops, loops=loops, bpm=130.0)
    assert name == "returned"
    for path in saved:
        samples, _ = soundfile.read(path, dtype="float32")
        assert integrated_lufs(samples) == pytest.approx(TARGET_LUFS, abs=0.5)
        assert true_peak_dbtp(samples) <= CEILING_DBTP + 0.05


def test_keys_are_found_one_track_after_the_other(library: Path) -> None:
    name, result, events = run_now(tasks.analyse_tracks, library=library)
    assert (name, result) == ("returned", None)
    events = pickle.loads(pickle.dumps(events))
    with Library.open(library) as opened:
        assert [event.track_id for event in events] == [track.id for track in opened.tracks()]
        assert all(opened.keys().knows(track.id) for track in opened.tracks())


def test_missing_spectrograms_are_made_as_far_as_there_is_audio(library: Path) -> None:
    for shard in (library / "spectrograms").iterdir():
        shard.unlink()
    with Library.open(library) as opened:
        gone, *others = opened.tracks()
        opened.audio_path(gone).unlink()
    run_now(tasks.analyse_tracks, library=library)
    with Library.open(library) as opened:
        assert [track.id for track in opened.tracks_without_spectrogram()] == [gone.id]
        assert len(others) > 0
