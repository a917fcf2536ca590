"""Commands are heard in sound that was rendered before they were given."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.lane_effects import LaneEffects
from core.playback.audio_output import BLOCK
from core.playback.block_history import BlockHistory
from core.playback.gain_ramp import RAMP
from core.playback.master_bus import MasterBus
from core.playback.meters import MeterLog
from core.playback.mixdown_thread import MixdownRequest
from core.playback.mixer import Mixer
from core.playback.snapshot import Snapshot
from tests.core.playback.fakes import (
    BPM,
    STEEPEST,
    Sound,
    arrangement,
    audio_of,
    clip,
    loop,
    mixer,
    prepared,
    steepest,
)

BLOCKS = 8


class Tape:
    """What a device will play, from frame 0 on; `near` is the first frame that it takes."""

    def __init__(self, bus: MasterBus) -> None:
        self.bus, self.near, self.log = bus, 0, MeterLog()
        self.history = BlockHistory(bus, self.log, self.fail)
        self.sound = np.zeros((0, 2), np.float32)

    def fail(self, error: Exception) -> None:
        self.bus.silence()

    def record(self, blocks: int = BLOCKS) -> Sound:
        more = [self.history.render() for _ in range(blocks)]
        self.sound = np.concatenate([self.sound, *more])
        return self.sound.copy()

    def write(self, frame: int, sound: Sound) -> bool:
        if frame < self.near:
            return False
        assert frame + len(sound) == len(self.sound)
        self.sound[frame:] = sound
        return True

    def change(self, first: int, command: Callable[[Mixer], None]) -> bool:
        return self.history.replace(first, lambda: command(self.bus.mixer), self.write)


def auditioning(gain: float = 1.0) -> MasterBus:
    made = Mixer()
    whole = gain * loop("a")
    made.audition(whole, 1.0, np.stack([whole, 0 * whole, 0 * whole, 0 * whole]))
    return MasterBus(made)


def playing(whole: Arrangement | None = None) -> MasterBus:
    made = mixer(whole)
    made.play(20_000, BPM)
    return MasterBus(made)


def mute(made: Mixer) -> None:
    made.set_part_gains((0.0, 1.0, 1.0, 1.0))


def unmute(made: Mixer) -> None:
    made.set_part_gains((1.0, 1.0, 1.0, 1.0))


def without_lane(number: str) -> Callable[[Mixer], None]:
    whole = arrangement()
    lanes = tuple(lane.changed(mute=lane.id == number) for lane in whole.lanes)
    request = MixdownRequest.of(whole.changed(lanes=lanes), audio_of())
    return lambda made: made.swap(prepared(request))


@pytest.mark.parametrize("gain", [1.0, 3.0], ids=["below the ceiling", "limited"])
def test_a_mute_is_heard_in_the_block_that_may_be_replaced(gain: float) -> None:
    tape = Tape(auditioning(gain))
    before = tape.record()
    assert tape.change(2 * BLOCK - 100, mute)
    np.testing.assert_array_equal(tape.sound[: 2 * BLOCK], before[: 2 * BLOCK])
    assert not tape.sound[3 * BLOCK :].any()
    assert steepest(tape.sound[BLOCK:]) < gain * STEEPEST + 1.0 / RAMP
    assert len(tape.record(1)) == (BLOCKS + 1) * BLOCK
    assert not tape.sound[3 * BLOCK :].any()


@pytest.mark.parametrize("command", [Mixer.stop, without_lane("1"), without_lane("2")])
def test_it_sounds_as_if_the_command_had_come_earlier(command: Callable[[Mixer], None]) -> None:
    tape = Tape(playing())
    tape.record()
    assert tape.change(3 * BLOCK, command)
    tape.record(4)
    earlier = Tape(playing())
    earlier.record(2)
    command(earlier.bus.mixer)
    earlier.record(BLOCKS + 2)
    np.testing.assert_array_equal(tape.sound[4 * BLOCK :], earlier.sound[4 * BLOCK :])
    assert steepest(tape.sound) < 3 * STEEPEST + 1.0 / RAMP


def test_a_second_command_keeps_what_the_first_has_changed() -> None:
    tape = Tape(playing())
    tape.record()
    for first in (2 * BLOCK, 2 * BLOCK + 1):
        assert tape.change(first, without_lane("1" if first == 2 * BLOCK else "2"))
    once = Tape(playing())
    once.record()
    assert once.change(2 * BLOCK, without_lane("1"))
    assert (once.sound[3 * BLOCK :] != tape.sound[3 * BLOCK :]).any()
    np.testing.assert_array_equal(once.sound[: 3 * BLOCK], tape.sound[: 3 * BLOCK])
    assert once.bus.clock == tape.bus.clock


def test_where_the_device_was_faster_the_next_block_changes() -> None:
    tape = Tape(auditioning())
    before = tape.record()
    tape.near = 4 * BLOCK + 1
    assert tape.change(2 * BLOCK, mute)
    np.testing.assert_array_equal(tape.sound[: 5 * BLOCK], before[: 5 * BLOCK])
    assert not tape.sound[6 * BLOCK :].any()
    assert steepest(tape.sound[BLOCK:]) < STEEPEST + 1.0 / RAMP


def test_where_it_is_too_late_for_all_nothing_has_changed() -> None:
    tape, other = Tape(playing()), Tape(playing())
    tape.record()
    tape.near = BLOCKS * BLOCK
    assert not tape.change(2 * BLOCK, Mixer.stop)
    assert not tape.change(0, Mixer.stop)
    tape.record()
    np.testing.assert_array_equal(tape.sound, other.record(2 * BLOCKS))


def test_a_loop_begins_with_its_attack_where_nothing_sounded_any_more() -> None:
    tape = Tape(auditioning())
    tape.record(3)
    assert tape.change(2 * BLOCK, Mixer.end_audition)
    tape.record()
    assert not tape.bus.sounding
    assert tape.change(7 * BLOCK, lambda made: made.audition(loop("b")))
    fresh = Mixer()
    fresh.audition(loop("b"))
    wanted = Tape(MasterBus(fresh)).record(4)
    np.testing.assert_allclose(tape.sound[7 * BLOCK :], wanted, atol=1e-6)


def test_what_is_metered_is_what_is_heard() -> None:
    tape = Tape(auditioning())
    tape.record()
    assert tape.change(2 * BLOCK, mute)
    assert tape.log.poll(3 * BLOCK).peaks[0] > 0.4
    assert tape.log.poll(BLOCKS * BLOCK).peaks == (0.0, 0.0)


def test_a_command_that_breaks_the_mixer_leaves_silence() -> None:
    class Broken(Snapshot):
        def render(self, *_: object) -> None:
            raise MemoryError

    tape = Tape(playing())
    tape.record()
    broken = Broken(None, BPM, arrangement().length_frames)
    assert tape.change(2 * BLOCK, lambda made: made.swap(broken))
    assert not tape.sound[3 * BLOCK :].any()
    assert not tape.bus.sounding


def test_a_bus_goes_on_from_a_copy_bit_for_bit() -> None:
    effects = LaneEffects(bass_db=-6.0, low_pass_hz=3000.0, echo_db=-6.0, reverb_db=-6.0)
    lane = Lane("1", clips=(clip("a", 0, 6),), effects=effects)
    bus = playing(Arrangement(BPM, (lane,)))
    bus.mixer.metronome.on = True
    bus.mixer.audition(3 * loop("b"))
    bus.load()
    bus.set_gain(0.5)
    for _ in range(30):
        bus.render(BLOCK)
    kept = bus.copy()
    first = [bus.render(BLOCK) for _ in range(20)]
    bus.restore(kept)
    for sound, metered in first:
        again, measured = bus.render(BLOCK)
        np.testing.assert_array_equal(again, sound)
        assert measured == metered
