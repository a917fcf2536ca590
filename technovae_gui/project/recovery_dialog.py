"""The list of unsaved work of windows that died: restore any of it, discard it one by one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from core.arrangement.clip import Clip, RealSource
from core.arrangement.project import track_of
from technovae_gui import theme
from technovae_gui.project import recovery
from technovae_gui.project.recovery import AbandonedWork
from technovae_gui.timeline.arrangement_thumbnail import arrangement_thumbnail
from technovae_gui.widgets import forms
from technovae_gui.widgets.labels import ElidedLabel

_PICTURE: Final = (168, 54)
_SIZE: Final = (680, 440)
_BUTTON_WIDTH: Final = 76


class RecoveryDialog(QDialog):
    """Everything that windows left unsaved, newest first.

    What is discarded can be taken back until the list is closed; then its file is deleted.

    Signals:
        restore_requested(Path): the user wants the work in this file; the list is closed by then.
    """

    restore_requested = Signal(object)

    def __init__(self, works: Iterable[AbandonedWork], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Recover unsaved work")
        self.rows = [_Row(work) for work in works]
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        for row in self.rows:
            row.restore.clicked.connect(partial(self._restore, row.work.path))
            column.addWidget(row)
        if not self.rows:
            column.addWidget(forms.note("There is none."))
        column.addStretch(1)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close_button = close.button(QDialogButtonBox.StandardButton.Close)
        close_button.setIcon(QIcon())
        close.rejected.connect(self.reject)
        whole = QVBoxLayout(self)
        whole.addWidget(
            forms.note(
                "Windows that ended without being closed left this behind. Restoring opens a copy "
                "as unsaved work; files that you saved stay as they are until you save again."
            )
        )
        whole.addWidget(forms.scrolled(content), 1)
        whole.addWidget(close)
        self.resize(*_SIZE)
        self.finished.connect(self._delete_discarded)
        restorable = [row.restore for row in self.rows if row.restore.isEnabled()]
        (restorable or [close_button])[0].setFocus()

    @Slot()
    def _restore(self, path: Path) -> None:
        self.accept()
        self.restore_requested.emit(path)

    @Slot()
    def _delete_discarded(self) -> None:
        for row in self.rows:
            if row.discarded:
                recovery.remove(row.work.path)


class _Row(QFrame):
    """One piece of work: picture, what is known of it, and what can be done with it."""

    def __init__(self, work: AbandonedWork) -> None:
        super().__init__()
        self.work, self.discarded = work, False
        forms.style_as_card(self)
        self._name = ElidedLabel()
        self._name.setProperty("dim", False)
        self._name.setProperty("heading", True)
        self._name.show_text(work.name if work.project else work.path.name)
        self._facts = ElidedLabel()
        self._facts.show_text(describe(work, datetime.now()))
        self.restore = forms.button(
            "Restore", "Open this work; save it where you like", name=f"Restore {work.name}"
        )
        self.restore.setEnabled(work.project is not None)
        self.discard = forms.button(
            "Discard", "Delete this file when the list is closed", name=f"Discard {work.name}"
        )
        self.discard.clicked.connect(self._toggle_discarded)
        for button in (self.restore, self.discard):
            button.setFixedWidth(_BUTTON_WIDTH)
        self.picture = QLabel()
        self.picture.setPixmap(_picture_of(work, self.devicePixelRatioF()))
        self.picture.setFixedSize(*_PICTURE)
        texts = QVBoxLayout()
        texts.addStretch(1)
        texts.addWidget(self._name)
        texts.addWidget(self._facts)
        texts.addStretch(1)
        line = QHBoxLayout(self)
        line.setSpacing(2 * theme.SPACE)
        line.addWidget(self.picture)
        line.addLayout(texts, 1)
        line.addWidget(self.restore)
        line.addWidget(self.discard)
        self.setAccessibleName(f"{self._name.toolTip()}, {self._facts.toolTip()}")

    @Slot()
    def _toggle_discarded(self) -> None:
        self.discarded = not self.discarded
        self.restore.setEnabled(not self.discarded and self.work.project is not None)
        self.picture.setEnabled(not self.discarded)
        self.discard.setText("Undo" if self.discarded else "Discard")
        facts = describe(self.work, datetime.now())
        self._facts.show_text(
            "will be deleted when this list is closed" if self.discarded else facts
        )


def describe(work: AbandonedWork, now: datetime) -> str:
    """Time, number of clips and library in one line; or what is wrong with the file.

    Args:
        work: what to describe.
        now: the present, to which the time is related.
    """
    time = time_text(work.time, now)
    if work.project is None:
        return f"{time} · damaged: {work.problem.partition(';')[0]}"
    clips = "1 clip" if work.clips == 1 else f"{work.clips} clips"
    return f"{time} · {clips} · {work.library}"


def time_text(time: datetime, now: datetime) -> str:
    """A time to the minute: with the day unless it is today, with the year unless it is this one.

    Args:
        time: in local time.
        now: the present.
    """
    if time.date() == now.date():
        return f"today, {time:%H:%M}"
    day = f"{time.day} {time:%B}" if time.year == now.year else f"{time.day} {time:%B %Y}"
    return f"{day}, {time:%H:%M}"


class _Colours:
    """A colour for every track in the order in which they are met, and one for latents."""

    def __init__(self) -> None:
        self._tracks: dict[str, int] = {}

    def of(self, clip: Clip) -> QColor:
        if not isinstance(clip.source, RealSource):
            return QColor(theme.LATENT_COLOUR)
        number = self._tracks.setdefault(track_of(clip.source), len(self._tracks))
        return QColor(theme.track_colour(number))


def _picture_of(work: AbandonedWork, ratio: float) -> QPixmap:
    size = QSize(*_PICTURE) * ratio
    if work.project is not None:
        image = arrangement_thumbnail(work.project.arrangement, size, _Colours().of)
        picture = QPixmap.fromImage(image)
    else:
        picture = QPixmap(size)
        picture.fill(QColor(theme.LINE))
    picture.setDevicePixelRatio(ratio)
    return picture
