"""Arrays that lie in files and are mapped into memory: read from the disk where they are needed.

What was read stays in memory only as long as the system has room. `release_pages` gives it back at
once; it is read again, mostly from the system's own cache, by whoever looks at the array next.
"""

from __future__ import annotations

import logging
import mmap
import shutil
import tempfile
import threading
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]

_SMALL_BYTES: Final = 1 << 16
_LEFT_FREE_BYTES: Final = 1_000_000_000
"""Of the disk, where nothing more is written."""
_ADVICE: Final = getattr(mmap, "MADV_DONTNEED", None)
_LOG = logging.getLogger(__name__)


def release_pages(array: FloatArray) -> None:
    """Give the memory of a read-only array in a file back to the system.

    Does nothing for other arrays, or where the system has no such call.
    """
    mapped = _mapped(array)
    if mapped is None or _ADVICE is None or mapped.flags.writeable:
        return
    mapping: object = mapped.base
    if isinstance(mapping, mmap.mmap):
        mapping.madvise(_ADVICE)


@dataclass(frozen=True)
class ArrayFile:
    """Where an array lies, so that another process need not be sent it.

    Attributes:
        path: of the file.
        offset: bytes before the array.
        shape: of the array of float32.
    """

    path: Path
    offset: int
    shape: tuple[int, ...]

    @classmethod
    def of(cls, array: FloatArray) -> Self | None:
        """Where a contiguous array lies; None where it is not in a file with a name."""
        mapped = _mapped(array)
        if mapped is None or mapped.filename is None or not array.flags.c_contiguous:
            return None
        inside = array.ctypes.data - mapped.ctypes.data
        return cls(Path(mapped.filename), mapped.offset + inside, array.shape)

    def open(self) -> FloatArray:
        """The array, read-only. Raises `OSError` or `ValueError` where it is gone."""
        return np.memmap(self.path, np.float32, "r", self.offset, self.shape).view(np.ndarray)


class SpillingMemory:
    """Keeps arrays in memory as far as there is room, and what is beyond in files without a name.

    The room is that of all arrays which are still in use. Threads may share it.
    """

    def __init__(self, limit: int, folder: Path) -> None:
        """
        Args:
            limit: bytes that may stay in memory.
            folder: of the files; made when the first one is needed.
        """
        self._limit, self._folder = limit, folder
        self._lock = threading.Lock()
        self._kept: list[weakref.ref[FloatArray]] = []

    def keep(self, array: FloatArray) -> FloatArray:
        """The same samples, to hold on to instead of `array`; the disk full, that is `array`."""
        if array.nbytes < _SMALL_BYTES or self._has_room(array):
            return array
        try:
            return self._written(array)
        except OSError as error:
            _LOG.info("%s: kept in memory instead: %s", self._folder, error)
            return array

    def _has_room(self, array: FloatArray) -> bool:
        with self._lock:
            living = [(ref, kept) for ref in self._kept if (kept := ref()) is not None]
            self._kept = [ref for ref, _ in living]
            if sum(kept.nbytes for _, kept in living) + array.nbytes > self._limit:
                return False
            self._kept.append(weakref.ref(array))
            return True

    def _written(self, array: FloatArray) -> FloatArray:
        self._folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(self._folder).free < _LEFT_FREE_BYTES:
            return array
        with tempfile.TemporaryFile(dir=self._folder) as file:
            file.write(np.ascontiguousarray(array, np.float32).data)
            file.flush()
            return np.memmap(file, np.float32, "r", 0, array.shape).view(np.ndarray)


def _mapped(array: FloatArray) -> Any:
    """The `memmap` that `array` is a view of, or None."""
    base: Any = array
    while isinstance(base, np.ndarray):
        mapping: Any = base.base
        if isinstance(base, np.memmap) and isinstance(mapping, mmap.mmap):
            return base
        base = mapping
    return None
