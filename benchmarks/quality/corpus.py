"""The music of the table: tracks to learn from, and whole other tracks to judge on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.training import drawn
from core.errors import InputError
from core.library import inputs
from core.library.importing import import_audio
from core.library.segments import Segment
from core.library.store import Library
from core.render.real_segments import RealSegments

Array = NDArray[np.float32]
_CACHE_BYTES = 256 << 20
_MOST_SEGMENTS = 1000


@dataclass(frozen=True, eq=False)
class Part:
    """A library and what is asked of it.

    Attributes:
        segments: those on the map, evenly thinned to 1000.
        rendered: rows of `segments` that are rendered and judged.
    """

    library: Library
    segments: list[Segment]
    rendered: list[int]

    @classmethod
    def of(cls, library: Library, rendered: int) -> Part:
        """All of `library`; of each track the same share of the `rendered` rows, evenly spread."""
        segments = _evenly(library.segments(), _MOST_SEGMENTS)
        return cls(library, segments, _evenly(range(len(segments)), rendered))

    @cached_property
    def spectra(self) -> Array:
        """(n, 512, 128) dB of the segments."""
        return np.stack([self.library.segment_spectrogram(s) for s in self.segments])

    @cached_property
    def music(self) -> RealSegments:
        """Its loops, as the program plays them."""
        return RealSegments(self.library, _no_model, _CACHE_BYTES)

    def loop(self, row: int, bpm: float | None = None) -> Array:
        """(frames, 2) of a segment at `bpm`, its own where None."""
        segment = self.segments[row]
        return self.music.loop(segment.id, bpm or segment.bpm)


@dataclass(frozen=True, eq=False)
class Corpus:
    """`library` is learned from, `held` is not."""

    library: Part
    held: Part
    folder: Path

    @property
    def parts(self) -> dict[str, Part]:
        return {"library": self.library, "held": self.held}

    @property
    def library_path(self) -> Path:
        return self.folder / "library"

    @property
    def bpm(self) -> float:
        """The median tempo of the library."""
        return float(np.median([segment.bpm for segment in self.library.segments]))

    def describe(self) -> str:
        """One sentence for the head of the table."""
        names = [track.title for track in self.held.library.tracks()]
        return (
            f"{len(self.library.segments)} segments of {len(self.library.library.tracks())} tracks "
            f"to learn from, {len(self.held.segments)} of {len(names)} tracks held out whole: "
            + ", ".join(names)
        )


@contextmanager
def opened(
    audio: Path, folder: Path, *, hold_out: int, tracks: int | None, rendered: int, seed: int
) -> Iterator[Corpus]:
    """Import the files in `audio` into two libraries in `folder`, or take those that lie there.

    hold_out: tracks that are not learned from, drawn by `seed`; `tracks`: use only so many files.

    Raises:
        InputError: too few files, or one part has too little music.
    """
    paths = _evenly(inputs.find([audio], folder).files, tracks)
    held = drawn(len(paths), hold_out, seed)
    if len(paths) - len(held) < 1 or not held:
        raise InputError(f"{audio}: {len(paths)} files are too few to hold {hold_out} of them out")
    for name, chosen in (
        ("library", [p for i, p in enumerate(paths) if i not in held]),
        ("held", [paths[i] for i in held]),
    ):
        if not (folder / name).exists():
            import_audio(folder / name, chosen)
    with Library.open(folder / "library") as learned, Library.open(folder / "held") as other:
        library, held_out = (Part.of(each, rendered) for each in (learned, other))
        if min(len(library.segments), len(held_out.segments)) < 2:
            raise InputError(f"{audio}: too little music with four whole bars in it")
        yield Corpus(library, held_out, folder)


def _evenly(rows: Sequence[Any], most: int | None) -> list[Any]:
    if most is None or len(rows) <= most:
        return list(rows)
    return [rows[i] for i in np.linspace(0, len(rows) - 1, most).astype(int)]


def _no_model(_: Array) -> Array:
    raise NotImplementedError
