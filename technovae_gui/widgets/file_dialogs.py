"""Files and folders that the user chooses: the system's dialogs, and paths that are typed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QFileDialog, QWidget

from core.user_folders import music_folder

_FORBIDDEN: Final = re.compile(r'[\s\\/:*?"<>|\x00-\x1f]+')
_MAX_NAME_LENGTH: Final = 80


def choose_audio_files(parent: QWidget) -> list[Path]:
    """Ask for audio files to import; empty if the dialog was cancelled."""
    # Imported late: it loads FFmpeg, which the window's start can do without.
    from core.audio.files import AUDIO_EXTENSIONS

    patterns = " ".join(f"*{extension}" for extension in sorted(AUDIO_EXTENSIONS))
    names, _ = QFileDialog.getOpenFileNames(
        parent, "Import audio files", str(music_folder()), f"Audio ({patterns});;All files (*)"
    )
    return [Path(name) for name in names]


def choose_audio_folder(parent: QWidget) -> Path | None:
    """Ask for a folder of audio to import; None if the dialog was cancelled."""
    return choose_folder(parent, "Import a folder of audio")


def choose_library(parent: QWidget) -> Path | None:
    """Ask for the folder of a library to open; None if the dialog was cancelled."""
    return choose_folder(parent, "Open a library")


def choose_new_library_folder(parent: QWidget, start: Path) -> Path | None:
    """Ask where a new library goes.

    Args:
        parent: the widget that the dialog belongs to.
        start: the folder that is offered; it need not exist.

    Returns:
        The folder, which need not exist; None if the dialog was cancelled.
    """
    name, _ = QFileDialog.getSaveFileName(
        parent, "Folder for the new library", str(start), "", "", QFileDialog.Option.ShowDirsOnly
    )
    return Path(name) if name else None


def unused_library_folder() -> Path:
    """A folder in the user's music folder that does not exist yet, for a new library."""
    number = 1
    while True:
        path = music_folder() / ("TechnoVAE library" + (f" {number}" if number > 1 else ""))
        if not path.exists():
            return path
        number += 1


def typed_path(text: str) -> Path:
    """The path that someone typed: `~` is their home folder, also while they are still typing."""
    try:
        return Path(text).expanduser()
    except RuntimeError:  # ~name of nobody
        return Path(text)


def choose_folder(parent: QWidget, title: str) -> Path | None:
    """Ask for an existing folder.

    Args:
        parent: the widget that the dialog belongs to.
        title: of the dialog.

    Returns:
        The folder; None if the dialog was cancelled.
    """
    name = QFileDialog.getExistingDirectory(parent, title, str(music_folder()))
    return Path(name) if name else None


def choose_new_wav(parent: QWidget, name: str) -> Path | None:
    """Ask for the name of a WAV file; the dialog itself asks before a file is replaced.

    Args:
        parent: the widget that the dialog belongs to.
        name: offered, without extension; characters that file systems refuse are left out.

    Returns:
        The file; None if the dialog was cancelled.
    """
    (offered,) = unused_files(music_folder(), [name])
    path, _ = QFileDialog.getSaveFileName(parent, "Save clip", str(offered), "WAV (*.wav)")
    if not path:
        return None
    return Path(path if path.lower().endswith(".wav") else f"{path}.wav")


def unused_files(folder: Path, names: Sequence[str]) -> list[Path]:
    """WAV files that do not exist yet.

    Args:
        folder: where they go.
        names: without extension; characters that file systems refuse are left out.

    Returns:
        One for each of `names`, all different.
    """
    paths: list[Path] = []
    for name in names:
        plain = _FORBIDDEN.sub(" ", name).strip(" .")[:_MAX_NAME_LENGTH] or "clip"
        path, number = folder / f"{plain}.wav", 2
        while path.exists() or path in paths:
            path = folder / f"{plain} {number}.wav"
            number += 1
        paths.append(path)
    return paths
