"""What `technovae` does with its arguments, and when it may open a window."""

from __future__ import annotations

import subprocess
import sys

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


def test_the_window_imports_nothing_heavy() -> None:
    """tensorflow costs 4 s and 570 MB; scipy .4 s before the first paint, what reads and checks
    libraries and projects .02 s."""
    heavy = ["tensorflow", "keras", "librosa", "numba", "scipy", "matplotlib", "sklearn", "av"]
    heavy += [
        "msgspec",
        "sqlite3",
        "hashlib",
        "core.library.store",
        "core.arrangement.project_file",
    ]
    code = (
        "import sys, technovae_gui.main_window, technovae_gui.app;"
        f"print([m for m in {heavy!r} if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
