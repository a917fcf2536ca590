"""Messages with arrays arrive as they were sent."""

from __future__ import annotations

import multiprocessing
import threading

import numpy as np
import pytest

from core.workers import protocol


@pytest.mark.parametrize("shape", [(3,), (0, 2), (300_000, 2)])
@pytest.mark.parametrize("flip", [False, True])
def test_arrays_arrive_bit_by_bit(
    shape: tuple[int, ...], flip: bool, rng: np.random.Generator
) -> None:
    array = rng.standard_normal(shape).astype(np.float32)
    sent = array[::-1] if flip else array
    ours, theirs = multiprocessing.Pipe()
    sender = threading.Thread(target=protocol.send, args=(ours, {"loop": sent, "name": "x"}))
    sender.start()
    received = protocol.receive(theirs)
    sender.join()
    ours.close()
    theirs.close()
    np.testing.assert_array_equal(received["loop"], sent)
    assert received["loop"].dtype == np.float32
    assert received["name"] == "x"


def test_the_end_is_an_error() -> None:
    ours, theirs = multiprocessing.Pipe()
    ours.close()
    with pytest.raises(EOFError):
        protocol.receive(theirs)
    theirs.close()
