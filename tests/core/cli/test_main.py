"""What is typed wrongly ends in one line and status 2."""

from __future__ import annotations

import re
import sys
from contextlib import nullcontext, suppress
from pathlib import Path

import numpy as np
import pytest

from core import resources
from core.audio import files
from core.cli import arguments, opening
from core.cli.grids import find_track
from core.cli.main import _with_stems_named, main
from core.demo.catalogue import catalogue
from core.library.model_versions import Figures, keep_version
from core.library.store import Library
from tests.core.library.building import make_library


def run(*argv: str) -> int:
    try:
        return main(list(argv))
    except SystemExit as stop:
        return int(stop.code or 0)


@pytest.mark.parametrize(
    ("argv", "hint"),
    [
        (["nonsense"], "invalid choice"),
        (["import"], "required"),
        (["import", "lib"], "required"),
        (["compose", "--minutes", "ten"], "not a number"),
        (["compose", "--minutes", "0"], "not between"),
        (["compose", "--minutes", "3", "--bars", "8"], "not allowed"),
        (["compose", "--energy", "0.5"], "at least two"),
        (["compose", "--energy", "0.5,7"], "not between"),
        (["compose", "--form", "dub"], "invalid choice"),
        (["generate", "--count", "0"], "not between"),
        (["generate", "--bpm", "nan"], "not between"),
        (["generate", "--renderer", "magic"], "invalid choice"),
        (["map", "--size", "10x10"], "not between"),
        (["map", "--size", "big"], "not a size"),
        (["grid", "lib", "1", "--nudge", "inf"], "not a number"),
        (["import", "lib", "", "song.wav"], "AUDIO: the name is empty"),
        (["import", "", "song.wav"], "LIBRARY: the name is empty"),
        (["parts", "song.wav", "--out", ""], "the name is empty"),
        (["grid", "lib", "", "--double"], "the name is empty"),
        (["train", "lib", "--only", ""], "the name is empty"),
        (["weigh", "lib", "", "--times", "0"], "the name is empty"),
        (["map", "--out", "song.wav"], "to be a .png file"),
        (["import", "lib", "song.wav", "--report", "song.wav"], "to be a .json file"),
    ],
)
def test_mistyped_options_are_one_line(
    argv: list[str], hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*argv) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert hint in err


@pytest.mark.parametrize("text", ["-1e9", "-.5", "-5E-1", "-inf", "-1_000", "-0,5"])
def test_what_begins_like_a_negative_number_is_a_value_of_every_option(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    commands = arguments.build()._subparsers._group_actions[0].choices  # type: ignore[union-attr]
    taken = 0
    for name, parser in dict(commands or {}).items():
        for action in parser._actions:
            if action.option_strings and action.nargs != 0:
                values = [text] * (action.nargs if isinstance(action.nargs, int) else 1)
                with suppress(SystemExit):
                    parser.parse_args(["a", "b", action.option_strings[-1], *values, "--nonsense"])
                err = capsys.readouterr().err
                assert err.count("\n") == 1
                assert "expected" not in err, (name, err)
                assert "invalid" not in err.replace("invalid choice", ""), (name, err)
                taken += 1
    assert taken > 40
    assert arguments.build().parse_args(["grid", "a", "b", "--nudge", "-1e2"]).nudge == -100.0


@pytest.mark.parametrize(
    "argv",
    [
        ["import", "{tmp}/lib", "{tmp}/nowhere"],
        ["import", "{tmp}/lib", "{tmp}/*.wav"],
        ["import", "{tmp}/not_empty", "{tmp}/not_empty"],
        ["train", "{tmp}/nowhere"],
        ["train", "{tmp}/text.npy"],
        ["train", "{tmp}/text.txt"],
        ["generate", "--library", "{tmp}/nowhere", "--out", "{tmp}/g"],
        ["compose", "--library", "{tmp}/nowhere", "--out", "{tmp}/c.wav"],
        ["compose", "--project", "{tmp}/p.json", "--out", "{tmp}/c.wav"],
        ["render", "{tmp}/nowhere.technovae", "--out", "{tmp}/r.wav"],
        ["render", "{tmp}/text.txt", "--out", "{tmp}/r.wav"],
        ["reconstruct", "{tmp}/nowhere.wav", "--out", "{tmp}/r"],
        ["reconstruct", "{tmp}/text.txt", "--out", "{tmp}/text.txt"],
        ["map", "{tmp}/nowhere", "--out", "{tmp}/m.png"],
        ["dataset", "{tmp}/nowhere", "--out", "{tmp}/d.npy"],
        ["info", "{tmp}/nowhere"],
        ["info", "{tmp}/text.txt"],
        ["info", "{tmp}/not_empty"],
        ["grid", "{tmp}/nowhere"],
        ["demo", "--render", "no such track"],
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing_behind(
    argv: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "text.npy").write_text("no array")
    (tmp_path / "text.txt").write_text("no audio")
    (tmp_path / "not_empty").mkdir()
    (tmp_path / "not_empty" / "notes.txt").write_text("mine")
    before = sorted(tmp_path.rglob("*"))
    assert run(*(word.format(tmp=tmp_path) for word in argv)) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1, err
    assert err.startswith("technovae: ")
    made = [p for p in tmp_path.rglob("*") if p not in before and p.is_file()]
    assert made == []


@pytest.mark.parametrize("argv", [["import", "lib", "-rf.wav"], ["info", "-rf.wav"]])
def test_how_a_file_is_written_whose_name_looks_like_an_option_is_said(
    argv: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """As `*.wav` may bring one; "arguments are required: AUDIO" told nobody."""
    (tmp_path / "-rf.wav").touch()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit):
        main(argv)
    assert (
        "-rf.wav: a file whose name begins with - is written ./-rf.wav" in capsys.readouterr().err
    )


def test_every_command_has_help_and_a_room(capsys: pytest.CaptureFixture[str]) -> None:
    from core.cli.main import _ROOMS

    parser = arguments.build()
    commands = next(a for a in parser._actions if a.dest == "command").choices
    assert commands is not None
    assert set(commands) == set(_ROOMS)
    for name in commands:
        assert run(name, "--help") == 0
        assert "usage: technovae " + name in capsys.readouterr().out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--version") == 0
    assert capsys.readouterr().out.startswith("technovae ")


def test_info_of_a_model_is_facts_on_short_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("info", str(resources.demo_model())) == 0
    out, _ = capsys.readouterr()
    facts = dict(re.split(r"  +", line.strip(), maxsplit=1) for line in out.splitlines()[2:])
    assert facts["hash"] == resources.digest(resources.demo_model())
    assert facts["trained on"] == "828 windows of four bars, 24 tracks"
    assert facts["error on held-out music"].endswith(" dB")
    assert facts["attribute axes"] == "brightness, density, kick, energy"
    assert all(len(line) < 100 for line in out.splitlines())


@pytest.mark.parametrize("name", ["noext", "model.h5", "model.keras.txt"])
def test_a_model_of_another_name_is_refused_before_anything_is_read(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("train", str(tmp_path / "no library"), "--out", str(tmp_path / name)) == 2
    assert "a model's name ends in .keras" in capsys.readouterr().err


@pytest.mark.parametrize(
    "argv",
    [
        ["import", "{tmp}/lib", "{tmp}/text.txt", "--report", "{out}"],
        ["train", "{tmp}/nowhere", "--out", "{out}.keras"],
        ["compose", "--library", "{tmp}/nowhere", "--out", "{out}.wav"],
        ["compose", "--library", "{tmp}/nowhere", "--project", "{out}.technovae"],
        ["render", "{tmp}/nowhere.technovae", "--out", "{out}.flac"],
        ["reconstruct", "{tmp}/text.txt", "--out", "{tmp}/text.txt/below"],
        ["map", "{tmp}/nowhere", "--out", "{out}.png"],
        ["dataset", "{tmp}/nowhere", "--out", "{out}.npy"],
        ["demo", "--render", "{demo}", "--out", "{out}.wav"],
    ],
)
def test_a_place_that_cannot_be_written_is_known_before_the_work(
    argv: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.txt").write_text("no audio")
    names = {"tmp": tmp_path, "out": tmp_path / "text.txt" / "out", "demo": catalogue()[0].name}
    assert run(*(word.format(**names) for word in argv)) == 2
    err = capsys.readouterr().err
    assert "a file is in its place" in err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["text.txt"]


@pytest.mark.parametrize("name", ["song.keras", "song.technovae", "song.json", "song.txt", "song"])
def test_audio_is_known_by_its_bytes(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    files.write(tmp_path / "a.wav", np.full((4410, 1), 0.1, np.float32), bit_depth=16)
    (tmp_path / "a.wav").rename(tmp_path / name)
    assert run("info", str(tmp_path / name)) == 0
    assert "PCM_16" in capsys.readouterr().out


@pytest.mark.parametrize(("level", "kind"), [(0.0, "silence"), (0.5, "one-shot: a single sound")])
def test_info_tells_silence_from_a_single_sound(
    level: float, kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fading = (
        level * np.random.default_rng(0).standard_normal(22_050) * np.geomspace(1, 1e-4, 22_050)
    )
    files.write(tmp_path / "a.wav", fading[:, None].astype(np.float32), bit_depth=16)
    assert run("info", str(tmp_path / "a.wav")) == 0
    assert kind in capsys.readouterr().out


def test_info_tells_what_is_damaged_and_nothing_else_does(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    noise = 0.1 * np.random.default_rng(0).standard_normal((88_200, 1)).astype(np.float32)
    files.write(tmp_path / "a.mp3", noise)
    content = bytearray((tmp_path / "a.mp3").read_bytes())
    content[30_000:40_000] = b"\x5a" * 10_000
    (tmp_path / "a.mp3").write_bytes(content)
    assert run("info", str(tmp_path / "a.mp3")) == 0
    out, err = capfd.readouterr()
    assert "are lost and silent, at 0." in out
    assert err == ""


def test_info_of_a_library_finds_the_keys_when_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_library(tmp_path / "lib", 1).close()
    assert run("info", str(tmp_path / "lib")) == 0
    assert "key" in capsys.readouterr().out
    assert run("info", str(tmp_path / "lib"), "--keys") == 0
    with Library.open(tmp_path / "lib") as library:
        assert library.keys().knows(library.tracks()[0].id)


@pytest.mark.parametrize(
    ("argv", "stems"),
    [
        (["render", "--stems", "a.technovae", "--out", "a.wav"], "lanes"),
        (["render", "a.technovae", "--out", "a.wav", "--stems"], "lanes"),
        (["render", "a.technovae", "--stems", "parts", "--out", "a.wav"], "parts"),
        (["render", "a.technovae", "--out", "a.wav"], None),
    ],
)
def test_stems_are_of_lanes_unless_parts_are_named(argv: list[str], stems: str | None) -> None:
    options = arguments.build().parse_args(_with_stems_named(argv))
    assert (options.stems, str(options.project)) == (stems, "a.technovae")


def test_no_word_at_all_is_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    """`make run` where there is no screen."""
    monkeypatch.setattr(opening, "run", lambda options: 0 if options.command is None else 1)
    assert main([]) == 0


@pytest.mark.parametrize(
    ("started", "named"),
    [("/a/.venv/bin/technovae", "/a/.venv/bin/technovae"), ("/a/__main__.py", "technovae")],
)
def test_how_to_get_the_window_is_said_as_the_program_was_started(
    started: str,
    named: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [started])
    monkeypatch.setattr(opening, "open_workspace", nullcontext)
    monkeypatch.setattr(opening.mapping, "draw", lambda *_, **__: None)
    monkeypatch.setattr(opening.composing, "compose_to", lambda *_: None)
    assert main([]) == 0
    assert f"run {named} on a desktop" in capsys.readouterr().out


def test_the_last_word_is_looked_at_as_well() -> None:
    assert _with_stems_named([]) == []
    assert _with_stems_named(["--stems"]) == ["--stems=lanes"]
    assert _with_stems_named(["a", "--stems", "parts"]) == ["a", "--stems", "parts"]


def test_tracks_are_weighed_and_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "lib"
    make_library(path).close()
    assert run("weigh", str(path), "Track 2", "--times", "0") == 0
    assert "left out" in capsys.readouterr().out
    assert run("weigh", str(path)) == 0
    out = capsys.readouterr().out
    assert "a training learns 1 of 2 segments" in out
    assert "as usual" in out
    assert run("weigh", str(path), "--times", "2") == 2
    assert "name the tracks" in capsys.readouterr().err


def test_versions_of_a_model_are_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "lib"
    make_library(path).close()
    model = tmp_path / "model.keras"
    model.write_bytes(b"any")
    figures = Figures(600.0, 40, 2.91, 7.5, 0.93, "2 segments")
    version = keep_version(path, model, figures, "more bass")
    assert run("info", str(path)) == 0
    out = capsys.readouterr().out
    assert "versions of the model" in out
    for told in (version.model_hash, "10.0", "2.91", "7.50", "0.93", "more bass"):
        assert told in out


def test_tracks_are_chosen_of_a_library_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    np.save(tmp_path / "array.npy", np.zeros((2, 512, 128), np.float32))
    assert run("train", str(tmp_path / "array.npy"), "--only", "1", "--out", "m.keras") == 2
    assert "tracks of a library" in capsys.readouterr().err


def test_every_command_says_what_it_and_its_arguments_are() -> None:
    commands = arguments.build()._subparsers._group_actions[0].choices  # type: ignore[union-attr]
    for name, parser in commands.items():
        assert parser.description, name
        unsaid = [action.dest for action in parser._actions if not action.help]
        assert not unsaid, name


@pytest.mark.parametrize("command", ["info", "grid", "weigh"])
def test_lists_of_tracks_have_the_numbers_that_stand_for_them(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_library(tmp_path / "library", tracks=3).close()
    assert main([command, str(tmp_path / "library")]) == 0
    listed = capsys.readouterr().out
    with Library.open(tmp_path / "library", read_only=True) as opened:
        for number, track in enumerate(opened.tracks(), 1):
            assert re.search(rf"^{number} .*{re.escape(track.title)}", listed, re.MULTILINE)
            assert find_track(opened, str(number)) == track


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps a folder that is used")
def test_a_current_folder_that_is_gone_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert run("import", str(tmp_path / "library"), str(tmp_path)) == 2
    assert "the current folder is gone" in capsys.readouterr().err
