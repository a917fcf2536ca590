"""How cost grows with the library: python -m benchmarks.scale --tracks 30,100,300 [--json FILE].

Makes a library of each size (`made_tracks`: variations of the demo by tempo, key, order and level)
and measures, each in a process of its own (`probes`): import of a few tracks more, size on disk,
opening, first paint and playable map, the map from nothing and with ten tracks more, clicks,
panning and searching, training, memory. Prints figures by size, and how much they grow: the
exponent p of cost ~ tracks^p between the smallest and the largest. 1 is in proportion, 0 not at
all. A thousand tracks of four minutes would take 17 GB and half an hour to make, so from that size
on there are rows alone (--rows-from). --work keeps the libraries.
"""

from __future__ import annotations

import argparse
import contextlib
import math
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks import report
from benchmarks.importing import memory_watched
from benchmarks.scale import probes
from benchmarks.scale.made_library import Maker, bytes_on_disk
from core.library.importing import import_audio
from core.library.store import Library

_IMPORTED: Final = 4
"""Files that are imported into each library, and removed again."""

_WITH_SOUND: Final = {"importing", "clicks", "training"}
"""What needs audio and spectrograms."""

Figures = dict[str, float]


def main() -> None:
    """Parse the arguments, measure, print and write."""
    options = _arguments()
    maker: Maker | None = None
    figures: dict[int, Figures] = {}
    with _folder(options.work) as work:
        for tracks in options.tracks:
            library = work / f"library-{tracks}"
            if not _is_complete(library, tracks):
                maker = maker or Maker.of_demo(options.minutes)
                _make(maker, library, tracks, sound=tracks < options.rows_from)
            figures[tracks] = _disk(library)
            wanted = set(options.only)
            if tracks >= options.rows_from:
                wanted -= _WITH_SOUND
            if "importing" in wanted:
                maker = maker or Maker.of_demo(options.minutes)
                figures[tracks] |= _imported(library, maker.music(work / "new", _IMPORTED))
            for name in probes.PROBES:
                if name in wanted:
                    figures[tracks] |= probes.run(name, library)
            show({tracks: figures[tracks]})
    show(figures)
    report.finish({str(tracks): row for tracks, row in figures.items()}, options.json)


def show(figures: Mapping[int, Mapping[str, float]]) -> None:
    """Print a row for each figure, a column for each size."""
    table = Table(title="cost by tracks", title_justify="left", box=None)
    for column in ("figure", *(f"{tracks:,}" for tracks in figures), "grows by"):
        table.add_column(column, justify="left" if column == "figure" else "right")
    for name in dict.fromkeys(name for row in figures.values() for name in row):
        values = [row.get(name, math.nan) for row in figures.values()]
        known = [k for k, value in enumerate(values) if not math.isnan(value)]
        sizes = list(figures)
        power = growth([sizes[k] for k in known], [values[k] for k in known])
        shown = "" if math.isnan(power) else f"{power:.2f}"
        table.add_row(name, *("" if math.isnan(v) else f"{v:,.4g}" for v in values), shown)
    Console(width=120).print(table)


def growth(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """The exponent p of cost ~ size^p between first and last; NaN where there is none."""
    if len(sizes) < 2 or not (min(costs) > 0 and min(sizes) > 0):
        return math.nan
    return math.log(costs[-1] / costs[0]) / math.log(sizes[-1] / sizes[0])


def _make(maker: Maker, library: Path, tracks: int, *, sound: bool) -> None:
    with Progress() as bars:
        task = bars.add_task(f"making {tracks} tracks", total=tracks)
        maker.library(
            library,
            tracks,
            lambda done, total, message="": bars.update(task, completed=done),
            sound=sound,
        )


def _is_complete(library: Path, tracks: int) -> bool:
    if not library.is_dir():
        return False
    with Library.open(library, read_only=True) as opened:
        return len(opened.tracks()) >= tracks


def _disk(library: Path) -> Figures:
    with Library.open(library, read_only=True) as opened:
        hours = sum(track.seconds for track in opened.tracks()) / 3600
    kinds = bytes_on_disk(library)
    return {
        "hours of music": hours,
        **{f"{kind}, MB an hour": size / 1e6 / hours for kind, size in kinds.items()},
    }


def _imported(library: Path, music: Path) -> Figures:
    """Import files that the library does not hold, and remove them again."""
    with memory_watched() as memory:
        done = import_audio(library, [music])
    with Library.open(library) as opened:
        for file in done.files:
            if file.track_id is not None:
                opened.remove_track(file.track_id)
    hours = done.decoded_seconds / 3600
    return {
        "import, s an hour of music": done.elapsed / hours,
        "import, CPU s an hour of music": sum(done.stages.values()) / hours,
        "importing worker, MB": done.peak_bytes / 1e6,
        "import, all processes, MB": memory.proportional / 1e6,
    }


@contextlib.contextmanager
def _folder(work: Path | None) -> Iterator[Path]:
    if work is not None:
        work.mkdir(parents=True, exist_ok=True)
        yield work
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tracks", type=_sizes, default=[30, 100], help="such as 30,100,300,1000")
    parser.add_argument("--minutes", type=float, default=4.0, help="of a track")
    parser.add_argument("--work", type=Path, metavar="FOLDER", help="keep the libraries here")
    parser.add_argument(
        "--rows-from",
        type=int,
        default=1000,
        metavar="TRACKS",
        help="libraries of so many tracks have no audio and no spectrograms: they open, are"
        " mapped, shown and searched, but neither played nor learned from",
    )
    everything = ["importing", *probes.PROBES]
    parser.add_argument("--only", nargs="+", choices=everything, default=everything)
    report.add_option(parser)
    return parser.parse_args()


def _sizes(text: str) -> list[int]:
    return sorted({max(1, int(size)) for size in text.split(",")})


if __name__ == "__main__":
    main()
