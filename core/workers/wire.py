"""Messages over a pipe between processes; large arrays travel beside them, without a copy."""

from __future__ import annotations

import pickle
from multiprocessing.connection import Connection
from typing import Any

_APART_BYTES = 1 << 14
"""Arrays from this size on are sent on their own instead of inside the pickle."""


def send(connection: Connection, message: object) -> None:
    """Send anything that can be pickled. Raises `OSError` if the other end is gone."""
    apart: list[pickle.PickleBuffer] = []

    def inside(buffer: pickle.PickleBuffer) -> bool:
        if buffer.raw().nbytes < _APART_BYTES:
            return True
        apart.append(buffer)
        return False

    body = pickle.dumps(message, protocol=5, buffer_callback=inside)
    connection.send((body, len(apart)))
    for buffer in apart:
        connection.send_bytes(buffer.raw())


def receive(connection: Connection) -> Any:
    """What was sent; its large arrays are read-only. Raises `EOFError` or `OSError` at the end."""
    body, count = connection.recv()
    apart = [connection.recv_bytes() for _ in range(count)]
    return pickle.loads(body, buffers=apart)
