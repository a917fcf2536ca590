"""The system's dialogs for files and folders."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from core.user_folders import music_folder


def audio_files(parent: QWidget) -> list[Path]:
    """Audio files to import; none if the dialog was closed."""
    from core.audio.files import (
        EXTENSIONS,  # here: it brings FFmpeg, which the start can do without
    )

    kinds = " ".join(f"*{extension}" for extension in sorted(EXTENSIONS))
    names, _ = QFileDialog.getOpenFileNames(
        parent, "Import audio files", str(music_folder()), f"Audio ({kinds});;All files (*)"
    )
    return [Path(name) for name in names]


def audio_folder(parent: QWidget) -> Path | None:
    """A folder of audio to import."""
    return _folder(parent, "Import a folder of audio", music_folder())


def library(parent: QWidget) -> Path | None:
    """The folder of a library to open."""
    return _folder(parent, "Open a library", music_folder())


def place_for_library(parent: QWidget, start: Path) -> Path | None:
    """Where a new library shall be: a folder that is empty or not there yet."""
    name, _ = QFileDialog.getSaveFileName(
        parent,
        "Where the new library shall be",
        str(start),
        "",
        "",
        QFileDialog.Option.ShowDirsOnly,
    )
    return Path(name) if name else None


def new_library() -> Path:
    """A folder for a library that is not there yet, in the user's music folder."""
    number = 1
    while True:
        path = music_folder() / ("TechnoVAE library" + (f" {number}" if number > 1 else ""))
        if not path.exists():
            return path
        number += 1


def _folder(parent: QWidget, title: str, start: Path) -> Path | None:
    name = QFileDialog.getExistingDirectory(parent, title, str(start))
    return Path(name) if name else None
