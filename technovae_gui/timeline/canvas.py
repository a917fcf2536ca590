"""The lanes with their clips: one widget that repaints only what an edit changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt, QTimer, Signal, Slot
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
    QRegion,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from core.arrangement import edits
from core.arrangement.clip import ClipSource
from technovae_gui.document import Document
from technovae_gui.timeline.clip_commands import Nudger
from technovae_gui.timeline.clip_style import ClipStyle
from technovae_gui.timeline.controls import InlineEdit
from technovae_gui.timeline.drop_target import DropTarget
from technovae_gui.timeline.geometry import Geometry, clip_rect
from technovae_gui.timeline.hit_testing import hit_test
from technovae_gui.timeline.lane_layer import LaneLayer, rects_of
from technovae_gui.timeline.lane_sketches import LaneSketches
from technovae_gui.timeline.mouse import MouseHandler
from technovae_gui.timeline.scene import ClipOnRow, Scene, clips_at, clips_between
from technovae_gui.timeline.scene_painter import REACH, ScenePainter
from technovae_gui.timeline.viewport import TimelineState, Viewport

_MANY_CLIPS = 120
"""Changed clips beyond which everything is repainted."""
_REST_MS = 60
"""How long lanes that are zoomed are stretched, before they are painted."""
_FINE_NUDGE_TICKS = 60
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class Canvas(QWidget):
    """Shows the document's clips, and passes mouse, keys and drops to those who handle them.

    Signals:
        files_dropped(FileDrop): files came from the desktop.
        menu_requested(Hit, QPoint): what lies under the mouse, and where on the screen.
        dragged_out(): the mouse took the selected clips out of the window.
        thumbnail_missed(): clips are shown without their pictures, which are not there yet.
    """

    files_dropped = Signal(object)
    menu_requested = Signal(object, QPoint)
    dragged_out = Signal()
    thumbnail_missed = Signal()

    def __init__(
        self,
        document: Document,
        viewport: Viewport,
        state: TimelineState,
        style: ClipStyle,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._viewport, self._state = document, viewport, state
        self._style = style
        self.scene = Scene(document.arrangement)
        self._selection = document.selection
        self._layer, self._sketches = LaneLayer(self), LaneSketches(style)
        self._refine_timer = QTimer(self, singleShot=True)
        self.mouse = MouseHandler(self, self.scene, document, viewport, state)
        self._drops = DropTarget(self, document, viewport, state)
        self._nudger = Nudger(document)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Timeline lanes")
        document.changed.connect(self._show_document)
        document.selection_changed.connect(self._show_selection)
        document.loop_changed.connect(self.update)
        viewport.changed.connect(self.update)
        style.changed.connect(self._repaint_all)
        style.sources_changed.connect(self._repaint_sources)
        self._refine_timer.timeout.connect(self.refine)
        self.mouse.hover_changed.connect(self._repaint_ids)
        self.mouse.dragged_out.connect(self.dragged_out)
        self.mouse.rename_requested.connect(self.rename)
        self._drops.files_dropped.connect(self.files_dropped)

    def show_playhead(self, before: float, now: float) -> None:
        """Repaint where the playhead was and where it is.

        Args:
            before: tick where it was.
            now: tick where it is.
        """
        for tick in (before, now):
            x = round(self._viewport.geometry.x(tick))
            if -4 <= x <= self.width() + 4:
                self.update(x - 1, 0, 4, self.height())

    def clips_in_view(self) -> Iterator[ClipOnRow]:
        """The clips that lie in the stretch of time and the lanes that are shown."""
        geometry, lanes = self._viewport.geometry, self.scene.arrangement.lanes
        span = geometry.tick(0), geometry.tick(self._viewport.width)
        rows = range(max(0, geometry.row(0)), geometry.row(self._viewport.height) + 1)
        for row in rows[: max(0, len(lanes) - rows.start)]:
            for clip in clips_between(lanes[row], *span):
                yield row, clip

    @Slot(str)
    def rename(self, clip_id: str) -> None:
        """Edit the clip's name in its title bar."""
        found = self.scene.find(clip_id)
        if found is None:
            return
        row, clip = found
        rect = clip_rect(self._viewport.geometry, row, clip).toRect()
        area = QRect(max(rect.left(), 0), rect.top(), max(90, min(rect.width(), 240)), 24)
        InlineEdit(
            self, area, self._style.info(clip).name, lambda name: self._set_name(clip_id, name)
        )

    def _set_name(self, clip_id: str, name: str) -> None:
        self._document.edit("rename clip", lambda now: edits.set_clip(now, clip_id, name=name))

    def _show_document(self) -> None:
        dirty = self.scene.replace(self._document.arrangement)
        arrangement = self.scene.arrangement
        self._viewport.set_content(arrangement.end, len(arrangement.lanes))
        if dirty is None or len(dirty) > _MANY_CLIPS or not arrangement.end:
            self._repaint_all()
        else:
            self._repaint(dirty)

    def _show_selection(self) -> None:
        changed = self._selection ^ self._document.selection
        self._selection = self._document.selection
        self._repaint_ids(changed)

    @Slot(object)
    def _repaint_ids(self, clip_ids: frozenset[str]) -> None:
        self._repaint([found for i in clip_ids if (found := self.scene.find(i)) is not None])

    @Slot(object)
    def _repaint_sources(self, sources: frozenset[ClipSource]) -> None:
        """Repaint the clips in view that play any of these, be it in a group."""
        shown = self.clips_in_view()
        clips = [it for it in shown if any(loop.source in sources for loop in it[1].loops)]
        if len(clips) > _MANY_CLIPS:
            self._repaint_all()
        else:
            self._repaint(clips)

    def _repaint(self, clips: Iterable[ClipOnRow]) -> None:
        changed = QRegion()
        for row, clip in clips:
            rect = clip_rect(self._viewport.geometry, row, clip)
            changed += rect.adjusted(-REACH, -2, REACH, 3).toAlignedRect()
        if not changed.isEmpty():
            self._layer.invalidate_region(changed, self._viewport.geometry)
            self.update(changed)

    @Slot()
    def _repaint_all(self) -> None:
        self._style.thumbnails.missed = False
        self._layer.invalidate()
        self.update()

    def refine(self) -> bool:
        """Paint some of what is only stretched, a lane at a time: nothing waits for all of them.

        Returns:
            Whether all of it is painted.
        """
        done = self._layer.refine(self._viewport.geometry, self.size(), self.devicePixelRatioF())
        if done:
            self.update()
        else:
            self._refine_timer.start(0)
        return done

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        if not self._layer.draw(painter, self._viewport.geometry, self.size(), event.region()):
            self._refine_later()
        for rect in rects_of(event.region()):
            painter.setClipRect(rect)
            self._paint(painter, QRectF(rect))
        painter.end()
        if self._style.thumbnails.missed:
            self.thumbnail_missed.emit()

    def settle(self) -> None:
        """Paint at once what is only stretched, for a picture of the window."""
        while not self.refine():
            pass
        self._refine_timer.stop()

    def _refine_later(self) -> None:
        if not self._refine_timer.isActive():
            self._refine_timer.start(_REST_MS)

    def _scene_painter(self, painter: QPainter, geometry: Geometry, area: QRectF) -> ScenePainter:
        return ScenePainter(painter, geometry, self.scene, self._style, area)

    def paint_lanes(self, painter: QPainter, geometry: Geometry, area: QRect) -> None:
        scene = self._scene_painter(painter, geometry, QRectF(area))
        scene.paint(self._selection, self.mouse.hovered_id)

    def sketch_lanes(self, painter: QPainter, geometry: Geometry, area: QRect) -> None:
        self._scene_painter(painter, geometry, QRectF(area)).sketch(self._sketches)

    def clips_at_left(self, geometry: Geometry) -> Iterable[QRect]:
        for row, lane in enumerate(self.scene.arrangement.lanes):
            for clip in clips_at(lane, geometry.left):
                yield clip_rect(geometry, row, clip).adjusted(-REACH, -2, REACH, 3).toAlignedRect()

    def _paint(self, painter: QPainter, dirty: QRectF) -> None:
        """Paint what lies over the lanes."""
        scene = self._scene_painter(painter, self._viewport.geometry, dirty)
        if self._document.loop is not None:
            scene.loop(self._document.loop)
        drop, band = self._drops.position, self.mouse.band
        if drop is not None:
            scene.ghosts(drop.row, drop.tick, drop.count)
        elif not self.scene.arrangement.end:
            scene.hint(QRectF(self.rect()))
        if not band.isNull():
            scene.band(QRectF(band).adjusted(0, 0, -1, -1))
        scene.playhead(self._state.playhead)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._repaint_all()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        self._viewport.set_size(self.width(), self.height())

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
        self._viewport.turn_wheel(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        arrow = _ARROWS.get(Qt.Key(event.key()))
        ctrl = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if self.mouse.dragging:
            if event.key() == Qt.Key.Key_Escape:
                self.mouse.cancel()
        elif arrow is not None and not ctrl and self._document.selection:
            alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
            step = _FINE_NUDGE_TICKS if alt else self._state.snap.step
            self._nudger.nudge(arrow[0] * step, arrow[1])
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        if self.mouse.dragging:
            return
        hit = hit_test(self.scene.arrangement, self._viewport.geometry, event.pos().toPointF())
        if hit.clip is not None and hit.clip.id not in self._document.selection:
            self._document.select([hit.clip.id])
        self.menu_requested.emit(hit, event.globalPos())

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ShortcutOverride and self.mouse.dragging:
            event.accept()  # a drag sees every key first: Escape ends it, nothing else edits
            return True
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._show_tool_tip(event)
            return True
        return super().event(event)

    def _show_tool_tip(self, event: QHelpEvent) -> None:
        hit = hit_test(self.scene.arrangement, self._viewport.geometry, event.pos().toPointF())
        if hit.clip is None or self.mouse.dragging:
            QToolTip.hideText()
            return
        info = self._style.info(hit.clip)
        text = "\n".join(part for part in (info.name, info.subtitle) if part)
        QToolTip.showText(event.globalPos(), text, self)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        self._drops.drag_move(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # noqa: N802
        self._drops.drag_move(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802
        self._drops.drag_leave()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        self._drops.drop(event)
