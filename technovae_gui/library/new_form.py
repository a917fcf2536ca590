"""Where a new library shall be, asked in the panel."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget

from technovae_gui import theme
from technovae_gui.widgets import file_dialogs, forms
from technovae_gui.widgets.labels import MessageLabel


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
        self.why = forms.note()
        self.place = QLineEdit()
        self.place.setAccessibleName("Folder of the new library")
        self.place.setToolTip("A folder that is empty or not there yet")
        self.browse = forms.button("Browse…", "Choose the folder")
        self.create_button = forms.button(
            "Create library", "Make the library there (Enter)", primary=True
        )
        self.back = forms.button("Not now", "Make no library (Esc)")
        self.message = MessageLabel()
        self._lay_out()
        self.browse.clicked.connect(self._browse)
        self.create_button.clicked.connect(self._create)
        self.place.returnPressed.connect(self._create)
        self.back.clicked.connect(self._give_up)
        self.hide()

    def ask(self, why: str = "") -> None:
        """Show the form with a folder that is free; `why` says what will happen then."""
        self.place.setText(str(file_dialogs.unused_library_folder()))
        self.why.setText(why)
        self.why.setVisible(bool(why))
        self.message.show_text("")
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
        rows.addWidget(forms.heading("New library"))
        rows.addWidget(self.why)
        field = forms.row(self.place, self.browse)
        field.setStretch(0, 1)
        rows.addLayout(field)
        rows.addWidget(self.message)
        rows.addLayout(forms.row(1, self.back, self.create_button))

    def _browse(self) -> None:
        path = file_dialogs.choose_new_library_folder(self, Path(self.place.text()))
        if path is not None:
            self.place.setText(str(path))

    def _create(self) -> None:
        text = self.place.text().strip()
        path = Path(text).expanduser()
        if not text or not path.is_absolute():
            self.message.show_error("give a whole path, or choose a folder with Browse")
        elif not _is_free(path):
            self.message.show_error("this folder is not empty; choose an empty or a new one")
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
