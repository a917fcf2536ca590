"""The form of a composition: those to choose from, curves of energy, and the field that shows and
changes one."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Final

import numpy as np
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.arrangement import form
from core.arrangement.form_catalogue import CATALOGUE, Form
from technovae_gui import theme
from technovae_gui.compose.energy_curve import COLUMNS, EnergyCurve, Section
from technovae_gui.widgets import forms
from technovae_gui.widgets.forms import FieldGrid

BY_SEED: Final = "A form by the seed"
LEARNED: Final = "As your tracks are built"
DRAWN: Final = "Drawn by hand"
RANDOM: Final = "Random"

_BREAKPOINTS: Final = {
    "Warm-up": ((0, 0.15), (0.3, 0.35), (0.7, 0.55), (0.92, 0.65), (1, 0.45)),
    "Two drops": (
        *((0, 0.3), (0.16, 0.55), (0.24, 0.65), (0.27, 0.92), (0.46, 0.95), (0.5, 0.2)),
        *((0.6, 0.3), (0.67, 0.55), (0.7, 1.0), (0.88, 1.0), (0.92, 0.45), (1, 0.25)),
    ),
    "Ambient": ((0, 0.05), (0.3, 0.2), (0.55, 0.12), (0.8, 0.28), (1, 0.05)),
}
"""(position, height) of the corners of each preset, both 0..1."""
_FORMS: Final[dict[str, str | None]] = {
    BY_SEED: None,
    LEARNED: form.LEARNED,
    **{it.name.capitalize(): it.name for it in CATALOGUE},
}
"""Argument `form` of `ComposeOptions` by preset."""
PRESETS: Final = (*_FORMS, *_BREAKPOINTS, RANDOM, DRAWN)


def preset_sections(
    name: str, bars: int, seed: int = 0, learned: Sequence[Form] = ()
) -> list[form.FormSection]:
    """The sections of a form.

    Args:
        name: one of `PRESETS` that is a form and no curve.
        bars: length of the track.
        seed: of the composition.
        learned: forms of the user's own tracks.
    """
    wanted = _FORMS[name]
    if wanted == form.LEARNED and not learned:
        wanted = None  # composing says that there is nothing to learn from
    return form.plan(bars, wanted, seed, learned)


def preset_curve(name: str, bars: int, seed: int = 0, learned: Sequence[Form] = ()) -> list[float]:
    """The energy curve of a preset.

    Args:
        name: one of `PRESETS`.
        bars: length of the track.
        seed: of the composition.
        learned: forms of the user's own tracks.

    Returns:
        `COLUMNS` heights, 0..1.
    """
    if name in _FORMS or name == DRAWN:
        known = BY_SEED if name == DRAWN else name
        return _energy_of(preset_sections(known, bars, seed, learned), bars)
    if name == RANDOM:
        return _random_curve(seed)
    positions, heights = zip(*_BREAKPOINTS[name], strict=True)
    return [float(h) for h in np.interp(np.linspace(0, 1, COLUMNS), positions, heights)]


def _energy_of(sections: Sequence[form.FormSection], bars: int) -> list[float]:
    bars_of_columns = (np.arange(COLUMNS) + 0.5) * bars / COLUMNS
    return [form.energy_at(sections, float(bar)) for bar in bars_of_columns]


def _random_curve(seed: int) -> list[float]:
    """Plateaus of four to eight columns with a slope each: a form, not noise."""
    rng = np.random.default_rng(seed)
    heights: list[float] = []
    while len(heights) < COLUMNS:
        low = not heights or heights[-1] > 0.6
        level = rng.uniform(0.1, 0.5) if low else rng.uniform(0.6, 1.0)
        slope = rng.uniform(-0.02, 0.03)
        heights += [float(np.clip(level + slope * n, 0, 1)) for n in range(rng.integers(4, 9))]
    return heights[:COLUMNS]


def section_spans(sections: list[form.FormSection], bars: int) -> list[Section]:
    """Where the sections of a form lie; neighbours with the same name become one.

    Args:
        sections: in order, from the first bar to the last.
        bars: length of the track.
    """
    spans = []
    for name, group in itertools.groupby(sections, key=lambda section: section.name):
        members = list(group)
        spans.append(Section(name, members[0].start / bars, members[-1].end / bars))
    return spans


class EnergyForm(QWidget):
    """A preset, and the curve drawn from there with the sections it makes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars, self._seed = 96, 0
        self._learned: tuple[Form, ...] = ()
        self._stale = False
        self.preset = forms.combo(
            *((name, name) for name in PRESETS), tip="A form, or a curve to start from; then draw"
        )
        self.curve = EnergyCurve()
        self.facts = forms.note()
        fields = FieldGrid()
        fields.add("Form", self.preset, wide=True)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.SPACE)
        rows.addLayout(fields)
        rows.addWidget(self.curve, 1)
        rows.addWidget(self.facts)
        self.preset.currentTextChanged.connect(self._choose_preset)
        self.curve.drawn.connect(self._mark_drawn)
        self._show_curve()

    @property
    def name(self) -> str:
        """The preset's name; `DRAWN` once the curve was changed."""
        return str(self.preset.currentData())

    def form_name(self) -> str | None:
        """Argument `form` of `ComposeOptions`; None for one by the seed, and for curves."""
        return _FORMS.get(self.name)

    def heights(self) -> list[float] | None:
        """`COLUMNS` heights, 0..1, from start to end; None where a form is chosen."""
        if self.name in _FORMS:
            return None
        return [round(height, 4) for height in self.curve.heights]

    def set_length(self, bars: int, seed: int) -> None:
        """Fit forms and random curves to a track.

        Args:
            bars: its length.
            seed: of the composition.
        """
        self._bars, self._seed = bars, seed
        if self.name in _FORMS or self.name == RANDOM:
            self._show_curve()
        else:
            self._show_sections()

    def set_learned(self, learned: Sequence[Form]) -> None:
        """Take the forms of the user's own tracks."""
        self._learned = tuple(learned)
        if self.name in _FORMS:
            self._show_curve()

    def _choose_preset(self, name: str) -> None:
        if name != DRAWN:
            self.curve.save_undo_step()
            self._show_curve()
        self._show_sections()

    def _mark_drawn(self) -> None:
        self.preset.blockSignals(True)
        self.preset.setCurrentText(DRAWN)
        self.preset.blockSignals(False)
        self._show_sections()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        if self._stale:
            self._show_curve()

    def _show_curve(self) -> None:
        """A form is worked out when it is looked at: the window starts without it."""
        self._stale = self.name in _FORMS and not self.isVisible()
        if self._stale:
            return
        self.curve.show_curve(preset_curve(self.name, self._bars, self._seed, self._learned))
        self._show_sections()

    def _show_sections(self) -> None:
        if self.name in _FORMS:
            sections = preset_sections(self.name, self._bars, self._seed, self._learned)
        else:
            sections = form.plan_curve(self._bars, self.curve.heights)
        self.curve.show_sections(section_spans(sections, self._bars))
