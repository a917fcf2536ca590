"""The spectrograms of the selected clip: asked for, shown, and followed while it plays."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Slot

from core.arrangement.clip import Clip, ClipSource, LatentSource, RealSource, main_source
from core.playback.player import PlayerState
from core.workers.service_client import RequestFailed, SpectrogramResult
from technovae_gui.document import Document
from technovae_gui.inspector.sound_panel import SoundPanel
from technovae_gui.map.map_point import latent_source
from technovae_gui.services import Services
from technovae_gui.session_controller import SessionController

Array = NDArray[np.float32]
_KEY = "selected clip"


class ClipPictures(QObject):
    """Shows original and decoded spectrogram of the first selected clip in the Sound panel.

    Of a clip of parts, they are those of the source that most parts have.
    """

    def __init__(
        self,
        sessions: SessionController,
        services: Services,
        document: Document,
        panel: SoundPanel,
        name_of: Callable[[Clip], str],
        parent: QObject | None = None,
    ) -> None:
        """Connect them.

        Args:
            sessions, services, document, panel, parent: the window's.
            name_of: the name of a clip, as the timeline shows it.
        """
        super().__init__(parent)
        self._sessions, self._services, self._document = sessions, services, document
        self._panel, self._name_of = panel, name_of
        self._clip: Clip | None = None
        document.selection_changed.connect(self._update)
        document.changed.connect(self._update)
        services.decoder.spectrogram_ready.connect(self._arrived)
        services.decoder.failed.connect(self._failed)
        panel.clip_pictures.seek_requested.connect(self._seek)

    @Slot(object)
    def show(self, state: PlayerState) -> None:
        """Move the playhead of the pictures with the transport, where that is on the clip."""
        clip = self._clip
        if clip is None:
            return
        tick = self._document.arrangement.tick(state.frame)
        inside = state.playing and clip.start <= tick < clip.end
        phase = (tick - clip.origin) % clip.period / clip.period
        self._panel.clip_pictures.set_playhead(phase if inside else None)

    @Slot()
    def _update(self) -> None:
        selected = self._document.selected_clips()
        clip = min(selected, key=lambda it: it.start) if selected else None
        before, self._clip = self._clip, clip
        if clip is None:
            if before is not None:
                self._panel.show_clip("")
            return
        is_new = before is None or before.id != clip.id
        if is_new or before is None or before.source != clip.source:
            self._ask(clip.source)
        if is_new:
            self._panel.show_clip(self._name_of(clip))

    def _ask(self, source: ClipSource) -> None:
        pictures, found = self._panel.clip_pictures, self._sessions.session.map
        pictures.set_decoded(None, "Decoded: on its way")
        segment_id, title, main = "", "Original", main_source(source)
        decoded: LatentSource | None = main if isinstance(main, LatentSource) else None
        if isinstance(main, RealSource):
            segment_id = main.segment_id
            row = None if found is None else found.rows.get(segment_id)
            if found is not None and row is not None:
                decoded = latent_source(found, found.latents[row])
        elif found is not None and len(found):
            segment_id, title = found.nearest(main.array)[0].id, "Nearest original"
        if segment_id:
            pictures.set_real(None, f"{title}: on its way")
            self._read(segment_id, source, title)
        else:
            pictures.set_real(None, "Original")
        if decoded is None:
            pictures.set_decoded(None, "Decoded")
        else:
            self._services.decoder.spectrogram((_KEY, source), decoded)

    def _read(self, segment_id: str, source: ClipSource, title: str) -> None:
        session, segments = self._sessions.session, self._services.segments

        def show(spectrogram: Array | None) -> None:
            if self._clip is not None and self._clip.source == source:
                self._panel.clip_pictures.set_real(spectrogram, title)

        self._services.background.submit(
            lambda: segments.spectrogram(session, segment_id), show, lambda _: show(None)
        )

    @Slot(object)
    def _arrived(self, seen: SpectrogramResult) -> None:
        if self._clip is not None and seen.key == (_KEY, self._clip.source):
            self._panel.clip_pictures.set_decoded(seen.spectrogram, "Decoded")

    @Slot(object)
    def _failed(self, failed: RequestFailed) -> None:
        if self._clip is not None and failed.key == (_KEY, self._clip.source):
            self._panel.clip_pictures.set_decoded(None, f"Decoded: {failed.message}")

    @Slot(float)
    def _seek(self, wanted: float) -> None:
        """Move the transport to where the clip first plays this position of its four bars."""
        clip = self._clip
        if clip is None:
            return
        tick = clip.origin + round(wanted * clip.period)
        if tick < clip.start:
            tick += clip.period
        self._services.player.seek(self._document.arrangement.frame(min(tick, clip.end - 1)))
