"""The transport bar along the top of the window."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QSlider,
    QToolButton,
    QWidget,
)

from core.settings import BEATS_PER_BAR, TICKS_PER_BAR, TICKS_PER_BEAT
from technovae_gui import theme
from technovae_gui.transport.device_menu import DeviceMenuButton
from technovae_gui.transport.level_meter import LevelMeter
from technovae_gui.transport.metronome_button import MetronomeButton
from technovae_gui.transport.position_field import PositionField
from technovae_gui.transport.tempo_box import TempoBox
from technovae_gui.widgets import icons
from technovae_gui.widgets.labels import ElidedLabel

_GAIN_RANGE = (-48, 12)


class TransportBar(QWidget):
    """Transport buttons, position, tempo, master gain, meters and sound device.

    Signals:
        play_requested(): play, or stop what sounds.
        stop_requested()
        start_requested(): back to the first bar.
        loop_toggled(bool): repeat the loop region or not.
        tempo_changed(float): BPM.
        gain_changed(float): dB.
    """

    play_requested = Signal()
    stop_requested = Signal()
    start_requested = Signal()
    loop_toggled = Signal(bool)
    tempo_changed = Signal(float)
    gain_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.start = self._button("start", "Back to the first bar (Home)", "Back to start")
        self.play = self._button("play", "Play or pause; stops what the map plays (Space)", "Play")
        self.stop = self._button(
            "stop", "Stop, back to where playing began (Escape); again: to the first bar", "Stop"
        )
        self.loop = self._button("loop", "Repeat the loop region (Ctrl+L)", "Loop")
        self.loop.setCheckable(True)
        self.play.setCheckable(True)
        self.tempo = TempoBox()
        self.tap = self._tap_button()
        self.metronome = MetronomeButton()
        self.position = PositionField("Position in bars, beats and sixteenths", 100, theme.DISPLAY)
        self.time = PositionField("Position in minutes and seconds", 60)
        self.sounding = ElidedLabel(collapses=False)
        self.gain = self._gain_slider()
        self.gain_value = self._readout("0 dB", "Master gain", 58)
        self.meter = LevelMeter()
        self._peaks = 0.0, 0.0
        """Since the meter was fed."""
        self._meter_is_due = False
        self.lufs = self._readout("-∞ LUFS", "Momentary loudness of the master (400 ms)", 92)
        self.device = DeviceMenuButton()
        self._lay_out()
        self._connect()
        self.show_position(0.0, 0.0)

    def show_position(self, tick: float, seconds: float, count_in: int = 0) -> None:
        """Show where the playhead is, or how many beats are left until it moves.

        Args:
            tick: of the arrangement.
            seconds: the same in seconds.
            count_in: beats that are still counted in; 0 where none are.
        """
        self.position.show_text(f"in {count_in}" if count_in else bars_text(tick))
        self.time.show_text(time_text(seconds))

    def show_playing(self, playing: bool, auditioning: bool = False) -> None:
        """Show on the play button what sounds, and what a press on it does.

        Args:
            playing: whether the transport runs.
            auditioning: whether an audition sounds or is about to.
        """
        sounds = playing or auditioning
        # A click has checked the button by itself.
        self.play.setChecked(sounds)
        name = "Pause" if playing else "Stop the audition" if auditioning else "Play"
        if name != self.play.accessibleName():
            self.play.setIcon(icons.icon("pause" if sounds else "play"))
            self.play.setAccessibleName(name)

    def show_tempo(self, bpm: float) -> None:
        """Show the arrangement's tempo in BPM, without emitting `tempo_changed`."""
        self.tempo.show_tempo(bpm)

    def show_loop(self, on: bool, possible: bool) -> None:
        """Show the state of the loop.

        Args:
            on: whether the loop region repeats.
            possible: whether there is a loop region.
        """
        self.loop.blockSignals(True)
        self.loop.setChecked(on)
        self.loop.blockSignals(False)
        tip = "Repeat the loop region (Ctrl+L)"
        self.loop.setToolTip(tip if possible else f"{tip}; drag in the ruler to make one")

    def show_levels(self, peaks: tuple[float, float], lufs: float) -> None:
        """Show how loud it is; call it 60 times a second, of which the meter takes 30.

        Args:
            peaks: linear peaks (left, right) since the last call.
            lufs: momentary loudness.
        """
        left, right = self._peaks
        self._peaks = max(left, peaks[0]), max(right, peaks[1])
        self._meter_is_due = not self._meter_is_due
        if self._meter_is_due:
            self.meter.feed(self._peaks)
            self._peaks = 0.0, 0.0
        self.lufs.setText(f"{lufs:.1f} LUFS" if lufs > -70 else "-∞ LUFS")

    def show_sounding(self, text: str) -> None:
        """Show what sounds and by which renderer; empty for nothing."""
        self.sounding.show_text(text)
        self.sounding.setAccessibleName(f"Sounds: {text}" if text else "Nothing sounds")

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * theme.SPACE, theme.SPACE, 2 * theme.SPACE, theme.SPACE)
        row.setSpacing(theme.SPACE)
        groups: tuple[tuple[QWidget, ...], ...] = (
            (self.start, self.play, self.stop, self.loop),
            (self.position, self.time),
            (self.tempo, self.tap, self.metronome),
        )
        for group in groups:
            for widget in group:
                row.addWidget(widget)
            row.addWidget(_divider())
        row.addWidget(self.sounding, 1)
        for widget in (self.gain_value, self.gain, self.meter, self.lufs, self.device):
            row.addWidget(widget)

    def _connect(self) -> None:
        self.start.clicked.connect(self.start_requested)
        self.play.clicked.connect(self.play_requested)
        self.stop.clicked.connect(self.stop_requested)
        self.loop.toggled.connect(self.loop_toggled)
        self.tempo.tempo_changed.connect(self.tempo_changed)
        self.tap.clicked.connect(self.tempo.tap)
        self.gain.valueChanged.connect(self._gain_moved)

    def _gain_moved(self, value: int) -> None:
        text = f"{value:+d} dB" if value else "0 dB"
        self.gain.setToolTip(f"Master gain: {text}")
        self.gain_value.setText(text)
        self.gain_changed.emit(float(value))

    def _button(self, icon: str, tip: str, name: str) -> QToolButton:
        button = QToolButton()
        button.setIcon(icons.icon(icon))
        button.setIconSize(icons.SIZE)
        button.setToolTip(tip)
        button.setAccessibleName(name)
        button.setFixedSize(32, 30)
        return button

    def _tap_button(self) -> QToolButton:
        button = QToolButton()
        button.setText("Tap")
        button.setToolTip("Tap the tempo, four times or more (T)")
        button.setAccessibleName("Tap the tempo")
        button.setFixedHeight(30)
        button.setStyleSheet("padding: 0 6px;")
        return button

    def _readout(self, text: str, tip: str, width: int, size: int = theme.BODY) -> QLabel:
        label = QLabel(text)
        label.setFont(theme.font(size, theme.MEDIUM))
        label.setFixedWidth(width)
        label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        label.setToolTip(tip)
        label.setAccessibleName(tip)
        return label

    def _gain_slider(self) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(*_GAIN_RANGE)
        slider.setValue(0)
        slider.setFixedWidth(64)
        slider.setToolTip("Master gain: 0 dB")
        slider.setAccessibleName("Master gain")
        return slider


def _divider() -> QFrame:
    line = QFrame()
    line.setFixedSize(1, 22)
    line.setStyleSheet(f"background: {theme.LINE};")
    return line


_SIXTEENTH = TICKS_PER_BEAT // 4


def bars_text(tick: float) -> str:
    """A position as `bar.beat.sixteenth`, each counted from 1: tick 0 is "1.1.1"."""
    whole = max(0, round(tick))
    bar, rest = divmod(whole, TICKS_PER_BAR)
    beat, rest = divmod(rest, TICKS_PER_BEAT)
    return f"{bar + 1}.{beat % BEATS_PER_BAR + 1}.{rest // _SIXTEENTH + 1}"


def time_text(seconds: float) -> str:
    """A time as `minutes:seconds.tenths`."""
    tenths = max(0, int(seconds * 10))
    minutes, rest = divmod(tenths, 600)
    return f"{minutes}:{rest // 10:02d}.{rest % 10}"
