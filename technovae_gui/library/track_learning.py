"""How often a training learns the selected tracks, and a training from them alone."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from core.library.tracks import Track
from core.library.training_weights import (
    WEIGHTS,
    TrackSpan,
    TrainingWeights,
    WeightRequest,
    how_often,
    span_of,
)
from technovae_gui.widgets import forms

_MIXED = "mixed"


class TrackLearning(QWidget):
    """A choice and a button for the selected tracks; hidden without any.

    Signals:
        weight_requested(WeightRequest): have a training learn the tracks so often.
        learn_requested(tuple[TrackSpan]): train from these tracks alone.
    """

    weight_requested = Signal(object)
    learn_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tracks: tuple[Track, ...] = ()
        self._weights = TrainingWeights()
        self.choice = forms.combo(
            *WEIGHTS, tip="How often a training learns the selected tracks", name="Training"
        )
        self.choice.setPlaceholderText(_MIXED)
        self.only = forms.button("Learn from only these", "Choose them for the next training")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(forms.caption("Training"))
        row.addWidget(self.choice, 1)
        row.addWidget(self.only)
        self.choice.activated.connect(self._weigh)
        self.only.clicked.connect(lambda: self.learn_requested.emit(self._spans()))
        self.hide()

    def show_tracks(self, tracks: Sequence[Track]) -> None:
        """Show how often these tracks are learned, which are selected."""
        self._tracks = tuple(tracks)
        self.setVisible(bool(tracks))
        self._show()

    def show_weights(self, weights: TrainingWeights) -> None:
        """Show other weights."""
        self._weights = weights
        self._show()

    def _show(self) -> None:
        named = {how_often([(weight, weight)]): row for row, (_, weight) in enumerate(WEIGHTS)}
        learned = how_often(map(self._weights.range_of, self._tracks))
        self.choice.setCurrentIndex(named.get(learned, -1))

    def _weigh(self, row: int) -> None:
        self.weight_requested.emit(WeightRequest(self._spans(), WEIGHTS[row][1]))

    def _spans(self) -> tuple[TrackSpan, ...]:
        return tuple(span_of(track) for track in self._tracks)
