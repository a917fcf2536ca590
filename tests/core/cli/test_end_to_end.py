"""From audio files to a new track by the commands alone."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import soundfile

import core.session
from core import resources, settings
from core.audio import files, loudness
from core.cli import main
from core.library.model_versions import read_versions
from core.library.store import Library
from core.rhythm.fit import fit_grid
from core.rhythm.onsets import OnsetStream
from core.vae import training
from tests import synthetic
from tests.core.library.building import add_track
from tests.core.vae.conftest import TINY, train_uncompiled

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

BPM = 128.0
SPECS = (
    synthetic.Spec(bpm=BPM, parts=synthetic.arrangement(28), start=0.5, seed=1),
    synthetic.Spec(bpm=BPM, parts=synthetic.arrangement(24), kick="deep", channels=2, seed=2),
    synthetic.Spec(bpm=126.0, parts=synthetic.arrangement(24), bass="offbeat", seed=3),
)


def done(*words: object, cwd: Path) -> str:
    """What the command prints; run in this process, where tensorflow is imported once for all."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.chdir(cwd), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main([str(word) for word in words])
    assert status == 0, err.getvalue()
    return out.getvalue()


def start(*words: object, cwd: Path) -> subprocess.Popen[str]:
    """The command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "core.cli", *map(str, words)],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )


def train_small_networks(patch: pytest.MonkeyPatch) -> None:
    """Trainings in this process are of a network that an epoch takes a moment of."""
    patch.setattr(training, "TrainOptions", partial(training.TrainOptions, model=TINY))
    train_uncompiled(patch)


def take_for_the_demo(library: Path, patch: pytest.MonkeyPatch) -> None:
    """What few segments are learned along with is `library`, which takes less long."""
    read, demo = core.session._windows_of, resources.demo_library()
    patch.setattr(
        "core.session._windows_of",
        lambda path, choice=None: read(library if path == demo else path, choice),
    )


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with audio, a library made of it, and a small model trained for a moment.

    There is just enough music to be learned without the demo. The network of the usual size is
    trained where a training is interrupted.
    """
    folder = tmp_path_factory.mktemp("studio")
    (folder / "audio").mkdir()
    for number, spec in enumerate(SPECS):
        path = folder / "audio" / f"track {number}.flac"
        files.write(path, synthetic.render(spec).samples * 0.5, bit_depth=16)
    (folder / "audio" / "notes.txt").write_text("not audio, and not to be tried")
    (folder / "audio" / "broken.wav").write_bytes(b"RIFF....WAVEjunk")
    report = done("import", "lib", "audio", "--report", "report.json", cwd=folder)
    assert "3 imported, 1 refused" in report
    with pytest.MonkeyPatch.context() as patch:
        train_small_networks(patch)
        out = done("train", "lib", "--epochs", 2, "--minutes", 1, "--note", "the first", cwd=folder)
    assert "of 64 latents active" in out
    return folder


def test_import_finds_the_tempi(studio: Path) -> None:
    report = json.loads((studio / "report.json").read_text())
    tempi = [file["bpm"] for file in report["files"] if file["status"] == "imported"]
    assert sorted(tempi) == pytest.approx([126.0, 128.0, 128.0], abs=0.01)


def test_importing_again_reads_nothing(studio: Path) -> None:
    assert "3 unchanged" in done("import", "lib", "audio", cwd=studio)


def test_training_leaves_model_and_history(studio: Path) -> None:
    model = studio / "saved_models" / "vae_best.keras"
    assert model.is_file()
    assert (studio / "saved_models" / "vae_best.history.png").stat().st_size > 1000
    assert json.loads((studio / "saved_models" / "vae_best.history.json").read_text())
    assert "64" in done("info", model, cwd=studio)
    (version,) = read_versions(studio / "lib")
    assert version.path.read_bytes() == model.read_bytes()
    assert version.figures.sharpness is not None
    assert (version.note, version.figures.learned) == ("the first", "19 segments")


def test_generated_loops_are_exact_seeded_and_seamless(studio: Path) -> None:
    for folder in ("one", "two"):
        done("generate", "--library", "lib", "--count", 2, "--out", folder, "--seed", 7, cwd=studio)
    loops = sorted((studio / "one").iterdir())
    assert len(loops) == 2
    for path in loops:
        samples, rate = soundfile.read(path)
        assert (len(samples), rate) == (settings.segment_frames(BPM), settings.SAMPLE_RATE)
        assert np.array_equal(samples, soundfile.read(studio / "two" / path.name)[0])
        steps = np.abs(np.diff(samples, axis=0))
        assert np.abs(samples[0] - samples[-1]).max() <= steps.max()
        _assert_levelled(path)


def _assert_levelled(path: Path) -> None:
    """As loud as every loop, or, bare kicks that would need more limiting, as the peaks allow."""
    samples = soundfile.read(path, dtype="float32")[0]
    lufs, peak = loudness.integrated_lufs(samples), loudness.true_peak_dbtp(samples)
    assert peak <= settings.CEILING_DBTP + 0.05
    assert lufs <= settings.TARGET_LUFS + 0.5
    assert lufs >= settings.TARGET_LUFS - 0.5 or peak >= settings.CEILING_DBTP - 0.2


def test_a_composition_is_exact_and_its_project_renders_the_same(studio: Path) -> None:
    done(
        *("compose", "--library", "lib", "--bars", 16, "--bpm", 127.5, "--seed", 3),
        *("--out", "track.wav", "--project", "track.technovae"),
        cwd=studio,
    )
    samples, rate = soundfile.read(studio / "track.wav", dtype="float32")
    assert len(samples) == round(16 * 4 * 60 / 127.5 * rate)
    assert loudness.integrated_lufs(samples) == pytest.approx(-14.0, abs=0.2)
    assert loudness.true_peak_dbtp(samples) <= -0.95
    onsets = OnsetStream()
    onsets.feed(samples)
    grid = fit_grid(onsets.finish())
    assert grid.bpm == pytest.approx(127.5, abs=0.1)

    done("render", "track.technovae", "--out", "again.wav", "--stems", cwd=studio)
    assert np.array_equal(samples, soundfile.read(studio / "again.wav", dtype="float32")[0])
    assert len(list(studio.glob("again*.wav"))) >= 2
    assert "127.5 BPM" in done("info", "track.technovae", cwd=studio)


def test_minutes_are_exact_to_the_sample_in_every_format(studio: Path) -> None:
    for name in ("a.flac", "a.ogg", "a.mp3"):
        done("compose", "--library", "lib", "--minutes", 0.1, "--out", name, cwd=studio)
        assert len(files.read(studio / name)) == round(0.1 * 60 * settings.SAMPLE_RATE)


def test_reconstruct_map_dataset_and_info(studio: Path) -> None:
    done("reconstruct", "lib", "--limit", 2, "--out", "pairs", cwd=studio)
    pairs = sorted(path.name for path in (studio / "pairs").iterdir())
    assert len(pairs) == 4
    assert pairs[0].endswith("_guided.wav")
    assert pairs[1].endswith("_original.wav")
    for name in pairs:
        _assert_levelled(studio / "pairs" / name)
    done("map", "lib", "--out", "map.png", "--colour", "energy", cwd=studio)
    assert (studio / "map.png").read_bytes().startswith(b"\x89PNG")
    done("dataset", "lib", "--out", "spectrogram_dataset.npy", cwd=studio)
    array = np.load(studio / "spectrogram_dataset.npy")
    assert array.shape[1:] == (512, 128)
    assert array.dtype == np.float32
    assert "track 1" in done("info", "lib", "--segments", cwd=studio)
    assert "confidence" in done("info", studio / "audio" / "track 0.flac", cwd=studio)


@pytest.fixture
def small_network(monkeypatch: pytest.MonkeyPatch) -> None:
    train_small_networks(monkeypatch)


@pytest.mark.usefixtures("small_network")
def test_a_model_can_be_trained_on_the_array(studio: Path) -> None:
    done("dataset", "lib", "--out", "array.npy", cwd=studio)
    done("train", "array.npy", "--epochs", 1, "--out", "other.keras", cwd=studio)
    assert (studio / "other.keras").is_file()


def test_a_grid_can_be_corrected_and_fitted_again(studio: Path) -> None:
    before = done("grid", "lib", "track 2", cwd=studio)
    assert "126.000" in before
    assert "user" in done("grid", "lib", "track 2", "--shift", 1, cwd=studio)
    assert done("grid", "lib", "track 2", "--fit", cwd=studio).endswith(before)


def test_a_command_in_a_process_of_its_own(studio: Path) -> None:
    process = start("info", "lib", cwd=studio)
    out, err = process.communicate(timeout=600)
    assert process.returncode == 0, err
    assert "segments" in out


COMPOSE = ("compose", "--library", "{studio}/lib", "--minutes", 1, "--out", "long.wav")


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Commands that start now obey Ctrl-C, as in a terminal. A shell that runs these tests in the
    background has it ignored, and processes inherit that."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(os.name != "posix", reason="Windows sends Ctrl-C to whole consoles only")
@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.parametrize(
    ("words", "appears", "ending"),
    [
        (COMPOSE, None, "SIGINT"),
        (COMPOSE, ".*wav*", "SIGINT"),
        (COMPOSE, ".*wav*", "SIGTERM"),
        (COMPOSE, ".*wav*", "SIGHUP"),
        (("import", "fresh", "{studio}/audio"), "fresh/library.sqlite", "SIGINT"),
        (("train", "{studio}/lib", "--out", "m.keras"), "*m.*", "SIGINT"),
    ],
    ids=["while it starts", "while it writes", "ended", "terminal gone", "import", "train"],
)
def test_interrupted_in_good_order(
    studio: Path, tmp_path: Path, words: tuple[object, ...], appears: str | None, ending: str
) -> None:
    """Ctrl-C at any moment: no half file under the final name, and everything goes on."""
    process = start(*(str(word).format(studio=studio) for word in words), cwd=tmp_path)
    try:
        wait_for_file(process, tmp_path, appears)
        process.send_signal(getattr(signal, ending))
        out, err = process.communicate(timeout=600)
    finally:
        process.kill()
    # No line of the program has run yet: the interpreter's own way to end.
    unborn = appears is None and "Python runtime state: core initialized" in err
    assert unborn or process.returncode in (0, 2, 130, -signal.SIGINT), err
    assert process.returncode != 0 or appears is not None
    if appears is not None:  # before, Python itself may be under way
        assert "Traceback" not in err + out
    assert not (tmp_path / "long.wav").exists() or process.returncode == 0
    assert [p for p in tmp_path.iterdir() if p.name.startswith(".")] == []
    if words[0] == "import":
        again = done("import", "fresh", studio / "audio", cwd=tmp_path)
        # What was in before the interruption is known now.
        assert sum(map(int, re.findall(r"(\d+) (?:imported|unchanged)\b", again))) == 3


def wait_for_file(process: subprocess.Popen[str], folder: Path, pattern: str | None) -> None:
    """Until a file like `pattern` is in `folder`, or the process has ended; None: not at all."""
    while pattern is not None and not list(folder.glob(pattern)) and process.poll() is None:
        time.sleep(0.01)


@pytest.mark.usefixtures("small_network")
def test_a_library_of_one_loop_trains_maps_and_composes(
    studio: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_for_the_demo(studio / "lib", monkeypatch)
    make_loops(tmp_path / "few", 1)
    out = done("train", "few", "--epochs", 1, cwd=tmp_path)
    assert "only 1 segment: learned together with the built-in demo" in out
    assert "1 segments on the map" in done("map", "few", "--out", "map.png", cwd=tmp_path)
    play_a_few_loops(tmp_path)


def test_three_loops_are_mapped_and_composed_of_by_a_model_of_other_music(
    studio: Path, tmp_path: Path
) -> None:
    make_loops(tmp_path / "few", 3)
    model = ("--model", studio / "saved_models" / "vae_best.keras")
    assert "3 segments on the map" in done("map", "few", *model, "--out", "map.png", cwd=tmp_path)
    play_a_few_loops(tmp_path, *model)


def make_loops(path: Path, count: int) -> None:
    """A library of loops of four bars."""
    with Library.create(path) as library:
        for k in range(count):
            add_track(library, f"Loop {k}", seconds=7.9, bpm=125.0 + k, seed=k)
        assert len(library.segments(hop_bars=4)) == count


def play_a_few_loops(folder: Path, *model: object) -> None:
    """New loops and a composition of the library `few` in it; `model`: words that name one."""
    done("generate", "--library", "few", *model, "--count", 2, "--out", "loops", cwd=folder)
    assert len(list((folder / "loops").glob("*.wav"))) == 2
    done("compose", "--library", "few", *model, "--bars", 8, "--out", "new.wav", cwd=folder)
    samples, _ = soundfile.read(folder / "new.wav")
    assert np.abs(samples).max() > 0.1
