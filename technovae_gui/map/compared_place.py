"""One place of the map under several models: found on each through the real segments."""

from __future__ import annotations

from core.library.latent_map import LatentMap
from technovae_gui.map.map_point import MapPoint, decoded_point, latent_point
from technovae_gui.map.scene import MapScene


class ComparedPlace:
    """The place that is compared, as it was chosen under the first model.

    Going from model to model and back ends at the same latent: every place is made from the first
    one, not from the last.
    """

    def __init__(self) -> None:
        self._map: LatentMap | None = None
        self._point: MapPoint | None = None
        self._shown: MapPoint | None = None

    def take(self, scene: MapScene) -> None:
        """Take what is chosen now, unless that is what was found last."""
        if self._shown is None or scene.chosen is not self._shown:
            self._map, self._point = scene.map, scene.chosen

    def on(self, latent_map: LatentMap) -> MapPoint | None:
        """The place under the model of another map.

        Args:
            latent_map: the other map, or the first one again.

        Returns:
            What its model decodes there. A dot stays that segment; a place between dots is found by
            the segments that both models have encoded. None where there is no such place.
        """
        self._shown = self._found(latent_map)
        return self._shown

    def _found(self, latent_map: LatentMap) -> MapPoint | None:
        point, first = self._point, self._map
        if point is None or first is None:
            return None
        if point.is_segment:
            row = latent_map.rows.get(point.segment_id)
            return None if row is None else decoded_point(latent_map, row)
        aligned = latent_map.align(first, point.latent[None])
        return None if aligned is None else latent_point(latent_map, aligned[0], point.label)
