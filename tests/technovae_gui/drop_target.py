"""Run by `drive_window`: another program's window that takes dropped files.

    python drop_target.py LIST X Y

Says "here" once it is on the screen, and writes the paths of what is dropped on it to LIST.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

SIDE = 300
PATIENCE_MS = 240_000


class Target(QLabel):
    """Takes copies of files."""

    def __init__(self, names: Path) -> None:
        super().__init__("drop here")
        self._names = names
        self.setAcceptDrops(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        paths = [url.toLocalFile() for url in event.mimeData().urls()]
        self._names.write_text("\n".join(paths))
        event.acceptProposedAction()


if __name__ == "__main__":
    app = QApplication([])
    target = Target(Path(sys.argv[1]))
    target.setGeometry(int(sys.argv[2]), int(sys.argv[3]), SIDE, SIDE)
    target.show()
    QTest.qWaitForWindowExposed(target, PATIENCE_MS)
    print("here", flush=True)
    app.exec()
