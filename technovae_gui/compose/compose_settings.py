"""The settings of a composition: title, length, tempo, renderer, seed, start and path."""

from __future__ import annotations

import math
import random
from typing import Any

from numpy.typing import NDArray
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from core.settings import BEATS_PER_BAR, TEMPO_PRIOR
from technovae_gui import theme
from technovae_gui.widgets import forms
from technovae_gui.widgets.forms import FieldGrid
from technovae_gui.widgets.renderer_names import RENDERER_NAMES

_MINUTES, _BARS = range(2)
_PROJECT_TEMPO, _LIBRARY_TEMPO, _OTHER_TEMPO = range(3)
_MAX_MINUTES = 180.0
_MAX_BARS = 6000
_MAX_SEED = 2**31 - 1
_BOX_WIDTH = 84
_MORPHS = (("every four bars", "segment"), ("every bar", "bar"))
_NO_START = "Click a dot on the map first"
_PATH = "The path on the map, from its start to its end"
_NO_PATH = "Draw a path on the map first (P)"


class ComposeSettings(QWidget):
    """Everything of a composition but its energy.

    Signals:
        changed(): length or tempo changed.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._start_id: str | None = None
        self._path: NDArray[Any] | None = None
        self.title = QLineEdit()
        self.title.setPlaceholderText("untitled")
        self.title.setToolTip("Name of the track")
        self.length = LengthField()
        self.tempo = TempoField()
        self.morph = forms.combo(*_MORPHS, tip="How often the music moves on")
        self.renderer = forms.combo(
            *((text, name) for name, text in RENDERER_NAMES.items()),
            tip="What the sound is made of",
        )
        self.seed = QSpinBox()
        self.seed.setRange(0, _MAX_SEED)
        self.seed.setToolTip("The same seed and settings give the same track")
        self.new_seed = forms.button("Another", "Another seed, another track", name="Another seed")
        self.start = QCheckBox(_NO_START)
        self.start.setAccessibleName("Begin on the segment chosen on the map")
        self.path = QCheckBox(_PATH)
        self.path.setAccessibleName("Go along the path drawn on the map")
        self._lay_out()
        self.new_seed.clicked.connect(self.randomise_seed)
        self.path.toggled.connect(self._offer_start)
        self.length.changed.connect(self.changed)
        self.tempo.changed.connect(self._tempo_changed)
        self.set_start(None, "")
        self.set_path(None)

    def set_start(self, segment_id: str | None, title: str) -> None:
        """Offer a segment to begin on.

        Args:
            segment_id: of the segment chosen on the map; None or empty for none.
            title: of the segment.
        """
        self._start_id = segment_id or None
        _offer(self.start, title if segment_id else "", missing=_NO_START)
        self._offer_start()

    @Slot()
    def _offer_start(self) -> None:
        along = self.path.isChecked()
        self.start.setEnabled(self._start_id is not None and not along)
        self.start.setToolTip(
            "A track along a path begins where the path does"
            if along
            else "Begin on the segment chosen on the map; else a good opening is chosen"
        )

    def set_path(self, points: NDArray[Any] | None) -> None:
        """Offer a path drawn on the map, and tick it: points (n, 2); None for no path."""
        self._path = points if points is not None and len(points) > 1 else None
        drawn = self._path is not None
        _offer(self.path, _PATH if drawn else "", missing=_NO_PATH)
        self.path.setChecked(drawn)
        self.path.setToolTip("The music walks along it; bass and tops come and go with the form")
        self._offer_start()

    def options(self) -> dict[str, Any]:
        """Arguments of `core.arrangement.compose.ComposeOptions`, all but the energy."""
        return {
            **self.length.options(),
            "bpm": self.tempo.bpm,
            "start": self._start_id if self.start.isChecked() else None,
            "morph": self.morph.currentData(),
            "renderer": self.renderer.currentData(),
            "seed": self.seed.value(),
            "title": self.title.text().strip(),
        }

    def chosen_path(self) -> NDArray[Any] | None:
        """The path, if the music is to go along it."""
        return self._path if self.path.isChecked() else None

    def randomise_seed(self) -> None:
        """Take another seed."""
        self.seed.setValue(random.randrange(1_000_000))

    def _tempo_changed(self) -> None:
        self.length.set_bpm(self.tempo.bpm)
        self.changed.emit()

    def _lay_out(self) -> None:
        fields = FieldGrid()
        fields.add("Title", self.title)
        fields.add("Length", self.length)
        fields.add("Tempo", self.tempo, wide=True)
        fields.add("Moves on", self.morph)
        fields.add("Sound", self.renderer)
        fields.add("Begin on", self.start, wide=True)
        fields.add("Go along", self.path, wide=True)
        seed = forms.row(self.seed, self.new_seed)
        seed.setStretch(0, 1)
        fields.add("Seed", seed, wide=True).setBuddy(self.seed)
        self.seed.setAccessibleName("Seed")
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.SPACE)
        rows.addLayout(fields)


class LengthField(QWidget):
    """A length in minutes or bars, which stays the same where the unit changes.

    Signals:
        changed()
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bpm = TEMPO_PRIOR
        self.amount = QDoubleSpinBox()
        self.amount.setMinimumWidth(_BOX_WIDTH)
        self.amount.setAccessibleName("Length")
        self.amount.setToolTip("Length of the track")
        self.unit = forms.combo(
            ("minutes", _MINUTES), ("bars", _BARS), tip="Minutes or bars", name="Unit of the length"
        )
        _lay_out_pair(self, self.amount, self.unit)
        self.setFocusProxy(self.amount)
        self._set_range(_MINUTES)
        self.amount.setValue(3.0)
        self.amount.valueChanged.connect(self.changed)
        self.unit.currentIndexChanged.connect(self._convert)

    def set_bpm(self, bpm: float) -> None:
        """The tempo by which minutes and bars are converted."""
        self._bpm = bpm

    def options(self) -> dict[str, float | int]:
        """`minutes` or `bars`, as an argument of `ComposeOptions`."""
        value = self.amount.value()
        return {"bars": round(value)} if self._in_bars() else {"minutes": value}

    def bars(self) -> int:
        """Whole bars that cover the length."""
        value = self.amount.value()
        if self._in_bars():
            return round(value)
        return max(1, math.ceil(value / self._bar_minutes() - 1e-6))

    def minutes(self) -> float:
        """The length in minutes."""
        value = self.amount.value()
        return value * self._bar_minutes() if self._in_bars() else value

    def _in_bars(self) -> bool:
        return self.unit.currentIndex() == _BARS

    def _bar_minutes(self) -> float:
        return BEATS_PER_BAR / self._bpm

    def _convert(self, unit: int) -> None:
        value, bar = self.amount.value(), self._bar_minutes()
        self.amount.blockSignals(True)
        self._set_range(unit)
        self.amount.setValue(round(value / bar / 4) * 4 if unit == _BARS else value * bar)
        self.amount.blockSignals(False)
        self.changed.emit()

    def _set_range(self, unit: int) -> None:
        bars = unit == _BARS
        self.amount.setDecimals(0 if bars else 2)
        self.amount.setRange(4 if bars else 0.1, _MAX_BARS if bars else _MAX_MINUTES)
        self.amount.setSingleStep(8 if bars else 0.5)


class TempoField(QWidget):
    """A tempo: the project's, the library's, or another.

    Signals:
        changed()
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project_bpm, self._library_bpm = TEMPO_PRIOR, TEMPO_PRIOR
        self.choice = forms.combo(
            ("as the project", _PROJECT_TEMPO),
            ("as the library", _LIBRARY_TEMPO),
            ("another", _OTHER_TEMPO),
            tip="Everything is brought to this tempo",
            name="Tempo",
        )
        self.box = QDoubleSpinBox()
        self.box.setMinimumWidth(_BOX_WIDTH)
        self.box.setRange(60.0, 200.0)
        self.box.setDecimals(2)
        self.box.setSuffix(" BPM")
        self.box.setAccessibleName("BPM")
        _lay_out_pair(self, self.choice, self.box)
        self.setFocusProxy(self.choice)
        self.choice.currentIndexChanged.connect(self._show_tempo)
        self.box.valueChanged.connect(self.changed)
        self._show_tempo()

    @property
    def bpm(self) -> float:
        """The tempo in BPM."""
        return self.box.value()

    def set_project_tempo(self, bpm: float) -> None:
        """Offer the arrangement's tempo, BPM, as that of the project."""
        self._project_bpm = bpm
        self._show_tempo()

    def set_library_tempo(self, bpm: float) -> None:
        """Offer the median tempo of the library, BPM."""
        self._library_bpm = bpm
        self._show_tempo()

    def _show_tempo(self) -> None:
        choice = self.choice.currentIndex()
        self.box.setEnabled(choice == _OTHER_TEMPO)
        if choice != _OTHER_TEMPO:
            self.box.setValue(self._project_bpm if choice == _PROJECT_TEMPO else self._library_bpm)


def _lay_out_pair(field: QWidget, left: QWidget, right: QWidget) -> None:
    row = QHBoxLayout(field)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(theme.SPACE)
    row.addWidget(left, 1)
    row.addWidget(right, 1)


def _offer(box: QCheckBox, text: str, *, missing: str) -> None:
    """Enable `box` with `text`; without one disable it and say what is missing."""
    box.setEnabled(bool(text))
    box.setText(text or missing)
    if not text:
        box.setChecked(False)
