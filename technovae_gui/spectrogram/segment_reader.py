"""Spectrograms of real segments, read from the open library on any thread."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core import scientific

if TYPE_CHECKING:
    from core.library.store import Library
    from core.session import Session


class SegmentReader:
    """Keeps the library of the last session open, so that a read takes a millisecond."""

    def __init__(self) -> None:
        self._library: Library | None = None
        self._opened: tuple[Path, int] | None = None
        self._lock = threading.Lock()

    def spectrogram(self, session: Session, segment_id: str) -> NDArray[np.float32]:
        """Read the spectrogram of one segment.

        Args:
            session: whose library holds the segment.
            segment_id: the segment.

        Returns:
            (512, 128) log-mel power in dB.

        Raises:
            LibraryError: the library or the segment is gone.
        """
        scientific.load()  # for segments whose spectrogram has to be computed from the audio
        from core.library.store import Library

        wanted = session.library_path.absolute(), session.generation
        with self._lock:
            if self._library is None or self._opened != wanted:
                self._close()
                self._library = Library.open(session.library_path, read_only=True)
                self._opened = wanted
            return self._library.segment_spectrogram(self._library.segment(segment_id))

    def close(self) -> None:
        """Close the library; the next read opens it again."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._library is not None:
            self._library.close()
            self._library = None
