"""The preferences: sound device, display, folder of exports, cache, cluster, shortcuts."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QSettings, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QDialog,
    QFileDialog,
    QLineEdit,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from core import user_cache
from core.errors import DeviceError
from core.playback.portaudio_output import list_devices
from core.workers.background import Background
from technovae_gui import style_sheet, theme
from technovae_gui.library.controller import SCHEDULER
from technovae_gui.preferences.shortcut_editor import ShortcutEditor
from technovae_gui.shortcuts import Shortcuts
from technovae_gui.transport.device_menu import LATENCIES, DeviceMenuButton, portaudio_name
from technovae_gui.widgets import forms, motion
from technovae_gui.widgets.forms import FieldGrid, SectionHeader
from technovae_gui.widgets.labels import ElidedLabel, MessageLabel

_WIDTH: Final = 540
_MEGABYTE: Final = 1_000_000


class PreferencesDialog(QDialog):
    """Settings of the user, each taken over at once.

    Signals:
        export_folder_chosen(Path): the user chose another folder for exports.
    """

    export_folder_chosen = Signal(Path)

    def __init__(
        self,
        device: DeviceMenuButton,
        background: Background,
        shortcuts: Shortcuts,
        export_folder: Path,
        parent: QWidget | None = None,
    ) -> None:
        """Make the dialog.

        Args:
            device: the transport's, which chooses devices.
            background: looks through the cache and clears it.
            shortcuts: the keys of all commands.
            export_folder: where exports go now.
            parent: the window.
        """
        super().__init__(parent)
        self._device, self._background = device, background
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Preferences")
        self.device = forms.combo(tip="What plays", name="Sound device")
        self.latency = forms.combo(
            *((text, name) for name, text in LATENCIES.items()),
            tip="A short buffer reacts sooner; a long one never stutters",
            name="Buffer",
        )
        self.contrast = QCheckBox("High contrast")
        self.motion = QCheckBox("Reduced motion")
        self.folder = ElidedLabel(collapses=False)
        self.folder.setProperty("dim", False)
        self.browse = forms.button("Browse…", "Choose the folder of exports")
        self.cache = forms.note("counting…")
        self.clear = forms.button(
            "Clear",
            "Delete loops of projects and all else that can be made again; music and projects stay",
            name="Clear cache",
        )
        self.shortcuts = ShortcutEditor(shortcuts)
        self.pages = QTabWidget()
        self.scheduler = QLineEdit()
        self.message = MessageLabel()
        self._fill(export_folder)
        self._lay_out()
        self._connect()
        self._count()

    def _fill(self, export_folder: Path) -> None:
        self.device.addItem("The system's default", None)
        try:
            for found in list_devices():
                self.device.addItem(found.name, portaudio_name(found))
        except DeviceError as error:
            self.message.show_error(str(error))
        self.device.setCurrentIndex(max(0, self.device.findData(self._device.name)))
        self.latency.setCurrentIndex(self.latency.findData(self._device.latency))
        self.contrast.setToolTip("Black grounds, bright texts and borders")
        self.contrast.setChecked(bool(QSettings().value(theme.HIGH_CONTRAST, False, bool)))
        self.motion.setToolTip("Nothing glides or pulses; playheads and meters still move")
        self.motion.setChecked(motion.is_reduced())
        self.folder.show_text(str(export_folder))
        self.scheduler.setAccessibleName("Cluster")
        self.scheduler.setPlaceholderText("this machine; or a cluster, as tcp://host:8786")
        self.scheduler.setToolTip("Address of a Dask scheduler whose workers read what is imported")
        self.scheduler.setText(str(QSettings().value(SCHEDULER, "")))

    def _lay_out(self) -> None:
        general = QWidget()
        rows = QVBoxLayout(general)
        rows.setContentsMargins(*[3 * theme.SPACE] * 4)
        rows.setSpacing(2 * theme.SPACE)
        sound = FieldGrid()
        sound.add("Device", self.device, wide=True)
        sound.add("Buffer", self.latency)
        folder = forms.row(self.folder, self.browse)
        folder.setStretch(0, 1)
        cache = forms.row(self.cache, self.clear)
        cache.setStretch(0, 1)
        files = FieldGrid()
        files.add("Exports go to", folder, wide=True)
        files.add("Cache", cache, wide=True)
        files.add("Imports run on", self.scheduler, wide=True)
        rows.addWidget(SectionHeader("Sound"))
        rows.addLayout(sound)
        rows.addWidget(SectionHeader("Display"))
        rows.addWidget(self.contrast)
        rows.addWidget(self.motion)
        rows.addWidget(SectionHeader("Files"))
        rows.addLayout(files)
        rows.addWidget(self.message)
        rows.addStretch(1)
        self.pages.addTab(general, "General")
        self.pages.addTab(self.shortcuts, "Shortcuts")
        close = forms.button("Close", "Close the preferences (Esc)", primary=True)
        close.clicked.connect(self.accept)
        close.setAutoDefault(False)  # Return is a key that a command may get
        whole = QVBoxLayout(self)
        whole.setContentsMargins(*[4 * theme.SPACE] * 4)
        whole.setSpacing(2 * theme.SPACE)
        whole.addWidget(self.pages, 1)
        whole.addLayout(forms.row(1, close))
        self.resize(_WIDTH, self.sizeHint().height())

    def _connect(self) -> None:
        for choice in (self.device, self.latency):
            choice.activated.connect(self._choose_device)
        self.contrast.toggled.connect(self._set_contrast)
        self.motion.toggled.connect(motion.set_reduced)
        self.browse.clicked.connect(self._browse)
        self.clear.clicked.connect(self._clear)
        self.scheduler.editingFinished.connect(self._set_scheduler)

    @Slot()
    def _choose_device(self) -> None:
        self._device.choose(self.device.currentData(), self.latency.currentData())

    @Slot(bool)
    def _set_contrast(self, on: bool) -> None:
        QSettings().setValue(theme.HIGH_CONTRAST, on)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        style_sheet.set_contrast(app, high=on)

    @Slot()
    def _browse(self) -> None:
        start = self.folder.accessibleName()
        name = QFileDialog.getExistingDirectory(self, "Folder of exports", start)
        if name:
            self.folder.show_text(name)
            self.export_folder_chosen.emit(Path(name))

    @Slot()
    def _set_scheduler(self) -> None:
        QSettings().setValue(SCHEDULER, self.scheduler.text().strip())

    def _count(self) -> None:
        self._background.submit(user_cache.size_bytes, self._show_size)

    @Slot()
    def _clear(self) -> None:
        self.clear.setEnabled(False)
        self.cache.setText("clearing…")
        self._background.submit(user_cache.clear, self._cleared)

    def _cleared(self, complete: bool) -> None:
        if not complete:
            self.message.show_text("Some files are in use; clear it again after the next start.")
        self._count()

    def _show_size(self, size: int) -> None:
        self.cache.setText(f"{size / _MEGABYTE:.1f} MB" if size else "empty")
        self.clear.setEnabled(size > 0)
