"""What the whole window plays on a real PortAudio stream is, sample for sample, what it exports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.virtual_device import from_first_sound, read, virtual_device

SECONDS = 9.0
TRIES = 3
SCRIPT = Path(__file__).with_name("play_window.py")


@pytest.mark.slow
@pytest.mark.timeout(900)  # as all, but it waits for music to be played: it begins early
def test_the_window_plays_what_it_exports(tmp_path: Path) -> None:
    agreed: list[float] = []
    # A busy machine may lose a block; what is before it still has to be right.
    while len(agreed) < TRIES and max(agreed, default=0.0) < 0.9 * SECONDS:
        folder = tmp_path / str(len(agreed))
        folder.mkdir()
        name, _, frame = played(folder)
        assert name
        assert frame > SECONDS * 44_100
        exported = soundfile.read(folder / "exported.wav", dtype="float32")[0]
        agreed.append(same_seconds(read(folder / "heard.raw"), exported))
    assert max(agreed) >= 0.9 * SECONDS, f"seconds that were right in each try: {agreed}"


def played(folder: Path) -> tuple[str, int, int]:
    """What the window said about the device, under-runs, and how far it played."""
    with virtual_device() as device:
        device.record(folder / "heard.raw")
        done = subprocess.run(
            [sys.executable, str(SCRIPT), str(folder), str(SECONDS)],
            env={**os.environ, **device.env, "PYTHONPATH": str(Path(__file__).parents[2])},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        device.stop()
    assert done.returncode == 0, done.stdout + done.stderr
    name, underruns, frame = json.loads(done.stdout.splitlines()[-1])
    return name, underruns, frame


def same_seconds(heard: np.ndarray, wanted: np.ndarray) -> float:
    """For how long the two agree exactly, from the first sound on."""
    heard, wanted = from_first_sound(heard), from_first_sound(wanted)
    frames = min(len(heard), len(wanted))
    wrong = np.flatnonzero((heard[:frames] != wanted[:frames]).any(axis=1))
    return float(wrong[0] if len(wrong) else frames) / 44_100
