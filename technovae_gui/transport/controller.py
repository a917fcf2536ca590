"""The transport room's controller: bar, player, loop region, and the clock of all that moves."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from core.arrangement import edits
from core.arrangement.project import Playback
from core.playback.player import Player, PlayerState
from core.settings import BEATS_PER_BAR, SAMPLE_RATE
from technovae_gui.document import Document
from technovae_gui.transport import TransportBar
from technovae_gui.transport.device_menu import DeviceChoice
from technovae_gui.transport.position_field import parse_bars, parse_time
from technovae_gui.widgets.banners import Banners

_DEVICE = "device"
_CLOCK_INTERVAL_MS = 16


class PlayerClock(QObject):
    """Asks the player about 60 times a second how it is.

    Attributes:
        state: what the player said last.

    Signals:
        ticked(PlayerState)
    """

    ticked = Signal(PlayerState)

    def __init__(self, player: Player, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._player = player
        self.state = PlayerState()
        self._timer = QTimer(self, interval=_CLOCK_INTERVAL_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.poll)

    def start(self) -> None:
        """Start to poll the player."""
        self._timer.start()

    def stop(self) -> None:
        """Stop polling it."""
        self._timer.stop()

    @Slot()
    def poll(self) -> None:
        """Poll the player once, and emit `ticked`."""
        self.state = self._player.state()
        self.ticked.emit(self.state)


class TransportController(QObject):
    """Connects the transport bar to the player and the document.

    Attributes:
        clock: asks the player how it is.
        looping: whether the loop region is repeated.
        awaits_audition: whether an audition was asked for whose sound is not there yet; whatever
            stops an audition stops that, too.

    Signals:
        playback_changed(Playback): loop region, its switch or the master gain changed.
        stopped(): everything that sounds was stopped.
        status(str): why something that was asked for cannot be, in one line.
    """

    status = Signal(str)
    playback_changed = Signal(Playback)
    stopped = Signal()

    def __init__(
        self,
        player: Player,
        document: Document,
        bar: TransportBar,
        banners: Banners,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._player, self._document, self._bar, self._banners = player, document, bar, banners
        self.clock = PlayerClock(player, self)
        self.looping = True
        self.awaits_audition: Callable[[], bool] = lambda: False
        self._reported = ""
        bar.play_requested.connect(self.play_or_silence)
        bar.stop_requested.connect(self.stop)
        bar.start_requested.connect(self.to_start)
        bar.tempo_changed.connect(self._set_tempo)
        bar.gain_changed.connect(player.set_gain)
        bar.gain_changed.connect(self._report_playback)
        bar.loop_toggled.connect(self._set_looping)
        bar.device.chosen.connect(self._choose_device)
        bar.position.entered.connect(self._go_to_bar)
        bar.time.entered.connect(self._go_to_time)
        bar.metronome.changed.connect(self._set_metronome)
        self._set_metronome()
        self.clock.ticked.connect(self._show)
        document.changed.connect(self._document_changed)
        document.loop_changed.connect(self._loop_changed)
        self._document_changed()

    @property
    def state(self) -> PlayerState:
        """The player's state at the last tick of the clock."""
        return self.clock.state

    @property
    def tick(self) -> float:
        """Where the playhead is, in ticks of the arrangement."""
        return self._document.arrangement.tick(self.state.frame)

    @Slot()
    def play_or_silence(self) -> None:
        """Stop everything that sounds or is about to, where it is; else start the transport."""
        if self.state.playing or self._auditioning:
            self._player.stop()
            self.stopped.emit()
        else:
            self._play()

    @property
    def _auditioning(self) -> bool:
        return self.state.auditioning or self.awaits_audition()

    def _play(self) -> None:
        bars = self._bar.metronome.count_in
        if bars:
            self._player.play(count_in=bars * BEATS_PER_BAR)
        else:
            self._player.play()

    @Slot()
    def stop(self) -> None:
        """Stop everything that sounds.

        The playhead goes back to where playing began, and from there to the first bar; an audition
        alone leaves it where it is.
        """
        if self.state.playing or not self._auditioning:
            self._player.rewind()
        self.stopped.emit()

    @Slot()
    def silence(self) -> None:
        """As `stop`, where anything sounds or is about to."""
        if self.state.playing or self._auditioning:
            self.stop()

    @Slot()
    def to_start(self) -> None:
        """Move the playhead to the first bar."""
        self._player.seek(0)

    @Slot()
    def to_end(self) -> None:
        """Move the playhead to the end of the last clip."""
        arrangement = self._document.arrangement
        self._player.seek(arrangement.frame(arrangement.end))

    def open_device(self) -> None:
        """Open the device of the settings and start the clock."""
        device = self._bar.device
        self._player.open(device.name, device.latency)
        self.clock.start()

    def begin_project(self, playback: Playback) -> None:
        """Another project is shown: nothing sounds, and the playhead is on its first bar.

        Args:
            playback: its loop region, its switch and its master gain.
        """
        self._player.stop()
        self.stopped.emit()
        self.to_start()
        self.apply_playback(playback)

    def apply_playback(self, playback: Playback) -> None:
        """Take over loop region, its switch and master gain of a project."""
        self._document.set_loop(playback.loop)
        # Only now: a new region switches repeating on.
        self.looping = playback.looping
        self._show_loop()
        self._bar.gain.setValue(round(playback.gain_db))
        self._report_playback()

    @Slot(object)
    def _show(self, state: PlayerState) -> None:
        tick, bar = self.tick, self._bar
        bar.show_playing(state.playing, self._auditioning)
        seconds = self._document.arrangement.seconds(round(tick))
        bar.show_position(tick, seconds, state.count_in)
        bar.show_levels(state.peaks, state.lufs)
        bar.device.show_state(state.device, state.latency, state.underruns)
        self._show_device_problem(state.problem)

    def _show_device_problem(self, line: str) -> None:
        shown = self._banners.texts().get(_DEVICE)
        # What the user dismissed is not shown again while it stays the same.
        if line and line != shown and line != self._reported:
            self._banners.show_message(_DEVICE, line, kind="warning")
            self._reported = line
        elif not line:
            self._reported = ""
            if shown:
                self._banners.dismiss(_DEVICE)

    @Slot(float)
    def _set_tempo(self, bpm: float) -> None:
        self._document.edit("tempo", lambda a: edits.set_tempo(a, bpm), merge="tempo")

    @Slot()
    def _set_metronome(self) -> None:
        self._player.set_metronome(self._bar.metronome.isChecked())

    @Slot(str)
    def _go_to_bar(self, text: str) -> None:
        tick = parse_bars(text)
        if tick is not None:
            self._player.seek(self._document.arrangement.frame(tick))

    @Slot(str)
    def _go_to_time(self, text: str) -> None:
        seconds = parse_time(text)
        if seconds is not None:
            self._player.seek(round(seconds * SAMPLE_RATE))

    @Slot(bool)
    def _set_looping(self, on: bool) -> None:
        if on and self._document.loop is None:
            self._bring_back_loop()
            return
        self.looping = on
        self._update_player_loop()
        self._report_playback()

    def _bring_back_loop(self) -> None:
        """The region that was removed last, as the ruler still shows it; a switch that is on and
        repeats nothing would be a lie."""
        last = self._document.last_loop
        if last is None:
            self._show_loop()
            self.status.emit("There is no loop region yet: drag along the top of the ruler")
        else:
            self._document.set_loop(last)

    @Slot()
    def _loop_changed(self) -> None:
        if self._document.loop is not None:
            self.looping = True
        self._show_loop()
        self._report_playback()

    @Slot()
    def _document_changed(self) -> None:
        """Show the tempo; the loop region lies at other frames under another one."""
        self._bar.show_tempo(self._document.arrangement.bpm)
        self._update_player_loop()

    def _show_loop(self) -> None:
        possible = self._document.loop is not None
        self._bar.show_loop(possible and self.looping, possible)
        self._update_player_loop()

    def _update_player_loop(self) -> None:
        """Let the player repeat the loop region, or nothing."""
        loop, arrangement = self._document.loop, self._document.arrangement
        frames = None
        if loop is not None and self.looping:
            frames = (arrangement.frame(loop[0]), arrangement.frame(loop[1]))
        self._player.set_loop(frames)

    @Slot()
    def _report_playback(self) -> None:
        gain = float(self._bar.gain.value())
        self.playback_changed.emit(Playback(self._document.loop, self.looping, gain))

    @Slot(object)
    def _choose_device(self, choice: DeviceChoice) -> None:
        self._player.open(choice.name, choice.latency)
