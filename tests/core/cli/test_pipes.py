"""Pipes that nobody writes to and devices that never end, in the place of what a command reads."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core import resources
from core.errors import ModelError
from core.library.latent_map import model_hash
from core.vae.history import History
from tests.core.cli.test_fuzz import run

COMMANDS = (
    ["info", "{}"],
    ["render", "{}", "--out", "out.wav"],
    ["grid", "{}", "track"],
    ["train", "{}"],
    ["map", "{}"],
    ["dataset", "{}"],
    ["reconstruct", "{}"],
    ["parts", "{}"],
    ["generate", "--library", "{}"],
    ["generate", "--model", "{}"],
    ["compose", "--library", "{}", "--out", "out.wav"],
    ["compose", "--model", "{}", "--out", "out.wav"],
)

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows has no such files")


@pytest.mark.parametrize("name", ["pipe", "pipe.wav", "pipe.keras", "pipe.technovae", "/dev/zero"])
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_nothing_waits_for_ever(
    command: list[str],
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    if not name.startswith("/"):
        os.mkfifo(name)
    run([word.format(name) for word in command], capsys)
    assert not Path("out.wav").exists()


def test_a_model_that_is_a_pipe_is_none(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.keras")
    with pytest.raises(ModelError, match="no such model"):
        model_hash(tmp_path / "pipe.keras")


def test_a_pipe_in_the_place_of_a_history_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("vae.keras").symlink_to(resources.demo_model())
    os.mkfifo("vae.history.json")
    run(["info", "vae.keras"], capsys)
    with pytest.raises(FileNotFoundError):
        History.read(Path("vae.keras"))


def test_a_history_of_gigabytes_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "vae.history.json").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(ValueError, match="larger"):
        History.read(tmp_path / "vae.keras")
