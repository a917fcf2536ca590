"""Real segments as loops at a tempo, in a worker: stretching one in the window's process would hold
everything up for .1 s. It is there within a second, since it knows no model.

The render service has a second one of these to itself (`SegmentHelper`).
"""

from __future__ import annotations

import contextlib
import importlib
import itertools
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.arrangement.clip import ORIGINAL, ClipSource, RealSource
from core.errors import InputError, LibraryError
from core.settings import BEATS_PER_BAR, bar_rows
from core.workers.process import WorkerProcess
from core.workers.protocol import Call, Error, Priority, Result

if TYPE_CHECKING:
    from core.arrangement.project import Origin
    from core.library.store import Library
    from core.render.other_libraries import OtherLibraries
    from core.render.real_segments import BarAnswer, FirstBar, GuideAnswer, RealSegments
    from core.vae.codec import Codec

Array = NDArray[np.float32]
Emit = Callable[[Any], None]
_NO_LIBRARY = "no library is open; open one, or import some music"


@dataclass(frozen=True)
class Opened:
    """A session is open in a service.

    Attributes:
        model_hash: of the model; empty without one.
        library_id: the library's own.
        seconds: what opening took.
    """

    model_hash: str
    library_id: str
    seconds: float


@dataclass(frozen=True, eq=False)
class RenderedLoop:
    """A loop as a service rendered it.

    Attributes:
        loop: (settings.segment_frames(bpm), 2) float32 at 44.1 kHz.
        spectrogram: (512, 128) dB, or None.
        renderer: the one that was used.
        gain_db: for hearing it by itself (`core.audio.levelling.loop_gain_db`).
        beats: where it is a bar that comes before the rest, how many of its beats are repeated.
    """

    loop: Array
    spectrogram: Array | None
    renderer: str
    gain_db: float = 0.0
    beats: int = BEATS_PER_BAR


@dataclass(frozen=True, eq=False)
class SeparatedLoop(RenderedLoop):
    """A loop with its parts.

    Attributes:
        parts: (4, settings.segment_frames(bpm), 2) float32, in the order of `settings.PARTS`; they
            sum to `loop`.
    """

    parts: Array | None = None


class SegmentService:
    """Makes loops and spectrograms of real segments of a library, in a worker."""

    def __init__(self) -> None:
        self._exit = contextlib.ExitStack()
        self._library: Library | None = None
        self._music: RealSegments | None = None
        self._others: OtherLibraries | None = None

    def open(self, library: Path, model: Path | None = None) -> Opened:
        """Read from another library from now on.

        Args:
            library: its folder.
            model: not needed: services are opened alike.

        Returns:
            What was opened, without a model.

        Raises:
            LibraryError: no such library, or it cannot be read.
        """
        from core.library.store import Library
        from core.render.real_segments import RealSegments

        started = time.perf_counter()
        self._library = self._music = self._others = None
        self._exit.close()
        self._library = self._exit.enter_context(Library.open(library, read_only=True))
        # No sound is kept here: the window keeps what it got.
        self._music = RealSegments(self._library, _no_model, 0)
        _warm_up()
        return Opened("", self._library.id, time.perf_counter() - started)

    def loop(
        self,
        source: ClipSource,
        bpm: float,
        renderer: str | None,
        bar: int | None,
        emit: Emit,
        origin: Origin | None = None,
        beats: int = BEATS_PER_BAR,
    ) -> RenderedLoop:
        """The loop of a segment alone: its spectrogram may take a moment.

        Args:
            source: a real segment.
            bpm: how fast.
            renderer: not needed.
            bar: 0..3: this bar is emitted beforehand, as often as it fits; None: only the whole.
            emit: gets a `RenderedLoop` with that bar.
            origin: the library that the segment is of; None for the one that is open.
            beats: how many of its beats are emitted first.

        Raises:
            LibraryError: no such segment, or its audio is gone.
        """

        def emit_bar(samples: Array, rows: slice, beats: int) -> None:
            gain_db = bar_gain_db(samples, self._kept_spectrogram(source, origin), rows)
            emit(RenderedLoop(samples, None, ORIGINAL, gain_db, beats))

        first = first_bar(bar, emit_bar, beats)
        if origin is not None:
            loop = self._other_libraries().audio(origin, source, bpm, first=first)
        elif self._music is None:
            raise LibraryError(_NO_LIBRARY)
        else:
            loop = self._music.loop(_segment_id(source), bpm, first, source.transpose)
        return RenderedLoop(loop, None, ORIGINAL, loop_gain_db(loop))

    def spectrogram(self, source: ClipSource, origin: Origin | None = None) -> Array:
        """The spectrogram of a real segment.

        Args:
            source: a real segment.
            origin: the library that it is of; None for the one that is open.

        Returns:
            (512, 128) dB.

        Raises:
            LibraryError: no library is open, or neither spectrogram nor audio is there.
        """
        if origin is not None:
            return self._other_libraries().spectrogram(origin, source)
        if self._library is None:
            raise LibraryError(_NO_LIBRARY)
        return self._library.segment_spectrogram(self._library.segment(_segment_id(source)))

    def guide(
        self, source: ClipSource, bpm: float, bars: Sequence[int] | None, spectrogram: bool
    ) -> RenderedLoop:
        """The loop of a guide and its spectrogram in one answer: the render service waits for both
        and is too busy to take one of them meanwhile, and the pipe holds neither.

        Args:
            source: a real segment.
            bpm: how fast.
            bars: as for `RealSegments.some_bars`; None: the whole loop.
            spectrogram: whether it is needed.

        Raises:
            LibraryError: as `loop`.
        """
        if self._music is None:
            raise LibraryError(_NO_LIBRARY)
        if bars is None:
            loop = self._music.loop(_segment_id(source), bpm, semitones=source.transpose)
        else:
            loop = self._music.some_bars(_segment_id(source), bpm, bars)
        return RenderedLoop(loop, self.spectrogram(source) if spectrogram else None, ORIGINAL)

    def stretched_bar(
        self, source: ClipSource, bpm: float, bar: int, beats: int, narrow: bool
    ) -> Array:
        """One bar of a guide at another tempo.

        Args:
            source: a real segment.
            bpm: how fast.
            bar: which bar, 0..3.
            beats: how many of it.
            narrow: whether its treble is not needed.

        Returns:
            As `RealSegments.stretched_bar`.

        Raises:
            LibraryError: as `loop`.
        """
        if self._music is None:
            raise LibraryError(_NO_LIBRARY)
        return self._music.stretched_bar(_segment_id(source), bpm, bar, beats, narrow=narrow)

    def _kept_spectrogram(self, source: ClipSource, origin: Origin | None) -> Array | None:
        """That of a segment, if it takes no time."""
        if origin is not None:
            return self._other_libraries().kept_spectrogram(origin, _segment_id(source))
        if self._library is None:
            return None
        return self._library.kept_spectrogram(self._library.segment(_segment_id(source)))

    def _other_libraries(self) -> OtherLibraries:
        if self._others is None:
            self._others = open_others(self._exit)
        return self._others


def open_others(
    stack: contextlib.ExitStack, load: Callable[[Path], Codec] | None = None
) -> OtherLibraries:
    """Make ready to open other libraries than the one that a service has open.

    Args:
        stack: closes them.
        load: reads their models; default `core.vae.codec.Codec.load`.

    Returns:
        Nothing is open in it yet.
    """
    from core.render.other_libraries import OtherLibraries

    return stack.enter_context(contextlib.closing(OtherLibraries(load=load)))


def loop_gain_db(samples: Array) -> float:
    """`core.audio.levelling.loop_gain_db`, which brings scipy."""
    from core.audio import levelling

    return levelling.loop_gain_db(samples)


def bar_gain_db(samples: Array, spectrogram: Array | None, rows: slice) -> float:
    """Roughly the same, of a bar or a beat that is repeated until the rest is there.

    Args:
        samples: (frames, 2), as long as the loop.
        spectrogram: (512, 128) dB of the loop, which says how loud the rest will be; None: as loud.
        rows: of what is repeated in it.

    Returns:
        dB, within the same bounds: peaks of what is repeated are limited by no more.
    """
    from core.audio import levelling
    from core.render.loops import louder_db

    louder = 0.0 if spectrogram is None else louder_db(spectrogram, rows)
    return levelling.rough_gain_db(samples[: len(samples) // 4], louder)


def first_bar(
    bar: int | None, then: Callable[[Array, slice, int], None], beats: int = BEATS_PER_BAR
) -> FirstBar | None:
    """Who gets the bar that is asked for, if one is.

    Args:
        bar: 0..3, or None.
        then: called with that bar, as often as it fits, before the rest is made, with its rows in
            a spectrogram, and with how many of its beats it is.
        beats: how many of its beats come first.

    Returns:
        The argument `first` of `Decoder.audio` and `RealSegments.loop`.
    """
    from core.render.real_segments import FirstBar

    if bar is None:
        return None
    steps = iter((beats, BEATS_PER_BAR))

    def deliver(samples: Array) -> None:
        some = next(steps)
        then(samples, bar_rows(bar, some), some)

    return FirstBar(bar, deliver, beats)


class SegmentHelper:
    """A `core.render.real_segments.SegmentHelper`: of two segments of a latent, it reads one."""

    def __init__(self, library: Path) -> None:
        """Start a process on `library`; takes some milliseconds, the process most of a second.

        Raises:
            OSError: the system has no room for it.
        """
        self._process = WorkerProcess(SegmentService, name="segment helper")
        self._numbers = itertools.count()
        self._send("open", library=library)
        self._opened = False
        self._busy = threading.Lock()

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()

    def request(
        self, segment_id: str, bpm: float, bars: Sequence[int] | None, *, spectrogram: bool
    ) -> GuideAnswer | None:
        """As in `core.render.real_segments`; None too while the process is not ready."""
        asked = {"bpm": bpm, "bars": bars, "spectrogram": spectrogram}
        if not self._begin("guide", segment_id, asked):
            return None

        def answer() -> tuple[Array, Array | None]:
            found: RenderedLoop = self._answer()
            return found.loop, found.spectrogram

        return answer

    def request_bar(
        self,
        segment_id: str,
        bpm: float,
        bar: int,
        beats: int = BEATS_PER_BAR,
        *,
        narrow: bool = False,
        wait: bool = False,
    ) -> BarAnswer | None:
        """As in `core.render.real_segments`; None too while the process is not ready."""
        asked = {"bpm": bpm, "bar": bar, "beats": beats, "narrow": narrow}
        begun = self._begin("stretched_bar", segment_id, asked, wait=wait)
        return self._answer if begun else None

    def _begin(
        self, function: str, segment_id: str, asked: Mapping[str, Any], *, wait: bool = False
    ) -> bool:
        """Send a request, unless the process is at one or not ready; then `_answer` is due."""
        if not self._busy.acquire(blocking=wait):
            return False
        if not self._is_open():
            self._busy.release()
            return False
        self._send(function, source=RealSource(segment_id), **asked)
        return True

    def _send(self, function: str, **arguments: Any) -> None:
        self._process.send(Call(next(self._numbers), function, arguments, Priority.AUDITION))

    def _answer(self) -> Any:
        try:
            answer = self._process.receive()
        except (EOFError, OSError) as error:
            self._opened = False
            raise LibraryError("a process that reads segments ended; do that again") from error
        finally:
            self._busy.release()
        if isinstance(answer, Result):
            return answer.value
        raise LibraryError(
            answer.message if isinstance(answer, Error) else "a segment was not read; try again"
        )

    def _is_open(self) -> bool:
        """Whether the library is open; a process that could not open it is never asked again."""
        try:
            if not self._opened and self._process.connection.poll():
                self._opened = isinstance(self._process.receive(), Result)
        except (EOFError, OSError):
            self._opened = False
        return self._opened


def _warm_up() -> None:
    """Import what reads and stretches before somebody waits for it."""
    for name in ("soundfile", "core.audio.stretch", "core.dsp.spectrogram", "core.audio.levelling"):
        importlib.import_module(name)


def _segment_id(source: ClipSource) -> str:
    if not isinstance(source, RealSource):
        raise InputError("only a model can decode a latent; open one, or train one")
    return source.segment_id


def _no_model(latents: Array) -> Array:
    raise InputError("only a model can decode a latent; open one, or train one")
