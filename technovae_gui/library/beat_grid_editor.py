"""The editor of one track's beat grid: nudge it, shift it, tap it, try it, apply it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.errors import InputError
from core.library.tracks import Track
from core.rhythm.grid import BeatGrid
from core.rhythm.tap_tempo import TapTempo
from technovae_gui import theme
from technovae_gui.library.beat_grid_controls import BeatGridButtons, BeatGridKeys
from technovae_gui.library.beat_grid_edit import BeatGridEdit, nudge, shift
from technovae_gui.library.track_model import grid_origin
from technovae_gui.library.waveform import Peaks
from technovae_gui.library.waveform_view import WaveformOverview, WaveformView
from technovae_gui.widgets import forms
from technovae_gui.widgets.labels import ElidedLabel, MessageLabel

_NO_PEAKS: Final[Peaks] = np.zeros((0, 2), np.float32)


@dataclass(frozen=True)
class GridCorrection:
    """Put the track with this id on this beat grid."""

    track_id: str
    grid: BeatGrid


@dataclass(frozen=True)
class ClickPreview:
    """Play the track with this id from `start_seconds` on, with a click on every beat."""

    track_id: str
    grid: BeatGrid
    start_seconds: float


class BeatGridEditor(QWidget):
    """Shows the waveform of a track under its beat grid and corrects the grid.

    Corrections that were not applied are kept per track while other tracks are looked at.

    Args:
        clock: gives the current time in seconds, for tapping.

    Signals:
        correction_requested(GridCorrection)
        refit_requested(str): find the grid of the track with this id in its audio again.
        click_preview_requested(ClickPreview): again whenever the grid changes meanwhile.
        click_preview_stopped()
    """

    correction_requested = Signal(GridCorrection)
    refit_requested = Signal(str)
    click_preview_requested = Signal(ClickPreview)
    click_preview_stopped = Signal()

    def __init__(
        self, parent: QWidget | None = None, *, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._track: Track | None = None
        self._edits: dict[str, BeatGridEdit] = {}
        self._writable, self._busy = True, False
        self._tap_tempo = TapTempo()
        self.title = forms.heading("")
        self.facts = ElidedLabel()
        self.overview = WaveformOverview()
        self.wave = WaveformView()
        self.buttons = BeatGridButtons()
        self.read_only = forms.note()
        self.message = MessageLabel()
        self._keys = BeatGridKeys(self.buttons, self.wave, self._undo, self)
        self._lay_out()
        self._connect()
        self.clear()

    @property
    def track_id(self) -> str:
        """Id of the track that is shown or waited for; empty for none."""
        return self._track.id if self._track else ""

    @property
    def grid(self) -> BeatGrid | None:
        """The grid as corrected so far; None without a track."""
        return self._edit.grid if self._edit else None

    def wait_for(self, track: Track) -> None:
        """Show a track before its waveform has been read."""
        self._show_track(track)
        self._show_wave(_NO_PEAKS, track.seconds)
        self.message.show_text("reading the waveform…")

    def set_track(self, track: Track, peaks: Peaks, seconds: float) -> None:
        """Show a track with its waveform; ignored if another track was chosen meanwhile.

        Args:
            track: as the library has it.
            peaks: (n, 2) lowest and highest sample of each bucket.
            seconds: length of its audio.
        """
        if self._track is not None and track.id != self._track.id:
            return
        self._show_track(track)
        self.message.show_text("")
        self._show_wave(peaks, seconds)

    def update_track(self, track: Track) -> None:
        """The library changed a track: its grid or its title."""
        if track.id == self.track_id:
            if self._busy:
                self._busy = False
                self.message.show_text("")
            self._show_track(track)

    def clear(self) -> None:
        """Show no track."""
        self.stop_click()
        self._track = None
        self.title.setText("Choose a track to see its beat grid")
        self.facts.show_text("")
        self._show_wave(_NO_PEAKS, 0.0)
        self.wave.show_grid(None)
        self.message.show_text("")
        self._update_controls()

    def set_writable(self, writable: bool, *, demo: bool = False) -> None:
        """Say whether grids of this library can be changed.

        Args:
            writable: whether they can.
            demo: whether it is the built-in demo, which never can.
        """
        self._writable = writable
        reason = "The demo's grids are exact, and fixed." if demo else "This library is read-only."
        self.read_only.setText("" if writable else reason)
        self.read_only.setVisible(not writable)
        self._update_controls()

    @Slot(float, float, str)
    def progress(self, done: float, total: float, message: str = "") -> None:
        """Show how far applying or fitting is.

        Args:
            done: how much is done, in any unit.
            total: how much there is, in the same unit; 0 while it is not known.
            message: the current step.
        """
        share = f" {done / total:.0%}" if total > 0 else ""
        self.message.show_text(f"{message or 'putting the track on this grid'}…{share}")

    @Slot(str)
    def failed(self, message: str) -> None:
        """Applying, fitting or reading the waveform failed: one line. Corrections are kept."""
        self._busy = False
        self._update_controls()
        self.message.show_error(message)

    # Corrections

    def _change(self, correct: Callable[[BeatGrid], BeatGrid], _: bool = False) -> None:
        edit = self._edit
        if edit is not None:
            self._try(lambda: edit.change(correct))

    def _set_tempo(self, bpm: float) -> None:
        edit = self._edit
        if edit is not None:
            self._try(lambda: edit.set_tempo(bpm))

    def _try(self, change: Callable[[], None]) -> None:
        try:
            change()
        except InputError as error:
            self.message.show_error(str(error))
        else:
            self.message.show_text("")
        self._show_grid()

    def _tap(self) -> None:
        bpm = self._tap_tempo.tap(self._clock())
        if bpm is None:
            self.message.show_text(f"keep tapping… {self._tap_tempo.count} of 4")
        else:
            self._set_tempo(round(bpm, 2))

    @Slot(float)
    def _drag(self, seconds: float) -> None:
        edit = self._edit
        if edit is not None and self._writable and not self._busy:
            edit.drag(seconds)
            self._show_grid(preview=False)
            self.message.show_text(f"{seconds * 1000:+.1f} ms")

    @Slot()
    def _finish_drag(self) -> None:
        if self._edit is not None:
            self._edit.finish_drag()
            self._show_grid()

    def _undo(self) -> None:
        if self._edit is not None and not self._busy:
            self._try(self._edit.undo)

    def _revert(self) -> None:
        if self._edit is not None:
            self._try(self._edit.revert)

    # Jobs

    def _apply(self) -> None:
        if self._edit is not None and self._edit.is_changed:
            self._wait("putting the track on this grid…")
            self.correction_requested.emit(GridCorrection(self.track_id, self._edit.grid))

    def _refit(self) -> None:
        self._wait("fitting the grid again…")
        self.refit_requested.emit(self.track_id)

    def _wait(self, message: str) -> None:
        self._busy = True
        self._update_controls()
        self.message.show_text(message)

    def _preview_click(self) -> None:
        if self.buttons.click.isChecked() and self.grid is not None:
            preview = ClickPreview(self.track_id, self.grid, self.wave.span.start)
            self.click_preview_requested.emit(preview)

    def _toggle_click(self, on: bool) -> None:
        self._preview_click() if on else self.click_preview_stopped.emit()

    @Slot()
    def stop_click(self) -> None:
        """Nothing is heard with clicks any more."""
        self.buttons.click.setChecked(False)

    # Display

    @property
    def _edit(self) -> BeatGridEdit | None:
        return self._edits.get(self.track_id)

    def _show_track(self, track: Track) -> None:
        is_other = track.id != self.track_id
        if is_other:
            self.stop_click()
        edit = self._edits.get(track.id)
        if edit is None or edit.base != track.grid:
            self._edits[track.id] = BeatGridEdit(track.grid)
        if is_other:
            self._busy = False
        self._track = track
        self.title.setText(track.title)
        self._show_grid(preview=not is_other)

    def _show_wave(self, peaks: Peaks, seconds: float) -> None:
        self.overview.show_track(peaks)
        self.wave.show_track(peaks, seconds)

    def _show_grid(self, *, preview: bool = True) -> None:
        edit, track = self._edit, self._track
        if edit is None or track is None:
            return
        self.wave.show_grid(edit.grid)
        self.buttons.bpm.blockSignals(True)
        self.buttons.bpm.setValue(edit.grid.bpm)
        self.buttons.bpm.blockSignals(False)
        origin = "corrected, not applied" if edit.is_changed else grid_origin(track)
        sections = f", {len(edit.grid.sections)} sections" if edit.grid.moves else ""
        confidence, downbeat = edit.grid.confidence, edit.grid.downbeat
        self.facts.show_text(
            f"{origin} · {confidence:.0%} sure · bar 1 at {downbeat:.3f} s{sections}"
        )
        self._update_controls()
        if preview:
            self._preview_click()

    def _update_controls(self) -> None:
        edit = self._edit
        editable = edit is not None and self._writable and not self._busy
        changed = edit is not None and edit.is_changed
        for button in self.buttons.all():
            button.setEnabled(editable)
        self.buttons.bpm.setEnabled(editable)
        self.buttons.apply.setEnabled(editable and changed)
        self.buttons.revert.setEnabled(editable and changed)
        self.buttons.click.setEnabled(edit is not None)

    def _lay_out(self) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.SPACE)
        for widget in (self.title, self.facts, self.overview, self.wave):
            rows.addWidget(widget)
        for row in self.buttons.rows():
            rows.addLayout(row)
        rows.addWidget(self.read_only)
        rows.addWidget(self.message)
        self.read_only.hide()

    def _connect(self) -> None:
        buttons, wave = self.buttons, self.wave
        for button, correct in (
            *((buttons.earlier_10, nudge(-10)), (buttons.earlier_1, nudge(-1))),
            *((buttons.later_1, nudge(1)), (buttons.later_10, nudge(10))),
            *((buttons.beat_earlier, shift(-1)), (buttons.beat_later, shift(1))),
            *((buttons.halve, BeatGrid.halved), (buttons.double, BeatGrid.doubled)),
        ):
            button.clicked.connect(partial(self._change, correct))
        buttons.tap.clicked.connect(self._tap)
        buttons.click.toggled.connect(self._toggle_click)
        buttons.refit.clicked.connect(self._refit)
        buttons.revert.clicked.connect(self._revert)
        buttons.apply.clicked.connect(self._apply)
        buttons.bpm.valueChanged.connect(self._set_tempo)
        wave.dragged.connect(self._drag)
        wave.drag_finished.connect(self._finish_drag)
        wave.span_changed.connect(lambda: self.overview.show_span(wave.span))
        self.overview.position_clicked.connect(
            lambda seconds: wave.set_span(wave.span.centred(seconds))
        )
