"""The settings of the selected clips as a form, and the edits that it asks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from core import resources
from core.arrangement import edits
from core.arrangement.arrangement import Arrangement
from core.arrangement.clip import (
    MAX_TRANSPOSE,
    Clip,
    LatentSource,
    latent_sources,
    muted_parts,
    part_gains_db,
    single_sources,
    with_latents,
    with_part_gain,
    with_part_heard,
    with_singles,
)
from core.arrangement.values import GAIN_MAX_DB, GAIN_MIN_DB
from core.settings import PARTS, TICKS_PER_BAR, TICKS_PER_BEAT
from technovae_gui import theme
from technovae_gui.inspector.fields import MIXED, ChoiceField, NumberField, SwitchField
from technovae_gui.widgets import forms
from technovae_gui.widgets.forms import FieldGrid
from technovae_gui.widgets.renderer_names import RENDERER_NAMES

Ids: TypeAlias = Sequence[str]
Edit: TypeAlias = Callable[[Arrangement, Ids], Arrangement]
NumberEdit: TypeAlias = Callable[[Arrangement, Ids, float], Arrangement]

_MOST_BARS = 100_000.0
_PART_WIDTH = 36
"""Pixels that a part's gain has at least: two and their names fit the narrowest panel."""
_MOST_SEED = 2**31 - 1
_SIXTEENTH = 0.0625
"""Of a bar."""


@dataclass(frozen=True)
class EditRequest:
    """An edit of the selected clips that the user asked for.

    Attributes:
        name: of the undo step, as the history shows it.
        field: the setting, where edits of the same one in a row are one undo step; empty where
            each edit is a step of its own.
        edit: makes the new arrangement from the present one and the ids of the clips.
        moves: whether it moves the clips, so that automation can follow them.
    """

    name: str
    field: str
    edit: Edit
    moves: bool = False


class SettingsForm(QWidget):
    """Shows the settings of one or several clips; fields in which they differ say "mixed".

    Signals:
        edit_requested(EditRequest): the user changed a setting.
    """

    edit_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = QLineEdit()
        self.name.setAccessibleName("Name")
        self.start = NumberField("Position", 1.0, _MOST_BARS, 1.0, 4)
        self.length = NumberField("Length", _SIXTEENTH, _MOST_BARS, 1.0, 4, " bars")
        self.gain = NumberField("Gain", GAIN_MIN_DB, GAIN_MAX_DB, 0.5, 1, " dB", neutral=0)
        self.fade_in = NumberField("Fade in", 0.0, 4 * _MOST_BARS, 1.0, 3, " beats")
        self.fade_out = NumberField("Fade out", 0.0, 4 * _MOST_BARS, 1.0, 3, " beats")
        self.bass_swap = SwitchField("Swap")
        self.bass_cut = SwitchField("Bass")
        self.mid_cut = SwitchField("Mids")
        self.treble_cut = SwitchField("Treble")
        self._name_switches()
        self.transpose = NumberField(
            "Transpose", -MAX_TRANSPOSE, MAX_TRANSPOSE, 1, 0, " st", neutral=0
        )
        self.parts = tuple(SwitchField(part.capitalize()) for part in PARTS)
        self.part_gains = tuple(
            NumberField(f"Gain of the {part}", GAIN_MIN_DB, GAIN_MAX_DB, 0.5, 1, " dB", neutral=0)
            for part in PARTS
        )
        self.stereo_width = NumberField("Stereo width", 0.0, 100.0, 10.0, 0, " %", neutral=0)
        self.renderer = ChoiceField("Sound", RENDERER_NAMES)
        self.seed = NumberField("Seed", 0, _MOST_SEED, 1, 0)
        self.take = QPushButton("Another take")
        self.take.setToolTip("The next seed: the same sound with other noise and phases")
        self._lay_out()
        self._connect()

    def _name_switches(self) -> None:
        self.bass_swap.setAccessibleName("Bass swap")
        self.bass_swap.setToolTip("Swap the bass where this clip comes in")
        for switch, band in (
            (self.bass_cut, "bass"),
            (self.mid_cut, "mids"),
            (self.treble_cut, "treble"),
        ):
            switch.setAccessibleName(f"Leave out the {band}")
            switch.setToolTip(f"Leave out the {band}")

    def show_clips(self, clips: Sequence[Clip]) -> None:
        """Show the settings of `clips`, at least one."""
        names = {clip.name for clip in clips}
        if not self.name.hasFocus() or len(clips) == 1:
            self._show_name(names)
        self.start.show_values([min(clip.start for clip in clips) / TICKS_PER_BAR + 1.0])
        self.length.show_values(clip.length / TICKS_PER_BAR for clip in clips)
        self.gain.show_values(clip.gain_db for clip in clips)
        self.fade_in.show_values(clip.fade_in / TICKS_PER_BEAT for clip in clips)
        self.fade_out.show_values(clip.fade_out / TICKS_PER_BEAT for clip in clips)
        self.bass_swap.show_values(clip.bass_swap for clip in clips)
        self.bass_cut.show_values(clip.bass_cut for clip in clips)
        self.mid_cut.show_values(clip.mid_cut for clip in clips)
        self.treble_cut.show_values(clip.treble_cut for clip in clips)
        self._show_parts(clips)
        singles = [single for clip in clips for single in single_sources(clip.source)]
        self.transpose.show_values(single.transpose for single in singles)
        self.stereo_width.show_values(100.0 * clip.width for clip in clips)
        latents = [latent for clip in clips for latent in latent_sources(clip.source)]
        self._latent_rows.setVisible(bool(latents))
        self.renderer.show_values(source.renderer for source in latents)
        self.seed.show_values(source.seed for source in latents)

    def _show_parts(self, clips: Sequence[Clip]) -> None:
        """Without a network that tells parts apart, those that are left out can still come back."""
        available = resources.has_parts_model()
        for number, (box, gain) in enumerate(zip(self.parts, self.part_gains, strict=True)):
            muted = [muted_parts(clip.source)[number] for clip in clips]
            gains = [part_gains_db(clip.source)[number] for clip in clips]
            box.show_values(not off for off in muted)
            box.setEnabled(available or any(muted))
            box.setToolTip(f"Hear the {PARTS[number]}" if available else resources.PARTS_MISSING)
            gain.show_values(gains)
            gain.setEnabled(available or any(gains))
            gain.setToolTip(gain.tip if available else resources.PARTS_MISSING)

    def _show_name(self, names: set[str]) -> None:
        text = names.pop() if len(names) == 1 else ""
        self.name.setPlaceholderText("" if text else MIXED if names else "named after its music")
        if text != self.name.text():
            self.name.setText(text)

    def _lay_out(self) -> None:
        fields = FieldGrid(columns=3)
        fields.add("Name", self.name, wide=True)
        fields.add("Bar", self.start)
        fields.add("Length", self.length)
        fields.add("Transpose", self.transpose)
        fields.add("Gain", self.gain)
        fields.add("Fade in", self.fade_in)
        fields.add("Fade out", self.fade_out)
        fields.add("Stereo width", self.stereo_width)
        fields.add("Bass", self.bass_swap)
        cuts = forms.row(self.bass_cut, self.mid_cut, self.treble_cut, 1, spacing=3 * theme.SPACE)
        fields.add("Leave out", cuts, wide=True)
        parts = QWidget()
        grid = QGridLayout(parts)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(theme.SPACE)
        grid.setHorizontalSpacing(2 * theme.SPACE)
        for number, (box, gain) in enumerate(zip(self.parts, self.part_gains, strict=True)):
            gain.setMinimumWidth(_PART_WIDTH)
            row, pair = divmod(number, 2)
            grid.addWidget(box, row, 2 * pair)
            grid.addWidget(gain, row, 2 * pair + 1)
            grid.setColumnStretch(2 * pair + 1, 1)
        fields.add("Parts", parts, wide=True)
        self._latent_rows = QWidget()
        latents = FieldGrid()
        self._latent_rows.setLayout(latents)
        latents.add("Sound", self.renderer, wide=True)
        seed = forms.row(self.seed, self.take)
        seed.setStretch(0, 1)
        latents.add("Seed", seed, wide=True).setBuddy(self.seed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE)
        column.addLayout(fields)
        column.addWidget(self._latent_rows)

    def _connect(self) -> None:
        self.name.editingFinished.connect(self._name_finished)
        self._connect_number(
            self.start, "move", lambda a, ids, v: _move_to(a, ids, _bars(v - 1)), moves=True
        )
        self._connect_number(self.length, "length", lambda a, ids, v: _resize(a, ids, _bars(v)))
        self._connect_number(self.gain, "clip gain", lambda a, ids, v: _set(a, ids, gain_db=v))
        self._connect_number(self.fade_in, "fade in", lambda a, ids, v: _fade_in(a, ids, _beats(v)))
        self._connect_number(
            self.fade_out, "fade out", lambda a, ids, v: _fade_out(a, ids, _beats(v))
        )
        self._connect_number(
            self.seed, "seed", lambda a, ids, v: _set_latents(a, ids, seed=round(v))
        )
        self.bass_swap.clicked.connect(lambda: self._switch("bass swap", "bass_swap"))
        self.bass_cut.clicked.connect(lambda: self._switch("bass cut", "bass_cut"))
        self.mid_cut.clicked.connect(lambda: self._switch("mid cut", "mid_cut"))
        self.treble_cut.clicked.connect(lambda: self._switch("treble cut", "treble_cut"))
        for number, box in enumerate(self.parts):
            box.clicked.connect(partial(self._switch_part, number))
        for number, field in enumerate(self.part_gains):
            field.chosen.connect(partial(self._set_part_gain, number))
        self._connect_number(
            self.transpose, "transpose", lambda a, ids, v: _transpose(a, ids, round(v))
        )
        self._connect_number(
            self.stereo_width, "width", lambda a, ids, v: _set(a, ids, width=v / 100.0)
        )
        self.renderer.activated.connect(self._renderer_chosen)
        self.take.clicked.connect(lambda: self._request("another take", _another_take))

    def _connect_number(
        self, field: NumberField, name: str, edit: NumberEdit, *, moves: bool = False
    ) -> None:
        def request(value: float) -> None:
            self._request(name, lambda a, ids: edit(a, ids, value), field=name, moves=moves)

        field.chosen.connect(request)

    def _request(self, name: str, edit: Edit, *, field: str = "", moves: bool = False) -> None:
        self.edit_requested.emit(EditRequest(name, field, edit, moves))

    @Slot()
    def _name_finished(self) -> None:
        name = self.name.text().strip()
        if self.name.isModified():
            self.name.setModified(False)
            self._request("rename clip", lambda a, ids: _set(a, ids, name=name))

    def _switch(self, name: str, field: str) -> None:
        box: SwitchField = getattr(self, field)
        on = box.checkState() is not Qt.CheckState.Unchecked
        self._request(name, lambda a, ids: _set(a, ids, **{field: on}))

    def _switch_part(self, part: int) -> None:
        on = self.parts[part].checkState() is not Qt.CheckState.Unchecked
        self._request("parts", lambda a, ids: _hear_part(a, ids, part, on))

    def _set_part_gain(self, part: int, gain_db: float) -> None:
        name = f"gain of the {PARTS[part]}"
        self._request(name, lambda a, ids: _amplify_part(a, ids, part, gain_db), field=name)

    @Slot(int)
    def _renderer_chosen(self, index: int) -> None:
        key = self.renderer.itemData(index)
        self._request("renderer", lambda a, ids: _set_latents(a, ids, renderer=key))


def _move_to(arrangement: Arrangement, ids: Ids, tick: int) -> Arrangement:
    """Move the clips together so that the earliest one starts at `tick`."""
    earliest = min(arrangement.clip(clip_id).start for clip_id in ids)
    return edits.move(arrangement, ids, ticks=tick - earliest)


def _resize(arrangement: Arrangement, ids: Ids, ticks: int) -> Arrangement:
    """Make each clip `ticks` long; a clip that a longer one has covered meanwhile is left out."""
    for clip_id in ids:
        remaining = {clip.id: clip for clip in arrangement.clips()}
        if clip_id in remaining:
            end = remaining[clip_id].start + ticks
            arrangement = edits.trim_end(arrangement, clip_id, end)
    return arrangement


def _set(arrangement: Arrangement, ids: Ids, **fields: object) -> Arrangement:
    return edits.change_clips(arrangement, ids, lambda clip: clip.changed(**fields))


def _transpose(arrangement: Arrangement, ids: Ids, semitones: int) -> Arrangement:
    return edits.change_clips(
        arrangement,
        ids,
        lambda clip: clip.changed(
            source=with_singles(clip.source, lambda it: replace(it, transpose=semitones))
        ),
    )


def _hear_part(arrangement: Arrangement, ids: Ids, part: int, on: bool) -> Arrangement:
    return edits.change_clips(
        arrangement,
        ids,
        lambda clip: clip.changed(source=with_part_heard(clip.source, part, on)),
    )


def _amplify_part(arrangement: Arrangement, ids: Ids, part: int, gain_db: float) -> Arrangement:
    return edits.change_clips(
        arrangement,
        ids,
        lambda clip: clip.changed(source=with_part_gain(clip.source, part, gain_db)),
    )


def _fade_in(arrangement: Arrangement, ids: Ids, ticks: int) -> Arrangement:
    """Set the fade-in, shortened where the fade-out leaves no room."""
    return edits.change_clips(
        arrangement,
        ids,
        lambda clip: clip.changed(fade_in=min(ticks, clip.length - clip.fade_out)),
    )


def _fade_out(arrangement: Arrangement, ids: Ids, ticks: int) -> Arrangement:
    """Set the fade-out, shortened where the fade-in leaves no room."""
    return edits.change_clips(
        arrangement,
        ids,
        lambda clip: clip.changed(fade_out=min(ticks, clip.length - clip.fade_in)),
    )


def _another_take(arrangement: Arrangement, ids: Ids) -> Arrangement:
    """The next seed for every latent: the same point of the map, other noise and phases."""
    return _change_latents(arrangement, ids, lambda it: replace(it, seed=it.seed + 1))


def _set_latents(
    arrangement: Arrangement, ids: Ids, *, renderer: str | None = None, seed: int | None = None
) -> Arrangement:
    """Set the renderer or the seed of the latents among the clips."""
    return _change_latents(
        arrangement,
        ids,
        lambda it: replace(
            it,
            renderer=it.renderer if renderer is None else renderer,
            seed=it.seed if seed is None else seed,
        ),
    )


def _change_latents(
    arrangement: Arrangement, ids: Ids, change: Callable[[LatentSource], LatentSource]
) -> Arrangement:
    def changed(clip: Clip) -> Clip:
        return clip.changed(source=with_latents(clip.source, change))

    return edits.change_clips(arrangement, ids, changed)


def _bars(bars: float) -> int:
    return round(bars * TICKS_PER_BAR)


def _beats(beats: float) -> int:
    return round(beats * TICKS_PER_BEAT)
