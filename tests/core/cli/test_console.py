"""What is printed: any name on any code page, and nothing that steers the terminal."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.cli import console
from core.cli.main import main
from tests.fuzzing import examples

HOSTILE = "\x1b]0;owned\x07\x1b[2J夜\u202egnp.mp3\r\nok \udce9 [bold]x[/] \x9b31m"


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=examples(60),
)
@given(text=st.text(), encoding=st.sampled_from(["cp1252", "ascii", "cp437", "utf-8", "koi8-r"]))
@example(HOSTILE, "cp1252")
def test_any_text_is_printed_on_any_code_page(text: str, encoding: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        streams = [io.TextIOWrapper(io.BytesIO(), encoding=encoding) for _ in range(2)]
        patch.setattr(sys, "stdout", streams[0])
        patch.setattr(sys, "stderr", streams[1])
        console.take_any_text()
        console.say(text)
        console.complain(text)
        console.table(text, ("a", "b"), [(text, 1), (None, text)], right=("b",))
        with console.progress_bar("working") as progress:
            progress(1, 2, text)
        for stream in streams:
            stream.flush()
            printed = stream.buffer.getvalue().decode(encoding)  # type: ignore[attr-defined]
            assert not set(printed) & {"\x1b", "\x07", "\r", "\u202e", "\x9b"}
    assert isinstance(printed, str)


def test_an_error_is_one_line_whatever_the_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", f"/nowhere/{HOSTILE}"]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "\x1b" not in err


def test_a_report_is_written_whatever_the_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "夜\x1b[31m.mp3").write_text("no audio")
    stream = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    monkeypatch.setattr(sys, "stdout", stream)
    report = tmp_path / "report.json"
    status = main(
        ["import", str(tmp_path / "lib"), str(tmp_path), "--report", str(report), "--workers", "1"]
    )
    assert status == 2
    (file,) = json.loads(report.read_text())["files"]
    assert Path(file["path"]).name == "夜\x1b[31m.mp3"
    assert "is not audio" in file["reason"]
    stream.flush()
    printed = stream.buffer.getvalue()  # type: ignore[attr-defined]
    assert b"\x1b" not in printed
    assert b"\\u591c" in printed
