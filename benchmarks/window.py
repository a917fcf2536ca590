"""The window on the built-in demo, measured: python -m benchmarks.window [--json FILE].

Process start to first paint and to a map that can be played; click to sound for real segments and
for latents, new and known; how late the event loop's timer is while it plays, and while it trains
beside (--train; --seconds 600 for ten minutes), with under-runs; memory of the window's process;
repaints of a large map and a long arrangement (`benchmarks.repaint`). What is to be reached is
printed as multiples of a loop that says how fast the machine is (`benchmarks.report`).
Without a screen it runs on Qt's offscreen platform; sound goes through PortAudio to a null sink and
is audible. Needs PulseAudio. Takes two minutes.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks import report
from benchmarks.ear import Ear
from benchmarks.probing import megabytes
from benchmarks.tables import list_figures
from tests.virtual_device import virtual_device

if TYPE_CHECKING:
    from technovae_gui.main_window import MainWindow

_START = """
import sys, time
begun = float(sys.argv[1])
from core import garbage
garbage.pause()
from pathlib import Path
from PySide6.QtCore import QSettings, QTimer
from technovae_gui import plain_imports
plain_imports.restore()
from technovae_gui.app import make_application, open_window
app = make_application(["technovae"])
QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, sys.argv[2])
window = open_window(Path(sys.argv[2]) / "sessions")
window.repaint()
print(time.time() - begun, flush=True)
def mapped(found):
    if found.map is not None:
        print(time.time() - begun, flush=True)
        QTimer.singleShot(0, window.close)
def begin():
    window.begin()
    window.sessions.session_changed.connect(mapped)
QTimer.singleShot(0, begin)
app.exec()
"""
"""What `technovae_gui.launch` does, step by step."""

_MOST = {
    "start to first paint, ms (median)": 0.35,
    "click on a place between (new) to sound, ms p95": 0.12,
    "event loop while playing, ms max": 0.017,
    "event loop while playing and training, ms max": 0.017,
    "pan 10,000 dots, repaint, ms p95": 0.006,
    "drag of 1,000 clips, repaint, ms p95": 0.006,
    "zoom out to 1,000 clips, repaint, ms p95": 0.006,
}
"""Largest multiples of what `benchmarks.report` times to say how fast the machine is."""


def main() -> None:
    """Measure, print a table, write JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    report.add_option(parser)
    parser.add_argument("--seconds", type=float, default=20.0, help="of each event loop test")
    parser.add_argument("--train", action="store_true", help="also with a training beside")
    parser.add_argument("--clicks", type=int, default=30, help="of each kind")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    figures = {**_starts(), **_inside(options)}
    list_figures(figures)
    report.compare(figures, _MOST, report.finish(figures, options.json))


def _starts(runs: int = 5) -> dict[str, float]:
    """Medians over fresh processes, milliseconds; modules are compiled, as they are once they have
    been installed or run."""
    paints, maps = [], []
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    for _ in range(1 + runs):
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                [sys.executable, "-c", _START, str(time.time()), folder],
                capture_output=True,
                text=True,
                check=True,
                env=environment,
            )
        paint, ready = (float(line) for line in done.stdout.split()[:2])
        paints.append(1000 * paint)
        maps.append(1000 * ready)
    return {
        "start to first paint, ms (median)": statistics.median(paints[1:]),
        "start to a playable map, ms (median)": statistics.median(maps[1:]),
    }


def _inside(options: argparse.Namespace) -> dict[str, float]:
    with virtual_device() as device:
        os.environ.update(device.env)  # before PortAudio looks for devices
        with Ear(device) as ear, tempfile.TemporaryDirectory() as folder:
            return _measured(Path(folder), ear, options)


def _measured(folder: Path, ear: Ear, options: argparse.Namespace) -> dict[str, float]:
    from PySide6.QtCore import QSettings

    from core import garbage

    garbage.pause()
    from technovae_gui.app import make_application, open_window

    make_application(["technovae"])
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(folder))
    QSettings().setValue("hint_seen", True)
    window = open_window(folder / "sessions")
    window.resize(1280, 800)
    begun = time.monotonic()
    window.begin()
    try:
        _until(lambda: window.session.map is not None and bool(window.transport.clock.state.device))
        figures = _cold(window, ear, begun)
        figures |= _clicks(window, ear, options.clicks)
        figures |= _loop(window, options, folder)
        figures["memory of the window's process, MB"] = megabytes("VmRSS")
        figures |= _repaints()
    finally:
        window.shut_down()  # without asking about unsaved work
        window.close()
    return figures


def _repaints() -> dict[str, float]:
    from benchmarks import repaint

    return repaint.figures()


def _cold(window: MainWindow, ear: Ear, begun: float) -> dict[str, float]:
    """From the start of the renderer's process on."""
    assert window.session.map is not None
    dot = window.session.map.segments[5].id
    first = _until_audible(window, ear, lambda: window.map_view.choose_segment(dot))
    _until_audible(window, ear, lambda: window.map_view.choose_xy((0.5, 0.5)))
    return {
        "cold: click on a dot to sound, ms": first,
        "cold: begin to sound of a click between dots, ms": 1000 * (ear.at - begun),
    }


def _clicks(window: MainWindow, ear: Ear, count: int) -> dict[str, float]:
    rng = np.random.default_rng(0)
    found = window.session.map
    assert found is not None
    dots = [found.segments[i].id for i in rng.choice(len(found), count, replace=False)]
    places = [tuple(p) for p in rng.uniform(0.25, 0.75, (count, 2))]
    figures: dict[str, float] = {}
    for name, choose, choices in (
        ("a dot", window.map_view.choose_segment, dots),
        ("a place between", window.map_view.choose_xy, places),
    ):
        for state in ("new", "known"):
            times = [_until_audible(window, ear, lambda c=c, f=choose: f(c)) for c in choices]
            what = f"click on {name} ({state}) to sound, ms"
            figures[f"{what} p50"] = float(np.median(times))
            figures[f"{what} p95"] = float(np.percentile(times, 95))
    return figures


def _until_audible(window: MainWindow, ear: Ear, click: Callable[[], None]) -> float:
    """Milliseconds from the click, in silence, until the device sounds."""
    window.transport.stop()
    _until(lambda: not window.transport.clock.state.auditioning)
    pause = time.monotonic() + 0.4
    _until(lambda: time.monotonic() > pause)
    ear.wait_for(sound=True)
    begun = time.monotonic()
    click()
    _until(lambda: ear.detected)
    return 1000 * (ear.at - begun)


def _loop(window: MainWindow, options: argparse.Namespace, folder: Path) -> dict[str, float]:
    from technovae_gui import screenshot

    screenshot.arrange(window)
    arrangement, loops = window.document.arrangement, window.services.loops
    sources = [clip.source for clip in arrangement.clips()]
    _until(lambda: all(loops.loop(source, arrangement.bpm) is not None for source in sources))
    _until(lambda: not window.timeline.missing())
    window.document.set_loop((0, 4 * 15360))
    clock = window.transport.clock
    window.transport.stop()  # the last click still sounds; Space would only silence it
    _until(lambda: not clock.state.auditioning)
    window.transport.play_or_silence()
    _until(lambda: clock.state.playing)
    figures = _late("playing", min(options.seconds, 20.0))
    if options.train:
        figures |= _training(window, options.seconds, folder)
    window.transport.stop()
    return figures


def _training(window: MainWindow, seconds: float, folder: Path) -> dict[str, float]:
    from core.workers import tasks

    before = window.transport.clock.state.underruns
    job = window.training.job
    job.start(
        tasks.train,
        library=window.session.library_path,
        minutes=seconds / 60 + 2,
        resume=False,
        seed=0,
        model=folder / "vae_best.keras",
    )
    epochs: list[object] = []
    job.event_received.connect(epochs.append)
    _until(lambda: bool(epochs))
    figures = _late("playing and training", seconds)
    figures["under-runs meanwhile"] = float(window.transport.clock.state.underruns - before)
    job.cancel()
    _until(lambda: not job.busy)
    return figures


def _late(what: str, seconds: float) -> dict[str, float]:
    """Intervals of a 5 ms timer in the event loop."""
    from PySide6.QtCore import Qt, QTimer

    at: list[float] = []
    timer = QTimer(interval=5)
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(lambda: at.append(time.perf_counter()))
    timer.start()
    end = time.perf_counter() + seconds
    _until(lambda: time.perf_counter() > end, seconds + 60.0)
    timer.stop()
    gaps = 1000 * np.diff(at)
    return {
        f"event loop while {what}, ms p50": float(np.percentile(gaps, 50)),
        f"event loop while {what}, ms p99": float(np.percentile(gaps, 99)),
        f"event loop while {what}, ms max": float(gaps.max()),
    }


def _until(done: Callable[[], bool], patience: float = 120.0) -> None:
    """Run a real event loop until `done`, looked at every 2 ms."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop, timer = QEventLoop(), QTimer(interval=2)
    end = time.monotonic() + patience
    timer.timeout.connect(lambda: loop.quit() if done() or time.monotonic() > end else None)
    timer.start()
    loop.exec()
    timer.stop()


if __name__ == "__main__":
    main()
