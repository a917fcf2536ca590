"""The lanes with their clips: one widget that paints itself by difference."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QHelpEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from core.arrangement import edits
from technovae_gui.document import Document
from technovae_gui.timeline import hits, layout, wheel
from technovae_gui.timeline.camera import Camera
from technovae_gui.timeline.dropping import Dropping
from technovae_gui.timeline.inline_edit import InlineEdit
from technovae_gui.timeline.keys import Keys
from technovae_gui.timeline.looks import Looks
from technovae_gui.timeline.mirror import Mirror, Placed
from technovae_gui.timeline.mouse import Mouse
from technovae_gui.timeline.scene_painter import REACH, ScenePainter
from technovae_gui.timeline.state import State

_MANY = 120
"""Changed clips beyond which everything is painted again."""
_FEW_RECTS = 8


class Canvas(QWidget):
    """Mirrors the document's clips; what the mouse and the keys do is in rooms of their own.

    Signals:
        files_dropped(list of paths, int tick, str lane id; empty below the last lane)
        menu_requested(Hit, QPoint on the screen)
        dragged_out(): the mouse took the selected clips out of the window
    """

    files_dropped = Signal(object, int, str)
    menu_requested = Signal(object, QPoint)
    dragged_out = Signal()

    def __init__(
        self,
        document: Document,
        camera: Camera,
        state: State,
        looks: Looks,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.document, self.camera, self.state, self.looks = document, camera, state, looks
        self.mirror = Mirror(document.arrangement)
        self._selection = document.selection
        self.mouse = Mouse(self, document, camera, state)
        self._keys = Keys(document, state, self.mouse)
        self._dropping = Dropping(self, document, camera, state)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Timeline lanes")
        document.changed.connect(self._mirror_document)
        document.selection_changed.connect(self._mirror_selection)
        document.loop_changed.connect(self.update)
        camera.changed.connect(self.update)
        looks.changed.connect(self.update)

    def show_playhead(self, before: float, now: float) -> None:
        """Paint the playhead where it is and no more where it was (ticks)."""
        for tick in (before, now):
            x = round(self.camera.geometry.x(tick))
            if -4 <= x <= self.width() + 4:
                self.update(x - 1, 0, 4, self.height())

    def rename(self, clip_id: str) -> None:
        """Edit the clip's name in its title bar."""
        found = self.mirror.where(clip_id)
        if found is None:
            return
        row, clip = found
        rect = layout.clip_rect(self.camera.geometry, row, clip).toRect()
        place = QRect(max(rect.left(), 0), rect.top(), max(90, min(rect.width(), 240)), 24)
        name = self.looks.info(clip).name
        InlineEdit(self, place, name, lambda text: self._renamed(clip_id, text))

    def repaint_clips(self, clip_ids: frozenset[str]) -> None:
        """These look different: the mouse is over them, or they are selected."""
        self._repaint([found for i in clip_ids if (found := self.mirror.where(i)) is not None])

    def _renamed(self, clip_id: str, name: str) -> None:
        self.document.edit("rename clip", lambda now: edits.set_clip(now, clip_id, name=name))

    def _mirror_document(self) -> None:
        placed = self.mirror.replace(self.document.arrangement)
        arrangement = self.mirror.arrangement
        self.camera.set_content(arrangement.end, len(arrangement.lanes))
        if placed is None or len(placed) > _MANY or not arrangement.end:
            self.update()
        else:
            self._repaint(placed)

    def _mirror_selection(self) -> None:
        changed = self._selection ^ self.document.selection
        self._selection = self.document.selection
        self.repaint_clips(changed)

    def _repaint(self, placed: list[Placed]) -> None:
        for row, clip in placed:
            rect = layout.clip_rect(self.camera.geometry, row, clip)
            self.update(rect.adjusted(-REACH, -2, REACH, 3).toAlignedRect())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        region = event.region()
        rects = list(region) if region.rectCount() <= _FEW_RECTS else [region.boundingRect()]
        for rect in rects:
            painter.setClipRect(rect)
            self._paint(painter, QRectF(rect))
        painter.end()

    def _paint(self, painter: QPainter, dirty: QRectF) -> None:
        scene = ScenePainter(painter, self.camera.geometry, self.mirror, self.looks, dirty)
        scene.paint(self._selection, self.mouse.hovered)
        if self.document.loop is not None:
            scene.loop(self.document.loop)
        landing, band = self._dropping.landing, self.mouse.band
        if landing is not None:
            scene.ghosts(landing.row, landing.tick, landing.count)
        elif not self.mirror.arrangement.end:
            scene.hint(QRectF(self.rect()))
        if not band.isNull():
            scene.band(QRectF(band).adjusted(0, 0, -1, -1))
        scene.playhead(self.state.playhead)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        self.camera.set_size(self.width(), self.height())

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self.mouse.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self.mouse.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self.mouse.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self.mouse.double_click(event)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        self.mouse.leave()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        self.mouse.cancel()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        wheel.turn(self.camera, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if not self._keys.press(event):
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        if self.mouse.dragging:
            return
        hit = hits.at(self.mirror.arrangement, self.camera.geometry, event.pos().toPointF())
        if hit.clip is not None and hit.clip.id not in self.document.selection:
            self.document.select([hit.clip.id])
        self.menu_requested.emit(hit, event.globalPos())

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ShortcutOverride and self.mouse.dragging:
            event.accept()  # a drag sees every key first: Escape ends it, nothing else edits
            return True
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._tell(event)
            return True
        return super().event(event)

    def _tell(self, event: QHelpEvent) -> None:
        hit = hits.at(self.mirror.arrangement, self.camera.geometry, event.pos().toPointF())
        if hit.clip is None or self.mouse.dragging:
            QToolTip.hideText()
            return
        info = self.looks.info(hit.clip)
        text = "\n".join(part for part in (info.name, info.subtitle) if part)
        QToolTip.showText(event.globalPos(), text, self)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        self._dropping.over(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # noqa: N802
        self._dropping.over(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802
        self._dropping.leave()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        self._dropping.drop(event)
