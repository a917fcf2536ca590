"""What `technovae` does with its arguments, and when it may open a window."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from technovae_gui import launch


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ([], True),
        (["night.technovae"], True),
        (["--screenshot", "a.png"], True),
        (["--screenshot=a.png"], True),
        (["--help"], False),
        (["compose", "--out", "a.wav"], False),
        (["render", "night.technovae"], False),
    ],
)
def test_which_arguments_open_the_window(arguments: list[str], wanted: bool) -> None:
    assert launch._wants_window(arguments) is wanted


def test_a_display_that_nobody_serves_is_no_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    for display in ("", ":987", "nonsense"):
        monkeypatch.setenv("DISPLAY", display)
        assert not launch.has_screen()


_OPENED = """
import sys
from pathlib import Path
from technovae_gui.app import make_application, open_window
app = make_application(["technovae"])
window = open_window(Path(sys.argv[1]) / "sessions")
print([name for name in sys.argv[2].split() if name in sys.modules])
window.furnish()
print([name for name in sys.argv[3].split() if name in sys.modules])
window.close()
"""


def test_the_window_imports_nothing_heavy(tmp_path: Path) -> None:
    """tensorflow costs 4 s and 570 MB; scipy .4 s before the first paint, what reads and checks
    libraries and projects .02 s, the rooms behind tabs .07 s."""
    heavy = "tensorflow keras librosa numba scipy matplotlib sklearn av msgspec sqlite3 hashlib"
    heavy += " core.library.store core.arrangement.project_file"
    rooms = ("library", "training", "compose", "export", "history", "project")
    behind = " ".join(f"technovae_gui.{room}" for room in (*rooms, "services"))
    opened = subprocess.run(
        [sys.executable, "-c", _OPENED, str(tmp_path), f"{heavy} {behind}", heavy],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "XDG_CONFIG_HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"},
    )
    assert opened.stdout.split("\n")[:2] == ["[]", "[]"]
