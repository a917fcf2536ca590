"""Paints one clip: title, picture of the sound, repetitions, fades, gain and its marks."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from core.arrangement.clip import Clip, LatentSource
from core.settings import TICKS_PER_SEGMENT
from technovae_gui import theme
from technovae_gui.timeline import curves, ink, layout
from technovae_gui.timeline.geometry import Geometry
from technovae_gui.timeline.looks import ClipInfo, Looks
from technovae_gui.timeline.positions import decibel_text

_TEXT_FROM = 30
_BADGE_FROM = 64


@dataclass(frozen=True)
class Standing:
    """How a clip stands in the arrangement: what its own fields do not say."""

    selected: bool = False
    hovered: bool = False
    silent: bool = False
    """Its lane is muted, or another one is soloed."""
    overlap_in: int = 0
    overlap_out: int = 0
    """Ticks under its neighbours, where the crossfade takes the place of the fade."""


class ClipPainter:
    """Paints clips with `looks`; `dirty` is what has to be painted at all."""

    def __init__(self, painter: QPainter, geometry: Geometry, looks: Looks, dirty: QRectF) -> None:
        self._painter, self._geometry, self._looks = painter, geometry, looks
        self._dirty = dirty

    def paint(self, row: int, clip: Clip, standing: Standing) -> None:
        """Paint `clip` on lane `row`."""
        rect = layout.clip_rect(self._geometry, row, clip)
        info = self._looks.info(clip)
        self._ground(rect, info, standing)
        body = layout.body_rect(rect)
        self._picture(body, clip, info)
        self._fades(body, clip, standing)
        self._title(rect, clip, info)
        if standing.selected or standing.hovered or clip.gain_db:
            self._gain(body, clip, standing)
        if standing.selected or standing.hovered:
            self._handles(rect, clip, standing)
        if standing.silent:
            self._painter.fillRect(rect.adjusted(-1, -1, 0, 1), ink.colour(theme.GROUND, 150))
        if standing.selected:
            self._outline(rect)

    def paint_small(self, row: int, clip: Clip, selected: bool, silent: bool) -> None:
        """Paint a clip of a few pixels: there may be a thousand of them."""
        rect = layout.clip_rect(self._geometry, row, clip)
        colour = self._looks.info(clip).colour
        rect.setWidth(max(rect.width() - 1.0, 1.0))
        self._painter.fillRect(rect, ink.mixed(colour, theme.GROUND, 0.15 if silent else 0.45))
        rect.setHeight(layout.TITLE)
        self._painter.fillRect(rect, ink.mixed(colour, theme.GROUND, 0.3 if silent else 0.74))
        if selected:
            self._outline(layout.clip_rect(self._geometry, row, clip))

    def _ground(self, rect: QRectF, info: ClipInfo, standing: Standing) -> None:
        bar = ink.mixed(info.colour, theme.GROUND, 0.95 if standing.selected else 0.74)
        body = ink.mixed(info.colour, theme.GROUND, 0.34 if standing.hovered else 0.26)
        painter = self._painter
        round_ = theme.RADIUS
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(Qt.PenStyle.NoPen)
        for colour, top in ((bar, rect.top()), (body, rect.bottom() - 4 * round_)):
            painter.setBrush(colour)
            whole = QRectF(rect.left(), top, rect.width() - 1, rect.bottom() - top)
            painter.drawRoundedRect(whole, round_, round_)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        middle = layout.body_rect(rect).adjusted(0, 0, -1, -2 * round_)
        painter.fillRect(middle.intersected(self._dirty.adjusted(-2, 0, 2, 0)), body)

    def _title(self, rect: QRectF, clip: Clip, info: ClipInfo) -> None:
        # The name stays in view while the clip's beginning is scrolled away.
        left = max(rect.left(), 0.0) + 6
        room = int(rect.right() - left - 5)
        if room < _TEXT_FROM - 11:
            return
        mark = "◇ " if isinstance(clip.source, LatentSource) else ""
        text = ink.elided(mark + (info.name or "Clip"), room, 1.0, True)
        self._painter.setFont(ink.font(1.0, True))
        self._painter.setPen(ink.pen(theme.GROUND))
        self._painter.drawText(QPointF(left, rect.top() + layout.TITLE - 4), text)
        self._badges(layout.body_rect(rect), left, room, clip, info)

    def _badges(self, body: QRectF, left: float, room: int, clip: Clip, info: ClipInfo) -> None:
        words = [
            "waiting for its sound" if self._looks.is_pending(clip.source) else "",
            decibel_text(clip.gain_db) if clip.gain_db else "",
            "no bass" if clip.bass_cut else "",
            info.subtitle,
        ]
        text = "  ·  ".join(word for word in words if word)
        if not text or room < _BADGE_FROM or body.height() < 26:
            return
        text = ink.elided(text, room, 2.0)
        painter = self._painter
        back = QRectF(left - 3, body.bottom() - 15, ink.width(text, 2.0) + 6, 13)
        painter.fillRect(back, ink.colour(theme.GROUND, 165))
        painter.setFont(ink.font(2.0))
        painter.setPen(ink.pen(theme.TEXT, 1.0, 220))
        painter.drawText(QPointF(left, body.bottom() - 5), text)

    def _picture(self, body: QRectF, clip: Clip, info: ClipInfo) -> None:
        if self._looks.is_pending(clip.source):
            self._painter.fillRect(body.intersected(self._dirty), ink.hatch(theme.TEXT, 70))
        wide = TICKS_PER_SEGMENT / self._geometry.ticks_per_pixel
        if wide < 3:
            return
        picture = self._looks.thumbnails.scaled(clip.source, info.colour, wide, int(body.height()))
        origin = clip.origin
        while origin < clip.end:
            left = self._geometry.x(origin)
            loop = QRectF(left, body.top(), wide, int(body.height()))
            shown = loop.intersected(body).intersected(self._dirty.adjusted(-2, 0, 2, 0))
            if picture is not None and shown.width() > 0:
                scale = picture.width() / wide
                part = QRectF((shown.left() - left) * scale, shown.top() - body.top(),
                              shown.width() * scale, shown.height())  # fmt: skip
                self._painter.drawPixmap(shown, picture, part)
            if origin > clip.start:
                self._notch(body, left)
            origin += TICKS_PER_SEGMENT

    def _notch(self, body: QRectF, x: float) -> None:
        """The loop begins again here."""
        painter = self._painter
        painter.setPen(ink.pen(theme.GROUND, 1.0, 190, dotted=True))
        painter.drawLine(QLineF(x, body.top(), x, body.bottom()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink.GROUND)
        for y, towards in ((body.top(), 5.0), (body.bottom(), -5.0)):
            painter.drawPolygon(
                QPolygonF([QPointF(x - 4, y), QPointF(x + 4, y), QPointF(x, y + towards)])
            )

    def _fades(self, body: QRectF, clip: Clip, standing: Standing) -> None:
        scale = self._geometry.ticks_per_pixel
        if clip.fade_in and not standing.overlap_in:
            width = clip.fade_in / scale
            curves.fade(self._painter, QRectF(body.left(), body.top(), width, body.height()), True)
        if clip.fade_out and not standing.overlap_out:
            width = clip.fade_out / scale
            place = QRectF(body.right() - width, body.top(), width, body.height())
            curves.fade(self._painter, place, False)

    def _gain(self, body: QRectF, clip: Clip, standing: Standing) -> None:
        y = layout.gain_y(body, clip.gain_db)
        left, right = max(body.left(), self._dirty.left()), min(body.right(), self._dirty.right())
        alpha = 210 if standing.hovered else 110
        self._painter.setPen(ink.pen(theme.TEXT, 1.0, alpha))
        self._painter.drawLine(QLineF(left, y, right, y))

    def _handles(self, rect: QRectF, clip: Clip, standing: Standing) -> None:
        if rect.width() < layout.NARROW:
            return
        handles = layout.fade_handles(self._geometry, rect, clip)
        painter = self._painter
        painter.setPen(ink.pen(theme.GROUND))
        painter.setBrush(ink.colour(theme.TEXT))
        for handle, overlap in zip(
            handles, (standing.overlap_in, standing.overlap_out), strict=True
        ):
            if not overlap:
                painter.drawRect(handle.adjusted(1, 1, -1, -1))

    def _outline(self, rect: QRectF) -> None:
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.setPen(ink.pen(theme.ACCENT, 2.0))
        place = rect.adjusted(1, 1, -2, -1)
        self._painter.drawRoundedRect(place, theme.RADIUS, theme.RADIUS)
