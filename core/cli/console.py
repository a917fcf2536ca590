"""What the command line prints: one line per error, progress bars with the time left, tables.

Names of files and tags are printed as they are, but for what would steer the terminal, which is
shown escaped. What the terminal's code page lacks is escaped too: no name ends a command.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from core.file_names import printable
from core.progress import Progress as Report

_PIPE_WIDTH = 200
"""Columns of tables that go into a file or a pipe, where nothing says how wide a line may be."""

OUT = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else _PIPE_WIDTH)
ERR = Console(stderr=True, highlight=False, soft_wrap=True)


def take_any_text() -> None:
    """Have standard output and error escape what their code page lacks, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            with contextlib.suppress(ValueError):  # detached or closed
                stream.reconfigure(errors="backslashreplace")


@contextlib.contextmanager
def quiet_libraries() -> Iterator[None]:
    """Keep remarks of decoders in C about odd files off the terminal."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def say(line: str) -> None:
    """Print one plain line (no markup is read from `line`, which may hold a file's name)."""
    OUT.print(Text(printable(line)))


def complain(line: str) -> None:
    """Print one line to standard error."""
    ERR.print(Text(f"technovae: {printable(line)}"))


def table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], right: Sequence[str] = ()
) -> None:
    """Print a table.

    Args:
        title: above it.
        columns: heads.
        rows: cells by row; None is an empty one.
        right: heads of the columns that are aligned to the right and never broken.
    """
    grid = Table(
        title=Text(printable(title)),
        title_justify="left",
        header_style="bold",
        box=None,
        pad_edge=False,
    )
    for name in columns:
        grid.add_column(
            name,
            justify="right" if name in right else "left",
            no_wrap=name in right,
            overflow="ellipsis" if name in right else "fold",
        )
    for row in rows:
        grid.add_row(*(Text("" if cell is None else printable(str(cell))) for cell in row))
    OUT.print(grid)


@contextlib.contextmanager
def progress_bar(title: str) -> Iterator[Report]:
    """Yield a callback that draws a bar with the time left; plain lines without a terminal."""
    if not ERR.is_terminal:
        yield _PlainReport(title)
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[message]}", markup=False),
    )
    with Progress(*columns, console=ERR, transient=True) as bars:
        task = bars.add_task(title, total=None, message="")

        def report(done: float, total: float, message: str = "") -> None:
            bars.update(task, completed=done, total=total, message=printable(message))

        yield report


class _PlainReport:
    """Progress for logs and pipes: a line at most every few seconds."""

    _EVERY_SECONDS = 5.0

    def __init__(self, title: str) -> None:
        self._title = title
        self._started = time.monotonic()
        self._last = self._started

    def __call__(self, done: float, total: float, message: str = "") -> None:
        now = time.monotonic()
        if now - self._last < self._EVERY_SECONDS:
            return
        self._last = now
        share = done / total if total else 0.0
        left = (now - self._started) * (1 / share - 1) if share > 0 else float("nan")
        eta = f", {left:.0f} s left" if share > 0 else ""
        line = f"{self._title}: {share:.0%}{eta}  {printable(message)}"
        ERR.print(Text(line.rstrip()))
