"""The thread that makes arrangements ready to sound, so that neither window nor mixer waits."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.errors import Cancelled, TechnoVAEError
from core.playback.snapshot import Snapshot
from core.settings import SAMPLE_RATE, segment_frames
from core.timeline.arrangement import Arrangement
from core.timeline.clip import Clip, Source

FloatArray = NDArray[np.float32]
Loops = Mapping[Source, FloatArray]

_SOON: Final = 8 * SAMPLE_RATE
"""What sounds within eight seconds is ready before a snapshot is handed over, the rest after."""


@dataclass(frozen=True)
class Request:
    """An arrangement to play and the loops that are there for it; other clips are left out."""

    arrangement: Arrangement
    loops: Loops

    @classmethod
    def of(cls, arrangement: Arrangement, audio_of: Callable[[Clip], FloatArray | None]) -> Request:
        """Ask `audio_of` once for every source; None, or a loop of another tempo, is none."""
        frames = segment_frames(arrangement.bpm)
        loops: dict[Source, FloatArray] = {}
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
    from core.timeline.mixdown import Mixdown

    arrangement, loops = request.sounding(), dict(request.loops)
    reuse = None
    if last is not None and _agree(last[0].loops, loops):
        reuse = last[1].mix
    mix = Mixdown(arrangement, lambda clip: loops[clip.source], reuse=reuse)
    return Snapshot(mix, arrangement.bpm, arrangement.length_frames)


def _agree(before: Loops, after: Loops) -> bool:
    """No source has another loop than it had."""
    return all(after.get(source, loop) is loop for source, loop in before.items())


class Preparer(threading.Thread):
    """Prepares the latest request and hands it over. An older one under way gives way to it.

    `position` tells the frame that sounds; what is soon to sound comes first. `warm` is called
    once, before anything else. `deliver` and `fail` are called on this thread.
    """

    def __init__(
        self,
        *,
        position: Callable[[], int],
        deliver: Callable[[Snapshot], None],
        fail: Callable[[str], None],
        warm: Callable[[], None],
    ) -> None:
        super().__init__(name="playback-preparer")
        self._position, self._deliver, self._fail, self._warm = position, deliver, fail, warm
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
        """Serve until told to end."""
        self._warm()
        while (request := self._next()) is not None:
            try:
                self._serve(request)
            except Cancelled:
                continue
            except TechnoVAEError as error:
                self._fail(str(error))

    def _next(self) -> Request | None:
        with self._changed:
            self._busy = False
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._waiting or self._ending.is_set())
            request, self._waiting = self._waiting, None
            self._busy = request is not None
            return None if self._ending.is_set() else request

    def _serve(self, request: Request) -> None:
        snapshot = build(request, self._last)
        assert snapshot.mix is not None
        # Only after it is handed over may it give way: else a stream of edits would never be heard.
        first = self._position()
        snapshot.mix.prepare(cancel=self._ending, span=(first, first + _SOON))
        self._last = request, snapshot
        self._deliver(snapshot)
        self._fail("")
        snapshot.mix.prepare(cancel=self)
