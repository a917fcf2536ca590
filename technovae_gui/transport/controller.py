"""The transport room's controller: bar, player, loop region and the clock that moves everything."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from core.arrangement import edits
from core.arrangement.project import Playback
from core.playback.player import Player, PlayerState
from technovae_gui.document import Document
from technovae_gui.transport import TransportBar
from technovae_gui.transport.clock import Clock
from technovae_gui.widgets.banners import Banners

_DEVICE = "device"


class TransportController(QObject):
    """Connects the transport bar to the player and the document.

    Signals:
        playback_changed(Playback): loop region, its switch or the master gain is another one.
        stopped(): everything that sounds was asked to end.
    """

    playback_changed = Signal(object)
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
        self.clock = Clock(player, self)
        self.looping = True
        self._reported = ""
        bar.play_requested.connect(self.play_or_pause)
        bar.stop_requested.connect(self.stop)
        bar.start_requested.connect(self.to_start)
        bar.tempo_changed.connect(self._set_tempo)
        bar.gain_changed.connect(player.set_gain)
        bar.gain_changed.connect(self._report_playback)
        bar.loop_toggled.connect(self._set_looping)
        bar.device.chosen.connect(self._choose_device)
        self.clock.ticked.connect(self._show)
        document.changed.connect(self._document_changed)
        document.loop_changed.connect(self._loop_changed)
        self._document_changed()

    @property
    def state(self) -> PlayerState:
        """How the player was at the last tick of the clock."""
        return self.clock.state

    @property
    def tick(self) -> float:
        """Where the playhead is, in ticks of the arrangement."""
        return self._document.arrangement.tick(self.state.frame)

    @Slot()
    def play_or_pause(self) -> None:
        """Start the transport, or halt it where it is."""
        if self.state.playing:
            self._player.stop()
        else:
            self._player.play()

    @Slot()
    def stop(self) -> None:
        """Halt, and silence what is auditioned."""
        self._player.stop()
        self.stopped.emit()

    @Slot()
    def to_start(self) -> None:
        """Move the playhead to the first bar."""
        self._player.seek(0)

    def open_device(self) -> None:
        """Open the device that the settings name, and begin to tick."""
        device = self._bar.device
        self._player.open(device.name, device.latency)
        self.clock.start()

    def apply_playback(self, playback: Playback) -> None:
        """Listen as a project was listened to last."""
        self._document.set_loop(playback.loop)
        # After the region: a new one begins to repeat by itself.
        self.looping = playback.looping
        self._show_loop()
        self._bar.gain.setValue(round(playback.gain_db))
        self._report_playback()

    @Slot(object)
    def _show(self, state: PlayerState) -> None:
        tick, bar = self.tick, self._bar
        bar.show_playing(state.playing)
        bar.show_position(tick, self._document.arrangement.seconds(int(tick)))
        bar.show_levels(state.peaks, state.lufs)
        bar.device.show_state(state.device, state.latency, state.underruns)
        self._show_device_problem(state.problem)

    def _show_device_problem(self, line: str) -> None:
        shown = self._banners.texts().get(_DEVICE)
        # What was reported and dismissed is not reported again while it stays the same.
        if line and line != shown and line != self._reported:
            self._banners.show_message(_DEVICE, line, kind="warning")
            self._reported = line
        elif not line and shown:
            self._banners.dismiss(_DEVICE)

    @Slot(float)
    def _set_tempo(self, bpm: float) -> None:
        self._document.edit("tempo", lambda a: edits.set_tempo(a, bpm), merge="tempo")

    @Slot(bool)
    def _set_looping(self, on: bool) -> None:
        self.looping = on
        self._give_loop()
        self._report_playback()

    @Slot()
    def _loop_changed(self) -> None:
        if self._document.loop is not None:
            self.looping = True
        self._show_loop()
        self._report_playback()

    @Slot()
    def _document_changed(self) -> None:
        """A tempo moves the loop region in the sound."""
        self._bar.show_tempo(self._document.arrangement.bpm)
        self._give_loop()

    def _show_loop(self) -> None:
        there = self._document.loop is not None
        self._bar.show_loop(there and self.looping, there)
        self._give_loop()

    def _give_loop(self) -> None:
        """Give the player the loop region if it is to repeat."""
        loop, arrangement = self._document.loop, self._document.arrangement
        frames = None
        if loop is not None and self.looping:
            frames = (arrangement.frame(loop[0]), arrangement.frame(loop[1]))
        self._player.set_loop(frames)

    @Slot()
    def _report_playback(self) -> None:
        gain = float(self._bar.gain.value())
        self.playback_changed.emit(Playback(self._document.loop, self.looping, gain))

    @Slot(object, str)
    def _choose_device(self, name: object, latency: str) -> None:
        self._player.open(str(name) if name else None, latency)
