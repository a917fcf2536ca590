"""Figures of a benchmark as JSON, with how fast the machine is while they are taken.

Machines differ, and a busy one is as slow as an old one. A loop of 20 million additions, which
takes about a second on a laptop of 2023, says by how much: what is divided by it can be compared.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from pathlib import Path

_ADDITIONS = 20_000_000


def add_option(parser: argparse.ArgumentParser) -> None:
    """Let the user name a file for the figures: `--json FILE`."""
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures here")


def calibration_seconds() -> float:
    """How long 20 million integer additions take here and now, as seen on a clock."""
    started = time.perf_counter()
    total = 0
    for _ in range(_ADDITIONS):
        total += 1  # noqa: SIM113 - an addition is what is timed
    return time.perf_counter() - started


def finish(figures: object, path: Path | None) -> None:
    """Print the calibration, and write it with the figures.

    Args:
        figures: whatever JSON can hold.
        path: where to write {"machine": ..., "figures": ...}; None: nowhere.

    Raises:
        OSError: the file cannot be written.
    """
    seconds = calibration_seconds()
    print(f"calibration: 20 million additions take {seconds:.2f} s here", flush=True)
    if path is not None:
        machine = {
            "calibration_s": seconds,
            "cores": os.cpu_count(),
            "system": platform.platform(),
            "python": platform.python_version(),
        }
        report = {"machine": machine, "figures": figures}
        path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
