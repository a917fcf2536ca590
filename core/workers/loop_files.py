"""Loops in files, so that a project that is opened again sounds at once: bounded, never trusted.

A file is one loop: what is in it, then the samples and the spectrogram as they are in memory. It is
read by mapping it into memory, and nothing of it stays there until it is played. What is damaged,
cut short or no loop at all counts as not there.
"""

from __future__ import annotations

import logging
import re
import shutil
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core import atomic, settings
from core.deletion import delete_file
from core.errors import OutputError
from core.mapped_arrays import release_pages
from core.workers.segment_service import RenderedLoop

Array = NDArray[np.float32]
LIMIT_BYTES: Final = 4_000_000_000
"""Some fourteen hundred loops at 130 BPM: an hour of a thousand clips and what was before it."""
_LEFT_FREE_BYTES: Final = 1_000_000_000
"""Of the disk, where nothing more is written."""
_MAGIC: Final = b"TechnoVAE loop 1"
_HEADER: Final = struct.Struct("<16s32sI?32sdI")
"""Magic, name, frames, whether a spectrogram follows, renderer, gain in dB, CRC-32 of the rest."""
_HEADER_BYTES: Final = 128
_SUFFIX: Final = ".loop"
_NAME: Final = re.compile(r"[0-9a-f]{64}")
_SPECTROGRAM_SHAPE: Final = (settings.FRAMES_PER_SEGMENT, settings.N_BANDS)
_SPECTROGRAM_SIZE: Final = settings.FRAMES_PER_SEGMENT * settings.N_BANDS
_LOG = logging.getLogger(__name__)


class LoopFiles:
    """The files of one folder. One thread at a time uses it; other programs may use the folder."""

    def __init__(self, folder: Path, limit: int = LIMIT_BYTES) -> None:
        """
        Args:
            folder: it need not exist.
            limit: bytes that the files take at most; those that were not used for longest go first.
        """
        self._folder, self._limit = folder, limit
        self._size: int | None = None

    def read(self, name: str, frames: int) -> RenderedLoop | None:
        """The loop under a name, if there is one that is whole.

        Args:
            name: 64 hexadecimal digits.
            frames: how long it must be.

        Returns:
            The loop, its arrays read-only; None where it has to be made.
        """
        path = self._path(name)
        try:
            found = _read(path, name, frames)
        except FileNotFoundError:
            return None
        except OSError as error:  # too many files are open, say: it is as good as before
            _LOG.info("%s: not used: %s", path, error)
            return None
        except ValueError as error:
            _LOG.info("%s: not used, and made again: %s", path, error)
            self._drop(path)
            return None
        try:
            path.touch()
        except OSError as error:  # it is only forgotten sooner
            _LOG.info("%s: cannot be marked as used: %s", path, error)
        return found

    def write(self, name: str, loop: RenderedLoop) -> bool:
        """Keep a loop, unless it is there already or the disk is nearly full.

        Args:
            name: 64 hexadecimal digits.
            loop: without parts.

        Returns:
            Whether it is there now.
        """
        path = self._path(name)
        if path.exists():
            return True
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if shutil.disk_usage(self._folder).free < _LEFT_FREE_BYTES:
                return False
            atomic.write_bytes(path, _packed(name, loop))
        except (OSError, OutputError) as error:
            _LOG.info("%s: not kept: %s", path, error)
            return False
        self._make_room(path)
        return True

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a loop")
        return self._folder / f"{name}{_SUFFIX}"

    def _make_room(self, newest: Path) -> None:
        if self._size is None:
            self._size = sum(size for *_, size in self._files())
        else:
            self._size += newest.stat().st_size
        if self._size <= self._limit:
            return
        files = sorted(self._files())
        self._size = sum(size for *_, size in files)
        for _, path, size in files:
            if self._size <= 0.9 * self._limit:
                return
            if path != newest and self._drop(path):
                self._size -= size

    def _files(self) -> Iterator[tuple[float, Path, int]]:
        """When each was used last, where it is, and its bytes."""
        for path in self._folder.glob(f"*{_SUFFIX}"):
            try:
                status = path.stat()
            except FileNotFoundError:  # another window has just deleted it
                continue
            yield status.st_mtime, path, status.st_size

    def _drop(self, path: Path) -> bool:
        return delete_file(path, self._folder)


def _packed(name: str, loop: RenderedLoop) -> bytes:
    seen = loop.spectrogram
    body = np.ascontiguousarray(loop.loop, np.float32).tobytes()
    if seen is not None:
        body += np.ascontiguousarray(seen, np.float32).tobytes()
    facts = _HEADER.pack(
        _MAGIC,
        bytes.fromhex(name),
        len(loop.loop),
        seen is not None,
        loop.renderer.encode(),
        loop.gain_db,
        zlib.crc32(body),
    )
    return facts.ljust(_HEADER_BYTES, b"\0") + body


def _read(path: Path, name: str, frames: int) -> RenderedLoop:
    """Raises `ValueError` for what is no such loop, and `OSError`."""
    with path.open("rb") as file:
        facts = file.read(_HEADER_BYTES)
        if len(facts) < _HEADER_BYTES:
            raise ValueError("it is cut short")
        magic, named, length, is_seen, renderer, gain_db, checksum = _HEADER.unpack_from(facts)
        count = 2 * frames + (_SPECTROGRAM_SIZE if is_seen else 0)
        if (magic, named, length) != (_MAGIC, bytes.fromhex(name), frames):
            raise ValueError("it is another loop")
        if path.stat().st_size != _HEADER_BYTES + 4 * count:
            raise ValueError("it is cut short")
    values = np.memmap(path, np.float32, "r", _HEADER_BYTES, (count,)).view(np.ndarray)
    if zlib.crc32(values.data) != checksum:
        raise ValueError("it is damaged")
    release_pages(values)
    seen = values[2 * frames :].reshape(_SPECTROGRAM_SHAPE) if is_seen else None
    return RenderedLoop(
        values[: 2 * frames].reshape(frames, 2), seen, renderer.rstrip(b"\0").decode(), gain_db
    )
