"""Import a folder into a fresh library: python -m benchmarks.importing AUDIO_DIR [--json FILE].

Times real time for the whole import and for a second one of the same folder, share of every stage,
and the largest memory of all processes together: resident set sizes summed, which counts shared
pages several times, and proportional ones, which do not. Memory is read from /proc: Linux only.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import report
from core.library.importing import import_audio
from core.library.report import ImportReport
from core.library.store import Library

_SAMPLE_SECONDS = 0.2


@dataclass
class TreeMemory:
    """Largest memory of this process and all that it started, in bytes."""

    resident: int = 0
    proportional: int = 0
    processes: int = 0

    def look(self) -> None:
        """Take one sample."""
        members = _tree(os.getpid())
        self.processes = max(self.processes, len(members))
        self.resident = max(self.resident, sum(_kilobytes(p, "Rss:") for p in members) * 1024)
        self.proportional = max(
            self.proportional, sum(_kilobytes(p, "Pss:") for p in members) * 1024
        )


@contextmanager
def memory_watched() -> Iterator[TreeMemory]:
    """Sample the memory of the process tree until the end of the block."""
    memory, ended = TreeMemory(), threading.Event()

    def watch() -> None:
        while not ended.wait(_SAMPLE_SECONDS):
            memory.look()

    thread = threading.Thread(target=watch, name="memory")
    thread.start()
    try:
        yield memory
    finally:
        ended.set()
        thread.join()


def main() -> None:
    """Parse the arguments, import twice, print and write."""
    options = _arguments()
    with tempfile.TemporaryDirectory(dir=options.scratch) as folder:
        library = Path(folder) / "library"
        with memory_watched() as memory:
            imported = import_audio(library, options.audio, workers=options.workers)
        figures = _figures(imported, memory)
        figures["again_seconds"] = _seconds_of_second_import(library, options.audio)
        figures["library"] = _library_figures(library)
    _show(figures)
    report.finish(figures, options.json)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("audio", nargs="+", type=Path, metavar="AUDIO_DIR")
    parser.add_argument("--workers", type=int)
    parser.add_argument("--scratch", type=Path, help="where the library is made for the time being")
    report.add_option(parser)
    return parser.parse_args()


def _figures(imported: ImportReport, memory: TreeMemory) -> dict[str, Any]:
    busy = sum(imported.stages.values())
    return {
        "counts": imported.counts(),
        "music_seconds": imported.decoded_seconds,
        "seconds": imported.elapsed,
        "times_real_time": imported.decoded_seconds / imported.elapsed,
        "stages": {
            name: {
                "seconds": seconds,
                "share": seconds / busy,
                "times_real_time": imported.decoded_seconds / seconds,
            }
            for name, seconds in imported.stages.items()
        },
        "processes": memory.processes,
        "peak_resident_bytes": memory.resident,
        "peak_proportional_bytes": memory.proportional,
        "peak_worker_bytes": imported.peak_bytes,
    }


def _seconds_of_second_import(library: Path, audio: list[Path]) -> float:
    started = time.perf_counter()
    import_audio(library, audio)
    return time.perf_counter() - started


def _library_figures(path: Path) -> dict[str, Any]:
    with Library.open(path, read_only=True) as library:
        segments = library.segments(1)
        sample = segments[:: max(1, len(segments) // 20)]
        from_shard = _mean_seconds(library, sample)
        for shard in (path / "spectrograms").iterdir():
            shard.unlink()
        return {
            "tracks": len(library.tracks()),
            "windows": len(segments),
            "segment_from_shard_seconds": from_shard,
            "segment_from_audio_seconds": _mean_seconds(library, sample),
        }


def _mean_seconds(library: Library, segments: list[Any]) -> float:
    started = time.perf_counter()
    for segment in segments:
        library.segment_spectrogram(segment)
    return (time.perf_counter() - started) / max(1, len(segments))


def _show(figures: dict[str, Any]) -> None:
    table = Table("figure", "value", title="import", title_justify="left", box=None)
    library = figures["library"]
    rows = {
        "files": ", ".join(f"{n} {status}" for status, n in figures["counts"].items()),
        "music": f"{figures['music_seconds']:.0f} s",
        "import": f"{figures['seconds']:.1f} s, {figures['times_real_time']:.0f} times real time",
        "import again": f"{figures['again_seconds']:.2f} s",
        **{
            f"stage {name}": f"{stage['seconds']:.1f} s of one core, {stage['share']:.0%},"
            f" {stage['times_real_time']:.0f} times real time"
            for name, stage in figures["stages"].items()
        },
        "processes": figures["processes"],
        "peak memory, resident": f"{figures['peak_resident_bytes'] / 1e6:.0f} MB",
        "peak memory, proportional": f"{figures['peak_proportional_bytes'] / 1e6:.0f} MB",
        "peak memory of one worker": f"{figures['peak_worker_bytes'] / 1e6:.0f} MB",
        "library": f"{library['tracks']} tracks, {library['windows']} windows",
        "segment from shard": f"{library['segment_from_shard_seconds'] * 1e3:.1f} ms",
        "segment from audio": f"{library['segment_from_audio_seconds'] * 1e3:.1f} ms",
    }
    for name, value in rows.items():
        table.add_row(name, str(value))
    Console().print(table)


def _tree(root: int) -> list[int]:
    """`root` and all its descendants."""
    members = [root]
    for pid in members:
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            try:
                members += map(int, task.read_text().split())
            except OSError:
                continue
    return members


def _kilobytes(pid: int, field: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(field)), 0)


if __name__ == "__main__":
    main()
