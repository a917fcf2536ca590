"""Figures of a benchmark as JSON, with how fast the machine is while they are taken.

Machines differ, and a busy one is as slow as an old one. A loop of 20 million additions, which
takes about a second on a laptop of 2023, says by how much: what is divided by it can be compared.

The loop runs at module level, as `python -c` runs it, where Python looks up each name in a
dictionary. Inside a function it takes two fifths of that; older figures name that time.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import time
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

_ADDITIONS = 20_000_000
_AT_MODULE_LEVEL = """
total = 0
for _ in range(additions):
    total += 1
"""


def add_option(parser: argparse.ArgumentParser) -> None:
    """Let the user name a file for the figures: `--json FILE`."""
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures here")


def calibration_seconds() -> float:
    """How long 20 million integer additions at module level take here and now, on a clock."""
    loop = compile(_AT_MODULE_LEVEL, "calibration", "exec")
    started = time.perf_counter()
    exec(loop, {"additions": _ADDITIONS})
    return time.perf_counter() - started


def seconds_in_function() -> float:
    """How long the same additions take inside a function, where names are slots."""
    started = time.perf_counter()
    total = 0
    for _ in range(_ADDITIONS):
        total += 1  # noqa: SIM113 - an addition is what is timed
    return time.perf_counter() - started


def finish(figures: object, path: Path | None) -> float:
    """Print the calibration, and write it with the figures.

    Args:
        figures: whatever JSON can hold.
        path: where to write {"machine": ..., "figures": ...}; None: nowhere.

    Returns:
        How many seconds the calibration took: the median of three.

    Raises:
        OSError: the file cannot be written.
    """
    seconds = statistics.median(calibration_seconds() for _ in range(3))
    in_function = statistics.median(seconds_in_function() for _ in range(3))
    print(
        f"calibration: 20 million additions take {seconds:.2f} s here at module level, "
        f"{in_function:.2f} s inside a function",
        flush=True,
    )
    if path is not None:
        machine = {
            "calibration_s": seconds,
            "calibration_in_function_s": in_function,
            "cores": os.cpu_count(),
            "system": platform.platform(),
            "python": platform.python_version(),
        }
        report = {"machine": machine, "figures": figures}
        path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return seconds


def compare(figures: Mapping[str, float], most: Mapping[str, float], seconds: float) -> None:
    """Print times as multiples of the calibration, beside what is to be reached.

    Args:
        figures: name -> milliseconds; those that were not measured are left out.
        most: name -> largest multiple.
        seconds: what the calibration took.
    """
    table = Table("as a multiple of the calibration", "now", "at most", "")
    for name, limit in most.items():
        if name in figures:
            now = figures[name] / 1000.0 / seconds
            table.add_row(name, f"{now:.4f}", f"{limit:g}", "" if now <= limit else "missed")
    Console().print(table)
