"""`technovae --screenshot FILE [--size WxH] [--panels FOLDER]`: save a picture of the window on the
demo as a PNG, and one of each panel into a folder."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from core.atomic import writing_error
from core.cli.arguments import Parser
from core.errors import OutputError, TechnoVAEError

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from core.library.latent_map import LatentMap
    from technovae_gui.main_window import MainWindow

_PATIENCE_SECONDS: Final = 300.0
_SETTLE_SECONDS: Final = 1.5
"""Until meters and thumbnails have come to rest."""


def main(argv: Sequence[str], *, offscreen: bool) -> int:
    """Run the command.

    Args:
        argv: its arguments.
        offscreen: whether to draw without a screen.

    Returns:
        The exit status: 2, after one line about it, where no picture could be saved.
    """
    parser = Parser(prog="technovae --screenshot", description=__doc__)
    parser.add_argument("--screenshot", type=Path, required=True, metavar="FILE")
    parser.add_argument("--size", type=_size, default=(1280, 800), metavar="WxH")
    parser.add_argument("--panels", type=Path, metavar="FOLDER")
    options = parser.parse_args(argv)
    if offscreen:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    try:
        take(options.screenshot, options.size, options.panels)
    except TechnoVAEError as error:
        print(f"technovae: {error}", file=sys.stderr)
        return 2
    print(options.screenshot)
    return 0


def take(path: Path, size: tuple[int, int], panels: Path | None = None) -> None:
    """Save a picture of the window with a small arrangement.

    Args:
        path: of the PNG.
        size: width and height of the window, in pixels.
        panels: folder for pictures of the panels, one each; None for none of them.

    Raises:
        OutputError: they could not be written.
    """
    import tempfile

    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

    from technovae_gui import style_sheet
    from technovae_gui.app import make_application
    from technovae_gui.event_loop import process_events_for, wait_until
    from technovae_gui.main_window import MainWindow

    app = make_application()
    with tempfile.TemporaryDirectory(prefix="technovae-") as folder:
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, folder)
        QSettings().setValue("hint_seen", True)
        window = MainWindow(Path(folder) / "sessions")
        style_sheet.dress(app)
        window.resize(*size)
        window.panels.arrange(*size)
        window.show()
        window.begin()
        try:
            wait_until(lambda: window.session.map is not None)
            arrange(window)
            wait_until(lambda: not window.services.loops.outstanding, _PATIENCE_SECONDS)
            wait_until(lambda: not window.timeline.missing(), _PATIENCE_SECONDS)
            window.banners.dismiss("device")  # machines that make pictures may have none
            process_events_for(_SETTLE_SECONDS)
            _save(window, path)
            if panels is not None:
                _save_panels(window, panels)
        finally:
            window.shut_down()  # without asking about unsaved work
            window.close()
            QApplication.processEvents()
    del app


def _save(widget: QWidget, path: Path) -> None:
    if not widget.grab().save(str(path), "PNG"):
        raise OutputError(f"{path}: the picture could not be written; choose another place")


def _save_panels(window: MainWindow, folder: Path) -> None:
    """Save every panel as it is in use: with a clip, a track, a drawn path."""
    from PySide6.QtWidgets import QDialog

    from technovae_gui.event_loop import process_events_for, wait_until

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise writing_error(folder, error) from error
    latent_map = window.session.map
    assert latent_map is not None
    _automate(window)
    process_events_for(_SETTLE_SECONDS)
    _save(window.timeline, folder / "timeline.png")
    window.panels.show_timeline(False)
    _listen_around(window, latent_map)
    window.document.select([next(window.document.arrangement.clips()).id])
    window.library.panel.select_track(latent_map.segments[40].track_id)
    window.library.panel.grid_section.set_open(True)
    window.composing.panel.set_path(latent_map.xy[:8])
    waveform = window.library.panel.grid_editor.wave
    wait_until(lambda: len(waveform.peaks) > 0, _PATIENCE_SECONDS)
    for number in range(window.panels.side.count()):
        window.panels.show_tab_at(number)
        wait_until(lambda: window.sound.clip_pictures.error_db is not None, _PATIENCE_SECONDS)
        process_events_for(_SETTLE_SECONDS)
        if window.history.panel.isVisible():
            wait_until(lambda: window.history.panel.is_complete, _PATIENCE_SECONDS)
        name = window.panels.side.tabText(number).lower()
        _save(window.panels.side, folder / f"{name}.png")
    window.show_preferences()
    process_events_for(_SETTLE_SECONDS)
    for dialog in window.findChildren(QDialog):
        _save(dialog, folder / "preferences.png")
        dialog.close()


def _automate(window: MainWindow) -> None:
    """Draw a filter that opens, and a volume, and show both."""
    from core.arrangement import automation_edits
    from core.arrangement.automation import Breakpoint
    from core.settings import TICKS_PER_BAR

    lanes = window.document.arrangement.lanes
    for lane, parameter, points in (
        (lanes[0], "low_pass", ((0, 300.0, 0.4), (12, 20_000.0, 0.0))),
        (lanes[1], "volume", ((4, -60.0, -0.5), (8, 0.0, 0.0), (22, 0.0, 0.5), (24, -18.0, 0.0))),
    ):
        made = [Breakpoint(bar * TICKS_PER_BAR, value, bend) for bar, value, bend in points]
        change = partial(
            automation_edits.set_points, lane_id=lane.id, parameter=parameter, points=made
        )
        window.document.edit("automation", change)
        window.timeline.state.show_automation(lane.id, parameter)
        window.timeline.automation.toggle(lane.id, True)


def _listen_around(window: MainWindow, latent_map: LatentMap) -> None:
    """Put a few places into the history."""
    from technovae_gui.map.map_point import point_at, segment_point

    for row in range(5, len(latent_map), len(latent_map) // 6):
        x, y = latent_map.xy[row]
        for point in (segment_point(latent_map, row), point_at(latent_map, (x + 0.04, y))):
            window.history.add(point, None)
    window.history.panel.star_requested.emit(point.source, True)


def arrange(window: MainWindow) -> None:
    """Place a few segments and latents on the lanes, and audition one segment."""
    from core.arrangement import edits
    from core.arrangement.clip import Clip, LatentSource, RealSource, new_id
    from core.settings import TICKS_PER_BAR, TICKS_PER_SEGMENT

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
    window.map_view.choose_segment(found.segments[rows[2]].id)


def _size(text: str) -> tuple[int, int]:
    try:
        width, height = (int(part) for part in text.lower().split("x"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no size; write 1280x800") from None
    if not (320 <= width <= 7680 and 240 <= height <= 4320):
        raise argparse.ArgumentTypeError(f"{text!r} is out of range; 320x240 to 7680x4320")
    return width, height
