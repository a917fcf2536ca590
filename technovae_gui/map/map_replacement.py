"""What happens when another map is shown: what stays, how the dots move, what is computed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Self, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEasingCurve, QObject, QVariantAnimation, Signal, Slot

from core.library.latent_map import LatentMap
from core.workers.background import Background
from technovae_gui.map import colouring
from technovae_gui.map.chosen_point import ChosenPoint, has_axes
from technovae_gui.map.colouring import Shading
from technovae_gui.map.map_point import MapPoint, latent_point, locate, segment_point
from technovae_gui.map.morph import Morph, MorphEnd
from technovae_gui.map.scene import MapScene
from technovae_gui.widgets import motion

Points = NDArray[np.float64]
Latents: TypeAlias = dict[str, NDArray[np.float32]]
ANIMATION_MS = 600
_CHOSEN = "chosen"


@dataclass(frozen=True, eq=False)
class SceneSnapshot:
    """What a scene and a morph show, so that it can be shown on another map.

    Attributes:
        map: the map that the rest belongs to.
        xy: (n, 2) positions of the dots.
        chosen: the chosen point.
        playing: whether the chosen point plays.
        selected: ids of the selected segments.
        highlighted: ids of the highlighted tracks.
        ends: of the morph.
        amount: of the morph.
    """

    map: LatentMap | None
    xy: Points
    chosen: MapPoint | None
    playing: bool
    selected: tuple[str, ...]
    highlighted: frozenset[str]
    ends: dict[str, MorphEnd]
    amount: float

    @classmethod
    def of(cls, scene: MapScene, morph: Morph) -> Self:
        """Take a snapshot.

        Args:
            scene: what is shown on the map.
            morph: its ends and its amount.

        Returns:
            All that can be shown on another map.
        """
        chosen, playing = scene.chosen, scene.playing
        return cls(
            scene.map,
            scene.xy,
            chosen,
            chosen is not None and playing is not None and chosen.xy == playing.xy,
            tuple(scene.selected_ids()),
            scene.highlighted,
            dict(morph.ends),
            morph.amount,
        )

    def restore(
        self, scene: MapScene, chosen: ChosenPoint, morph: Morph, animation: DotAnimation
    ) -> None:
        """Show on the scene's present map what the snapshot has in common with it.

        A chosen dot stays chosen, latents are aligned to the model of the present map, and dots
        move to their new positions.

        Args:
            scene: shows the new map already.
            chosen: of the scene.
            morph: of the scene, without ends.
            animation: of the scene.
        """
        chosen.restore(None)
        if self.map is None or scene.map is None:
            return
        scene.set_highlighted(self.highlighted & set(scene.map.tracks))
        scene.select([scene.map.rows[i] for i in self.selected if i in scene.map.rows])
        latents = self._aligned_latents(self.map, scene.map)
        point = self._aligned_point(scene.map, latents)
        if point is not None:
            chosen.restore(point)
            scene.set_playing(point if self.playing else None)
        ends = {
            name: MorphEnd(locate(scene.map, latents[name]), latents[name], end.label)
            for name, end in self.ends.items()
            if name in latents
        }
        if ends:
            morph.restore(ends, self.amount)
        start = _former_positions(self.map, self.xy, scene.map)
        if start is not None:
            animation.move_from(start)

    def _aligned_point(self, latent_map: LatentMap, latents: Latents) -> MapPoint | None:
        point = self.chosen
        if point is None:
            return None
        if point.is_segment:
            row = latent_map.rows.get(point.segment_id)
            return None if row is None else segment_point(latent_map, row)
        latent = latents.get(_CHOSEN)
        return None if latent is None else latent_point(latent_map, latent, point.label)

    def _aligned_latents(self, before: LatentMap, after: LatentMap) -> Latents:
        """By name: those of the morph's ends and the chosen point, under the model of `after`.

        They are aligned in one call, which takes 20 ms on ten thousand dots.
        """
        latents = {name: end.latent for name, end in self.ends.items()}
        if self.chosen is not None and not self.chosen.is_segment:
            latents[_CHOSEN] = self.chosen.latent
        aligned = after.align(before, np.stack([*latents.values()])) if latents else None
        return {} if aligned is None else dict(zip(latents, aligned, strict=True))


class DotAnimation(QVariantAnimation):
    """Moves the dots of a scene to the positions that its map has."""

    def __init__(self, scene: MapScene) -> None:
        super().__init__(scene)
        self._scene = scene
        self._start = self._end = np.zeros((0, 2))
        self.setDuration(ANIMATION_MS)
        self.setStartValue(0.0)
        self.setEndValue(1.0)
        self.setEasingCurve(QEasingCurve.Type.InOutCubic)
        self.valueChanged.connect(self._move)

    def move_from(self, start: Points) -> None:
        """Start to move the dots from positions (n, 2). The scene must have a map.

        Where the user wants no motion, they are at their ends at once.
        """
        assert self._scene.map is not None
        self._start, self._end = start, self._scene.map.xy
        if motion.is_reduced():
            return
        self._scene.set_xy(start)
        self.start()

    @Slot(object)
    def _move(self, progress: float) -> None:
        if self._scene.map is not None and self._scene.map.xy is self._end:
            self._scene.set_xy(self._start + progress * (self._end - self._start))


class MapPreparation(QObject):
    """Computes, on a thread, what a map needs beyond its dots. A later map replaces an earlier one.

    Signals:
        prepared(Shading): the shading of the map that was asked for last. Its inverse, posterior
            and attribute axes are built by then.
    """

    prepared = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = Background(self, workers=1)
        self._map: LatentMap | None = None

    def prepare(self, latent_map: LatentMap | None) -> None:
        """Prepare a map; None only drops the result of an earlier call."""
        self._map = latent_map
        if latent_map is not None:
            self._background.submit(
                partial(self._compute, latent_map), partial(self._deliver, latent_map)
            )

    def close(self) -> None:
        """Wait for the thread; `prepared` is not emitted any more."""
        self._map = None
        self._background.close()

    def _compute(self, latent_map: LatentMap) -> Shading | None:
        if latent_map is not self._map:
            return None
        shading = colouring.compute_shading(latent_map)
        # Cached properties, built here so that the user's first use does not wait for them.
        _ = latent_map.posterior
        _ = latent_map.axes if has_axes(latent_map) else None
        return shading

    def _deliver(self, latent_map: LatentMap, shading: Shading | None) -> None:
        if latent_map is self._map and shading is not None:
            self.prepared.emit(shading)


def _former_positions(before: LatentMap, shown: Points, after: LatentMap) -> Points | None:
    """Positions (n, 2) that the dots of `after` were shown at under `before`.

    New dots are where they belong. None if no dot has moved.
    """
    positions = after.xy.copy()
    for row, segment in enumerate(after.segments):
        former = before.rows.get(segment.id)
        if former is not None:
            positions[row] = shown[former]
    return None if np.allclose(positions, after.xy) else positions
