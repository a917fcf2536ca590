"""Clips of an older model become clips of the one that decodes now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from core.arrangement import edits
from core.arrangement.arrangement import Arrangement
from core.arrangement.clip import LatentSource
from core.errors import ModelError

if TYPE_CHECKING:
    from core.library.latent_map import LatentMap
    from core.render.own import OwnLatents
    from technovae_gui.main_window import MainWindow

Sources = dict[str, LatentSource]


class Redecoding(QObject):
    """What the inspector's button does. Such clips sound before it, too, where the library
    remembers their model: their latents are brought along each time. Then it is written down."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._studio, self._document = window.studio, window.document
        window.sound.inspector.redecode_requested.connect(self._wanted)

    @Slot(object)
    def _wanted(self, clip_ids: object) -> None:
        found = self._studio.map
        if found is None:
            return
        wanted = set(clip_ids)  # type: ignore[call-overload]
        older = {
            clip.id: clip.source
            for clip in self._document.arrangement.clips()
            if clip.id in wanted and isinstance(clip.source, LatentSource)
        }
        self._studio.background.submit(lambda: _of_now(older, found), self._put)

    def _put(self, sources: Sources) -> None:
        def change(arrangement: Arrangement) -> Arrangement:
            there: Iterable[str] = {clip.id for clip in arrangement.clips()} & sources.keys()
            for clip_id in there:
                arrangement = edits.set_clip(arrangement, clip_id, source=sources[clip_id])
            return arrangement

        self._document.edit("re-decode", change)


def _of_now(older: Sources, found: LatentMap) -> Sources:
    """By clip. Numbers of a model that nobody remembers are taken as they are."""
    from core.library.store import Library
    from core.render.own import OwnLatents

    with Library.open(found.library_path, read_only=True) as library:
        ids = [segment.id for segment in found.segments]
        own = OwnLatents(library, found.model_hash, lambda: (ids, found.latents))
        return {clip_id: _moved(own, source) for clip_id, source in older.items()}


def _moved(own: OwnLatents, source: LatentSource) -> LatentSource:
    try:
        return own.of(source)
    except ModelError:
        return replace(source, model_hash=own.model_hash)
