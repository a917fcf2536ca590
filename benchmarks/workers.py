"""From a click to a loop in the window's process: python -m benchmarks.workers [--json FILE].

Starts the renderer and the segment reader on a library (default: the built-in demo) and asks for
loops as the window does, one after the other. `uncached` are random latents, drawn from the
aggregate posterior, rendered guided; `the process's cache` asks the renderer for the last one
again, `the window's` asks `LoopService`. `transfer` is a loop's way through the pipe to a slot,
without making it. The event loop's gaps are those of a 5 ms timer while loops are rendered.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer
from rich.console import Console
from rich.table import Table

from benchmarks import report
from core import resources, settings
from core.arrangement.clip import ClipSource, LatentSource, RealSource
from core.library import latent_map
from core.library.latent_map import LatentMap
from core.library.models import model_for
from core.session import Session
from core.workers.jobs import Job
from core.workers.loops import LoopService
from core.workers.service_client import RENDERER, ServiceClient
from core.workers.thread import kill_all

_HELPER_SECONDS = 2.0
"""The renderer starts its segment helper when it is ready; clicks are measured with it."""

Figures = dict[str, dict[str, float]]
Ask = Callable[[ClipSource, float], None]


def main() -> None:
    """Parse the arguments, measure, print and write."""
    options = _arguments()
    app = QCoreApplication([])
    library = options.library or resources.demo_library()
    model = options.model or model_for(library)
    found = latent_map.load(library, model)
    assert found is not None, "open the library once, so that it has a map"
    renderer = ServiceClient(RENDERER)
    loops = LoopService(renderer)
    figures = _measured(renderer, loops, found, options)
    kill_all()
    app.quit()
    _show(figures)
    report.finish(figures, options.json)


def _measured(
    renderer: ServiceClient, loops: LoopService, found: LatentMap, options: argparse.Namespace
) -> Figures:
    rng = np.random.default_rng(0)
    real = [RealSource(s.id) for s in rng.choice(np.array(found.segments), options.count)]
    latents = [
        LatentSource(z, model_hash=found.model_hash)
        for z in found.posterior.sample(options.count, rng)
    ]
    first = LatentSource(
        found.posterior.sample(1, np.random.default_rng(1))[0],
        model_hash=found.model_hash,
    )
    bpm = options.bpm

    def decode(source: ClipSource, bpm: float) -> None:
        renderer.audition("benchmark", source, bpm)

    figures: Figures = {"transfer of a loop": _transfer(bpm)}
    started = time.perf_counter()
    session = Session(1, found.library_path)
    loops.set_session(session)
    _seconds(loops.auditioned, loops.audition, real[0], 140.0)
    figures["reader: start to first loop"] = _of([time.perf_counter() - started])
    figures["reader: real segment, uncached"] = _timed(loops.auditioned, loops.audition, real, bpm)
    started = time.perf_counter()
    loops.set_session(
        replace(session, generation=2, model_path=found.model_path, model_hash=found.model_hash)
    )
    _wait(renderer.ready)
    figures["renderer: start to ready"] = _of([time.perf_counter() - started])
    _seconds(renderer.loop_ready, decode, first, bpm)
    figures["renderer: start to first loop"] = _of([time.perf_counter() - started])
    time.sleep(_HELPER_SECONDS)
    gaps = _Gaps()
    figures["renderer: latent, uncached"] = _timed(renderer.loop_ready, decode, latents, bpm)
    figures["event loop meanwhile: gap"] = gaps.stop()
    figures["renderer: the process's cache"] = _timed(
        renderer.loop_ready, decode, latents[-1:] * 10, bpm
    )
    nudged = [
        LatentSource(s.array + 0.05, model_hash=s.model_hash)  # type: ignore[arg-type]
        for s in latents
    ]
    figures["renderer: latent beside one rendered before"] = _timed(
        renderer.loop_ready, decode, nudged, bpm
    )
    for source in latents:
        _seconds(loops.auditioned, loops.audition, source, bpm)
    figures["the window's cache"] = _timed(loops.auditioned, loops.audition, latents, bpm)
    return figures


def _transfer(bpm: float) -> dict[str, float]:
    """From before it is sent in a worker to after it is received here; one clock for both."""
    loop, times = QEventLoop(), []

    def take(message: tuple[float, object]) -> None:
        times.append(time.perf_counter() - message[0])

    job = Job(emit_loops, {"frames": settings.segment_frames(bpm)})
    job.emitted.connect(take)
    job.finished.connect(loop.quit)
    job.start()
    loop.exec()
    return _of(times)


def emit_loops(frames: int, emit: Callable[[object], None]) -> None:
    """In a worker: a loop every 20 ms."""
    array = np.zeros((frames, 2), np.float32)
    for _ in range(50):
        time.sleep(0.02)
        emit((time.perf_counter(), array))


def _timed(signal: Any, ask: Ask, sources: Sequence[ClipSource], bpm: float) -> dict[str, float]:
    return _of([_seconds(signal, ask, source, bpm) for source in sources])


def _seconds(signal: Any, ask: Ask, source: ClipSource, bpm: float) -> float:
    """Seconds until `signal` answers `ask`."""
    loop = QEventLoop()
    answered: list[float] = []

    def answer(_: object) -> None:
        answered.append(time.perf_counter())
        loop.quit()

    connection = signal.connect(answer)
    started = time.perf_counter()
    ask(source, bpm)
    if not answered:
        loop.exec()
    signal.disconnect(connection)
    return answered[0] - started


def _wait(signal: Any) -> None:
    loop = QEventLoop()
    signal.connect(loop.quit)
    loop.exec()


class _Gaps:
    """Times between ticks of a 5 ms timer."""

    def __init__(self) -> None:
        self._ticks: list[float] = []
        self._timer = QTimer(interval=5)
        self._timer.timeout.connect(lambda: self._ticks.append(time.perf_counter()))
        self._timer.start()

    def stop(self) -> dict[str, float]:
        self._timer.stop()
        return _of(np.diff(self._ticks).tolist())


def _of(seconds: Sequence[float]) -> dict[str, float]:
    values = np.array(seconds)
    return {
        "count": len(values),
        "median": float(np.median(values)),
        "p95": float(np.quantile(values, 0.95)),
        "max": float(values.max()),
    }


def _show(figures: Figures) -> None:
    table = Table("what", "count", "median, ms", "p95, ms", "max, ms", title="workers")
    for name, row in figures.items():
        times = [f"{1000 * row[column]:.1f}" for column in ("median", "p95", "max")]
        table.add_row(name, f"{row['count']:.0f}", *times)
    Console(width=100).print(table)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, help="default: the built-in demo")
    parser.add_argument("--model", type=Path, help="default: the one trained on the library")
    parser.add_argument("--bpm", type=float, default=127.0, help="unlike the tracks' own")
    parser.add_argument("--count", type=int, default=40)
    report.add_option(parser)
    return parser.parse_args()


if __name__ == "__main__":
    main()
