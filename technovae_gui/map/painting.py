"""How a canvas is painted: the layer of ground and dots, and the overlays in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap

from technovae_gui import theme
from technovae_gui.map import dots, overlays, shading
from technovae_gui.map.camera import Camera
from technovae_gui.map.places import XY

if TYPE_CHECKING:
    from technovae_gui.map.canvas import Canvas
    from technovae_gui.map.scene import Scene


class Layer:
    """Ground and dots as a picture that is painted anew only when it is stale.

    What pulses and follows the mouse above it then costs no more than its own few pixels.
    """

    def __init__(self) -> None:
        self.stale = True
        self._pixmap = QPixmap()
        self._ground: tuple[object, object, QImage] | None = None

    def pixmap(self, canvas: Canvas) -> QPixmap:
        """The layer for `canvas` as it is now."""
        ratio = canvas.devicePixelRatioF()
        size = (canvas.size().toSizeF() * ratio).toSize()
        if self.stale or self._pixmap.size() != size:
            self._pixmap = QPixmap(size)
            self._pixmap.setDevicePixelRatio(ratio)
            self._pixmap.fill(QColor(theme.GROUND))
            painter = QPainter(self._pixmap)
            self._paint(painter, canvas.scene, canvas.camera)
            painter.end()
            self.stale = False
        return self._pixmap

    def _paint(self, painter: QPainter, scene: Scene, camera: Camera) -> None:
        if scene.map is None or scene.colours is None:
            return
        ground = self._tinted(scene)
        if ground is not None and scene.shade is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(_on_screen(scene.shade.rect, camera), ground)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        centres = camera.to_screen(scene.xy)
        size = dots.radius(camera.scale, len(centres))
        colours = scene.colours
        dots.draw(painter, centres, colours.palette, colours.index, scene.opacity(), size)
        dots.draw_rings(painter, centres[scene.selected], size)

    def _tinted(self, scene: Scene) -> QImage | None:
        if scene.shade is None or scene.colours is None:
            return None
        if self._ground is None or self._ground[:2] != (scene.shade, scene.colours):
            image = shading.tinted(scene.shade, scene.colours)
            self._ground = (scene.shade, scene.colours, image)
        return self._ground[2]


def paint_overlays(painter: QPainter, canvas: Canvas) -> None:
    """Everything above the dots."""
    scene = canvas.scene
    if scene.map is None:
        _paint_message(painter, canvas)
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    overlays.paint_path(painter, canvas.camera.to_screen(scene.path))
    _paint_morph(painter, canvas)
    if scene.hovered is not None:
        size = dots.radius(canvas.camera.scale, len(scene.xy))
        overlays.paint_hover(painter, _dot_pixel(canvas, scene.hovered), size)
    if len(canvas.lasso):
        overlays.paint_lasso(painter, canvas.lasso)
    _paint_markers(painter, canvas)


def _paint_markers(painter: QPainter, canvas: Canvas) -> None:
    scene = canvas.scene
    sounding, place = scene.sounding, scene.place
    if place is not None and (sounding is None or place.xy != sounding[0]):
        overlays.paint_marker(painter, canvas.pixel(place.xy), False, 0.0)
    if sounding is not None:
        at = canvas.pixel(sounding[0])
        overlays.paint_marker(painter, at, True, scene.phase)
    for xy, label in [sounding] if sounding else [(place.xy, place.label)] if place else []:
        _paint_label(painter, canvas, xy, label)


def _paint_label(painter: QPainter, canvas: Canvas, xy: XY, label: str) -> None:
    at = canvas.pixel(xy)
    if label and canvas.rect().contains(at.toPoint()):
        bounds = QRectF(canvas.rect()).adjusted(4, 4, -4 - canvas.covered, -4)
        box = overlays.label_rect(at, label, painter.fontMetrics(), bounds)
        overlays.paint_label(painter, box, label)


def _paint_morph(painter: QPainter, canvas: Canvas) -> None:
    morph = canvas.morph
    ends = [canvas.pixel(morph.ends[n].xy) if n in morph.ends else None for n in "AB"]
    handle = canvas.pixel(morph.xy()) if morph.ready else None
    overlays.paint_morph(painter, ends[0], ends[1], handle)


def _paint_message(painter: QPainter, canvas: Canvas) -> None:
    font = painter.font()
    font.setPointSizeF(font.pointSizeF() * 1.25)
    painter.setFont(font)
    painter.setPen(QColor(theme.DIM))
    box = canvas.rect().adjusted(40, 20, -40, -20)
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    painter.drawText(box, flags, canvas.scene.message)


def _dot_pixel(canvas: Canvas, row: int) -> QPointF:
    x, y = canvas.scene.xy[row]
    return canvas.pixel((x, y))


def _on_screen(area: QRectF, camera: Camera) -> QRectF:
    """`area` of the map (y upwards) in pixels."""
    left, top = camera.to_screen((area.left(), area.bottom()))
    return QRectF(left, top, area.width() * camera.scale, area.height() * camera.scale)
