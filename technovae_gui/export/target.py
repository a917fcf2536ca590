"""Where an export goes: folder, name, format."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import QSettings, Signal
from PySide6.QtWidgets import QFileDialog, QLineEdit, QVBoxLayout, QWidget

from core.user_folders import music_folder
from technovae_gui.export.formats import FORMATS, Format
from technovae_gui.widgets import forms

_FOLDER = "export/folder"
_FORBIDDEN = re.compile(r'[\x00-\x1f/\\:*?"<>|]+')


class Target(QWidget):
    """Signals: changed()."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._named = False
        self.name = QLineEdit("untitled")
        self.name.setToolTip("Name of the file; its extension follows the format")
        self.folder = QLineEdit(str(_folder()))
        self.folder.setAccessibleName("Folder")
        self.folder.setToolTip("Folder of the file")
        self.browse = forms.button("Browse…", "Choose folder and name")
        self.format = forms.combo(
            *((kind.name, number) for number, kind in enumerate(FORMATS)), tip="Format of the file"
        )
        form = forms.form()
        forms.add_row(form, "File name", self.name)
        folder = forms.row(self.folder, self.browse)
        folder.setStretch(0, 1)
        forms.add_row(form, "Folder", folder).setBuddy(self.folder)
        forms.add_row(form, "Format", self.format)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addLayout(form)
        self.browse.clicked.connect(self._browse)
        self.name.textEdited.connect(self._name_edited)
        self.name.textChanged.connect(self.changed)
        self.folder.textChanged.connect(self.changed)
        self.format.currentIndexChanged.connect(self.changed)

    @property
    def kind(self) -> Format:
        """The chosen format."""
        return FORMATS[self.format.currentData()]

    def suggest(self, title: str) -> None:
        """Name the file after `title`, unless the user named it."""
        if not self._named:
            self.name.setText(_FORBIDDEN.sub("-", title).strip(" .-") or "untitled")

    def path(self) -> Path:
        """The file. Check `problem` first."""
        name = self.name.text().strip()
        for extension in {kind.extension for kind in FORMATS}:
            name = name.removesuffix(extension)
        return Path(self.folder.text()).expanduser() / f"{name}{self.kind.extension}"

    def problem(self) -> str:
        """Why it cannot be written there, and how to go on; empty if it can."""
        name, folder = self.name.text().strip(), Path(self.folder.text()).expanduser()
        if not name:
            return "give the file a name"
        if _FORBIDDEN.search(name):
            return "a file's name cannot hold / \\ : * ? \" < > |; leave them out"
        if not folder.is_absolute() or not folder.is_dir():
            return "there is no such folder; choose one with Browse"
        return ""

    def remember(self) -> None:
        """Begin with this folder the next time."""
        QSettings().setValue(_FOLDER, self.folder.text())

    def _name_edited(self) -> None:
        self._named = True

    def _browse(self) -> None:
        kinds = f"{self.kind.name} (*{self.kind.extension})"
        name, _ = QFileDialog.getSaveFileName(
            self, "Export to", str(self.path()), kinds, "",
            QFileDialog.Option.DontConfirmOverwrite,
        )  # fmt: skip
        if name:
            self._named = True
            self.folder.setText(str(Path(name).parent))
            self.name.setText(Path(name).name.removesuffix(self.kind.extension))


def _folder() -> Path:
    kept = QSettings().value(_FOLDER, "")
    if kept and Path(str(kept)).is_dir():
        return Path(str(kept))
    return music_folder()
