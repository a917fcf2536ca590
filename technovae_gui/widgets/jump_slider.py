"""A slider that goes where it is clicked."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QSlider


class JumpSlider(QSlider):
    """A horizontal slider whose handle jumps to a press on the groove, and is dragged from there.

    The groove of a plain one goes on by a page at each click.
    """

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        from PySide6.QtWidgets import QStyle  # its many enumerations take milliseconds

        handle = self._handle_width()
        on_left = event.button() == Qt.MouseButton.LeftButton
        if on_left and self.width() > handle:
            x = round(event.position().x() - handle / 2)
            self.setValue(
                QStyle.sliderValueFromPosition(
                    self.minimum(), self.maximum(), x, self.width() - handle
                )
            )
        # The handle is under the mouse now: what follows is a drag of it.
        super().mousePressEvent(event)

    def _handle_width(self) -> int:
        from PySide6.QtWidgets import QStyle, QStyleOptionSlider

        option = QStyleOptionSlider()
        self.initStyleOption(option)
        control, part = QStyle.ComplexControl.CC_Slider, QStyle.SubControl.SC_SliderHandle
        return self.style().subControlRect(control, option, part, self).width()
