"""The rows of controls above the map: tools, morph and parts, and the attribute sliders."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from technovae_gui import theme
from technovae_gui.map.chosen_point import AXES, MOST_DEVIATIONS
from technovae_gui.map.colouring import CHOICES
from technovae_gui.map.morph import Morph
from technovae_gui.map.part_buttons import PartButtons
from technovae_gui.map.scene import MouseMode
from technovae_gui.widgets import forms, icons
from technovae_gui.widgets.jump_slider import JumpSlider

_BUTTON = 30
_ONE_ROW = 1150
"""Pixels from which tools, morph and parts are in one row."""
_MORPH = "Morph"
_MORPH_STEPS = 1000
_DEVIATION_STEPS = 20
"""Steps of an attribute slider per standard deviation."""
_CENTRED_SLIDER = f"QSlider::sub-page:horizontal {{ background: {theme.LINE}; }}"
"""Without the fill from the left, because zero is in the middle."""


class ToolBar(QWidget):
    """Colours, search, tools, morph and parts (`parts`, which has signals of its own).

    Signals:
        colour_by_changed(str): one of `colouring.CHOICES` was chosen for the colours.
        search_changed(str): the text of the search field.
        search_entered(): Enter was pressed in the search field.
        search_left(): Escape was pressed in the search field.
        fit_requested(): the whole map is to be shown.
        random_requested(): a random point is to be chosen.
        mode_requested(MouseMode): what the left mouse button is to do.
        end_requested(str): the chosen point is to become the end "A" or "B" of the morph.
        morph_moved(float): the morph's slider is at this amount, 0..1.
        attributes_toggled(bool): the attribute sliders are to be shown.
    """

    colour_by_changed = Signal(str)
    search_changed = Signal(str)
    search_entered = Signal()
    search_left = Signal()
    fit_requested = Signal()
    random_requested = Signal()
    mode_requested = Signal(object)
    end_requested = Signal(str)
    morph_moved = Signal(float)
    attributes_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.colour_by = _colour_box()
        self.search = _search_field()
        self.fit = _icon_button("fit", "Fit the whole map (F)", "Fit the map")
        self.random = _icon_button("random", "A random point of your music (R)", "Random point")
        self.lasso = _icon_button("lasso", "Lasso: encircle dots, then drag them (L)", "Lasso")
        self.path = _icon_button("path", "Draw a path to compose along (P)", "Draw a path")
        self.attributes = _icon_button(
            "sliders", "Make what sounds brighter, denser… (M)", "Attribute moves"
        )
        self.a = _end_button("A")
        self.b = _end_button("B")
        self.morph = _morph_slider()
        self.morph_caption = forms.side_label(_MORPH)
        self.morph_caption.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._percent = ""
        self.parts = PartButtons()
        for button in (self.lasso, self.path, self.attributes):
            button.setCheckable(True)
        self._lay_out()
        self._connect()

    def show_colour_by(self, name: str) -> None:
        """Show what the dots are coloured by."""
        self.colour_by.blockSignals(True)
        self.colour_by.setCurrentIndex(self.colour_by.findData(name))
        self.colour_by.blockSignals(False)

    def show_search(self, text: str) -> None:
        """Show the text that is searched for."""
        if text != self.search.text():
            self.search.setText(text)

    def show_mode(self, mode: MouseMode) -> None:
        """Show what the left mouse button does."""
        self.lasso.setChecked(mode == MouseMode.LASSO)
        self.path.setChecked(mode == MouseMode.PATH)

    def show_morph(self, morph: Morph) -> None:
        """Show the ends of the morph and the amount between them."""
        for name, button in (("A", self.a), ("B", self.b)):
            end = morph.ends.get(name)
            button.setChecked(end is not None)
            tip = f"Morph end {name}: {end.label}" if end else f"Morph from here: set {name}"
            button.setToolTip(f"{tip} ({name})")
        self.morph.setEnabled(morph.ready)
        self.morph.blockSignals(True)
        self.morph.setValue(round(morph.amount * _MORPH_STEPS))
        self.morph.blockSignals(False)
        self._percent = f"{100 * morph.amount:.0f} %" if morph.ready else ""
        self._caption_morph()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Clear the search field on Escape, and keep that key from everything else."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.KeyPress:
                self.search.clear()
                self.search_left.emit()
            event.accept()
            return True
        return super().eventFilter(watched, event)

    def _lay_out(self) -> None:
        rows = QVBoxLayout(self)
        rows.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        rows.setContentsMargins(2 * theme.SPACE, theme.SPACE, 2 * theme.SPACE, theme.SPACE)
        rows.setSpacing(theme.SPACE)
        self._row, self._second = QHBoxLayout(), QHBoxLayout()
        row = self._row
        rows.addLayout(row)
        rows.addLayout(self._second)
        row.setSpacing(theme.SPACE)
        row.addWidget(forms.side_label("Colour"))
        row.addWidget(self.colour_by)
        row.addWidget(self.search, 100)
        row.addStretch(1)
        for button in (self.fit, self.random, self.lasso, self.path, self.attributes):
            row.addWidget(button)
        for widget in (self.morph_caption, self.a, self.morph, self.b):
            row.addWidget(widget)
        self._second.addWidget(self.parts)
        self._second.addStretch(1)
        self._caption_morph()

    def _caption_morph(self) -> None:
        """Name the morph and its amount; where both have no room, the amount once there is one."""
        wide = self._row.indexOf(self.parts) >= 0
        width = self.fontMetrics().horizontalAdvance
        self.morph_caption.setFixedWidth(
            width(f"{_MORPH}  100 %" if wide else _MORPH) + theme.SPACE
        )
        texts = [_MORPH, self._percent] if wide else [self._percent or _MORPH]
        self.morph_caption.setText("  ".join(filter(None, texts)))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """As narrow as with the parts in a row of their own."""
        least = super().minimumSizeHint()
        if self._row.indexOf(self.parts) >= 0:
            least.setWidth(least.width() - self.parts.minimumSizeHint().width() - theme.SPACE)
        return least

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """The parts go into a second row where the first has no room for them."""
        super().resizeEvent(event)
        wide = event.size().width() >= _ONE_ROW
        if wide != (self._row.indexOf(self.parts) >= 0):
            (self._second if wide else self._row).removeWidget(self.parts)
            self.parts.setContentsMargins(2 * theme.SPACE if wide else 0, 0, 0, 0)
            if wide:
                self._row.addWidget(self.parts)
            else:
                self._second.insertWidget(0, self.parts)
            self._caption_morph()

    def _connect(self) -> None:
        self.colour_by.activated.connect(self._colour_chosen)
        self.search.textChanged.connect(self.search_changed)
        self.search.returnPressed.connect(self.search_entered)
        self.search.installEventFilter(self)
        self.fit.clicked.connect(self.fit_requested)
        self.random.clicked.connect(self.random_requested)
        self.lasso.clicked.connect(lambda on: self._request_mode(MouseMode.LASSO, on))
        self.path.clicked.connect(lambda on: self._request_mode(MouseMode.PATH, on))
        self.attributes.toggled.connect(self.attributes_toggled)
        self.a.clicked.connect(lambda: self.end_requested.emit("A"))
        self.b.clicked.connect(lambda: self.end_requested.emit("B"))
        self.morph.valueChanged.connect(lambda value: self.morph_moved.emit(value / _MORPH_STEPS))

    def _request_mode(self, mode: MouseMode, on: bool) -> None:
        self.mode_requested.emit(mode if on else MouseMode.PICK)

    @Slot(int)
    def _colour_chosen(self, row: int) -> None:
        self.colour_by_changed.emit(self.colour_by.itemData(row))


class AttributeSliders(QWidget):
    """A slider for each attribute that the chosen point can be moved along.

    Signals:
        moved(str, float): the attribute, and by how many standard deviations of the library the
            chosen point is to be moved along it in all.
    """

    moved = Signal(str, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sliders: dict[str, QSlider] = {}
        self._labels: dict[str, QLabel] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * theme.SPACE, 0, 2 * theme.SPACE, theme.SPACE)
        row.setSpacing(3 * theme.SPACE)
        for number, name in enumerate(AXES):
            row.addLayout(self._column(name, number), 1)
        self.show_amounts(dict.fromkeys(AXES, 0.0), False)

    def show_amounts(self, amounts: Mapping[str, float], enabled: bool) -> None:
        """Show by how much the chosen point is moved.

        Args:
            amounts: standard deviations by attribute.
            enabled: whether a point is chosen that can be moved.
        """
        for name, slider in self.sliders.items():
            slider.blockSignals(True)
            slider.setValue(round(amounts[name] * _DEVIATION_STEPS))
            slider.blockSignals(False)
            slider.setEnabled(enabled)
            shown = f"  {amounts[name]:+.1f}" if amounts[name] else ""
            self._labels[name].setText(f"{name.capitalize()}{shown}")

    def _column(self, name: str, number: int) -> QVBoxLayout:
        label = forms.side_label(name.capitalize())
        slider = _Slider(Qt.Orientation.Horizontal)
        slider.setRange(
            round(-MOST_DEVIATIONS * _DEVIATION_STEPS), round(MOST_DEVIATIONS * _DEVIATION_STEPS)
        )
        slider.setSingleStep(_DEVIATION_STEPS // 4)
        slider.setPageStep(_DEVIATION_STEPS)
        slider.setMinimumWidth(60)
        slider.setStyleSheet(_CENTRED_SLIDER)
        keys = f"({2 * number + 1}, {2 * number + 2})"
        slider.setToolTip(f"Less or more {name} than what was chosen {keys}; double click: none")
        slider.setAccessibleName(f"Move what is chosen along {name}")
        slider.valueChanged.connect(lambda value: self.moved.emit(name, value / _DEVIATION_STEPS))
        self.sliders[name], self._labels[name] = slider, label
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(label)
        column.addWidget(slider)
        return column


class _Slider(QSlider):
    """A slider that a double click puts back to the middle."""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self.setValue(0)


def _colour_box() -> QComboBox:
    box = QComboBox()
    for name in CHOICES:
        box.addItem(name.capitalize(), name)
    box.setToolTip("Colour the dots by…")
    box.setAccessibleName("Colour the dots by")
    box.setFixedWidth(120)
    return box


def _search_field() -> QLineEdit:
    field = QLineEdit()
    field.setPlaceholderText("Find a track")
    field.setToolTip(
        "Type a part of a name, or a key such as 8A;\n"
        "Enter shows the matches, Escape ends the search (/)"
    )
    field.setAccessibleName("Find a track on the map")
    field.setClearButtonEnabled(True)
    field.setMinimumWidth(70)
    field.setMaximumWidth(240)
    return field


def _icon_button(name: str, tip: str, spoken: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(icons.icon(name))
    button.setIconSize(icons.SIZE)
    button.setFixedSize(_BUTTON, _BUTTON)
    button.setStyleSheet("padding: 0;")
    button.setToolTip(tip)
    button.setAccessibleName(spoken)
    return button


def _end_button(name: str) -> QToolButton:
    button = QToolButton()
    button.setText(name)
    button.setCheckable(True)
    button.setFixedSize(_BUTTON, _BUTTON)
    button.setAccessibleName(f"Set morph end {name} to what is chosen")
    return button


def _morph_slider() -> QSlider:
    slider = JumpSlider(Qt.Orientation.Horizontal)
    slider.setRange(0, _MORPH_STEPS)
    slider.setPageStep(_MORPH_STEPS // 10)
    slider.setSingleStep(_MORPH_STEPS // 100)
    slider.setMinimumWidth(48)
    slider.setMaximumWidth(150)
    slider.setToolTip("From A to B; set both ends first")
    slider.setAccessibleName("Morph from A to B")
    return slider
