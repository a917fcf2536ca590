"""The wheel over the lanes, the ruler and the headers: scrolls, and with Ctrl zooms."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent

from technovae_gui.timeline.camera import Camera

_ZOOM_PER_NOTCH = 1.25
_PIXELS_PER_NOTCH = 60


def turn(camera: Camera, event: QWheelEvent) -> None:
    """Wheel: up and down; Shift: sideways; Ctrl: zoom at the mouse; Ctrl+Shift: lane height."""
    across, down = _notches(event)
    keys, place = event.modifiers(), event.position()
    shift = bool(keys & Qt.KeyboardModifier.ShiftModifier)
    if keys & Qt.KeyboardModifier.ControlModifier:
        factor = _ZOOM_PER_NOTCH ** (down or across)
        if shift:
            camera.set(camera.geometry.taller(factor, place.y()))
        else:
            camera.zoom(factor, place.x())
    elif shift:
        camera.scroll(dx=-(down or across) * _PIXELS_PER_NOTCH)
    else:
        camera.scroll(dx=-across * _PIXELS_PER_NOTCH, dy=round(-down * _PIXELS_PER_NOTCH))
    event.accept()


def _notches(event: QWheelEvent) -> tuple[float, float]:
    """Notches turned, sideways and down; a touchpad's pixels count as parts of notches."""
    pixels = event.pixelDelta()
    if not pixels.isNull():
        return pixels.x() / _PIXELS_PER_NOTCH, pixels.y() / _PIXELS_PER_NOTCH
    turned = event.angleDelta()
    return turned.x() / 120.0, turned.y() / 120.0
