"""The window's side of a service that makes loops and spectrograms: asked without waiting."""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from core.arrangement.clip import ClipSource
from core.arrangement.project import Origin
from core.settings import BEATS_PER_BAR
from core.workers.protocol import Alive, Error, Priority, Progress
from core.workers.queue import Request
from core.workers.render_service import RenderService
from core.workers.segment_service import Opened, RenderedLoop, SegmentService, SeparatedLoop
from core.workers.thread import QtWorker
from core.workers.worker import WorkerConfig

Array = NDArray[np.float32]

RENDERER: Final = WorkerConfig("decoder", RenderService)
"""Holds the model: latents as loops and spectrograms.

Not nice: somebody waits for it. With two busy programs on two cores a click took .40 s, at nice 5
.91 s (medians of 20), while 99 of 100 gaps of the window's event loop stayed below 16 ms with
either; the single longest one was .26 s, at nice 5 .12 s.
"""
SEGMENT_READER: Final = WorkerConfig("reader of segments", SegmentService)
"""Real segments as loops; it knows no model, and is there within a second."""
_CLOSE_SECONDS: Final = 0.5


@dataclass(frozen=True, eq=False)
class LoopResult:
    """A loop that was asked for.

    Attributes:
        key: under which it was asked for.
        source, bpm: of what, and how fast.
        loop: (settings.segment_frames(bpm), 2) float32 at 44.1 kHz, read-only, seamless.
        spectrogram: (512, 128) dB; None for a real segment.
        renderer: the one that was used; "original" for a real segment.
        priority: what it is for: `Priority.AUDITION` or `Priority.CLIP`.
        gain_db: for hearing it by itself, as loud as everything that is.
        parts: (4, settings.segment_frames(bpm), 2), which sum to `loop`, where they were asked for.
        bar: 0..3, which bar `loop` repeats; None: it is all of the loop.
        beats: how many of the beats of that bar it repeats.
    """

    key: Hashable
    source: ClipSource
    bpm: float
    loop: Array
    spectrogram: Array | None
    renderer: str
    priority: Priority
    gain_db: float = 0.0
    parts: Array | None = None
    bar: int | None = None
    beats: int = BEATS_PER_BAR

    @property
    def nbytes(self) -> int:
        """Memory that it takes."""
        return self.loop.nbytes + (0 if self.parts is None else self.parts.nbytes)


@dataclass(frozen=True, eq=False)
class SpectrogramResult:
    """The spectrogram (512, 128) dB of `source`, or those of its parts (4, 512, 128), which were
    asked for under `key`."""

    key: Hashable
    source: ClipSource
    spectrogram: Array


@dataclass(frozen=True)
class RequestFailed:
    """What was asked for under `key` cannot be made; `message` is the line to show."""

    key: Hashable
    message: str


class ServiceClient(QObject):
    """Requests to one service, and its answers as signals.

    Requests may be made at any time: they wait until the first session is open, and while a process
    that died is started again. Requests of an older session are dropped without an answer; after a
    session was refused they fail at once.

    Attributes:
        origin_of: the library and model that a source is made from, where those are not the ones
            that are open; asked for each request.

    Signals:
        session_replaced(): requests of the last session are dropped; what is still needed has to be
            asked for again.
        ready(Opened): the session is open.
        refused(str): it cannot be opened; one line.
        partial_loop(LoopResult): one bar of a loop that was asked for, or its first beats,
            repeated; all of it follows.
        loop_ready(LoopResult), spectrogram_ready(SpectrogramResult): what was asked for.
        failed(RequestFailed): it cannot be made. It is tried again when it is asked for again.
        died(str): the process has died; it is started again unless the line says otherwise.
    """

    session_replaced = Signal()
    ready = Signal(object)
    refused = Signal(str)
    partial_loop = Signal(object)
    loop_ready = Signal(object)
    spectrogram_ready = Signal(object)
    failed = Signal(object)
    died = Signal(str)

    def __init__(self, config: WorkerConfig, parent: QObject | None = None) -> None:
        """Start nothing yet: the process comes with the first session.

        Args:
            config: which service.
            parent: the Qt parent.
        """
        super().__init__(parent)
        self.origin_of: Callable[[ClipSource], Origin | None] = made_from_session
        self._process = QtWorker(config, self, self)
        self._worker = self._process.worker

    def start(self, library: Path) -> None:
        """Start the process, if there is none: it takes a second, in which the session is read.

        Args:
            library: of the session that will be opened, most likely.
        """
        self._process.worker.start("prepare", library=library)

    def open(self, library: Path, model: Path | None = None, generation: int | None = None) -> None:
        """Work for another session from now on.

        Args:
            library: its library.
            model: its model; a service without one ignores it.
            generation: of the session; by default one more than the last.
        """
        if generation is None:
            generation = self._worker.generation + 1
        self._worker.open(generation, library=library, model=model)
        self.session_replaced.emit()

    def refuse(self, message: str, generation: int | None = None) -> None:
        """Have no session from now on: requests fail at once, until one is opened.

        Args:
            message: the line that they fail with.
            generation: of the session that cannot be opened; None leaves it as it is.
        """
        self._worker.refuse(message, generation)
        self.session_replaced.emit()

    def audition(
        self,
        key: Hashable,
        source: ClipSource,
        bpm: float,
        renderer: str | None = None,
        bar: int | None = None,
        *,
        separated: bool = False,
        beats: int = BEATS_PER_BAR,
    ) -> None:
        """Ask for a loop to be played at once; an earlier audition that was not begun is dropped.

        Args:
            key: comes back with the answers.
            source: of what.
            bpm: how fast.
            renderer: None for the source's own.
            bar: 0..3; this bar comes beforehand as `partial_loop`, where the loop takes a while.
            separated: its parts come with it; only the renderer can do that.
            beats: how many of that bar come beforehand.
        """
        function = "separated_loop" if separated else "loop"
        self._ask_loop(Priority.AUDITION, key, source, bpm, renderer, bar, function, beats)

    def render(
        self, key: Hashable, source: ClipSource, bpm: float, *, separated: bool = False
    ) -> None:
        """Ask for the loop of a clip; it comes as `loop_ready`.

        Args:
            key: comes back with the answer.
            source: of what.
            bpm: how fast.
            separated: its parts come with it; only the renderer can do that.
        """
        function = "separated_loop" if separated else "loop"
        self._ask_loop(Priority.CLIP, key, source, bpm, function=function)

    def spectrogram(self, key: Hashable, source: ClipSource, *, parts: bool = False) -> None:
        """Ask for a spectrogram without a sound; it comes as `spectrogram_ready`.

        Args:
            key: comes back with the answer.
            source: of what.
            parts: one of each part, (4, 512, 128) dB, instead of one of all, (512, 128).
        """
        origin = self.origin_of(source)
        arguments = {"source": source, "origin": origin}
        function = "part_spectrograms" if parts else "spectrogram"
        same = (function, source, origin)
        self._worker.submit(Request(function, arguments, Priority.SPECTROGRAM, [key], same=same))

    def prepare_parts(self) -> None:
        """Have the renderer load what tells parts apart, once nothing else waits."""
        self._worker.submit(Request("prepare_parts", {}, Priority.TASK, [], same="prepare_parts"))

    def keep_clips(self, keys: Container[Hashable] = ()) -> None:
        """Drop waiting loops of clips that are asked for under none of `keys`."""
        self._worker.keep(Priority.CLIP, keys)

    def order_clips(self, keys: Iterable[Hashable]) -> None:
        """Of the loops of clips that wait, have those first that are asked for under `keys`."""
        self._worker.order(Priority.CLIP, keys)

    @Slot()
    def close(self) -> None:
        """End the process; nothing is reported any more, until a session is opened again."""
        self._process.close(_CLOSE_SECONDS)

    @property
    def pid(self) -> int | None:
        """Of the process, if it lives."""
        return self._worker.pid

    def _ask_loop(
        self,
        priority: Priority,
        key: Hashable,
        source: ClipSource,
        bpm: float,
        renderer: str | None = None,
        bar: int | None = None,
        function: str = "loop",
        beats: int = BEATS_PER_BAR,
    ) -> None:
        origin = self.origin_of(source)
        arguments = {
            "source": source,
            "bpm": bpm,
            "renderer": renderer,
            "bar": bar,
            "origin": origin,
            "beats": beats,
        }
        # Whichever bar comes beforehand, the loop is the same.
        same = (function, source, bpm, renderer, origin)
        self._worker.submit(Request(function, arguments, priority, [key], same=same))

    # `worker.Listener`

    def on_opened(self, value: Opened) -> None:
        """The session is open."""
        self.ready.emit(value)

    def on_refused(self, message: str) -> None:
        """The session cannot be opened."""
        self.refused.emit(message)

    def on_progress(self, request: Request, progress: Progress) -> None:
        """No request takes so long that its progress is shown."""

    def on_partial(self, request: Request, value: Any) -> None:
        """Pass a first bar on as `partial_loop`."""
        for key in request.keys:
            loop = _loop_result(key, request, value)
            bar = request.arguments["bar"]
            self.partial_loop.emit(replace(loop, bar=bar, beats=value.beats))

    def on_alive(self, request: Request, alive: Alive) -> None:
        """Services are not waited for once they were asked to end."""

    def on_result(self, request: Request, value: Any) -> None:
        """Pass it on as `loop_ready` or `spectrogram_ready`."""
        for key in request.keys:
            if isinstance(value, RenderedLoop):
                self.loop_ready.emit(_loop_result(key, request, value))
            else:
                source = request.arguments["source"]
                self.spectrogram_ready.emit(SpectrogramResult(key, source, value))

    def on_failed(self, request: Request, error: Error) -> None:
        """Pass it on as `failed`."""
        for key in request.keys:
            self.failed.emit(RequestFailed(key, error.message))

    def on_died(self, message: str) -> None:
        """The process has died."""
        self.died.emit(message)

    def on_ended(self) -> None:
        """Services do not end by themselves."""


def made_from_session(source: ClipSource) -> None:
    """The origin of every source while nobody says otherwise: what is open."""


def _loop_result(key: Hashable, request: Request, value: RenderedLoop) -> LoopResult:
    asked = request.arguments
    return LoopResult(
        key,
        asked["source"],
        asked["bpm"],
        value.loop,
        value.spectrogram,
        value.renderer,
        request.priority,
        value.gain_db,
        value.parts if isinstance(value, SeparatedLoop) else None,
    )
