"""Run by `test_main_window`: the window on a virtual screen of its own, driven by xdotool."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

SIZE = (1280, 800)


def main(folder: Path, picture: Path) -> int:
    """Drag, trim, undo; print what went wrong. Returns the exit status."""
    read, write = os.pipe()
    screen = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as numbers:
        os.environ["DISPLAY"] = f":{numbers.readline().strip()}"
    try:
        return _drive(folder, picture)
    finally:
        screen.terminate()
        screen.wait()


def _drive(folder: Path, picture: Path) -> int:
    from PySide6.QtCore import QPoint, QSettings
    from PySide6.QtWidgets import QApplication

    from core.settings import TICKS_PER_SEGMENT
    from technovae_gui.app import make_application
    from technovae_gui.main_window import MainWindow

    app = make_application(["technovae"])
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(folder))
    QSettings().setValue("hint_seen", True)
    window = MainWindow(folder / "sessions")
    window.move(0, 0)
    window.resize(*SIZE)
    window.show()
    window.begin()
    problems: list[str] = []

    def clips() -> list:  # type: ignore[type-arg]
        return list(window.document.arrangement.clips())

    def drag(start: QPoint, end: QPoint) -> None:
        steps = [start + (end - start) * step / 12 for step in range(1, 13)]
        moves = " sleep 0.05 ".join(f"mousemove {at.x()} {at.y()}" for at in steps)
        press = f"mousemove {start.x()} {start.y()} sleep 0.1 mousedown 1 sleep 0.1"
        _hand(f"{press} {moves} sleep 0.3 mouseup 1")

    def check(what: str, fine: Callable[[], bool], seconds: float = 30.0) -> None:
        if not _until(app, fine, seconds):
            problems.append(what)

    said: list[str] = []
    window.studio.status.connect(said.append)
    window.studio.problem.connect(lambda *lines: said.extend(lines))
    if not _until(app, lambda: window.studio.map is not None, 60):
        print("the map did not come:", *said)
        window.close()
        return 1
    _until(app, lambda: False, 1.5)
    view, canvas = window.map_view.canvas, window.timeline.canvas
    found = window.studio.map
    spot = view.pixel((float(found.xy[20, 0]), float(found.xy[20, 1]))).toPoint()
    lane = canvas.mapToGlobal(QPoint(30, 30))
    drag(view.mapToGlobal(spot), lane)
    check("no clip came from the drag", lambda: len(clips()) == 1)
    if clips():
        edge = window.timeline.camera.geometry.x(clips()[0].end)
        start = canvas.mapToGlobal(QPoint(round(edge) - 3, 45))
        drag(start, start + QPoint(120, 0))
        check("the clip was not trimmed", lambda: clips()[0].length > TICKS_PER_SEGMENT)
    _hand("key ctrl+z")
    check("undo did nothing", lambda: bool(clips()) and clips()[0].length == TICKS_PER_SEGMENT)
    check("its sound did not come", lambda: window.studio.sounds.outstanding == 0, 60)
    _until(app, lambda: False, 0.5)
    window.grab().save(str(picture))
    window.close()
    _until(app, lambda: False, 0.2)
    QApplication.quit()
    print("; ".join(problems))
    return 1 if problems else 0


def _hand(commands: str) -> None:
    """What a hand does, by another process; the window's events go on meanwhile, also those inside
    a drag, which only ends when that process lets go."""
    from PySide6.QtWidgets import QApplication

    done = subprocess.Popen(["xdotool", *commands.split()])
    while done.poll() is None:
        QApplication.processEvents()
        time.sleep(0.002)
    _until(QApplication.instance(), lambda: False, 0.1)


def _until(app: object, fine: Callable[[], bool], seconds: float) -> bool:
    from PySide6.QtWidgets import QApplication

    end = time.monotonic() + seconds
    while time.monotonic() < end:
        QApplication.processEvents()
        if fine():
            return True
        time.sleep(0.005)
    return fine()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
