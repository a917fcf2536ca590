"""The plots of training curves. Importing this module imports pyqtgraph."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from technovae_gui import theme

_FONT_PX: Final = theme.SMALL
_TITLE_PX: Final = 16
_AXIS_PX: Final = 36
_LATENTS: Final = 64


class CurvePlots(QWidget):
    """Four plots over the epochs, which cannot be scrolled or zoomed."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.SPACE)
        names = _legend(("library", theme.MEASURED), ("held out", theme.MEASURED_APART))
        error = self._plot(0, 0, f"dB: {names}")
        kl = self._plot(0, 1, "KL, nats")
        rate = self._plot(1, 0, "learning rate", left=_RateAxis("left"))
        active = self._plot(1, 1, "active latents")
        active.setYRange(0, _LATENTS, padding=0.06)
        dots = pg.mkPen(theme.GOOD, width=1, style=Qt.PenStyle.DotLine)
        self._mark = pg.InfiniteLine(angle=90, pen=dots)
        self._mark.setVisible(False)
        error.addItem(self._mark)
        self.curves: dict[str, pg.PlotDataItem] = {
            name: plot.plot(pen=pg.mkPen(colour, width=2), connect="finite")
            for name, plot, colour in (
                ("library_db", error, theme.MEASURED),
                ("held_out_db", error, theme.MEASURED_APART),
                ("kl", kl, theme.MEASURED),
                ("rate", rate, theme.MEASURED),
                ("active", active, theme.MEASURED),
            )
        }

    def draw(
        self, numbers: Sequence[int], values: Callable[[str], list[float]], saved: int | None
    ) -> None:
        """Draw all curves.

        Args:
            numbers: of the epochs.
            values: gives the values of the curve with this name, one per epoch.
            saved: number of the epoch to mark; None for none.
        """
        for name, curve in self.curves.items():
            curve.setData(list(numbers), values(name))
        self._mark.setVisible(saved is not None)
        self._mark.setPos(saved or 0)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """The contrast may have changed; pyqtgraph keeps the colours that it was given."""
        if event.type() == QEvent.Type.PaletteChange:
            for view in self.findChildren(pg.PlotWidget):
                _colour(view)
        super().changeEvent(event)

    def _plot(self, row: int, column: int, title: str, **axes: pg.AxisItem) -> pg.PlotItem:
        view = pg.PlotWidget(axisItems=axes)
        view.setMinimumWidth(0)
        view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._grid.addWidget(view, row, column)
        self._grid.setColumnStretch(column, 1)
        plot = view.getPlotItem()
        plot.layout.setContentsMargins(2, 2, 8, 2)
        plot.setTitle(title, size=f"{_FONT_PX}px")
        plot.titleLabel.setMaximumHeight(_TITLE_PX)
        plot.layout.setRowFixedHeight(0, _TITLE_PX)
        plot.setMenuEnabled(False)
        plot.hideButtons()
        plot.setMouseEnabled(x=False, y=False)
        plot.showGrid(x=False, y=True, alpha=0.15)
        for side in ("left", "bottom"):
            _style_axis(plot.getAxis(side))
        plot.getAxis("left").setWidth(_AXIS_PX)
        if row == 1:
            plot.setLabel("bottom", "epoch", **{"font-size": f"{_FONT_PX}px"})
            plot.getAxis("bottom").setHeight(32)
        else:
            plot.getAxis("bottom").setHeight(18)
        _colour(view)
        return plot


class _RateAxis(pg.AxisItem):  # type: ignore[misc]
    """Labels logarithms to base 10 with the rates they stand for."""

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:  # noqa: N802
        return [f"{10.0**value:.0e}".replace("e-0", "e-") for value in values]


def _style_axis(axis: Any) -> None:
    axis.setStyle(tickFont=theme.font(theme.SMALL), tickLength=-3, tickTextOffset=3, maxTickLevel=0)


def _colour(view: pg.PlotWidget) -> None:
    """Give a plot the theme's colours of now."""
    view.setBackground(theme.GROUND)
    plot = view.getPlotItem()
    plot.titleLabel.setText(plot.titleLabel.text, color=theme.DIM)
    for side in ("left", "bottom"):
        axis = plot.getAxis(side)
        axis.setPen(theme.LINE_STRONG)
        axis.setTextPen(theme.DIM)
        axis.labelStyle["color"] = theme.DIM
        axis.label.setHtml(axis.labelString())


def _legend(*parts: tuple[str, str]) -> str:
    return " · ".join(f'<span style="color: {colour}">{text}</span>' for text, colour in parts)
