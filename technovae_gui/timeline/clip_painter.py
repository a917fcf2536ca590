"""Paints one clip: title, picture of the sound, repetitions, fades, gain and handles."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap, QPolygonF

from core.arrangement.clip import (
    Clip,
    GroupSource,
    LatentSource,
    loop_source,
    main_source,
)
from core.settings import TICKS_PER_SEGMENT
from technovae_gui import theme
from technovae_gui.timeline import paint_cache
from technovae_gui.timeline.clip_style import ClipInfo, ClipStyle
from technovae_gui.timeline.fade_painter import paint_fade
from technovae_gui.timeline.geometry import (
    NARROW,
    TITLE,
    Geometry,
    body_rect,
    clip_rect,
    fade_handles,
    gain_y,
)
from technovae_gui.timeline.labels import clip_names, gain_label, parts_label

_TEXT_FROM = 19
_BADGE_FROM = 64
_GAIN_DOT = 3.0
_BEND_STEPS = 14
"""Straight pieces of a bent line."""
_SILENT_ALPHA = 150
"""Of the shade over what cannot be heard, of 255; its title lies above the shade."""


@dataclass(frozen=True)
class ClipState:
    """What a clip's own fields do not say, but its picture shows.

    Attributes:
        selected: it is selected.
        hovered: the mouse is over it.
        silent: its lane is muted, or another one is soloed.
        overlap_in: ticks under the clip before it, where a crossfade takes the place of the fade.
        overlap_out: ticks under the clip after it.
    """

    selected: bool = False
    hovered: bool = False
    silent: bool = False
    overlap_in: int = 0
    overlap_out: int = 0


def _title_share(state: ClipState) -> float:
    """Share of the clip's colour in the ground of its title."""
    return 0.95 if state.selected else 0.74


class ClipPainter:
    """Paints clips one by one.

    Args:
        painter: paints in pixels of the lanes' area.
        geometry: where clips lie.
        style: what they look like.
        dirty: the area that has to be painted at all.
    """

    def __init__(
        self, painter: QPainter, geometry: Geometry, style: ClipStyle, dirty: QRectF
    ) -> None:
        self._painter, self._geometry, self._style = painter, geometry, style
        self._dirty = dirty

    def paint(self, row: int, clip: Clip, state: ClipState) -> None:
        """Paint a clip with everything on it.

        Args:
            row: its lane.
            clip: which clip.
            state: what its own fields do not say.
        """
        rect = clip_rect(self._geometry, row, clip)
        info = self._style.info(clip)
        self._ground(rect, info, state)
        body = body_rect(rect)
        self._picture(body, clip, info)
        self._fades(body, clip, state)
        if state.silent:
            self._painter.fillRect(
                rect.adjusted(-1, -1, 0, 1), paint_cache.colour(theme.GROUND, _SILENT_ALPHA)
            )
        if rect.width() >= NARROW:  # in fewer pixels nothing can be written
            self._title(rect, clip, info, state)
            self._badges(rect, clip, info, state)
        if state.selected or state.hovered or clip.gain_db or clip.gain_curve:
            self._gain(body, clip, state)
        if state.selected or state.hovered:
            self._handles(rect, clip, state)

    def paint_small(self, row: int, clip: Clip, *, silent: bool) -> None:
        """Paint a clip of a few pixels: there may be a thousand of them.

        Args:
            row: its lane.
            clip: which clip.
            silent: whether it is not heard, since its lane or it is muted.
        """
        rect = clip_rect(self._geometry, row, clip)
        colour = self._style.info(clip).colour
        rect.setWidth(max(rect.width() - 1.0, 1.0))
        self._painter.fillRect(
            rect, paint_cache.mixed(colour, theme.GROUND, 0.15 if silent else 0.45)
        )
        rect.setHeight(TITLE)
        self._painter.fillRect(
            rect, paint_cache.mixed(colour, theme.GROUND, 0.3 if silent else 0.74)
        )

    def paint_outline(self, row: int, clip: Clip) -> None:
        """Paint the outline of a selected clip; after its neighbours, which would cover it.

        White and black, since a track may have any colour, that of the accent too.

        Args:
            row: its lane.
            clip: which clip.
        """
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        area = clip_rect(self._geometry, row, clip).adjusted(1, 1, -2, -1)
        self._painter.setPen(paint_cache.pen(theme.GROUND))
        self._painter.drawRect(area.adjusted(1, 1, -2, -2))
        self._painter.setPen(paint_cache.pen(theme.TEXT, 2.0))
        self._painter.drawRoundedRect(area, theme.RADIUS, theme.RADIUS)

    def _ground(self, rect: QRectF, info: ClipInfo, state: ClipState) -> None:
        bar = paint_cache.mixed(info.colour, theme.GROUND, _title_share(state))
        body = paint_cache.mixed(info.colour, theme.GROUND, 0.34 if state.hovered else 0.26)
        painter = self._painter
        round_ = theme.RADIUS
        if rect.width() < NARROW:  # no corner would be seen, and rounding takes most of the time
            painter.fillRect(rect.adjusted(0, 0, -1, 0), body)
            painter.fillRect(QRectF(rect.left(), rect.top(), rect.width() - 1, TITLE), bar)
            if state.overlap_in:  # two clips of one track have one colour
                painter.fillRect(
                    QRectF(rect.left(), rect.top(), 1, TITLE), paint_cache.colour(theme.GROUND)
                )
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(Qt.PenStyle.NoPen)
        for colour, top in ((bar, rect.top()), (body, rect.bottom() - 4 * round_)):
            painter.setBrush(colour)
            whole = QRectF(rect.left(), top, rect.width() - 1, rect.bottom() - top)
            painter.drawRoundedRect(whole, round_, round_)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        middle = body_rect(rect).adjusted(0, 0, -1, -2 * round_)
        painter.fillRect(middle.intersected(self._dirty.adjusted(-2, 0, 2, 0)), body)

    def _title(self, rect: QRectF, clip: Clip, info: ClipInfo, state: ClipState) -> None:
        # The name stays in view while the clip's beginning is scrolled away, and ends where the
        # title of the next clip lies over it.
        left = max(rect.left(), 0.0) + 6
        right = rect.right() - state.overlap_out / self._geometry.ticks_per_pixel
        room = int(right - left - 5)
        if room < _TEXT_FROM:
            return
        mark = "◇ " if isinstance(main_source(clip.source), LatentSource) else ""
        text = fitting_name(mark, info.name or "Clip", room)
        self._painter.setFont(paint_cache.font(1.0, True))
        share = _title_share(state) * (1.0 - _SILENT_ALPHA / 255 if state.silent else 1.0)
        self._painter.setPen(paint_cache.pen(paint_cache.text_on(info.colour, theme.GROUND, share)))
        self._painter.drawText(QPointF(left, rect.top() + TITLE - 4), text)

    def _badges(self, rect: QRectF, clip: Clip, info: ClipInfo, state: ClipState) -> None:
        """Small print at the bottom of the body, where no crossfade darkens it."""
        body, scale = body_rect(rect), self._geometry.ticks_per_pixel
        left = max(rect.left() + state.overlap_in / scale, 0.0) + 6
        room = int(rect.right() - state.overlap_out / scale - left - 5)
        if room < _BADGE_FROM or body.height() < 26:
            return
        words = [
            "muted" if clip.mute else "",
            "reversed" if clip.reverse else "",
            "waiting for its sound" if self._style.is_pending(clip.source) else "",
            gain_label(clip.gain_db) if clip.gain_db else "",
            "no bass" if clip.bass_cut else "",
            "no mids" if clip.mid_cut else "",
            "no treble" if clip.treble_cut else "",
            parts_label(clip.source),
            f"{clip.source.transpose:+d} st" if clip.source.transpose else "",
            info.badge,
        ]
        text = fitting_facts(tuple(word for word in words if word), room)
        if not text:
            return
        painter = self._painter
        back = QRectF(left - 3, body.bottom() - 15, paint_cache.text_width(text, 2.0) + 6, 13)
        painter.fillRect(back, paint_cache.colour(theme.GROUND, 165))
        painter.setFont(paint_cache.font(2.0))
        painter.setPen(paint_cache.pen(theme.TEXT, 1.0, 220))
        painter.drawText(QPointF(left, body.bottom() - 5), text)

    def _picture(self, body: QRectF, clip: Clip, info: ClipInfo) -> None:
        if self._style.is_pending(clip.source):
            self._painter.fillRect(
                body.intersected(self._dirty), paint_cache.hatch_brush(theme.TEXT, 70)
            )
        if isinstance(clip.source, GroupSource):
            self._group_picture(body, clip, clip.source, info)
            return
        wide = TICKS_PER_SEGMENT / self._geometry.ticks_per_pixel
        if wide < 3:
            return
        picture = self._style.thumbnail(clip.source, info.colour, wide, int(body.height()))
        origin = clip.origin
        while origin < clip.end:
            left = self._geometry.x(origin)
            loop = QRectF(left, body.top(), wide, int(body.height()))
            shown = loop.intersected(body).intersected(self._dirty.adjusted(-2, 0, 2, 0))
            if picture is not None and shown.width() > 0:
                self._loop_picture(shown, left, wide, picture, body, reverse=clip.reverse)
            if origin > clip.start:
                self._notch(body, left)
            origin += TICKS_PER_SEGMENT

    def _group_picture(
        self, body: QRectF, group: Clip, source: GroupSource, info: ClipInfo
    ) -> None:
        """The clips in a group, each row of them in a strip of its own."""
        rows = [row for row in source.rows if row]
        height = body.height() / len(rows)
        for origin in range(group.origin, group.end, group.period):
            for number, row in enumerate(rows):
                for clip in row:
                    start, end = clip.start - source.start, clip.end - source.start
                    if group.reverse:
                        start, end = group.period - end, group.period - start
                    left = self._geometry.x(max(origin + start, group.start))
                    right = self._geometry.x(min(origin + end, group.end))
                    strip = QRectF(left, body.top() + number * height, right - left, height)
                    self._group_member(strip.intersected(body), clip, info)
            if origin > group.start:
                self._notch(body, self._geometry.x(origin))

    def _group_member(self, strip: QRectF, clip: Clip, info: ClipInfo) -> None:
        """A clip in a group: four bars of its music, over and over."""
        shown = strip.adjusted(0, 0.5, -1, -0.5).intersected(self._dirty.adjusted(-2, 0, 2, 0))
        if shown.width() <= 0 or clip.mute:
            return
        self._painter.fillRect(shown, paint_cache.mixed(info.colour, theme.GROUND, 0.4))
        wide = TICKS_PER_SEGMENT / self._geometry.ticks_per_pixel
        source = loop_source(clip.source)
        picture = self._style.thumbnail(source, info.colour, wide, int(strip.height()))
        if picture is None or wide < 3 or strip.height() < 4:
            return
        self._painter.save()
        self._painter.setClipRect(shown, Qt.ClipOperation.IntersectClip)
        left = strip.left() - clip.offset / self._geometry.ticks_per_pixel
        left += wide * max(0, int((shown.left() - left) / wide))
        whole = QRectF(0, 0, picture.width(), picture.height())
        while left < shown.right():
            self._painter.drawPixmap(
                QRectF(left, strip.top(), wide, strip.height()), picture, whole
            )
            left += wide
        self._painter.restore()

    def _loop_picture(
        self,
        shown: QRectF,
        left: float,
        wide: float,
        picture: QPixmap,
        body: QRectF,
        *,
        reverse: bool,
    ) -> None:
        """The part `shown` of a loop that begins at `left`, mirrored where it is played so."""
        scale = picture.width() / wide
        first = left + wide - shown.right() if reverse else shown.left() - left
        part = QRectF(first * scale, shown.top() - body.top(),
                      shown.width() * scale, shown.height())  # fmt: skip
        if not reverse:
            self._painter.drawPixmap(shown, picture, part)
            return
        self._painter.save()
        self._painter.translate(shown.left() + shown.right(), 0)
        self._painter.scale(-1, 1)
        self._painter.drawPixmap(shown, picture, part)
        self._painter.restore()

    def _notch(self, body: QRectF, x: float) -> None:
        """The loop begins again here."""
        painter = self._painter
        painter.setPen(paint_cache.pen(theme.GROUND, 1.0, 190, dotted=True))
        painter.drawLine(QLineF(x, body.top(), x, body.bottom()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(paint_cache.colour(theme.GROUND))
        for y, towards in ((body.top(), 5.0), (body.bottom(), -5.0)):
            painter.drawPolygon(
                QPolygonF([QPointF(x - 4, y), QPointF(x + 4, y), QPointF(x, y + towards)])
            )

    def _fades(self, body: QRectF, clip: Clip, state: ClipState) -> None:
        scale = self._geometry.ticks_per_pixel
        if clip.fade_in and not state.overlap_in:
            width = clip.fade_in / scale
            area = QRectF(body.left(), body.top(), width, body.height())
            paint_fade(self._painter, area, rising=True)
        if clip.fade_out and not state.overlap_out:
            width = clip.fade_out / scale
            area = QRectF(body.right() - width, body.top(), width, body.height())
            paint_fade(self._painter, area, rising=False)

    def _gain(self, body: QRectF, clip: Clip, state: ClipState) -> None:
        left, right = max(body.left(), self._dirty.left()), min(body.right(), self._dirty.right())
        painter, alpha = self._painter, 210 if state.hovered else 110
        curve = clip.gain_automation
        if curve is None:
            y = gain_y(body, clip.gain_db)
            painter.setPen(paint_cache.pen(theme.TEXT, 1.0, alpha))
            painter.drawLine(QLineF(left, y, right, y))
            return
        points = [self._gain_point(body, clip, it.tick, it.value) for it in curve.points]
        line = [QPointF(body.left(), points[0].y())]
        for one, two, at in zip(curve.points, curve.points[1:], points, strict=False):
            line.append(at)
            steps = _BEND_STEPS if one.bend else 0
            for step in range(1, steps):
                tick = one.tick + step * (two.tick - one.tick) / steps
                line.append(self._gain_point(body, clip, tick, curve.value(tick)))
        line += [points[-1], QPointF(body.right(), points[-1].y())]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(paint_cache.pen(theme.TEXT, 1.4, max(alpha, 170)))
        painter.drawPolyline(QPolygonF(line))
        if state.hovered or state.selected:
            painter.setBrush(paint_cache.colour(theme.GROUND))
            for point in points:
                painter.drawEllipse(point, _GAIN_DOT, _GAIN_DOT)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _gain_point(self, body: QRectF, clip: Clip, tick: float, value: float) -> QPointF:
        """Where a value of the gain curve at a tick from the clip's start lies."""
        return QPointF(self._geometry.x(clip.start + tick), gain_y(body, clip.gain_db + value))

    def _handles(self, rect: QRectF, clip: Clip, state: ClipState) -> None:
        if rect.width() < NARROW:
            return
        handles = fade_handles(self._geometry, rect, clip)
        painter = self._painter
        painter.setPen(paint_cache.pen(theme.GROUND))
        painter.setBrush(paint_cache.colour(theme.TEXT))
        for handle, overlap in zip(handles, (state.overlap_in, state.overlap_out), strict=True):
            if not overlap:
                painter.drawRect(handle.adjusted(1, 1, -1, -1))


@lru_cache(maxsize=4096)
def fitting_facts(facts: tuple[str, ...], room: int) -> str:
    """As many facts of a clip, from the first on, as can be written whole.

    Args:
        facts: the most important first.
        room: pixels.
    """
    for count in range(len(facts), 0, -1):
        text = "  ·  ".join(facts[:count])
        if paint_cache.text_width(text, 2.0) <= room:
            return text
    return ""


def fitting_name(mark: str, name: str, room: int) -> str:
    """The longest way to write a clip's name that fits.

    Of the shortest one the name of the music is elided, not its bar.

    Args:
        mark: before it.
        name: of the clip.
        room: pixels.

    Returns:
        Nothing where there is no room for two letters.
    """
    texts = [mark + text for text in clip_names(name)]
    for text in texts:
        if paint_cache.text_width(text, 1.0, True) <= room:
            return text
    music, space, bar = texts[-1].rpartition(" ")
    if not bar.isdecimal():
        text = paint_cache.elided(texts[-1], room, 1.0, True)
        return text if sum(map(str.isalnum, text)) > 1 else ""
    rest = paint_cache.text_width(space + bar, 1.0, True)
    return paint_cache.elided(music, room - rest, 1.0, True) + space + bar
