"""Runs one command; what goes wrong becomes one line and exit status 2."""

from __future__ import annotations

import errno
import importlib
import importlib.metadata
import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from core import log
from core.atomic import writing_error
from core.cli import arguments
from core.cli.console import complain, say, take_any_text
from core.cli.interrupts import endings_as_interrupts
from core.errors import InputError, TechnoVAEError

_ROOMS = {
    "import": "importing",
    "grid": "grids",
    "weigh": "weighing",
    "train": "training",
    "generate": "generating",
    "compose": "composing",
    "render": "rendering",
    "reconstruct": "reconstructing",
    "parts": "separating",
    "map": "mapping",
    "dataset": "dataset",
    "info": "info",
    "devices": "devices",
    "demo": "demo",
}
_WRITING = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG)
INTERRUPTED = 130
"""The exit status that shells expect after Ctrl-C."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run `technovae ARGV`; returns the exit status: 0, 2 for a mistake, 130 for Ctrl-C.

    SIGTERM and SIGHUP are taken for Ctrl-C.
    """
    log.configure()
    take_any_text()
    try:
        with endings_as_interrupts():
            return _run(arguments.build().parse_args(_with_stems_named(_usable(argv))))
    except TechnoVAEError as error:
        complain(str(error))
    except KeyboardInterrupt:
        complain("stopped; everything finished so far is kept")
        return INTERRUPTED
    except BrokenPipeError:
        # The reader went away (`technovae info | head`): nothing to say, and nowhere to say it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except MemoryError:
        complain("not enough memory; close other programs or work on fewer files at once")
    except OSError as error:
        complain(_system_fault(error))
    except Exception as error:
        complain(log.error_line(error, "this command"))
    return 2


def _usable(argv: Sequence[str] | None) -> Sequence[str]:
    """The words typed. Raises `InputError` for what can be no name of a file, and where the current
    folder is gone, without which no process can be started."""
    if not _current_folder_is_there():
        raise InputError("the current folder is gone; change to another one")
    words = sys.argv[1:] if argv is None else argv
    for word in words:
        try:
            octets = os.fsencode(word)
        except UnicodeEncodeError:
            octets = b"\0"
        if b"\0" in octets:
            raise InputError(
                f"{word!r} holds a character that no name of a file can have; type it again"
            )
    return words


def _current_folder_is_there() -> bool:
    try:
        return bool(Path.cwd())
    except OSError:
        return False


def _with_stems_named(words: Sequence[str]) -> Sequence[str]:
    """`--stems` may stand before any word: unless that says which, it is no part of it."""
    return [
        f"--stems={arguments.STEMS[0]}"
        if word == "--stems" and (*words, "")[after] not in arguments.STEMS
        else word
        for after, word in enumerate(words, start=1)
    ]


def _system_fault(error: OSError) -> str:
    """One line for what the system refused where nobody expected it to."""
    name = error.filename if isinstance(error.filename, str | bytes) else "the system"
    path = Path(os.fsdecode(name))
    if error.errno in _WRITING:
        return str(writing_error(path, error))
    return f"{path}: {error.strerror or error}; check it, or choose another place"


def _run(options: Namespace) -> int:
    if options.version:
        say(f"technovae {importlib.metadata.version('technovae')}")
        return 0
    room = _ROOMS.get(options.command, "opening")
    # Each command's room is imported only when it runs: `--help` stays instant.
    return int(importlib.import_module(f"core.cli.{room}").run(options) or 0)
