"""Questions that guard an arrangement: before it is left, before another library is opened."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMessageBox, QWidget


class Leaving(Enum):
    """What becomes of unsaved work."""

    SAVE = auto()
    DISCARD = auto()
    CANCEL = auto()


class OtherLibrary(Enum):
    """What becomes of an arrangement when another library is opened."""

    NEW_PROJECT = auto()
    KEEP = auto()
    CANCEL = auto()


class Questions(Protocol):
    """Whoever answers: the user, or a test."""

    def ask_leaving(self, name: str) -> Leaving:
        """Whether to save the project called `name` before it is left."""

    def ask_other_library(self, library: str, current: str) -> OtherLibrary:
        """Ask whether to open another library than the one that the arrangement is made from.

        Args:
            library: name of the other one.
            current: name of the arrangement's.

        Returns:
            What the user chose.
        """


@dataclass(frozen=True)
class MessageBoxes:
    """Asks the user in boxes above `window`."""

    window: QWidget

    def ask_leaving(self, name: str) -> Leaving:
        """See `Questions`."""
        box = leaving_box(self.window, name)
        answers = {
            QMessageBox.StandardButton.Save: Leaving.SAVE,
            QMessageBox.StandardButton.Discard: Leaving.DISCARD,
        }
        return answers.get(QMessageBox.StandardButton(box.exec()), Leaving.CANCEL)

    def ask_other_library(self, library: str, current: str) -> OtherLibrary:
        """See `Questions`."""
        box = other_library_box(self.window, library, current)
        answers = {
            QMessageBox.ButtonRole.AcceptRole: OtherLibrary.NEW_PROJECT,
            QMessageBox.ButtonRole.ActionRole: OtherLibrary.KEEP,
        }
        box.exec()
        return answers.get(box.buttonRole(box.clickedButton()), OtherLibrary.CANCEL)


def leaving_box(window: QWidget, name: str) -> QMessageBox:
    """The box that asks to save, not to save, or to cancel; Escape cancels, Enter saves.

    Args:
        window: below the box.
        name: of the project.
    """
    buttons = QMessageBox.StandardButton
    box = _box(window, f"Save the changes to “{name}”?", "They are lost if you don't save them.")
    box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
    box.setDefaultButton(buttons.Save)
    box.button(buttons.Discard).setText("Don't save")
    return _without_icons(box)


def other_library_box(window: QWidget, library: str, current: str) -> QMessageBox:
    """The box that offers a new project for another library; Escape cancels, Enter accepts.

    Args:
        window: below the box.
        library: name of the library that is about to be opened.
        current: name of the one that the arrangement is made from.
    """
    box = _box(
        window,
        f"Start a new project for “{library}”?",
        f"The arrangement is made from “{current}”. If you keep it, its clips go on sounding from "
        "there as long as it is on disk, and new ones come from the library that you open now.",
    )
    roles = QMessageBox.ButtonRole
    box.setDefaultButton(box.addButton("New project", roles.AcceptRole))
    box.addButton("Keep this arrangement", roles.ActionRole)
    box.setEscapeButton(box.addButton(QMessageBox.StandardButton.Cancel))
    return _without_icons(box)


def _box(window: QWidget, text: str, detail: str) -> QMessageBox:
    box = QMessageBox(window)
    box.setWindowTitle("TechnoVAE")
    box.setText(text)
    box.setInformativeText(detail)
    return box


def _without_icons(box: QMessageBox) -> QMessageBox:
    """The window's other buttons have none."""
    for button in box.buttons():
        button.setIcon(QIcon())
    return box
