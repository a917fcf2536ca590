"""What the whole window plays on a real PortAudio stream is, sample for sample, what it exports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import soundfile

from tests.virtual_device import RATE, Heard, compare, read, virtual_device

SECONDS = 9.0
TRIES = 3
SCRIPT = Path(__file__).with_name("play_window.py")


@pytest.mark.slow
@pytest.mark.timeout(900)  # as all, but it waits for music to be played: it begins early
def test_the_window_plays_what_it_exports(tmp_path: Path) -> None:
    found: list[Heard] = []
    # A busy machine loses some blocks; what is heard has to be right all the same.
    while len(found) < TRIES and not any(map(is_right, found)):
        folder = tmp_path / str(len(found))
        folder.mkdir()
        name, _, frame = played(folder)
        assert name
        assert frame > SECONDS * RATE
        exported = soundfile.read(folder / "exported.wav", dtype="float32")[0]
        found.append(compare(read(folder / "heard.raw"), exported))
    assert any(map(is_right, found)), found


def is_right(heard: Heard) -> bool:
    return heard.frames >= 0.9 * SECONDS * RATE and not heard.foreign


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
