"""The click: on every beat of the timeline, after everything else, and never in the music."""

from __future__ import annotations

import numpy as np
import pytest

from core.arrangement.arrangement import frame_at
from core.playback.master_bus import MasterBus
from core.playback.metronome import Metronome, click
from core.playback.mixer import Mixer
from core.playback.snapshot import LoopRegion
from tests.core.playback.fakes import BAR, BPM, Sound, mixer, rendered

BEAT = 5512.5


def heard(bus: MasterBus, frames: int, block: int = 512) -> Sound:
    sizes = [min(block, frames - at) for at in range(0, frames, block)]
    return np.concatenate([bus.render(size)[0] for size in sizes])


def clicks(made: Mixer, frames: int, block: int = 512) -> list[tuple[int, bool]]:
    """The clicks that a mixer schedules while it renders."""
    rendered(made, frames, block)
    return list(made.metronome._onsets)


def test_a_click_begins_and_ends_in_silence() -> None:
    for downbeat in (False, True):
        assert click(downbeat)[0] == click(downbeat)[-1] == 0.0
        assert 0.1 < np.abs(click(downbeat)).max() < 0.5


@pytest.mark.parametrize("block", [512, 7777])
def test_every_beat_clicks_once_and_downbeats_differ(block: int) -> None:
    made = mixer()
    made.metronome.on = True
    made.play(frame_at(BAR, BPM), BPM)
    beats = [round(number * BEAT) for number in range(9)]
    assert clicks(made, beats[8] + 1, block) == [
        (at, number % 4 == 0) for number, at in enumerate(beats)
    ]


def test_clicks_go_round_with_the_loop_region() -> None:
    made = mixer()
    made.metronome.on = True
    first, last = frame_at(BAR, BPM), frame_at(2 * BAR, BPM)
    made.set_region(LoopRegion(first, last), BPM)
    made.play(last - 3000, BPM)
    found = clicks(made, 3000 + 2 * (last - first))
    downbeats = [at for at, is_downbeat in found if is_downbeat]
    assert downbeats == [3000, 3000 + last - first]
    assert len(found) == 8


def test_it_is_heard_but_changes_neither_music_nor_meters() -> None:
    plain, clicking = MasterBus(mixer()), MasterBus(mixer())
    clicking.mixer.metronome.on = True
    for bus in (plain, clicking):
        bus.mixer.play(0, BPM)
    loud = [plain.render(512)[1].peaks, clicking.render(512)[1].peaks]
    assert loud[0] == loud[1]
    music, both = heard(plain, 60_000), heard(clicking, 60_000)
    for beat in range(1, 11):
        at = round(beat * BEAT) - 512
        sound = click(beat % 4 == 0)[:, None]
        wanted = np.clip(music[at : at + len(sound)] + sound, -1.0, 1.0)
        np.testing.assert_allclose(both[at : at + len(sound)], wanted, atol=1e-6)
        np.testing.assert_array_equal(both[at - 1000 : at], music[at - 1000 : at])


def test_a_count_in_clicks_before_the_first_sample() -> None:
    plain, counted = mixer(), mixer()
    plain.play(0, BPM)
    counted.play(0, BPM, 4)
    lead = round(4 * BEAT)
    assert counted.lead == lead
    assert clicks(counted, 512) == [(round(n * BEAT), n == 0) for n in range(4)]
    assert counted.playing
    assert counted.position == 0
    before = rendered(counted, lead - 512)
    assert not before.any()
    np.testing.assert_array_equal(rendered(counted, 50_000), rendered(plain, 50_000))


def test_stopping_while_it_counts_plays_nothing() -> None:
    bus = MasterBus(mixer())
    bus.mixer.play(0, BPM, 4)
    heard(bus, 8000)
    bus.mixer.stop()
    after = heard(bus, 4 * 5513)
    assert np.abs(after[4000:]).max() == 0.0
    assert not bus.sounding
    assert bus.mixer.position == 0


def test_an_edit_while_it_counts_does_not_shorten_the_count() -> None:
    made = mixer()
    made.play(0, BPM, 4)
    rendered(made, 6000)
    made.swap(made.snapshot)
    made.seek(frame_at(BAR, BPM), BPM)
    assert made.lead == round(4 * BEAT) - 6000
    assert made.position == frame_at(BAR, BPM)


def test_what_is_added_stays_within_full_scale() -> None:
    made = Metronome()
    made.schedule(0, downbeat=True)
    out = np.full((2000, 2), 0.95, np.float32)
    made.add(out, 0)
    assert np.abs(out).max() == 1.0
    assert not made.pending
