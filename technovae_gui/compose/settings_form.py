"""Everything of a composition but its energy."""

from __future__ import annotations

import random
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from technovae_gui import theme
from technovae_gui.compose.length import Length
from technovae_gui.compose.tempo import Tempo
from technovae_gui.widgets import forms

_SEEDS = 2**31 - 1
_MORPHS = (("every four bars", "segment"), ("every bar", "bar"))
_RENDERERS = (
    ("guided by your audio", "guided"),
    ("from the latents alone (phase)", "phase"),
    ("Griffin-Lim (the classic)", "griffin_lim"),
)
_NO_START = "click a dot on the map first"


class SettingsForm(QWidget):
    """Signals: changed(): length or tempo is another one."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._start: str | None = None
        self._path: Any = None
        self.title = QLineEdit()
        self.title.setPlaceholderText("untitled")
        self.title.setToolTip("Name of the track")
        self.length = Length()
        self.tempo = Tempo()
        self.morph = forms.combo(*_MORPHS, tip="How often the music moves on")
        self.renderer = forms.combo(*_RENDERERS, tip="What turns latents into sound")
        self.seed = QSpinBox()
        self.seed.setRange(0, _SEEDS)
        self.seed.setToolTip("The same seed and settings give the same track")
        self.dice = forms.button("Another", "Another seed, another track", name="Another seed")
        self.start = QCheckBox(_NO_START)
        self.start.setAccessibleName("Begin on the segment chosen on the map")
        self.path = QCheckBox("the path drawn on the map")
        self.path.setAccessibleName("Stay near the path drawn on the map")
        self._lay_out()
        self.dice.clicked.connect(self.roll)
        self.length.changed.connect(self.changed)
        self.tempo.changed.connect(self._tempo_changed)
        self.set_start(None, "")
        self.set_path(None)

    def set_start(self, segment_id: str | None, title: str) -> None:
        """The segment chosen on the map, to begin on if that is ticked; None: none."""
        self._start = segment_id or None
        _offer(self.start, bool(segment_id), title, _NO_START)
        self.start.setToolTip(
            "Begin on the segment chosen on the map; else a good opening is chosen"
        )

    def set_path(self, points: Any) -> None:
        """The path drawn on the map, which ticks that; None: there is none."""
        there = points is not None and len(points) > 1
        self._path = points if there else None
        _offer(self.path, there, "the path drawn on the map", "draw a path on the map first (P)")
        self.path.setChecked(there)
        self.path.setToolTip("Only music near the path is used")

    def options(self) -> dict[str, Any]:
        """For `ComposeOptions`, without the energy."""
        return {
            **self.length.options(),
            "bpm": self.tempo.bpm,
            "start": self._start if self.start.isChecked() else None,
            "morph": self.morph.currentData(),
            "renderer": self.renderer.currentData(),
            "seed": self.seed.value(),
            "title": self.title.text().strip(),
        }

    def chosen_path(self) -> Any:
        """The path, if the music is to stay near it."""
        return self._path if self.path.isChecked() else None

    def roll(self) -> None:
        """Another seed."""
        self.seed.setValue(random.randrange(1_000_000))

    def _tempo_changed(self) -> None:
        self.length.set_bpm(self.tempo.bpm)
        self.changed.emit()

    def _lay_out(self) -> None:
        form = forms.form()
        forms.add_row(form, "Title", self.title)
        forms.add_row(form, "Length", self.length)
        forms.add_row(form, "Tempo", self.tempo)
        forms.add_row(form, "Moves on", self.morph)
        forms.add_row(form, "Renderer", self.renderer)
        seed = forms.row(self.seed, self.dice)
        seed.setStretch(0, 1)
        forms.add_row(form, "Seed", seed).setBuddy(self.seed)
        forms.add_row(form, "Begin on", self.start)
        forms.add_row(form, "Stay near", self.path)
        self.seed.setAccessibleName("Seed")
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.SPACE)
        rows.addLayout(form)


def _offer(box: QCheckBox, there: bool, text: str, missing: str) -> None:
    box.setEnabled(there)
    box.setText(text if there else missing)
    if not there:
        box.setChecked(False)
