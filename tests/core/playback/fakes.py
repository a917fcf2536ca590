"""Sounds that are smooth everywhere, a mixer that is driven by hand, a device that is pulled."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.clip import Clip, RealSource
from core.playback.audio_output import AHEAD
from core.playback.mixdown_thread import MixdownRequest, build_snapshot
from core.playback.mixer import Mixer
from core.playback.snapshot import Snapshot
from core.settings import TICKS_PER_BAR, segment_frames

Sound = NDArray[np.float32]

BAR = TICKS_PER_BAR
BPM = 480.0
"""Fast, so that four bars are short: 88,200 frames, a beat 5512.5."""
PATIENCE = 240.0
"""Seconds; a busy machine compiles and waits."""


def loop(name: str = "a", bpm: float = BPM) -> Sound:
    """Four bars of a low sine, seamless: `LOUDEST` high, no step above `STEEPEST`."""
    frames = segment_frames(bpm)
    turns = 150 + 7 * sum(map(ord, name)) % 50
    phase = 2 * np.pi * turns * np.arange(frames) / frames
    return np.stack([0.5 * np.sin(phase), 0.25 * np.cos(phase)], axis=1).astype(np.float32)


STEEPEST = 0.5 * 2 * np.pi * 200 / 88_200 * (BPM / 240.0)
"""Highest sample-to-sample step of a loop at up to twice `BPM`."""


def clip(name: str, start: int, bars: int, **fields: object) -> Clip:
    return Clip(name, RealSource(name), start * BAR, bars * BAR, **fields)  # type: ignore[arg-type]


def arrangement(bpm: float = BPM, **fields: object) -> Arrangement:
    """Two lanes of sines, twelve bars."""
    one = Lane("1", clips=(clip("a", 0, 6), clip("b", 5, 7)))
    two = Lane("2", clips=(clip("c", 2, 8),), gain_db=-6.0, pan=0.3).changed(**fields)
    return Arrangement(bpm, (one, two))


def audio_of(bpm: float = BPM) -> Callable[[Clip], Sound]:
    loops: dict[str, Sound] = {}
    return lambda clip: loops.setdefault(clip.id, loop(clip.id, bpm))


def mixer(whole: Arrangement | None = None) -> Mixer:
    """A mixer that is ready to play `whole`."""
    made = Mixer()
    whole = arrangement() if whole is None else whole
    made.swap(prepared(MixdownRequest.of(whole, audio_of(whole.bpm))))
    return made


def prepared(request: MixdownRequest) -> Snapshot:
    """A snapshot as the mixdown thread hands it over for what sounds soon."""
    snapshot = build_snapshot(request, None)
    assert snapshot.mix is not None
    snapshot.mix.prepare()
    return snapshot


def rendered(mixer: Mixer, frames: int, block: int = 512) -> Sound:
    """The next `frames` of `mixer`, block by block."""
    sizes = [min(block, frames - at) for at in range(0, frames, block)]
    return np.concatenate([mixer.render(size)[0] for size in sizes])


def steepest(sound: Sound) -> float:
    return float(np.abs(np.diff(sound, axis=0)).max())


class PortAudioError(Exception):
    """As sounddevice raises it."""


class FakeOutput:
    """A device whose time passes when it is pulled. While `broken`, all its calls fail.

    `replaced` counts how often sound that waited was exchanged.
    """

    latency = 0.0

    def __init__(self, name: str = "fake", origin: int = 0) -> None:
        self.name = name
        self.lost = False
        self.closed = False
        self.broken = False
        self.replaced = 0
        self._blocks: list[Sound] = []
        self._written = self._taken = origin
        self._changed = threading.Condition()
        self.wake: Callable[[], None] = lambda: None

    def pull(self, frames: int) -> Sound:
        """The next `frames`, as soon as they are there."""
        with self._changed:
            found = np.zeros((0, 2), np.float32)
            while len(found) < frames:
                if not self._changed.wait_for(lambda: bool(self._blocks), PATIENCE):
                    raise TimeoutError("no sound came")
                found = np.concatenate([found, *self._blocks])
                self._blocks = [found[frames:]] if len(found) > frames else []
                self._taken = self._written - max(0, len(found) - frames)
                self.wake()
        return found[:frames]

    def discard(self) -> None:
        """Let the time of all that was written pass."""
        with self._changed:
            self._blocks, self._taken = [], self._written
        self.wake()

    def write_available(self) -> int:
        self._check()
        return AHEAD - (self._written - self._taken)

    def write(self, block: Sound) -> None:
        self._check()
        with self._changed:
            self._blocks.append(block)
            self._written += len(block)
            self._changed.notify_all()

    def taken(self) -> int:
        self._check()
        return self._taken

    def replace(self, frame: int, block: Sound) -> bool:
        self._check()
        with self._changed:
            if frame < self._taken:
                return False
            waiting = np.concatenate(self._blocks)
            at = len(waiting) - (self._written - frame)
            waiting[at : at + len(block)] = block
            self._blocks = [waiting]
            self.replaced += 1
        return True

    def start(self) -> None:
        self._check()

    def drain(self) -> bool:
        self._check()
        return self._taken == self._written

    def played(self) -> int:
        return self._taken

    def underruns(self) -> int:
        self._check()
        return 0

    def lose(self) -> None:
        self.lost = True
        self.wake()

    def close(self) -> None:
        self.closed = True
        self._check()

    def _check(self) -> None:
        if self.broken:
            raise PortAudioError("Unanticipated host error")
