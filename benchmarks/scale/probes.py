"""What is measured on one library, each in a process of its own.

    python -m benchmarks.scale.probes NAME LIBRARY     prints one line of JSON: figure -> number

Memory is what Linux says of the process: resident, and of that what is its own (anonymous): pages
of mapped files count as resident, too, but the system takes them back when it needs room.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.probing import for_seconds, megabytes, until
from core import garbage

NEW_TRACKS: Final = 10
_ENCODED: Final = 64
_CLICKS: Final = 20
_TRAINING_MINUTES: Final = 3
_PATIENCE: Final = 300.0
"""Seconds, for busy machines."""
_SINCE: Final = "TECHNOVAE_BENCHMARK_BEGUN"

Figures = dict[str, float]


def run(name: str, library: Path) -> Figures:
    """Run a probe in a fresh process."""
    with tempfile.TemporaryDirectory() as home:
        environment = {
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "XDG_CONFIG_HOME": home,
            "XDG_DATA_HOME": home,
            "XDG_CACHE_HOME": home,
            _SINCE: str(time.time()),
        }
        done = subprocess.run(
            [sys.executable, "-m", __name__, name, str(library)],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    found: Figures = json.loads(done.stdout.splitlines()[-1])
    return found


def window(library: Path) -> Figures:
    """Process start to first paint, to the map, and to a map that can be played; memory."""
    garbage.pause()
    from PySide6.QtCore import QSettings

    from technovae_gui.app import make_application, open_window

    begun = float(os.environ[_SINCE])
    make_application(["technovae"])
    QSettings().setValue("library", str(library))
    QSettings().setValue("hint_seen", True)
    opened = open_window()
    opened.repaint()
    figures = {"first paint, s": time.time() - begun}
    opened.begin()
    until(lambda: opened.session.map is not None, _PATIENCE)
    figures["map in sight, s"] = time.time() - begun
    until(lambda: opened.map_view.scene.shading is not None, _PATIENCE)
    figures["map playable, s"] = time.time() - begun
    for_seconds(4.0)
    figures["window, MB"] = megabytes("VmRSS")
    figures["window's own, MB"] = megabytes("RssAnon")
    opened.shut_down()
    opened.close()
    return figures


def opening(library: Path) -> Figures:
    """Reading the library and its map, without a window."""
    from core.library.models import model_for
    from core.session import open_session

    times = []
    for _ in range(3):
        begun = time.perf_counter()
        session = open_session(library, model_for(library), generation=1)
        times.append(time.perf_counter() - begun)
    assert session.map is not None
    begun = time.perf_counter()
    inverse = session.map.inverse
    built = time.perf_counter() - begun
    begun = time.perf_counter()
    inverse.latent([(0.5, 0.5)])
    return {
        "segments": len(session.map),
        "open, s": sorted(times)[1],
        "inverse of the map, s": built,
        "latent of a place, ms": 1000 * (time.perf_counter() - begun),
        "memory once it is open, MB": megabytes("RssAnon"),
    }


def mapping(library: Path) -> Figures:
    """The map made from nothing, and with ten tracks more (of small libraries a third); its
    neighbours against the latents'."""
    from core.library.models import model_for
    from core.library.store import Library
    from core.render import library_latents
    from core.vae.codec import Codec

    codec = Codec.load(model_for(library))
    with Library.open(library) as opened:
        tracks = [track.id for track in opened.tracks()]
        last = tracks[-min(NEW_TRACKS, len(tracks) // 3) :]
        segments = opened.segments()
        some = np.stack([opened.segment_spectrogram(s) for s in segments[:_ENCODED]])
        codec.encode(some)
        begun = time.process_time()
        codec.encode(some)
        encoding = (time.process_time() - begun) / len(some)
        ids, latents = opened.latents(codec.hash)
        old = [row for row, name in enumerate(ids) if name.split("-")[0] not in last]
        _drop_maps(opened)

        def mapped(rows: list[int]) -> np.ndarray:
            chosen = [ids[row] for row in rows]
            return library_latents.ensure_map(
                opened, codec.hash, chosen, latents[rows], codec.decode
            )

        before, *scratch = _timed(lambda: mapped(old))
        placed, *more = _timed(lambda: mapped(list(range(len(ids)))))
    moved = np.linalg.norm(placed[old] - before, axis=1)
    return {
        "encoding, CPU ms a segment": 1000 * encoding,
        "map from nothing, s": scratch[0],
        "map from nothing, CPU s": scratch[1],
        "map of more tracks, s": more[0],
        "map of more tracks, CPU s": more[1],
        "old dots moved by, median": float(np.median(moved)),
        "neighbours kept": neighbours_kept(latents, placed),
        "memory while mapping, MB": megabytes("VmHWM"),
    }


def clicks(library: Path) -> Figures:
    """From the request for a loop to its first bar, as the window asks: cold, new and known."""
    from PySide6.QtCore import QCoreApplication

    from core.arrangement.clip import LatentSource, RealSource
    from core.session import open_session
    from core.workers.loops import LoopService
    from core.workers.service_client import RENDERER, ServiceClient
    from core.workers.thread import kill_all

    QCoreApplication([])
    session = open_session(library, generation=1)
    found = session.map
    assert found is not None
    rng = np.random.default_rng(0)
    real = [RealSource(s.id) for s in rng.choice(np.array(found.segments), _CLICKS)]
    drawn = [found.inverse.latent([place])[0] for place in rng.uniform(0.25, 0.75, (_CLICKS, 2))]
    latents = [LatentSource(z, model_hash=found.model_hash) for z in drawn]
    loops = LoopService(ServiceClient(RENDERER))
    ready: list[float] = []
    for signal in (loops.partial, loops.auditioned):
        signal.connect(lambda _: ready.append(time.perf_counter()))

    def seconds(source: RealSource | LatentSource) -> float:
        ready.clear()
        begun = time.perf_counter()
        loops.audition(source, 127.0, bar=0)
        until(lambda: bool(ready), _PATIENCE)
        return ready[0] - begun

    begun = time.perf_counter()
    loops.set_session(session)
    figures = {"cold click on a dot, ms": 1000 * seconds(real[0])}
    seconds(latents[0])
    figures["cold click on a place, ms"] = 1000 * (ready[0] - begun)
    for_seconds(2.0)
    for name, sources in (("a dot", real), ("a place", latents)):
        for state in ("new", "known"):
            times = [1000 * seconds(source) for source in sources[1:]]
            figures[f"click on {name}, {state}, ms p50"] = float(np.median(times))
            figures[f"click on {name}, {state}, ms p95"] = float(np.percentile(times, 95))
    loops.close()
    kill_all()
    return figures


def looking(library: Path) -> Figures:
    """The map and the track list as they are used: panning, searching, sorting."""
    from PySide6.QtCore import Qt

    from benchmarks import repaint
    from core.session import open_session
    from technovae_gui import style_sheet
    from technovae_gui.app import make_application
    from technovae_gui.library.filter_form import with_words
    from technovae_gui.library.track_filter import TrackFilter
    from technovae_gui.library.track_table import TrackTable
    from technovae_gui.map import LatentMapView

    style_sheet.dress(make_application(["technovae"]))
    session = open_session(library, generation=1)
    assert session.map is not None
    cpu = time.process_time()
    pans = list(repaint.panned(session.map))
    pan_cpu = 1000 * (time.process_time() - cpu) / len(pans)
    descending = Qt.SortOrder.DescendingOrder
    view, table = LatentMapView(), TrackTable()
    view.resize(1280, 900)
    view.show()
    view.set_map(session.map)
    until(lambda: view.scene.shading is not None, _PATIENCE)
    view.canvas.repaint()
    table.resize(500, 700)
    table.show()

    def milliseconds(what: Callable[[], object]) -> float:
        begun = time.perf_counter()
        what()
        view.canvas.repaint()
        table.viewport().repaint()
        return 1000 * (time.perf_counter() - begun)

    filled = milliseconds(lambda: table.show_tracks(session.tracks))
    figures = {
        "pan, ms p50": float(np.percentile(pans, 50)),
        "pan, ms p95": float(np.percentile(pans, 95)),
        "pan, CPU ms": pan_cpu,
        "search on the map, ms": milliseconds(lambda: view.scene.set_search("maker 7")),
        "track list filled, ms": filled,
        "track list searched, ms": milliseconds(
            lambda: table.filter(with_words(TrackFilter(), "maker 7"))
        ),
        "track list sorted, ms": milliseconds(lambda: table.sortByColumn(2, descending)),
    }
    view.shutdown()
    view.close()
    return figures


def training(library: Path) -> Figures:
    """From the request to the first epoch, and seconds a step; the most memory on the way."""
    from core.session import training_data
    from core.vae.options import TrainOptions
    from core.vae.training import TrainingRun

    memory, ended = [0.0], threading.Event()

    def watch() -> None:
        while not ended.wait(0.1):
            memory.append(megabytes("RssAnon"))

    thread = threading.Thread(target=watch)
    thread.start()
    begun = time.perf_counter()
    data = training_data(library)
    read = time.perf_counter() - begun
    with tempfile.TemporaryDirectory() as folder:
        options = TrainOptions(Path(folder) / "vae_best.keras", minutes=_TRAINING_MINUTES)
        run = TrainingRun(data, options)
        prepared = time.perf_counter() - begun
        steps = _step_seconds(run)
    ended.set()
    thread.join()
    return {
        "windows": len(data),
        "windows read, s": read,
        "until the first step, s": prepared,
        "training step, s": steps,
        "training's own memory, MB": max(memory),
    }


def _step_seconds(run: object) -> float:
    """Median of 30 steps after ten."""
    from core.vae.fitting import WindowBatches
    from core.vae.training import TrainingRun

    assert isinstance(run, TrainingRun)
    options = run.options
    batches = WindowBatches(
        run.data, run.training, batch=options.batch, augmentation=options.augmentation, seed=0
    )
    times = []
    for step in range(min(40, len(batches))):
        begun = time.perf_counter()
        (windows,) = batches[step]
        run.model.train_on_batch(windows)
        times.append(time.perf_counter() - begun)
    return float(np.median(times[min(10, len(times) // 2) :]))


def neighbours_kept(latents: np.ndarray, xy: np.ndarray, count: int = 10, most: int = 500) -> float:
    """Share of the nearest latents that are among the nearest dots, of some of them."""
    from scipy.spatial import cKDTree

    rows = np.linspace(0, len(xy) - 1, min(len(xy), most)).astype(int)
    dots = cKDTree(xy).query(xy[rows], k=count + 1)[1][:, 1:]
    kept = []
    for row, near in zip(rows, dots, strict=True):
        distance = np.linalg.norm(latents - latents[row], axis=1)
        distance[row] = np.inf
        kept.append(np.isin(np.argpartition(distance, count)[:count], near).mean())
    return float(np.mean(kept))


def _timed(what: Callable[[], np.ndarray]) -> tuple[np.ndarray, float, float]:
    """What comes of it, seconds on the clock, and of CPU."""
    begun, cpu = time.perf_counter(), time.process_time()
    found = what()
    return found, time.perf_counter() - begun, time.process_time() - cpu


def _drop_maps(library: object) -> None:
    from core.library.store import Library

    assert isinstance(library, Library)
    with library.database.transaction():
        library.database.execute("DELETE FROM map")


PROBES: Final = {
    probe.__name__: probe for probe in (mapping, opening, window, looking, clicks, training)
}


def main() -> None:
    """Run one probe here."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=PROBES)
    parser.add_argument("library", type=Path)
    options = parser.parse_args()
    print(json.dumps(PROBES[options.name](options.library)), flush=True)


if __name__ == "__main__":
    main()
