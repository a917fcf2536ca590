"""The form that asks for the folder of a new library."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget

from technovae_gui import theme
from technovae_gui.widgets import file_dialogs, forms
from technovae_gui.widgets.escape_key import EscapeKey
from technovae_gui.widgets.labels import MessageLabel


class NewLibraryForm(QFrame):
    """Asks for a folder that is empty or does not exist yet; hidden until `ask`.

    Signals:
        folder_chosen(Path): make the library there.
        cancelled(): no library is wanted.
    """

    folder_chosen = Signal(Path)
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        forms.style_as_card(self)
        self.reason = forms.note()
        self.folder = QLineEdit()
        self.folder.setAccessibleName("Folder of the new library")
        self.folder.setToolTip("A folder that is empty or does not exist yet")
        self.browse = forms.button("Browse…", "Choose the folder")
        self.create_button = forms.button(
            "Create library", "Create it in this folder (Enter)", primary=True
        )
        self.cancel_button = forms.button("Not now", "Create no library (Esc)")
        self.message = MessageLabel()
        self._lay_out()
        self.browse.clicked.connect(self._browse)
        self.create_button.clicked.connect(self._create)
        self.folder.returnPressed.connect(self._create)
        self.cancel_button.clicked.connect(self._cancel)
        EscapeKey(self, self._cancel)
        self.hide()

    def ask(self, reason: str = "") -> None:
        """Show the form with a folder that is not used yet; `reason` says what it is for."""
        self.folder.setText(str(file_dialogs.unused_library_folder()))
        self.reason.setText(reason)
        self.reason.setVisible(bool(reason))
        self.message.show_text("")
        self.show()
        self.folder.setFocus()
        self.folder.selectAll()

    def _lay_out(self) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(*[3 * theme.SPACE] * 4)
        rows.setSpacing(theme.SPACE)
        rows.addWidget(forms.heading("New library"))
        rows.addWidget(self.reason)
        field = forms.row(self.folder, self.browse)
        field.setStretch(0, 1)
        rows.addLayout(field)
        rows.addWidget(self.message)
        rows.addLayout(forms.row(1, self.cancel_button, self.create_button))

    def _browse(self) -> None:
        path = file_dialogs.choose_new_library_folder(self, Path(self.folder.text()))
        if path is not None:
            self.folder.setText(str(path))

    def _create(self) -> None:
        text = self.folder.text().strip()
        path = file_dialogs.typed_path(text)
        if not text or not path.is_absolute():
            self.message.show_error("type the full path of a folder, or choose one with Browse")
        elif not _is_unused(path):
            self.message.show_error("this folder is not empty; choose an empty or a new one")
        else:
            self.hide()
            self.folder_chosen.emit(path)

    def _cancel(self) -> None:
        self.hide()
        self.cancelled.emit()


def _is_unused(path: Path) -> bool:
    try:
        return not path.exists() or (path.is_dir() and not any(path.iterdir()))
    except OSError:
        return False
