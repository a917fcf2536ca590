"""The banner that asks where a project's library and model are, until both are known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from PySide6.QtCore import QObject, Signal, SignalInstance
from PySide6.QtWidgets import QFileDialog, QWidget

from technovae_gui.widgets.banners import Action, Banners

Missing = Literal["library", "model", "other"]
"""The project's own library and model; another library that clips are made from."""
_KEY: Final = "relink"
_BUTTONS: Final[dict[Missing, str]] = {
    "library": "Find the library…",
    "model": "Find the model…",
    "other": "Find the other library…",
}


@dataclass(frozen=True)
class FileChoosers:
    """The system's dialogs, above `window`; each returns None if it was closed."""

    window: QWidget

    def library(self) -> Path | None:
        """Let the user choose the folder of a library."""
        name = QFileDialog.getExistingDirectory(self.window, "Where is the library?")
        return Path(name) if name else None

    def model(self) -> Path | None:
        """Let the user choose the file of a model."""
        kinds = "Models (*.keras)"
        name, _ = QFileDialog.getOpenFileName(self.window, "Where is the model?", "", kinds)
        return Path(name) if name else None


class RelinkBanner(QObject):
    """Shows what of a project is missing, with a button for each.

    A question stays until it is answered: choosing no file, or one that does not fit, brings the
    banner back.

    Signals:
        library_chosen(Path), model_chosen(Path), other_chosen(Path): the user says that it is here.
    """

    library_chosen = Signal(object)
    model_chosen = Signal(object)
    other_chosen = Signal(object)

    def __init__(self, banners: Banners, window: QWidget) -> None:
        super().__init__(window)
        self._banners = banners
        self.choosers = FileChoosers(window)
        self._missing: dict[Missing, str] = {}
        self._chosen: dict[Missing, SignalInstance] = {
            "library": self.library_chosen,
            "model": self.model_chosen,
            "other": self.other_chosen,
        }

    @property
    def missing(self) -> dict[Missing, str]:
        """What is asked for, and the sentence that says why."""
        return dict(self._missing)

    def ask(self, what: Missing, sentence: str) -> None:
        """Ask until it is settled.

        Args:
            what: is missing.
            sentence: says so, with a full stop.
        """
        self._missing[what] = sentence
        self._show()

    def settle(self, *what: Missing) -> None:
        """Ask no more for what is known now."""
        for each in what:
            self._missing.pop(each, None)
        self._show()

    def _show(self) -> None:
        if not self._missing:
            self._banners.dismiss(_KEY)
            return
        asked: list[Missing] = sorted(self._missing)
        sentences = " ".join(self._missing[each] for each in asked)
        actions: list[Action] = [(_BUTTONS[each], self._asker(each)) for each in asked]
        self._banners.show_message(
            _KEY,
            f"{sentences} The clips stay where they are.",
            kind="warning",
            actions=tuple(actions),
        )

    def _asker(self, what: Missing) -> Callable[[], None]:
        def ask() -> None:
            path = self.choosers.model() if what == "model" else self.choosers.library()
            self._show()  # pressing a button has put the banner away
            if path is not None:
                self._chosen[what].emit(path)

        return ask
