"""How the window divides its space between transport, map, panels and timeline."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QSplitter, QTabWidget, QVBoxLayout, QWidget

from technovae_gui.widgets.banners import Banners

SIDE_WIDTH = 430
"""Pixels of the panels at the right, at first."""
_LAPTOP_SIZE = QSize(1440, 900)
_DESK_SHARE = 0.88
"""Of the width and height of a larger screen."""


def first_size(screen: QSize) -> QSize | None:
    """The size of the window at the first start.

    Args:
        screen: what the desktop leaves free of it.

    Returns:
        Most of a large screen; None for all of one as small as a laptop's.
    """
    if screen.width() <= _LAPTOP_SIZE.width() or screen.height() <= _LAPTOP_SIZE.height():
        return None
    return QSize(round(screen.width() * _DESK_SHARE), round(screen.height() * _DESK_SHARE))


class Layout(QWidget):
    """Transport above, map and tabs of panels side by side, timeline below; all resizable."""

    def __init__(self, transport: QWidget, map_view: QWidget, timeline: QWidget) -> None:
        super().__init__()
        self.banners = Banners()
        self._pages: dict[QWidget, QWidget] = {}
        self.side = QTabWidget()
        self.side.setDocumentMode(True)
        self.side.tabBar().setDrawBase(False)
        self.side.setMinimumWidth(330)
        self.side.tabBar().setExpanding(True)
        self.side.setAccessibleName("Panels")
        self.across = QSplitter(Qt.Orientation.Horizontal)
        self.across.addWidget(map_view)
        self.across.addWidget(self.side)
        self.across.setStretchFactor(0, 1)
        self.across.setCollapsible(0, False)
        self.down = QSplitter(Qt.Orientation.Vertical)
        self.down.addWidget(self.across)
        self.down.addWidget(timeline)
        self.down.setStretchFactor(0, 3)
        self.down.setStretchFactor(1, 2)
        for splitter in (self.across, self.down):
            splitter.setHandleWidth(3)
            splitter.setChildrenCollapsible(True)
        self.down.setCollapsible(0, False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(transport)
        column.addWidget(self.banners)
        column.addWidget(self.down, 1)

    def arrange(self, width: int, height: int) -> None:
        """Divide the window as at the first start.

        Args:
            width: of the window, in pixels.
            height: of the window, in pixels.
        """
        self.across.setSizes([width - SIDE_WIDTH, SIDE_WIDTH])
        self.down.setSizes([round(height * 0.58), round(height * 0.42)])

    def add_tab(self, widget: QWidget, name: str, shortcut: str, *, scrolls: bool = False) -> None:
        """Add a panel at the right.

        Args:
            widget: the panel.
            name: on its tab.
            shortcut: that shows it, for the tool tip.
            scrolls: whether it scrolls by itself; otherwise it is put into a scroll area.
        """
        page = widget if scrolls else _scrolled(widget)
        self._pages[widget] = page
        index = self.side.addTab(page, name)
        self.side.setTabToolTip(index, f"{name} ({shortcut})")

    def show_tab(self, widget: QWidget) -> None:
        """Show a panel, also where the right side was closed."""
        self.show_tab_at(self.side.indexOf(self._pages[widget]))

    def show_tab_at(self, index: int) -> None:
        """Show the panel with this index, counted from 0."""
        if self.across.sizes()[1] == 0:
            width = sum(self.across.sizes())
            self.across.setSizes([width - SIDE_WIDTH, SIDE_WIDTH])
        self.side.setCurrentIndex(index)


def _scrolled(widget: QWidget) -> QScrollArea:
    scroll = QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setWidget(widget)
    return scroll
