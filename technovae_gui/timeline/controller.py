"""The document is heard: clips get their loops, the player gets every new arrangement."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Slot

from core.arrangement.clip import Clip, ClipSource, RealSource
from core.settings import SAMPLE_RATE, TICKS_PER_BEAT
from core.workers.messages import Seen
from technovae_gui.timeline.thumbnails import of_loop, of_spectrogram

if TYPE_CHECKING:
    from core.playback.player import PlayerState
    from technovae_gui.document import Document
    from technovae_gui.studio import Studio
    from technovae_gui.timeline import TimelineView

_GATHER_MS = 15
"""Edits and arrivals within this time become one new arrangement for the player."""
_PICTURE = "thumbnail"


class Arranging(QObject):
    """Between document, sounds, player and timeline."""

    def __init__(
        self,
        studio: Studio,
        document: Document,
        timeline: TimelineView,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._studio, self._document, self._timeline = studio, document, timeline
        self._asked: set[ClipSource] = set()
        self._undrawn: set[ClipSource] = set()
        self._failures: dict[ClipSource, str] = {}
        self._timer = QTimer(self, singleShot=True, interval=_GATHER_MS)
        self._timer.timeout.connect(self.hand_over)
        document.changed.connect(self._later)
        document.loop_changed.connect(self.hand_over_loop)
        studio.sounds.arrived.connect(self._later)
        studio.sounds.arrived.connect(self._arrived)
        studio.sounds.failed.connect(self._failed)
        studio.link.seen.connect(self._seen)
        studio.map_changed.connect(self._later)
        timeline.seek_requested.connect(self.seek)
        timeline.missing_thumbnails.connect(self._paint)
        timeline.audition_requested.connect(self._listen)
        self.looping = True

    @property
    def bpm(self) -> float:
        """Of the document."""
        return self._document.arrangement.bpm

    def tick_at(self, frame: float) -> float:
        """The tick that `frame` falls on."""
        return frame * self.bpm * TICKS_PER_BEAT / (60.0 * SAMPLE_RATE)

    @Slot(int)
    def seek(self, tick: int) -> None:
        """Move the playhead."""
        self._studio.player.seek(self._document.arrangement.frame(max(0, tick)))

    def show(self, state: PlayerState) -> None:
        """Move what moves on the timeline."""
        self._timeline.set_playing(state.playing)
        self._timeline.set_playhead(self.tick_at(state.frame))
        self._timeline.set_lane_peaks(dict(state.lane_peaks))

    @Slot()
    def hand_over(self) -> None:
        """Give the player the arrangement with all loops that are there; ask for the others."""
        arrangement, sounds = self._document.arrangement, self._studio.sounds
        sources = list(dict.fromkeys(clip.source for clip in arrangement.clips()))
        loops = {source: sounds.loop(source, arrangement.bpm) for source in sources}
        missing = [source for source, loop in loops.items() if loop is None]
        sounds.want([s for s in sources if s not in self._failures], arrangement.bpm)
        self._timeline.set_pending({s for s in missing if s not in self._failures})

        def audio_of(clip: Clip) -> NDArray[np.float32] | None:
            return loops.get(clip.source)

        self._studio.player.set_arrangement(arrangement, audio_of)
        self.hand_over_loop()

    @Slot()
    def hand_over_loop(self) -> None:
        """Give the player the loop region if it is to repeat."""
        loop, arrangement = self._document.loop, self._document.arrangement
        frames = None
        if loop is not None and self.looping:
            frames = (arrangement.frame(loop[0]), arrangement.frame(loop[1]))
        self._studio.player.set_loop(frames)

    @Slot()
    def _later(self) -> None:
        if self.sender() is self._studio:  # another library or model: what failed may work now
            self._failures.clear()
        if not self._timer.isActive():
            self._timer.start()

    @Slot(object, str)
    def _failed(self, source: ClipSource, message: str) -> None:
        if any(clip.source == source for clip in self._document.arrangement.clips()):
            self._failures[source] = message
            self._studio.problem.emit("clip", message)
            self._later()

    @Slot(object)
    def _listen(self, clip_ids: object) -> None:
        """Hear the first of the clips alone, looped."""
        wanted = set(clip_ids)  # type: ignore[call-overload]
        for clip in self._document.arrangement.clips():
            if clip.id in wanted:
                loop = self._studio.sounds.loop(clip.source, self.bpm)
                if loop is not None:
                    self._studio.player.audition(loop, self.bpm)
                return

    @Slot(object)
    def _paint(self, sources: object) -> None:
        """Thumbnails of `sources`: music as its waveform, latents as the decoder's spectrogram."""
        for source in list(sources):  # type: ignore[call-overload]
            if source in self._asked:
                continue
            self._asked.add(source)
            if isinstance(source, RealSource):
                self._undrawn.add(source)
                self._arrived(source)
            else:
                self._studio.link.spectrogram((_PICTURE, source), source)

    @Slot(object)
    def _arrived(self, source: ClipSource) -> None:
        loop = self._studio.sounds.loop(source, self.bpm)
        if source in self._undrawn and loop is not None:
            self._undrawn.discard(source)
            self._studio.background.submit(
                lambda: of_loop(loop),
                lambda picture: self._timeline.set_thumbnail(source, picture),
                lambda _: None,
            )

    @Slot(object)
    def _seen(self, seen: Seen) -> None:
        if isinstance(seen.key, tuple) and seen.key[0] == _PICTURE:
            self._timeline.set_thumbnail(seen.source, of_spectrogram(seen.spectrogram))
