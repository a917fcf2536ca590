"""Whole tracks taken apart, of any length, in bounded memory.

A window of four bars moves over the track on its beat grid, two bars at a time. Each is separated
as a loop, and its parts are faded into those of the next; what lies near the ends of a window,
where a loop's end would meet its beginning, is not used. Every window's parts sum to its audio and
the fades sum to 1, so the parts of the track sum to the track.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core import settings
from core.dsp.spectrogram import of_segment
from core.parts import masking
from core.rhythm.grid import GridSection
from core.rhythm.loops import LoopTiming

Array = NDArray[np.float32]

_HOP_BARS = 2.0
_LEAD_BARS = 1.0
"""Into a window, where the fade from the one before is half done."""
_FADE_BARS = 0.5
_SECTION_FADE_SECONDS = 0.02
_SECTION_LEAD_BARS = 0.5
_LONGEST_WINDOW = settings.segment_frames(settings.TEMPO_MIN / 2)
"""Samples: grids may be halved once."""


class Model(Protocol):
    """What `PartsModel` can do."""

    def shares(self, spectrograms_db: Array) -> Array:
        """(n, 512, 128) dB -> (n, 512, 128, 4)."""


@dataclass(frozen=True)
class Window:
    """Four bars to be separated.

    Attributes:
        start: first sample in the track; may lie before it.
        frames: length in samples.
        fade: samples of the track between which it takes over from the window before.
    """

    start: int
    frames: int
    fade: tuple[int, int]


def windows(sections: Sequence[GridSection], frames: int) -> list[Window]:
    """The windows over a track.

    Args:
        sections: of its beat grid; what lies between two belongs to the one before, and what lies
            before the first or after the last to those.
        frames: length of the track in samples.

    Returns:
        In the order of time; so are the fades, and none reaches into the next.
    """
    found: list[Window] = []
    seconds = frames / settings.SAMPLE_RATE
    for k, section in enumerate(sections):
        first = section.start if k else 0.0
        last = sections[k + 1].start if k + 1 < len(sections) else max(seconds, first)
        for window in _in_section(section, first, last):
            least = found[-1].fade[1] if found else window.fade[0]
            fade = (max(window.fade[0], least), max(window.fade[1], least))
            found.append(replace(window, fade=fade))
    return found


def _in_section(section: GridSection, first: float, last: float) -> Iterator[Window]:
    """The windows that cover the seconds `first` to `last`."""
    bar = section.bar_seconds
    lead = _SECTION_LEAD_BARS * bar + _SECTION_FADE_SECONDS
    start = section.downbeat + np.floor((first - lead - section.downbeat) / bar) * bar
    fade = (first - _SECTION_FADE_SECONDS, first + _SECTION_FADE_SECONDS)
    while True:
        yield Window(
            _frame(start), settings.segment_frames(section.bpm), (_frame(fade[0]), _frame(fade[1]))
        )
        start += _HOP_BARS * bar
        middle = start + _LEAD_BARS * bar
        fade = (middle - _FADE_BARS / 2 * bar, middle + _FADE_BARS / 2 * bar)
        if fade[1] > last - _SECTION_FADE_SECONDS:
            return


def separate_blocks(
    blocks: Iterable[Array], frames: int, over: Sequence[Window], model: Model
) -> Iterator[Array]:
    """Take a track apart that is given in blocks.

    Args:
        blocks: (n, channels) each, all with as many channels, in order.
        frames: how many samples they have in all.
        over: the windows of a track of that length.
        model: says what the parts are.

    Returns:
        Blocks (4, n, channels) that follow each other, in all as long as the track.
    """
    track = _Track(iter(blocks))
    done = 0
    pending: Array | None = None  # what the window before has from `done` on
    for k, window in enumerate(over):
        last = k + 1 == len(over)
        final, end = (frames, frames) if last else over[k + 1].fade
        final, end = (min(max(at, done), frames) for at in (final, end))
        audio = track.cut(window.start, window.frames)
        parts = _separated(audio, model)[:, done - window.start : end - window.start]
        if pending is not None:
            parts = parts * _ramp(done, parts.shape[1], window.fade)
            both = min(pending.shape[1], parts.shape[1])
            parts[:, :both] += pending[:, :both]
        if final > done:
            yield parts[:, : final - done]
        pending = parts[:, final - done :]
        if not last:
            pending = pending * (1.0 - _ramp(final, pending.shape[1], over[k + 1].fade))
        done = final
        track.forget(done)


def separate_loop(audio: Array, loop: LoopTiming, model: Model) -> Array:
    """Take a loop apart as it sounds when it goes round, however few bars it has.

    Args:
        audio: (n, channels), with what lies before the loop and after it in the file.
        loop: its place and tempo.
        model: says what the parts are.

    Returns:
        (4, n, channels), which sum to the audio.
    """
    around, start = settings.segment_frames(loop.bpm), _frame(loop.start)
    length = min(_frame(loop.seconds), len(audio) - start)
    at = np.arange(-around, len(audio) + around)
    rounds = audio[start + (at - start) % length]
    rounds[around : around + len(audio)] = audio
    seconds = len(rounds) / settings.SAMPLE_RATE
    section = GridSection.through(
        0.0, seconds, loop.bpm, around / settings.SAMPLE_RATE + loop.start
    )
    over = windows([section], len(rounds))
    parts = np.concatenate(list(separate_blocks([rounds], len(rounds), over, model)), axis=1)
    return parts[:, around : around + len(audio)]


class _Track:
    """What is still needed of a track that comes in blocks."""

    def __init__(self, blocks: Iterator[Array]) -> None:
        self._blocks = blocks
        self._start = 0
        self._kept = np.zeros((0, 0), np.float32)

    def cut(self, start: int, frames: int) -> Array:
        """(frames, channels) from sample `start` on; silence outside the track."""
        while self._start + len(self._kept) < start + frames:
            block = next(self._blocks, None)
            if block is None:
                break
            self._kept = np.concatenate([self._kept, block]) if self._kept.size else block
        channels = max(1, self._kept.shape[1])
        cut = np.zeros((frames, channels), np.float32)
        first = max(start, self._start)
        there = self._kept[first - self._start : start + frames - self._start]
        cut[first - start : first - start + len(there)] = there
        return cut

    def forget(self, before: int) -> None:
        """Drop what no window after one that ends its fade there needs."""
        needed = before - _LONGEST_WINDOW
        drop = min(max(0, needed - self._start), len(self._kept))
        self._kept = self._kept[drop:]
        self._start += drop


def _ramp(start: int, count: int, fade: tuple[int, int]) -> Array:
    """(count, 1): at the samples from `start` on, 0 before `fade`, 1 after it."""
    length = max(1, fade[1] - fade[0])
    at = (np.arange(start, start + count) - fade[0] + 0.5) / length
    return np.clip(at, 0.0, 1.0).astype(np.float32)[:, None]


def _separated(audio: Array, model: Model) -> Array:
    if not audio.any():
        return np.zeros((len(settings.PARTS), *audio.shape), np.float32)
    return masking.separate(audio, model.shares(of_segment(audio)[None])[0])


def _frame(seconds: float) -> int:
    return round(seconds * settings.SAMPLE_RATE)
