from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest

from core.audio.loudness import integrated_lufs
from core.playback.audio_output import PlayheadClock
from core.playback.meters import Meter, MeteredBlock, MeterLog, PlaybackPosition
from core.playback.snapshot import LoopRegion
from core.settings import SAMPLE_RATE
from tests.core.playback.fakes import BPM, arrangement, mixer

AHEAD = 512


def test_peaks_are_told_when_they_are_heard() -> None:
    log = MeterLog()
    for i in range(4):
        log.add(
            MeteredBlock(
                512 * i, 512, PlaybackPosition(), (0.1 * i, 0.5), {"a": 0.1 * i, f"b{i}": 1.0}
            )
        )
    assert log.poll(0).peaks == (0.0, 0.0)
    reading = log.poll(1025)
    assert reading.peaks == (0.2, 0.5)
    assert reading.lane_peaks == {"a": 0.2, "b0": 1.0, "b1": 1.0, "b2": 1.0}
    assert log.poll(1100).peaks == (0.2, 0.5)  # it still sounds
    assert log.poll(5000).peaks == pytest.approx((0.3, 0.5))
    assert log.poll(6000).peaks == (0.0, 0.0)


def test_places_between_blocks() -> None:
    log = MeterLog()
    region = LoopRegion(100, 1100)
    log.add(MeteredBlock(0, 512, PlaybackPosition(500, BPM, region, True, 0.5, 1024)))
    log.add(MeteredBlock(512, 512, PlaybackPosition(1012, BPM, region, True, 0.0, 1024)))
    assert log.poll(0).position == PlaybackPosition(500, BPM, region, True, 0.5, 1024)
    position = log.poll(256).position
    assert position is not None
    assert (position.frame, position.phase) == (756, 0.75)
    position = log.poll(700).position
    assert position is not None
    assert (position.frame, position.phase) == (200, 188 / 1024)
    assert log.poll(1024).position is None


def test_a_region_repeats_from_inside_only() -> None:
    region = LoopRegion(10, 20)
    assert [region.after(at, 5) for at in (0, 5, 14, 15, 19, 20)] == [5, 10, 19, 10, 14, 25]
    assert region.after(12, 27) == 19


@pytest.mark.parametrize("level", [1.0, 0.1])
def test_momentary_loudness_of_steady_sound_is_its_loudness(
    level: float, rng: np.random.Generator
) -> None:
    sound = level * 0.1 * rng.standard_normal((SAMPLE_RATE, 2)).astype(np.float32)
    meter = Meter()
    assert meter.block(sound[:512], {}, 0, PlaybackPosition()).lufs == -math.inf
    meter.load()
    blocks = [
        meter.block(sound[at : at + 512], {}, at, PlaybackPosition())
        for at in range(0, 44_032, 512)
    ]
    assert blocks[-1].lufs == pytest.approx(integrated_lufs(sound), abs=0.3)
    silence = np.zeros((512, 2), np.float32)
    for at in range(0, SAMPLE_RATE // 2, 512):
        last = meter.block(silence, {}, at, PlaybackPosition())
    assert last.lufs == -math.inf


def test_lanes_have_their_own_peaks() -> None:
    made = mixer(arrangement(gain_db=-96.0))
    made.play(100_000, BPM)
    made.audition(np.ones((88_200, 2), np.float32))
    block = made.render(20_000)[1]
    assert block.lane_peaks["1"] == pytest.approx(0.5, abs=0.1)
    assert block.lane_peaks["2"] < 1e-4
    assert block.position == PlaybackPosition(
        100_000, BPM, None, True, block.position.phase, 88_200
    )


def test_the_playhead_is_smooth_though_devices_take_lumps(rng: np.random.Generator) -> None:
    clock = PlayheadClock(1000, 1500)
    reading = []
    for i in range(600):
        now = 3.0 + i * 0.005
        taken = 1000 + int((now - 3.0 + 0.01 * rng.random()) * SAMPLE_RATE) // 512 * 512
        clock.observe(taken, now)
        reading.append(clock.played(200_000, now))
    steps = np.diff(reading)
    assert (steps >= 0).all()
    assert steps[100:].max() < 2 * 0.005 * SAMPLE_RATE
    assert reading[-1] == pytest.approx(1000 + 2.995 * SAMPLE_RATE - 1500, abs=600)
    assert clock.played(reading[-1] + 10, 100.0) == reading[-1] + 10


def test_a_playhead_at_rest_stays() -> None:
    clock = PlayheadClock(0, 100)
    assert clock.played(5000, 1.0) == 0
    clock.observe(512, 1.0)
    assert clock.played(5000, 1.0) == 412
    clock.reset()
    assert clock.played(5000, 2.0) == 412
    clock.observe(1024, 9.0)
    assert clock.played(5000, 9.0) == 924


def test_metering_takes_no_scipy() -> None:
    """The window meters from its start on; scipy.signal would take 38 MB and .4 s for it."""
    code = (
        "import sys, numpy as np; from core.playback.meters import Meter, PlaybackPosition;"
        "meter = Meter(); meter.load();"
        "block = meter.block(np.full((512, 2), 0.5, np.float32), {}, 0, PlaybackPosition());"
        "print(block.lufs > -60, 'scipy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True False"


def test_levelling_and_limiting_take_no_scipy_signal() -> None:
    """It brings scipy.stats; the first click waits for the process that levels loops."""
    code = (
        "import sys; import core.audio.levelling, core.playback.master_bus;"
        "print('scipy.signal' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("frames", "frame", "playing", "lead"),
    [(0, 40, False, 300), (299, 40, False, 1), (300, 40, True, 0), (512, 252, True, 0)],
)
def test_a_count_in_ends_within_a_block(frames: int, frame: int, playing: bool, lead: int) -> None:
    later = PlaybackPosition(frame=40, lead=300).after(frames)
    assert (later.frame, later.playing, later.lead) == (frame, playing, lead)
