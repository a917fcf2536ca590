"""What became of each file of an import."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

IMPORTED: Final = "imported"
UNCHANGED: Final = "unchanged"
DUPLICATE: Final = "duplicate"
UNALIGNED: Final = "unaligned"
REFUSED: Final = "refused"
NO_SEGMENTS: Final = "no segments"
ONE_SHOT: Final = "one-shot"
"""A single sound, kept aside."""
SKIPPED: Final = "skipped"
"""A folder that was not searched, or a name that leads nowhere."""
STATUSES: Final = (
    IMPORTED,
    UNALIGNED,
    UNCHANGED,
    DUPLICATE,
    ONE_SHOT,
    NO_SEGMENTS,
    REFUSED,
    SKIPPED,
)
_USABLE: Final = (IMPORTED, UNALIGNED, UNCHANGED, DUPLICATE, ONE_SHOT)


@dataclass(frozen=True)
class FileReport:
    """What became of one file.

    Attributes:
        path: of the file, or of what was skipped; bytes that are no text are written as `\\xe9`.
        status: one of `STATUSES`.
        reason: why, in a few words; empty for `imported` and `unchanged`.
        warnings: what had to be mended to read it.
        seconds: length of its audio; 0 where unknown.
        track_id: the track that holds its music, if any.
        bpm: tempo of that track, if any.
        segments: four-bar segments of that track, one every four bars.
    """

    path: Path
    status: str
    reason: str = ""
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0
    track_id: str | None = None
    bpm: float | None = None
    segments: int = 0

    def as_dict(self) -> dict[str, Any]:
        """As plain data for JSON."""
        return {**asdict(self), "path": str(self.path), "warnings": list(self.warnings)}


@dataclass(frozen=True)
class ImportReport:
    """What became of all files of an import, in natural order of their paths.

    Attributes:
        library: the library's folder.
        files: one report per file that was reached.
        elapsed: seconds that the import took.
        tempo: of the library afterwards, BPM.
        cancelled: True if it was asked to stop; `files` then lacks those not reached.
        decoded_seconds: length of all audio that was read.
        stages: seconds of processor time per stage, over all workers.
        peak_bytes: largest memory of any one worker.
    """

    library: Path
    files: tuple[FileReport, ...]
    elapsed: float
    tempo: float
    cancelled: bool = False
    decoded_seconds: float = 0.0
    stages: dict[str, float] = field(default_factory=dict)
    peak_bytes: int = 0

    @property
    def usable(self) -> bool:
        """True if at least one file's music is in the library."""
        return any(file.status in _USABLE for file in self.files)

    def counts(self) -> dict[str, int]:
        """Number of files by status, those that occur."""
        counts = Counter(file.status for file in self.files)
        return {status: counts[status] for status in STATUSES if counts[status]}

    def speed_line(self) -> str:
        """How much music in how much time, for people."""
        if self.decoded_seconds == 0.0:
            return f"nothing to read, {self.elapsed:.1f} s"
        rate = self.decoded_seconds / max(self.elapsed, 1e-3)
        return (
            f"{clock(self.decoded_seconds)} of music in {clock(self.elapsed)},"
            f" {rate:.0f} times real time"
        )

    def as_dict(self) -> dict[str, Any]:
        """As plain data for JSON."""
        return {
            "library": str(self.library),
            "files": [file.as_dict() for file in self.files],
            "counts": self.counts(),
            "elapsed": self.elapsed,
            "tempo": self.tempo,
            "cancelled": self.cancelled,
            "decoded_seconds": self.decoded_seconds,
            "stages": self.stages,
            "peak_bytes": self.peak_bytes,
        }


def clock(seconds: float) -> str:
    """`65:03` for 3903 seconds; `1:05:03` from an hour on."""
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    if hours:
        return f"{hours}:{rest // 60:02d}:{rest % 60:02d}"
    return f"{rest // 60}:{rest % 60:02d}"
