"""Through PortAudio into a device that paces and records: what comes out is what export writes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from core.arrangement.export import export
from core.arrangement.export_options import ExportOptions
from tests.core.playback.fakes import arrangement, audio_of
from tests.virtual_device import RATE, Heard, compare, read, virtual_device

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

SECONDS = 4.0
TRIES = 6

PLAY = """
import json, sys, time
sys.setswitchinterval(0.0005)
if {without_rtmixer}:
    sys.modules["rtmixer"] = None
from core.playback.player import Player
from tests.core.playback.fakes import arrangement, audio_of

player = Player()
player.open()
player.set_arrangement(arrangement(), audio_of())
deadline = time.monotonic() + 120
while not player.state().device and time.monotonic() < deadline:
    time.sleep(0.01)
assert player.wait_until_prepared(120)
player.play()
time.sleep({seconds})
state = player.state()
player.stop()
time.sleep(0.3)
player.close()
print(json.dumps([state.device, state.frame, state.underruns, state.problem, state.latency]))
"""


def exported(folder: Path) -> np.ndarray:
    export(arrangement(), audio_of(), folder / "a.wav", ExportOptions(bit_depth=32, lufs=None))
    return soundfile.read(folder / "a.wav", dtype="float32")[0]


@pytest.mark.parametrize("without_rtmixer", [False, True])
def test_what_is_heard_is_what_is_exported(tmp_path: Path, without_rtmixer: bool) -> None:
    wanted = exported(tmp_path)
    code = PLAY.format(seconds=SECONDS, without_rtmixer=without_rtmixer)
    found: list[Heard] = []
    # A busy machine loses some blocks; what is heard has to be right all the same.
    while len(found) < TRIES and not any(map(is_right, found)):
        recording = tmp_path / f"{len(found)}.raw"
        with virtual_device() as device:
            device.record(recording)
            played = subprocess.run(
                [sys.executable, "-c", code],
                env={**os.environ, **device.env},
                cwd=Path(__file__).parents[3],
                capture_output=True,
                text=True,
                check=True,
            )
            device.stop()
        name, frame, _, problem, latency = json.loads(played.stdout.splitlines()[-1])
        assert (problem, bool(name)) == ("", True)
        assert latency > 0
        assert frame > 0
        found.append(compare(read(recording), wanted))
    assert any(map(is_right, found)), found


def is_right(heard: Heard) -> bool:
    return heard.frames >= SECONDS / 2 * RATE and not heard.foreign


WATCH = """
import sys, time
from core.playback.player import Player
from tests.core.playback.fakes import BPM, loop

def when(wanted):
    deadline = time.monotonic() + 120
    while not wanted(player.state()):
        assert time.monotonic() < deadline, player.state()
        time.sleep(0.02)
    print("so", flush=True)
    sys.stdin.readline()

player = Player()
player.open()
player.audition(loop("x"), BPM)
try:
    when(lambda state: state.device and state.audition_phase > 0)
    when(lambda state: not state.device and "\\n" not in state.problem and state.problem)
    when(lambda state: state.peaks[0] > 0 and state.auditioning)
    when(lambda state: state.device and not state.problem)
finally:
    player.close()
"""


def test_a_device_that_goes_and_comes_back(tmp_path: Path) -> None:
    with virtual_device() as device:
        device.record(tmp_path / "a.raw")
        watching = subprocess.Popen(
            [sys.executable, "-c", WATCH],
            env={**os.environ, **device.env},
            cwd=Path(__file__).parents[3],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            for act in (device.unplug, lambda: None, device.plug_in, lambda: None):
                assert watching.stdout is not None
                assert watching.stdin is not None
                assert watching.stdout.readline() == "so\n"
                act()
                watching.stdin.write("on\n")
                watching.stdin.flush()
        finally:
            _, errors = watching.communicate(timeout=300)
        assert watching.returncode == 0, errors
