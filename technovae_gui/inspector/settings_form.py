"""The settings of the selected clips as a form: what is shared edits all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from core.arrangement.arrangement import Arrangement
from core.arrangement.clip import GAIN_MAX_DB, GAIN_MIN_DB, Clip, LatentSource
from core.settings import TICKS_PER_BAR, TICKS_PER_BEAT
from technovae_gui import theme
from technovae_gui.inspector import changes
from technovae_gui.inspector.fields import MIXED, ChoiceField, NumberField, SwitchField

Change = Callable[[Arrangement, Sequence[str]], Arrangement]

_RENDERERS = {"guided": "Guided", "phase": "Phase", "griffin_lim": "Griffin-Lim"}
_MOST_BARS = 100_000.0
_MOST_SEED = 2**31 - 1
_SIXTEENTH = 0.0625
"""Of a bar."""


class SettingsForm(QWidget):
    """Shows clips and asks for changes.

    Signals:
        asked(str name of the step, str field, object change): `change(arrangement, ids)`
    """

    asked = Signal(str, str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = QLineEdit()
        self.name.setAccessibleName("Name")
        self.start = NumberField("Position", 1.0, _MOST_BARS, 1.0, 4)
        self.length = NumberField("Length", _SIXTEENTH, _MOST_BARS, 1.0, 4, " bars")
        self.gain = NumberField("Gain", GAIN_MIN_DB, GAIN_MAX_DB, 0.5, 1, " dB")
        self.fade_in = NumberField("Fade in", 0.0, 4 * _MOST_BARS, 1.0, 3, " beats")
        self.fade_out = NumberField("Fade out", 0.0, 4 * _MOST_BARS, 1.0, 3, " beats")
        self.bass_swap = SwitchField("Bass swap where it comes in")
        self.bass_cut = SwitchField("Leave out the bass")
        self.renderer = ChoiceField("Renderer", _RENDERERS)
        self.seed = NumberField("Seed", 0, _MOST_SEED, 1, 0)
        self.take = QPushButton("Another take")
        self.take.setToolTip("The next seed: the same sound with other noise and phases")
        self._lay_out()
        self._connect()

    def show_clips(self, clips: Sequence[Clip]) -> None:
        """Mirror `clips`, at least one."""
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
        latents = [clip.source for clip in clips if isinstance(clip.source, LatentSource)]
        self._latent_rows.setVisible(bool(latents))
        self.renderer.show_values(source.renderer for source in latents)
        self.seed.show_values(source.seed for source in latents)

    def _show_name(self, names: set[str]) -> None:
        text = names.pop() if len(names) == 1 else ""
        self.name.setPlaceholderText("" if text else MIXED if names else "no name of its own")
        if text != self.name.text():
            self.name.setText(text)

    def _lay_out(self) -> None:
        form = _form(self)
        form.addRow("Name", self.name)
        form.addRow("Bar", self.start)
        form.addRow("Length", self.length)
        form.addRow("Gain", self.gain)
        fades = QHBoxLayout()
        fades.setSpacing(theme.SPACE)
        for field, prefix in ((self.fade_in, "in  "), (self.fade_out, "out  ")):
            field.setPrefix(prefix)
            fades.addWidget(field, 1)
        form.addRow("Fades", fades)
        form.addRow(self.bass_swap)
        form.addRow(self.bass_cut)
        self._latent_rows = QWidget()
        latents = _form(self._latent_rows)
        latents.addRow("Renderer", self.renderer)
        seed = QHBoxLayout()
        seed.setSpacing(theme.SPACE)
        seed.addWidget(self.seed, 1)
        seed.addWidget(self.take)
        latents.addRow("Seed", seed)
        form.addRow(self._latent_rows)

    def _connect(self) -> None:
        self.name.editingFinished.connect(self._name_done)
        self._number(self.start, "move", lambda a, ids, v: changes.start_at(a, ids, _bars(v - 1)))
        self._number(self.length, "length", lambda a, ids, v: changes.last_for(a, ids, _bars(v)))
        self._number(
            self.gain, "clip gain", lambda a, ids, v: changes.set_fields(a, ids, gain_db=v)
        )
        for field, into, name in (
            (self.fade_in, True, "fade in"),
            (self.fade_out, False, "fade out"),
        ):
            self._number(
                field,
                name,
                lambda a, ids, v, into=into: changes.fade(a, ids, into=into, ticks=_beats(v)),
            )
        self._number(self.seed, "seed", lambda a, ids, v: changes.set_seed(a, ids, round(v)))
        self.bass_swap.clicked.connect(lambda: self._switched("bass swap", "bass_swap"))
        self.bass_cut.clicked.connect(lambda: self._switched("bass cut", "bass_cut"))
        self.renderer.activated.connect(self._renderer_chosen)
        self.take.clicked.connect(lambda: self.asked.emit("another take", "", changes.another_take))

    def _number(
        self,
        field: NumberField,
        name: str,
        change: Callable[[Arrangement, Sequence[str], float], Arrangement],
    ) -> None:
        field.chosen.connect(
            lambda value: self.asked.emit(name, name, lambda a, ids: change(a, ids, value))
        )

    def _name_done(self) -> None:
        name = self.name.text().strip()
        if self.name.isModified():
            self.name.setModified(False)
            self.asked.emit("rename clip", "", lambda a, ids: changes.set_fields(a, ids, name=name))

    def _switched(self, name: str, field: str) -> None:
        box: SwitchField = getattr(self, field)
        on = box.checkState() is not Qt.CheckState.Unchecked
        self.asked.emit(name, "", lambda a, ids: changes.set_fields(a, ids, **{field: on}))

    def _renderer_chosen(self, index: int) -> None:
        key = self.renderer.itemData(index)
        self.asked.emit("renderer", "", lambda a, ids: changes.set_renderer(a, ids, key))


def _form(parent: QWidget) -> QFormLayout:
    form = QFormLayout(parent)
    form.setContentsMargins(0, 0, 0, 0)
    form.setVerticalSpacing(6)
    form.setHorizontalSpacing(12)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    return form


def _bars(bars: float) -> int:
    return round(bars * TICKS_PER_BAR)


def _beats(beats: float) -> int:
    return round(beats * TICKS_PER_BEAT)
