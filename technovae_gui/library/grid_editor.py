"""The editor of one track's beat grid."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from core.errors import InputError
from core.library.tracks import Track
from core.rhythm.grid import BeatGrid
from technovae_gui.library.grid_edit import GridEdit, nudge, shift
from technovae_gui.library.grid_keys import GridKeys
from technovae_gui.library.grid_parts import NO_PEAKS, GridParts
from technovae_gui.library.peaks import Peaks
from technovae_gui.library.tapping import Taps
from technovae_gui.library.track_model import origin


class GridEditor(GridParts):
    """Corrections of a track that were not applied wait for it while others are looked at.

    Signals:
        grid_changed(str track id, object BeatGrid): to be applied.
        refit_requested(str track id)
        click_preview_requested(str track id, object BeatGrid, float seconds): hear the track from
            there with a click; comes again when the grid changes. click_preview_stopped()
    """

    grid_changed = Signal(str, object)
    refit_requested = Signal(str)
    click_preview_requested = Signal(str, object, float)
    click_preview_stopped = Signal()

    def __init__(
        self, parent: QWidget | None = None, *, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._track: Track | None = None
        self._edits: dict[str, GridEdit] = {}
        self._writable, self._busy = True, False
        self._taps = Taps()
        self._keys = GridKeys(self.buttons, self.wave, self._undo, self)
        self._connect()
        self.clear()

    @property
    def track_id(self) -> str:
        """Of the track that is shown or waited for; empty for none."""
        return self._track.id if self._track else ""

    @property
    def grid(self) -> BeatGrid | None:
        """The grid as corrected so far."""
        edit = self._edit
        return edit.grid if edit else None

    # What the window tells

    def wait_for(self, track: Track) -> None:
        """Show `track` without a waveform: its peaks are under way."""
        self._show(track)
        self.show_wave(NO_PEAKS, track.seconds)
        self.message.show_text("reading the waveform…")

    def set_track(self, track: Track, peaks: Peaks, seconds: float) -> None:
        """Show `track` of `seconds` with its peaks (n, 2); one that is no longer chosen is left."""
        if self._track is not None and track.id != self._track.id:
            return
        self._show(track)
        self.message.show_text("")
        self.show_wave(peaks, seconds)

    def update_track(self, track: Track) -> None:
        """The library's track is another one now (its grid, its title)."""
        if track.id == self.track_id:
            if self._busy:
                self._busy = False
                self.message.show_text("")
            self._show(track)

    def clear(self) -> None:
        """No track."""
        self._stop_click()
        self._track = None
        self.title.setText("Choose a track to see its beat grid")
        self.facts.show_text("")
        self.show_wave(NO_PEAKS, 0.0)
        self.wave.show_grid(None)
        self.message.show_text("")
        self._enable()

    def set_writable(self, writable: bool, *, demo: bool = False) -> None:
        """Whether grids of this library can be changed."""
        self._writable = writable
        fixed = "The demo's grids are exact, and fixed." if demo else "This library is read-only."
        self.show_read_only("" if writable else fixed)
        self._enable()

    @Slot(float, float, str)
    def progress(self, done: float, total: float, message: str = "") -> None:
        """How far applying or fitting is."""
        share = f" {done / total:.0%}" if total > 0 else ""
        self.message.show_text(f"{message or 'putting the track on this grid'}…{share}")

    @Slot(str)
    def failed(self, message: str) -> None:
        """Applying, fitting or reading the waveform failed: one line. Corrections are kept."""
        self._busy = False
        self._enable()
        self.message.show_error(message)

    # What the user does

    def _change(self, how: Callable[[BeatGrid], BeatGrid], _: bool = False) -> None:
        edit = self._edit
        if edit is not None:
            self._try(lambda: edit.change(how))

    def _set_tempo(self, bpm: float) -> None:
        edit = self._edit
        if edit is not None:
            self._try(lambda: edit.set_tempo(bpm))

    def _try(self, act: Callable[[], None]) -> None:
        try:
            act()
        except InputError as error:
            self.message.show_error(str(error))
        else:
            self.message.show_text("")
        self._show_grid()

    def _tap(self) -> None:
        bpm = self._taps.tap(self._clock())
        if bpm is None:
            self.message.show_text(f"tap on… {self._taps.count} of 4")
        else:
            self._set_tempo(round(bpm, 2))

    @Slot(float)
    def _dragged(self, seconds: float) -> None:
        edit = self._edit
        if edit is not None and self._writable and not self._busy:
            edit.drag(seconds)
            self._show_grid(preview=False)
            self.message.show_text(f"{seconds * 1000:+.1f} ms")

    @Slot()
    def _dropped(self) -> None:
        if self._edit is not None:
            self._edit.drop()
            self._show_grid()

    def _undo(self) -> None:
        if self._edit is not None and not self._busy:
            self._try(self._edit.undo)

    def _revert(self) -> None:
        if self._edit is not None:
            self._try(self._edit.revert)

    def _apply(self) -> None:
        if self._edit is not None and self._edit.is_changed:
            self._work("putting the track on this grid…")
            self.grid_changed.emit(self.track_id, self._edit.grid)

    def _refit(self) -> None:
        self._work("fitting the grid again…")
        self.refit_requested.emit(self.track_id)

    def _work(self, message: str) -> None:
        self._busy = True
        self._enable()
        self.message.show_text(message)

    def _preview(self) -> None:
        if self.buttons.click.isChecked() and self.grid is not None:
            self.click_preview_requested.emit(self.track_id, self.grid, self.wave.span.start)

    def _click_toggled(self, on: bool) -> None:
        self._preview() if on else self.click_preview_stopped.emit()

    def _stop_click(self) -> None:
        self.buttons.click.setChecked(False)

    # What is shown

    @property
    def _edit(self) -> GridEdit | None:
        return self._edits.get(self.track_id)

    def _show(self, track: Track) -> None:
        other = track.id != self.track_id
        if other:
            self._stop_click()
        edit = self._edits.get(track.id)
        if edit is None or edit.base != track.grid:
            self._edits[track.id] = GridEdit(track.grid)
        if other:
            self._busy = False
        self._track = track
        self.title.setText(track.title)
        self._show_grid(preview=not other)

    def _show_grid(self, *, preview: bool = True) -> None:
        edit, track = self._edit, self._track
        if edit is None or track is None:
            return
        self.wave.show_grid(edit.grid)
        self.buttons.bpm.blockSignals(True)
        self.buttons.bpm.setValue(edit.grid.bpm)
        self.buttons.bpm.blockSignals(False)
        state = "corrected, not applied" if edit.is_changed else origin(track)
        moves = f", {len(edit.grid.sections)} sections" if edit.grid.moves else ""
        sure, first = edit.grid.confidence, edit.grid.downbeat
        self.facts.show_text(f"{state} · {sure:.0%} sure · bar 1 at {first:.3f} s{moves}")
        self._enable()
        if preview:
            self._preview()

    def _enable(self) -> None:
        edit = self._edit
        self.enable(
            there=edit is not None,
            can=edit is not None and self._writable and not self._busy,
            changed=edit is not None and edit.is_changed,
        )

    def _connect(self) -> None:
        buttons = self.buttons
        for button, how in (
            *((buttons.earlier_10, nudge(-10)), (buttons.earlier_1, nudge(-1))),
            *((buttons.later_1, nudge(1)), (buttons.later_10, nudge(10))),
            *((buttons.beat_back, shift(-1)), (buttons.beat_on, shift(1))),
            *((buttons.halve, BeatGrid.halved), (buttons.double, BeatGrid.doubled)),
        ):
            button.clicked.connect(partial(self._change, how))
        buttons.tap.clicked.connect(self._tap)
        buttons.click.toggled.connect(self._click_toggled)
        buttons.refit.clicked.connect(self._refit)
        buttons.revert.clicked.connect(self._revert)
        buttons.apply.clicked.connect(self._apply)
        buttons.bpm.valueChanged.connect(self._set_tempo)
        self.wave.dragged.connect(self._dragged)
        self.wave.dropped.connect(self._dropped)
