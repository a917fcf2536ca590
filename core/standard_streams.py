"""The three standard streams, which whoever starts a program may have closed (`>&-`).

What is closed is missing in Python, and its number goes to the next file that is opened: then
a line of some C library lands in a database.
"""

from __future__ import annotations

import os
import sys


def ensure() -> None:
    """Open what is closed, so that it reads nothing and what is written to it is gone."""
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            _take(number)
        if getattr(sys, name) is None:
            stream = os.fdopen(number, mode, encoding="utf-8", closefd=False)
            setattr(sys, name, stream)


def _take(number: int) -> None:
    opened = os.open(os.devnull, os.O_RDWR)
    if opened != number:
        os.dup2(opened, number)
        os.close(opened)
    os.set_inheritable(number, True)
