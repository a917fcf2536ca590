"""What is set in the preferences is taken over at once, and kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QFileDialog

from core import user_folders
from technovae_gui import style_sheet, theme
from technovae_gui.library.controller import SCHEDULER
from technovae_gui.preferences import PreferencesDialog, preferences_dialog
from technovae_gui.shortcuts import Shortcuts
from technovae_gui.transport.device_menu import DeviceMenuButton
from technovae_gui.widgets import motion
from tests.technovae_gui.fakes import FakeBackground

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def device(qtbot: Any) -> DeviceMenuButton:
    made = DeviceMenuButton()
    qtbot.addWidget(made)
    made.restore("Box, ALSA", "low")
    return made


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    (folder / "spectrograms").mkdir(parents=True)
    (folder / "spectrograms" / "a.npy").write_bytes(b"x" * 2_500_000)
    monkeypatch.setattr(user_folders, "cache_folder", lambda: folder)
    return folder


@pytest.fixture
def dialog(
    qtbot: Any, device: DeviceMenuButton, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[PreferencesDialog]:
    found = [SimpleNamespace(name=name, host_api="ALSA") for name in ("Speakers", "Box")]
    monkeypatch.setattr(preferences_dialog, "list_devices", lambda: found)
    background: Any = FakeBackground()
    made = PreferencesDialog(device, background, Shortcuts(), Path("/music"))
    qtbot.addWidget(made)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    made.show()
    yield made
    motion.set_reduced(False)


def test_it_shows_what_is_set(dialog: PreferencesDialog) -> None:
    assert dialog.device.currentText() == "Box"
    assert dialog.latency.currentData() == "low"
    assert dialog.folder.accessibleName() == "/music"
    assert dialog.cache.text() == "2.5 MB"


def test_a_device_and_its_buffer_are_chosen(
    dialog: PreferencesDialog, device: DeviceMenuButton, qtbot: Any
) -> None:
    with qtbot.waitSignal(device.chosen):
        dialog.device.setCurrentIndex(1)
        dialog.device.activated.emit(1)
    assert (device.name, device.latency) == ("Speakers, ALSA", "low")
    with qtbot.waitSignal(device.chosen):
        dialog.latency.setCurrentIndex(1)
        dialog.latency.activated.emit(1)
    assert device.latency == "high"


def test_motion_and_contrast_change_at_once(
    dialog: PreferencesDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[bool] = []
    monkeypatch.setattr(style_sheet, "set_contrast", lambda _app, *, high: shown.append(high))
    dialog.motion.setChecked(True)
    assert motion.is_reduced()
    dialog.contrast.setChecked(True)
    assert QSettings().value(theme.HIGH_CONTRAST, False, bool) is True
    dialog.contrast.setChecked(False)
    assert shown == [True, False]
    assert QSettings().value(theme.HIGH_CONTRAST, True, bool) is False


def test_the_cache_is_cleared(dialog: PreferencesDialog, cache: Path, qtbot: Any) -> None:
    qtbot.mouseClick(dialog.clear, LEFT)
    assert dialog.cache.text() == "empty"
    assert not dialog.clear.isEnabled()
    assert not list(cache.iterdir())


def test_a_folder_for_exports_is_chosen(
    dialog: PreferencesDialog, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    with qtbot.waitSignal(dialog.export_folder_chosen) as chosen:
        qtbot.mouseClick(dialog.browse, LEFT)
    assert chosen.args == [tmp_path]


def test_imports_run_on_a_cluster_until_its_address_is_taken_away(
    dialog: PreferencesDialog,
) -> None:
    for typed, kept in ((" tcp://there:8786 ", "tcp://there:8786"), ("", "")):
        dialog.scheduler.setText(typed)
        dialog.scheduler.editingFinished.emit()
        assert QSettings().value(SCHEDULER) == kept
