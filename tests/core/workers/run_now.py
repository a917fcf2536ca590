"""Runs a task in this process, as a worker does."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from core.workers.process import perform
from core.workers.protocol import Call, Error, Partial, Result


def run_now(function: Callable[..., Any], **arguments: Any) -> tuple[str, Any, list[Any]]:
    """Do it; returns "returned" or "errored", the result or the line, and what was emitted."""
    sent: list[Any] = []
    perform(Call(1, function, arguments), None, sent.append, threading.Event())
    events = [answer.value for answer in sent if isinstance(answer, Partial)]
    last = sent[-1]
    if isinstance(last, Error):
        return "errored", last.message, events
    assert isinstance(last, Result)
    return "returned", last.value, events
