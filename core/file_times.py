"""When files were changed: file systems may say anything, also years that no calendar has."""

from __future__ import annotations

import os
import time
from datetime import datetime, timedelta

_EPOCH = datetime(1970, 1, 1)
_MOST = (1 << 63) - 1
"""What SQLite's integers hold: in nanoseconds, the year 2262."""


def changed_ns(status: os.stat_result) -> int:
    """When a file was changed, in nanoseconds since 1970, within what SQLite can keep."""
    return max(-_MOST, min(_MOST, status.st_mtime_ns))


def local_time(seconds: float) -> datetime:
    """The time on the clock here, so many seconds after 1970; the nearest that a calendar has.

    Args:
        seconds: any number.

    Returns:
        Without a time zone. Where the system has no clock for it (Windows before 1970 and after
        3000), as in winter, whatever the season.
    """
    try:
        return datetime.fromtimestamp(seconds)
    except (ValueError, OverflowError, OSError):
        pass
    try:
        return _EPOCH + timedelta(seconds=seconds - time.timezone)
    except (ValueError, OverflowError):
        return datetime.max if seconds > 0 else datetime.min
