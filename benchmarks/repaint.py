"""How long a large map and a long arrangement take to repaint: python -m benchmarks.repaint.

Panning a map of 10,000 dots and dragging one of 1,000 clips with the mouse, at 1920 x 1080, each
step painted at once; and all of the timeline as it is zoomed with 1,000 clips on it: while it is
zoomed, and the steps in which it is painted exactly once it rests. A time holds the mouse's event,
all that follows from it, and the picture, on Qt's offscreen platform, which paints as a screen
without a graphics card does. `benchmarks.window` shows the same figures.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from benchmarks.tables import list_figures
from core import resources
from core.arrangement import edits
from core.arrangement.clip import Clip, RealSource
from core.library import latent_map
from core.library.latent_map import LatentMap
from core.settings import TICKS_PER_BAR
from technovae_gui import style_sheet
from technovae_gui.app import make_application
from technovae_gui.document import Document
from technovae_gui.event_loop import wait_until
from technovae_gui.map import LatentMapView
from technovae_gui.timeline import TimelineView
from technovae_gui.timeline.geometry import clip_rect

_DOTS, _CLIPS, _LANES = 10_000, 1_000, 8
_STEPS = 200
_WARM = 5
_NONE = Qt.KeyboardModifier.NoModifier


def figures() -> dict[str, float]:
    """Medians and 95th percentiles, milliseconds; needs an application."""
    return {
        **_summary(f"pan {_DOTS:,} dots, repaint, ms", list(panned(large_map(_DOTS)))),
        **_summary(f"drag of {_CLIPS:,} clips, repaint, ms", list(_dragged())),
        **_summary(f"zoom out to {_CLIPS:,} clips, repaint, ms", list(_zoomed())),
        **_summary(f"then {_CLIPS:,} clips exactly, a step, ms", list(_refined())),
    }


def large_map(count: int) -> LatentMap:
    """The demo's map with `count` dots: its own, and others strewn around them."""
    demo = latent_map.load(resources.demo_library(), resources.demo_model())
    assert demo is not None
    rng = np.random.default_rng(0)
    rows = np.arange(count) % len(demo)
    segments = tuple(replace(demo.segments[row], id=f"dot-0-{n}") for n, row in enumerate(rows))
    xy = demo.xy[rows] + rng.normal(0.0, 0.04, (count, 2))
    latents = demo.latents[rows] + rng.normal(0.0, 0.1, (count, 64)).astype(np.float32)
    return replace(demo, segments=segments, xy=xy, latents=latents)


def panned(latent_map: LatentMap) -> Iterator[float]:
    """Milliseconds of each step while a map is dragged with the mouse; needs an application."""
    view = LatentMapView()
    view.resize(1280, 900)
    view.show()
    view.set_map(latent_map)
    if not wait_until(lambda: view.scene.shading is not None):
        raise TimeoutError("the map was not prepared in time")
    canvas = view.canvas
    middle = Qt.MouseButton.MiddleButton
    _send(canvas, QEvent.Type.MouseButtonPress, QPointF(600, 400), middle)
    for step in range(_STEPS):
        turn = 2 * np.pi * step / 40
        point = QPointF(600 + 200 * np.sin(turn), 400 + 150 * np.sin(2 * turn))
        yield _timed(canvas, point, middle)
    _send(canvas, QEvent.Type.MouseButtonRelease, QPointF(600, 400), middle)
    view.shutdown()
    view.close()


def long_document(count: int) -> Document:
    """`count` clips of four bars on eight lanes, each overlapping the one before by a bar."""
    document = Document()
    arrangement = document.arrangement
    while len(arrangement.lanes) < _LANES:
        arrangement = edits.add_lane(arrangement)
    clips = [
        (n % _LANES, Clip(f"c{n}", RealSource(f"x-0-{n}"), start, 4 * TICKS_PER_BAR))
        for n in range(count)
        for start in [3 * (n // _LANES) * TICKS_PER_BAR]
    ]
    document.apply(edits.put(arrangement, clips))
    return document


def _dragged() -> Iterator[float]:
    document, view = _long_timeline()
    _fit(view, document.arrangement.end)
    view.canvas.settle()
    QApplication.processEvents()
    geometry, canvas = view.viewport.geometry, view.canvas
    row, clip = next(one for one in edits.by_row(document.arrangement) if one[1].id == "c400")
    rect = clip_rect(geometry, row, clip)
    grip = QPointF(rect.center().x(), rect.top() + 7)
    left = Qt.MouseButton.LeftButton
    _send(canvas, QEvent.Type.MouseButtonPress, grip, left)
    for step in range(_STEPS):
        turn = 2 * np.pi * step / 50
        yield _timed(canvas, grip + QPointF(300 * np.sin(turn), 40 * np.sin(3 * turn)), left)
    _send(canvas, QEvent.Type.MouseButtonRelease, grip, left)
    view.close()


def _zoomed() -> Iterator[float]:
    """All of the canvas, every clip on it."""
    document, view = _long_timeline()
    for step in range(_STEPS // 4):
        end = document.arrangement.end * (100 + step % 20) // 100
        begun = time.perf_counter()
        _fit(view, end)
        view.canvas.repaint()
        yield 1000.0 * (time.perf_counter() - begun)
    view.close()


def _refined() -> Iterator[float]:
    """The steps in which a zoomed timeline is painted exactly; events are handled in between."""
    document, view = _long_timeline()
    for zoom in range(10):
        _fit(view, document.arrangement.end * (100 + zoom) // 100)
        QApplication.processEvents()
        done = False
        while not done:
            begun = time.perf_counter()
            done = view.canvas.refine()
            yield 1000.0 * (time.perf_counter() - begun)
    view.close()


def _long_timeline() -> tuple[Document, TimelineView]:
    document = long_document(_CLIPS)
    view = TimelineView(document)
    view.resize(1920, 700)
    view.show()
    QApplication.processEvents()
    return document, view


def _fit(view: TimelineView, end: int) -> None:
    view.viewport.set(view.viewport.geometry.fitted(0, end, view.canvas.width()))


def _timed(canvas: QWidget, point: QPointF, button: Qt.MouseButton) -> float:
    begun = time.perf_counter()
    _send(canvas, QEvent.Type.MouseMove, point, button)
    QApplication.processEvents()
    return 1000.0 * (time.perf_counter() - begun)


def _send(widget: QWidget, kind: QEvent.Type, point: QPointF, button: Qt.MouseButton) -> None:
    moved = kind == QEvent.Type.MouseMove
    pressed = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else button
    place = QPointF(widget.mapToGlobal(QPoint(round(point.x()), round(point.y()))))
    own = Qt.MouseButton.NoButton if moved else button
    QApplication.sendEvent(widget, QMouseEvent(kind, point, place, own, pressed, _NONE))


def _summary(name: str, times: list[float]) -> dict[str, float]:
    steady = times[_WARM:]
    return {
        f"{name} p50": statistics.median(steady),
        f"{name} p95": float(np.percentile(steady, 95)),
    }


def main() -> None:
    """Measure and print."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    style_sheet.dress(make_application(["technovae"]))
    list_figures(figures())


if __name__ == "__main__":
    main()
