"""Playback by numbers, through a real stream into a null sink: python -m benchmarks.playback.

From a click to its sound, with nothing else sounding; from an edit of a large arrangement to its
being mixed, and to its being audible; from a mute to the device taking the first silent frame; how
much of real time the mixer takes; gaps while a thread of pure Python is busy beside it. Needs
PulseAudio.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from benchmarks import report
from benchmarks.ear import Ear
from benchmarks.handover import WatchedOutput
from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.automation import PARAMETERS, Automation, Breakpoint
from core.arrangement.clip import Clip, RealSource
from core.arrangement.lane_effects import LaneEffects
from core.playback.audio_output import BLOCK, OpenOutput
from core.playback.master_bus import MasterBus
from core.playback.meters import MeterLog
from core.playback.mixdown_thread import MixdownRequest, build_snapshot
from core.playback.mixer import Mixer
from core.playback.player import Player
from core.playback.portaudio_output import open_output
from core.settings import SAMPLE_RATE, TICKS_PER_BAR, segment_frames
from tests.virtual_device import VirtualDevice, virtual_device

BPM = 130.0
LANES, PER_LANE, SOURCES = 4, 15, 20
MANY_LANES = 16
EFFECTS = LaneEffects(
    bass_db=-6.0,
    treble_kill=True,
    low_pass_hz=4000.0,
    high_pass_hz=60.0,
    resonance=0.5,
    echo_db=-12.0,
    reverb_db=-12.0,
)
AUTOMATION = tuple(
    Automation(
        name,
        tuple(Breakpoint(bar * TICKS_PER_BAR, kind.value(0.3 + bar % 2 / 2)) for bar in range(64)),
    )
    for name, kind in PARAMETERS.items()
)


def main() -> None:
    """Parse the arguments, measure, print and write."""
    options = _arguments()
    # As the window does; see DESIGN: without it a busy thread of Python holds up all others.
    sys.setswitchinterval(0.0005)
    figures: dict[str, Any] = {"mixer load": _load(), **_edits()}
    with virtual_device() as device:
        os.environ.update(device.env)
        with Ear(device) as ear, _playing() as player:
            figures["click to sound ms"] = _clicks(player, ear, options.clicks)
            figures["mute to silence ms"] = _mutes(player, ear, options.clicks)
        for name, busy in (("", False), (", beside a busy thread", True)):
            with Ear(device), _busy(busy):
                figures.update(_handovers(options.clicks, name))
        for name, busy in (("quiet", False), ("beside a busy thread", True)):
            for what, arrangement in (("", _arrangement()), (", 16 lanes of effects", _full())):
                gaps = _gaps(device, options.seconds, busy, arrangement)
                figures[f"gaps in {options.seconds:g} s, {name}{what}"] = gaps
    _show(figures)
    report.finish(figures, options.json)


def _clicks(player: Player, ear: Ear, count: int) -> dict[str, float]:
    loop = _loops()["0"]
    waits = []
    for _ in range(count):
        time.sleep(0.5)
        player.audition(loop, BPM)
        waits.append(1000 * ear.until(sound=True))
        player.end_audition()
    return _spread(waits)


def _mutes(player: Player, ear: Ear, count: int) -> dict[str, float]:
    """One lane is all there is; muting it leaves silence."""
    loops = _loops()
    lane = _lane(0, muted=False, moved=False)
    waits = []
    for number in range(2 * count):
        edited = Arrangement(BPM, (lane.changed(mute=number % 2 == 1),))
        player.set_arrangement(edited, lambda clip: loops[clip.name])
        if number == 0:
            player.wait_until_prepared(60)
            player.play(0)
        wait = 1000 * ear.until(sound=number % 2 == 0)
        if number:
            waits.append(wait)
        time.sleep(0.25)
    player.stop()
    return _spread(waits)


def _handovers(count: int, beside: str) -> dict[str, dict[str, float]]:
    """From a mute or its end to the first frame without, or with, the sound: until the device takes
    it. Its own latency comes after that."""
    opened: list[WatchedOutput] = []

    def open_watched(*choice: Any) -> WatchedOutput:
        opened.append(WatchedOutput.open(*choice))
        return opened[-1]

    loops, lane, rng = _loops(), _lane(0, muted=False, moved=False), np.random.default_rng(1)
    parts = np.stack([loops["0"], *(np.zeros_like(loops["0"]) for _ in range(3))])

    def move_part(player: Player, muted: bool) -> None:
        player.set_part_gains((float(not muted), 1.0, 1.0, 1.0))

    def move_lane(player: Player, muted: bool) -> None:
        edited = Arrangement(BPM, (lane.changed(mute=muted),))
        player.set_arrangement(edited, lambda clip: loops[clip.name])

    def waits(player: Player, move: Callable[[Player, bool], None]) -> dict[str, float]:
        found = []
        for number in range(2 * count):
            time.sleep(0.5 if not number else rng.uniform(0.1, 0.2))
            opened[-1].expect(sound=number % 2 == 1)
            started = time.perf_counter()
            move(player, number % 2 == 0)
            opened[-1].wait_until_taken()
            found.append(1000 * (time.perf_counter() - started))
        return _spread(found) | {"p95": float(np.percentile(found, 95))}

    with _playing(open_watched) as player:
        player.audition(loops["0"], BPM, parts=parts)
        figures = {f"part muted, taken by the device{beside} ms": waits(player, move_part)}
        player.end_audition()
        move_lane(player, False)
        player.wait_until_prepared(60)
        player.play(0)
        return figures | {f"lane muted, taken by the device{beside} ms": waits(player, move_lane)}


def _edits() -> dict[str, dict[str, float]]:
    """Milliseconds from an edit of the arrangement to a snapshot of what is soon to sound."""
    loops = _loops()
    first = MixdownRequest.of(_arrangement(), lambda clip: loops[clip.name])
    before = build_snapshot(first, None)
    assert before.mix is not None
    started = time.perf_counter()
    before.mix.prepare()
    whole = 1000 * (time.perf_counter() - started)
    edits: dict[str, list[float]] = {"mute or gain": [], "move a clip": []}
    for lane in range(LANES):
        for name, edited in (
            ("mute or gain", _arrangement(muted=lane)),
            ("move a clip", _arrangement(moved=lane)),
        ):
            started = time.perf_counter()
            request = MixdownRequest.of(edited, lambda clip: loops[clip.name])
            snapshot = build_snapshot(request, (first, before))
            assert snapshot.mix is not None
            snapshot.mix.prepare()
            edits[name].append(1000 * (time.perf_counter() - started))
    return {
        "all of 60 clips anew ms": {"once": whole},
        **{f"{name}, 60 clips ms": _spread(waits) for name, waits in edits.items()},
    }


def _load() -> dict[str, float]:
    """Fraction of real time that mixing and metering takes: of four lanes, without and with an
    audition, and of sixteen with all effects. CPU: its thread's own time, which others that are
    busy on the machine do not lengthen."""
    full = _load_of(_full())
    return {
        **_load_of(_arrangement()),
        "16 lanes of effects": full["arrangement"],
        "16 lanes of effects, CPU": full["arrangement, CPU"],
    }


def _load_of(arrangement: Arrangement) -> dict[str, float]:
    loops = _loops()
    snapshot = build_snapshot(MixdownRequest.of(arrangement, lambda clip: loops[clip.name]), None)
    assert snapshot.mix is not None
    snapshot.mix.prepare()
    mixer, log = Mixer(), MeterLog()
    bus = MasterBus(mixer)
    bus.load()
    mixer.swap(snapshot)
    mixer.play(0, BPM)
    found = {}
    for name in ("arrangement", "with audition"):
        blocks = 2000
        started, worked = time.perf_counter(), time.thread_time()
        for _ in range(blocks):
            log.add(bus.render(BLOCK)[1])
        real = blocks * BLOCK / SAMPLE_RATE
        found[name] = (time.perf_counter() - started) / real
        found[f"{name}, CPU"] = (time.thread_time() - worked) / real
        mixer.audition(loops["1"])
    return found


def _gaps(device: VirtualDevice, seconds: float, busy: bool, arrangement: Arrangement) -> int:
    with Ear(device), _playing() as player, _busy(busy):
        loops = _loops()
        player.set_arrangement(arrangement, lambda clip: loops[clip.name])
        player.wait_until_prepared(60)
        player.play(0)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            player.state()
            time.sleep(0.016)
        return player.state().underruns


@contextmanager
def _playing(opened: OpenOutput = open_output) -> Iterator[Player]:
    player = Player(open_output=opened)
    player.open()
    try:
        while not player.state().device:
            if player.state().problem:
                raise SystemExit(player.state().problem)
            time.sleep(0.01)
        yield player
    finally:
        player.close()


@contextmanager
def _busy(wanted: bool) -> Iterator[None]:
    end = threading.Event()

    def count() -> None:
        number = 0
        while not end.is_set():
            number += 1

    thread = threading.Thread(target=count)
    if wanted:
        thread.start()
    try:
        yield
    finally:
        end.set()
        if wanted:
            thread.join()


def _loops() -> dict[str, NDArray[np.float32]]:
    rng = np.random.default_rng(1)
    shape = (segment_frames(BPM), 2)
    return {str(i): 0.05 * rng.standard_normal(shape, np.float32) for i in range(SOURCES)}


def _arrangement(muted: int = -1, moved: int = -1) -> Arrangement:
    return Arrangement(BPM, tuple(_lane(i, muted == i, moved == i) for i in range(LANES)))


def _full() -> Arrangement:
    """Sixteen lanes that sound all the time, with everything on and automated, and both returns."""
    lanes = (_lane(i, muted=False, moved=False) for i in range(MANY_LANES))
    return Arrangement(
        BPM, tuple(lane.changed(effects=EFFECTS, automation=AUTOMATION) for lane in lanes)
    )


def _lane(number: int, muted: bool, moved: bool) -> Lane:
    """Eight-bar clips that overlap by a bar, the fifth half a bar later if `moved`."""
    clips = []
    for i in range(PER_LANE):
        source = str((number * PER_LANE + i) % SOURCES)
        start = (number + 7 * i) * TICKS_PER_BAR + (TICKS_PER_BAR // 2 if moved and i == 5 else 0)
        clip = Clip(f"{number}-{i}", RealSource(source), start, 8 * TICKS_PER_BAR, name=source)
        clips.append(clip)
    return Lane(str(number), clips=tuple(clips), mute=muted)


def _spread(values: list[float]) -> dict[str, float]:
    return {"median": float(np.median(values)), "worst": max(values)}


def _show(figures: dict[str, Any]) -> None:
    table = Table("figure", "", title="playback", box=None)
    for name, value in figures.items():
        parts = value.items() if isinstance(value, dict) else [("", value)]
        table.add_row(name, ", ".join(f"{key} {number:.3g}".strip() for key, number in parts))
    Console().print(table)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clicks", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=20.0)
    report.add_option(parser)
    return parser.parse_args()


if __name__ == "__main__":
    main()
