"""What a benchmark leaves behind says what machine it was measured on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import report


def test_figures_are_written_with_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(report, "_ADDITIONS", 1000)
    report.finish({"first paint, ms": 552.0}, tmp_path / "figures.json")
    written = json.loads((tmp_path / "figures.json").read_text())
    assert written["figures"] == {"first paint, ms": 552.0}
    assert written["machine"]["calibration_s"] > 0.0
    assert written["machine"]["calibration_in_function_s"] > 0.0
    assert "20 million additions" in capsys.readouterr().out


def test_the_calibration_runs_at_module_level(monkeypatch: pytest.MonkeyPatch) -> None:
    """The goals are multiples of what `python -c` takes, which uses no slots of a function."""
    monkeypatch.setattr(report, "_ADDITIONS", 3)
    loop = compile(report._AT_MODULE_LEVEL, "calibration", "exec")
    assert {"total", "_", "additions"} <= set(loop.co_names)
    assert loop.co_varnames == ()
    names: dict[str, object] = {"additions": 3}
    exec(loop, names)
    assert names["total"] == 3
    assert report.calibration_seconds() > 0.0


def test_without_a_file_it_is_only_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(report, "_ADDITIONS", 1000)
    report.finish({}, None)
    assert capsys.readouterr().out.startswith("calibration: ")


def test_times_are_compared_with_the_calibration(capsys: pytest.CaptureFixture[str]) -> None:
    measured = {"paint, ms": 30.0, "click, ms": 400.0}
    report.compare(measured, {"paint, ms": 0.02, "click, ms": 0.1, "drag, ms": 0.006}, 2.0)
    lines = capsys.readouterr().out.splitlines()
    paint, click = (next(line for line in lines if name in line) for name in measured)
    assert "0.0150" in paint
    assert "missed" not in paint
    assert "0.2000" in click
    assert "missed" in click
    assert not any("drag" in line for line in lines)
