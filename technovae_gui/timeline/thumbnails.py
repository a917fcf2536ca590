"""Small pictures of what a clip sounds like: drawn from its loop, cached by source, scaled."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap

from core.arrangement.clip import ClipSource, latent_sources
from core.mapped_arrays import release_pages
from core.settings import CEILING_DB, FLOOR_DB

COLUMNS = 512
ROWS = 48
Picture: TypeAlias = QImage | tuple[QImage, ...]
"""One image, or a stencil for each of `settings.PARTS`."""
_SHADES = (175, 90, 130, 55)
"""Lightness of the colours of kick, bass, drums and rest, in per cent of the clip's."""
_SCALED_KEPT = 3000
_WIDEST = 2048


@dataclass(frozen=True)
class ThumbnailRequest:
    """Sources of clips in view whose pictures are to be drawn, each once."""

    sources: tuple[ClipSource, ...]


class ThumbnailCache:
    """Pictures by source, each of exactly four bars.

    An image of `Format_Alpha8` is a stencil and takes the clip's colour; any other is shown as it
    is. Four stencils, one for each part, take shades of the colour, the kick's the lightest.
    Scaled copies have widths that are powers of two, so that zooming makes few new ones.

    The pictures depend on the music of the session: when other music takes its place, `clear`
    them. Those of latents depend on its model, too: after a better one they `expire`, and are
    shown until the new ones are there. A picture that is wanted is noted in `missed` whenever its
    clip is painted, so that it can be asked for, again if need be.
    """

    def __init__(self) -> None:
        self.missed = False
        """Whether a picture was to be painted that was not there, or has expired, since this was
        set to False."""
        self._images: dict[ClipSource, Picture] = {}
        self._expired: set[ClipSource] = set()
        self._scaled: OrderedDict[tuple[ClipSource, str, int, int], QPixmap] = OrderedDict()

    def __contains__(self, source: ClipSource) -> bool:
        return source in self._images

    def is_wanted(self, source: ClipSource) -> bool:
        """Whether `source` has no picture, or one that has expired."""
        return source not in self._images or source in self._expired

    def put(self, source: ClipSource, image: Picture) -> None:
        """Keep a picture, in place of an earlier one.

        Args:
            source: whose four bars it shows.
            image: the picture.
        """
        self._images[source] = image
        self._expired.discard(source)
        for key in [key for key in self._scaled if key[0] == source]:
            del self._scaled[key]

    def clear(self) -> None:
        """Forget all pictures."""
        self._images.clear()
        self._expired.clear()
        self._scaled.clear()

    def expire_latents(self) -> None:
        """Want the pictures of latents anew; the present ones are shown until then."""
        self._expired.update(s for s in self._images if latent_sources(s))

    def image(self, source: ClipSource) -> Picture | None:
        """The picture of `source` as it was put; None if there is none."""
        return self._images.get(source)

    def scaled(self, source: ClipSource, colour: str, width: float, height: int) -> QPixmap | None:
        """The picture of a source, scaled and coloured.

        Args:
            source: what the clip plays.
            colour: `#rrggbb`, for stencils.
            width: pixels of four bars on the screen.
            height: pixels.

        Returns:
            Four bars, at least `width` wide (up to a limit) and exactly as high; None if there is
            no picture.
        """
        image = self._images.get(source)
        if image is None or source in self._expired:
            self.missed = True
        if image is None or height < 1:
            return None
        wide = min(_WIDEST, 1 << max(2, (max(1, round(width)) - 1).bit_length()))
        key = (source, colour, wide, height)
        pixmap = self._scaled.get(key)
        if pixmap is None:
            pixmap = self._scaled[key] = _scaled_pixmap(image, colour, wide, height)
            if len(self._scaled) > _SCALED_KEPT:
                self._scaled.popitem(last=False)
        return pixmap


def waveform_thumbnail(loop: NDArray[np.float32]) -> QImage:
    """Draw the waveform of a loop.

    Args:
        loop: four bars, (frames, channels), full scale 1.0. It may be empty.

    Returns:
        A stencil of its peaks, `COLUMNS` x `ROWS` pixels.
    """
    samples = loop if loop.size else np.zeros((1, 1), np.float32)
    peaks = np.minimum(_peaks(samples), 1.0)
    release_pages(loop)
    from_middle = np.abs((np.arange(ROWS) + 0.5) / ROWS * 2.0 - 1.0)
    half = np.maximum(peaks, 1.0 / ROWS)[None, :]
    cover = np.clip((half - from_middle[:, None]) * ROWS / 2.0 + 0.5, 0.0, 1.0)
    return _stencil(cover)


def _peaks(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """The largest absolute value in each of `COLUMNS` equal spans of (frames, channels)."""
    edges = np.linspace(0, len(samples), COLUMNS, endpoint=False).astype(int)
    # Channels come last: to reduce all frames along an axis of two takes thirty times as long, and
    # hundreds of loops arrive when a long project is opened.
    highest = np.maximum.reduceat(samples, edges)
    lowest = np.minimum.reduceat(samples, edges)
    peaks: NDArray[np.float32] = np.maximum(highest, -lowest).max(axis=1)
    return peaks


def spectrogram_thumbnail(spectrogram_db: NDArray[np.float32]) -> QImage:
    """Draw the spectrogram of a segment.

    Args:
        spectrogram_db: (512, 128) in dB, time first.

    Returns:
        A stencil of 512 x 128 pixels, low bands at the bottom.
    """
    return _stencil(_cover(spectrogram_db))


def parts_thumbnail(spectrograms_db: NDArray[np.float32]) -> tuple[QImage, ...]:
    """Draw the spectrograms of parts.

    Args:
        spectrograms_db: (4, 512, 128) in dB, in the order of `settings.PARTS`.

    Returns:
        A stencil for each: its share of a `spectrogram_thumbnail` of the whole.
    """
    floor = 10.0 ** (FLOOR_DB / 10.0)
    powers = np.maximum(10.0 ** (spectrograms_db / 10.0) - floor, 0.0)
    whole = np.maximum(powers.sum(axis=0), floor)
    cover = _cover(10.0 * np.log10(whole))
    shares = powers / whole
    return tuple(_stencil(cover * share.T[::-1]) for share in shares)


def _cover(spectrogram_db: NDArray[np.float32]) -> NDArray[np.float32]:
    """(512, 128) dB -> (128, 512) 0..1, low bands at the bottom."""
    unit = np.clip((spectrogram_db - FLOOR_DB) / (CEILING_DB - FLOOR_DB), 0.0, 1.0)
    return np.asarray(np.ascontiguousarray(unit.T[::-1]) ** 1.6, np.float32)


def _stencil(cover: NDArray[np.floating]) -> QImage:
    """(rows, columns) of 0..1 as the alpha of an image that owns its memory."""
    alpha = np.ascontiguousarray(np.round(cover * 255.0), dtype=np.uint8)
    rows, columns = alpha.shape
    return QImage(alpha.data, columns, rows, columns, QImage.Format.Format_Alpha8).copy()


def _scaled_pixmap(picture: Picture, colour: str, width: int, height: int) -> QPixmap:
    if not isinstance(picture, QImage):
        return _in_shades(picture, colour, width, height)
    scaled = _scaled(picture, width, height)
    if picture.format() == QImage.Format.Format_Alpha8:
        scaled = _tinted(scaled, QColor(colour))
    return QPixmap.fromImage(scaled)


def _in_shades(stencils: tuple[QImage, ...], colour: str, width: int, height: int) -> QPixmap:
    """The shades of the parts mixed, each by its share."""
    whole = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    whole.fill(Qt.GlobalColor.transparent)
    painter = QPainter(whole)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Plus)
    for stencil, lightness in zip(stencils, _SHADES, strict=True):
        shade = QColor(colour).lighter(lightness)
        painter.drawImage(0, 0, _tinted(_scaled(stencil, width, height), shade))
    painter.end()
    return QPixmap.fromImage(whole)


def _scaled(image: QImage, width: int, height: int) -> QImage:
    return image.scaled(
        width,
        height,
        Qt.AspectRatioMode.IgnoreAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )


def _tinted(stencil: QImage, colour: QColor) -> QImage:
    tinted = QImage(stencil.size(), QImage.Format.Format_ARGB32_Premultiplied)
    tinted.fill(colour)
    painter = QPainter(tinted)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)
    painter.drawImage(0, 0, stencil.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied))
    painter.end()
    return tinted
