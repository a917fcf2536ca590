"""The equaliser, the filters and the sends of a lane: kill switches, gains, cutoffs, levels."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from core.arrangement import edits
from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.automation import ECHO, HIGH_PASS, LOW_PASS, RESONANCE, REVERB
from core.arrangement.lane_effects import (
    CUTOFF_MAX_HZ,
    CUTOFF_MIN_HZ,
    EQ_MAX_DB,
    EQ_MIN_DB,
    SEND_MAX_DB,
    SEND_MIN_DB,
    LaneEffects,
)
from technovae_gui import theme
from technovae_gui.document import Document
from technovae_gui.timeline import paint_cache
from technovae_gui.timeline.controls import Dial, DragNumber
from technovae_gui.timeline.labels import signed_db

HEIGHT: Final = 83
"""Pixels of its four rows."""
_ROW: Final = 18
_POPUP_WIDTH: Final = 252
_BANDS: Final = (("bass", "Low"), ("mid", "Mid"), ("treble", "High"))
_OCTAVES: Final = (math.log2(CUTOFF_MIN_HZ), math.log2(CUTOFF_MAX_HZ))
_FLAT_REACH_DB: Final = 0.3
_OFF: Final = "off"


class LaneEffectsPanel(QWidget):
    """Shows the effects of one lane and edits them; a drag is one step of undo.

    Args:
        document: what is edited.
        lane_id: the lane.
        dials: whether there is room for dials, which show numbers otherwise.
    """

    def __init__(
        self,
        document: Document,
        lane_id: str,
        parent: QWidget | None = None,
        *,
        dials: bool = False,
    ) -> None:
        super().__init__(parent)
        self._document, self._lane_id = document, lane_id
        self._effects = LaneEffects()
        self.kills = {
            band: _kill_button(name, face="Kill" if dials else name) for band, name in _BANDS
        }
        self.gains = {
            band: _number(
                dials,
                name if dials else "",
                f"{name} gain",
                (EQ_MIN_DB, EQ_MAX_DB),
                signed_db,
                " dB",
                centred=True,
                step=1.0,
                per_pixel=0.25,
            )
            for band, name in _BANDS
        }
        self.high_pass = _cutoff(
            dials, "High-pass" if dials else "HP", "High-pass", default=_OCTAVES[0]
        )
        self.low_pass = _cutoff(
            dials, "Low-pass" if dials else "LP", "Low-pass", default=_OCTAVES[1]
        )
        self.resonance = _number(
            dials,
            "Resonance" if dials else "Q",
            "Resonance",
            (0.0, 1.0),
            lambda it: f"{100 * it:.0f}",
            " %",
            step=0.05,
            per_pixel=0.01,
        )
        self.echo = _send(dials, "Echo", "Echo send")
        self.reverb = _send(dials, "Reverb" if dials else "Rev", "Reverb send")
        self.returns = QToolButton()
        self.returns.setText("Returns")
        self.returns.setFixedHeight(_ROW)
        self.returns.setSizePolicy(DragNumber.POLICY)
        self.returns.setMinimumWidth(1)
        self.returns.setFont(paint_cache.font(2.0))
        self.returns.setToolTip("The echo and the reverb that all lanes send to")
        self.returns.setAccessibleName("Returns")
        self.returns.setStyleSheet("QToolButton { padding: 0; }")
        self.returns.clicked.connect(self.open_returns)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(3)
        for column, (band, _) in enumerate(_BANDS):
            # Below a dial that is named, above a number that is not.
            grid.addWidget(self.kills[band], int(dials), column)
            grid.addWidget(self.gains[band], int(not dials), column)
            self._connect_band(band)
        for column, (number, field) in enumerate(
            (
                (self.high_pass, "high_pass_hz"),
                (self.low_pass, "low_pass_hz"),
                (self.resonance, "resonance"),
            )
        ):
            grid.addWidget(number, 2, column)
            self._connect_filter(number, field)
        for column, (number, field) in enumerate(
            ((self.echo, "echo_db"), (self.reverb, "reverb_db"))
        ):
            grid.addWidget(number, 3, column)
            self._connect_send(number, field)
        grid.addWidget(self.returns, 3, 2)
        for column in range(3):
            grid.setColumnStretch(column, 1)

    def show_effects(self, effects: LaneEffects) -> None:
        """Show other settings."""
        self._effects = effects
        for band, _ in _BANDS:
            self.kills[band].setChecked(getattr(effects, f"{band}_kill"))
            self.gains[band].show_value(getattr(effects, f"{band}_db"))
        self.high_pass.show_value(math.log2(effects.high_pass_hz))
        self.low_pass.show_value(math.log2(effects.low_pass_hz))
        self.resonance.show_value(effects.resonance)
        self.echo.show_value(effects.echo_db)
        self.reverb.show_value(effects.reverb_db)

    def show_lane(self, lane: Lane) -> None:
        """Show another state of the lane; what is automated cannot be set here."""
        self.show_effects(lane.effects)
        for number, kind in (
            (self.high_pass, HIGH_PASS),
            (self.low_pass, LOW_PASS),
            (self.resonance, RESONANCE),
            (self.echo, ECHO),
            (self.reverb, REVERB),
        ):
            number.setEnabled(lane.curve(kind.name) is None)

    def open_returns(self) -> None:
        """Show the settings of echo and reverb below the button."""
        from technovae_gui.timeline.returns_popup import ReturnsPopup

        popup = ReturnsPopup(self._document, self)
        popup.open_at(self.returns.mapToGlobal(QPoint(0, self.returns.height() + 2)))

    def _connect_band(self, band: str) -> None:
        self.kills[band].clicked.connect(lambda on: self._set(**{f"{band}_kill": on}))
        self.gains[band].changed.connect(
            lambda db, serial: self._set(serial, **{f"{band}_db": _rounded_db(db)})
        )

    def _connect_filter(self, number: DragNumber, field: str) -> None:
        def changed(value: float, serial: int) -> None:
            setting = round(value, 3) if number is self.resonance else _hertz(value)
            self._set(serial, **{field: setting})

        number.changed.connect(changed)

    def _connect_send(self, number: DragNumber, field: str) -> None:
        number.changed.connect(lambda db, serial: self._set(serial, **{field: round(db, 1)}))

    def _set(self, serial: int | None = None, **fields: float | bool) -> None:
        lane_id = self._lane_id

        def change(now: Arrangement) -> Arrangement:
            effects = now.lane(lane_id).effects.changed(**fields)
            return edits.set_lane(now, lane_id, effects=effects)

        merge = None if serial is None else ("effects", *fields, lane_id, id(self), serial)
        self._document.edit("lane effects", change, merge=merge)
        self.show_lane(self._document.arrangement.lane(lane_id))


class LaneEffectsPopup(QWidget):
    """The panel over the timeline, for lanes too low to hold it; a click outside closes it.

    Args:
        title: name of the lane.
        panel: what it shows.
        parent: of the popup.
    """

    def __init__(self, title: str, panel: LaneEffectsPanel, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setObjectName("effects")
        self.setStyleSheet(
            f"#effects {{ background: {theme.RAISED}; border: 1px solid {theme.LINE_STRONG};"
            f" border-radius: {theme.RADIUS}px; }}"
        )
        heading = QLabel(title)
        heading.setProperty("heading", True)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 10)
        column.addWidget(heading)
        column.addWidget(panel)
        self.setFixedWidth(_POPUP_WIDTH)

    def open_at(self, point: QPoint) -> None:
        """Show it with its upper left corner at a point of the screen, or above where it ends."""
        self.adjustSize()
        screen = self.screen().availableGeometry()
        y = min(point.y(), screen.bottom() - self.height())
        self.move(min(point.x(), screen.right() - self.width()), y)
        self.show()


def _kill_button(name: str, *, face: str) -> QToolButton:
    button = QToolButton()
    button.setText(face)
    button.setCheckable(True)
    button.setFixedHeight(_ROW)
    button.setSizePolicy(DragNumber.POLICY)
    button.setFont(paint_cache.font(2.0))
    button.setAccessibleName(f"Kill {name.lower()}")
    button.setToolTip(f"{name}: leave it out altogether")
    button.setStyleSheet(
        "QToolButton { padding: 0; }"
        f" QToolButton:!checked:!hover {{ background: {theme.GROUND}; }}"
        f" QToolButton:checked {{ background: {theme.BAD}; color: {theme.GROUND}; }}"
    )
    return button


def _number(
    dial: bool,
    caption: str,
    name: str,
    span: tuple[float, float],
    text: Callable[[float], str],
    unit: str,
    *,
    centred: bool = False,
    **steps: float,
) -> DragNumber:
    """A dial, or a number with its caption before it, where there is no room for the unit."""
    if dial:

        def with_unit(value: float) -> str:
            shown = text(value)
            return shown if shown == _OFF else f"{shown}{unit}"

        return Dial(caption, name, span, with_unit, centred=centred, **steps)
    return DragNumber(name, span, lambda it: f"{caption} {text(it)}".strip(), **steps)


def _cutoff(dial: bool, caption: str, name: str, *, default: float) -> DragNumber:
    off = _hertz(default)

    def text(octaves: float) -> str:
        hertz = _hertz(octaves)
        if hertz == off:
            return _OFF
        if dial:
            return f"{hertz / 1000:.1f} kHz" if hertz >= 1000 else f"{hertz:.0f} Hz"
        return f"{hertz / 1000:.1f}k" if hertz >= 1000 else f"{hertz:.0f}"

    return _number(
        dial, caption, name, _OCTAVES, text, "", step=0.25, per_pixel=0.05, default=default
    )


def _send(dial: bool, caption: str, name: str) -> DragNumber:
    return _number(
        dial,
        caption,
        name,
        (SEND_MIN_DB, SEND_MAX_DB),
        lambda db: _OFF if db <= SEND_MIN_DB else f"{db:.0f}",
        " dB",
        step=1.0,
        per_pixel=0.5,
        default=SEND_MIN_DB,
    )


def _hertz(octaves: float) -> float:
    """A cutoff in whole hertz; the ends of the range are exact."""
    return float(min(max(round(2.0**octaves), CUTOFF_MIN_HZ), CUTOFF_MAX_HZ))


def _rounded_db(db: float) -> float:
    """Tenths of a dB; close to 0 it is 0."""
    return 0.0 if abs(db) < _FLAT_REACH_DB else round(db, 1)
