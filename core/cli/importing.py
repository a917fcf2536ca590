"""`technovae import`."""

from __future__ import annotations

import json
from argparse import Namespace

from core.atomic import require_writable, write_text
from core.cli.console import progress_bar, say, table
from core.cli.interrupts import cancel_on_interrupt
from core.cli.main import INTERRUPTED
from core.file_names import as_text
from core.library.importing import import_audio
from core.library.report import SKIPPED, FileReport, ImportReport


def run(options: Namespace) -> int:
    """Import, then print what became of each file.

    Returns:
        2 if not one file could be used, or something that was named could not be read.
    """
    if options.report is not None:
        require_writable(options.report)
    with cancel_on_interrupt() as cancel, progress_bar("importing") as progress:
        report = import_audio(
            options.library,
            options.audio,
            progress=progress,
            cancel=cancel,
            workers=options.workers,
            scheduler=options.scheduler,
        )
    _print(report)
    if options.report is not None:
        write_text(options.report, json.dumps(report.as_dict(), indent=1) + "\n")
    if report.cancelled:
        say("stopped; run the same command again to go on")
        return INTERRUPTED
    named = {as_text(name) for name in options.audio}
    unread = [it for it in report.files if it.status == SKIPPED and as_text(it.path) in named]
    for file in unread:
        say(f"{file.path}: {file.reason}")
    return 0 if report.usable and not unread else 2


def _print(report: ImportReport) -> None:
    columns = ("file", "status", "bpm", "segments", "remark")
    table("import", columns, map(_row, report.files), right=("bpm", "segments"))
    counts = ", ".join(f"{n} {status}" for status, n in report.counts().items())
    say(f"{counts or 'no files'}; {report.speed_line()}")


def _row(file: FileReport) -> tuple[object, ...]:
    bpm = "" if file.bpm is None else f"{file.bpm:.2f}"
    remark = "; ".join(part for part in (file.reason, *file.warnings) if part)
    return file.path.name, file.status, bpm, file.segments or "", remark
