"""`technovae dataset`."""

from __future__ import annotations

from argparse import Namespace

from core.atomic import require_writable
from core.cli.console import progress_bar, say
from core.library.dataset import write_dataset
from core.library.store import Library


def run(options: Namespace) -> int:
    """Write the library's training windows as one array."""
    require_writable(options.out)
    with Library.open(options.library, read_only=True) as library, progress_bar("writing") as bar:
        count = write_dataset(library, options.out, progress=bar)
    say(f"{options.out}: {count} windows of (512, 128) dB")
    return 0
