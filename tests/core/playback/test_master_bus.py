"""What leaves the player: limited like the export, bit for bit, and otherwise left alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from core.arrangement.arrangement import Arrangement, frame_at
from core.arrangement.clip import Clip
from core.arrangement.export import export
from core.arrangement.export_options import ExportOptions
from core.audio.levelling import level_loop, loop_gain_db
from core.audio.limiter import LATENCY
from core.audio.loudness import true_peak_dbtp
from core.playback.master_bus import MasterBus
from core.playback.mixdown_thread import MixdownRequest
from core.playback.mixer import LEAVE, Mixer
from tests.core.playback.fakes import BAR, BPM, Sound, arrangement, loop, mixer, prepared, rendered


def hot(clip: Clip) -> Sound:
    """Far above full scale, with a hit on every beat."""
    sound = 1.5 * loop(clip.id)
    sound[:: len(sound) // 16] += 1.0
    return sound


def bus_of(whole: Arrangement, sound: Callable[[Clip], Sound]) -> MasterBus:
    made = Mixer()
    made.swap(prepared(MixdownRequest.of(whole, sound)))
    return MasterBus(made)


def heard(bus: MasterBus, frames: int, block: int = 512) -> Sound:
    sizes = [min(block, frames - at) for at in range(0, frames, block)]
    return np.concatenate([bus.render(size)[0] for size in sizes])


def exported(path: Path, **options: object) -> Sound:
    export(arrangement(), hot, path, ExportOptions(bit_depth=32, lufs=None, **options))  # type: ignore[arg-type]
    return soundfile.read(path, dtype="float32")[0]


@pytest.mark.parametrize("block", [512, 100, 7777])
def test_what_is_heard_is_what_is_exported_where_it_is_limited_too(
    tmp_path: Path, block: int
) -> None:
    bus = bus_of(arrangement(), hot)
    bus.mixer.play(0, BPM)
    wanted = exported(tmp_path / "a.wav")
    found = heard(bus, len(wanted), block)
    np.testing.assert_array_equal(found, wanted)
    assert true_peak_dbtp(found) <= -1.0 + 0.05
    assert np.abs(found).max() > 0.8


def test_from_the_start_of_a_part_it_is_the_export_of_that_part(tmp_path: Path) -> None:
    span = (3 * BAR, 9 * BAR)
    bus = bus_of(arrangement(), hot)
    bus.mixer.play(frame_at(span[0], BPM), BPM)
    wanted = exported(tmp_path / "a.wav", span=span)
    # The cut ends of the part fade, and the limiter looks 12 ms ahead.
    found = heard(bus, len(wanted))[: -LATENCY - 64]
    np.testing.assert_array_equal(found, wanted[: len(found)])


def test_from_the_middle_on_it_is_the_whole_export_a_second_later(tmp_path: Path) -> None:
    bus = bus_of(arrangement(), hot)
    bus.mixer.play(50_001, BPM)
    found = heard(bus, 100_000)
    wanted = exported(tmp_path / "a.wav")[50_001:150_001]
    np.testing.assert_array_equal(found[44_100:], wanted[44_100:])


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(1, 3000), min_size=1, max_size=20))
def test_what_is_not_too_loud_is_what_the_mixer_gives(sizes: list[int]) -> None:
    soft = arrangement().changed(lanes=tuple(x.changed(gain_db=-12) for x in arrangement().lanes))
    bus, plain = MasterBus(mixer(soft)), mixer(soft)
    bus.mixer.play(0, BPM)
    plain.play(0, BPM)
    found = np.concatenate([bus.render(size)[0] for size in sizes])
    np.testing.assert_array_equal(found, rendered(plain, len(found)))


def test_everything_at_once_stays_below_the_ceiling() -> None:
    bus = bus_of(arrangement(), hot)
    bus.mixer.play(0, BPM)
    bus.set_gain(4.0)
    sound = [heard(bus, 30_000)]
    bus.mixer.audition(3.0 * loop("x"), 2.0)
    sound.append(heard(bus, 60_000))
    bus.mixer.seek(7, BPM)
    sound.append(heard(bus, 30_000))
    bus.mixer.end_audition()
    bus.mixer.stop()
    sound.append(heard(bus, 30_000))
    assert true_peak_dbtp(np.concatenate(sound)) <= -1.0 + 0.05


def test_turning_down_is_after_the_limiter() -> None:
    loud, soft = (bus_of(arrangement(), hot) for _ in range(2))
    for bus in (loud, soft):
        bus.mixer.play(0, BPM)
    soft.set_gain(0.25)
    np.testing.assert_array_equal(heard(soft, 20_000)[600:], 0.25 * heard(loud, 20_000)[600:])


def test_it_falls_silent_when_all_has_come_out_and_goes_on_at_once() -> None:
    bus = MasterBus(mixer())
    for _ in range(3):
        start = bus.clock
        bus.mixer.audition(loop("x"))
        first = heard(bus, 4096)
        np.testing.assert_array_equal(first[64:], loop("x")[64:4096])
        bus.mixer.end_audition()
        tail = []
        while bus.sounding:
            tail.append(bus.render(512)[0])
        faded = np.concatenate(tail)
        assert np.flatnonzero(faded.any(axis=1))[-1] <= LATENCY + LEAVE
        assert len(faded) <= LATENCY + LEAVE + 1024
        assert bus.mixer.clock == bus.clock == start + 4096 + len(faded)


def test_the_meter_tells_what_is_heard_and_where() -> None:
    bus = bus_of(arrangement(), hot)
    bus.load()
    bus.mixer.play(10_000, BPM)
    for number in range(40):
        sound, block = bus.render(512)
        assert block.clock == 512 * number
        assert block.position.frame == 10_000 + block.clock
        assert block.peaks == pytest.approx(np.abs(sound).max(axis=0))
    assert set(block.lane_peaks) == {"1"}
    assert block.lane_peaks["1"] > 0.7
    assert block.lufs > -20


def test_silence_at_once_and_again_from_there() -> None:
    bus = MasterBus(mixer())
    bus.mixer.play(0, BPM)
    heard(bus, 5000)
    bus.silence()
    assert not bus.sounding
    bus.mixer.audition(loop("x"))
    np.testing.assert_array_equal(heard(bus, 4096)[64:], loop("x")[64:4096])


def test_an_auditioned_loop_sounds_like_the_file_that_it_is_saved_as() -> None:
    """As loud and limited alike; in the second round the steps of 32 frames lie elsewhere."""
    sound = hot(arrangement().lanes[0].clips[0])
    bus = MasterBus(Mixer())
    bus.mixer.audition(sound, 10.0 ** (loop_gain_db(sound) / 20.0))
    found = heard(bus, 2 * len(sound))[len(sound) :]
    np.testing.assert_allclose(found, level_loop(sound).samples, atol=5e-3)
