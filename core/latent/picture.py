"""The latent map as a PNG, drawn by matplotlib."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.atomic import replacing
from core.errors import InputError
from core.latent.inverse import MapInverse

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Doubles = NDArray[np.float64]
_DPI = 100
_BACKGROUND = "#0d0f14"
_TEXT = "#e8eaf0"
_DIM = "#8a90a0"
_OTHER = "#5f6675"
_SHADE = ("#0d0f14", "#252c3b")
_MOST_TRACKS = 14
_LONGEST_LABEL = 30
# Bright, far apart in hue and lightness on a dark ground.
_COLOURS = (
    *("#4cc9f0", "#f72585", "#ffd166", "#06d6a0", "#b388ff", "#ff8a3d", "#e6f25a"),
    *("#ff9ecb", "#5c7cfa", "#2ec4b6", "#d4a373", "#ef476f", "#a0e8af", "#c77dff"),
)


def map_png(
    xy: ArrayLike,
    labels: Sequence[str],
    path: str | os.PathLike[str],
    *,
    values: Sequence[float] | None = None,
    value_name: str = "value",
    size: tuple[int, int] = (1280, 800),
) -> None:
    """Write a map as a PNG. The background is lighter close to the user's music.

    Args:
        xy: (n, 2) positions of the dots.
        labels: n names of tracks, by which the dots are coloured; the legend has the 14 most
            frequent ones.
        path: of the file; it is written whole or not at all.
        values: n numbers by which the dots are coloured instead of by `labels`.
        value_name: title of the colour bar of `values`.
        size: width and height in pixels.

    Raises:
        InputError: no dots, or labels or values that do not match them.
        OutputError: the picture cannot be written.
    """
    points = np.asarray(xy, np.float64).reshape(-1, 2)
    _require(points, labels, values)
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(size[0] / _DPI, size[1] / _DPI), dpi=_DPI, facecolor=_BACKGROUND)
    FigureCanvasAgg(figure)
    axes = _axes(figure, points, size)
    _shade(axes, points)
    if values is None:
        _dots_by_label(figure, axes, points, labels, size)
    else:
        _dots_by_value(figure, axes, points, values, value_name, size)
    _title(figure, len(points), len(set(labels)), size)
    with replacing(path) as temporary:
        figure.savefig(temporary, format="png", dpi=_DPI, facecolor=_BACKGROUND)


def _axes(figure: Figure, points: Doubles, size: tuple[int, int]) -> Axes:
    """Axes over the left part, equal scale on both, the whole map and some ground around in it."""
    left, bottom, width, height = 0.02, 0.03, 0.74, 0.88
    axes = figure.add_axes((left, bottom, width, height), facecolor=_BACKGROUND)
    lower, upper = points.min(axis=0), points.max(axis=0)
    middle = (lower + upper) / 2.0
    aspect = (width * size[0]) / (height * size[1])
    half = 0.55 * max(float(upper[1] - lower[1]), float(upper[0] - lower[0]) / aspect, 0.1)
    axes.set_xlim(middle[0] - half * aspect, middle[0] + half * aspect)
    axes.set_ylim(middle[1] - half, middle[1] + half)
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_color("#2a2f3c")
    return axes


def _shade(axes: Axes, points: Doubles) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    x, y = np.meshgrid(np.linspace(left, right, 320), np.linspace(bottom, top, 240))
    positions = np.stack([x.ravel(), y.ravel()], axis=1)
    inverse = MapInverse(points, np.zeros((len(points), 1)))
    confidence = inverse.confidence(positions).reshape(x.shape)
    axes.imshow(
        confidence,
        extent=(left, right, bottom, top),
        origin="lower",
        aspect="auto",
        cmap=LinearSegmentedColormap.from_list("confidence", _SHADE),
        vmin=0.0,
        vmax=1.0,
        interpolation="bilinear",
        zorder=0,
    )


def _dots_by_label(
    figure: Figure,
    axes: Axes,
    points: Doubles,
    labels: Sequence[str],
    size: tuple[int, int],
) -> None:
    names = np.array(labels)
    frequent = [name for name, _ in Counter(labels).most_common(_MOST_TRACKS)]
    handles, texts = [], []
    rest = ~np.isin(names, frequent)
    if rest.any():
        handles.append(_scatter(axes, points[rest], _OTHER, len(points), size))
        texts.append(f"{len(set(names[rest]))} other tracks ({int(rest.sum())})")
    for name, colour in zip(reversed(frequent), reversed(_COLOURS[: len(frequent)]), strict=True):
        mine = names == name
        handles.append(_scatter(axes, points[mine], colour, len(points), size))
        texts.append(f"{_shortened(name)} ({int(mine.sum())})")
    figure.legend(
        handles[::-1],
        texts[::-1],
        loc="upper left",
        bbox_to_anchor=(0.765, 0.92),
        frameon=False,
        labelcolor=_TEXT,
        fontsize=_text_size(size, 0.85),
        markerscale=1.5,
        title="tracks (segments)",
        title_fontproperties={"size": _text_size(size, 0.95)},
        alignment="left",
    ).get_title().set_color(_DIM)


def _dots_by_value(
    figure: Figure,
    axes: Axes,
    points: Doubles,
    values: Sequence[float],
    name: str,
    size: tuple[int, int],
) -> None:
    # Ranks would hide how far apart values are; the outermost two per cent hide the rest.
    numbers = np.asarray(values, np.float64)
    low, high = np.percentile(numbers, (2.0, 98.0))
    dots = _scatter(axes, points, numbers, len(points), size, cmap="plasma", vmin=low, vmax=high)
    bar_axes = figure.add_axes((0.78, 0.2, 0.018, 0.55))
    bar = figure.colorbar(dots, cax=bar_axes)
    bar.outline.set_visible(False)
    bar_axes.set_title(name, color=_TEXT, fontsize=_text_size(size), loc="left", pad=12)
    bar_axes.tick_params(colors=_TEXT, labelsize=_text_size(size, 0.85), length=0)


def _scatter(
    axes: Axes, points: Doubles, colour: Any, total: int, size: tuple[int, int], **more: Any
) -> Any:
    """Dots sized so that many of them still stand apart."""
    pixels = float(np.clip(0.30 * min(size) / np.sqrt(total), 3.0, 18.0))
    area = (pixels * 72.0 / _DPI) ** 2
    return axes.scatter(
        points[:, 0],
        points[:, 1],
        s=area,
        c=colour,
        edgecolors=_BACKGROUND,
        linewidths=0.5,
        zorder=2,
        **more,
    )


def _title(figure: Figure, dots: int, tracks: int, size: tuple[int, int]) -> None:
    figure.text(0.02, 0.945, "Latent map", color=_TEXT, fontsize=_text_size(size, 1.5), va="center")
    what = (
        f"{dots} segment{'s' * (dots != 1)} of {tracks} track{'s' * (tracks != 1)} · "
        "light ground: near this music"
    )
    figure.text(
        0.76, 0.945, what, color=_DIM, fontsize=_text_size(size, 0.9), va="center", ha="right"
    )


def _text_size(size: tuple[int, int], factor: float = 1.0) -> float:
    """Points; grows with the picture."""
    return float(np.clip(min(size[0] / 1280, size[1] / 800), 0.5, 4.0)) * 11.0 * factor


def _shortened(name: str) -> str:
    # A leading underscore would hide the entry from the legend, a dollar sign starts mathematics.
    plain = " ".join(name.split()).lstrip("_").replace("$", r"\$") or "untitled"
    return plain if len(plain) <= _LONGEST_LABEL else plain[: _LONGEST_LABEL - 1] + "…"


def _require(points: Doubles, labels: Sequence[str], values: Sequence[float] | None) -> None:
    if len(points) == 0:
        raise InputError("the map is empty; import some music first")
    if len(labels) != len(points) or (values is not None and len(values) != len(points)):
        raise InputError(f"labels or values do not match the {len(points)} segments of the map")
