"""The row of tools above the map."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSlider,
    QToolButton,
    QWidget,
)

from technovae_gui import theme
from technovae_gui.map.canvas import LASSO, PATH, PICK
from technovae_gui.map.colouring import CHOICES
from technovae_gui.map.morph import Morph
from technovae_gui.widgets import icons

_BUTTON = 30
_FINE = 1000


class ToolRow(QWidget):
    """Shows and asks; the view does.

    Signals:
        colour_by_changed(str), search_changed(str), search_entered(), left(): Escape or Enter in
        the search field; fit_requested(), random_requested(), mode_changed(str),
        end_requested(str "A" or "B"), morph_moved(float 0..1), attributes_toggled(bool)
    """

    colour_by_changed = Signal(str)
    search_changed = Signal(str)
    search_entered = Signal()
    left = Signal()
    fit_requested = Signal()
    random_requested = Signal()
    mode_changed = Signal(str)
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
            "sliders", "Make what sounds brighter, denser… (M, keys 1 to 8)", "Attribute moves"
        )
        self.a = _end_button("A")
        self.b = _end_button("B")
        self.morph = _morph_slider()
        self.percent = QLabel("")
        self.percent.setProperty("dim", True)
        self.percent.setFixedWidth(36)
        for button in (self.lasso, self.path, self.attributes):
            button.setCheckable(True)
        self._lay_out()
        self._connect()

    def show_colour_by(self, name: str) -> None:
        """Mirror by what the dots are coloured."""
        self.colour_by.blockSignals(True)
        self.colour_by.setCurrentIndex(self.colour_by.findData(name))
        self.colour_by.blockSignals(False)

    def show_mode(self, mode: str) -> None:
        """Mirror what the left button does."""
        self.lasso.setChecked(mode == LASSO)
        self.path.setChecked(mode == PATH)

    def show_morph(self, morph: Morph) -> None:
        """Mirror the ends of the morph and the way between."""
        for name, button in (("A", self.a), ("B", self.b)):
            end = morph.ends.get(name)
            button.setChecked(end is not None)
            what = f"Morph end {name}: {end.label}" if end else f"Morph from here: set {name}"
            button.setToolTip(f"{what} ({name})")
        self.morph.setEnabled(morph.ready)
        self.morph.blockSignals(True)
        self.morph.setValue(round(morph.amount * _FINE))
        self.morph.blockSignals(False)
        self.percent.setText(f"{100 * morph.amount:.0f} %" if morph.ready else "")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Escape empties the search field and goes back to the map; nobody else hears it."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.KeyPress:
                self.search.clear()
                self.left.emit()
            event.accept()
            return True
        return super().eventFilter(watched, event)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.SPACE, theme.SPACE, theme.SPACE, theme.SPACE)
        row.setSpacing(theme.SPACE)
        label = QLabel("Colour")
        label.setProperty("dim", True)
        row.addWidget(label)
        row.addWidget(self.colour_by)
        row.addWidget(self.search, 100)
        row.addStretch(1)
        for button in (self.fit, self.random, self.lasso, self.path, self.attributes):
            row.addWidget(button)
        row.addSpacing(theme.SPACE)
        for widget in (self.a, self.morph, self.b, self.percent):
            row.addWidget(widget)

    def _connect(self) -> None:
        self.colour_by.activated.connect(self._colour_chosen)
        self.search.textChanged.connect(self.search_changed)
        self.search.returnPressed.connect(self.search_entered)
        self.search.installEventFilter(self)
        self.fit.clicked.connect(self.fit_requested)
        self.random.clicked.connect(self.random_requested)
        self.lasso.clicked.connect(lambda on: self.mode_changed.emit(LASSO if on else PICK))
        self.path.clicked.connect(lambda on: self.mode_changed.emit(PATH if on else PICK))
        self.attributes.toggled.connect(self.attributes_toggled)
        self.a.clicked.connect(lambda: self.end_requested.emit("A"))
        self.b.clicked.connect(lambda: self.end_requested.emit("B"))
        self.morph.valueChanged.connect(lambda value: self.morph_moved.emit(value / _FINE))

    @Slot(int)
    def _colour_chosen(self, row: int) -> None:
        self.colour_by_changed.emit(self.colour_by.itemData(row))


def _colour_box() -> QComboBox:
    box = QComboBox()
    for name in CHOICES:
        box.addItem(name.capitalize(), name)
    box.setToolTip("Colour the dots by…")
    box.setAccessibleName("Colour the dots by")
    box.setFixedWidth(112)
    return box


def _search_field() -> QLineEdit:
    field = QLineEdit()
    field.setPlaceholderText("Find a track")
    field.setToolTip("Type a part of a name; Enter shows the matches, Escape ends the search (/)")
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
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(0, _FINE)
    slider.setPageStep(_FINE // 10)
    slider.setSingleStep(_FINE // 100)
    slider.setMinimumWidth(56)
    slider.setMaximumWidth(150)
    slider.setToolTip("From A to B; set both ends first")
    slider.setAccessibleName("Morph from A to B")
    return slider
