"""Any number may be the time at which a file was changed."""

from __future__ import annotations

import math
import os
from datetime import datetime, timedelta, tzinfo
from types import SimpleNamespace
from typing import Self, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.file_times import changed_ns, local_time


@given(st.integers(-(10**30), 10**30))
def test_any_time_of_a_file_fits_into_a_database(ns: int) -> None:
    status = cast(os.stat_result, SimpleNamespace(st_mtime_ns=ns))
    assert -(1 << 63) <= changed_ns(status) < 1 << 63


@given(st.floats(allow_nan=True))
def test_any_time_can_be_shown(seconds: float) -> None:
    local_time(seconds).strftime("%Y-%m-%d %H:%M")


class WithoutClock(datetime):
    """As Windows has it before 1970 and after 3000."""

    @classmethod
    def fromtimestamp(cls, timestamp: float, tz: tzinfo | None = None) -> Self:
        raise OSError(22, "Invalid argument")


@pytest.mark.parametrize(
    ("seconds", "time"),
    [
        (-86_400.0 * 365, datetime(1969, 1, 1)),
        (4e10, datetime(3237, 7, 19, 23, 6, 40)),
        (-1e30, datetime.min),
        (1e30, datetime.max),
        (math.inf, datetime.max),
    ],
)
def test_what_only_the_system_has_no_clock_for_is_shown(
    monkeypatch: pytest.MonkeyPatch, seconds: float, time: datetime
) -> None:
    """Fault: a file of 1969 was said to be of the year 1."""
    monkeypatch.setattr("core.file_times.datetime", WithoutClock)
    found = local_time(seconds)
    assert abs(found - time) <= timedelta(days=1)  # clocks here may be set to another zone


@pytest.mark.parametrize("seconds", [0.0, 1e9, 4e9])
def test_what_a_calendar_has_is_exact(seconds: float) -> None:
    assert local_time(seconds).timestamp() == seconds
