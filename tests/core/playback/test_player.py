from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from core.arrangement.arrangement import frame_at
from core.arrangement.mixdown import Mixdown
from core.errors import DeviceError, InputError
from core.playback import output_thread
from core.playback.audio_output import AHEAD, BLOCK
from core.playback.gain_ramp import RAMP
from core.playback.player import Player, PlayerState
from core.playback.snapshot import Snapshot
from tests.core.playback.fakes import (
    BAR,
    BPM,
    PATIENCE,
    STEEPEST,
    FakeOutput,
    PortAudioError,
    arrangement,
    audio_of,
    loop,
    steepest,
)


class Desk:
    """A player on devices that are pulled. `refuse` makes opening fail, with `error` if set."""

    def __init__(self) -> None:
        self.opened: list[tuple[int | str | None, float | str]] = []
        self.output = FakeOutput()
        self.refuse = ""
        self.error: Exception | None = None
        self.player = Player(open_output=self.open_output)

    def open_output(
        self, device: int | str | None, latency: float | str, origin: int, wake: Callable[[], None]
    ) -> FakeOutput:
        self.opened.append((device, latency))
        if self.error:
            raise self.error
        if self.refuse:
            raise DeviceError(self.refuse)
        self.output = FakeOutput(f"fake {len(self.opened)}", origin)
        self.output.wake = wake
        return self.output

    def state_when(self, wanted: Callable[[PlayerState], bool]) -> PlayerState:
        for _ in range(30_000):
            state = self.player.state()
            if wanted(state):
                return state
            time.sleep(0.01)
        raise TimeoutError(f"never so: {state}")


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.player.close()


def ready(desk: Desk) -> None:
    desk.player.set_arrangement(arrangement(), audio_of())
    desk.player.open()
    desk.state_when(lambda state: state.device != "")
    assert desk.player.wait_until_prepared(PATIENCE)


def test_what_the_device_gets_is_the_mixdown(desk: Desk) -> None:
    ready(desk)
    desk.player.play()
    assert desk.player.state().playing
    whole = Mixdown(arrangement(), audio_of()).render(0, 100_000)
    np.testing.assert_array_equal(desk.output.pull(100_000), whole)
    state = desk.player.state()
    desk.state_when(lambda state: state.frame == 100_000)
    assert set(state.lane_peaks) == {"1", "2"}
    assert state.peaks == pytest.approx(np.abs(whole).max(axis=0), abs=0.1)
    assert state.device == "fake 1"
    assert state.problem == ""
    desk.player.stop()
    assert not desk.player.state().playing


def test_the_beats_of_a_count_in_are_counted_as_they_are_heard(desk: Desk) -> None:
    ready(desk)
    desk.player.play(count_in=4)
    beat = 60 * 44_100 / BPM
    at = 0
    for left in (4, 3, 2, 1):
        middle = round((4.5 - left) * beat)
        desk.output.pull(middle - at)
        at = middle
        state = desk.state_when(lambda state, left=left: state.count_in == left)  # type: ignore[misc]
        assert (state.playing, state.frame) == (True, 0)
    # What follows is rendered already, and still the playhead waits.
    state = desk.state_when(lambda _: desk.player._mixer.position > 0)
    assert (state.count_in, state.frame) == (1, 0)
    desk.output.pull(round(4 * beat) + 1000 - at)
    state = desk.state_when(lambda state: state.frame == 1000)
    assert state.count_in == 0


def test_no_beats_are_left_of_a_count_in_that_was_stopped(desk: Desk) -> None:
    ready(desk)
    desk.player.play(count_in=4)
    desk.output.pull(1000)
    desk.state_when(lambda state: state.count_in == 4)
    desk.player.stop()
    assert desk.player.state().count_in == 0


def test_loudness_comes_once_its_filter_is_loaded(desk: Desk) -> None:
    ready(desk)
    desk.player.play()
    desk.output.pull(60_000)
    desk.state_when(lambda state: -30 < state.lufs < 0)


def test_seeking_repeating_and_another_tempo(desk: Desk) -> None:
    ready(desk)
    desk.player.seek(5000)
    assert desk.state_when(lambda state: state.frame == 5000)
    assert desk.player._mixdown is not None
    assert desk.player._mixdown.is_set()  # it looks again at what sounds soon
    desk.player.set_loop((4000, 40_000))
    desk.player.play()
    desk.output.pull(36_000)
    desk.state_when(lambda state: state.frame == 5000)
    desk.player.stop()
    desk.state_when(lambda state: not desk.player._mixer.playing)
    before = desk.player.state().frame
    desk.player.set_arrangement(arrangement(bpm=240.0), audio_of(240.0))
    # In frames of the new tempo at once, whatever is prepared when.
    assert desk.player.state().frame == pytest.approx(2 * before, abs=1)
    assert desk.player.wait_until_prepared(PATIENCE)
    assert desk.player.state().frame == pytest.approx(2 * before, abs=1)


@pytest.mark.parametrize("span", [(-1, 10_000), (0, 255), (100, 50)])
def test_a_part_that_cannot_be_repeated(desk: Desk, span: tuple[int, int]) -> None:
    with pytest.raises(InputError, match="repeated"):
        desk.player.set_loop(span)


def test_parts_of_an_audition_are_muted_while_it_sounds(desk: Desk) -> None:
    desk.player.open()
    desk.state_when(lambda state: state.device != "")
    whole = loop("x")
    parts = np.stack([whole, 0 * whole, 0 * whole, 0 * whole])
    desk.player.audition(whole, BPM)
    desk.player.separate_audition(whole, parts)
    desk.output.pull(4000)
    for gain in (0.0, 1.0):
        desk.player.set_part_gains((gain, 1.0, 1.0, 1.0))
        desk.state_when(lambda _: desk.player._commands.empty())
        assert desk.output.pull(2 * AHEAD)[AHEAD + 2048 :].any() == (gain > 0.0)
    for gains in ((1.0,), (1.0, 1.0, 1.0, -1.0)):
        with pytest.raises(InputError):
            desk.player.set_part_gains(gains)
    for wrong in (parts[:3], parts[:, :, 0]):
        with pytest.raises(InputError):
            desk.player.separate_audition(whole, wrong)


def test_a_part_is_muted_in_what_is_rendered_already(desk: Desk) -> None:
    desk.player.open()
    desk.state_when(lambda state: state.device != "")
    whole = loop("x")
    desk.player.audition(whole, BPM, parts=np.stack([whole, 0 * whole, 0 * whole, 0 * whole]))
    before = desk.output.pull(4000)
    desk.state_when(lambda _: desk.output.write_available() < BLOCK)
    desk.player.set_part_gains((0.0, 1.0, 1.0, 1.0))
    desk.state_when(lambda _: desk.output.replaced > 0)
    heard = desk.output.pull(AHEAD)
    assert heard[:512].all(axis=1).any()
    assert not heard[BLOCK + BLOCK + RAMP :].any()
    assert steepest(np.concatenate([before, heard])) < 2 * STEEPEST + 0.5 / RAMP


def test_an_audition_sounds_at_once_while_nothing_plays(desk: Desk) -> None:
    desk.player.open()
    desk.state_when(lambda state: state.device != "")
    desk.player.audition(loop("x"), BPM)
    sound = desk.output.pull(100_000)
    np.testing.assert_array_equal(sound[64:88_200], loop("x")[64:])
    phase = pytest.approx(11_800 / 88_200)
    state = desk.state_when(lambda state: state.audition_phase == phase)
    assert state.auditioning
    assert not state.playing
    desk.player.end_audition()
    assert not desk.player.state().auditioning
    desk.output.pull(1000)
    for wrong in (np.zeros((0, 2)), np.zeros((10, 3))):
        with pytest.raises(InputError, match="loop"):
            desk.player.audition(wrong.astype(np.float32), BPM)


def test_another_device_goes_on_in_the_same_place(desk: Desk) -> None:
    ready(desk)
    desk.player.play(frame_at(BAR, BPM))
    desk.output.pull(20_000)
    first = desk.output
    desk.player.open(3, "low")
    desk.state_when(lambda state: state.device == "fake 2")
    assert desk.opened == [(None, "high"), (3, "low")]
    assert first.closed
    sound = desk.output.pull(10_000)
    whole = Mixdown(arrangement(), audio_of()).render(0, 100_000)
    state = desk.state_when(lambda s: np.array_equal(sound, whole[s.frame - 10_000 : s.frame]))
    # What the first device had not played is not played again.
    assert 30_000 <= state.frame - frame_at(BAR, BPM) <= 40_000


def test_a_lost_device_is_replaced(desk: Desk) -> None:
    ready(desk)
    desk.player.play()
    desk.output.pull(20_000)
    desk.output.lose()
    state = desk.state_when(lambda state: state.device == "fake 2")
    assert state.problem == ""
    assert state.playing
    assert desk.opened[-1] == ("fake 1", "high")
    desk.output.pull(1000)


@pytest.mark.slow  # the silent clock is the real one
def test_a_device_that_fails_in_every_call_is_reported_and_found_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output_thread, "_RECONNECT_SECONDS", 0.02)
    ready(desk)
    desk.player.play()
    desk.output.pull(20_000)
    desk.error = PortAudioError("Internal\n error")
    desk.output.broken = True
    state = desk.state_when(lambda state: state.problem != "")
    assert (state.device, state.playing) == ("", True)
    assert state.problem.startswith("fake 1 stopped working (")
    state = desk.state_when(lambda state: state.frame > 30_000)  # the silent clock goes on
    assert "\n" not in state.problem
    desk.error = None
    state = desk.state_when(lambda state: state.device != "")
    assert (state.problem, state.playing) == ("", True)
    assert desk.opened[-1] == ("fake 1", "high")
    sound = desk.output.pull(10_000)
    whole = Mixdown(arrangement(), audio_of()).render(0, 300_000)
    desk.state_when(lambda s: np.array_equal(sound, whole[s.frame - 10_000 : s.frame]))


def test_an_error_of_the_mixer_is_reported_and_playing_can_go_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready(desk)
    desk.player.play()
    desk.output.pull(20_000)

    def fail(*_: object) -> None:
        raise RuntimeError("it broke")

    with monkeypatch.context() as patched:
        patched.setattr(Snapshot, "render", fail)

        def failed(state: PlayerState) -> bool:
            desk.output.discard()
            return "it broke" in state.problem

        state = desk.state_when(failed)
        assert not state.playing
    assert desk.player.state().device == "fake 1"
    desk.player.play()
    desk.output.pull(20_000)
    assert desk.state_when(lambda state: state.problem == "").playing


def test_a_command_that_fails_does_not_end_the_sound(desk: Desk) -> None:
    ready(desk)
    desk.player.seek(None)  # type: ignore[arg-type]
    assert desk.state_when(lambda state: state.problem != "").device == "fake 1"
    desk.player.play(0)
    desk.output.pull(20_000)
    assert desk.state_when(lambda state: state.problem == "").playing


def test_an_arrangement_that_cannot_be_prepared_is_reported_and_the_next_one_sounds(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("float division")

    with monkeypatch.context() as patched:
        patched.setattr(Mixdown, "prepare", fail)
        desk.player.set_arrangement(arrangement(), audio_of())
        desk.player.open()
        desk.state_when(lambda state: "float division" in state.problem)
        assert desk.player.wait_until_prepared(PATIENCE)
    desk.player.set_arrangement(arrangement(), audio_of())
    desk.state_when(lambda state: state.problem == "" and state.device != "")
    desk.player.play(0)
    np.testing.assert_array_equal(
        desk.output.pull(1000), Mixdown(arrangement(), audio_of()).render(0, 1000)
    )


def test_without_a_device_a_silent_clock_goes_on(desk: Desk) -> None:
    desk.refuse = "there is no sound device"
    desk.player.set_arrangement(arrangement(), audio_of())
    desk.player.open()
    desk.state_when(lambda state: state.problem == "there is no sound device")
    assert desk.player.wait_until_prepared(PATIENCE)
    desk.player.play()
    state = desk.state_when(lambda state: state.frame > 8000 and state.peaks[0] > 0)
    assert state.device == ""
    desk.refuse = ""
    desk.player.open()
    state = desk.state_when(lambda state: state.device != "")
    assert state.problem == ""
    assert state.frame > 8000


def test_the_end_is_reached_on_the_silent_clock(desk: Desk) -> None:
    desk.refuse = "none"
    desk.player.set_arrangement(arrangement(), audio_of())
    desk.player.open()
    assert desk.player.wait_until_prepared(PATIENCE)
    desk.player.play(arrangement().length_frames)
    desk.state_when(lambda state: not state.playing)
    assert desk.state_when(lambda state: state.lufs == -np.inf)


def test_closing_twice_and_opening_again(desk: Desk) -> None:
    desk.player.close()
    ready(desk)
    desk.player.play()
    desk.output.pull(1000)
    desk.player.close()
    desk.player.close()
    assert desk.output.closed
    assert not desk.player.state().playing
    assert not desk.player.wait_until_prepared(0.0)
    ready(desk)
    desk.player.play(0)
    np.testing.assert_array_equal(
        desk.output.pull(1000), Mixdown(arrangement(), audio_of()).render(0, 1000)
    )


def test_commands_before_opening_wait(desk: Desk) -> None:
    desk.player.seek(7000)
    desk.player.play()
    assert desk.player.state().playing
    desk.player.open()
    desk.state_when(lambda state: state.device != "")
    desk.output.pull(512)
    desk.state_when(lambda state: state.frame == 7512)


def test_importing_the_player_loads_no_library_of_sound() -> None:
    code = "import sys, core.playback.player; print({m.split('.')[0] for m in sys.modules})"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    for name in ("scipy", "sounddevice", "rtmixer", "numba", "PySide6"):
        assert f"'{name}'" not in loaded


def test_a_program_that_fails_ends_although_its_player_is_open() -> None:
    # PortAudio sends the process's stderr to nowhere while it starts, so that has to be over.
    script = """
import time
from core.playback.player import Player
player = Player()
player.open()
while not (player.state().device or player.state().problem):
    time.sleep(0.01)
raise RuntimeError("nobody closed the player")
"""
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=600, check=False
    )
    assert ended.returncode == 1
    assert "nobody closed the player" in ended.stderr
