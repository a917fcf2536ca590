"""What went wrong, as the log has it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QFontDatabase, QGuiApplication, QTextCursor
from PySide6.QtWidgets import QDialog, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from technovae_gui.widgets import file_manager, forms

_MOST_BYTES: Final = 200_000
_SIZE: Final = (900, 560)


class LogDialog(QDialog):
    """The end of a log file, to read and to copy. It stays open beside the window."""

    def __init__(self, path: Path, parent: QWidget | None = None) -> None:
        """`path`: the file; it need not exist."""
        super().__init__(parent)
        self._path = path
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Log")
        self.resize(*_SIZE)
        where = QLabel(str(path))
        where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.text = QPlainTextEdit(_end_of(path), readOnly=True)
        self.text.setAccessibleName("Log")
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.moveCursor(QTextCursor.MoveOperation.End)
        self.copy = forms.button("Copy", "Copy all of this, for a report")
        self.folder = forms.button("Open folder", "Show the file in its folder")
        self.copy.clicked.connect(self._copy)
        self.folder.clicked.connect(self._open_folder)
        column = QVBoxLayout(self)
        column.addWidget(where)
        column.addWidget(self.text, 1)
        column.addLayout(forms.row(1, self.copy, self.folder))

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())

    @Slot()
    def _open_folder(self) -> None:
        file_manager.open_folder(self._path.parent)


def _end_of(path: Path) -> str:
    """The last whole lines of a file."""
    try:
        with path.open("rb") as file:
            start = max(0, path.stat().st_size - _MOST_BYTES)
            file.seek(start)
            text = file.read(_MOST_BYTES).decode("utf-8", "replace")
    except FileNotFoundError:
        return "Nothing was logged so far."
    except OSError as error:
        return f"The log cannot be read ({error.strerror})."
    return text.partition("\n")[2] if start else text
