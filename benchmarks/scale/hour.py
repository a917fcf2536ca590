"""An hour of arrangement with a thousand clips: python -m benchmarks.scale.hour [--work FOLDER].

Makes a project from the built-in demo (six lanes, 721 different loops of real segments, latents
and parts, bands, crossfades, automation, echo) and opens it in a window without a screen, twice,
each in a process of its own: first 271 of its loops have to be rendered (the other 450, transposed
segments, are filled in with stretches of the tracks, as rendering them takes long), then all are on
disk. Measures opening, the event loop, seeks while it plays, repaints, memory, and the export of it
as it is played and mastered. --work keeps project and loops.
Needs PulseAudio.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from benchmarks import report
from benchmarks.probing import for_seconds, megabytes, until
from benchmarks.tables import list_figures
from core import garbage
from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.automation import PARAMETERS, Automation, Breakpoint
from core.arrangement.clip import (
    Clip,
    ClipSource,
    LatentSource,
    RealSource,
    SingleSource,
    with_parts,
)
from core.arrangement.lane_effects import NO_EFFECTS
from core.settings import SAMPLE_RATE, TICKS_PER_BAR, segment_frames
from tests.virtual_device import virtual_device

if TYPE_CHECKING:
    from core.playback.player import Player
    from core.session import Session
    from technovae_gui.main_window import MainWindow

BPM: Final = 130.0
BARS: Final = 1950
"""An hour."""
CLIPS: Final = 1000
LANES: Final = 6
_SEEKS: Final = 40
_RENDERED_WITHIN: Final = 3600.0
_BANDS: Final = (
    (True, False, False),
    (False, True, False),
    (False, False, True),
    (True, True, True),
)
_STEP: Final = BARS * LANES // CLIPS
"""Bars from one clip of a lane to the next; each second one goes on for four bars more."""

Figures = dict[str, float]


def main() -> None:
    """Parse the arguments, measure in two processes, print and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--work", type=Path, metavar="FOLDER", help="keep project and loops here")
    parser.add_argument("--export-minutes", type=float, default=60.0, help="0: no export")
    parser.add_argument("--clips", type=int, default=CLIPS, help="fewer: a shorter arrangement")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    report.add_option(parser)
    options = parser.parse_args()
    if options.inside is not None:
        figures = _inside(options.inside, options.work, options.export_minutes, options.clips)
        print(json.dumps(figures), flush=True)
        return
    with tempfile.TemporaryDirectory() as folder:
        work = (options.work or Path(folder)).resolve()
        work.mkdir(parents=True, exist_ok=True)
        figures = {
            f"{name}: {what}": value
            for name in ("first time", "again")
            for what, value in _run(name, work, options.export_minutes, options.clips).items()
        }
    list_figures(figures)
    report.finish(figures, options.json)


def arrangement(session: Session, count: int = CLIPS) -> Arrangement:
    """The hour, or its beginning.

    Args:
        session: whose segments and latents it is made of; it has a map.
        count: of clips.

    Returns:
        Six lanes of so many clips in all.
    """
    sources = list(_sources(session))
    lanes: list[list[Clip]] = [[] for _ in range(LANES)]
    for number in range(count):
        row, place = number % LANES, number // LANES
        bars = _STEP + (4 if place % 2 else 0)
        lanes[row].append(
            Clip(
                f"c{number}",
                sources[number % len(sources)],
                place * _STEP * TICKS_PER_BAR,
                bars * TICKS_PER_BAR,
                gain_db=-6.0,
                bass_swap=row == 0,
                bass_cut=not _BANDS[row % 4][0],
                mid_cut=not _BANDS[row % 4][1],
                treble_cut=not _BANDS[row % 4][2],
                name=f"clip {number}",
            )
        )
    return Arrangement(
        BPM, tuple(_lane(number, tuple(clips)) for number, clips in enumerate(lanes)), "An hour"
    )


def _sources(session: Session) -> Iterator[ClipSource]:
    """721 different ones: real segments as they are and transposed, latents between them, and some
    without their kick."""
    assert session.map is not None
    ids, latents = [it.id for it in session.map.segments], session.map.latents
    real = [RealSource(ids[i % len(ids)], i // len(ids) - 1) for i in range(3 * len(ids))]
    rng = np.random.default_rng(0)
    for number, segment in enumerate(real):
        yield segment
        if number % 18 == 0:
            a, b = latents[rng.integers(len(latents), size=2)]
            yield LatentSource(0.5 * (a + b), model_hash=session.model_hash)
        if number % 90 == 0:
            parts: list[SingleSource] = [segment] * 4
            yield with_parts(parts, (True, False, False, False))


def _fill_in(session: Session, whole: Arrangement) -> None:
    """Keep loops for its transposed segments, as if they had been rendered before."""
    from core.library.store import Library
    from core.workers.loop_store import LoopStore
    from core.workers.segment_service import RenderedLoop

    frames, store, answers = segment_frames(BPM), LoopStore(), list[object]()
    sources = dict.fromkeys(clip.source for clip in whole.loop_clips())
    real = [source for source in sources if isinstance(source, RealSource)]
    with Library.open(session.library_path, read_only=True) as library:
        for source in real:
            if source.transpose:
                at = library.segment(source.segment_id)
                sound = library.audio(at.track_id, at.start_seconds, frames)
                store.keep(session, source, BPM, RenderedLoop(sound, None, "original"))
    store.find(session, real[0], BPM, answers.append)
    until(lambda: bool(answers), _RENDERED_WITHIN)
    store.close()


def _lane(number: int, clips: tuple[Clip, ...]) -> Lane:
    effects = replace(NO_EFFECTS, echo_db=-18.0) if number == LANES - 1 else NO_EFFECTS
    curves = tuple(
        Automation(
            name,
            tuple(
                Breakpoint(bar * TICKS_PER_BAR, PARAMETERS[name].value(0.6 + 0.1 * (bar // 16 % 5)))
                for bar in range(0, BARS, 16)
            ),
        )
        for name in (("volume", "low_pass") if number % 2 else ())
    )
    return Lane(f"lane {number}", clips=clips, effects=effects, automation=curves)


def _run(name: str, work: Path, export_minutes: float, clips: int) -> Figures:
    home = str(work / "home")
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_CONFIG_HOME": home,
        "XDG_DATA_HOME": home,
        "XDG_CACHE_HOME": home,
    }
    minutes = export_minutes if name == "again" else 0.0
    command = [sys.executable, "-m", "benchmarks.scale.hour", "--inside", name]
    command += ["--work", str(work), "--export-minutes", str(minutes)]
    command += ["--clips", str(clips)]
    with virtual_device() as device:
        done = subprocess.run(
            command, env=environment | device.env, stdout=subprocess.PIPE, text=True, check=True
        )
    found: Figures = json.loads(done.stdout.splitlines()[-1])
    return found


def _inside(name: str, work: Path, export_minutes: float, clips: int) -> Figures:
    """What is measured in the window's process."""
    garbage.pause()
    from PySide6.QtCore import QSettings

    from technovae_gui.app import make_application, open_window

    app = make_application(["technovae"])
    QSettings().setValue("hint_seen", True)
    window = open_window(work / "sessions")
    window.resize(1280, 800)
    window.begin()
    until(
        lambda: window.session.map is not None and bool(window.transport.clock.state.device),
        _RENDERED_WITHIN,
    )
    for_seconds(4.0)
    path = _project(window, work, clips)
    figures = {"MB before": megabytes("VmRSS")}
    phases: dict[str, Callable[[], Figures]] = {
        "opening": lambda: _opened(window, path),
        "playing": lambda: _played(window) | _painted(window),
        "preparing": lambda: _prepared(window),
        "playing, prepared": lambda: _played(window),
    }
    if export_minutes:
        phases["exporting"] = lambda: _exported(window, work, export_minutes)
    with _watched() as watched:
        for phase, measure in phases.items():
            found = measure() | watched()
            figures |= {f"{phase}: {what}": value for what, value in found.items()}
            print(json.dumps({name: figures}), file=sys.stderr, flush=True)  # it takes long
    window.open_project.discard_when_left()
    window.shut_down()
    window.close()
    app.processEvents()
    return figures


def _project(window: MainWindow, work: Path, count: int) -> Path:
    """The project's file, made with the loops that are not measured where it is not there."""
    from core.arrangement import project_file
    from core.arrangement.project import Project

    path, session = work / "hour.technovae", window.session
    if not path.exists():
        whole = arrangement(session, count)
        _fill_in(session, whole)
        project_file.save(
            Project(whole, model_hash=session.model_hash, library_id=session.library_id), path
        )
    return path


def _opened(window: MainWindow, path: Path) -> Figures:
    begun = time.perf_counter()
    assert window.project.open(path)
    window.repaint()
    figures = {"project in sight, s": time.perf_counter() - begun}
    clips = window.document.arrangement.clips()
    loops, player = window.services.loops, window.services.player
    soon = {clip.source for clip in clips if clip.start < 4 * TICKS_PER_BAR}
    until(lambda: all(loops.loop(source, BPM) is not None for source in soon), _RENDERED_WITHIN)
    figures["loops of its start there, s"] = time.perf_counter() - begun
    player.play(0)
    until(lambda: max(player.state().peaks) > 0.0, _RENDERED_WITHIN)
    figures["its start heard, s"] = time.perf_counter() - begun
    player.stop()
    until(lambda: loops.outstanding == 0, _RENDERED_WITHIN)
    figures["all loops there, s"] = time.perf_counter() - begun
    return figures


def _prepared(window: MainWindow) -> Figures:
    begun = time.perf_counter()
    until(lambda: window.services.player.wait_until_prepared(0.01), _RENDERED_WITHIN)
    return {"s": time.perf_counter() - begun}


def _played(window: MainWindow) -> Figures:
    """Seeks all over the hour while it plays."""
    player, whole = window.services.player, window.document.arrangement
    rng = np.random.default_rng(1)
    player.play(0)
    until(lambda: player.state().playing and player.state().frame > 0, _RENDERED_WITHIN)
    for_seconds(2.0)
    before, waits = player.state().underruns, []
    for _ in range(_SEEKS):
        tick = int(rng.integers(0, whole.end - 8 * TICKS_PER_BAR))
        frame = whole.frame(tick)
        begun = time.perf_counter()
        window.timeline.seek_requested.emit(tick)
        until(partial(_has_reached, player, frame), _RENDERED_WITHIN)
        waits.append(1000 * (time.perf_counter() - begun))
        for_seconds(0.3)
    after = player.state().underruns
    player.stop()
    return {
        "seek, ms p50": float(np.percentile(waits, 50)),
        "seek, ms p95": float(np.percentile(waits, 95)),
        "seek, ms max": max(waits),
        "under-runs": float(after - before),
    }


def _has_reached(player: Player, frame: int) -> bool:
    return 0 <= player.state().frame - frame < 2 * SAMPLE_RATE


def _painted(window: MainWindow) -> Figures:
    canvas = window.timeline.canvas
    times = []
    for _ in range(20):
        canvas.update()
        begun = time.perf_counter()
        canvas.repaint()
        times.append(1000 * (time.perf_counter() - begun))
    return {"timeline repainted, ms p50": float(np.median(times))}


def _exported(window: MainWindow, work: Path, minutes: float) -> Figures:
    from technovae_gui.export.export_panel import ExportRequest

    whole = window.document.arrangement
    end = min(whole.end, round(minutes * BPM * 960))
    window.document.set_loop((0, end))
    figures: Figures = {}
    ended: list[Any] = []
    for signal in (window.exporting.job.returned, window.exporting.job.errored):
        signal.connect(ended.append)
    for name, lufs in (("as played", None), ("mastered", -14.0)):
        ended.clear()
        path = work / "hour.wav"
        begun = time.perf_counter()
        window.exporting.panel.export_requested.emit(ExportRequest(path, 24, "loop", lufs=lufs))
        until(lambda: bool(ended), _RENDERED_WITHIN)
        taken = time.perf_counter() - begun
        if not path.exists():
            raise SystemExit(f"the export failed: {ended}")
        path.unlink()
        figures[f"export {name}, s"] = taken
        figures[f"export {name}, times real time"] = whole.seconds(end) / taken
    return figures


@contextlib.contextmanager
def _watched() -> Iterator[Callable[[], Figures]]:
    """How late a timer of 5 ms was at most, and the most memory, since it was asked last."""
    from PySide6.QtCore import Qt, QTimer

    gaps, memory, own, last = [0.0], [0.0], [0.0], [time.perf_counter()]

    def tick() -> None:
        now = time.perf_counter()
        gaps.append(1000 * (now - last[0]) - 5.0)
        last[0] = now

    def look() -> None:
        memory.append(megabytes("VmRSS"))
        own.append(megabytes("RssAnon"))

    def figures() -> Figures:
        look()
        found = {
            "event loop late, ms p99": float(np.percentile(gaps, 99)),
            "event loop late, ms max": max(gaps),
            "most MB": max(memory),
            "most MB of its own": max(own),
            "MB at its end": memory[-1],
            "open files": float(sum(1 for _ in Path("/proc/self/fd").iterdir())),
        }
        for values in (gaps, memory, own):
            values[:] = [0.0]
        last[0] = time.perf_counter()
        return found

    timer, watch = QTimer(interval=5), QTimer(interval=200)
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)
    watch.timeout.connect(look)
    timer.start()
    watch.start()
    yield figures
    timer.stop()
    watch.stop()


if __name__ == "__main__":
    main()
