"""`technovae --screenshot FILE [--size WxH]`: the window on the demo, drawn and saved as a PNG."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from core.cli.arguments import Parser
from core.errors import OutputError, TechnoVAEError


def main(argv: Sequence[str]) -> int:
    """Take the picture; status 2 and one line where that is not possible."""
    parser = Parser(prog="technovae --screenshot", description=__doc__)
    parser.add_argument("--screenshot", type=Path, required=True, metavar="FILE")
    parser.add_argument("--size", type=_size, default=(1280, 800), metavar="WxH")
    options = parser.parse_args(argv)
    from technovae_gui.launch import has_screen

    if not has_screen():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    try:
        take(options.screenshot, options.size)
    except TechnoVAEError as error:
        print(f"technovae: {error}", file=sys.stderr)
        return 2
    print(options.screenshot)
    return 0


def take(path: Path, size: tuple[int, int]) -> None:
    """Save a picture of the window with a small arrangement. Raises `OutputError`."""
    import tempfile

    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

    from technovae_gui.app import make_application
    from technovae_gui.main_window import MainWindow
    from technovae_gui.waiting import pause, until

    app = make_application()
    with tempfile.TemporaryDirectory(prefix="technovae-") as folder:
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, folder)
        QSettings().setValue("hint_seen", True)
        window = MainWindow(Path(folder) / "sessions")
        window.resize(*size)
        window.panels.arrange(*size)
        window.show()
        window.begin()
        try:
            until(lambda: window.session.map is not None)
            arrange(window)
            until(lambda: window.services.loops.outstanding == 0 and not window.timeline.missing())
            pause(1.5)
            if not window.grab().save(str(path), "PNG"):
                raise OutputError(f"{path}: the picture could not be written; choose another place")
        finally:
            window.close()
            QApplication.processEvents()
    del app


def arrange(window: object) -> None:
    """A few real segments and latents on the lanes, and one place listened to."""
    from core.arrangement import edits
    from core.arrangement.clip import Clip, LatentSource, RealSource, new_id
    from core.settings import TICKS_PER_BAR, TICKS_PER_SEGMENT
    from technovae_gui.main_window import MainWindow

    assert isinstance(window, MainWindow)
    found = window.session.map
    assert found is not None
    rows = [0, 40, 75, 110, 150, 190]
    overlap = 2 * TICKS_PER_BAR
    arrangement = window.document.arrangement
    for number, row in enumerate(rows):
        segment = found.segments[row % len(found)]
        start = number * (2 * TICKS_PER_SEGMENT - overlap)
        clip = Clip(new_id(), RealSource(segment.id), start, 2 * TICKS_PER_SEGMENT)
        arrangement = edits.add(arrangement, arrangement.lanes[0].id, clip)
        between = (found.latents[row % len(found)] + found.latents[(row + 9) % len(found)]) / 2
        source = LatentSource((between,), model_hash=found.model_hash)
        latent = Clip(new_id(), source, start + TICKS_PER_SEGMENT, TICKS_PER_SEGMENT)
        arrangement = edits.add(arrangement, arrangement.lanes[1 + number % 2].id, latent)
    window.document.edit("place", lambda _: arrangement)
    window.timeline.fit()
    window.map_view.dot_chosen.emit(found.segments[rows[2]].id)


def _size(text: str) -> tuple[int, int]:
    try:
        width, height = (int(part) for part in text.lower().split("x"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no size; write 1280x800") from None
    if not (320 <= width <= 7680 and 240 <= height <= 4320):
        raise argparse.ArgumentTypeError(f"{text!r} is out of range; 320x240 to 7680x4320")
    return width, height
