"""The wheel: it zooms at the cursor; with Shift, or two fingers on a touchpad, it pans."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QInputDevice, QWheelEvent

from technovae_gui.map.camera import Camera

_NOTCH = 120.0
_PER_NOTCH = 1.2
_PAN_PER_NOTCH = 60.0


def camera_after(camera: Camera, event: QWheelEvent) -> Camera:
    """`camera` after `event`."""
    turned = event.angleDelta()
    keys = event.modifiers()
    fingers = event.device().type() == QInputDevice.DeviceType.TouchPad
    if keys & Qt.KeyboardModifier.ShiftModifier or (
        fingers and not keys & Qt.KeyboardModifier.ControlModifier
    ):
        pixels = event.pixelDelta()
        if pixels.isNull():
            pixels = turned * (_PAN_PER_NOTCH / _NOTCH)
        return camera.panned(pixels.x(), pixels.y())
    # Alt turns a wheel sideways on some systems.
    notches = (turned.y() or turned.x()) / _NOTCH
    at = event.position()
    return camera.zoomed(_PER_NOTCH**notches, at.x(), at.y())
