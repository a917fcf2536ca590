"""`technovae`: the command line, or the window. Nothing heavy is imported to decide."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from core import garbage, log
from core.arrangement.project import SUFFIX


def main(argv: Sequence[str] | None = None) -> int:
    """Run `technovae`.

    The window opens without arguments, with a project, or for `--screenshot FILE`. Where there is
    no screen, the command line's demo runs instead and says how to get the window.

    Args:
        argv: the arguments; None for those of the process.

    Returns:
        The exit status.
    """
    log.configure()
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not _wants_window(arguments):
        from core.cli import main as command_line

        return command_line(arguments)
    if arguments[:1] == ["--screenshot"] or any(a.startswith("--screenshot=") for a in arguments):
        from technovae_gui.screenshot import main as screenshot

        return screenshot(arguments, offscreen=not has_screen())
    if not has_screen():
        from core.cli import main as command_line

        return command_line([])
    garbage.pause()
    from technovae_gui import plain_imports, theme

    plain_imports.restore()
    theme.load()
    from technovae_gui.app import main as window

    return window(Path(arguments[0]) if arguments else None)


def has_screen() -> bool:
    """Whether Qt will find a screen; Qt itself would abort where there is none."""
    if sys.platform in ("win32", "darwin") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("WAYLAND_DISPLAY")) or _x_server_answers(
        os.environ.get("DISPLAY", "")
    )


def _wants_window(arguments: Sequence[str]) -> bool:
    if any(a.split("=")[0] == "--screenshot" for a in arguments):
        return True
    return not arguments or (len(arguments) == 1 and arguments[0].endswith(SUFFIX))


def _x_server_answers(display: str) -> bool:
    """Whether an X server listens at `display`; of a remote one that is taken for granted."""
    host, _, number = display.partition(":")
    if not number:
        return False
    if host and host != "unix":
        return True
    name = f"/tmp/.X11-unix/X{number.split('.')[0]}"
    for address in (name, f"\0{name}"):
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(2.0)
                connection.connect(address)
            return True
        except OSError:
            continue
    return False
