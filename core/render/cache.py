"""Arrays kept in memory up to a number of bytes, the longest unused going first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


class ByteCache:
    """Read-only arrays by key, for any number of threads; each is computed once at a time."""

    def __init__(self, limit: int) -> None:
        """Keep at most `limit` bytes; an array larger than that is not kept."""
        self._limit = limit
        self._arrays: OrderedDict[Hashable, Array] = OrderedDict()
        self._coming: dict[Hashable, Future[Array]] = {}
        self._size = 0
        self._lock = threading.Lock()

    def get(self, key: Hashable, compute: Callable[[], Array]) -> Array:
        """The array under `key`, computed where it is missing.

        A thread that asks for what another is computing waits for it, and gets its error if there
        is one.

        Args:
            key: any hashable value.
            compute: makes the array; whatever it raises is raised here.

        Returns:
            A read-only array.
        """
        with self._lock:
            if key in self._arrays:
                self._arrays.move_to_end(key)
                return self._arrays[key]
            coming, mine = self._coming.get(key), Future[Array]()
            if coming is None:
                self._coming[key] = mine
        return self._computed(key, compute, mine) if coming is None else coming.result()

    def peek(self, key: Hashable) -> Array | None:
        """The array under `key` if it is kept."""
        with self._lock:
            return self._arrays.get(key)

    def shrink(self, limit: int) -> None:
        """Keep at most `limit` bytes from now on."""
        with self._lock:
            self._limit = limit
            self._drop()

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._arrays.clear()
            self._size = 0

    @property
    def size(self) -> int:
        """Bytes held."""
        return self._size

    def __len__(self) -> int:
        return len(self._arrays)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._arrays

    def _computed(self, key: Hashable, compute: Callable[[], Array], mine: Future[Array]) -> Array:
        try:
            array = compute()
        except BaseException as error:
            with self._lock:
                del self._coming[key]
            mine.set_exception(error)
            raise
        array.flags.writeable = False
        with self._lock:
            self._keep(key, array)
            del self._coming[key]
        mine.set_result(array)
        return array

    def _keep(self, key: Hashable, array: Array) -> None:
        if array.nbytes > self._limit:
            return
        self._arrays[key] = array
        self._size += array.nbytes
        self._drop()

    def _drop(self) -> None:
        while self._size > self._limit:
            _, dropped = self._arrays.popitem(last=False)
            self._size -= dropped.nbytes
