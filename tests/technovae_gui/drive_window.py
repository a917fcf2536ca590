"""Run by `test_main_window`: the window on a virtual screen of its own, driven by xdotool."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from technovae_gui.event_loop import process_events_for, wait_until

SIZE = (1280, 800)
PATIENCE = 240.0
"""Seconds."""


def main(folder: Path, picture: Path) -> int:
    """Drag, trim, undo, crossfade, play; print what went wrong. Returns the exit status."""
    read, write = os.pipe()
    screen = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1700x800x24", "-nolisten", "tcp"],
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
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

    from technovae_gui import style_sheet
    from technovae_gui.app import make_application
    from technovae_gui.main_window import MainWindow

    app = make_application(["technovae"])
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(folder))
    QSettings().setValue("hint_seen", True)
    window = MainWindow(folder / "sessions")
    style_sheet.dress(app)
    window.move(0, 0)
    window.resize(*SIZE)
    window.show()
    drive = Drive(window, folder)
    window.begin()
    try:
        drive.all(picture)
    finally:
        window.shut_down()  # without asking about unsaved work
        window.close()
        process_events_for(0.2)
        QApplication.quit()
    print("; ".join(drive.problems))
    return 1 if drive.problems else 0


class Drive:
    """What a hand does in the window, and what was not as it should be afterwards."""

    def __init__(self, window: Any, folder: Path) -> None:
        self.window, self.folder = window, folder
        self.problems: list[str] = []
        self._said: list[str] = []
        window.sessions.status.connect(self._said.append)
        window.sessions.problem.connect(lambda *lines: self._said.extend(lines))

    def all(self, picture: Path) -> None:
        """Every step, each on what the ones before have left."""
        self.check("the map did not come", lambda: self.window.session.map is not None)
        if self.problems:
            self.problems += self._said
            return
        process_events_for(1.5)
        self.drag_a_dot_and_trim()
        self.crossfade()
        self.play()
        self.window.grab().save(str(picture))
        hand("key space")
        self.check(
            "the space bar does not stop", lambda: not self.window.transport.clock.state.playing
        )
        self.pan()
        self.drag_out()

    def drag_a_dot_and_trim(self) -> None:
        """Onto the first lane; longer by its right edge; undone."""
        from PySide6.QtCore import QPoint

        from core.settings import TICKS_PER_SEGMENT

        self.drag_dot(20, 30)
        self.check("no clip came from the drag", lambda: len(self.clips()) == 1)
        if self.clips():
            start = self.on_lane(self.x(self.clips()[0].end) - 3, 45)
            drag(start, start + QPoint(120, 0))
            longer = lambda: self.clips()[0].length > TICKS_PER_SEGMENT  # noqa: E731
            self.check("the clip was not trimmed", longer)
        hand("key ctrl+z")
        lengths = lambda: [clip.length for clip in self.clips()]  # noqa: E731
        self.check("undo did nothing", lambda: lengths() == [TICKS_PER_SEGMENT])

    def crossfade(self) -> None:
        """A second dot over the end of the first one's clip."""
        from core.settings import TICKS_PER_BAR

        self.drag_dot(60, self.x(3 * TICKS_PER_BAR) + 1)
        self.check("no second clip came", lambda: len(self.clips()) == 2)
        if len(self.clips()) == 2:
            first, second = self.clips()
            self.check("the two do not crossfade", lambda: second.start < first.end)

    def play(self) -> None:
        """Once all sounds are there, by the space bar."""
        sounds = self.window.services.loops
        self.check("its sound did not come", lambda: sounds.outstanding == 0)
        self.window.timeline.canvas.setFocus()
        hand("key space")
        state = lambda: self.window.transport.clock.state  # noqa: E731
        self.check("the space bar does not play", lambda: state().playing)
        self.check("nothing is heard", lambda: max(state().peaks) > 0.01)

    def pan(self) -> None:
        """The map moves while Space is held, and nothing plays when it comes up."""
        from PySide6.QtCore import QPoint

        view = self.window.map_view.canvas
        view.setFocus()
        before, start = view.viewport.camera.x, view.mapToGlobal(QPoint(60, 60))
        hand("keydown space sleep 0.2")
        drag(start, start + QPoint(80, 0))
        hand("keyup space sleep 0.2")
        self.check("Space and drag do not pan", lambda: view.viewport.camera.x < before)
        self.check(
            "Space played after a pan", lambda: not self.window.transport.clock.state.playing
        )

    def drag_out(self) -> None:
        """A clip taken out of the window and dropped on another program's is a file there."""
        self.window.drag_out.folder = self.folder / "dragged"
        names = self.folder / "dropped.txt"
        script = Path(__file__).with_name("drop_target.py")
        place = SIZE[0] + 90
        target = subprocess.Popen(
            [sys.executable, str(script), str(names), str(place), "100"], stdout=subprocess.PIPE
        )
        try:
            assert target.stdout is not None
            with target.stdout as said:
                said.readline()
            process_events_for(0.5)
            clip = self.clips()[0]
            start, end = self.on_lane(self.x(clip.start) + 40, 8), self.on_lane(0, 8)
            end.setX(place + 150)
            end.setY(250)
            way = [start + (end - start) * step / 20 for step in range(1, 21)]
            moves = " sleep 0.1 ".join(f"mousemove {at.x()} {at.y()}" for at in way)
            wiggle = " sleep 0.2 ".join(f"mousemove {end.x() + n} {end.y()}" for n in range(10))
            press = f"mousemove {start.x()} {start.y()} sleep 0.1 mousedown 1 sleep 0.1"
            hand(f"{press} {moves} sleep 1.5 {wiggle} sleep 0.3 mouseup 1")
            self.check("nothing was dropped outside", names.exists)
        finally:
            target.terminate()
            target.wait()
        if names.exists():
            self.check("what was dropped is no file", lambda: Path(names.read_text()).is_file())
        self.check("the clip moved", lambda: clip in self.clips())

    def clips(self) -> list[Any]:
        """The document's."""
        return list(self.window.document.arrangement.clips())

    def x(self, tick: int) -> int:
        """The timeline's pixel of a tick."""
        return round(self.window.timeline.viewport.geometry.x(tick))

    def on_lane(self, x: int, y: int) -> Any:
        """A place on the timeline's canvas, on the screen."""
        from PySide6.QtCore import QPoint

        return self.window.timeline.canvas.mapToGlobal(QPoint(x, y))

    def drag_dot(self, row: int, x: int) -> None:
        """From the map onto the first lane at pixel `x`."""
        view, xy = self.window.map_view.canvas, self.window.session.map.xy[row]
        spot = view.viewport.pixel((float(xy[0]), float(xy[1]))).toPoint()
        drag(view.mapToGlobal(spot), self.on_lane(x, 30))

    def check(self, what: str, fine: Callable[[], bool], seconds: float = PATIENCE) -> None:
        """Wait for `fine`, or note `what`."""
        if not wait_until(fine, seconds):
            self.problems.append(what)


def drag(start: Any, end: Any) -> None:
    """Press, move in twelve steps, let go."""
    steps = [start + (end - start) * step / 12 for step in range(1, 13)]
    moves = " sleep 0.05 ".join(f"mousemove {at.x()} {at.y()}" for at in steps)
    press = f"mousemove {start.x()} {start.y()} sleep 0.1 mousedown 1 sleep 0.1"
    hand(f"{press} {moves} sleep 0.3 mouseup 1")


def hand(commands: str) -> None:
    """What a hand does, by another process; the window's events go on meanwhile, also those inside
    a drag, which only ends when that process lets go."""
    done = subprocess.Popen(["xdotool", *commands.split()])
    wait_until(lambda: done.poll() is not None, PATIENCE)
    process_events_for(0.1)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
