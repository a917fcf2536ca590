"""Where a new library shall be, asked in the panel."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget

from technovae_gui import theme
from technovae_gui.library import choosing
from technovae_gui.widgets import widgets
from technovae_gui.widgets.line import Line


class NewForm(QFrame):
    """Hidden until `ask`.

    Signals:
        chosen(object): the `Path` of a folder that is free.
        given_up()
    """

    chosen = Signal(object)
    given_up = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setStyleSheet(
            f"#card {{ background: {theme.RAISED}; border-radius: {theme.RADIUS}px; }}"
        )
        self.why = widgets.note()
        self.place = QLineEdit()
        self.place.setAccessibleName("Folder of the new library")
        self.place.setToolTip("A folder that is empty or not there yet")
        self.browse = widgets.button("Browse…", "Choose the folder")
        self.create_button = widgets.button(
            "Create library", "Make the library there (Enter)", primary=True
        )
        self.back = widgets.button("Not now", "Make no library (Esc)")
        self.line = Line()
        self._lay_out()
        self.browse.clicked.connect(self._browse)
        self.create_button.clicked.connect(self._create)
        self.place.returnPressed.connect(self._create)
        self.back.clicked.connect(self._give_up)
        self.hide()

    def ask(self, why: str = "") -> None:
        """Show the form with a folder that is free; `why` says what will happen then."""
        self.place.setText(str(choosing.new_library()))
        self.why.setText(why)
        self.why.setVisible(bool(why))
        self.line.say("")
        self.show()
        self.place.setFocus()
        self.place.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self._give_up()
        else:
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(*[2 * theme.SPACE] * 4)
        rows.setSpacing(theme.SPACE)
        rows.addWidget(widgets.heading("New library"))
        rows.addWidget(self.why)
        field = widgets.row(self.place, self.browse)
        field.setStretch(0, 1)
        rows.addLayout(field)
        rows.addWidget(self.line)
        rows.addLayout(widgets.row(1, self.back, self.create_button))

    def _browse(self) -> None:
        path = choosing.place_for_library(self, Path(self.place.text()))
        if path is not None:
            self.place.setText(str(path))

    def _create(self) -> None:
        text = self.place.text().strip()
        path = Path(text).expanduser()
        if not text or not path.is_absolute():
            self.line.complain("give a whole path, or choose a folder with Browse")
        elif not _is_free(path):
            self.line.complain("there are other things in this folder; choose an empty or new one")
        else:
            self.hide()
            self.chosen.emit(path)

    def _give_up(self) -> None:
        self.hide()
        self.given_up.emit()


def _is_free(path: Path) -> bool:
    try:
        return not path.exists() or (path.is_dir() and not any(path.iterdir()))
    except OSError:
        return False
