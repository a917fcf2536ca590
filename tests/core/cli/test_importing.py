"""The status that `technovae import` ends with."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.cli import importing
from core.cli.main import main
from core.library.report import IMPORTED, SKIPPED, FileReport, ImportReport


def test_a_name_that_leads_nowhere_is_a_failure_though_others_are_imported(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Fault: `technovae import lib a.wav typo.wav && technovae train lib` went on to train."""
    rows = [FileReport(tmp_path / "a.wav", IMPORTED)]

    def imported(*_: object, **__: object) -> ImportReport:
        return ImportReport(tmp_path, tuple(rows), 1.0, 130.0)

    monkeypatch.setattr(importing, "import_audio", imported)
    names = [str(tmp_path / name) for name in ("a.wav", "typo.wav")]
    assert main(["import", str(tmp_path / "lib"), *names]) == 0
    rows.append(FileReport(tmp_path / "folder", SKIPPED, "another library"))
    assert main(["import", str(tmp_path / "lib"), *names]) == 0
    rows.append(FileReport(tmp_path / "typo.wav", SKIPPED, "no such file"))
    capsys.readouterr()
    assert main(["import", str(tmp_path / "lib"), *names]) == 2
    assert "typo.wav: no such file" in capsys.readouterr().out
