"""The transport: play, pause, loop region, tempo, gain and device, on a player that only notes."""

from __future__ import annotations

from typing import Any, cast

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from core.arrangement.project import Playback
from core.playback.player import Player, PlayerState
from core.settings import TICKS_PER_BAR
from technovae_gui.document import Document
from technovae_gui.transport import TransportBar
from technovae_gui.transport.controller import TransportController
from technovae_gui.transport.device_menu import DeviceChoice
from technovae_gui.widgets.banners import Banners


class FakePlayer:
    """Notes what it is asked for and says what the test wants."""

    def __init__(self) -> None:
        self.now = PlayerState()
        self.calls: list[tuple[Any, ...]] = []

    def state(self) -> PlayerState:
        return self.now

    def __getattr__(self, name: str) -> Any:
        return lambda *given, **named: self.calls.append((name, *given, *named.items()))


class Bench:
    """The bar, the banners and the controller between them."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.player = FakePlayer()
        self.bar = TransportBar()
        self.banners = Banners()
        self.transport = TransportController(
            cast(Player, self.player), document, self.bar, self.banners
        )
        self.player.calls.clear()

    def tick(self, **state: Any) -> None:
        """One tick of the clock with the player in another state."""
        self.player.now = PlayerState(**state)
        self.transport.clock.poll()


@pytest.fixture
def bench(qtbot: QtBot, document: Document) -> Bench:
    made = Bench(document)
    qtbot.addWidget(made.bar)
    qtbot.addWidget(made.banners)
    return made


def test_play_pauses_what_plays(qtbot: QtBot, bench: Bench) -> None:
    qtbot.mouseClick(bench.bar.play, Qt.MouseButton.LeftButton)
    bench.tick(playing=True)
    assert bench.bar.play.isChecked()
    qtbot.mouseClick(bench.bar.play, Qt.MouseButton.LeftButton)
    assert bench.player.calls == [("play",), ("stop",)]


@pytest.mark.parametrize("awaited", [False, True])
def test_the_play_button_is_what_space_is_while_the_map_plays(
    qtbot: QtBot, bench: Bench, awaited: bool
) -> None:
    bench.transport.awaits_audition = lambda: awaited
    bench.tick(auditioning=not awaited)
    assert bench.bar.play.isChecked()
    assert bench.bar.play.accessibleName() == "Stop the audition"
    with qtbot.waitSignal(bench.transport.stopped):
        qtbot.mouseClick(bench.bar.play, Qt.MouseButton.LeftButton)
    assert bench.player.calls == [("stop",)]
    bench.transport.awaits_audition = lambda: False
    bench.tick()
    assert not bench.bar.play.isChecked()
    assert bench.bar.play.accessibleName() == "Play"


def test_stop_silences_the_map_too(qtbot: QtBot, bench: Bench) -> None:
    with qtbot.waitSignal(bench.transport.stopped):
        qtbot.mouseClick(bench.bar.stop, Qt.MouseButton.LeftButton)
    assert bench.player.calls == [("rewind",)]


@pytest.mark.parametrize(
    ("state", "asked", "calls", "stopped"),
    [
        ({}, "play_or_silence", [("play",)], False),
        ({"playing": True}, "play_or_silence", [("stop",)], True),
        ({"auditioning": True}, "play_or_silence", [("stop",)], True),
        ({"playing": True}, "stop", [("rewind",)], True),
        ({"auditioning": True}, "stop", [], True),
        ({"auditioning": True}, "silence", [], True),
        ({"playing": True}, "silence", [("rewind",)], True),
        ({}, "silence", [], False),
        ({"awaited": True}, "play_or_silence", [("stop",)], True),
        ({"awaited": True}, "stop", [], True),
        ({"awaited": True}, "silence", [], True),
    ],
)
def test_one_key_stops_everything_that_sounds(
    bench: Bench, state: dict[str, bool], asked: str, calls: list[tuple[str]], stopped: bool
) -> None:
    silenced: list[bool] = []
    bench.transport.stopped.connect(lambda: silenced.append(True))
    awaited = state.get("awaited", False)
    bench.transport.awaits_audition = lambda: awaited
    bench.tick(**{name: on for name, on in state.items() if name != "awaited"})
    getattr(bench.transport, asked)()
    assert bench.player.calls == calls
    assert bool(silenced) == stopped


def test_a_new_loop_region_repeats_at_once(bench: Bench) -> None:
    bench.document.set_loop((0, 4 * TICKS_PER_BAR))
    arrangement = bench.document.arrangement
    frames = (0, arrangement.frame(4 * TICKS_PER_BAR))
    assert bench.player.calls[-1] == ("set_loop", frames)
    assert bench.bar.loop.isChecked()
    bench.bar.loop.setChecked(False)
    assert bench.player.calls[-1] == ("set_loop", None)


def test_the_loop_button_brings_back_the_region_that_was_removed(bench: Bench) -> None:
    region = (TICKS_PER_BAR, 3 * TICKS_PER_BAR)
    bench.document.set_loop(region)
    bench.document.set_loop(None)
    assert not bench.bar.loop.isChecked()
    bench.bar.loop.toggle()
    assert bench.document.loop == region
    assert bench.bar.loop.isChecked()
    frames = tuple(bench.document.arrangement.frame(tick) for tick in region)
    assert bench.player.calls[-1] == ("set_loop", frames)


def test_the_loop_button_is_off_where_nothing_can_repeat(qtbot: QtBot, bench: Bench) -> None:
    with qtbot.waitSignal(bench.transport.status) as said:
        bench.bar.loop.toggle()
    assert "ruler" in said.args[0]
    assert not bench.bar.loop.isChecked()
    bench.document.set_loop((0, TICKS_PER_BAR))
    bench.document.reset(bench.document.arrangement)
    bench.bar.loop.toggle()
    assert bench.document.loop is None  # that of another document does not come back
    assert not bench.bar.loop.isChecked()


def test_another_tempo_moves_the_loop_region(bench: Bench) -> None:
    bench.document.set_loop((0, 4 * TICKS_PER_BAR))
    bench.bar.tempo.setValue(140.0)
    assert bench.document.arrangement.bpm == 140.0
    frames = (0, bench.document.arrangement.frame(4 * TICKS_PER_BAR))
    assert bench.player.calls[-1] == ("set_loop", frames)


def test_a_project_brings_its_loop_and_gain(qtbot: QtBot, bench: Bench) -> None:
    playback = Playback((0, 4 * TICKS_PER_BAR), False, -6.0)
    with qtbot.waitSignal(bench.transport.playback_changed):
        bench.transport.apply_playback(playback)
    assert bench.document.loop == playback.loop
    assert not bench.bar.loop.isChecked()
    assert bench.bar.gain.value() == -6
    assert ("set_gain", -6.0) in bench.player.calls
    assert [call for call in bench.player.calls if call[0] == "set_loop"][-1] == ("set_loop", None)


def test_another_device_is_opened(bench: Bench) -> None:
    bench.bar.device.choose("USB, ALSA", "low")
    assert bench.player.calls == [("open", "USB, ALSA", "low")]
    bench.bar.device.chosen.emit(DeviceChoice(None, "high"))
    assert bench.player.calls[-1] == ("open", None, "high")


def test_a_problem_with_the_device_is_reported_once(bench: Bench) -> None:
    bench.tick(problem="the device is gone")
    assert bench.banners.texts() == {"device": "the device is gone"}
    bench.banners.dismiss("device")
    bench.tick(problem="the device is gone")
    assert bench.banners.texts() == {}
    bench.tick(problem="another one")
    assert bench.banners.texts() == {"device": "another one"}
    bench.tick()
    assert bench.banners.texts() == {}


def test_a_problem_that_comes_back_is_reported_again(bench: Bench) -> None:
    bench.tick(problem="the device is gone")
    bench.tick()
    bench.tick(problem="the device is gone")
    assert bench.banners.texts() == {"device": "the device is gone"}


def test_the_playhead_goes_where_was_typed(bench: Bench) -> None:
    bench.bar.position.entered.emit("5.1.1")
    bench.bar.time.entered.emit("1:00")
    bench.bar.position.entered.emit("nonsense")
    frame = bench.document.arrangement.frame(4 * TICKS_PER_BAR)
    assert bench.player.calls == [("seek", frame), ("seek", 60 * 44_100)]


def test_a_count_in_is_asked_for_with_playing(bench: Bench) -> None:
    bench.bar.metronome.restore(True, 2)
    bench.transport.play_or_silence()
    assert bench.player.calls == [("set_metronome", True), ("play", ("count_in", 8))]


def test_the_position_counts_the_beats_of_a_count_in(bench: Bench) -> None:
    shown = []
    for count_in in (2, 1, 0):
        bench.tick(playing=True, count_in=count_in)
        shown.append(bench.bar.position.text())
    assert shown == ["in 2", "in 1", "1.1.1"]


def test_another_project_begins_on_its_first_bar_without_the_loop_of_the_last(
    bench: Bench,
) -> None:
    bench.document.set_loop((0, 4 * TICKS_PER_BAR))
    bench.tick(playing=True, frame=88200)
    bench.player.calls.clear()
    bench.transport.begin_project(Playback())
    assert bench.player.calls[:2] == [("stop",), ("seek", 0)]
    assert bench.document.loop is None
    assert ("set_loop", None) in bench.player.calls
    assert not bench.bar.loop.isChecked()
