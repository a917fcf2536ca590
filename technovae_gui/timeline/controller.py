"""The timeline room's controller: gives clips their loops and the player the arrangement."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QImage

from core.arrangement.arrangement import Arrangement
from core.arrangement.clip import (
    Clip,
    ClipSource,
    GroupSource,
    PartsSource,
    RealSource,
    part_sources,
)
from core.arrangement.transitions import separated_sources
from core.playback.player import PlayerState
from core.session import Session
from core.settings import TICKS_PER_BAR, TICKS_PER_BEAT
from core.workers import tasks
from core.workers.service_client import RequestFailed, SpectrogramResult
from technovae_gui.document import Document
from technovae_gui.services import Services
from technovae_gui.session_controller import SessionController
from technovae_gui.timeline import ClipRequest, ThumbnailRequest, TimelineView
from technovae_gui.timeline.thumbnails import (
    parts_thumbnail,
    spectrogram_thumbnail,
    waveform_thumbnail,
)

FloatArray = NDArray[np.float32]

_GATHER_MS: Final = 15
"""Edits and arrivals within this time become one new arrangement for the player."""
_GATHER_FAR_MS: Final = 300
"""The same for loops of a long arrangement that sound later: hundreds arrive when it is opened."""
_FAR_TICKS: Final = 16 * TICKS_PER_BAR
_JUMP_TICKS: Final = 4 * TICKS_PER_BAR
"""By more than that the playhead does not move from one look at it to the next."""
_LONG: Final = 100
"""Clips from which on an arrangement is long."""
_PICTURE: Final = "thumbnail"
_NOT_RENDERED = "this clip is still being rendered; listen to it once it is no longer hatched"
_IN_PARTS = 3
"""Dimensions of the spectrograms of parts."""


class TimelineController(QObject):
    """Gives the player every new arrangement, and the timeline what its clips look like.

    Thumbnails are of the session's music: they are drawn anew when a library is read again with
    other tracks or beat grids, and asked for again where they failed.

    Signals:
        problem(str, str): a topic and one line.
    """

    problem = Signal(str, str)

    def __init__(
        self,
        sessions: SessionController,
        services: Services,
        document: Document,
        timeline: TimelineView,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._sessions, self._services = sessions, services
        self._document, self._timeline = document, timeline
        self._session = sessions.session
        self._asked: set[ClipSource] = set()
        self._undrawn: set[ClipSource] = set()
        self._last: dict[str, tuple[tuple[ClipSource, ...], FloatArray]] = {}
        self._failures: dict[ClipSource, str] = {}
        self._listening: Clip | None = None
        """The group that is heard as soon as it is mixed."""
        self._timer = QTimer(self, singleShot=True, interval=_GATHER_MS)
        self._timer.timeout.connect(self._gathered)
        self._asks = True
        """Whether loops may be needed that nobody has asked for yet."""
        self._near: frozenset[ClipSource] | None = None
        """What sounds soon, of a long arrangement."""
        self._tick = 0.0
        self._separated: tuple[Arrangement, set[ClipSource]] | None = None
        document.changed.connect(self._later)
        services.loops.arrived.connect(self._loop_arrived)
        services.loops.failed.connect(self._loop_failed)
        services.decoder.spectrogram_ready.connect(self._spectrogram_arrived)
        services.decoder.failed.connect(self._spectrogram_failed)
        sessions.session_changed.connect(self._session_changed)
        timeline.seek_requested.connect(self.seek)
        timeline.missing_thumbnails.connect(self._draw_thumbnails)
        timeline.audition_requested.connect(self._audition)

    @property
    def is_awaited(self) -> bool:
        """Whether a clip is to be heard that is still being mixed."""
        return self._listening is not None

    @Slot()
    def end_listening(self) -> None:
        """What is still being mixed to be heard is not heard any more."""
        self._listening = None

    @Slot(int)
    def seek(self, tick: int) -> None:
        """Move the playhead."""
        self._services.player.seek(self._document.arrangement.frame(max(0, tick)))

    def show(self, state: PlayerState) -> None:
        """Move what moves on the timeline; after a jump, what sounds there is rendered first."""
        before, self._tick = self._tick, self._document.arrangement.tick(state.frame)
        if abs(self._tick - before) > _JUMP_TICKS and self._services.loops.outstanding:
            self._later()
        self._timeline.set_playing(state.playing)
        self._timeline.set_playhead(self._tick)
        self._timeline.set_lane_peaks(dict(state.lane_peaks))

    @Slot()
    def _gathered(self) -> None:
        """Give the player the arrangement with all loops that are there; ask for the others.

        Where parts of a clip were muted or let in, it sounds as before until its loop is there.
        """
        arrangement, sounds = self._document.arrangement, self._services.loops
        clips = sorted(arrangement.loop_clips(), key=self._sounds_later)
        sources = dict.fromkeys(clip.source for clip in clips)
        loops = {source: sounds.loop(source, arrangement.bpm) for source in sources}
        missing = [source for source, loop in loops.items() if loop is None]
        separated = self._separated_in(arrangement)
        self._near = self._sounding_soon(clips)
        if self._asks:
            self._asks = False
            wanted = [s for s in sources if s not in self._failures]
            sounds.want(wanted, arrangement.bpm, separated, self._near or ())
        self._timeline.set_pending({s for s in missing if s not in self._failures})

        last, self._last = self._last, {}
        heard: dict[ClipSource, FloatArray] = {}
        for clip in clips:
            made_of, loop = part_sources(clip.source), loops[clip.source]
            if clip.source in separated:
                parts = sounds.parts(clip.source, arrangement.bpm)
                loop = loop if parts is None else parts
            if loop is None and clip.source not in self._failures:
                loop = last[clip.id][1] if last.get(clip.id, ((),))[0] == made_of else None
            if loop is not None:
                self._last[clip.id] = made_of, loop
                heard[clip.source] = loop

        def audio_of(clip: Clip) -> FloatArray | None:
            return heard.get(clip.source)

        self._services.player.set_arrangement(arrangement, audio_of)

    @Slot()
    def retry(self) -> None:
        """Ask again for what could not be rendered."""
        self._failures.clear()
        self._asked.clear()
        self._later()

    @Slot()
    def _later(self) -> None:
        self._asks = True
        self._gather(_GATHER_MS)

    def _gather(self, ms: int) -> None:
        if not 0 <= self._timer.remainingTime() <= ms:
            self._timer.start(ms)

    def _separated_in(self, arrangement: Arrangement) -> set[ClipSource]:
        if self._separated is None or self._separated[0] is not arrangement:
            self._separated = arrangement, separated_sources(arrangement)
        return self._separated[1]

    def _sounds_later(self, clip: Clip) -> tuple[bool, int]:
        """Orders clips by when they are heard from the playhead on; what is over comes last."""
        return clip.end <= self._tick, clip.start

    def _sounding_soon(self, clips: list[Clip]) -> frozenset[ClipSource] | None:
        """The sources of clips near the playhead; None: all of them, for they are not many."""
        if len(clips) < _LONG:
            return None
        first, last = self._tick, self._tick + _FAR_TICKS
        return frozenset(it.source for it in clips if it.start < last and it.end > first)

    @Slot(object)
    def _session_changed(self, session: Session) -> None:
        """What failed may work now; thumbnails of other music, or of another model, are drawn
        anew."""
        before, self._session = self._session, session
        if not session.same_music(before):
            self._undrawn.clear()
            self._timeline.clear_thumbnails()
        elif session.model_hash != before.model_hash:
            self._timeline.refresh_latent_thumbnails()
        self.retry()

    @Slot(object, str)
    def _loop_failed(self, source: ClipSource, line: str) -> None:
        self._undrawn.discard(source)
        self._asked.discard(source)
        if any(clip.source == source for clip in self._document.arrangement.loop_clips()):
            self._failures[source] = line
            self.problem.emit("clip", line)
            self._later()

    @Slot(object)
    def _audition(self, request: ClipRequest) -> None:
        """Hear the first of the clips alone, looped."""
        self._listening = None
        every = self._document.arrangement.clips()
        clip = next((it for it in every if it.id in request.clip_ids), None)
        if clip is None:
            return
        if isinstance(clip.source, GroupSource):
            self._audition_group(clip)
            return
        loops, bpm = self._services.loops, self._document.arrangement.bpm
        loop = loops.loop(clip.source, bpm)
        if loop is None:
            self.problem.emit("clip", self._failures.get(clip.source, _NOT_RENDERED))
        else:
            self._services.player.audition(loop, bpm, loops.gain_db(clip.source, bpm))

    def _audition_group(self, clip: Clip) -> None:
        """Mix what is in the clip, which takes up to seconds, then hear it."""
        bpm = self._document.arrangement.bpm
        loops: dict[ClipSource, FloatArray] = {}
        for inside in clip.loops:
            loop = self._services.loops.loop(inside.source, bpm)
            if loop is None:
                self.problem.emit("clip", _NOT_RENDERED)
                return
            loops[inside.source] = loop

        def play(made: tuple[FloatArray, float]) -> None:
            if self._listening is clip:
                self._listening = None
                beats = clip.period / TICKS_PER_BEAT
                self._services.player.audition(made[0], bpm, made[1], beats=beats)

        self._listening = clip

        def failed(line: str) -> None:
            self.end_listening()
            self.problem.emit("clip", line)

        self._services.background.submit(
            lambda: tasks.levelled_clip(clip, bpm, loops), play, failed
        )

    @Slot(object)
    def _draw_thumbnails(self, request: ThumbnailRequest) -> None:
        """Draw music as its waveform, latents as the decoder's spectrogram, parts in shades."""
        for source in request.sources:
            if source in self._asked:
                continue
            self._asked.add(source)
            if isinstance(source, RealSource):
                self._undrawn.add(source)
                self._draw_waveform(source)
            else:
                parts = isinstance(source, PartsSource)
                self._services.decoder.spectrogram((_PICTURE, source), source, parts=parts)

    @Slot(object)
    def _loop_arrived(self, source: ClipSource) -> None:
        is_near = self._near is None or source in self._near
        self._gather(_GATHER_MS if is_near else _GATHER_FAR_MS)
        self._draw_waveform(source)

    def _draw_waveform(self, source: ClipSource) -> None:
        """Draw what waits for its picture, if its loop is there."""
        loop = self._services.loops.loop(source, self._document.arrangement.bpm)
        if source in self._undrawn and loop is not None:
            self._undrawn.discard(source)
            session = self._session

            def show(picture: QImage) -> None:
                if session.same_music(self._session):
                    self._timeline.set_thumbnail(source, picture)

            def failed(line: str) -> None:
                self._asked.discard(source)
                self.problem.emit("thumbnail", line)

            self._services.background.submit(lambda: waveform_thumbnail(loop), show, failed)

    @Slot(object)
    def _spectrogram_failed(self, failed: RequestFailed) -> None:
        """It is asked for again when the clip is painted again."""
        if isinstance(failed.key, tuple) and failed.key[0] == _PICTURE:
            self._asked.discard(failed.key[1])

    @Slot(object)
    def _spectrogram_arrived(self, seen: SpectrogramResult) -> None:
        if isinstance(seen.key, tuple) and seen.key[0] == _PICTURE:
            in_parts = seen.spectrogram.ndim == _IN_PARTS
            draw = parts_thumbnail if in_parts else spectrogram_thumbnail
            self._timeline.set_thumbnail(seen.source, draw(seen.spectrogram))
