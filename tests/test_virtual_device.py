"""What is said of a recording: how much of a sound is in it, and whether anything else is."""

from __future__ import annotations

import numpy as np
import pytest

from tests.virtual_device import RATE, Heard, compare

SOUND = np.random.default_rng(0).standard_normal((9_000, 2)).astype(np.float32)
SOUND[4_000:4_200] = 0.0
SILENCE = np.zeros((300, 2), np.float32)


def joined(*parts: np.ndarray) -> np.ndarray:
    return np.concatenate(parts)


@pytest.mark.parametrize(
    ("recorded", "heard"),
    [
        (SOUND, Heard(9_000, 0)),
        (joined(SILENCE, SOUND, SILENCE), Heard(9_000, 0)),
        (joined(SOUND[:2_000], SILENCE, SOUND[2_000:]), Heard(9_000, 0)),
        (joined(SOUND[:2_000], SOUND[2_500:]), Heard(8_500, 0)),
        (joined(SOUND[:2_000], SOUND[:100], SOUND[2_000:]), Heard(9_000, 100)),
        (joined(SOUND[:2_000], 0.5 * SOUND[2_000:2_010], SOUND[2_010:]), Heard(8_990, 10)),
        (joined(SOUND[:2_000], 0.5 * SOUND[2_000:2_100]), Heard(2_000, 0)),
        (0.5 * SOUND, Heard(0, RATE // 10)),
        (SILENCE, Heard(0, 0)),
    ],
    ids=[
        "all of it", "with silence around it", "with a late block", "with a lost block",
        "with a block that comes twice", "with a quieter block", "faded in the end",
        "another sound", "silence",
    ],
)  # fmt: skip
def test_a_recording_is_compared_with_what_was_played(recorded: np.ndarray, heard: Heard) -> None:
    assert compare(recorded, SOUND) == heard
