"""The thread that makes arrangements ready to sound, so that neither window nor mixer waits."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core import scientific
from core.arrangement.arrangement import Arrangement
from core.arrangement.clip import Clip, ClipSource
from core.errors import Cancelled, InputError
from core.playback.snapshot import Snapshot
from core.settings import SAMPLE_RATE, segment_frames

FloatArray = NDArray[np.float32]
Loops = Mapping[ClipSource, FloatArray]

Span = tuple[int, int]

SOON: Final = 8 * SAMPLE_RATE
"""What sounds within eight seconds is ready before a snapshot is handed over, the rest after."""
_LOOK_SECONDS: Final = 1.0
"""How often it is seen whether the program still runs."""


@dataclass(frozen=True)
class Request:
    """An arrangement to play and the loops that are there for it; other clips are left out."""

    arrangement: Arrangement
    loops: Loops

    @classmethod
    def of(cls, arrangement: Arrangement, audio_of: Callable[[Clip], FloatArray | None]) -> Request:
        """Ask `audio_of` once for every source; None, or a loop of another tempo, is none."""
        frames = segment_frames(arrangement.bpm)
        loops: dict[ClipSource, FloatArray] = {}
        for source, clip in {clip.source: clip for clip in arrangement.clips()}.items():
            loop = audio_of(clip)
            if loop is not None and abs(len(loop) - frames) <= 1:
                loops[source] = loop
        return cls(arrangement, loops)

    def sounding(self) -> Arrangement:
        """The arrangement without the clips that have no loop, as long as with them."""
        whole = self.arrangement
        lanes = [
            lane.changed(clips=tuple(clip for clip in lane.clips if clip.source in self.loops))
            for lane in whole.lanes
        ]
        return whole.changed(lanes=tuple(lanes), frames=whole.length_frames)


def build(request: Request, last: tuple[Request, Snapshot] | None) -> Snapshot:
    """A snapshot of `request`, nothing rendered yet but what `last` has in common with it."""
    from core.arrangement.mixdown import Mixdown

    arrangement, loops = request.sounding(), dict(request.loops)
    reuse = None
    if last is not None and _agree(last[0].loops, loops):
        reuse = last[1].mix
    mix = Mixdown(arrangement, lambda clip: loops[clip.source], reuse=reuse)
    return Snapshot(mix, arrangement.bpm, arrangement.length_frames)


def usable(request: Request, last: Request | None) -> tuple[Request, str]:
    """`request` without loops that cannot be played, and one line about them; may be empty.

    What was usable in `last` is not looked at again.
    """
    from core.arrangement.loop_stream import Loop

    problem, loops = "", {}
    for source, loop in request.loops.items():
        try:
            if last is None or not _same(last.loops.get(source), loop):
                Loop.of(loop, request.arrangement.bpm)
            loops[source] = loop
        except InputError as error:
            problem = str(error)
    return Request(request.arrangement, loops), problem


def _agree(before: Loops, after: Loops) -> bool:
    """No source has another loop than it had."""
    return all(_same(loop, after.get(source, loop)) for source, loop in before.items())


def _same(a: FloatArray | None, b: FloatArray) -> bool:
    """The two are one array, or look at the same memory (both are alive)."""
    if a is None or a is b:
        return a is b
    return (a.ctypes.data, a.shape, a.strides) == (b.ctypes.data, b.shape, b.strides)


class Preparer(threading.Thread):
    """Prepares the latest request and hands it over. An older one under way gives way to it.

    `soon` tells what sounds next: spans of frames that are ready before a snapshot is handed to
    `deliver`. `fail` gets one line about what cannot be played, or an empty one. `warm` is called
    once, before anything else. All are called on this thread.
    """

    def __init__(
        self,
        *,
        soon: Callable[[], Iterable[Span]],
        deliver: Callable[[Snapshot], None],
        fail: Callable[[str], None],
        warm: Callable[[], None],
    ) -> None:
        super().__init__(name="playback-preparer")
        self._soon, self._deliver, self._fail, self._warm = soon, deliver, fail, warm
        self._changed = threading.Condition()
        self._waiting: Request | None = None
        self._busy = False
        self._ending = threading.Event()
        self._last: tuple[Request, Snapshot] | None = None

    def ask(self, request: Request) -> None:
        """Prepare `request` next, in place of any that still waits."""
        with self._changed:
            self._waiting = request
            self._changed.notify_all()

    def settle(self, seconds: float) -> bool:
        """Wait until all that was asked is prepared; false if it takes longer than `seconds`."""
        with self._changed:
            return self._changed.wait_for(lambda: not (self._waiting or self._busy), seconds)

    def end(self) -> None:
        """Stop, and wait for the thread."""
        with self._changed:
            self._ending.set()
            self._changed.notify_all()
        self.join()

    def is_set(self) -> bool:
        """What is under way should give way (this is the `CancelFlag` of the second half)."""
        return self._ending.is_set() or self._waiting is not None

    def run(self) -> None:
        """Serve until told to end, or until the program ends without a word."""
        scientific.load()
        self._warm()
        while (request := self._next()) is not None:
            with contextlib.suppress(Cancelled):
                self._serve(request)

    def _next(self) -> Request | None:
        with self._changed:
            self._busy = False
            self._changed.notify_all()
            while not (self._waiting or self._ending.is_set()):
                self._changed.wait(_LOOK_SECONDS)
                if not threading.main_thread().is_alive():
                    return None
            request, self._waiting = self._waiting, None
            self._busy = request is not None
            return None if self._ending.is_set() else request

    def _serve(self, request: Request) -> None:
        request, problem = usable(request, self._last and self._last[0])
        snapshot = build(request, self._last)
        assert snapshot.mix is not None
        # Only after it is handed over may it give way: else a stream of edits would never be heard.
        spans = list(self._soon())
        for span in spans:
            snapshot.mix.prepare(cancel=self._ending, span=span)
        self._last = request, snapshot
        self._deliver(snapshot)
        self._fail(problem)
        for start, _ in spans:
            snapshot.mix.prepare(cancel=self, span=(start, snapshot.frames))
        snapshot.mix.prepare(cancel=self)
