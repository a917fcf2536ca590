"""Measure everything in one run: python -m benchmarks.quality AUDIO_DIR [--json FILE].

Imports the tracks of AUDIO_DIR into a temporary library, holds some out whole, trains the original
recipe's network and ours for equal time on the rest, and prints one row a method: the original
recipe, 64 principal components, the nearest neighbour, and ours with each renderer.
`benchmarks/RESULTS.md` says what the columns mean.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import platform
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.quality import learning, methods, table
from benchmarks.quality.corpus import Corpus, opened
from benchmarks.quality.rows import QUICK, Amounts, reference, row
from core.render.decoder import Decoder
from core.settings import RENDERERS
from core.vae.codec import Codec

_QUICK_MINUTES, _QUICK_TRACKS, _QUICK_HELD = 0.3, 4, 1


def main() -> None:
    """Parse the arguments, measure, print and write."""
    options = _arguments()
    console = Console(width=200)
    with _folder(options.work) as folder, _corpus(options, folder) as corpus:
        console.print(corpus.describe())
        report = measured(corpus, folder, options, console)
    console.print(table.plain(report))
    if options.markdown:
        table.write_into(options.markdown, table.markdown(report))


def measured(
    corpus: Corpus, folder: Path, options: argparse.Namespace, console: Console
) -> dict[str, Any]:
    """The whole report; written after each row where `--json` names a file."""
    amounts = QUICK if options.quick else Amounts(seed=options.seed)
    report: dict[str, Any] = {
        "music": corpus.describe(),
        "machine": f"{platform.machine()}, {_cores()} cores, Python {platform.python_version()}",
        "minutes": options.minutes_training,
        "reference": reference(corpus),
        "rows": _kept(options),
    }
    model = folder / "model.keras"
    for method in _methods(corpus, folder, options, report):
        console.print(f"measuring: {method.name}")
        report["rows"][method.name] = row(method, corpus, amounts, model)
        table.judge(report)
        if options.json:
            options.json.write_text(json.dumps(report, indent=1), encoding="utf-8")
    return report


def _methods(
    corpus: Corpus, folder: Path, options: argparse.Namespace, report: dict[str, Any]
) -> Iterator[methods.Method]:
    """In the order of the table; what a method was trained with is let go after its row."""
    wanted = options.rows or table.ROWS
    trained, excerpts = learning.original(corpus, folder, options)
    ours = learning.ours(corpus, folder, options)
    report["training"] = learning.cost(trained, ours, report["reference"])
    if methods.Recipe.name in wanted:
        yield methods.Recipe(corpus, trained, excerpts)
    if methods.Components.name in wanted:
        yield methods.Components(corpus, methods.windows_of(corpus.library_path))
    if methods.Neighbours.name in wanted:
        yield methods.Neighbours(corpus)
    decoder = Decoder(corpus.library.library, Codec.load(folder / "model.keras"))
    for name in table.ROWS:
        renderer = name.removeprefix("ours, ")
        if renderer in RENDERERS and name in wanted:
            yield methods.Ours(corpus, decoder, renderer)
    if table.ITSELF in wanted:
        yield methods.Itself(corpus, decoder)


def _kept(options: argparse.Namespace) -> dict[str, Any]:
    """The rows of an earlier run that are not measured again."""
    if not (options.rows and options.json and options.json.exists()):
        return {}
    rows = json.loads(options.json.read_text(encoding="utf-8"))["rows"]
    return {name: rows[name] for name in table.ROWS if name in rows and name not in options.rows}


@contextlib.contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def _corpus(options: argparse.Namespace, folder: Path) -> contextlib.AbstractContextManager[Corpus]:
    quick = options.quick
    return opened(
        options.audio,
        folder,
        hold_out=_QUICK_HELD if quick else options.hold_out,
        tracks=_QUICK_TRACKS if quick else None,
        rendered=(QUICK if quick else Amounts()).rendered,
        seed=options.seed,
    )


def _cores() -> int:
    import os

    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.quality", description=__doc__.split("\n")[0]
    )
    parser.add_argument("audio", type=Path, metavar="AUDIO_DIR")
    parser.add_argument("--json", "--out", type=Path, help="write all figures here")
    parser.add_argument(
        "--markdown", type=Path, help="the page for the table; default benchmarks/RESULTS.md"
    )
    parser.add_argument("--minutes-training", type=float, help="of each network; default 10")
    parser.add_argument("--hold-out", type=int, default=5, help="how many whole tracks")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--work", type=Path, help="keep library and models here, and reuse them")
    parser.add_argument(
        "--rows",
        nargs="+",
        choices=table.ROWS,
        help="only these; --json keeps its others",
    )
    parser.add_argument("--quick", action="store_true", help="a few tracks, a minute or two")
    options = parser.parse_args()
    if options.minutes_training is None:
        options.minutes_training = _QUICK_MINUTES if options.quick else 10.0
    if options.markdown is None and not options.quick:
        options.markdown = Path(__file__).parents[1] / "RESULTS.md"
    return options


if __name__ == "__main__":
    main()
