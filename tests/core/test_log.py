"""One file for all processes, and nothing that goes wrong is lost."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from logging.handlers import RotatingFileHandler
from pathlib import Path

import pytest

from core import log
from core.errors import InputError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The log of this process, set up for one test."""
    monkeypatch.setattr(log, "path", lambda: tmp_path / "logs" / "technovae.log")
    for module, name in ((sys, "excepthook"), (threading, "excepthook"), (sys, "unraisablehook")):
        monkeypatch.setattr(module, name, lambda *_: None)
    others = handlers()
    for handler in others:
        logging.getLogger().removeHandler(handler)
    log.configure()
    log.configure()
    (made,) = handlers()
    yield log.path()
    logging.getLogger().removeHandler(made)
    for handler in others:
        logging.getLogger().addHandler(handler)


def handlers() -> list[RotatingFileHandler]:
    return [it for it in logging.getLogger().handlers if isinstance(it, RotatingFileHandler)]


def test_records_go_to_the_file(file: Path) -> None:
    logging.getLogger("core.somewhere").info("it began")
    logging.getLogger("another.library").info("a remark")
    text = file.read_text(encoding="utf-8")
    assert "it began" in text
    assert "core.somewhere" in text
    assert "a remark" not in text


def test_the_file_does_not_grow_for_ever(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (handler,) = handlers()
    monkeypatch.setattr(handler, "maxBytes", 2000)
    for number in range(200):
        logging.getLogger("core.somewhere").warning("record %d", number)
    names = sorted(path.name for path in file.parent.iterdir())
    assert names == ["technovae.log", "technovae.log.1", "technovae.log.2"]
    assert all(path.stat().st_size <= 2000 for path in file.parent.iterdir())
    assert "record 199" in file.read_text(encoding="utf-8")


def test_a_file_that_another_process_renamed_is_made_anew(file: Path) -> None:
    logging.getLogger("core.somewhere").warning("before")
    file.rename(file.with_suffix(".old"))
    logging.getLogger("core.somewhere").warning("after")
    assert "after" in file.read_text(encoding="utf-8")


def test_an_exception_that_nobody_caught_is_logged_and_told(file: Path) -> None:
    lines: list[str] = []
    stop = log.on_uncaught(lines.append)

    def fail() -> None:
        raise ZeroDivisionError("on a thread")

    thread = threading.Thread(target=fail, name="worker")
    thread.start()
    thread.join()
    try:
        raise ValueError("on the main one")
    except ValueError as error:
        sys.excepthook(ValueError, error, error.__traceback__)
    stop()
    stop()
    assert ["on a thread" in lines[0], "on the main one" in lines[1]] == [True, True]
    text = file.read_text(encoding="utf-8")
    assert "thread worker" in text
    assert "Traceback" in text


def test_an_interrupt_is_nobody_s_error(file: Path) -> None:
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert not file.exists()


def test_lines_for_the_user(file: Path) -> None:
    assert log.error_line(InputError("give another"), "import") == "give another"
    assert "memory" in log.error_line(MemoryError(), "import")
    refused = OSError(13, "Permission denied", "/there")
    assert "read-only" in log.error_line(refused, "import")
    line = log.error_line(ValueError("two\nlines"), "import")
    assert line.startswith("import failed inside (ValueError: two)")
    assert str(file) in line
    assert "two\nlines" in file.read_text(encoding="utf-8")


def test_a_folder_that_cannot_be_written_hides_nothing(tmp_path: Path) -> None:
    (tmp_path / "technovae").write_text("a file where the folder would be")
    code = (
        "import logging; from core import log; log.configure();"
        "logging.getLogger('core.x').error('lost'); print('went on')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT), "XDG_STATE_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("went on\n", "")
