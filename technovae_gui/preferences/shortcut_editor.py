"""The table of all shortcuts: searched, changed, and put back to what they were."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QHeaderView,
    QKeySequenceEdit,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from technovae_gui import theme
from technovae_gui.shortcuts import Command, Shortcuts, native
from technovae_gui.widgets import forms
from technovae_gui.widgets.labels import MessageLabel

_ID: Final = Qt.ItemDataRole.UserRole
_TEXT, _KEYS, _SCOPE = range(3)
_MESSAGE_LINES: Final = 2


class ShortcutEditor(QWidget):
    """Shows what every key does, and lets the user choose other keys.

    Args:
        shortcuts: what is shown and changed.
        parent: of the widget.
    """

    def __init__(self, shortcuts: Shortcuts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shortcuts = shortcuts
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find a command or a key")
        self.search.setAccessibleName("Find a command or a key")
        self.search.setClearButtonEnabled(True)
        self.table = QTreeWidget()
        self.table.setHeaderLabels(["Command", "Keys", "Where"])
        self.table.setAccessibleName("Shortcuts")
        self.table.setRootIsDecorated(False)
        self.table.setAlternatingRowColors(True)
        forms.roomy_rows(self.table)
        self.keys = QKeySequenceEdit()
        self.keys.setMaximumSequenceLength(1)
        self.keys.setClearButtonEnabled(True)
        self.keys.setAccessibleName("New keys of the command that is selected")
        self.keys.setToolTip("Click here and press the new keys; none: the command has no keys")
        self.assign = forms.button("Assign", "Give the selected command these keys", primary=True)
        self.reset = forms.button("Reset", "Give the selected command its default keys again")
        self.reset_all = forms.button("Reset all", "Give all commands their default keys again")
        self.message = _message()
        self._fill()
        self._lay_out()
        self._connect()
        self._select_first()

    @property
    def command(self) -> Command | None:
        """The command that is selected."""
        item = self.table.currentItem()
        if item is None or item.isHidden():
            return None
        wanted = item.data(_TEXT, _ID)
        return next(it for it in self._shortcuts.commands if it.id == wanted)

    def _fill(self) -> None:
        for command in sorted(self._shortcuts.commands, key=lambda it: it.scope.value):
            item = QTreeWidgetItem(self.table)
            item.setText(_TEXT, command.text)
            item.setText(_SCOPE, command.scope.value)
            item.setData(_TEXT, _ID, command.id)
            item.setToolTip(_TEXT, command.fixed)
        self._show_keys()
        head = self.table.header()
        head.setStretchLastSection(False)
        head.setSectionResizeMode(_TEXT, QHeaderView.ResizeMode.Stretch)
        for column in (_KEYS, _SCOPE):
            head.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)

    def _lay_out(self) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(*[3 * theme.SPACE] * 4)
        rows.setSpacing(2 * theme.SPACE)
        rows.addWidget(self.search)
        rows.addWidget(self.table, 1)
        change = forms.row(self.keys, self.assign, self.reset, self.reset_all)
        change.setStretch(0, 1)
        rows.addLayout(change)
        rows.addWidget(self.message)

    def _connect(self) -> None:
        self._shortcuts.changed.connect(self._show_keys)
        self.search.textChanged.connect(self._search)
        self.table.currentItemChanged.connect(self._show_command)
        self.table.itemDoubleClicked.connect(lambda: self.keys.setFocus())
        self.keys.keySequenceChanged.connect(self._show_conflicts)
        self.assign.clicked.connect(self._assign)
        self.reset.clicked.connect(self._reset)
        self.reset_all.clicked.connect(self._shortcuts.reset_all)

    @Slot()
    def _show_keys(self) -> None:
        for item in self._items():
            command_id = item.data(_TEXT, _ID)
            item.setText(_KEYS, native(self._shortcuts.keys(command_id)))
            font = theme.font(
                theme.BODY,
                theme.SEMIBOLD if self._shortcuts.is_changed(command_id) else theme.REGULAR,
            )
            item.setFont(_KEYS, font)
        self._show_command()

    @Slot(str)
    def _search(self, text: str) -> None:
        """Show the commands whose line has all of the words."""
        words = text.lower().split()
        for item in self._items():
            line = " ".join(item.text(column) for column in (_TEXT, _KEYS, _SCOPE)).lower()
            item.setHidden(not all(word in line for word in words))
        if self.command is None:
            self._select_first()
        self._show_command()

    def _items(self) -> list[QTreeWidgetItem]:
        root = self.table.invisibleRootItem()
        items = (root.child(number) for number in range(root.childCount()))
        return [item for item in items if item is not None]

    def _select_first(self) -> None:
        shown = [item for item in self._items() if not item.isHidden()]
        if shown:
            self.table.setCurrentItem(shown[0])

    @Slot()
    def _show_command(self) -> None:
        command = self.command
        keys = self._shortcuts.keys(command.id)[:1] if command is not None else ()
        self.keys.setKeySequence(QKeySequence(*keys))
        self._show_conflicts()

    @property
    def _wanted(self) -> tuple[str, ...]:
        key = self.keys.keySequence().toString()
        return (key,) if key else ()

    @Slot()
    def _show_conflicts(self) -> None:
        """Say what the keys that were pressed do now, before they are taken."""
        command, wanted = self.command, self._wanted
        free = command is not None and not command.fixed
        taken = [] if command is None else self._taken(command)
        fixed = next((it for it in taken if it.fixed), None)
        self.keys.setEnabled(free)
        self.reset.setEnabled(
            command is not None and free and self._shortcuts.is_changed(command.id)
        )
        new = command is not None and wanted != self._shortcuts.keys(command.id)
        self.assign.setEnabled(free and new and fixed is None)
        self.assign.setText("Take them" if taken and free and fixed is None else "Assign")
        names = ", ".join(f"“{it.text}”" for it in taken)
        if command is not None and command.fixed:
            self.message.show_text(f"These keys stay: {command.fixed}.")
        elif fixed is not None:
            self.message.show_text(f"{native(wanted)} stays with {names}: {fixed.fixed}.")
        elif taken:
            self.message.show_text(f"{native(wanted)} is {names} now, which would lose it.")
        else:
            self.message.show_text("")

    def _taken(self, command: Command) -> list[Command]:
        return [it for key in self._wanted for it in self._shortcuts.conflicts(command.id, key)]

    @Slot()
    def _assign(self) -> None:
        if self.command is not None:
            self._shortcuts.set_keys(self.command.id, self._wanted)

    @Slot()
    def _reset(self) -> None:
        if self.command is not None:
            self._shortcuts.reset(self.command.id)


def _message() -> MessageLabel:
    """A message that keeps its room while it is hidden: it comes when keys are pressed, and the
    button that takes them, right above it, must not move away from under the mouse."""
    label = MessageLabel()
    policy = label.sizePolicy()
    policy.setRetainSizeWhenHidden(True)
    label.setSizePolicy(policy)
    label.setAlignment(Qt.AlignmentFlag.AlignTop)
    label.setFixedHeight(_MESSAGE_LINES * label.fontMetrics().lineSpacing())
    return label
