"""The drawn paths that the user has given names: saved, called back, deleted."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QInputDialog, QLineEdit, QMenu, QWidget

from core import user_folders
from core.errors import TechnoVAEError
from core.identifiers import is_identifier
from technovae_gui.map.scene import MapScene

if TYPE_CHECKING:
    from core.library.path_presets import PathPreset


class PathPresets(QObject):
    """Keeps the named paths of the library whose map is shown.

    Signals:
        called_back(points): positions (n, 2) of a path that is to be shown.
        problem(str, str): a topic, and one line.
    """

    called_back = Signal(object)
    problem = Signal(str, str)

    def __init__(self, scene: MapScene, parent: QWidget) -> None:
        super().__init__(parent)
        self._scene, self._widget = scene, parent

    def fill(self, menu: QMenu) -> None:
        """Add the entries to a menu: save the path, call one back, delete one."""
        known = self._known() or ()
        save = menu.addAction("Save the path…", self.ask_name)
        save.setEnabled(len(self._scene.path) > 0 and self._scene.map is not None)
        save.setToolTip("Give the drawn path a name, to find it here again")
        if not known:
            return
        menu.addSeparator()
        for preset in known:
            menu.addAction(preset.name, partial(self.call_back, preset))
        delete = menu.addMenu("Delete")
        for preset in known:
            delete.addAction(preset.name, partial(self.delete, preset))

    def ask_name(self) -> None:
        """Ask for a name and save the path that is drawn."""
        known = self._known()
        if known is None:
            return
        suggested = f"Path {len(known) + 1}"
        name, accepted = QInputDialog.getText(
            self._widget, "Save the path", "Name", QLineEdit.EchoMode.Normal, suggested
        )
        if accepted and name.strip():
            self.save(name.strip())

    def save(self, name: str) -> None:
        """Keep the path that is drawn; one of the same name is replaced."""
        from core.library.path_presets import PathPreset

        latent_map, path = self._scene.map, self._scene.path
        if latent_map is not None and len(path):
            made = PathPreset.of(name, latent_map, np.asarray(path, np.float64))
            self._change(lambda known: (*_without(known, made.name), made))

    def call_back(self, preset: PathPreset) -> None:
        """Show a path again; it passes the dots that it was drawn along."""
        latent_map = self._scene.map
        points = None if latent_map is None else preset.positions(latent_map)
        if points is None:
            self.problem.emit("paths", f"no dot of “{preset.name}” is on this map; draw it again")
        else:
            self._show(points)

    def delete(self, preset: PathPreset) -> None:
        """Forget a path."""
        self._change(lambda known: _without(known, preset.name))

    def _show(self, points: NDArray[np.float64]) -> None:
        self._scene.set_path(points)
        self.called_back.emit(points)

    def _change(self, change: Callable[[tuple[PathPreset, ...]], tuple[PathPreset, ...]]) -> None:
        from core.library import path_presets

        known = self._known()
        if known is None:
            return
        try:
            path_presets.save(change(known), self._file())
        except TechnoVAEError as error:
            self.problem.emit("paths", str(error))

    def _known(self) -> tuple[PathPreset, ...] | None:
        """None where they cannot be read, which is told."""
        from core.library import path_presets

        try:
            return path_presets.load(self._file())
        except TechnoVAEError as error:
            self.problem.emit("paths", str(error))
            return None

    def _file(self) -> Path:
        library_id = "" if self._scene.map is None else self._scene.map.library_id
        name = library_id if is_identifier(library_id) else "library"
        return user_folders.data_folder() / "paths" / f"{name}.json"


def _without(known: tuple[PathPreset, ...], name: str) -> tuple[PathPreset, ...]:
    return tuple(it for it in known if it.name != name)
