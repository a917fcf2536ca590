"""The map room's controller: shows the session's map, and auditions the points chosen on it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from core import resources
from core.arrangement.clip import ClipSource
from core.library.latent_map import LatentMap
from core.playback.player import PlayerState
from core.session import Session
from core.settings import BARS_PER_SEGMENT, BEATS_PER_BAR, SAMPLE_RATE, TICKS_PER_SEGMENT
from core.workers.service_client import LoopResult, RequestFailed, SpectrogramResult
from technovae_gui.document import Document
from technovae_gui.map import LatentMapView
from technovae_gui.map.map_point import MapPoint, latent_source
from technovae_gui.services import Services
from technovae_gui.session_controller import SessionController
from technovae_gui.spectrogram import SpectrogramPanel
from technovae_gui.widgets.renderer_names import renderer_name

Array = NDArray[np.float32]
_DECODED = "decoded"
_BEATS = BARS_PER_SEGMENT * BEATS_PER_BAR
_FIRST_BEATS = 1
"""That are rendered first in silence, in less than half the time of a bar. The rest is there before
they are over; where it is not, the bar is."""


class AuditionController(QObject):
    """Auditions what is clicked on the map, in step with the transport, and shows its spectrograms.

    Signals:
        audition_changed(str): name of the point that plays, with its renderer; empty for none.
        status(str): what is going on, for the status bar; empty when it is over.
        heard(MapPoint, spectrogram): a point begins to sound; with (512, 128) dB, or None for a
            segment.
        problem(str, str): a topic and one line.
    """

    audition_changed = Signal(str)
    status = Signal(str)
    heard = Signal(object, object)
    problem = Signal(str, str)

    def __init__(
        self,
        sessions: SessionController,
        services: Services,
        document: Document,
        view: LatentMapView,
        spectrograms: SpectrogramPanel,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._sessions, self._services, self._document = sessions, services, document
        self._view, self._spectrograms = view, spectrograms
        self._target: MapPoint | None = None
        self._source: ClipSource | None = None
        self._asked: tuple[ClipSource, float, bool] | None = None
        self._sounding: Array | None = None
        self._result: LoopResult | None = None
        self._gain_db: float | None = None
        self._is_whole = False
        self._silent = True
        self._rotation = 0.0
        self._state = PlayerState()
        self._bpm = document.arrangement.bpm
        self._session = sessions.session
        view.point_pressed.connect(self.prepare)
        view.point_chosen.connect(self.audition)
        view.hovered.connect(self._hover)
        spectrograms.seek_requested.connect(self.seek)
        view.parts.changed.connect(self._parts_changed)
        view.placement.placed.connect(self._show_map)
        view.part_positions.problem.connect(self.problem)
        view.map_actions.presets.problem.connect(self.problem)
        view.part_positions.status.connect(self.status)
        view.parts.set_available(resources.has_parts_model())
        loops = services.loops
        loops.partial.connect(self._bar_arrived)
        loops.auditioned.connect(self._loop_arrived)
        loops.failed.connect(self._loop_failed)
        services.decoder.spectrogram_ready.connect(self._spectrogram_arrived)
        services.decoder.failed.connect(self._spectrogram_failed)
        sessions.session_changed.connect(self._session_changed)
        document.changed.connect(self._tempo_may_have_changed)

    @property
    def is_awaited(self) -> bool:
        """Whether a point was chosen that does not sound yet, but will."""
        return self._target is not None and self._result is None and not self._silent

    @Slot(object)
    def prepare(self, target: MapPoint) -> None:
        """Have the sound of a point made before it is chosen: a finger stays down for a tenth of a
        second, and what is dragged to the timeline sounds as soon as it is dropped."""
        parts = self._view.parts
        source, bpm = parts.unmuted(target.source), self._document.arrangement.bpm
        bar, beats = self._first_bar()
        loops = self._services.loops
        loops.prepare(source, bpm, bar=bar, separated=parts.in_use, beats=beats)

    @Slot(object)
    def audition(self, target: MapPoint) -> None:
        """Ask for the sound of a point and show its spectrograms."""
        self._target, self._silent = target, False
        self._result, self._rotation = None, 0.0
        self._view.set_playing(target)
        if not target.is_segment:
            self._spectrograms.set_decoded(None, "Decoded: on its way")
        self._show_segment(target)
        self._ask(target)
        if target.is_segment:
            self._ask_decoded(target)
        waiting = "" if target.is_segment else " · decoding"
        self.audition_changed.emit(f"{target.label}{waiting}{self._parts_label()}")

    @Slot()
    def silence(self) -> None:
        """Stop the audition; the spectrograms stay, and a click on them goes on."""
        self._silent = True
        self._services.player.end_audition()
        self._view.set_playing(None)
        self._spectrograms.set_playhead(None)
        self.audition_changed.emit("")

    @Slot(float)
    def seek(self, wanted: float) -> None:
        """Go on, on the next beat, from the beat at `wanted` (0..1) of the spectrograms."""
        result, target = self._result, self._target
        if result is None or target is None:
            if target is not None and self._silent:
                self.audition(target)
            return
        self._rotation = rotation_to_beat(wanted, self._phase())
        if self._silent:
            self._silent = False
            self._view.set_playing(target)
            self._name(target, result)
        self._play(result)

    def show(self, state: PlayerState) -> None:
        """Move what moves with the loop that is auditioned."""
        self._state = state
        phase = (state.audition_phase - self._rotation) % 1.0 if state.auditioning else None
        self._spectrograms.set_playhead(phase)
        if phase is not None:
            self._view.set_phase(phase)

    def _play(self, result: LoopResult) -> None:
        """Where a part is locked, loops stay at the gain that it was locked at, and so does it."""
        if not self._view.parts.locked or self._gain_db is None:
            self._gain_db = result.gain_db
        loop, player = rotated(result.loop, self._rotation), self._services.player
        self._sounding = loop
        if result.parts is None:
            player.audition(loop, result.bpm, self._gain_db)
        else:
            player.audition(loop, result.bpm, self._gain_db, self._rotated_parts(result.parts))

    def _rotated_parts(self, parts: Array) -> Array:
        if not self._rotation:
            return parts  # ten megabytes, which need not be copied while the window waits
        return np.stack([rotated(part, self._rotation) for part in parts])

    def _ask(self, target: MapPoint) -> None:
        """Ask for a loop, first for the bar in which it will start."""
        parts = self._view.parts
        self._source = parts.unmuted(target.source)
        bpm = self._document.arrangement.bpm
        self._asked = self._source, bpm, parts.in_use
        loops, (bar, beats) = self._services.loops, self._first_bar()
        if parts.in_use:
            loops.audition(self._source, bpm, bar=bar, separated=True, beats=beats)
        else:
            loops.audition(self._source, bpm, bar=bar, beats=beats)

    def _first_bar(self) -> tuple[int, int]:
        """The bar, 0..3, in which a loop starts that is asked for now, and how many of its beats
        are enough to begin with: in silence it starts with the first one, at once; else about a
        beat from now, with any of them."""
        phase = self._phase()
        if phase is None:
            return 0, _FIRST_BEATS
        bar = int((phase + 1 / _BEATS) * BARS_PER_SEGMENT)
        return bar % BARS_PER_SEGMENT, BEATS_PER_BAR

    def _phase(self) -> float | None:
        """Where in its four bars the playing loop is, 0..1; None in silence."""
        state = self._state
        if state.auditioning:
            return state.audition_phase
        if not state.playing:
            return None
        four_bars = self._document.arrangement.seconds(TICKS_PER_SEGMENT)
        return state.frame / SAMPLE_RATE / four_bars % 1.0

    @Slot(str)
    def _hover(self, segment_id: str) -> None:
        if segment_id and not self._view.has_hover_picture(segment_id):
            self._read(segment_id, lambda it: self._view.set_hover_picture(segment_id, it))

    @Slot()
    def _parts_changed(self) -> None:
        """Mutes are heard at once where the parts are here, and as soon as they are elsewhere."""
        parts, target, result = self._view.parts, self._target, self._result
        self._services.player.set_part_gains(parts.gains)
        if target is None:
            return
        source, bpm = parts.unmuted(target.source), self._document.arrangement.bpm
        known = result is not None and (result.parts is not None or not parts.in_use)
        if not known or source != self._source:
            if self._silent:
                self._result = None  # a click on the spectrograms asks for it
            elif self._asked != (source, bpm, True):
                self._ask(target)
        if result is not None and not self._silent:
            self._name(target, result)

    @Slot(object)
    def _bar_arrived(self, bar: LoopResult) -> None:
        last = self._result
        if last is None or last.source != bar.source or last.beats < bar.beats:
            self._loop_arrived(bar, whole=False)

    @Slot(object)
    def _loop_arrived(self, result: LoopResult, *, whole: bool = True) -> None:
        target, last = self._target, self._result
        if target is None or self._silent or result.source != self._source:
            return
        same = last is not None and (last.source, last.bpm) == (result.source, result.bpm)
        if same and self._is_whole and self._sounding is not None and result.parts is not None:
            parts = self._rotated_parts(result.parts)
            self._services.player.separate_audition(self._sounding, parts)
        else:
            self._play(result)
        if last is None:
            self.heard.emit(target, None if target.is_segment else result.spectrogram)
        self._result, self._is_whole = result, whole
        self._spectrograms.set_renderer(result.renderer)
        self._name(target, result)
        if not target.is_segment and result.spectrogram is not None:
            self._spectrograms.set_decoded(result.spectrogram, "Decoded")

    def _name(self, target: MapPoint, result: LoopResult) -> None:
        self.audition_changed.emit(
            f"{target.label} · {renderer_name(result.renderer)}{self._parts_label()}"
        )

    def _parts_label(self) -> str:
        label = self._view.parts.label
        return f" · {label}" if label else ""

    @Slot(object, str)
    def _loop_failed(self, source: ClipSource, line: str) -> None:
        if self._target is not None and source == self._source:
            self._asked = None
            if self._result is None:
                self.silence()  # the place before must not go on sounding under no name
            self.problem.emit("sound", line)

    @Slot(object)
    def _spectrogram_arrived(self, seen: SpectrogramResult) -> None:
        if self._target is not None and seen.key == (_DECODED, self._target.segment_id):
            self._spectrograms.set_decoded(seen.spectrogram, "Decoded")

    @Slot(object)
    def _spectrogram_failed(self, failed: RequestFailed) -> None:
        if self._target is not None and failed.key == (_DECODED, self._target.segment_id):
            self._spectrograms.set_decoded(None, f"Decoded: {failed.message}")

    @Slot(object)
    def _session_changed(self, session: Session) -> None:
        self._view.parts.set_available(resources.has_parts_model())
        if not session.same_music(self._session):
            self._view.parts.clear()
        self._session = session
        self._view.scene.set_outdated(_corrected_tracks(session))
        self._view.placement.set_map(session.map)
        target = self._target  # the decoder has dropped what it was asked for
        if target is not None and target.is_segment and not self._silent:
            self._ask_decoded(target)

    @Slot(object)
    def _show_map(self, latent_map: LatentMap | None) -> None:
        """Show another map; where the chosen point is on it too, its position is taken over."""
        followed = self._target is not None and self._view.scene.chosen is self._target
        self._view.set_map(latent_map)
        chosen = self._view.scene.chosen
        if followed and self._target is not None and chosen is not None:
            self._target = replace(self._target, xy=chosen.xy)

    @Slot()
    def _tempo_may_have_changed(self) -> None:
        bpm = self._document.arrangement.bpm
        if bpm != self._bpm:
            self._bpm = bpm
            self._result = None
            if self._target is not None and not self._silent:
                self._ask(self._target)

    def _show_segment(self, target: MapPoint) -> None:
        title = "Original" if target.is_segment else "Nearest original"

        def show(spectrogram: Array) -> None:
            shown = self._target  # on another layout it is another point of the same segment
            if shown is not None and shown.source == target.source:
                self._spectrograms.set_real(spectrogram, title)

        self._read(target.segment_id, show)

    def _ask_decoded(self, target: MapPoint) -> None:
        """Ask for what the model keeps of a real segment."""
        latent_map = self._view.scene.map
        row = None if latent_map is None else latent_map.rows.get(target.segment_id)
        if latent_map is not None and row is not None:
            key = (_DECODED, target.segment_id)
            self._services.decoder.spectrogram(
                key, latent_source(latent_map, latent_map.latents[row])
            )

    def _read(self, segment_id: str, then: Callable[[Array], None]) -> None:
        """Read the spectrogram of a segment on a thread, and give it to `then`."""
        session, segments = self._sessions.session, self._services.segments
        self._services.background.submit(
            lambda: segments.spectrogram(session, segment_id),
            then,
            lambda line: self._read_failed(session, line),
        )

    def _read_failed(self, session: Session, line: str) -> None:
        if session is self._sessions.session:  # else the segment may be of a library that was left
            self.problem.emit("spectrogram", line)


def rotation_to_beat(wanted: float, phase: float | None) -> float:
    """How far to rotate a loop so that a wanted beat of it plays on the next beat.

    Args:
        wanted: position in the loop, 0..1; the beat that it is in is wanted.
        phase: position in four bars of what plays now, 0..1; None in silence, where a loop starts
            at once.

    Returns:
        The rotation for `rotated`, 0..1 of the loop.
    """
    beat = math.floor(wanted * _BEATS + 1e-6)
    following = 0 if phase is None else math.floor(phase * _BEATS) + 1
    return (following - beat) % _BEATS / _BEATS


def rotated(loop: Array, rotation: float) -> Array:
    """Rotate a loop so that it begins at another place of it.

    Args:
        loop: (frames, channels).
        rotation: 0..1 of its length, where its first sample comes to lie.

    Returns:
        (frames, channels).
    """
    return np.roll(loop, round(rotation * len(loop)), axis=0) if rotation else loop


def _corrected_tracks(session: Session) -> frozenset[str]:
    """Those whose beat grid is another one than when the map was made, which stays meanwhile."""
    known = {} if session.map is None else session.map.tracks
    return frozenset(
        track.id
        for track in session.tracks
        if track.id in known and known[track.id].sections != track.sections
    )
