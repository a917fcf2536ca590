"""Where the panels sit in the window."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QSplitter, QTabWidget, QVBoxLayout, QWidget

from technovae_gui.widgets.banners import Banners

SIDE_WIDTH = 430
_LAPTOP = QSize(1440, 900)
_SHARE = 0.88


def first_size(screen: QSize) -> QSize | None:
    """Of a window that was never opened before, on a `screen` with so much room: most of it; None
    for all of it, where there is no more than a laptop has."""
    if screen.width() <= _LAPTOP.width() or screen.height() <= _LAPTOP.height():
        return None
    return QSize(round(screen.width() * _SHARE), round(screen.height() * _SHARE))


class Layout(QWidget):
    """Transport above; map beside the side panel's tabs; the timeline below, all resizable."""

    def __init__(self, transport: QWidget, map_view: QWidget, timeline: QWidget) -> None:
        super().__init__()
        self.banners = Banners()
        self._tabs: dict[QWidget, QWidget] = {}
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
        """Sizes for a window that was never opened before."""
        self.across.setSizes([width - SIDE_WIDTH, SIDE_WIDTH])
        self.down.setSizes([round(height * 0.58), round(height * 0.42)])

    def add_tab(self, widget: QWidget, name: str, shortcut: str, *, scrolls: bool = False) -> None:
        """A panel at the right; one that does not scroll by itself is made to where it needs more
        height than there is."""
        page = widget if scrolls else _scrolled(widget)
        self._tabs[widget] = page
        index = self.side.addTab(page, name)
        self.side.setTabToolTip(index, f"{name} ({shortcut})")

    def show_tab(self, widget: QWidget) -> None:
        """Bring a panel to the front, opening the side if it is closed."""
        self.show_tab_at(self.side.indexOf(self._tabs[widget]))

    def show_tab_at(self, index: int) -> None:
        """The same by its place, from 0."""
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
