"""Any number may be the time at which a file was changed."""

from __future__ import annotations

import os
from types import SimpleNamespace
from typing import cast

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


@pytest.mark.parametrize("seconds", [0.0, 1e9, 4e9])
def test_what_a_calendar_has_is_exact(seconds: float) -> None:
    assert local_time(seconds).timestamp() == seconds
