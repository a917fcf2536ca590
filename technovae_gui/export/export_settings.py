"""The settings of an export: file name, folder, format and loudness."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSettings, Signal
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from core.settings import SAMPLE_RATE
from core.user_folders import music_folder
from technovae_gui import theme
from technovae_gui.widgets import file_dialogs, forms
from technovae_gui.widgets.forms import FieldGrid

_STEREO: Final = 2 * SAMPLE_RATE
"""Samples per second."""
_FLAC_RATIO: Final = 0.68
"""Of FLAC's size to WAV's, typical of techno."""
_FOLDER_KEY: Final = "export/folder"
_FORBIDDEN: Final = re.compile(r'[\x00-\x1f/\\:*?"<>|]+')
_STREAMING, _CLUB, _OTHER, _AS_PLAYED = range(4)
_LUFS: Final = {_STREAMING: -14.0, _CLUB: -9.0}
_TIPS: Final = {
    _STREAMING: "What streaming services play at; peaks stay below -1 dBTP",
    _CLUB: "As loud as club records; the limiter works harder",
    _OTHER: "Integrated loudness; peaks stay below -1 dBTP",
    _AS_PLAYED: "No mastering and no limiter: sample for sample what you hear",
}
_BOX_WIDTH: Final = 84


@dataclass(frozen=True)
class Format:
    """A format of audio files.

    Attributes:
        name: on screen.
        extension: of the file, with its dot.
        bit_depth: 16, 24, or 32 for float.
        bytes_per_second: of stereo; a typical value where it depends on the music.
    """

    name: str
    extension: str
    bit_depth: int
    bytes_per_second: float


FORMATS: Final = (
    Format("WAV, 24 bit", ".wav", 24, 3 * _STEREO),
    Format("WAV, 16 bit", ".wav", 16, 2 * _STEREO),
    Format("WAV, 32 bit float", ".wav", 32, 4 * _STEREO),
    Format("FLAC, 24 bit", ".flac", 24, 3 * _STEREO * _FLAC_RATIO),
    Format("FLAC, 16 bit", ".flac", 16, 2 * _STEREO * _FLAC_RATIO),
    Format("Ogg Vorbis", ".ogg", 24, 224_000 / 8),
    Format("MP3, 320 kbit/s", ".mp3", 24, 320_000 / 8),
)


def size_text(count: float) -> str:
    """A number of bytes in words: `31 MB` for 31,000,000."""
    if count < 1e6:
        return f"{max(1, round(count / 1e3))} kB"
    return f"{count / 1e6:.0f} MB" if count < 1e9 else f"{count / 1e9:.1f} GB"


def length_text(seconds: float) -> str:
    """`3:04.5`; `1:02:03.0` from an hour on."""
    minutes, tenths = divmod(round(seconds * 10), 600)
    hours, minutes = divmod(minutes, 60)
    rest = f"{tenths / 10:04.1f}"
    return f"{hours}:{minutes:02d}:{rest}" if hours else f"{minutes}:{rest}"


class FileForm(QWidget):
    """Name, folder and format of the file to write.

    Signals:
        changed()
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._named_by_user = False
        self.name = QLineEdit("untitled")
        self.name.setToolTip("Name of the file; its extension follows the format")
        self.folder = QLineEdit(str(_last_folder()))
        self.folder.setAccessibleName("Folder")
        self.folder.setToolTip("Folder of the file")
        self.browse = forms.button("Browse…", "Choose folder and name")
        self.format = forms.combo(
            *((format_.name, number) for number, format_ in enumerate(FORMATS)),
            tip="Format of the file",
        )
        fields = FieldGrid()
        fields.add("File name", self.name)
        fields.add("Format", self.format)
        folder = forms.row(self.folder, self.browse)
        folder.setStretch(0, 1)
        fields.add("Folder", folder, wide=True).setBuddy(self.folder)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addLayout(fields)
        self.browse.clicked.connect(self._browse)
        self.name.textEdited.connect(self._mark_named)
        self.name.textChanged.connect(self.changed)
        self.folder.textChanged.connect(self.changed)
        self.format.currentIndexChanged.connect(self.changed)

    @property
    def chosen_format(self) -> Format:
        """The chosen format."""
        return FORMATS[self.format.currentData()]

    def suggest_name(self, title: str) -> None:
        """Name the file after `title`, unless the user named it."""
        if not self._named_by_user:
            self.name.setText(_FORBIDDEN.sub("-", title).strip(" .-") or "untitled")

    def path(self) -> Path:
        """The file; it can only be written where `problem` is empty."""
        name = self.name.text().strip()
        for extension in {format_.extension for format_ in FORMATS}:
            name = name.removesuffix(extension)
        folder = file_dialogs.typed_path(self.folder.text())
        return folder / f"{name}{self.chosen_format.extension}"

    def problem(self) -> str:
        """Why the file cannot be written there, and what to do; empty if it can."""
        name, folder = self.name.text().strip(), file_dialogs.typed_path(self.folder.text())
        if not name:
            return "give the file a name"
        if _FORBIDDEN.search(name):
            return "a file's name cannot hold / \\ : * ? \" < > |; leave them out"
        try:
            if not folder.is_absolute() or not folder.is_dir():
                return "there is no such folder; choose one with Browse"
            self.path().exists()
        except OSError as error:  # a name that is too long, a folder that may not be read
            return f"the file cannot be written there ({error.strerror}); choose another place"
        return ""

    def set_folder(self, folder: Path) -> None:
        """Export to `folder` from now on, also after the next start."""
        self.folder.setText(str(folder))
        self.save_folder()

    def save_folder(self) -> None:
        """Offer this folder the next time the program starts."""
        QSettings().setValue(_FOLDER_KEY, self.folder.text())

    def _mark_named(self) -> None:
        self._named_by_user = True

    def _browse(self) -> None:
        format_ = self.chosen_format
        name, _ = QFileDialog.getSaveFileName(
            self, "Export to", str(self.path()), f"{format_.name} (*{format_.extension})", "",
            QFileDialog.Option.DontConfirmOverwrite,
        )  # fmt: skip
        if name:
            self._named_by_user = True
            self.folder.setText(str(Path(name).parent))
            self.name.setText(Path(name).name.removesuffix(format_.extension))


class LoudnessField(QWidget):
    """The loudness of the file: a usual one, another, or as the arrangement is played.

    Signals:
        changed()
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choice = forms.combo(
            ("streaming", _STREAMING),
            ("club", _CLUB),
            ("another", _OTHER),
            ("as played", _AS_PLAYED),
            tip="",
            name="Loudness",
        )
        self.box = QDoubleSpinBox()
        self.box.setMinimumWidth(_BOX_WIDTH)
        self.box.setRange(-40.0, -4.0)
        self.box.setDecimals(1)
        self.box.setSingleStep(0.5)
        self.box.setSuffix(" LUFS")
        self.box.setAccessibleName("Integrated loudness")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE)
        row.addWidget(self.choice, 1)
        row.addWidget(self.box, 1)
        self.setFocusProxy(self.choice)
        self.choice.currentIndexChanged.connect(self._apply_choice)
        self.box.valueChanged.connect(self.changed)
        self._apply_choice()

    @property
    def lufs(self) -> float | None:
        """The integrated loudness to reach, in LUFS; None: as it is played."""
        return None if self.choice.currentIndex() == _AS_PLAYED else self.box.value()

    def _apply_choice(self) -> None:
        choice = self.choice.currentIndex()
        self.choice.setToolTip(_TIPS[choice])
        self.box.setEnabled(choice == _OTHER)
        self.box.setVisible(choice != _AS_PLAYED)
        if choice in _LUFS:
            self.box.setValue(_LUFS[choice])
        self.changed.emit()


def _last_folder() -> Path:
    saved = str(QSettings().value(_FOLDER_KEY, ""))
    try:
        return Path(saved) if saved and Path(saved).is_dir() else music_folder()
    except OSError:  # a drive that answers with an error
        return music_folder()
