"""How the window divides its space between transport, map, panels and timeline."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QByteArray, QEvent, QObject, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QScrollArea,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from technovae_gui.widgets import forms
from technovae_gui.widgets.banners import Banners

SIDE_WIDTH = 430
"""Pixels of the panels at the right, at first, in a window of a laptop's width."""
_SIDE_SHARE = 0.25
"""Of the width of a larger window."""
_MOST_SIDE_WIDTH = 640
_LEAST_MAP_SIZE = QSize(280, 180)
_LEAST_SIDE_WIDTH = 400
"""No panel is cut, and all tabs can be seen."""
_LEAST_TIMELINE_HEIGHT = 150
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
    """Transport above, map and tabs of panels side by side, timeline below; all resizable.

    No pane can be made so small that it is lost; panels and timeline can be hidden. Messages lie
    over the map (`banners`).

    Signals:
        panes_changed(): a pane was shown or hidden.
        panel_left(): the panel that has the focus is about to give way to another one.
    """

    panes_changed = Signal()
    panel_left = Signal()

    def __init__(self, transport: QWidget, map_view: QWidget, timeline: QWidget) -> None:
        super().__init__()
        self._timeline = timeline
        self._pages: dict[QWidget, QWidget] = {}
        self._reserved: dict[str, QWidget] = {}
        self.side = QTabWidget()
        self.side.setDocumentMode(True)
        self.side.tabBar().setDrawBase(False)
        self.side.setMinimumWidth(_LEAST_SIDE_WIDTH)
        self.side.tabBar().setExpanding(True)
        self.side.setAccessibleName("Panels")
        self.side.tabBarClicked.connect(self._leave_panel)
        self.side.tabBar().installEventFilter(self)
        self.across = QSplitter(Qt.Orientation.Horizontal)
        self.across.addWidget(map_view)
        self.across.addWidget(self.side)
        self.across.setStretchFactor(0, 1)
        self.down = QSplitter(Qt.Orientation.Vertical)
        self.down.addWidget(self.across)
        self.down.addWidget(timeline)
        self.down.setStretchFactor(0, 3)
        self.down.setStretchFactor(1, 2)
        for splitter in (self.across, self.down):
            splitter.setHandleWidth(3)
            splitter.setChildrenCollapsible(False)
        map_view.setMinimumSize(_LEAST_MAP_SIZE)
        timeline.setMinimumHeight(_LEAST_TIMELINE_HEIGHT)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(transport)
        column.addWidget(self.down, 1)
        self.banners = Banners(self)
        self.banners.lie_over(map_view)

    def arrange(self, width: int, height: int) -> None:
        """Divide the window as at the first start.

        Args:
            width: of the window, in pixels.
            height: of the window, in pixels.
        """
        side = min(max(SIDE_WIDTH, round(_SIDE_SHARE * width)), _MOST_SIDE_WIDTH)
        self.across.setSizes([width - side, side])
        self.down.setSizes([round(height * 0.58), round(height * 0.42)])

    @property
    def shows_side(self) -> bool:
        """Whether the panels at the right are shown."""
        return not self.side.isHidden()

    @property
    def shows_timeline(self) -> bool:
        """Whether the timeline is shown."""
        return not self._timeline.isHidden()

    @Slot(bool)
    def show_side(self, shown: bool) -> None:
        """Show or hide the panels at the right."""
        self.side.setVisible(shown)
        self.panes_changed.emit()

    @Slot(bool)
    def show_timeline(self, shown: bool) -> None:
        """Show or hide the timeline."""
        self._timeline.setVisible(shown)
        self.panes_changed.emit()

    @Slot()
    def reset(self) -> None:
        """Show all panes, in the sizes of the first start."""
        self.show_side(True)
        self.show_timeline(True)
        self.arrange(self.width(), self.height())

    def restore_sizes(self, across: QByteArray, down: QByteArray) -> None:
        """Take over the sizes of panes, unless they would leave one without any room.

        Args:
            across: what `saveState` gave of the splitter between map and panels.
            down: what it gave of the splitter above the timeline.
        """
        for splitter, state in ((self.across, across), (self.down, down)):
            before = splitter.sizes()
            splitter.restoreState(state)
            splitter.setChildrenCollapsible(False)
            if 0 in splitter.sizes():
                splitter.setSizes(before)

    def reserve_tab(self, name: str) -> None:
        """Show a tab whose panel is added later."""
        page = self._reserved[name] = QWidget()
        # Around a panel's scroll area, and below it, the window's own ground would show.
        page.setAutoFillBackground(True)
        self.side.addTab(page, name)

    def add_tab(self, widget: QWidget, name: str, *, scrolls: bool = False) -> None:
        """Add a panel at the right.

        Args:
            widget: the panel.
            name: on its tab, which may be reserved.
            scrolls: whether it scrolls by itself; otherwise it is put into a scroll area.
        """
        content = widget if scrolls else _scrolled(widget)
        page = self._reserved.pop(name, None)
        if page is None:
            self.side.addTab(content, name)
        else:
            column = QVBoxLayout(page)
            column.setContentsMargins(0, 0, 0, 0)
            column.addWidget(content)
        self._pages[widget] = page or content

    def name_keys(self, keys: Sequence[str]) -> None:
        """Name the keys that show the panels in the tool tips of their tabs.

        Args:
            keys: of each panel as the user reads them; empty where it has none.
        """
        for index, key in enumerate(keys):
            name = self.side.tabText(index)
            self.side.setTabToolTip(index, f"{name} ({key})" if key else name)

    @property
    def shown_panel(self) -> QWidget | None:
        """The panel whose tab is in front; None where the right side is hidden."""
        page = self.side.currentWidget() if self.shows_side else None
        return next((panel for panel, it in self._pages.items() if it is page), None)

    def show_tab(self, widget: QWidget) -> None:
        """Show a panel, also where the right side is hidden."""
        self.show_tab_at(self.side.indexOf(self._pages[widget]))

    def show_tab_at(self, index: int) -> None:
        """Show the panel with this index, counted from 0."""
        self.show_side(True)
        self._leave_panel(index)
        self.side.setCurrentIndex(index)

    def show_neighbour(self, step: int) -> None:
        """Show the panel `step` tabs further to the right, round from the last to the first."""
        self.show_tab_at((self.side.currentIndex() + step) % self.side.count())

    @Slot(int)
    def _leave_panel(self, next_index: int) -> None:
        """Else Qt gives the focus to the first field of the next panel, which then takes all that
        is typed for the map or the timeline."""
        if next_index not in (-1, self.side.currentIndex()):
            self._take_keys_from_panel()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """The wheel over the tabs shows the next panel, too."""
        if event.type() == QEvent.Type.Wheel:
            self._take_keys_from_panel()
        return False

    def _take_keys_from_panel(self) -> None:
        page, focused = self.side.currentWidget(), QApplication.focusWidget()
        if focused is not None and page is not None and page.isAncestorOf(focused):
            self.panel_left.emit()


def _scrolled(widget: QWidget) -> QScrollArea:
    scroll = forms.ScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setWidget(widget)
    return scroll
