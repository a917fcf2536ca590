"""Run by `test_heard`: the whole window plays an arrangement on the device, and exports it.

    python play_window.py FOLDER SECONDS

Prints the device's name, the under-runs, and the position where playing was stopped, as JSON.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSettings

from core.arrangement import edits
from core.arrangement.clip import Clip, LatentSource, RealSource
from core.arrangement.export_options import ExportOptions
from core.settings import TICKS_PER_BAR, TICKS_PER_SEGMENT
from core.workers import tasks
from technovae_gui import style_sheet
from technovae_gui.app import make_application
from technovae_gui.event_loop import process_events_for, wait_until
from technovae_gui.main_window import MainWindow

PATIENCE = 240.0


def main(folder: Path, seconds: float) -> None:
    """Arrange, wait for all sounds, export, play for `seconds`, stop."""
    app = make_application(["technovae"])
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(folder))
    window = MainWindow(folder / "sessions")
    style_sheet.dress(app)
    window.show()
    window.begin()
    try:
        _until(lambda: window.session.map is not None)
        _arrange(window)
        _until(lambda: window.services.loops.outstanding == 0)
        _export(window, folder / "exported.wav")
        _until(lambda: bool(window.transport.clock.state.device))
        assert window.services.player.wait_until_prepared(PATIENCE)
        window.transport.play_or_silence()
        _until(lambda: window.transport.clock.state.frame > seconds * 44_100)
        state = window.transport.clock.state
        window.transport.stop()
        process_events_for(0.3)
    finally:
        window.shut_down()  # without asking about unsaved work
        window.close()
        process_events_for(0.2)
    print(json.dumps([state.device, state.underruns, state.frame]))
    del app


def _arrange(window: MainWindow) -> None:
    """A segment of a track, a place between two that crossfades with it, a second lane."""
    found = window.session.map
    assert found is not None
    between = (found.latents[3] + found.latents[30]) / 2
    latent = LatentSource((between,), model_hash=found.model_hash)
    first, second = window.document.arrangement.lanes[:2]
    length, bar = TICKS_PER_SEGMENT, TICKS_PER_BAR
    made = window.document.arrangement
    made = edits.add(made, first.id, Clip("a", RealSource(found.segments[3].id), 0, length))
    made = edits.add(made, first.id, Clip("b", latent, length - 3 * bar, length))
    made = edits.add(made, second.id, Clip("c", RealSource(found.segments[60].id), bar, length))
    window.document.edit("place", lambda _: made)


def _export(window: MainWindow, path: Path) -> None:
    found, job = window.session.map, window.exporting.job
    assert found is not None
    done: list[object] = []
    job.returned.connect(done.append)
    job.errored.connect(lambda line: sys.exit(line))
    job.start(
        tasks.export_audio,
        library=found.library_path,
        model=found.model_path,
        arrangement=window.document.arrangement,
        path=path,
        options=ExportOptions(bit_depth=32, lufs=None),
    )
    _until(lambda: bool(done))
    _until(lambda: not job.busy)


def _until(fine: Callable[[], bool]) -> None:
    assert wait_until(fine, PATIENCE), "it took too long"


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    main(Path(sys.argv[1]), float(sys.argv[2]))
