"""How many inputs are drawn by the tests that try any: `make fuzz` asks for many times as many."""

from __future__ import annotations

import os

TIMES = max(1, int(os.environ.get("FUZZ_TIMES", "1")))
"""By how much more is drawn; above 1 also other inputs in every run."""


def examples(count: int) -> int:
    """How many examples to draw where `count` are in an ordinary run."""
    return count * TIMES
