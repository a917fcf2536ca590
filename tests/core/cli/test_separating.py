"""`technovae parts`: files and libraries become four files each that sum to them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core import resources
from core.audio import files
from core.cli.main import main
from core.parts import network_file
from core.parts.network import PartsNetwork, input_shape
from core.settings import PARTS, SAMPLE_RATE
from tests.core.library.building import make_library
from tests.core.parts.conftest import BPM, TINY, parts_of


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network that was never trained: its parts sum to the mix like any other's."""
    network = PartsNetwork(**TINY)
    network.build(input_shape())
    path = tmp_path_factory.mktemp("model") / "parts.keras"
    network_file.save(network, path, {})
    return path


def error_db(folder: Path, mix: np.ndarray) -> float:
    """How far the parts in `folder` are from summing to `mix`, dB."""
    parts = [files.read(folder / f"{part}.wav") for part in PARTS]
    assert {part.shape for part in parts} == {mix.shape}
    wrong = ((sum(parts[1:], parts[0]) - mix) ** 2).mean()
    return float(10 * np.log10(wrong / (mix**2).mean() + 1e-20))


def test_the_parts_of_a_file_sum_to_it(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mix = np.tile(parts_of(2).sum(axis=0), (2, 1))[: -SAMPLE_RATE // 3]
    files.write(tmp_path / "mix.wav", 1.8 * mix, bit_depth=32, bpm=BPM)  # over full scale
    out = tmp_path / "out"
    assert main(["parts", str(tmp_path / "mix.wav"), "--out", str(out), "--model", str(model)]) == 0
    assert error_db(out, files.read(tmp_path / "mix.wav")) < -60.0
    assert "130.00 BPM" in capsys.readouterr().out
    assert sorted(path.name for path in out.iterdir()) == sorted(f"{part}.wav" for part in PARTS)


def test_a_loop_is_taken_apart_on_the_tempo_that_it_states(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bar = parts_of(2).sum(axis=0)[: round(4 * 60 / BPM * SAMPLE_RATE)]
    path, out = tmp_path / f"loop_{BPM:.0f}bpm.wav", tmp_path / "out"
    files.write(path, bar, bit_depth=32)
    assert main(["parts", str(path), "--out", str(out), "--model", str(model)]) == 0
    assert error_db(out, bar) < -60.0
    assert "as a loop, 130.00 BPM" in capsys.readouterr().out
    assert main(["info", str(path)]) == 0
    told = capsys.readouterr().out
    assert "loop of 1 bar" in told
    assert "130.000 BPM" in told


def test_what_a_decoder_remarks_is_kept_off_the_terminal_and_damage_is_told(
    model: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], rng: np.random.Generator
) -> None:
    """mpg123 writes to standard error by itself that a number of bytes is not right."""
    noise = 0.1 * rng.standard_normal((3 * SAMPLE_RATE, 1)).astype(np.float32)
    files.write(tmp_path / "a.mp3", noise)
    content = (tmp_path / "a.mp3").read_bytes()
    (tmp_path / "b.mp3").write_bytes(content[: len(content) // 2])
    arguments = ["parts", str(tmp_path / "b.mp3"), "--out", str(tmp_path / "out")]
    assert main([*arguments, "--model", str(model)]) == 0
    said = capfd.readouterr()
    assert said.err == ""
    assert "no steady beat; cut short: 3.0 s were promised, 1.5 s are there" in said.out


def test_a_file_without_a_beat_stays_mono(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], rng: np.random.Generator
) -> None:
    noise = 0.1 * rng.standard_normal((3 * SAMPLE_RATE, 1)).astype(np.float32)
    files.write(tmp_path / "noise.wav", noise, bit_depth=32)
    out = tmp_path / "out"
    assert (
        main(["parts", str(tmp_path / "noise.wav"), "--out", str(out), "--model", str(model)]) == 0
    )
    assert error_db(out, noise) < -60.0
    assert "no steady beat" in capsys.readouterr().out


def test_a_library_gets_a_folder_per_track(model: Path, tmp_path: Path) -> None:
    with make_library(tmp_path / "lib") as library:
        tracks = library.tracks()
        mixes = [np.concatenate(list(library.blocks(track))) for track in tracks]
    argv = ["parts", str(tmp_path / "lib"), "--out", str(tmp_path / "out"), "--model", str(model)]
    assert main(argv) == 0
    folders = sorted((tmp_path / "out").iterdir())
    assert len(folders) == len(tracks) > 0
    assert max(error_db(folder, mix) for folder, mix in zip(folders, mixes, strict=True)) < -60.0


def test_without_the_network_one_line_says_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    files.write(tmp_path / "a.wav", np.full((SAMPLE_RATE, 1), 0.1, np.float32))
    monkeypatch.setattr(resources, "parts_model", lambda: tmp_path / "none.keras")
    assert main(["parts", str(tmp_path / "a.wav"), "--out", str(tmp_path / "out")]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "--train-parts" in told
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("source", ["none.wav", "text.wav", "folder"])
def test_what_is_no_audio_is_one_line(
    source: str, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "text.wav").write_text("words")
    (tmp_path / "folder").mkdir()
    argv = ["parts", str(tmp_path / source), "--out", str(tmp_path / "out"), "--model", str(model)]
    assert main(argv) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_training_asks_for_a_model_to_begin_with_before_it_renders(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damaged = tmp_path / "damaged.keras"
    damaged.write_bytes(b"no model")
    songs, out = tmp_path / "songs", tmp_path / "parts.keras"
    given = ["--from", str(damaged), "--material", str(songs), "--out", str(out)]
    assert main(["demo", "--train-parts", *given]) != 0
    assert "damaged.keras" in capsys.readouterr().err
    assert not songs.exists()
